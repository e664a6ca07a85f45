"""The sign page and its commands, as a browser sees them. The act itself: `test_signing.py`."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from proposals.documents import consent
from proposals.models import Signature
from tests.accounts.authenticator import HOST, Authenticator
from tests.kept import as_made
from tests.ports import free_port
from tests.proposals.deal import Deal, deal_after
from tests.proposals.test_room_pages import at_browser

FILLED = {"name": "Tomás Reyes", "title": "Owner", "consent": "on", "code": "000000"}


@pytest.fixture
def frozen(db: None) -> Deal:
    """Locked, ready to be signed."""
    return as_made(deal_after, Deal.freeze)


def sent(browser: Client, route: str, deal: Deal, **fields: str) -> Any:
    return browser.post(reverse(route, args=[deal.id]), fields, headers={"Accept": "application/json"})


def test_a_tick_beside_another_wording_brings_todays_and_signs_nothing(frozen: Deal) -> None:
    answer = sent(at_browser(frozen, frozen.tomas), "sign_now", frozen, **FILLED, consent_version="2020-01")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "consent_changed")
    assert [error["pointer"] for error in told["errors"]] == ["/consent"]
    (piece,) = told["fragments"]
    assert piece["id"] == "sign-consent"
    assert f'name="consent_version" value="{consent.CURRENT.version}"' in piece["html"]
    assert consent.CURRENT.shown_to("Harbour Street Clinic")[:40] in piece["html"]
    assert not Signature.objects.exists()


def test_a_code_that_could_not_be_mailed_is_said(frozen: Deal) -> None:
    """Nobody listens at the port."""
    down = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_PORT": free_port()}
    browser = at_browser(frozen, frozen.tomas)
    with override_settings(**down, EMAIL_HOST="127.0.0.1", EMAIL_TIMEOUT=5):
        answer = sent(browser, "sign_code", frozen)
    assert (answer.status_code, answer.json()["code"]) == (422, "mail_failed")
    assert sent(browser, "sign_code", frozen).json()["announce"].startswith("A code was sent to tomas@")
    without_script = browser.post(reverse("sign_code", args=[frozen.id]))
    assert without_script["Location"] == reverse("sign", args=[frozen.id])


def test_a_passkey_is_offered_where_it_works_and_the_code_beside_it(frozen: Deal) -> None:
    tomas = frozen.tomas
    assert tomas.user is not None
    Authenticator().registered(tomas.user)
    browser = at_browser(frozen, tomas)
    address = reverse("sign", args=[frozen.id])
    here = browser.get(address, headers={"host": f"{HOST}:8000"}).content.decode()
    elsewhere = browser.get(address).content.decode()
    asks = f'data-asks="{reverse("sign_passkey", args=[frozen.id])}"'
    assert (asks in here, asks in elsewhere) == (True, False)
    for page in (here, elsewhere):
        assert 'autocomplete="one-time-code"' in page
        assert "Mail me the code" in page
    asked = browser.post(
        reverse("sign_passkey", args=[frozen.id]), headers={"host": f"{HOST}:8000", "Accept": "application/json"}
    )
    assert asked.json()["publicKey"]["rpId"] == HOST


def test_whoever_signs_is_told_before_what_of_their_machine_the_other_side_can_read(frozen: Deal) -> None:
    page = at_browser(frozen, frozen.tomas).get(reverse("sign", args=[frozen.id])).content.decode()
    said = "so are the network address and the browser you sign from. Both sides can read all of it in the evidence."
    assert said in page.partition('id="sign-consent"')[2].partition("</div>")[0]
