"""More time, a no that is taken back, and what the other side's open page does meanwhile."""

from collections.abc import Callable

from at_browsers import Person
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def test_time_is_asked_for_in_one_click_and_a_no_stops_the_other_page_until_it_is_taken_back(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    tomas.page.get_by_role("button", name="Ask for more time").click()
    asked = maya.page.locator("#more-time")
    expect(asked).to_contain_text("Tomás Reyes asked for more time.")
    asked.get_by_role("link", name="Give more time").click()
    maya.page.locator("#panel").get_by_label("The offer stands until").fill("2099-12-31")
    maya.page.locator("#panel").get_by_role("button", name="Give more time").click()
    for person in (maya, tomas):
        expect(person.page.locator("#title-block")).to_contain_text("31 December 2099")
        expect(person.page.locator("#more-time")).to_have_count(0)

    tomas.page.locator("#room-menu summary").click()
    tomas.page.get_by_role("link", name="Not now, or no").click()
    tomas.page.locator("#panel").get_by_role("button", name="Decline, with thanks").click()
    for person in (maya, tomas):
        expect(person.page.locator("#room-state")).to_contain_text("Tomás Reyes declined, with thanks.")
        expect(person.text("Timeline")).to_have_attribute("contenteditable", "false")
    tomas.page.get_by_role("button", name="Take that back").click()
    expect(maya.page.locator("#room-state")).to_be_hidden()
    expect(maya.text("Timeline")).to_have_attribute("contenteditable", "true")
