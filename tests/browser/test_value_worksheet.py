"""The value worksheet in two browsers: the seller fills it in, the client confirms, a change takes that back."""

from collections.abc import Callable

from at_browsers import DESKTOP, PHONE, Person
from playwright.sync_api import Locator, expect

Arrive = Callable[..., Person]
HOW = "How billing works"
NOT_YET = "Not confirmed by the client"
IN_THE_WAY = "“How billing works” is not complete: the client has not confirmed the expected value of €32,000.00."
CONFIRM = "Confirm €24,000.00 as the expected value"


def test_the_value_is_the_clients_number(arrive: Arrive) -> None:
    maya, tomas = arrive("seller", viewport=DESKTOP), arrive("client", viewport=PHONE)
    choose_by_value(maya)
    for person in (maya, tomas):
        expect(sheet(person)).to_contain_text(NOT_YET)

    fill(maya, {"What is measured": "Bookings", "Without us": "1900", "likely": "300", "to the client": "80"})
    expect(sheet(tomas)).to_contain_text("€24,000.00, which is 300 × €80.00 (not confirmed by the client)")
    sheet(tomas).get_by_role("button", name=CONFIRM).click()
    for person in (maya, tomas):
        expect(sheet(person).locator(".tag")).to_have_text("Confirmed by the client")
        expect(sheet(person)).to_contain_text("Confirmed by Tomás Reyes on")
    expect(sheet(maya).get_by_role("button")).to_have_count(0)

    fill(maya, {"likely": "400"})
    for person in (maya, tomas):
        expect(sheet(person).locator(".tag")).to_have_text(NOT_YET)
        expect(sheet(person).locator(".moved")).to_contain_text("The expected value: was €24,000.00, now €32,000.00")
        expect(sheet(person)).to_contain_text("All of this follows from a value that is not confirmed by the client.")
        assert person.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    for person in (maya, tomas):
        person.page.locator(".agree-all button").locator("visible=true").first.click()
    for person in (maya, tomas):
        expect(person.page.locator("#bar")).to_contain_text(IN_THE_WAY)
    again = sheet(tomas).get_by_role("button", name="Confirm €32,000.00 as the expected value")
    again.click()
    expect(again).to_have_count(0)
    expect(sheet(tomas).get_by_role("button")).to_have_text("Take the confirmation back")
    for person in (maya, tomas):
        expect(sheet(person).locator(".tag")).to_have_text("Confirmed by the client")
        expect(person.page.locator("#bar")).not_to_contain_text(IN_THE_WAY)


def sheet(person: Person) -> Locator:
    """The worksheet as it stands in the document."""
    found: Locator = person.section(HOW).locator(".worksheet")
    return found


def choose_by_value(seller: Person) -> None:
    """The seller chooses the value-based fee: 15 % of the value."""
    seller.section(HOW).get_by_role("button", name="Change this").click()
    seller.section(HOW).get_by_role("link", name="Choose another model").click()
    panel = seller.page.locator("#panel")
    panel.locator("form", has_text="A fee set by what the result is worth").get_by_role("button").click()
    seller.section(HOW).get_by_role("link", name="Figures").click()
    panel.get_by_label("Share").fill("15")
    expect(panel.get_by_label("Expected value")).to_have_count(0)
    panel.get_by_role("button", name="Save the figures").click()


def fill(person: Person, fields: dict[str, str]) -> None:
    """Fill in fields of the worksheet by their labels, and save."""
    person.section(HOW).get_by_role("link", name="Value worksheet").click()
    panel = person.page.locator("#panel")
    for label, value in fields.items():
        panel.get_by_label(label).first.fill(value)
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel).to_be_hidden()
