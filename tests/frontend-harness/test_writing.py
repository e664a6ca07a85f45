"""Two people write in one text: convergence, carets, status, offline, undo, keyboard."""

import datetime as dt
import re

import pytest
from at_browsers import wait_for_kept
from playwright.sync_api import Locator, Page, expect

from .conftest import Harness, OpenPage

pytestmark = pytest.mark.browser


def timeline(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Text of Timeline")


def words(page: Page) -> str:
    """The section's own text, without the others' carets."""
    return timeline(page).evaluate(
        "element => { const copy = element.cloneNode(true); copy.querySelectorAll('.caret').forEach(c => c.remove());"
        " return [...copy.children].map(block => block.textContent).join('\\n') }"
    )


def write(page: Page, key: str, text: str) -> None:
    timeline(page).click()
    page.keyboard.press(key)
    page.keyboard.type(text)


def status(page: Page) -> Locator:
    return page.locator("#status")


def test_both_write_in_one_paragraph(open_page: OpenPage) -> None:
    maya, tomas = open_page("?as=seller"), open_page("?as=client")
    write(maya, "Control+End", " From Maya.")
    write(tomas, "Control+Home", "Hello. ")
    expect(timeline(maya)).to_contain_text(re.compile(r"Hello\. (Tomás)?We start"))
    expect(timeline(tomas)).to_contain_text("From Maya.")
    assert words(maya) == words(tomas)
    expect(maya.locator(".caret[data-party=client] b")).to_have_text("Tomás")
    expect(status(maya)).to_have_text("Saved")


def test_my_next_letter_follows_my_word_after_the_other_splits_the_paragraph(open_page: OpenPage) -> None:
    maya, tomas = open_page("?as=seller"), open_page("?as=client")
    write(tomas, "Control+End", " Mine")
    expect(timeline(maya)).to_contain_text("Mine")
    write(maya, "Control+Home", "")
    for _ in range(len("We start")):
        maya.keyboard.press("ArrowRight")
    maya.keyboard.press("Enter")
    expect(timeline(tomas).locator("p")).to_have_count(2)
    tomas.keyboard.type("X")
    expect(timeline(maya)).to_contain_text("MineX")
    timeline(maya).press("Control+Alt+3")
    expect(timeline(tomas).locator("h3")).to_have_count(1)
    tomas.keyboard.type("Y")
    expect(timeline(maya)).to_contain_text("MineXY")


def test_saved_is_said_only_when_acknowledged(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    expect(status(tomas)).to_have_text("Saved")
    harness.tell(deaf=True)
    write(tomas, "Control+End", "!")
    expect(status(tomas)).to_have_text("Saving…")
    harness.tell(deaf=False)
    expect(status(tomas)).to_have_text("Saved")


def test_words_written_offline_arrive_once(open_page: OpenPage, harness: Harness) -> None:
    maya, tomas = open_page("?as=seller"), open_page("?as=client")
    tomas.context.set_offline(True)
    expect(status(tomas)).to_have_attribute("data-state", "offline")
    write(tomas, "Control+End", " Off")
    expect(status(tomas)).to_have_text("Offline, 4 edits kept here")
    write(maya, "Control+Home", "On. ")
    tomas.context.set_offline(False)
    for person in (maya, tomas):
        expect(timeline(person)).to_contain_text(re.compile(r"^On\. (Maya)?We start.* booking\. Off"))
    expect(status(tomas)).to_have_text("Saved")
    assert words(maya) == words(tomas)
    text_seq, event_seq = harness.tell()["resumed"][-1]
    assert text_seq > 0
    assert event_seq == 0


def test_a_dropped_connection_comes_back_by_itself(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    tomas.evaluate(
        """() => {
          const room = document.querySelector('#room')
          const look = () => { if (room.dataset.synced === 'false') document.body.dataset.wasAway = 'true' }
          new MutationObserver(look).observe(room, { attributes: true })
        }"""
    )
    harness.tell(drop=1012)
    expect(tomas.locator("body[data-was-away]")).to_have_count(1)
    write(tomas, "Control+End", " Still here.")
    expect(timeline(open_page("?as=seller"))).to_contain_text("Still here.")
    expect(status(tomas)).to_have_text("Saved")


def test_a_lost_connection_is_said_at_once(open_page: OpenPage, harness: Harness) -> None:
    """No timer of the page runs while its clock stands still: nothing is waited for before it is said."""
    tomas = open_page("?as=client")
    expect(status(tomas)).to_have_text("Saved")
    tomas.clock.install()
    tomas.clock.pause_at(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    harness.tell(drop=1012)
    expect(status(tomas)).to_have_text("Offline")


def test_undo_takes_back_my_own_words_only(open_page: OpenPage) -> None:
    maya, tomas = open_page("?as=seller"), open_page("?as=client")
    write(tomas, "Control+End", " Tomas")
    expect(timeline(maya)).to_contain_text("Tomas")
    write(maya, "Control+Home", "Maya ")
    expect(timeline(tomas)).to_contain_text(re.compile("Maya (Maya)?We"))
    tomas.keyboard.press("Control+z")
    expect(timeline(maya)).not_to_contain_text("Tomas")
    expect(timeline(maya)).to_contain_text("Maya We")
    assert words(maya) == words(tomas)


def test_agreed_text_opens_after_change_this(open_page: OpenPage) -> None:
    tomas = open_page("?as=client")
    summary = tomas.get_by_role("group", name="Text of Summary")
    expect(summary).to_have_attribute("contenteditable", "false")
    tomas.get_by_role("button", name="Change this in Summary").click()
    opened = tomas.get_by_role("textbox", name="Text of Summary")
    expect(opened).to_be_focused()
    tomas.keyboard.type(" More.")
    expect(opened).to_contain_text("already use. More.")
    expect(tomas.locator("[data-unlock=summary]")).to_be_hidden()


def test_escape_then_tab_leaves_a_list(open_page: OpenPage) -> None:
    tomas = open_page("?as=client")
    write(tomas, "Control+End", "")
    tomas.keyboard.press("Enter")
    tomas.keyboard.type("- one")
    tomas.keyboard.press("Enter")
    tomas.keyboard.press("Tab")
    expect(timeline(tomas).locator("li li")).to_have_count(1)
    expect(timeline(tomas)).to_be_focused()
    tomas.keyboard.press("Escape")
    tomas.keyboard.press("Tab")
    expect(timeline(tomas)).not_to_be_focused()
    expect(tomas.locator("#writing-tools")).to_be_hidden()


def test_the_writing_tools_are_reached_and_left_by_keyboard(open_page: OpenPage) -> None:
    tomas = open_page("?as=client")
    write(tomas, "Control+a", "")
    tools = tomas.get_by_role("toolbar", name="Writing tools")
    expect(tools).to_be_visible()
    tomas.keyboard.press("Alt+F10")
    expect(tools.get_by_role("button", name="Bold")).to_be_focused()
    tomas.keyboard.press("Enter")
    expect(timeline(tomas).locator("strong")).to_have_count(1)
    expect(tools.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    tomas.keyboard.press("Alt+F10")
    tomas.keyboard.press("ArrowDown")
    expect(tools.get_by_role("button", name="Italic")).to_be_focused()
    tomas.keyboard.press("Escape")
    expect(timeline(tomas)).to_be_focused()


def test_a_link_is_asked_for_and_only_safe_ones_are_set(open_page: OpenPage) -> None:
    tomas = open_page("?as=client")
    write(tomas, "Control+a", "")
    tomas.get_by_role("button", name="Link").click()
    address = tomas.get_by_role("textbox", name="Address")
    address.fill("javascript:alert(1)")
    address.press("Enter")
    expect(tomas.get_by_text("not a web, mail or telephone address")).to_be_visible()
    address.fill("example.com/plan")
    address.press("Enter")
    expect(timeline(tomas).locator("a")).to_have_attribute("href", "https://example.com/plan")
    expect(timeline(tomas)).to_be_focused()


def test_a_paste_from_word_becomes_a_list_under_the_strict_policy(open_page: OpenPage) -> None:
    tomas = open_page("?as=client")
    write(tomas, "Control+a", "")
    marker = "<span style='mso-list:Ignore'>·<span style='font:7pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>"
    item = f"<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level1 lfo1'>{marker}"
    timeline(tomas).evaluate(
        """(element, html) => {
          const data = new DataTransfer(); data.setData('text/html', html)
          element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
        }""",
        f"<style>p {{ color: red }}</style>{item}First</p>{item}Second</p><table><tr><td>a<td>b</table>",
    )
    expect(timeline(tomas).locator("ul > li")).to_have_text(["First", "Second"])
    expect(timeline(tomas)).to_contain_text("a | b")


def test_the_text_never_flashes_empty(open_page: OpenPage, harness_url: str) -> None:
    """Every change of the text's element still shows the first words."""
    page = open_page("narrow")
    page.add_init_script(
        """document.addEventListener('DOMContentLoaded', () => {
          const text = document.querySelector('[data-fragment="section:timeline"]')
          const paint = () => {
            if (!text.textContent.includes('We start')) document.body.dataset.flashed = 'true'
            requestAnimationFrame(paint)
          }
          requestAnimationFrame(paint)
        })"""
    )
    page.goto(harness_url)
    expect(page.locator("#section-timeline[data-editor=ready]")).to_be_visible()
    expect(timeline(page)).to_contain_text("We start")
    expect(page.locator("body[data-flashed]")).to_have_count(0)


def test_opening_and_reading_writes_nothing(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    for section in ("Timeline", "Terms"):
        tomas.get_by_role("textbox", name=f"Text of {section}").click()
        tomas.keyboard.press("ArrowRight")
    expect(tomas.locator("#status")).to_have_text("Saved")
    assert harness.tell()["seq"] == 1


def test_what_one_person_left_unsaved_is_not_sent_by_another(open_page: OpenPage, harness_url: str) -> None:
    page = open_page("?as=client")
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(True)
    write(page, "Control+End", " His.")
    expect(status(page)).to_have_text("Offline, 5 edits kept here")
    wait_for_kept(page, 5)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"{harness_url}?as=seller")
    write(page, "Control+End", " Hers.")
    expect(status(page)).to_have_text("Saved")
    assert "His." not in words(page)
    page.goto(f"{harness_url}?as=client")
    expect(timeline(page)).to_contain_text("His.")
    expect(timeline(page)).to_contain_text("Hers.")
    expect(status(page)).to_have_text("Saved")
