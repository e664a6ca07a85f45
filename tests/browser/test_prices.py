"""Prices in place: one string everywhere, seen by the other side at once, focus and half-typed values kept."""

from collections.abc import Callable
from typing import Any

from at_browsers import Person, wait_for_kept
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def cell(person: Person, label: str) -> Any:
    """The cell whose accessible name begins so."""
    return person.page.get_by_label(label)


def test_a_quantity_moves_the_total_for_both(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    assert maya.total() == tomas.total() == "€23,038.40"
    quantity = cell(tomas, "Quantity in days, Discovery and planning")
    quantity.fill("4")
    quantity.press("Enter")
    for person in (maya, tomas):
        expect(person.page.locator("#title-block [data-total]")).to_have_text("€24,127.40")
        expect(person.page.locator("tfoot [data-total]")).to_have_text("€24,127.40")
        expect(person.page.locator("#terms-part .big dd")).to_contain_text("€24,127.40")


def test_a_price_changed_by_the_other_leaves_focus_and_half_typed_value(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    mine = cell(tomas, "Quantity in days, Discovery and planning")
    mine.click()
    mine.press("Control+a")
    tomas.page.keyboard.type("5.")
    theirs = cell(maya, "Quantity in sessions, Staff training")
    theirs.fill("3")
    theirs.press("Enter")
    expect(tomas.page.locator("tr", has_text="Staff training").locator(".t s")).to_contain_text("€1,350.00")
    expect(mine).to_be_focused()
    expect(mine).to_have_value("5.")
    tomas.page.keyboard.type("5")
    expect(mine).to_have_value("5.5")
    mine.press("Escape")


def test_a_caret_in_the_text_survives_a_price_change(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    tomas.text("Timeline").click()
    tomas.page.keyboard.press("Control+End")
    tomas.page.keyboard.type(" First")
    quantity = cell(maya, "Quantity in sessions, Staff training")
    quantity.fill("5")
    quantity.press("Enter")
    expect(tomas.page.locator("tr", has_text="Staff training").locator(".t s")).to_contain_text("€2,250.00")
    tomas.page.keyboard.type(" second")
    expect(maya.text("Timeline")).to_contain_text("First second")


def test_a_wrong_amount_changes_nothing_and_says_why(arrive: Arrive) -> None:
    maya = arrive("seller")
    quantity = cell(maya, "Quantity in sessions, Staff training")
    quantity.fill("1.2.3")
    quantity.press("Enter")
    message = maya.page.locator(".cell-error", has_text="1.2.3")
    expect(message).to_be_visible()
    expect(quantity).to_be_focused()
    expect(quantity).to_have_value("1.2.3")
    expect(quantity).to_have_attribute("aria-invalid", "true")
    assert maya.total() == "€23,038.40"
    maya.faults[:] = [fault for fault in maya.faults if "422" not in fault]


def test_prices_that_wait_survive_closing_the_page(arrive: Arrive) -> None:
    maya, tomas, later = arrive("seller"), arrive("client"), arrive("client")
    tomas.page.on("dialog", lambda dialog: dialog.accept())
    room, label = tomas.page.url, "Quantity in days, Discovery and planning"

    def leave_with(*values: str) -> None:
        tomas.page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('No connection')) }")
        for value in values:
            cell(tomas, label).fill(value)
            cell(tomas, label).press("Enter")
            expect(tomas.page.get_by_text("Waiting for the connection")).to_be_visible()
        wait_for_kept(tomas.page, len(values), "commands")
        tomas.page.goto("about:blank")

    leave_with("4", "6")
    tomas.page.goto(room)
    for person in (maya, tomas, later):
        expect(person.page.locator("tfoot [data-total]")).to_have_text("€26,305.40")
    wait_for_kept(tomas.page, 0, "commands")
    expect(cell(tomas, label)).to_have_attribute("data-was", "6")

    leave_with("5")
    cell(later, label).fill("2")
    cell(later, label).press("Enter")
    expect(maya.page.locator("tfoot [data-total]")).to_have_text("€21,949.40")
    tomas.page.goto(room)
    expect(tomas.page.get_by_role("button", name="Use 5")).to_be_visible()
    expect(cell(tomas, label)).to_have_value("5")
    expect(tomas.page.locator("tfoot [data-total]")).to_have_text("€21,949.40")
    wait_for_kept(tomas.page, 0, "commands")
    tomas.faults[:] = [fault for fault in tomas.faults if "412" not in fault]


def test_only_the_client_ticks_an_option(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    expect(maya.page.get_by_label("Include this option")).to_have_count(0)
    tomas.page.get_by_label("Include this option").uncheck()
    expect(maya.page.locator("#title-block [data-total]")).to_have_text("€20,860.40")
    expect(maya.page.locator("tr", has_text="Care plan")).to_contain_text("not included")


def test_the_seller_edits_a_line_with_its_discount_in_a_panel(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    maya.page.get_by_role("link", name="Edit Staff training").click()
    panel = maya.page.locator("#panel")
    panel.get_by_label("How much").first.fill("50")
    panel.get_by_role("button", name="Save the line").click()
    expect(panel).not_to_be_visible()
    for person in (maya, tomas):
        expect(person.page.locator("tr", has_text="Staff training").locator(".chip b")).to_have_text("−50%")
    maya.page.get_by_role("link", name="Edit Staff training").click()
    panel.get_by_label("Why this client gets it").first.fill("short")
    panel.get_by_role("button", name="Save the line").click()
    expect(panel.locator("[data-error], .cell-error").filter(has_text="Nothing was changed")).to_be_visible()
    maya.faults[:] = [fault for fault in maya.faults if "422" not in fault]
