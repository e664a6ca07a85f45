"""A number opens to how it was made: by click and by keyboard, on a desktop and on a phone."""

from collections.abc import Callable

from at_browsers import PHONE, Person
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def test_a_number_opens_by_click_on_a_desktop_and_leads_on(arrive: Arrive) -> None:
    maya = arrive("seller")
    maya.page.locator("tr", has_text="Booking portal").get_by_role("link", name="€11,340.00, Booking portal").click()
    panel = maya.page.locator("#panel")
    expect(panel.locator(".working-amount")).to_have_text("€11,340.00")
    expect(panel).to_contain_text("14 days at 900.00 a day = 12,600.00.")
    expect(panel).to_contain_text("10% of 12,600.00 = 1,260.00 (“Launch partner")
    panel.get_by_role("link", name="The total").click()
    expect(panel.locator(".working-amount")).to_have_text("€23,038.40")
    panel.get_by_text("VAT 21%: amount").click()
    expect(panel.locator("li", has_text="VAT 21%: amount").last).to_contain_text("21% of 19,040.00 = 3,998.40.")
    panel.get_by_role("link", name="What is an estimate").click()
    expect(panel.locator(".working-amount")).to_have_text("€17,240.00")
    panel.get_by_role("link", name="Back to Total").click()
    expect(panel.locator(".working-amount")).to_have_text("€23,038.40")


def test_a_number_opens_by_keyboard_on_a_phone_and_gives_the_focus_back(arrive: Arrive) -> None:
    tomas = arrive("client", viewport=PHONE)
    total = tomas.page.locator("tfoot .sum a.how")
    total.focus()
    tomas.page.keyboard.press("Enter")
    panel = tomas.page.locator("#panel")
    expect(panel.locator(".working-amount")).to_have_text("€23,038.40")
    assert panel.evaluate("panel => panel.scrollWidth - panel.clientWidth") == 0
    tomas.page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()
    expect(total).to_be_focused()
