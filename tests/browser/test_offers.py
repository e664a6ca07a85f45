"""A counter-offer from both sides, on a desk and on a phone: proposed, answered, accepted, without reloading."""

from collections.abc import Callable

from at_browsers import PHONE, Person
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def test_a_client_on_a_phone_and_a_seller_on_a_desk_find_a_price(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client", viewport=PHONE)
    tomas.page.get_by_role("link", name="Propose another value for Discovery and planning").click()
    panel = tomas.page.locator("#panel")
    panel.get_by_label("Your value").fill("8.5.0")
    panel.get_by_role("button", name="Propose it").click()
    expect(panel.locator(".cell-error").filter(has_text="8.5.0")).to_be_visible()
    panel.get_by_label("Your value").fill("850")
    panel.get_by_label("Why, in a sentence").fill("we do the interviews ourselves")
    panel.get_by_role("button", name="Propose it").click()
    expect(panel).not_to_be_visible()

    beside = maya.page.locator("tr.offers")
    expect(beside).to_contain_text("Tomás Reyes proposes a rate of 850.00 instead of 900.00")
    expect(beside).to_contain_text("The total would be €22,856.90, €181.50 less.")
    expect(maya.page.locator("#why")).to_contain_text("1 counter-offer open")
    assert maya.total() == "€23,038.40"

    quantity = maya.page.get_by_label("Quantity in days, Booking portal")
    quantity.fill("15")
    quantity.press("Enter")
    expect(beside).to_contain_text("The total would be €23,837.00, €181.50 less.")
    beside.get_by_role("link", name="Answer").click()
    maya.page.locator("#panel").get_by_label("Your value").fill("875")
    maya.page.locator("#panel").get_by_role("button", name="Propose this instead").click()

    answer = tomas.page.locator("tr.offers")
    expect(answer).to_contain_text("Maya Lindqvist proposes a rate of 875.00 instead of 900.00")
    accept = answer.get_by_role("button", name="Accept")
    box = accept.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= PHONE["width"]
    assert tomas.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    accept.click()
    for person in (maya, tomas):
        expect(person.page.locator("tr.offers")).to_have_count(0)
        expect(person.page.locator("#title-block [data-total]")).to_have_text("€23,927.75")
        expect(person.page.locator("#offers")).to_contain_text("None open")
    tomas.faults[:] = [fault for fault in tomas.faults if "422" not in fault]
