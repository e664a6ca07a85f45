"""A line of time may name the day whose rate of the card applies: what it costs, what is said, what stays as it was."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions.derivation import derivation_of
from proposals.actions.lines import edit_line, remove_line
from proposals.actions.rates import set_rate_card
from proposals.actions.undoing import undo_price_change
from proposals.exceptions import Invalid
from tests import factories
from tests.proposals.deal import PRICING, Deal, refused

RATES = [
    {"role": "Designer", "rate": "900", "unit": "day", "valid_from": "2026-01-01", "valid_to": "2026-12-31"},
    {"role": "Designer", "rate": "960", "unit": "day", "valid_from": "2027-01-01"},
]


@pytest.fixture
def dated(deal: Deal) -> Deal:
    """A card with a rate for each of two years; the document's price date is in the first."""
    set_rate_card(by=deal.maya, rates=RATES)
    return deal


def fingerprint(deal: Deal) -> str:
    return deal.part(PRICING).fingerprint


def test_the_rate_of_the_named_day_is_taken_and_the_working_says_which_and_why(dated: Deal) -> None:
    line, before = dated.line("Design"), fingerprint(dated)
    edit_line(by=dated.maya, line_id=line.id, changes={"rate_date": "2027-02-01"})
    derivation = derivation_of(dated.proposal)
    step = derivation.working.step(f"line:{line.id}.rate")
    assert (step.result, step.facts["on"], step.facts["from"]) == ("960.00", "2027-02-01", "2027-01-01")
    assert derivation.words.words(step.key).sentence == (
        "960.00 a day, the rate card’s rate for Designer since 1 January 2027, which is in force on 1 February 2027, "
        "the day this line names."
    )
    assert fingerprint(dated) != before
    client = Client()
    client.force_login(factories.client(dated.proposal))
    assert "The rate of 1 February 2027" in client.get(reverse("room", args=[dated.id])).content.decode()
    edit_line(by=dated.maya, line_id=line.id, changes={"rate_date": ""})
    assert fingerprint(dated) == before


def test_a_day_without_a_rate_is_refused_with_the_day(dated: Deal) -> None:
    line = dated.line("Design")
    with refused(Invalid, "no_rate") as caught:
        edit_line(by=dated.maya, line_id=line.id, changes={"rate_date": "2025-06-01"})
    assert "2025-06-01" in str(caught.value)
    with refused(Invalid, "bad_date"):
        edit_line(by=dated.maya, line_id=line.id, changes={"rate_date": "soon"})


def test_the_change_and_the_removal_are_taken_back(dated: Deal) -> None:
    line = dated.line("Design")
    edit_line(by=dated.maya, line_id=line.id, changes={"rate_date": "2027-02-01"})
    undo_price_change(by=dated.maya)
    assert dated.line("Design").rate_date is None
    edit_line(by=dated.maya, line_id=line.id, changes={"rate_date": "2027-02-01"})
    remove_line(by=dated.maya, line_id=line.id)
    undo_price_change(by=dated.maya)
    assert dated.line("Design").rate_date == date(2027, 2, 1)
