"""Passkeys: registering, confirming, and every answer that is refused."""

import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import passkeys
from accounts.confirming import CODES_PER_HOUR_COUNT
from accounts.models import AccountCode, Passkey, User
from accounts.passkeys import PasskeyRefused
from tests import factories
from tests.accounts.authenticator import HOST, ORIGIN, Authenticator

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya() -> User:
    return factories.person("maya@northlight.example", "Maya Lindqvist")


def refused(code: str, **values: Any) -> None:
    with pytest.raises(PasskeyRefused) as caught:
        passkeys.confirm(**{"host": HOST, **values})
    assert caught.value.code == code


def test_a_passkey_is_kept_with_its_public_part_and_confirms(maya: User) -> None:
    device = Authenticator(count=3)
    passkey = device.registered(maya)
    assert (passkey.user, passkey.host, passkey.name, passkey.sign_count) == (maya, HOST, "Laptop", 3)
    asked = passkeys.ask_to_confirm(HOST)
    assert asked.options["publicKey"]["userVerification"] == "required"
    device.count = 4
    confirmed = passkeys.confirm(host=HOST, state=asked.state, answer=device.answer(asked.options))
    passkeys.record_use(confirmed)
    passkey.refresh_from_db()
    assert (confirmed.passkey, passkey.sign_count, passkey.last_used_at is not None) == (passkey, 4, True)


def test_an_answer_is_for_this_question_this_host_and_this_person(maya: User) -> None:
    device = Authenticator()
    device.registered(maya)
    asked, other = passkeys.ask_to_confirm(HOST), passkeys.ask_to_confirm(HOST)
    answer = device.answer(asked.options)
    refused("bad_passkey", state=other.state, answer=answer)
    refused("bad_passkey", state=None, answer=answer)
    refused("bad_passkey", state=asked.state, answer=answer, host="elsewhere.example")
    for origin in ("https://sameside.localhost", "http://evil.example", "https://evil.example"):
        refused("bad_passkey", state=asked.state, answer=device.answer(asked.options, origin=origin))
    refused("bad_passkey", state=asked.state, answer=answer, of=factories.person("tomas@harbourstreet.example"))
    assert passkeys.confirm(host=HOST, state=asked.state, answer=answer, of=maya).passkey.user == maya


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: "",
        lambda answer: "null",
        lambda answer: "[]",
        lambda answer: answer[:-20],
        lambda answer: json.dumps({**json.loads(answer), "rawId": "AAAA", "id": "AAAA"}),
        lambda answer: json.dumps({**json.loads(answer), "response": {}}),
        lambda answer: answer.replace('"signature": "', '"signature": "AA'),
        lambda answer: answer + " " * 20_000,
    ],
)
def test_an_answer_that_is_none_is_refused(spoil: Any, maya: User) -> None:
    device = Authenticator()
    device.registered(maya)
    asked = passkeys.ask_to_confirm(HOST)
    refused("bad_passkey", state=asked.state, answer=spoil(device.answer(asked.options)))


def test_a_device_that_does_not_ask_its_owner_is_not_enough(maya: User) -> None:
    with pytest.raises(PasskeyRefused):
        Authenticator(verifies=False).registered(maya)
    assert not Passkey.objects.exists()


def test_a_count_that_goes_back_tells_of_a_copy(maya: User) -> None:
    device = Authenticator(count=7)
    device.registered(maya)
    asked = passkeys.ask_to_confirm(HOST)
    refused("copied_passkey", state=asked.state, answer=device.answer(asked.options))


def test_a_passkey_is_registered_once_ten_at_most_and_at_a_name_only(maya: User) -> None:
    device = Authenticator()
    device.registered(maya)
    with pytest.raises(PasskeyRefused) as twice:
        device.registered(maya)
    assert twice.value.code == "known_passkey"
    for _ in range(passkeys.MOST_PASSKEYS_COUNT - 1):
        Authenticator().registered(maya)
    with pytest.raises(PasskeyRefused) as many:
        Authenticator().registered(maya)
    assert many.value.code == "too_many_passkeys"
    for host in ("127.0.0.1", "::1"):
        with pytest.raises(PasskeyRefused) as numbers:
            passkeys.ask_for_new(maya, host)
        assert numbers.value.code == "no_passkeys_here"


HERE = {"host": "localhost:8000"}


def mailed_code(client: Client) -> str:
    """Ask for the code on the account's page, and read it in the mail."""
    mail.outbox.clear()
    answer = client.post(reverse("passkey_code"), headers=HERE)
    assert answer.headers["Location"] == f"{reverse('account')}#passkeys"
    (sent,) = mail.outbox
    return sent.subject.partition(" ")[0]


