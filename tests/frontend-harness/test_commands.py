"""Prices, forms and fragments: once, in place, with the focus and the words kept."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Harness, OpenPage

pytestmark = pytest.mark.browser


def quantity(page: Page) -> Locator:
    return page.locator("#line-portal-quantity")


def section_html(page: Page, section: str, **changes: str) -> str:
    """The section as the server would send it anew, with pieces replaced."""
    html: str = page.request.get(page.url).text()
    found = re.search(rf'<section class="sec" id="section-{section}".*?</section>', html, re.S)
    assert found is not None
    anew = found.group()
    for old, new in changes.items():
        assert old in anew
        anew = anew.replace(old, new)
    return anew


def replace_sections(harness: Harness, html: str) -> None:
    fragments = [{"id": "sections", "html": f'<div id="sections">{html}</div>'}]
    harness.tell(event={"type": "section.changed", "fragments": fragments})


def test_a_price_change_reaches_both_and_keeps_the_other_side_typing(open_page: OpenPage) -> None:
    maya, tomas = open_page("?as=seller"), open_page("?as=client")
    other = maya.locator("#line-migration-quantity")
    other.fill("4.5")
    other.evaluate("input => input.setSelectionRange(1, 2)")
    quantity(tomas).fill("15")
    quantity(tomas).press("Enter")
    expect(maya.locator("#total")).to_have_text("€13500.00")
    expect(tomas.locator("#total")).to_have_text("€13500.00")
    expect(tomas.locator("#line-migration-quantity")).to_be_focused()
    expect(other).to_be_focused()
    assert other.evaluate("input => [input.value, input.selectionStart, input.selectionEnd]") == ["4.5", 1, 2]


def test_a_value_in_focus_takes_the_servers_once_it_is_left(open_page: OpenPage) -> None:
    maya, tomas = open_page("?as=seller"), open_page("?as=client")
    quantity(maya).focus()
    quantity(tomas).fill("15")
    quantity(tomas).press("Enter")
    expect(maya.locator("#total")).to_have_text("€13500.00")
    expect(quantity(maya)).to_have_value("14")
    maya.keyboard.press("Tab")
    expect(quantity(maya)).to_have_value("15")


def test_a_bad_amount_changes_nothing_and_says_why(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    quantity(tomas).fill("1.2.3")
    quantity(tomas).press("Enter")
    message = tomas.get_by_role("alert").filter(has_text="1.2.3")
    expect(message).to_have_text("“1.2.3” is not an amount; nothing was changed.")
    expect(quantity(tomas)).to_be_focused()
    expect(quantity(tomas)).to_have_value("1.2.3")
    expect(quantity(tomas)).to_have_attribute("aria-invalid", "true")
    assert quantity(tomas).get_attribute("aria-describedby") == message.get_attribute("id")
    expect(tomas.locator("#total")).to_have_text("€12600.00")
    tomas.keyboard.press("Tab")
    assert len(harness.tell()["applied"]) == 1, "leaving the cell does not send it again"
    quantity(tomas).press("Escape")
    expect(quantity(tomas)).to_have_value("14")
    expect(message).to_have_count(0)


def test_an_unchanged_value_is_not_sent(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    quantity(tomas).fill("15")
    quantity(tomas).fill("14")
    quantity(tomas).press("Enter")
    quantity(tomas).press("Tab")
    assert harness.tell()["applied"] == []


def test_arrows_go_up_and_down_the_column(open_page: OpenPage) -> None:
    tomas = open_page("?as=client")
    quantity(tomas).focus()
    tomas.keyboard.press("ArrowDown")
    expect(tomas.locator("#line-migration-quantity")).to_be_focused()
    tomas.keyboard.press("ArrowUp")
    expect(quantity(tomas)).to_be_focused()


def test_a_price_changed_offline_waits_visibly_and_applies_once(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    tomas.context.set_offline(True)
    quantity(tomas).fill("20")
    quantity(tomas).press("Enter")
    expect(tomas.get_by_text("Waiting for the connection; will be sent once")).to_be_visible()
    expect(tomas.locator("#status")).to_have_text("Offline, 1 edit kept here")
    tomas.context.set_offline(False)
    expect(tomas.locator("#total")).to_have_text("€18000.00")
    expect(tomas.get_by_text("Waiting for the connection")).to_have_count(0)
    expect(tomas.locator("#status")).to_have_text("Saved")
    assert len(harness.tell()["applied"]) == 1


def test_a_section_changes_around_its_text(open_page: OpenPage, harness: Harness) -> None:
    """A caret, the editor and half a word survive a new head, a notice in front of the text and a new place."""
    tomas = open_page("?as=client")
    text = tomas.get_by_role("textbox", name="Text of Timeline")
    text.click()
    tomas.keyboard.press("Control+End")
    tomas.keyboard.type(" half")
    text.evaluate("element => { element.mark = 'the same element' }")
    timeline = section_html(
        tomas, "timeline", **{">Timeline<": ">When<", '<div class="prose"': '<div><p>New</p></div><div class="prose"'}
    )
    both = section_html(tomas, "terms") + timeline
    replace_sections(harness, both)
    expect(tomas.locator("#sections h2")).to_have_text(["Terms", "When"])
    expect(tomas.locator("#section-summary")).to_have_count(0)
    expect(text).to_be_focused()
    tomas.keyboard.type(" word")
    expect(text).to_contain_text("half word")
    assert text.evaluate("element => element.mark") == "the same element"
    expect(tomas.locator("#section-timeline [data-fragment]")).to_have_count(1)
    expect(tomas.locator("#status")).to_have_text("Saved")


def test_a_new_section_gets_an_editor(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    new = section_html(tomas, "terms").replace("terms", "scope").replace("Terms", "Scope")
    old = section_html(tomas, "terms")
    replace_sections(harness, old + new)
    expect(tomas.locator("#section-scope")).to_have_attribute("data-editor", "ready")
    tomas.get_by_role("textbox", name="Text of Scope").click()
    tomas.keyboard.type("Fresh")
    expect(tomas.locator("#status")).to_have_text("Saved")


def test_events_seen_once(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    one, old = ([{"id": "total", "html": f'<td class="num" id="total">{words}</td>'}] for words in ("one", "old"))
    harness.tell(event={"type": "line.changed", "fragments": one})
    expect(tomas.locator("#total")).to_have_text("one")
    harness.tell(event={"seq": 1, "type": "line.changed", "fragments": old})
    harness.tell(event={"type": "x", "fragments": [{"id": "live-now", "html": '<div id="live-now" data-later></div>'}]})
    expect(tomas.locator("#live-now[data-later]")).to_have_count(1)
    expect(tomas.locator("#total")).to_have_text("one")


def test_agree_opens_when_the_text_is_saved_and_settled(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    agree = tomas.locator("#agree-timeline button")
    harness.tell(deaf=True)
    tomas.get_by_role("textbox", name="Text of Timeline").click()
    tomas.keyboard.type("x")
    expect(agree).to_have_attribute("aria-disabled", "true")
    expect(tomas.locator("#agree-terms button")).not_to_have_attribute("aria-disabled", "true")
    everything = tomas.get_by_role("button", name="Fine with all 3")
    expect(everything).to_have_attribute("aria-disabled", "true")
    agree.press("Enter")
    assert harness.tell()["applied"] == []
    expect(tomas.locator("#live")).to_contain_text("Opens when your last words here are saved.")
    harness.tell(deaf=False)
    expect(agree).not_to_have_attribute("aria-disabled", "true")
    everything.click()
    expect(tomas.locator("#live")).to_contain_text("Done.")
    fields = harness.tell()["applied"][0]["fields"]
    assert fields["fingerprint:section:timeline"] == "v1:timeline:2"


def test_a_dialog_form_closes_and_empties_when_it_was_accepted(open_page: OpenPage, harness: Harness) -> None:
    tomas = open_page("?as=client")
    tomas.get_by_role("button", name="Ask a question").click()
    dialog = tomas.get_by_role("dialog", name="Ask a question")
    dialog.get_by_role("textbox").fill("Why?")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog).to_be_hidden()
    assert harness.tell()["applied"][0]["fields"] == {"question": "Why?"}
    assert tomas.locator("#question").input_value() == ""


def test_menus_close_on_escape_and_elsewhere(open_page: OpenPage) -> None:
    tomas = open_page("?as=client")
    summary = tomas.locator("details.menu summary")
    summary.click()
    expect(tomas.get_by_role("link", name="History")).to_be_visible()
    tomas.keyboard.press("Escape")
    expect(tomas.get_by_role("link", name="History")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    tomas.get_by_role("heading", level=1).click()
    expect(tomas.get_by_role("link", name="History")).to_be_hidden()


def box_of(pad: Locator) -> dict[str, float]:
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    return dict(box)


def draw(page: Page, pad: Locator, *points: tuple[float, float]) -> None:
    """One stroke with the mouse, its points counted from the pad's corner."""
    box = box_of(pad)
    first, *others = [(box["x"] + x, box["y"] + y) for x, y in points]
    page.mouse.move(*first)
    page.mouse.down()
    for point in others:
        page.mouse.move(*point)
    page.mouse.up()


