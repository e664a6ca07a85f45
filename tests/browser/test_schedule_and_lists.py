"""The payment schedule and the catalogue in the room, at both widths."""

from collections.abc import Callable

import pytest
from at_browsers import DESKTOP, PHONE, Person, violations
from live import LiveServer
from playwright.sync_api import expect

Arrive = Callable[..., Person]
WIDTHS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])


@WIDTHS
def test_the_seller_plans_the_payment_and_the_client_sees_it(arrive: Arrive, viewport: dict[str, int]) -> None:
    maya, tomas = arrive("seller", viewport=viewport), arrive("client", viewport=viewport)
    maya.page.get_by_role("link", name="Change the payment schedule").click()
    panel = maya.page.locator("#panel")
    panel.get_by_role("link", name="Half and half").click()
    second = panel.get_by_role("group", name="Instalment 2")
    expect(second.get_by_label("What it is for")).to_have_value("When it is done")
    assert violations(maya) == []
    panel.get_by_role("button", name="Save the schedule").click()
    expect(panel.locator(".cell-error").filter(has_text="Write what shows that")).to_be_visible()
    expect(second.get_by_label("Accepted when")).to_have_attribute("aria-invalid", "true")
    second.get_by_label("Accepted when").fill("Patients have booked for two weeks")
    panel.get_by_role("button", name="Save the schedule").click()
    expect(panel).not_to_be_visible()
    for person in (maya, tomas):
        rows = person.page.locator(".instalments tbody tr")
        expect(rows).to_have_count(3)
        expect(rows.nth(0)).to_contain_text("€11,519.20")
        expect(rows.nth(1)).to_contain_text("Accepted when: Patients have booked for two weeks")
        expect(rows.nth(2)).to_contain_text(person.total())
    expect(tomas.page.get_by_role("link", name="Change the payment schedule")).to_have_count(0)
    assert tomas.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    maya.faults[:] = [fault for fault in maya.faults if "422" not in fault]


@WIDTHS
def test_items_of_the_catalogue_become_lines(arrive: Arrive, server: LiveServer, viewport: dict[str, int]) -> None:
    maya = arrive("seller", viewport=viewport)
    page, room = maya.page, maya.page.url
    page.goto(f"{server.url}/firm/")
    page.get_by_role("link", name="Catalogue").click()
    page.get_by_role("link", name="Add an item").click()
    name = f"Workshop at {viewport['width']}"
    page.get_by_label("What it is").fill(name)
    page.get_by_label("Kind").select_option("unit")
    page.get_by_label("Price").first.fill("1250")
    assert violations(maya) == []
    page.get_by_role("button", name="Add the item").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    assert violations(maya) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.goto(room)
    page.get_by_role("link", name="Add from the catalogue").click()
    panel = page.locator("#panel")
    panel.get_by_label("Search").fill("no such thing")
    expect(panel.get_by_text("Nothing fits")).to_be_visible()
    panel.get_by_label("Search").fill(name.lower())
    panel.get_by_role("checkbox", name=name).check()
    panel.get_by_label(f"Quantity of {name}").fill("2")
    assert violations(maya) == []
    panel.get_by_role("button", name="Add the lines").click()
    expect(page.locator("tr", has_text=name)).to_contain_text("€2,500.00")
