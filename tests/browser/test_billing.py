"""The billing section: both choose, the seller fills in, a clause makes its sentence appear, and what if."""

from collections.abc import Callable

import pytest
from at_browsers import DESKTOP, PHONE, Person
from playwright.sync_api import expect

Arrive = Callable[..., Person]
HOW = "How billing works"
PROMISE = "show you the hours every week"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])
def test_choosing_together_and_what_if(arrive: Arrive, viewport: dict[str, int]) -> None:
    maya, tomas = arrive("seller"), arrive("client", viewport=viewport)
    expect(tomas.section(HOW)).to_contain_text("Explanation, not a term")

    slider = tomas.section(HOW).locator("input[type=range]")
    slider.fill("27")
    expect(tomas.section(HOW).locator(".answer")).to_contain_text(
        "You pay €21,600.00. Northlight Studio carries 3 days, worth €2,700.00."
    )
    expect(tomas.section(HOW).locator(".chart circle").first).to_be_attached()

    expect(tomas.section(HOW).get_by_role("link", name="Choose another model")).to_be_hidden()
    tomas.section(HOW).get_by_role("button", name="Change this").click()
    tomas.section(HOW).get_by_role("link", name="Choose another model").click()
    tomas.page.locator("#panel form", has_text="The client pays for the hours worked").get_by_role("button").click()
    for person in (maya, tomas):
        expect(person.section(HOW).locator("h3").first).to_have_text("Time and materials")
        expect(person.section(HOW)).to_contain_text("Its figures are not filled in yet")
    expect(tomas.section(HOW).get_by_role("link", name="Figures")).to_have_count(0)

    maya.section(HOW).get_by_role("link", name="Figures").click()
    panel = maya.page.locator("#panel")
    expect(panel.get_by_label("Rate per hour").first).to_have_value("112.50")
    panel.get_by_label("Increment").fill("2")
    panel.get_by_role("button", name="Save the figures").click()
    expect(panel.locator("[data-error]")).to_contain_text("must be 1 or less. Nothing was changed.")
    panel.get_by_label("Increment").fill("0.25")
    panel.get_by_role("button", name="Save the figures").click()
    expect(tomas.page.locator("#title-block")).to_contain_text("Estimate €23,038.40, no upper limit")
    maya.faults[:] = [fault for fault in maya.faults if "422" not in fault]

    expect(maya.section(HOW)).not_to_contain_text(PROMISE)
    tomas.section(HOW).get_by_role("link", name="Clauses").click()
    panel = tomas.page.locator("#panel")
    expect(panel.locator("input:checked")).to_have_count(0)
    panel.get_by_label("Time sheets").check()
    panel.get_by_role("button", name="Save the clauses").click()
    for person in (maya, tomas):
        expect(person.section(HOW).locator(".bill-terms")).to_contain_text(PROMISE)
        assert person.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
