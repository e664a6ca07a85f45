"""A firm is taken along by clicks and brought in by another one, which reads that nothing of it was witnessed here."""

from collections.abc import Callable

from at_browsers import Person, violations
from live import LiveServer
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def test_a_firm_is_taken_along_and_brought_in_by_another(arrive: Arrive, server: LiveServer) -> None:
    maya = arrive("seller")
    page = maya.page
    page.goto(f"{server.url}/firm/")
    page.get_by_role("link", name="Export and import").click()
    page.get_by_role("button", name="Write the file").click()
    expect(page.get_by_role("heading", name="Writing the file")).to_be_visible()
    server.work()
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save the file").click()
    file = saving.value.path()

    page.goto(f"{server.url}/firm/new/")
    page.get_by_label("Name", exact=True).fill("Second Studio")
    page.get_by_role("button", name="Make the firm").click()
    expect(page.get_by_text("Second Studio is ready.")).to_be_visible()
    page.goto(f"{server.url}/firm/")
    page.get_by_role("link", name="Second Studio").click()
    page.get_by_role("link", name="Export and import").click()
    page.get_by_label("The file").set_input_files(file)
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("heading", name="Bringing it in")).to_be_visible()
    server.work()
    expect(page.get_by_role("heading", name="What came, and what did not")).to_be_visible()
    page.get_by_role("row", name="A draft").get_by_role("link").first.click()

    expect(page.locator("#room-state")).to_contain_text("Nothing that was agreed or signed there counts here.")
    expect(page.locator("#questions").get_by_text("Brought in, not witnessed here").first).to_be_visible()
    page.get_by_role("link", name="Where it comes from").click()
    expect(page.get_by_text("This server witnessed nothing of what stands on this page.")).to_be_visible()
    assert violations(maya) == []
