"""The account and firm pages: what each role sees and may send, and what a refusal answers."""

import datetime as dt
import re
import uuid

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, Firm, Membership
from tests import factories

pytestmark = pytest.mark.django_db

MEMBER = Membership.Role.MEMBER


def signed_in(place: Membership) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(place.user)
    return client


def url(name: str, place: Membership, *more: uuid.UUID) -> str:
    """An address of a firm."""
    return reverse(name, args=[place.firm_id, *more])


def test_pages_of_people_ask_to_sign_in(client: Client) -> None:
    place = factories.membership()
    for address in [reverse("account"), reverse("firm"), reverse("firm_new"), url("firm_of", place)]:
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"


def test_one_changes_ones_own_name() -> None:
    place = factories.membership(user=factories.person("maya@northlight.example", "Maya"))
    client = signed_in(place)

    refused = client.post("/account/", {"name": "  "})
    accepted = client.post("/account/", {"name": "Maya Lindqvist"}, follow=True)

    assert refused.status_code == 422
    assert 'aria-describedby="id_name_helptext id_name_error"' in refused.content.decode()
    page = accepted.content.decode()
    assert 'value="Maya Lindqvist"' in page
    assert "maya@northlight.example" in page
    assert place.firm.name in page


def test_without_a_firm_the_firm_page_leads_to_making_one() -> None:
    client = Client()
    client.force_login(factories.person())

    assert client.get("/firm/")["Location"] == "/firm/new/"
    assert client.post("/firm/new/", {"name": ""}).status_code == 422
    client.post("/firm/new/", {"name": "Northlight Studio", "address": "1 Quay\nHarbour"})

    assert Firm.objects.get().address == "1 Quay\nHarbour"
    assert "Northlight Studio" in client.get("/firm/").content.decode()


def test_the_firm_page_without_an_id_is_the_first_firm_and_links_the_others() -> None:
    first = factories.membership(factories.firm("Northlight Studio"))
    second = factories.membership(factories.firm("Southlight Studio"), first.user)

    page = signed_in(first).get("/firm/").content.decode()

    assert "<h1>Northlight Studio</h1>" in page
    assert url("firm_of", second) in page


def test_an_owner_changes_details_and_a_member_only_reads_them() -> None:
    owner = factories.membership(factories.firm("Northlight Studio", registration="HRB 1"))
    member = factories.membership(owner.firm, role=MEMBER)

    saved = signed_in(owner).post(url("firm_details", owner), {"name": "Northlight"}, follow=True)
    unsaved = signed_in(owner).post(url("firm_details", owner), {"name": ""})
    refused = signed_in(member).post(url("firm_details", owner), {"name": "Taken over"})
    members_page = signed_in(member).get("/firm/").content.decode()

    assert "The firm’s details have been saved." in saved.content.decode()
    assert unsaved.status_code == 422
    assert refused.status_code == 403
    assert "Only an owner of the firm may change the firm’s details." in refused.content.decode()
    assert Firm.objects.get(id=owner.firm_id).name == "Northlight"
    assert url("firm_details", owner) not in members_page
    assert "Admit a colleague" not in members_page


def test_an_owner_admits_a_colleague_who_gets_a_mail() -> None:
    owner = factories.membership(
        factories.firm("Northlight Studio"), factories.person("maya@northlight.example", "Maya Lindqvist")
    )
    form = {"email": "ana@example.org", "name": "Ana Costa", "role": "member"}

    page = signed_in(owner).post(url("colleague_admit", owner), form, follow=True).content.decode()

    assert "Ana Costa now belongs to Northlight Studio and has got a mail." in page
    assert Membership.objects.get(user__email="ana@example.org").role == MEMBER
    message = mail.outbox[0]
    assert message.to == ["ana@example.org"]
    assert message.reply_to == ["maya@northlight.example"]
    assert message.subject == "Maya Lindqvist admitted you to Northlight Studio"
    assert "as a member" in str(message.body)
    assert "/accounts/login/" in str(message.body)


