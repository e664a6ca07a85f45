"""What the page does when the server says no, and who may write."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Harness, OpenPage

pytestmark = pytest.mark.browser


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Text of Timeline").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


@pytest.mark.parametrize("code", [3, 4])
def test_refused_words_are_set_aside_and_the_room_begins_anew(open_page: OpenPage, harness: Harness, code: int) -> None:
    tomas = open_page("?as=client")
    write(tomas, " Kept.")
    expect(tomas.locator("#status")).to_have_text("Saved")
    harness.tell(reject={"code": code, "reason": "this page sent something odd"})
    tomas.keyboard.type("Z")
    aside = tomas.locator("#set-aside")
    expect(aside).to_contain_text("This page sent something odd.")
    expect(aside.locator("pre")).to_have_text("Timeline:\nZ")
    text = tomas.get_by_role("textbox", name="Text of Timeline")
    expect(text).to_contain_text("Kept.")
    expect(text).not_to_contain_text("Kept.Z")
    expect(tomas.locator("#room")).to_have_attribute("data-synced", "true")
    write(tomas, " Again.")
    expect(tomas.locator("#status")).to_have_text("Saved")
    expect(text).to_contain_text("Kept. Again.")


def test_a_gap_heals_by_itself(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    harness.tell(reject={"code": 2, "reason": "gap"})
    write(tomas, "G")
    expect(open_page("?as=seller").get_by_role("textbox", name="Text of Timeline")).to_contain_text("booking.G")
    expect(tomas.locator("#status")).to_have_text("Saved")
    expect(tomas.locator("#set-aside")).to_be_hidden()


def test_a_full_disk_is_said_and_the_words_are_offered_again(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    harness.tell(reject={"code": 6, "reason": "the server cannot write just now"})
    write(tomas, "Q")
    expect(tomas.locator("#status")).to_have_text("Not saved: the server cannot write just now")
    expect(tomas.get_by_role("textbox", name="Text of Timeline")).to_contain_text("booking.Q")
    expect(tomas.locator("#status")).to_have_text("Saved")


def test_freezing_closes_the_text_and_reopening_opens_it(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    harness.tell(event={"type": "proposal.frozen", "announce": "Locked for signing."})
    expect(tomas.locator("#status")).to_have_text("Locked for signing")
    expect(tomas.get_by_role("group", name="Text of Timeline")).to_have_attribute("contenteditable", "false")
    harness.tell(event={"type": "proposal.reopened"})
    expect(tomas.locator("#status")).to_have_text("Saved")
    expect(tomas.get_by_role("textbox", name="Text of Timeline")).to_have_attribute("contenteditable", "true")


@pytest.mark.parametrize(
    ("code", "words", "state"),
    [
        (4401, "You are signed out. Sign in again to go on.", "Signed out"),
        (4403, "You no longer take part in this proposal.", "No longer taking part"),
        (4404, "This proposal is no longer here.", "No longer here"),
        (4409, "This page is older than the proposal.", "Out of date"),
    ],
)
def test_a_final_close_says_what_to_do(
    open_page: OpenPage, harness: Harness, code: int, words: str, state: str
) -> None:
    tomas = open_page("?as=client")
    harness.tell(deaf=True)
    write(tomas, "Lost?")
    harness.tell(drop=code)
    expect(tomas.locator("#room-notice")).to_contain_text(words)
    expect(tomas.locator("#status")).to_have_text(state)
    expect(tomas.locator("#set-aside pre")).to_contain_text("Lost?")
    expect(tomas.locator("#set-aside")).not_to_contain_text(words)
    expect(tomas.locator("#live-now")).to_have_text("")
    expect(tomas.locator("[contenteditable=true]")).to_have_count(0)


@pytest.mark.parametrize("changed", [{"schema": 2}, {"epoch": 2}])
def test_a_page_of_another_schema_or_epoch_binds_nothing_and_sends_nothing(
    open_page: OpenPage, harness: Harness, harness_url: str, changed: dict[str, int]
) -> None:
    before = harness.tell(**changed)["seq"]
    page = open_page("narrow")
    page.goto(harness_url)
    expect(page.locator("#room-notice")).to_contain_text("Reload to see it as it is now.")
    expect(page.locator("[data-editor]")).to_have_count(0)
    expect(page.locator("#section-timeline")).to_contain_text("We start on 12 January")
    assert harness.tell()["seq"] == before


def test_a_guest_is_asked_who_they_are_at_the_first_letter(open_page: OpenPage) -> None:
    guest = open_page("?as=client&may-write=confirm")
    expect(guest.locator("#status")).to_have_text("Reading")
    text = guest.get_by_role("textbox", name="Text of Timeline")
    text.focus()
    guest.keyboard.press("x")
    expect(guest.get_by_role("dialog", name="Confirm who you are")).to_be_visible()
    expect(text).not_to_contain_text("x")


def test_a_reader_reads(open_page: OpenPage) -> None:
    reader = open_page("?as=client&may-write=false")
    expect(reader.locator("#status")).to_have_text("Reading")
    expect(reader.get_by_role("textbox")).to_have_count(2)
    expect(reader.locator("[contenteditable=true]")).to_have_count(0)
    expect(reader.locator(".unlock >> visible=true")).to_have_count(0)


def test_on_a_phone_every_text_opens_after_change_this(open_page: OpenPage) -> None:
    phone = open_page("?as=client", viewport=PHONE, has_touch=True)
    expect(phone.locator("[contenteditable=true]")).to_have_count(0)
    phone.get_by_role("button", name="Change this in Terms").tap()
    text = phone.get_by_role("textbox", name="Text of Terms")
    expect(text).to_be_focused()
    phone.keyboard.type(" Yes.")
    expect(text).to_contain_text("day. Yes.")
    expect(phone.get_by_role("toolbar", name="Writing tools")).to_be_visible()


def test_leaving_with_unsaved_words_asks_first(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    harness.tell(deaf=True)
    write(tomas, "U")
    asked: list[str] = []
    tomas.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tomas.reload()
    assert asked == ["beforeunload"]
