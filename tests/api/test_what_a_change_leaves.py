"""What a change left serves its own request only, and only while nothing else happened."""

from typing import Any

import pytest

from proposals.actions.lines import edit_line
from proposals.documents import contents, left
from proposals.documents.price_document import price_of
from proposals.models import Proposal
from tests.api.conftest import Api, Deal
from tests.api.test_lines import path_of
from tests.proposals.deal import make_deal

CHANGES: list[dict[str, Any]] = [
    {"amount": "1200.00"},
    {"title": "Longer", "metadata": {"crm": "7"}},
    {"amount": "900", "discounts": [{"type": "percent", "value": "10", "reason": "volume", "text": "You take more."}]},
    {"amount": "800", "order": 1},
    {"taxes": []},
    {"alternative_group": "Depth", "alternative_option": "Deep", "optional": False},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: " ".join(change))
def test_a_change_answers_what_stands(deal: Deal, seller: Api, change: dict[str, Any]) -> None:
    answered = seller.patch(path_of(deal), change)
    assert answered.status == 200
    stands = seller.get(path_of(deal))
    assert {name: value for name, value in answered.body.items() if name != "asks"} == stands.body
    assert answered.headers["ETag"] == stands.headers["ETag"]


def test_it_is_taken_while_nothing_else_happened(db: None, django_assert_num_queries: Any) -> None:
    deal = make_deal()
    key = deal.proposal.id
    with left.kept():
        edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "1"})
        with django_assert_num_queries(1):
            first = left.now(key)
        assert first.price.totals["total"] == price_now(deal.proposal)

        Proposal.objects.filter(id=deal.proposal.id).update(version=first.rows.proposal.version + 1)
        again = left.now(deal.proposal.id)
        assert again.rows is not first.rows
        assert again.price.totals == first.price.totals


def test_two_changes_leave_what_the_second_made(db: None) -> None:
    deal = make_deal()
    with left.kept():
        edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "1"})
        edit_line(by=deal.maya, line_id=deal.line("Training").id, changes={"unit_price": "2"})
        assert left.now(deal.proposal.id).price.totals["total"] == price_now(deal.proposal)


def test_nothing_is_kept_for_the_next_request(db: None) -> None:
    deal = make_deal()
    with left.kept():
        edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "1"})
        kept = left.now(deal.proposal.id)
    assert left.now(deal.proposal.id).rows is not kept.rows


def price_now(proposal: Proposal) -> str:
    proposal.refresh_from_db()
    return price_of(contents.load(proposal), with_range=False).totals["total"]