@override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9)
def test_a_colleague_whose_mail_could_not_be_sent_is_admitted_all_the_same() -> None:
    owner = factories.membership()
    form = {"email": "ana@example.org", "name": "", "role": "member"}

    page = signed_in(owner).post(url("colleague_admit", owner), form, follow=True).content.decode()

    assert "but the mail could not be sent. Tell them to sign in here as ana@example.org." in page
    assert owner.firm.memberships.count() == 2


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"email": "not an address", "role": "member"}, "Enter a valid email address."),
        ({"email": "ana@example.org", "role": "emperor"}, "emperor is not one of the available choices."),
        ({"email": "here@example.org", "role": "member"}, "here@example.org belongs to Northlight Studio already."),
    ],
)
def test_admitting_with_a_wrong_value_says_so_beside_it(form: dict[str, str], says: str) -> None:
    owner = factories.membership(factories.firm("Northlight Studio"), factories.person("here@example.org"))

    response = signed_in(owner).post(url("colleague_admit", owner), form)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert Membership.objects.get() == owner
    assert mail.outbox == []


def test_a_member_admits_and_removes_nobody() -> None:
    owner = factories.membership()
    member = factories.membership(owner.firm, role=MEMBER)
    client = signed_in(member)

    admitted = client.post(url("colleague_admit", owner), {"email": "ana@example.org", "role": "owner"})
    removed = client.post(url("colleague_remove", owner, owner.id))

    assert (admitted.status_code, removed.status_code) == (403, 403)
    assert set(Membership.objects.all()) == {owner, member}


def test_a_colleague_is_removed_and_a_member_leaves() -> None:
    owner = factories.membership()
    removed = factories.membership(owner.firm, role=MEMBER)
    leaving = factories.membership(owner.firm, role=MEMBER)

    first = signed_in(owner).post(url("colleague_remove", owner, removed.id))
    second = signed_in(leaving).post(url("colleague_remove", owner, leaving.id))
    last = signed_in(owner).post(url("colleague_remove", owner, owner.id))

    assert first["Location"] == url("firm_of", owner)
    assert second["Location"] == "/account/"
    assert last.status_code == 422
    assert Membership.objects.get() == owner


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("name", ["firm_details", "colleague_admit"])
def test_what_changes_something_is_not_done_by_opening_it(method: str, name: str) -> None:
    place = factories.membership()

    assert getattr(signed_in(place), method)(url(name, place)).status_code == 405


def test_another_firm_is_not_there_at_all() -> None:
    mine, other = factories.membership(), factories.membership()
    token, _ = ApiToken.issue(firm=other.firm, name="CRM", scopes=["proposals:read"], user=other.user)
    client = signed_in(mine)

    answers = [
        client.get(url("firm_of", other)),
        client.get(reverse("firm_of", args=[uuid.uuid4()])),
        client.post(url("firm_details", other), {"name": "Mine now"}),
        client.post(url("colleague_admit", other), {"email": mine.user.email, "role": "owner"}),
        client.post(url("colleague_remove", other, other.id)),
        client.post(url("colleague_remove", mine, other.id)),
        client.post(url("firm_tokens", other), {"name": "CRM", "scopes": "proposals:read"}),
        client.post(url("token_revoke", other, token.id)),
        client.post(url("token_revoke", mine, token.id)),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert {answer.content for answer in answers} == {answers[1].content}
    assert ApiToken.objects.get().revoked_at is None
    assert Membership.objects.count() == 2


def test_a_token_is_made_and_its_secret_shown_once() -> None:
    place = factories.membership()
    client = signed_in(place)
    day = timezone.now().date() + dt.timedelta(days=30)
    form = {"name": "CRM", "scopes": ["proposals:read", "documents:read"], "expires_on": day.isoformat()}

    response = client.post(url("firm_tokens", place), {**form, "owner": "personal"})

    token = ApiToken.objects.get()
    secret = response.context["secret"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert token.digest == ApiToken.digest_of(secret)
    assert (token.user, token.scopes) == (place.user, ["documents:read", "proposals:read"])
    assert token.expires_at == dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    page = client.get(url("firm_tokens", place)).content.decode()
    assert token.hint in page
    assert secret not in page


def test_an_owner_makes_a_service_token_and_a_member_can_not() -> None:
    owner = factories.membership()
    member = factories.membership(owner.firm, role=MEMBER)
    form = {"name": "Billing", "scopes": ["proposals:read"], "owner": "service"}

    signed_in(owner).post(url("firm_tokens", owner), form)
    signed_in(member).post(url("firm_tokens", owner), form)

    assert [token.user for token in ApiToken.objects.order_by("created_at")] == [None, member.user]
    assert "Whose it is" not in signed_in(member).get(url("firm_tokens", member)).content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, 'id="token_name_error"'),
        ({"scopes": []}, 'id="token_scopes_error"'),
        ({"scopes": ["everything"]}, "everything is not one of the available choices."),
        ({"expires_on": "2020-01-01"}, "This day is over."),
        ({"expires_on": "soon"}, "Enter a valid date."),
    ],
)
def test_a_token_with_a_wrong_value_is_not_made(change: dict[str, object], says: str) -> None:
    place = factories.membership()
    form = {"name": "CRM", "scopes": ["proposals:read"], "expires_on": "", "owner": "personal", **change}

    response = signed_in(place).post(url("firm_tokens", place), form)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert ApiToken.objects.count() == 0


