"""Agreement is bound to what was on screen."""

from collections.abc import Callable

from at_browsers import Person
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def test_agreeing_closes_the_seal_for_both_and_an_edit_opens_it(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    timeline = tomas.section("Timeline")
    timeline.get_by_role("button", name="agree to Timeline").click()
    for person in (maya, tomas):
        expect(person.section("Timeline")).to_contain_text("Both agree")
        expect(person.page.locator("#outline li", has_text="Timeline")).to_contain_text("Agreed by both")
    maya.section("Timeline").get_by_role("button", name="Change this").click()
    maya.page.keyboard.type("X")
    for person in (maya, tomas):
        expect(person.section("Timeline")).to_contain_text("This changed since you agreed")
    maya.page.keyboard.press("Backspace")
    for person in (maya, tomas):
        expect(person.section("Timeline")).to_contain_text("Both agree")


def test_a_stale_click_is_refused_and_shows_what_stands_there(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    form = tomas.section("Timeline").locator("form[data-agree]")
    stale = form.locator("input[name=fingerprint]").input_value()
    maya.text("Timeline").click()
    maya.page.keyboard.type("Sooner. ")
    expect(tomas.text("Timeline")).to_contain_text("Sooner.")
    expect(form.locator("input[name=fingerprint]")).not_to_have_value(stale)
    answer = tomas.page.evaluate(
        """async ([action, part, fingerprint, token]) => {
            const body = new FormData()
            body.append('part', part); body.append('fingerprint', fingerprint)
            const response = await fetch(action, {method: 'POST', body,
                headers: {'X-CSRFToken': token, Accept: 'application/json'}})
            return [response.status, await response.json()]
        }""",
        [
            form.get_attribute("action"),
            form.locator("input[name=part]").input_value(),
            stale,
            next(cookie["value"] for cookie in tomas.context.cookies() if cookie["name"] == "csrftoken"),
        ],
    )
    assert answer[0] == 409
    assert answer[1]["code"] == "changed_since"
    assert [part["title"] for part in answer[1]["changed"]] == ["Timeline"]
    expect(tomas.section("Timeline").locator(".done")).to_have_count(0)
    tomas.faults[:] = [fault for fault in tomas.faults if "409" not in fault]


def test_questions_are_asked_answered_and_closed(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    maya.page.get_by_role("link", name="Ask a question").click()
    panel = maya.page.locator("#panel")
    panel.get_by_label("Your question").fill("Who exports the records?")
    panel.get_by_label("Blocking").check()
    panel.get_by_role("button", name="Ask").click()
    asked = tomas.page.locator(".ask", has_text="Who exports the records?")
    expect(asked).to_contain_text("Blocking")
    asked.get_by_role("link", name="Reply").click()
    tomas.page.locator("#panel").get_by_label("Your reply").fill("Our IT does.")
    tomas.page.locator("#panel").get_by_role("button", name="Reply").click()
    at_maya = maya.page.locator(".ask", has_text="Who exports the records?")
    expect(at_maya).to_contain_text("Our IT does.")
    at_maya.get_by_role("button", name="Mark as answered").click()
    expect(tomas.page.locator("#questions > .ask", has_text="Who exports the records?")).to_have_count(0)
