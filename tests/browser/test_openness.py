"""What a client may always ask: to be shown the price, and how it is made. Asked, answered, changed, without a call."""

from collections.abc import Callable

from at_browsers import PHONE, Person, violations
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def test_a_client_asks_for_the_price_and_gets_an_honest_range(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client", viewport=PHONE)
    tomas.page.get_by_role("link", name="Show me the price").click()
    panel = tomas.page.locator("#panel")
    panel.get_by_label("What you need it for").fill("Our board meets on Friday")
    panel.get_by_role("button", name="Ask for the price").click()
    for person in (maya, tomas):
        expect(person.page.locator("#price-request")).to_contain_text("Our board meets on Friday")
    expect(tomas.page.get_by_role("link", name="Show me the price")).to_have_count(0)

    maya.page.get_by_role("link", name="Answer with a range").click()
    panel = maya.page.locator("#panel")
    for label, value in {"Low": "18000", "Likely": "17000", "High": "26000"}.items():
        panel.get_by_label(label).fill(value)
    panel.get_by_label("How sure are we").fill("We have built four of these")
    panel.get_by_label("What would change it").fill("The export of the records")
    assert violations(maya) == []
    panel.get_by_role("button", name="Answer").click()
    expect(panel.locator(".cell-error:visible").first).to_contain_text("17000")
    panel.get_by_label("Likely").fill("21000")
    panel.get_by_role("button", name="Answer").click()
    expect(panel).not_to_be_visible()
    for person in (maya, tomas):
        said = person.page.locator("#price-request")
        expect(said).to_contain_text("€18,000.00")
        expect(said).to_contain_text("€26,000.00")
        expect(said).to_contain_text("The export of the records")
    assert tomas.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert violations(tomas) == []
    maya.faults[:] = [fault for fault in maya.faults if "422" not in fault]


def test_how_a_rate_is_made_is_asked_for_shown_changed_and_withdrawn(arrive: Arrive) -> None:
    """The page of the books follows at both sides, whoever acts."""
    maya, tomas = arrive("seller"), arrive("client", viewport=PHONE)
    books = maya.context.new_page()
    books.goto(f"{maya.page.url.partition('#')[0]}books/")
    expect(books.get_by_text("Asked for")).to_have_count(0)
    tomas.page.locator("#books").get_by_role("link", name="Read").click()
    tomas.page.get_by_role("link", name="Ask to see something").click()
    tomas.page.get_by_label("What we would like to see").select_option(label="Rate build-up")
    tomas.page.get_by_role("button", name="Ask for it").click()
    for page in (tomas.page, books):
        expect(page.get_by_text("Not answered yet")).to_be_visible()
    seen = maya.page.locator("#books")
    seen.get_by_role("link", name="Asked for: rate build-up").click()
    maya.page.get_by_role("link", name="Publish the card").click()
    form = maya.page.locator("main form")
    figures = {
        "Role": "Project lead",
        "Direct cost of an hour": "48",
        "Overhead": "55",
        "Rate, margin or markup": "112.50",
    }
    for label, value in figures.items():
        form.get_by_label(label, exact=True).fill(value)
    form.get_by_label("What counts as direct cost, what as overhead").fill(
        "Pay is direct; rooms and tools are overhead"
    )
    form.get_by_label("Context").fill(" ")
    form.get_by_role("button", name="Publish to both sides").click()
    expect(maya.page.locator(".cell-error:visible")).to_contain_text("context")
    expect(form.get_by_label("Direct cost of an hour")).to_have_value("48")
    form.get_by_label("Context").fill("One rate for every designer, the same for all clients.")
    assert violations(maya) == []
    form.get_by_role("button", name="Publish to both sides").click()
    card = maya.page.locator(".book-card", has_text="Project lead")
    expect(card).to_contain_text("€112.50")

    card = tomas.page.locator(".book-card", has_text="Project lead")
    expect(card).to_contain_text("Project lead")
    expect(card.locator("table")).to_contain_text("€48.00")
    expect(card).to_contain_text("One rate for every designer, the same for all clients.")
    expect(tomas.page.get_by_text("Disclosed by Maya Lindqvist")).to_be_visible()
    assert violations(tomas) == []
    assert tomas.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    maya.page.get_by_role("link", name="Withdraw Project lead").click()
    maya.page.get_by_label("Why").fill("The overhead of last year; a new card follows")
    maya.page.get_by_role("button", name="Withdraw it").click()
    for page in (tomas.page, books):
        expect(page.locator(".book-card", has_text="Project lead")).to_contain_text("Withdrawn by Maya Lindqvist")
    expect(card.locator("table")).to_contain_text("€48.00")
    maya.faults[:] = [fault for fault in maya.faults if "422" not in fault]


def test_a_panel_opened_as_a_page_of_its_own_leads_to_what_it_changed(arrive: Arrive) -> None:
    tomas = arrive("client", viewport=PHONE).page
    room = tomas.url.partition("#")[0]
    tomas.goto(f"{room}price/ask/")
    nav = tomas.get_by_role("navigation", name="Account")
    assert nav.evaluate("nav => nav.scrollWidth <= nav.clientWidth")
    tomas.locator("main").get_by_label("What you need it for").fill("A second quote")
    tomas.locator("main").get_by_role("button", name="Ask for the price").click()
    expect(tomas.locator("#price-request")).to_contain_text("A second quote")
    assert tomas.url == room
