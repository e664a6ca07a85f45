"""Rows that are put back are those that were made, and nobody finds what another test left."""

import pytest
from django.db import transaction

from proposals.actions import audit
from proposals.actions.lines import edit_line
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import SUMMARY, TEXTS, Deal, deal_after, everything, make_deal


def sell_for_less(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7000"})


def rows_count() -> dict[str, int]:
    return {table: len(rows) for table, rows in everything().items()}


@pytest.mark.parametrize("time", ["first", "second", "third"])
def test_every_test_finds_them_as_they_were_made(time: str, db: None) -> None:
    deal = as_made(make_deal)
    assert (deal.line("Portal").amount, deal.events(), deal.text(SUMMARY)) == (8000, [], TEXTS[SUMMARY])
    sell_for_less(deal)
    assert deal.events() == ["line.changed"]


def test_they_are_as_many_as_the_function_writes_and_go_on_from_there(db: None) -> None:
    with transaction.atomic():
        deal_after(sell_for_less)
        written = rows_count()
        transaction.set_rollback(True)
    deal = as_made(deal_after, sell_for_less)
    assert rows_count() == written
    assert (deal.events(), deal.total) == (["line.changed"], "16093.00")
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "8000"})
    assert (deal.total, audit.verify(deal.proposal).whole) == ("17303.00", True)


def test_beside_other_rows_they_are_made(db: None) -> None:
    kept = as_made(make_deal).id
    assert as_made(make_deal).id != kept


def test_where_rows_stand_already_they_are_made(db: None) -> None:
    factories.person("maya@northlight.example", "Maya van Dijk")
    assert as_made(make_deal).maya.name == "Maya van Dijk"
