"""An agreed price is read until “Change this”; why it changed is said afterwards, and read by the other side live."""

from collections.abc import Callable

from at_browsers import Person
from playwright.sync_api import Locator, expect

Arrive = Callable[..., Person]


def pricing(person: Person) -> Locator:
    return person.page.locator('.sec[data-kind="pricing"]')


def test_an_agreed_price_is_opened_changed_and_explained(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    days = maya.page.get_by_label("Quantity in days, Booking portal")
    edit = maya.page.get_by_role("link", name="Edit Booking portal")
    for person in (maya, tomas):
        pricing(person).get_by_role("button", name="agree to Pricing").click()
    gate = pricing(maya).locator(".gate")
    expect(gate).to_contain_text("Agreed by both. A change undoes the agreements of Maya Lindqvist and Tomás Reyes.")
    for person in (maya, tomas):
        expect(person.page.locator(".price .cell:not([readonly])")).to_have_count(0)
    expect(tomas.page.get_by_label("Include this option")).to_be_disabled()
    expect(pricing(tomas).locator(".prose")).to_be_hidden()
    expect(edit).to_be_hidden()
    days.press("Control+a")
    maya.page.keyboard.type("15")
    expect(days).to_have_value("14")

    gate.get_by_role("button", name="Change this").click()
    expect(edit).to_be_visible()
    expect(pricing(maya).locator(".prose")).to_be_visible()
    expect(tomas.page.locator(".price .cell:not([readonly])")).to_have_count(0)
    tomas.page.locator(".price-how").get_by_role("link", name="Price changes").click()
    days.fill("15")
    days.press("Enter")
    ledger = tomas.page.locator("#price-ledger > li").first
    expect(ledger).to_contain_text("Total: €23,038.40 → €24,018.50")
    expect(pricing(tomas).locator(".gate p")).to_have_count(0)
    expect(tomas.page.locator(".price .cell[readonly]")).to_have_count(0)

    said = maya.page.locator("#price-said")
    said.get_by_text("Add why", exact=True).click()
    said.get_by_label("Why, for both to read").fill("one more round of tests")
    said.get_by_role("button", name="Add it").click()
    expect(said).to_contain_text("Both sides read why in the list of price changes.")
    expect(ledger.locator("q")).to_have_text("one more round of tests")
