"""Fixtures of the account tests."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Limits and waits are kept in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def last_code() -> Callable[[], str]:
    """Reads the code in the last mail."""

    def read() -> str:
        found = re.search(r"^ +([0-9]{4}-[0-9]{4})$", str(mail.outbox[-1].body), re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found[1]

    return read
