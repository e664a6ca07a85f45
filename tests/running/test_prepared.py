"""What runs keep for later ones: the same while the program is the same, and nothing else."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import prepared
from tests.prepared import MADE_BY, PROJECT, fingerprint, kept

Run = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A program of two files."""
    folder = tmp_path / "project"
    (folder / "accounts" / "migrations").mkdir(parents=True)
    (folder / "accounts" / "models.py").write_text("a = 1\n")
    (folder / "accounts" / "migrations" / "0001.sql").write_text("CREATE TABLE a")
    return folder


def write_another_migration(project: Path) -> None:
    (project / "accounts" / "migrations" / "0002.sql").write_text("")


def write_something_else(project: Path) -> None:
    (project / "accounts" / "migrations" / "0001.sql").write_text("CREATE TABLE b")


def give_another_name(project: Path) -> None:
    (project / "accounts" / "models.py").rename(project / "accounts" / "model.py")


def move_words_between_files(project: Path) -> None:
    (project / "accounts" / "models.py").write_text("a = 1")
    (project / "accounts" / "migrations" / "0001.sql").write_text("\nCREATE TABLE a")


def remove_a_file(project: Path) -> None:
    (project / "accounts" / "models.py").unlink()


CHANGES = (write_another_migration, write_something_else, give_another_name, move_words_between_files, remove_a_file)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_program_has_another_fingerprint(project: Path, change: Callable[[Path], None]) -> None:
    before = fingerprint(project)
    assert fingerprint(project) == before
    change(project)
    assert fingerprint(project) != before


def test_so_has_another_package_python_sqlite_or_server(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {fingerprint(project), fingerprint(project, "PostgreSQL 15"), fingerprint(project, "PostgreSQL 16")}
    (tmp_path / "site" / "django-9.dist-info").mkdir(parents=True)
    for place, name, value in (
        (sys, "path", [*sys.path, str(tmp_path / "site")]),
        (sys, "version", "3.99"),
        (prepared, "sqlite3", SimpleNamespace(sqlite_version="3.0")),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, value)
            found.add(fingerprint(project))
    assert len(found) == 6


def test_what_python_compiles_changes_nothing(project: Path) -> None:
    before = fingerprint(project)
    (project / "accounts" / "models.cpython-311.pyc").write_bytes(b"compiled")
    assert fingerprint(project) == before


def test_all_that_is_named_is_there() -> None:
    assert [name for name in MADE_BY if not (PROJECT / name).exists()] == []


@pytest.fixture
def run(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of the tests of that program, with a number; it gives its own copy of what is kept."""
    monkeypatch.setattr(prepared, "PROJECT", project)
    monkeypatch.setattr(prepared, "KEPT", project / ".prepared")

    def run_number(number: int, make: Callable[[Path], None]) -> Path:
        monkeypatch.setenv("PREPARED_DIR", str(tmp_path / f"run-{number}"))
        return kept("database", make)

    return run_number


def test_a_later_run_has_what_was_made_and_a_changed_program_its_own(run: Run, project: Path) -> None:
    def make(word: str) -> Callable[[Path], None]:
        return lambda folder: (folder / "made").write_text(word) and None

    first = run(1, make("one"))
    (first / "made").write_text("changed by the first run")
    assert (run(2, make("two")) / "made").read_text() == "one"
    assert (run(1, make("two")) / "made").read_text() == "changed by the first run"
    write_something_else(project)
    assert (run(3, make("three")) / "made").read_text() == "three"
    assert len([path for path in (project / ".prepared").iterdir() if path.is_dir()]) == 1


def test_what_was_not_made_to_its_end_is_made_again(run: Run) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise RuntimeError("the disk is full")

    def make(folder: Path) -> None:
        (folder / "whole").write_text("")

    with pytest.raises(RuntimeError, match="the disk is full"):
        run(1, fail)
    for number in (1, 2):
        assert [path.name for path in run(number, make).iterdir()] == ["whole"]
