"""A guest presses, is asked for the code, and finds everything as they left it."""

from typing import Any

from at_browsers import Person, at_port, live, new_context
from live import LiveServer
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_journey import code_for

QUESTION = "Who trains our front desk?"


def invited(browser: Browser, server: LiveServer, demo: dict[str, Any], address: str) -> Page:
    """Somebody of the client’s, who has opened their link. The first page of the context helps to get at codes."""
    seller = new_context(browser).new_page()
    seller.goto(at_port(demo["seller"]["url"], server.port))
    seller.goto(f"{server.url}/p/{demo['proposal']}/people/invite/")
    seller.get_by_label("E-mail").fill(address)
    seller.get_by_label("Side", exact=True).select_option("client")
    seller.get_by_role("button", name="Invite").click()
    link = seller.locator(".people li", has_text=address).locator("input.copy-link").input_value()
    seller.context.close()
    context = new_context(browser)
    context.new_page()
    page = context.new_page()
    page.goto(link)
    live(page)
    return page


def confirm(page: Page, server: LiveServer, address: str) -> None:
    page.locator("#confirm-dialog").get_by_role("button", name="Mail me the code").click()
    page.locator("input[name=code]").wait_for()
    page.locator("input[name=code]").fill(code_for(page.context.pages[0], server, address))
    page.locator("main form button").first.click()


def test_what_a_guest_asked_is_there_again_after_the_code(
    browser: Browser, server: LiveServer, demo: dict[str, Any]
) -> None:
    page = invited(browser, server, demo, "ines@clinic.example")
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Your question").fill(QUESTION)
    page.locator("#panel").get_by_role("button", name="Ask").click()
    confirm(page, server, "ines@clinic.example")
    panel = page.locator("#panel")
    expect(panel).to_contain_text("Nothing was sent yet: press “Ask” again.")
    expect(panel.get_by_label("Your question")).to_have_value(QUESTION)
    panel.get_by_role("button", name="Ask").click()
    expect(page.locator("#questions")).to_contain_text(QUESTION)
    page.context.close()


def test_a_guest_is_back_at_the_part_they_were_fine_with(
    browser: Browser, server: LiveServer, demo: dict[str, Any]
) -> None:
    page = invited(browser, server, demo, "rui@clinic.example")
    section = Person(page, page.context, [], demo).section("Pricing")
    section.get_by_role("button", name="Fine with us").click()
    confirm(page, server, "rui@clinic.example")
    expect(page.locator("#room-notice")).to_contain_text("press “Fine with us” again")
    expect(section.get_by_role("heading", name="Pricing")).to_be_in_viewport()
    expect(section.locator(".pill", has_text="You agree")).to_have_count(0)
    section.get_by_role("button", name="Fine with us").click()
    expect(section.locator(".pill", has_text="You agree")).to_be_visible()
    expect(page.locator("#room-notice")).to_be_hidden()
    page.context.close()
