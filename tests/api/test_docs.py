"""docs/api.md, tried literally against a real server, and what only a real server can be sent."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live import PROJECT, LiveServer

from tests.prepared import copy_demo

pytestmark = pytest.mark.xdist_group("api-server")

DOCS = (PROJECT / "docs" / "api.md").read_text()
SOURCES = [
    "proposals/*.py",
    "proposals/actions/*.py",
    "proposals/documents/*.py",
    "proposals/pricing/*.py",
    "api/**/*.py",
    "webhooks/*.py",
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
    "consent_changed",
    "consent_required",
    "name_without_letters",
    "no_passkey",
    "not_your_turn",
    "refused",
    "reopened",
    "storage_refused",
}
"""Codes of signing, which no token reaches, and the one of the base class."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's folder."""
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="module")
def token(data_dir: Path) -> str:
    """A token with every scope, of one of the run's prepared demos."""
    return str(copy_demo(data_dir)["seller"]["token"])


@pytest.fixture(scope="module")
def server(data_dir: Path, token: str) -> Iterator[LiveServer]:
    """A running server."""
    live = LiveServer(data_dir)
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
        timeout=300,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "Maya Lindqvist" in done.stdout
    assert '"external_id":"deal-4690"' in done.stdout
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


def test_a_body_in_chunks_is_refused_by_the_real_server(server: LiveServer, token: str) -> None:
    answer = curl(server, token, "-H", "Transfer-Encoding: chunked", "-d", "{}")

    assert "HTTP/1.1 411" in answer
    assert '"code":"length_required"' in answer


def test_a_huge_body_is_refused_by_the_real_server(server: LiveServer, token: str, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_text('"' + "x" * (3 * 1024 * 1024) + '"')

    answer = curl(server, token, "-H", "Expect:", "--data-binary", f"@{large}")

    assert "HTTP/1.1 413" in answer
    assert '"code":"too_large"' in answer
    assert "larger than the 2 MB that are taken here." in answer


def curl(server: LiveServer, token: str, *options: Any) -> str:
    """The answer's head and body to a calculation sent with these options."""
    command = [
        "curl", "-sS", "-i", f"{server.url}/api/v1/calculations/price/", "-H", "Content-Type: application/json",
        "-H", f"Authorization: Bearer {token}", *options,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
