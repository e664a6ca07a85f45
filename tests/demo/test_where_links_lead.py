"""Links that a command prints lead to the server that runs with the same data folder."""

import os
from pathlib import Path

import pytest

from config.env import read_environment

GONE = 2**22 + 1
"""The number of no process: the largest one is 2 to the 22nd."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, with nothing else said about where the server is."""
    for name in ("BASE_URL", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return tmp_path


def leads_to(*, development: bool = True) -> str:
    return read_environment(development=development).base_url


def test_where_no_server_runs_it_is_the_usual_address() -> None:
    assert leads_to() == "http://127.0.0.1:8000"


def test_where_one_runs_it_is_the_address_where_it_listens(folder: Path) -> None:
    (folder / "served_at").write_text(f"{os.getpid()} http://127.0.0.1:8077\n")
    assert leads_to() == "http://127.0.0.1:8077"


def test_what_is_said_in_the_environment_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "served_at").write_text(f"{os.getpid()} http://127.0.0.1:8077\n")
    monkeypatch.setenv("PORT", "8066")
    assert leads_to() == "http://127.0.0.1:8066"
    monkeypatch.setenv("BASE_URL", "https://proposals.example")
    assert leads_to() == "https://proposals.example"


@pytest.mark.parametrize("note", ["", "8077", f"{GONE} http://127.0.0.1:8077", "9" * 30 + " http://127.0.0.1:8077"])
def test_a_note_of_a_server_that_has_ended_is_passed_over(folder: Path, note: str) -> None:
    (folder / "served_at").write_text(note)
    assert leads_to() == "http://127.0.0.1:8000"


def test_outside_development_nothing_is_guessed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "served_at").write_text(f"{os.getpid()} http://127.0.0.1:8077\n")
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    assert leads_to(development=False) == "http://127.0.0.1:8000"
