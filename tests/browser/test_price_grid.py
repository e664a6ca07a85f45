"""The price table as a spreadsheet: keys, a number with two meanings, a block pasted, undo, two people in one cell."""

from collections.abc import Callable
from typing import Any

import pytest
from at_browsers import DESKTOP, PHONE, Person
from playwright.sync_api import APIResponse, Route, expect

Arrive = Callable[..., Person]

PASTE = """text => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', text)
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(event)
}"""


def cell(person: Person, label: str) -> Any:
    return person.page.get_by_label(label, exact=True)


def days(person: Person, title: str) -> Any:
    return cell(person, f"Quantity in days, {title}")


def said(person: Person) -> Any:
    return person.page.locator("#price-said")


def total(person: Person) -> Any:
    return person.page.locator("#title-block [data-total]")


def forgive(person: Person, *statuses: str) -> None:
    """Refusals that a test provokes stand in the console; nothing else may."""
    person.faults[:] = [fault for fault in person.faults if not any(status in fault for status in statuses)]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])
def test_keys_go_through_the_cells_and_a_bad_value_stays_where_it_was_typed(
    arrive: Arrive, viewport: dict[str, int]
) -> None:
    maya = arrive("seller", viewport=viewport)
    page, press = maya.page, maya.page.keyboard.press
    sessions, price = cell(maya, "Quantity in sessions, Staff training"), cell(maya, "Price, Staff training")
    sessions.focus()
    for key, focused in (
        ("Tab", price),
        ("ArrowDown", cell(maya, "Price, Care plan")),
        ("Shift+Tab", cell(maya, "Quantity in × 12 months, Care plan")),
        ("ArrowRight", cell(maya, "Price, Care plan")),
        ("Shift+Enter", price),
        ("ArrowLeft", sessions),
        ("ArrowUp", days(maya, "Patient record migration")),
    ):
        press(key)
        expect(focused).to_be_focused()
    days(maya, "Booking portal").fill("1.2.3")
    before = page.evaluate("scrollY")
    press("Tab")
    message = page.locator(".cell-error", has_text="“1.2.3” is not a number")
    expect(message).to_be_visible()
    expect(days(maya, "Patient record migration")).to_be_focused()
    expect(days(maya, "Booking portal")).to_have_value("1.2.3")
    assert page.evaluate("scrollY") == before
    expect(page.locator(".outdated")).to_have_text(
        "Not up to date: line 2, Quantity in days, Booking portal, “1.2.3” was not taken."
    )
    days(maya, "Booking portal").focus()
    press("Escape")
    expect(days(maya, "Booking portal")).to_have_value("14")
    expect(page.locator(".outdated")).to_have_count(0)
    page.keyboard.type("15")
    press("Enter")
    expect(days(maya, "Patient record migration")).to_be_focused()
    expect(said(maya)).to_contain_text("You changed Booking portal: quantity from 14 to 15.")
    press("Control+z")
    expect(said(maya)).to_contain_text("Taken back. You changed Booking portal: quantity from 15 to 14.")
    expect(days(maya, "Booking portal")).to_have_value("14")
    forgive(maya, "422")


def test_a_number_with_two_meanings_is_chosen_by_a_button(arrive: Arrive) -> None:
    maya = arrive("seller")
    price = cell(maya, "Price, Staff training")
    price.fill("1.000")
    price.press("Enter")
    maya.page.get_by_role("button", name="1,000", exact=True).click()
    expect(maya.page.locator("tr", has_text="Staff training").locator(".t s")).to_contain_text("€2,000.00")
    price.fill("1.000,50")
    price.press("Enter")
    expect(said(maya)).to_contain_text("“1.000,50” read as 1,000.50.")
    price.press("Shift+Enter")
    expect(price).to_have_value("1000.50")
    forgive(maya, "422")


def test_a_value_typed_while_the_one_before_is_on_its_way_follows_it(arrive: Arrive) -> None:
    """The room shows what the first did before its answer is there; the form is morphed meanwhile."""
    maya = arrive("seller")
    price = cell(maya, "Price, Staff training")
    answered: list[tuple[Route, APIResponse]] = []
    maya.page.route("**/cell/", lambda route: answered.append((route, route.fetch())), times=1)
    price.fill("1000")
    price.press("Enter")
    expect(maya.page.locator("tr", has_text="Staff training").locator(".t s")).to_contain_text("€2,000.00")
    price.fill("1100")
    price.press("Enter")
    ((route, answer),) = answered
    route.fulfill(response=answer)
    expect(said(maya)).to_contain_text("You changed Staff training: unit price from 1000 to 1100.")
    expect(price).to_have_value("1100.00")


def test_a_block_is_pasted_after_a_preview_and_undone_as_one(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    cell(maya, "Price, Staff training").focus()
    maya.page.evaluate(
        PASTE, "Item\tQty\tUnit\tPrice\nLogo\t1\t\t1.250,00\nCards\t4\tpacks\t20,50\nTotal\t\t\t1.332,00"
    )
    panel = maya.page.locator("#panel")
    expect(panel.locator("tr.refused")).to_contain_text("It is a sum or a tax")
    panel.get_by_role("button", name="Add 2 lines without the refused").click()
    expect(panel).not_to_be_visible()
    for person in (maya, tomas):
        expect(person.page.locator("tr", has_text="Cards").locator(".amount")).to_have_text("€82.00")
    said(maya).get_by_role("button", name="Undo", exact=True).click()
    for person in (maya, tomas):
        expect(person.page.locator("tr", has_text="Cards")).to_have_count(0)
        expect(total(person)).to_contain_text("23,038.40")


def test_two_people_in_one_cell(arrive: Arrive) -> None:
    """Of one side: a quantity is either the seller's or the client's."""
    maya, one, other = arrive("seller"), arrive("client"), arrive("client")
    mine, theirs = days(one, "Discovery and planning"), days(other, "Discovery and planning")
    mine.click()
    mine.press("Control+a")
    one.page.keyboard.type("5")
    theirs.fill("4")
    theirs.press("Enter")
    expect(total(one)).to_contain_text("24,127.40")
    expect(mine).to_be_focused()
    expect(mine).to_have_value("5")
    mine.press("Escape")
    expect(mine).to_have_value("4")

    mine.evaluate("input => { input.dataset.was = '3' }")
    mine.fill("5")
    mine.press("Enter")
    message = one.page.locator(".cell-error", has_text="the quantity is 4 now")
    expect(message).to_contain_text("you saw 3 and wrote 5")
    expect(mine).to_have_value("5")
    message.get_by_role("button", name="Use 5").click()
    expect(maya.page.locator("tr", has_text="Discovery and planning").locator(".amount")).to_have_text("€4,500.00")
    forgive(one, "412")


def test_a_quantity_left_to_the_client_is_read_by_the_seller_who_may_propose_another(arrive: Arrive) -> None:
    maya = arrive("seller", viewport=PHONE)
    expect(days(maya, "Discovery and planning")).to_have_count(0)
    maya.page.get_by_role("link", name="Propose another quantity for Discovery and planning").click()
    panel = maya.page.locator("#panel")
    expect(panel.get_by_label("What you propose a value for")).to_have_value("quantity//")
    panel.get_by_label("Your value").fill("4")
    panel.get_by_role("button", name="Propose it").click()
    expect(maya.page.locator("tr.offers")).to_contain_text("a quantity of 4 instead of 3")
