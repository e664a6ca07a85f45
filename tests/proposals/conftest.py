"""Proposals that many tests look at."""

import pytest

from proposals.states import State
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after, make_deal
from tests.proposals.valued import choose_value


@pytest.fixture
def deal(db: None) -> Deal:
    """A shared proposal that both sides write."""
    return as_made(make_deal)


@pytest.fixture
def preparing(db: None) -> Deal:
    """A proposal that only the seller sees."""
    return as_made(make_deal, State.PREPARING)


@pytest.fixture
def valued(db: None) -> Deal:
    """The deal with a section that is billed by value: 15 % between 3000 and 9000, an empty worksheet."""
    return as_made(deal_after, choose_value)
