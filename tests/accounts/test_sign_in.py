"""Sign-in by a mailed code: the way in, every way it is refused, and what is not there."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.views.sign_in import too_many_requests
from tests import factories

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/confirm/"
SIGNUP = "/accounts/signup/"
CONFIRM_ADDRESS = "/accounts/confirm-email/"


def ask_for_code(client: Client, address: str, **fields: str) -> None:
    """Send the start page's form and land on the page for the code."""
    response = client.post(LOGIN, {"login": address, **fields})
    assert response.status_code == 302
    assert response["Location"].startswith(CODE)


def enter_wrong_code(client: Client, times: int = 1, path: str = CODE) -> None:
    """Enter a code that is wrong and not the last try."""
    for _ in range(times):
        assert client.post(path, {"code": "wrong"}).status_code == 200


def test_the_start_page_asks_for_an_address_and_no_password(client: Client) -> None:
    page = client.get(LOGIN).content.decode()

    assert '<label for="id_login">Your e-mail' in page
    assert 'type="email"' in page
    assert 'autocomplete="email"' in page
    assert 'type="password"' not in page


def test_a_mailed_code_signs_in(client: Client, last_code: Callable[[], str]) -> None:
    maya = factories.person("maya@northlight.example", "Maya Lindqvist")

    ask_for_code(client, "Maya@Northlight.example")
    page = client.get(CODE).content.decode()
    response = client.post(CODE, {"code": last_code()})

    assert mail.outbox[0].to == ["maya@northlight.example"]
    assert mail.outbox[0].subject == f"{last_code()} is your code for Sameside"
    assert "maya@northlight.example" in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert response["Location"] == "/"
    assert get_user(client) == maya


