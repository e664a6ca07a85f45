"""Proposals that many tests look at, and the two databases."""

from collections.abc import Iterator
from typing import Any

import pytest

from proposals.states import State
from tests.proposals import postgres
from tests.proposals.deal import Deal, make_deal


@pytest.fixture
def deal(db: None) -> Deal:
    """A shared proposal that both sides write."""
    return make_deal()


@pytest.fixture
def preparing(db: None) -> Deal:
    """A proposal that only the seller sees."""
    return make_deal(State.PREPARING)


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
