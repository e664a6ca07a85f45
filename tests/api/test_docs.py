"""docs/api.md, tried literally against a real server; and the page that shows the description, in a real browser."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from at_browsers import CHROMIUM_ARGUMENTS, CHROMIUM_PATHS
from live import PROJECT, LiveServer
from playwright.sync_api import Page, sync_playwright

from tests.api.description import described

pytestmark = pytest.mark.xdist_group("api-server")

DOCS = (PROJECT / "docs" / "api.md").read_text()
SOURCES = [
    "proposals/*.py",
    "proposals/actions/*.py",
    "proposals/documents/*.py",
    "proposals/pricing/*.py",
    "api/**/*.py",
]
CODE = [
    r'\bcode(?:: str)? ?= ?"([a-z_]+)"',
    r'refuse\(\s*[^,()]+,\s*"([a-z_]+)"',
    r'PricingError\(\s*"([a-z_]+)"',
    r'Obstacle\(\s*"([a-z_]+)"',
]
OF_BROWSERS = {
    "already_signed",
    "bad_mark",
    "busy",
    "code_expired",
    "code_used",
    "consent_required",
    "refused",
    "reopened",
    "wrong_code",
}
"""Codes of signing, which no token reaches, and the one of the base class."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A running server."""
    live = LiveServer(tmp_path_factory.mktemp("api"))
    live.manage("migrate", "--verbosity", "0")
    live.start()
    yield live
    live.stop()


def test_what_the_page_says_to_paste_works(server: LiveServer, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    for name in (".venv", "manage.py"):
        (tmp_path / name).symlink_to(PROJECT / name)
    variables = {**server.variables, "BASE": f"{server.url}/api/v1", "PYTHONPATH": str(PROJECT)}

    done = subprocess.run(
        ["sh", "-eu"],
        input="\n".join(f"{block}\necho" for block in blocks),
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "Maya Lindqvist" in done.stdout
    assert '"external_id":"deal-4711"' in done.stdout
    assert "\nopen\n" in done.stdout
    assert re.search(r"^€[0-9,]+\.[0-9]{2}$", done.stdout, re.MULTILINE)
    assert re.search(rf"^{re.escape(server.url)}/i/\S+$", done.stdout, re.MULTILINE)
    assert '{"parts":["33.34","33.33","33.33"]}' in done.stdout
    assert (tmp_path / "draft.pdf").read_bytes().startswith(b"%PDF-")


def test_the_codes_on_the_page_are_those_in_the_program() -> None:
    written = {
        code
        for pattern in SOURCES
        for path in PROJECT.glob(pattern)
        for expression in CODE
        for code in re.findall(expression, path.read_text())
    }
    on_page = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", DOCS.split("## Errors")[1].split("## Calculations")[0]))

    assert written - OF_BROWSERS - on_page == set()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A browser's page."""
    with sync_playwright() as driver:
        path = next(path for path in CHROMIUM_PATHS if Path(path).exists())
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
def test_the_description_is_readable_under_the_content_policy(server: LiveServer, page: Page) -> None:
    faults: list[str] = []
    requested: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda sent: requested.append(sent.url) if not sent.url.startswith((server.url, "data:")) else None
    )
    token = server.demo()["seller"]["token"]

    page.goto(f"{server.url}/api/v1/docs/")
    page.locator(".opblock").first.wait_for(timeout=30_000)
    page.locator("button.authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.locator(".auth-btn-wrapper button.authorize").last.click()
    page.locator(".btn-done").last.click()
    operation = page.locator("#operations-me-get_me")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response-col_status", has_text="200").wait_for(timeout=30_000)

    operations_count = sum(len(item) for item in described()["paths"].values())
    assert page.locator(".opblock").count() == operations_count
    assert "Maya Lindqvist" in operation.locator(".live-responses-table").inner_text()
    assert faults == []
    assert [url for url in requested if not url.startswith((f"{server.url}/", "data:"))] == []


def test_a_body_in_chunks_is_refused_by_the_real_server(server: LiveServer) -> None:
    answer = curl(server, "-H", "Transfer-Encoding: chunked", "-d", "{}")

    assert "HTTP/1.1 411" in answer
    assert '"code":"length_required"' in answer


def test_a_huge_body_is_refused_by_the_real_server(server: LiveServer, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text('"' + "x" * (3 * 1024 * 1024) + '"')

    answer = curl(server, "-H", "Expect:", "--data-binary", f"@{large}")

    assert "HTTP/1.1 413" in answer
    assert '"code":"too_large"' in answer


def curl(server: LiveServer, *options: Any) -> str:
    """The answer's head and body to a calculation sent with these options."""
    token = server.demo()["seller"]["token"]
    command = [
        "curl", "-sS", "-i", f"{server.url}/api/v1/calculations/price/", "-H", "Content-Type: application/json",
        "-H", f"Authorization: Bearer {token}", *options,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
