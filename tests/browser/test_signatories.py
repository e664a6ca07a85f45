"""Signing by several: in order with a hand-over and links by mail, in any order from two tabs at once."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from at_browsers import Person, new_context, violations
from live import LiveServer
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened
from tests.browser.test_journey import code_for, link_for

LOCKED = """
import json
from accounts.demo_sign_in import path_for
from accounts.models import User
from proposals.access import Visitor, actor_for
from proposals.actions import agreement, freezing, proposals, sections, signatories
from proposals.documents.parts import standing_of
from proposals.models import Proposal
maya = User.objects.get(email="{seller}")
tomas = User.objects.get(email="{client}")
contact = proposals.ClientContact("Tomás Reyes", tomas.email, "Harbour Street Clinic")
def at(user, made): return actor_for(Visitor(user=user), Proposal.objects.get(id=made.id))
def locked(title, four):
    made = proposals.create_proposal(firm=maya.memberships.first().firm, by=maya, title=title, client=contact)
    sections.add_section(by=at(maya, made), title="What we do", kind="prose")
    proposals.share(by=at(maya, made))
    if four:
        proposals.set_terms(by=at(maya, made), changes={{"signing_order": "client_first"}})
        ines = signatories.name_signatory(by=at(tomas, made), name="Ines Duarte", email="ines@example.org", title="CFO")
        signatories.name_signatory(by=at(maya, made), name="Kofi Mensah", email="kofi@example.org", title="Partner")
        order = [ines.id, at(tomas, made).participant_id]
        signatories.order_signatories(by=at(tomas, made), participant_ids=order)
    parts = {{part.key: part.fingerprint for part in standing_of(Proposal.objects.get(id=made.id)).parts}}
    for user in (maya, tomas): agreement.agree(by=at(user, made), parts=parts)
    freezing.freeze(by=at(maya, made))
    sign = f"/p/{{made.id}}/sign/"
    return {{"id": str(made.id), "maya": path_for(maya, sign), "tomas": path_for(tomas, sign)}}
print(json.dumps({{"four": locked("Four sign", True), "two": locked("Two sign", False)}}))
"""


@pytest.fixture
def locked(server: LiveServer, demo: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Two locked proposals: four sign one after the other, two in any order; with links that sign people in."""
    script = LOCKED.format(seller=demo["seller"]["email"], client=demo["client"]["email"])
    made: dict[str, dict[str, str]] = json.loads(server.manage("shell", "--no-imports", "-c", script).splitlines()[-1])
    return made


@pytest.fixture
def people(browser: Browser, demo: dict[str, Any]) -> Iterator[dict[str, Person]]:
    """Browsers of their own, and one that looks at mails."""
    found = {name: opened(browser, demo) for name in ("maya", "tomas", "ines", "leo")}
    yield found
    for person in found.values():
        person.context.close()
    for name, person in found.items():
        assert person.faults == [], name


def confirm(page: Page, mails: Page, server: LiveServer, address: str) -> None:
    """Enter the code for reading and writing that is mailed to whoever came by a link."""
    page.get_by_role("button", name=re.compile("[Mm]ail me the code")).first.click()
    page.locator("input[name=code]").fill(code_for(mails, server, address))
    page.locator("main form button").first.click()


def fill_in(page: Page, mails: Page, server: LiveServer, address: str) -> None:
    """Everything but the last press."""
    page.get_by_role("button", name="Mail me the code").click()
    expect(page.locator("#live")).to_contain_text("code was sent")
    page.get_by_label("The code from the mail").fill(code_for(mails, server, address))
    page.get_by_label("Your role").fill("Director")
    page.locator("#id_consent").check()


def test_four_in_order_with_a_place_handed_over(
    people: dict[str, Person], server: LiveServer, locked: dict[str, dict[str, str]], browser: Browser
) -> None:
    maya, tomas, ines, leo = (people[name].page for name in ("maya", "tomas", "ines", "leo"))
    mails = new_context(browser).new_page()
    tomas.goto(f"{server.url}{locked['four']['tomas']}")
    expect(tomas.locator(".sheet .notice")).to_contain_text("It is Ines Duarte’s turn to sign.")
    expect(tomas.locator("form[data-sign]")).to_have_count(0)

    # Maya has got hold of Ines's link: she stays who she is.
    maya.goto(f"{server.url}{locked['four']['maya']}")
    link = link_for(mails, server, "ines@example.org")
    maya.goto(link)
    maya.goto(f"{server.url}/p/{locked['four']['id']}/sign/")
    expect(maya.locator(".sheet .notice")).to_contain_text("It is Ines Duarte’s turn to sign.")

    ines.goto(link)
    ines.locator("#room-state").get_by_role("link", name="Read and sign").click()
    confirm(ines, mails, server, "ines@example.org")
    expect(ines.locator("form[data-sign]")).to_be_visible()
    ines.locator(".card").get_by_role("link", name="Hand this place over").click()
    ines.get_by_label("Name", exact=True).fill("Leo Baum")
    ines.get_by_label("E-mail").fill("leo@example.org")
    ines.get_by_label("Why").fill("I am away until March")
    assert violations(people["ines"]) == []
    ines.get_by_role("button", name="Hand it over").click()
    expect(ines.locator(".sheet .notice")).to_contain_text("You take part without signing")

    leo.goto(link_for(mails, server, "leo@example.org"))
    leo.locator("#room-state").get_by_role("link", name="Read and sign").click()
    confirm(leo, mails, server, "leo@example.org")
    fill_in(leo, mails, server, "leo@example.org")
    leo.locator("form[data-sign] button.primary").click()
    leo.wait_for_url(re.compile(r"/signed/$"))

    tomas.reload()
    expect(tomas.locator("form[data-sign]")).to_be_visible()
    seal = tomas.locator("#sign-card .bigseal")
    expect(seal).to_have_accessible_name("No side has signed in full yet")  # one of two has
    assert violations(people["tomas"]) == []
    tomas.goto(f"{server.url}/p/{locked['four']['id']}/people/")
    expect(tomas.locator("#who-signs li b")).to_have_text(["Leo Baum", "Tomás Reyes", "Maya Lindqvist", "Kofi Mensah"])
    assert violations(people["tomas"]) == []
    mails.context.close()


def test_two_tabs_that_sign_at_once_sign_once(
    people: dict[str, Person], server: LiveServer, locked: dict[str, dict[str, str]], browser: Browser
) -> None:
    first, mails = people["maya"].page, new_context(browser).new_page()
    first.goto(f"{server.url}{locked['two']['maya']}")
    second = people["maya"].context.new_page()
    second.goto(first.url)
    fill_in(first, mails, server, "maya@northlight.example")
    second.get_by_label("The code from the mail").fill(first.get_by_label("The code from the mail").input_value())
    second.get_by_label("Your role").fill("Director")
    second.locator("#id_consent").check()
    for page in (first, second):
        page.locator("form[data-sign] button.primary").click(no_wait_after=True)
    first.wait_for_load_state()
    for page in (first, second):
        signed = page.locator("h1", has_text="You have signed")
        refused = page.locator("form[data-sign] [data-error]:visible")
        expect(signed.or_(refused).first).to_be_visible()
    assert sorted(bool(re.search(r"/signed/$", page.url)) for page in (first, second)) == [False, True]
    first.goto(f"{server.url}/p/{locked['two']['id']}/signed/")
    expect(first.locator(".card")).to_contain_text("has not signed yet")
    mails.context.close()
    people["maya"].faults.clear()  # the browser notes the refusal of the second
