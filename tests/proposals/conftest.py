"""Proposals that many tests look at."""

import pytest

from proposals.states import State
from tests.proposals.deal import Deal, make_deal


@pytest.fixture
def deal(db: None) -> Deal:
    """A shared proposal that both sides write."""
    return make_deal()


@pytest.fixture
def preparing(db: None) -> Deal:
    """A proposal that only the seller sees."""
    return make_deal(State.PREPARING)
