"""The page of the API in a real browser: readable and usable under the content policy, with nothing from elsewhere."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from at_browsers import new_context
from live import PROJECT, LiveServer
from playwright.sync_api import Browser, Page

SAFELY = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SCROLLS_COUNT = 200
NEXT_FRAME = "() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))"
DESCRIBED = yaml.load(Path(PROJECT / "docs" / "openapi.yaml").read_bytes(), SAFELY)


def scroll_to(page: Page, selector: str) -> None:
    """Scroll down until something is on the page: of a long list only what is near the window is made."""
    page.mouse.move(700, 400)
    for _ in range(SCROLLS_COUNT):
        if page.locator(selector).count():
            return
        page.mouse.wheel(0, 500)
        page.evaluate(NEXT_FRAME)
    pytest.fail(f"There is no {selector} on the page.")


@pytest.mark.browser
def test_read_it_enter_a_token_and_try_an_operation(browser: Browser, server: LiveServer, demo: dict[str, Any]) -> None:
    context = new_context(browser)
    page = context.new_page()
    faults: list[str] = []
    requested: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda sent: requested.append(sent.url))

    page.goto(f"{server.url}/api/v1/docs/")
    page.locator(".opblock").first.wait_for()
    page.locator("button.authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(demo["seller"]["token"])
    page.locator(".auth-btn-wrapper button.authorize").last.click()
    page.locator(".btn-done").last.click()
    operation = page.locator("#operations-me-get_me")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response-col_status", has_text="200").wait_for()

    assert "Maya Lindqvist" in operation.locator(".live-responses-table").inner_text()
    last_tag = DESCRIBED["tags"][-1]["name"]
    for item in DESCRIBED["paths"].values():
        for described in item.values():
            if described["tags"] == [last_tag]:
                scroll_to(page, f"#operations-{last_tag.replace(' ', '_')}-{described['operationId']}")
    assert faults == []
    assert [url for url in requested if not url.startswith((f"{server.url}/", "data:"))] == []
    context.close()
