"""API tokens: made by those who may, kept as a fingerprint only, ended at once."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from accounts import actions
from accounts.access import tokens_seen_by
from accounts.exceptions import AccountRefusal, NotYourFirm, OwnersOnly
from accounts.models import ApiToken, Firm, Membership, User
from tests import factories

pytestmark = pytest.mark.django_db

MEMBER = Membership.Role.MEMBER
READ = ["proposals:read"]
HOUR = dt.timedelta(hours=1)


def make(by: User, firm: Firm, **fields: object) -> tuple[ApiToken, str]:
    """A personal token that may read and never expires, unless said otherwise."""
    values: dict[str, object] = {"name": "CRM", "scopes": READ, "expires_at": None, "for_firm": False, **fields}
    return actions.issue_token(by=by, firm=firm, **values)  # type: ignore[arg-type]


def test_a_token_works_for_its_person_and_firm() -> None:
    place = factories.membership(role=MEMBER)

    token, secret = make(place.user, place.firm, scopes=["proposals:write", "proposals:read", "proposals:read"])

    assert secret.startswith("same_")
    assert ApiToken.objects.usable(secret, timezone.now()) == token
    assert (token.user, token.firm) == (place.user, place.firm)
    assert token.scopes == ["proposals:read", "proposals:write"]


def test_a_service_token_has_no_person_and_needs_an_owner() -> None:
    firm = factories.firm()
    owner, member = factories.membership(firm), factories.membership(firm, role=MEMBER)

    token, secret = make(owner.user, firm, for_firm=True)
    with pytest.raises(OwnersOnly):
        make(member.user, firm, for_firm=True)

    assert token.user is None
    assert ApiToken.objects.usable(secret, timezone.now()) == token
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"scopes": []}, "unknown_scope"),
        ({"scopes": ["proposals:read", "everything"]}, "unknown_scope"),
        ({"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "expired"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(fields: dict[str, object], code: str) -> None:
    place = factories.membership()

    with pytest.raises(AccountRefusal) as refused:
        make(place.user, place.firm, **fields)

    assert refused.value.code == code
    assert ApiToken.objects.count() == 0


def test_a_stranger_gets_no_token_of_a_firm() -> None:
    firm = factories.membership().firm

    with pytest.raises(NotYourFirm):
        make(factories.person(), firm)

    assert ApiToken.objects.count() == 0


def test_the_secret_is_nowhere_in_the_database() -> None:
    place = factories.membership()
    _, secret = make(place.user, place.firm)

    dump = "\n".join(_every_value())

    assert ApiToken.digest_of(secret) in dump
    assert secret not in dump
    assert secret.removeprefix("same_")[8:] not in dump


def _every_value() -> list[str]:
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [str(value) for row in cursor.fetchall() for value in row]
    return rows


def test_a_revoked_token_is_refused_at_once_and_stays_revoked() -> None:
    place = factories.membership()
    token, secret = make(place.user, place.firm)

    first = actions.revoke_token(by=place.user, token=token).revoked_at
    again = actions.revoke_token(by=place.user, token=token).revoked_at

    assert ApiToken.objects.usable(secret, timezone.now()) is None
    assert first is not None
    assert again == first


def test_a_token_ends_at_its_moment() -> None:
    place = factories.membership()
    ends = timezone.now() + HOUR
    token, secret = make(place.user, place.firm, expires_at=ends)

    assert ApiToken.objects.usable(secret, ends - dt.timedelta(microseconds=1)) == token
    assert ApiToken.objects.usable(secret, ends) is None


def test_a_token_of_a_closed_account_and_an_unknown_secret_are_refused() -> None:
    place = factories.membership()
    token, secret = make(place.user, place.firm)

    assert ApiToken.objects.usable(secret[:-1], timezone.now()) is None
    assert ApiToken.objects.usable(token.digest, timezone.now()) is None
    User.objects.filter(id=place.user.id).update(is_active=False)
    assert ApiToken.objects.usable(secret, timezone.now()) is None


def test_who_may_revoke_whose_token() -> None:
    firm = factories.firm()
    owner, member = factories.membership(firm), factories.membership(firm, role=MEMBER)
    owners, _ = make(owner.user, firm)
    members, _ = make(member.user, firm)
    service, _ = make(owner.user, firm, for_firm=True)

    for token in (owners, service):
        with pytest.raises(OwnersOnly):
            actions.revoke_token(by=member.user, token=token)
    with pytest.raises(NotYourFirm):
        actions.revoke_token(by=factories.person(), token=members)
    assert ApiToken.objects.filter(revoked_at__isnull=False).count() == 0

    for token in (members, service):
        actions.revoke_token(by=owner.user, token=token)
    assert set(ApiToken.objects.filter(revoked_at__isnull=True)) == {owners}


def test_owners_see_every_token_and_members_their_own() -> None:
    firm = factories.firm()
    owner, member = factories.membership(firm), factories.membership(firm, role=MEMBER)
    owners, _ = make(owner.user, firm)
    members, _ = make(member.user, firm)
    elsewhere = factories.membership(user=owner.user)
    make(owner.user, elsewhere.firm)

    assert set(tokens_seen_by(owner)) == {owners, members}
    assert set(tokens_seen_by(member)) == {members}


def test_a_rotated_token_works_beside_the_new_one_for_a_while() -> None:
    place = factories.membership()
    old, secret = make(place.user, place.firm, scopes=["proposals:read", "pricing:write"])

    fresh, new_secret = actions.rotate_token(by=place.user, token=old, overlap=HOUR)

    now = timezone.now()
    assert (fresh.name, fresh.scopes, fresh.user, fresh.expires_at) == (old.name, old.scopes, place.user, None)
    assert ApiToken.objects.usable(new_secret, now) == fresh
    assert ApiToken.objects.usable(secret, now) == old
    assert ApiToken.objects.usable(secret, now + HOUR) is None


def test_a_token_that_was_rotated_at_once_works_no_more() -> None:
    place = factories.membership()
    old, secret = make(place.user, place.firm, for_firm=True)

    fresh, _ = actions.rotate_token(by=place.user, token=old, overlap=dt.timedelta())

    assert ApiToken.objects.usable(secret, timezone.now()) is None
    assert (fresh.user, fresh.made_by) == (None, place.user)


def test_a_rotated_token_lasts_as_long_as_the_old_one_was_made_for() -> None:
    place = factories.membership()
    ends = timezone.now() + 2 * HOUR
    old, _ = make(place.user, place.firm, expires_at=ends)

    fresh, _ = actions.rotate_token(by=place.user, token=old, overlap=5 * HOUR)

    assert fresh.expires_at is not None
    assert fresh.expires_at - fresh.created_at == pytest.approx(ends - old.created_at, abs=dt.timedelta(minutes=1))
    assert ApiToken.objects.get(id=old.id).expires_at == ends


def test_a_token_is_rotated_once() -> None:
    place = factories.membership()
    old, _ = make(place.user, place.firm)
    fresh, _ = actions.rotate_token(by=place.user, token=old, overlap=HOUR)

    with pytest.raises(AccountRefusal) as caught:
        actions.rotate_token(by=place.user, token=old, overlap=HOUR)

    assert caught.value.code == "rotated_already"
    assert set(ApiToken.objects.all()) == {old, fresh}
    assert actions.rotate_token(by=place.user, token=fresh, overlap=HOUR)[0].expires_at is None


def test_who_may_rotate_whose_token() -> None:
    firm = factories.firm()
    owner, member = factories.membership(firm), factories.membership(firm, role=MEMBER)
    members, _ = make(member.user, firm)
    service, _ = make(owner.user, firm, for_firm=True)
    ended, _ = make(owner.user, firm)
    actions.revoke_token(by=owner.user, token=ended)
    count = ApiToken.objects.count()

    for by, token, code in ((owner.user, members, "not_yours"), (owner.user, ended, "not_standing")):
        with pytest.raises(AccountRefusal) as caught:
            actions.rotate_token(by=by, token=token, overlap=HOUR)
        assert caught.value.code == code
    with pytest.raises(OwnersOnly):
        actions.rotate_token(by=member.user, token=service, overlap=HOUR)
    with pytest.raises(NotYourFirm):
        actions.rotate_token(by=factories.person(), token=service, overlap=HOUR)
    for overlap in (-HOUR, dt.timedelta(days=8)):
        with pytest.raises(AccountRefusal):
            actions.rotate_token(by=owner.user, token=service, overlap=overlap)
    assert ApiToken.objects.count() == count
