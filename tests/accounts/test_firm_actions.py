"""Firms and their people: who may do what, and what a refusal leaves as it was."""

import pytest

from accounts import actions
from accounts.actions import FirmDetails
from accounts.exceptions import AccountRefusal, NotYourFirm, OwnersOnly
from accounts.models import ApiToken, Firm, Membership
from tests import factories

pytestmark = pytest.mark.django_db

MEMBER = Membership.Role.MEMBER
OWNER = Membership.Role.OWNER


def firm_with(*roles: str) -> tuple[Firm, list[Membership]]:
    """A firm with one person for each role."""
    firm = factories.firm("Northlight Studio")
    return firm, [factories.membership(firm, role=role) for role in roles]


def test_who_makes_a_firm_owns_it() -> None:
    maya = factories.person()

    place = actions.found_firm(by=maya, details=FirmDetails("Northlight Studio", "Northlight Studio Ltd", "1 Quay"))

    assert (place.user, place.role) == (maya, OWNER)
    firm = Firm.objects.get()
    assert (firm.name, firm.legal_name, firm.address, firm.registration) == (
        "Northlight Studio",
        "Northlight Studio Ltd",
        "1 Quay",
        "",
    )


def test_an_owner_changes_the_details() -> None:
    firm, [owner] = firm_with(OWNER)

    actions.change_firm(by=owner.user, firm=firm, details=FirmDetails("Northlight", registration="HRB 1"))

    firm.refresh_from_db()
    assert (firm.name, firm.registration) == ("Northlight", "HRB 1")


def test_a_member_or_a_stranger_changes_nothing() -> None:
    firm, [_, member] = firm_with(OWNER, MEMBER)

    with pytest.raises(OwnersOnly):
        actions.change_firm(by=member.user, firm=firm, details=FirmDetails("Taken over"))
    with pytest.raises(NotYourFirm):
        actions.change_firm(by=factories.person(), firm=firm, details=FirmDetails("Taken over"))

    firm.refresh_from_db()
    assert firm.name == "Northlight Studio"


def test_an_owner_admits_a_person_who_was_never_here() -> None:
    firm, [owner] = firm_with(OWNER)

    place = actions.admit_colleague(by=owner.user, firm=firm, email="Ana@Example.org", name="Ana Costa", role=MEMBER)

    assert (place.user.email, place.user.name, place.role) == ("ana@example.org", "Ana Costa", MEMBER)
    assert place.user.emailaddress_set.get().verified is False


def test_admitting_is_refused_to_members_to_strangers_and_twice() -> None:
    firm, [owner, member] = firm_with(OWNER, MEMBER)
    before = set(Membership.objects.values_list("id", flat=True))

    with pytest.raises(OwnersOnly):
        actions.admit_colleague(by=member.user, firm=firm, email="ana@example.org", role=MEMBER)
    with pytest.raises(NotYourFirm):
        actions.admit_colleague(by=factories.person(), firm=firm, email="ana@example.org", role=MEMBER)
    with pytest.raises(AccountRefusal) as refused:
        actions.admit_colleague(by=owner.user, firm=firm, email=member.user.email, role=OWNER)

    assert refused.value.code == "already_member"
    assert set(Membership.objects.values_list("id", flat=True)) == before


def test_removing_a_colleague_revokes_their_tokens_in_this_firm_only() -> None:
    firm, [owner, member] = firm_with(OWNER, MEMBER)
    elsewhere = factories.membership(user=member.user)
    here, _ = ApiToken.issue(firm=firm, name="here", scopes=["proposals:read"], user=member.user)
    there, _ = ApiToken.issue(firm=elsewhere.firm, name="there", scopes=["proposals:read"], user=member.user)
    service, _ = ApiToken.issue(firm=firm, name="service", scopes=["proposals:read"])

    actions.remove_colleague(by=owner.user, membership=member)

    revoked = {token.name: token.revoked_at is not None for token in ApiToken.objects.all()}
    assert revoked == {here.name: True, there.name: False, service.name: False}
    assert set(Membership.objects.all()) == {owner, elsewhere}


def test_a_member_may_leave_but_remove_nobody_else() -> None:
    firm, [owner, member, other] = firm_with(OWNER, MEMBER, MEMBER)

    with pytest.raises(OwnersOnly):
        actions.remove_colleague(by=member.user, membership=other)
    with pytest.raises(NotYourFirm):
        actions.remove_colleague(by=factories.person(), membership=other)
    assert firm.memberships.count() == 3

    actions.remove_colleague(by=member.user, membership=member)
    assert set(firm.memberships.all()) == {owner, other}


def test_the_last_owner_stays() -> None:
    firm, [owner, member] = firm_with(OWNER, MEMBER)

    with pytest.raises(AccountRefusal) as refused:
        actions.remove_colleague(by=owner.user, membership=owner)
    assert refused.value.code == "last_owner"
    assert set(firm.memberships.all()) == {owner, member}

    second = factories.membership(firm, role=OWNER)
    actions.remove_colleague(by=second.user, membership=owner)
    assert set(firm.memberships.all()) == {second, member}


def test_removing_somebody_who_has_left_already_is_refused() -> None:
    _, [owner, member] = firm_with(OWNER, MEMBER)
    actions.remove_colleague(by=owner.user, membership=Membership.objects.get(id=member.id))

    with pytest.raises(NotYourFirm):
        actions.remove_colleague(by=owner.user, membership=member)
