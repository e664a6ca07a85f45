"""Signing on a phone with a finger and a passkey, both real to the browser. By mailed code: `test_journey.py`."""

import hashlib
import re
from typing import Any

from at_browsers import PHONE, Person, at_port, code_for, new_context, violations
from live import LiveServer
from playwright.sync_api import Browser, Page, expect

FREEZE = """
from proposals.access import Visitor, proposal_for
from proposals.actions import agreement, freezing
from proposals.documents.parts import standing_of
from proposals.models import Proposal
proposal = Proposal.objects.get(id='{id}')
parts = {{part.key: part.fingerprint for part in standing_of(proposal).parts}}
for side in ('seller', 'client'):
    user = proposal.participants.filter(side=side, is_signatory=True)[0].user
    actor = proposal_for(Visitor(user=user), proposal.id)[1]
    agreement.agree(by=actor, parts=parts)
freezing.freeze(by=actor, leave_offers_open=True)
"""


def add_virtual_authenticator(page: Page) -> Any:
    """A device with a fingerprint reader that always finds the right finger."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return device


def test_a_passkey_is_made_signs_in_and_signs_with_a_drawn_mark(
    browser: Browser, server: LiveServer, demo: dict[str, Any]
) -> None:
    server.manage("shell", "--no-imports", "-c", FREEZE.format(id=demo["proposal"]))
    here = f"http://localhost:{server.port}"
    context = new_context(browser, viewport=PHONE, has_touch=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    device = add_virtual_authenticator(page)

    page.goto(at_port(demo["client"]["url"], server.port).replace("127.0.0.1", "localhost"))
    page.goto(f"{here}/account/")
    page.get_by_role("button", name="Mail me a code to add a passkey").click()
    mails = context.new_page()
    page.get_by_label("The code from the mail").fill(code_for(mails, server, demo["client"]["email"]))
    mails.close()
    page.get_by_label("A name for it").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".passkeys li")).to_contain_text("My phone")
    page.get_by_role("button", name="Sign out on this device").click()
    page.goto(f"{here}/accounts/login/?next=/p/{demo['proposal']}/sign/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", name="Sign the proposal")).to_be_visible()
    document = f"{here}/p/{demo['proposal']}/document.pdf"
    base = page.request.get(document).body()
    shown = "".join(re.findall(r"\b[0-9a-f]{4}\b", page.locator("#sign-card .fp").inner_text()))
    assert shown == hashlib.sha256(base).hexdigest()
    expect(page.get_by_label("The code from the mail")).to_be_hidden()
    page.get_by_label("Draw it").tap()
    pad = page.get_by_role("img", name="Draw your signature here")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    for kind, x, y in (("Start", 40, 90), ("Move", 90, 30), ("Move", 180, 100), ("End", 0, 0)):
        points = [] if kind == "End" else [{"x": box["x"] + x, "y": box["y"] + y}]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    expect(page.locator("input[name=mark_path]")).not_to_have_value("")
    page.get_by_label("Your role").fill("")
    sign = page.locator("form[data-sign] button.primary")
    sign.click()
    expect(page.locator("[data-error=title]")).to_have_text("Write your role as it should stand on the contract.")
    expect(page.get_by_label("Your role")).to_be_focused()
    page.locator("#id_consent").check()
    sign.click()
    expect(page.locator("form[data-sign] .cell-error:visible")).to_have_text(
        ["Write your role as it should stand on the contract.", "Nothing was changed."]
    )
    assert violations(Person(page, context, faults, demo)) == []
    page.get_by_label("Your role").fill("Practice manager")
    page.locator("#id_consent").check()
    device.send("WebAuthn.disable")  # the answer given before serves: nobody is asked twice
    sign.click()
    page.wait_for_url(re.compile(r"/signed/$"))
    expect(page.get_by_role("heading", name="You have signed")).to_be_visible()

    signed = page.request.get(document).body()
    assert signed.startswith(base)
    assert len(signed) > len(base)
    expect(page.locator("#sign-card .fp")).to_contain_text("SHA-256 of the file")
    assert faults == []
    context.close()
