"""Proposals that many tests look at."""

import pytest

from proposals.states import State
from tests.proposals.deal import Deal, make_deal
from tests.proposals.valued import choose_value


@pytest.fixture
def deal(db: None) -> Deal:
    """A shared proposal that both sides write."""
    return make_deal()


@pytest.fixture
def preparing(db: None) -> Deal:
    """A proposal that only the seller sees."""
    return make_deal(State.PREPARING)


@pytest.fixture
def valued(deal: Deal) -> Deal:
    """The deal with a section that is billed by value: 15 % between 3000 and 9000, an empty worksheet."""
    choose_value(deal)
    return deal
