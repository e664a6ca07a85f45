"""Fixtures common to all tests."""

from collections.abc import Iterator

import pytest
from at_browsers import CHROMIUM_ARGUMENTS, chromium_path
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

settings.register_profile("busy", deadline=None)
settings.load_profile("busy")
"""No example is too slow by itself: all cores are busy while these tests run."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What only waits comes first, so that everything else runs beside it."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)


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
    expect.set_options(timeout=30_000)
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()