def ask(client: Client, code: str = "") -> Any:
    """What the browser asks to make a passkey: the status and the answer."""
    answer = client.post(reverse("passkey_options"), {"code": code}, headers=HERE)
    return answer.status_code, answer.json()


def test_on_the_account_page_one_is_added_and_removed_by_its_owner_only(client: Client, maya: User) -> None:
    client.force_login(maya)
    device = Authenticator()
    status, asked = ask(client, mailed_code(client))
    assert status == 200
    sent = {"passkey": device.made(asked), "name": " My  phone "}
    assert client.post(reverse("passkey_add"), sent, headers=HERE).status_code == 200
    assert client.post(reverse("passkey_add"), sent, headers=HERE).status_code == 422
    passkey = Passkey.objects.get()
    assert (passkey.name, passkey.host) == ("My phone", "localhost")
    told = mail.outbox[-1]
    assert (told.to, told.subject) == (["maya@northlight.example"], "A passkey was added to your account")
    for words in ("“My phone” was added", reverse("account")):
        assert words in told.body
    assert "My phone" in client.get(reverse("account")).content.decode()
    stranger = Client()
    stranger.force_login(factories.person("tomas@harbourstreet.example"))
    assert stranger.post(reverse("passkey_remove", args=[passkey.id])).status_code == 422
    assert Passkey.objects.count() == 1
    assert client.post(reverse("passkey_remove", args=[passkey.id])).status_code == 302
    assert not Passkey.objects.exists()


def test_without_the_mailed_code_none_is_added(client: Client, maya: User) -> None:
    client.force_login(maya)
    assert (ask(client)[0], ask(client)[1]["code"]) == (422, "code_needed")
    assert ask(client, "1234-5678")[1]["code"] == "code_expired"
    code = mailed_code(client)
    other = Client()
    other.force_login(factories.person("tomas@harbourstreet.example"))
    assert ask(other, code)[1]["code"] == "code_expired"
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"
    told = ask(client, wrong)[1]
    assert told["detail"].startswith(f"“{wrong}” is not the code that was mailed. Attempts left: 4.")
    for _ in range(4):
        ask(client, wrong)
    status, late = ask(client, code)
    assert (status, late["code"]) == (429, "too_many_attempts")
    assert ask(client, mailed_code(client))[0] == 200
    assert not Passkey.objects.exists()


def test_a_code_that_was_right_counts_in_that_browser_until_it_would_have_run_out(client: Client, maya: User) -> None:
    client.force_login(maya)
    code = mailed_code(client)
    assert "The code from the mail" in client.get(reverse("account"), headers=HERE).content.decode()
    _, asked = ask(client, code.replace("-", " "))
    assert "The code from the mail" not in client.get(reverse("account"), headers=HERE).content.decode()
    stolen = Client()
    stolen.force_login(maya)
    assert ask(stolen, code)[1]["code"] == "code_expired"
    sent = {"passkey": Authenticator().made(asked), "name": "Late"}
    AccountCode.objects.update(expires_at=timezone.now())
    refusal = client.post(reverse("passkey_add"), sent, headers=HERE)
    assert (refusal.status_code, refusal.json()["code"]) == (422, "code_expired")
    assert ask(client)[1]["code"] == "code_needed"
    assert not Passkey.objects.exists()


def test_ten_codes_are_mailed_in_an_hour_and_each_ends_the_one_before(client: Client, maya: User) -> None:
    client.force_login(maya)
    first = mailed_code(client)
    for _ in range(CODES_PER_HOUR_COUNT - 1):
        mailed_code(client)
    assert AccountCode.objects.filter(expires_at__gt=timezone.now()).count() == 1
    assert ask(client, first)[1]["code"] == "wrong_code"
    assert client.post(reverse("passkey_code"), headers=HERE).status_code == 429
    assert len(mail.outbox) == 1


def test_a_passkey_signs_in_once_per_question_and_no_mail_is_sent(client: Client, maya: User) -> None:
    device = Authenticator()
    device.registered(maya)
    here = {"host": "localhost:8000"}
    asked = client.post(reverse("passkey_sign_in_options"), headers=here).json()
    sent = {"passkey": device.answer(asked, origin=ORIGIN), "next": "/account/"}
    answer = client.post(reverse("passkey_sign_in"), sent, headers=here)
    assert (answer.status_code, answer.json()) == (200, {"redirect": "/account/"})
    assert client.session["_auth_user_id"] == str(maya.id)
    assert mail.outbox == []
    again = Client()
    again.post(reverse("passkey_sign_in_options"), headers=here)
    assert again.post(reverse("passkey_sign_in"), sent, headers=here).status_code == 422
    assert "_auth_user_id" not in again.session
