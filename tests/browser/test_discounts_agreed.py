"""Discounts, and counter-offers about what a client may not change, in two browsers: both see everything at once."""

from collections.abc import Callable

from at_browsers import PHONE, Person, live, violations
from live import LiveServer
from playwright.sync_api import Locator, expect

Arrive = Callable[..., Person]
PROMISED = "We promised it in writing"


def send(panel: Locator, button: str, **fields: str) -> None:
    """Fill in a panel by the names of its controls, and press."""
    for name, value in fields.items():
        control = panel.locator(f"[name={name.replace('__', '-')}]")
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    panel.get_by_role("button", name=button).click()
    expect(panel).not_to_be_visible()


def test_discounts_and_counter_offers_show_for_both_without_reloading(arrive: Arrive, server: LiveServer) -> None:
    maya, tomas = arrive("seller"), arrive("client", viewport=PHONE)
    desk, phone = maya.page.locator("#panel"), tomas.page.locator("#panel")
    room = maya.page.url
    maya.page.goto(f"{server.url}/p/{maya.demo['proposal']}/books/new/discounts/")
    form = maya.page.locator("main form")
    given = {"title": "Our discounts", "context": "They follow what a long order saves us."}
    given |= {"up_to_percent-0": "5", "text-0": "from 20 days"}
    for name, value in given.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="Publish").click()
    expect(maya.page.locator("main")).to_contain_text("1. Volume, up to 5%")
    maya.page.goto(room)
    live(maya.page)

    maya.page.get_by_role("link", name="Discount on this section").last.click()
    whole = {"discount0__value": "3", "discount0__reason": "volume", "discount0__text": "You book 24 days at once"}
    send(desk, "Save the discounts", **whole, discount0__policy_line="1")
    for page in (maya.page, tomas.page):
        expect(page.locator("tfoot").last).to_contain_text("Volume: up to 5%, from 20 days, policy line 1")

    tomas.page.get_by_role("link", name="Propose another for: Discount on this section").click()
    send(phone, "Propose it", value="6%", why="we do all the interviews ourselves")
    offer = maya.page.locator("tfoot .offer")
    expect(offer).to_contain_text("proposes a discount on the section of 6% instead of 3%")
    offer.get_by_role("link", name="Accept…", exact=True).click()
    desk.locator("[name=reason]").select_option("negotiated")
    desk.get_by_role("button", name="Accept it").click()
    expect(desk.locator(".cell-error:visible").first).to_contain_text("No line of your discount list allows 6%")
    send(desk, "Accept it", policy_line="exception", exception=PROMISED)
    for page in (maya.page, tomas.page):
        expect(page.locator("tfoot").last).to_contain_text(f"Negotiated. Exception: {PROMISED}")
        expect(page.locator("tfoot .offer")).to_have_count(0)

    tomas.page.get_by_role("link", name="Propose a discount for early payment").click()
    send(phone, "Propose it", value="2%", within_days="10", why="it saves you a reminder")
    maya.page.locator("tfoot .offer").get_by_role("link", name="Accept…", exact=True).click()
    send(desk, "Accept it", policy_line="exception", exception="As for every client who asks")
    for page in (maya.page, tomas.page):
        expect(page.locator("tfoot .early").last).to_contain_text("if paid within 10 days of the invoice")

    tomas.page.get_by_role("link", name="Propose a change of On account, at the start").click()
    send(phone, "Propose it", i0__value="20", why="our year begins in March")
    planned = maya.page.locator(".schedule .offer")
    expect(planned).to_contain_text("On account, at the start, 20% of the total")
    planned.get_by_role("button", name="Accept").click()
    for person in (maya, tomas):
        expect(person.page.locator(".schedule .offer")).to_have_count(0)
        expect(person.page.locator(".instalments").last).to_contain_text("20% of the total")
        assert violations(person) == []
        person.faults[:] = [fault for fault in person.faults if "422" not in fault]
    assert tomas.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