def test_the_signature_follows_the_name_or_is_drawn_with_the_mouse(open_page: OpenPage) -> None:
    page = open_page("sign")
    page.get_by_label("Your full name").fill("Ótto Weiß")
    expect(page.get_by_role("img", name="Signature preview: Ótto Weiß")).to_have_text("Ótto Weiß")
    page.get_by_label("Draw it").check()
    pad = page.get_by_role("img", name="Draw your signature here")
    path = page.locator("input[name=mark_path]")
    draw(page, pad, (20, 20), (120, 60), (160, 40))
    first = path.input_value()
    assert re.fullmatch(r"M[\d. ]+(L[\d. ]+)+", first)
    draw(page, pad, (30, 30), (5000, -50))
    numbers = [float(number) for number in re.findall(r"[-\d.]+", path.input_value())]
    assert path.input_value().count("M") == 2
    assert min(numbers) == 0
    assert max(numbers) == 400
    page.get_by_role("button", name="Undo").click()
    assert path.input_value() == first
    page.get_by_role("button", name="Clear").click()
    assert path.input_value() == ""
    page.get_by_label("From my name").check()
    expect(page.get_by_role("img", name="Signature preview: Ótto Weiß")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_a_finger_draws_and_the_page_stays_where_it_is(open_page: OpenPage) -> None:
    page = open_page("sign", viewport={"width": 390, "height": 500}, has_touch=True)
    page.get_by_label("Draw it").tap()
    pad = page.get_by_role("img", name="Draw your signature here")
    box = box_of(pad)
    before = page.evaluate("scrollY")
    fingers = page.context.new_cdp_session(page)
    for kind, x, y in (("Start", 40, 90), ("Move", 80, 40), ("Move", 160, 10), ("Move", 200, 60), ("End", 0, 0)):
        points = [] if kind == "End" else [{"x": box["x"] + x, "y": box["y"] + y}]
        fingers.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    expect(page.locator("input[name=mark_path]")).to_have_value(re.compile(r"^M[\d. ]+(L[\d. ]+)+$"))
    assert page.evaluate("scrollY") == before


def test_who_has_only_a_keyboard_chooses_and_types(open_page: OpenPage) -> None:
    page = open_page("sign")
    drawn = page.get_by_label("Draw it")
    page.get_by_label("From my name").focus()
    page.keyboard.press("ArrowRight")
    expect(drawn).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    drawn.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("img", name="Signature preview: Tomás Reyes")).to_be_visible()
