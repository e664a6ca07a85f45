"""Fixtures common to all tests."""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from at_browsers import CHROMIUM_ARGUMENTS, TIMEOUT_MS, chromium_path
from django.conf import settings as project_settings
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from proposals.documents.authority import authority_folder, make_authority, passphrases
from tests.prepared import migrated_database, on_file
from tests.proposals import postgres

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
"""The same examples each time, so that a run says something about a change; `make soak` searches among others.

No example is too slow by itself: all cores are busy while these tests run.
"""


gc.disable()
"""Until everything is collected: modules and tests are made, which all stay."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What only waits comes first, so that everything else runs beside it."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: the garbage collector need not look at them again and again.

    As often as by default it would look at every request's objects several times, for a tenth of the CPU time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def authority_of_this_instance() -> None:
    """The instance's authority exists since long before the times at which the tests sign."""
    if not authority_folder().exists():
        make_authority(authority_folder(), passphrases()[0], begins_at=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """A copy of the migrated SQLite file for this process, in place of migrations of its own."""
    connection = connections["default"]
    if connection.vendor != "sqlite":
        raise RuntimeError("The tests' own database is SQLite; those that need PostgreSQL start a server.")
    own = Path(project_settings.DATA_DIR) / f"test-{worker_id}.sqlite3"
    shutil.copyfile(migrated_database(), own)
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(on_file(own))
        yield
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture(autouse=True, scope="session")
def _flush_around_triggers() -> Iterator[None]:
    """Let the tests' own clean-up empty tables whose rows the triggers keep.

    SQLite empties a table with DELETE, which the triggers refuse. They are set aside for the flush and
    put back as they were.
    """
    original = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with connections["default"].cursor() as cursor:
            triggers: list[tuple[str, str]] = []
            if connections["default"].vendor == "sqlite":
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        original(case)
        with connections["default"].cursor() as cursor:
            for _, statement in triggers:
                cursor.execute(statement)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, one for all browser tests of a worker."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def postgresql(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """A PostgreSQL server with our tables, as Django describes it."""
    with postgres.running(django_db_blocker.unblock) as described:
        yield described


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """The database under the test: each in its turn. Must come before `transactional_db`, see `committed`."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    described = request.getfixturevalue("postgresql")
    with django_db_blocker.unblock(), postgres.as_default(described):
        yield "postgresql"


@pytest.fixture
def committed(database: str, transactional_db: None) -> str:
    """For tests whose threads must see each other's rows: real commits, on SQLite and on PostgreSQL."""
    return database