def test_no_scope_is_ticked_in_advance() -> None:
    place = factories.membership()
    page = signed_in(place).get(url("firm_tokens", place)).content.decode()

    boxes = [tag for tag in page.split("<input")[1:] if 'type="checkbox"' in tag.split(">")[0]]
    assert len(boxes) == len(ApiToken.Scope)
    assert not any("checked" in box.split(">")[0] for box in boxes)


def test_pages_that_know_no_firm_lead_to_the_tokens_of_ones_first() -> None:
    place = factories.membership()
    client = Client()
    client.force_login(factories.person())

    assert signed_in(place).get("/firm/tokens/")["Location"] == url("firm_tokens", place)
    assert client.get("/firm/tokens/")["Location"] == "/firm/new/"


def test_only_the_last_tokens_that_ended_are_listed_beside_all_that_work() -> None:
    place = factories.membership()
    for number in range(22):
        ApiToken.issue(firm=place.firm, name=f"Old {number:02d}", scopes=["proposals:read"], user=place.user)
    ApiToken.objects.update(revoked_at=timezone.now())
    ApiToken.objects.filter(name="Old 21").update(revoked_at=None, expires_at=timezone.now())
    for number in range(3):
        ApiToken.issue(firm=place.firm, name=f"New {number}", scopes=["proposals:read"], user=place.user)

    page = signed_in(place).get(url("firm_tokens", place)).content.decode()

    names = re.findall(r'<b class="token-name">([^<]+)</b>', page)
    assert names == ["New 2", "New 1", "New 0", *(f"Old {number:02d}" for number in range(21, 1, -1))]


def test_a_token_is_revoked_and_its_last_use_shown() -> None:
    place = factories.membership()
    token, secret = ApiToken.issue(firm=place.firm, name="CRM", scopes=["proposals:read"], user=place.user)
    ApiToken.objects.filter(id=token.id).update(last_used_at=dt.datetime(2026, 1, 12, 9, 30, tzinfo=dt.UTC))
    client = signed_in(place)

    before = client.get(url("firm_tokens", place)).content.decode()
    after = client.post(url("token_revoke", place, token.id), follow=True).content.decode()

    assert "12 January 2026, 09:30" in before
    assert "Until revoked" in before
    assert "Revoked on" in after
    assert url("token_revoke", place, token.id) not in after
    assert ApiToken.objects.usable(secret, timezone.now()) is None


def test_a_token_is_rotated_on_the_page_and_its_new_secret_shown_once() -> None:
    place = factories.membership()
    token, secret = ApiToken.issue(firm=place.firm, name="CRM", scopes=["proposals:read"], user=place.user)
    client = signed_in(place)

    page = client.get(url("firm_tokens", place)).content.decode()
    made = client.post(url("token_rotate", place, token.id), {"overlap": "0"})
    wrong = client.post(url("token_rotate", place, token.id), {"overlap": "9999"})

    shown = re.search(r'id="secret">(same_[^<]+)<', made.content.decode())
    assert url("token_rotate", place, token.id) in page
    assert shown is not None
    assert shown[1] != secret
    assert "works no more" in made.content.decode()
    assert made.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert wrong.status_code == 422
    assert ApiToken.objects.usable(secret, timezone.now()) is None
    assert ApiToken.objects.usable(shown[1], timezone.now()) is not None