@pytest.mark.parametrize("spelling", [lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ')} "])
def test_the_code_may_be_typed_without_its_dash(
    client: Client, last_code: Callable[[], str], spelling: Callable[[str], str]
) -> None:
    maya = factories.person()
    ask_for_code(client, maya.email)

    client.post(CODE, {"code": spelling(last_code())})

    assert get_user(client) == maya


def test_signing_in_changes_the_session_key(client: Client, last_code: Callable[[], str]) -> None:
    maya = factories.person()
    ask_for_code(client, maya.email)
    before = client.session.session_key

    client.post(CODE, {"code": last_code()})

    assert client.session.session_key != before


def test_next_leads_back_but_never_to_another_host(client: Client, last_code: Callable[[], str]) -> None:
    maya = factories.person()

    ask_for_code(client, maya.email, next="/account/")
    inside = client.post(CODE, {"code": last_code(), "next": "/account/"})
    client.logout()
    ask_for_code(client, maya.email, next="https://elsewhere.example/")
    outside = client.post(CODE, {"code": last_code(), "next": "https://elsewhere.example/"})

    assert inside["Location"] == "/account/"
    assert outside["Location"] == "/"


def test_an_unknown_address_looks_the_same_and_gets_a_way_to_start(client: Client) -> None:
    factories.person("maya@northlight.example")

    ask_for_code(client, "nobody+1@example.org")
    page = client.get(CODE)

    assert page.status_code == 200
    assert mail.outbox[0].to == ["nobody+1@example.org"]
    assert "http://testserver/accounts/signup/?email=nobody%2B1%40example.org" in str(mail.outbox[0].body)
    assert User.objects.count() == 1


def test_five_wrong_codes_end_the_code_and_begin_a_wait(client: Client, last_code: Callable[[], str]) -> None:
    maya = factories.person()
    ask_for_code(client, maya.email, next="/account/")
    right = last_code()

    enter_wrong_code(client, 4)
    fifth = client.post(CODE, {"code": "wrong", "next": "/account/"})
    page = client.get(fifth["Location"]).content.decode()
    again = client.post(LOGIN, {"login": maya.email})
    late = client.post(CODE, {"code": right})

    assert fifth["Location"] == f"{LOGIN}?next=%2Faccount%2F"
    assert "Too many tries. Wait five minutes, then ask for a new code." in page
    assert "Wait 5 minutes, then ask for a new one. Nothing was lost." in again.content.decode()
    assert len(mail.outbox) == 1
    assert late.status_code == 302
    assert get_user(client).is_anonymous


def test_the_wait_is_the_same_for_an_unknown_address(client: Client) -> None:
    ask_for_code(client, "nobody@example.org")

    enter_wrong_code(client, 4)
    client.post(CODE, {"code": "wrong"})
    again = client.post(LOGIN, {"login": "nobody@example.org"})

    assert "Wait 5 minutes" in again.content.decode()
    assert len(mail.outbox) == 1


def test_the_wait_locks_nobody_out_who_comes_from_elsewhere(last_code: Callable[[], str]) -> None:
    maya = factories.person()
    stranger, own = Client(REMOTE_ADDR="198.51.100.7"), Client(REMOTE_ADDR="203.0.113.9")
    ask_for_code(stranger, maya.email)
    enter_wrong_code(stranger, 4)
    stranger.post(CODE, {"code": "wrong"})

    ask_for_code(own, maya.email)
    own.post(CODE, {"code": last_code()})

    assert get_user(own) == maya
    assert get_user(stranger).is_anonymous


def test_a_wrong_code_says_so_and_how_many_tries_are_left(client: Client) -> None:
    maya = factories.person()
    ask_for_code(client, maya.email)

    page = client.post(CODE, {"code": "0000-0000"}).content.decode()

    assert "This is not the code we sent." in page
    assert "4 tries left." in page
    assert 'aria-describedby="id_code_error"' in page
    assert 'id="id_code_error"' in page


def test_more_than_three_codes_a_minute_are_refused_in_words(client: Client) -> None:
    maya = factories.person()
    for _ in range(3):
        ask_for_code(Client(), maya.email)

    fourth = client.post(LOGIN, {"login": maya.email})

    assert "Wait five minutes, then ask for a new code." in fourth.content.decode()
    assert len(mail.outbox) == 3


def test_a_code_of_another_browser_does_not_count(client: Client, last_code: Callable[[], str]) -> None:
    maya = factories.person()
    ask_for_code(Client(), maya.email)

    response = client.post(CODE, {"code": last_code()})

    assert response.status_code == 302
    assert get_user(client).is_anonymous


def test_the_page_for_the_code_without_asking_leads_to_the_start(client: Client) -> None:
    response = client.get(CODE, follow=True)

    assert response.redirect_chain[-1][0] == LOGIN


def test_another_address_can_be_used_instead(client: Client) -> None:
    ask_for_code(client, "mistyped@example.org")

    response = client.post("/accounts/logout/", {"next": LOGIN}, follow=True)

    assert response.redirect_chain == [(LOGIN, 302)]
    assert response.status_code == 200


def test_a_closed_account_is_told_so_only_to_whoever_has_the_code(client: Client, last_code: Callable[[], str]) -> None:
    maya = factories.person()
    ask_for_code(client, maya.email)
    User.objects.filter(id=maya.id).update(is_active=False)

    response = client.post(CODE, {"code": last_code()}, follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/inactive/"
    assert "This account is closed" in response.content.decode()
    assert get_user(client).is_anonymous


def test_a_closed_account_gets_no_code(client: Client) -> None:
    closed = factories.person(is_active=False)

    ask_for_code(client, closed.email)

    assert "Nobody with this address has been here yet." in str(mail.outbox[0].body)


def test_signing_out_asks_first(client: Client) -> None:
    client.force_login(factories.person())

    page = client.get("/accounts/logout/")
    assert "Sign out?" in page.content.decode()
    assert get_user(client).is_authenticated

    client.post("/accounts/logout/")
    assert get_user(client).is_anonymous


def test_a_newcomer_gives_name_and_address_and_confirms_it(client: Client, last_code: Callable[[], str]) -> None:
    page = client.get(f"{SIGNUP}?email=ana@example.org").content.decode()
    asked = client.post(SIGNUP, {"name": "Ana Costa", "email": "Ana@Example.org"})
    code_page = client.get(asked["Location"])
    response = client.post(CONFIRM_ADDRESS, {"code": last_code()})

    ana = User.objects.get(email="ana@example.org")
    assert 'value="ana@example.org"' in page
    assert asked["Location"] == CONFIRM_ADDRESS
    assert "ana@example.org" in code_page.content.decode()
    assert response["Location"] == "/firm/new/"
    assert get_user(client) == ana
    assert (ana.name, ana.has_usable_password()) == ("Ana Costa", False)
    assert EmailAddress.objects.get(user=ana).verified is True


def test_a_newcomer_is_nobody_until_the_address_is_confirmed(client: Client) -> None:
    client.post(SIGNUP, {"name": "Ana Costa", "email": "ana@example.org"})

    enter_wrong_code(client, path=CONFIRM_ADDRESS)

    assert get_user(client).is_anonymous
    assert EmailAddress.objects.get(email="ana@example.org").verified is False


def test_signing_up_with_a_known_address_says_nothing_here_and_tells_its_owner(client: Client) -> None:
    factories.person("maya@northlight.example", "Maya Lindqvist")

    asked = client.post(SIGNUP, {"name": "Mallory", "email": "maya@northlight.example"})
    page = client.get(asked["Location"])

    assert asked["Location"] == CONFIRM_ADDRESS
    assert page.status_code == 200
    assert "http://testserver/accounts/login/" in str(mail.outbox[0].body)
    assert User.objects.get().name == "Maya Lindqvist"


def test_signing_up_without_a_name_is_refused(client: Client) -> None:
    response = client.post(SIGNUP, {"name": " ", "email": "ana@example.org"})

    assert 'id="id_name_error"' in response.content.decode()
    assert User.objects.count() == 0


def test_too_many_requests_are_answered_in_words(rf: RequestFactory) -> None:
    response = too_many_requests(rf.get(LOGIN))

    assert response.status_code == 429
    assert "Wait a minute, then try again. Nothing was lost." in response.content.decode()


@pytest.mark.parametrize(
    "path", ["password/reset/", "password/change/", "password/set/", "reauthenticate/", "password/reset/done/"]
)
def test_no_page_asks_for_a_password(client: Client, path: str) -> None:
    client.force_login(factories.person())

    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("name", ["account_request_login_code", "account_email", "account_email_verification_sent"])
def test_allauth_names_that_have_no_page_of_their_own_lead_somewhere(client: Client, name: str) -> None:
    anonymous = client.get(reverse(name), follow=True)
    client.force_login(factories.person())
    signed_in = client.get(reverse(name), follow=True)

    assert (anonymous.status_code, signed_in.status_code) == (200, 200)
