"""“Show me the price”: asked at any moment, never hidden, answered with a figure, a range, or a reason and a date."""

from typing import Any

import pytest

from proposals import fragments
from proposals.actions.price_requests import answer_price, ask_price, offer_price
from proposals.documents import told
from proposals.exceptions import Invalid, NotAllowed
from proposals.fragments.render import render
from proposals.models import PriceRequest
from tests.proposals.deal import Deal, refused

RANGE = {
    "low": "15000",
    "likely": "18000",
    "high": "22000.50",
    "sure": "Two like it took this",
    "would_change": "The export of the old system",
}


def head(deal: Deal, actor: Any) -> str:
    """What stands in the room's head for somebody."""
    audience = fragments.audience_of(actor, deal.proposal.lifecycle)
    return render(fragments.room_page(deal.proposal, audience), ["price-request"])[0]["html"]


def test_it_stands_in_the_head_of_both_until_it_is_answered(deal: Deal) -> None:
    assert "Show me the price" in head(deal, deal.tomas)
    request = ask_price(by=deal.tomas, text="We set the budget on Friday")
    for actor in (deal.maya, deal.tomas):
        assert "We set the budget on Friday" in head(deal, actor)
        assert "Not answered yet" in head(deal, actor)
    assert "Show me the price" not in head(deal, deal.tomas)
    with refused(Invalid, "already_asked"):
        ask_price(by=deal.tomas)
    answer_price(by=deal.maya, request_id=request.id, answer="range", given=RANGE)
    for actor in (deal.maya, deal.tomas):
        shown = head(deal, actor)
        assert "between €15,000.00 and €22,000.50, most likely €18,000.00" in shown
        assert "Two like it took this" in shown
        assert "The export of the old system" in shown
    assert "Show me the price" in head(deal, deal.tomas)
    assert [told.sentence(event) for event in deal.trail()] == [
        "Tomás Reyes asked to be shown the price: We set the budget on Friday",
        "Maya Lindqvist answered what the price is: between €15,000.00 and €22,000.50, most likely €18,000.00",
    ]


def test_a_reason_and_a_date_stay_until_there_is_a_figure(deal: Deal) -> None:
    request = ask_price(by=deal.tomas)
    given = {"reason": "we have not seen the export", "due_on": "2099-03-03"}
    answer_price(by=deal.maya, request_id=request.id, answer="later", given=given)
    assert "answers by <b>3 March 2099</b>: we have not seen the export" in head(deal, deal.tomas)
    answered = answer_price(by=deal.maya, request_id=request.id, answer="figure", given={"figure": "17500"})
    assert (str(answered.figure), answered.reason, answered.due_on, answered.waits) == ("17500", "", None, False)
    assert [told.predicate(event) for event in deal.trail()[1:]] == [
        "answered what the price is: not yet; by 3 March 2099, because: we have not seen the export",
        "answered what the price is: €17,500.00",
    ]


def test_a_date_that_is_past_says_so(deal: Deal) -> None:
    request = ask_price(by=deal.tomas)
    PriceRequest.objects.filter(id=request.id).update(answer="later", reason="soon", due_on="2020-01-01")
    assert "which is past" in head(deal, deal.maya)


def test_the_seller_may_say_it_unasked_with_why_now(deal: Deal) -> None:
    with refused(Invalid, "required"):
        offer_price(by=deal.maya, why_now=" ", answer="range", given=RANGE)
    with refused(Invalid, "unknown_value"):
        offer_price(by=deal.maya, why_now="You decide", answer="later", given={"reason": "x", "due_on": "2099-01-01"})
    offer_price(by=deal.maya, why_now="You decide on Friday", answer="range", given=RANGE)
    assert "Why now: You decide on Friday" in head(deal, deal.tomas)
    assert told.predicate(deal.trail()[-1]) == (
        "said what the price is, between €15,000.00 and €22,000.50, most likely €18,000.00, and why now: "
        "You decide on Friday"
    )


@pytest.mark.parametrize(
    ("answer", "given", "code"),
    [
        ("figure", {}, "required"),
        ("figure", {"figure": "1.005"}, "too_many_decimals"),
        ("figure", {"figure": "-1"}, "bad_number"),
        ("figure", {"figure": "a lot"}, "bad_number"),
        ("range", {**RANGE, "low": "19000"}, "bad_estimate"),
        ("range", {**RANGE, "high": "17000"}, "bad_estimate"),
        ("range", {**RANGE, "sure": ""}, "required"),
        ("range", {**RANGE, "would_change": " "}, "required"),
        ("later", {"reason": "busy"}, "required"),
        ("later", {"reason": "", "due_on": "2099-01-01"}, "required"),
        ("later", {"reason": "busy", "due_on": "2020-01-01"}, "bad_date"),
        ("never", {}, "unknown_value"),
    ],
)
def test_half_an_answer_is_none(deal: Deal, answer: str, given: dict[str, str], code: str) -> None:
    request = ask_price(by=deal.tomas)
    with refused(Invalid, code):
        answer_price(by=deal.maya, request_id=request.id, answer=answer, given=given)


def test_only_the_client_asks_and_only_the_seller_answers(deal: Deal) -> None:
    with refused(NotAllowed):
        ask_price(by=deal.maya)
    request = ask_price(by=deal.seat("reader@harbourstreet.example", "client", role="reader"))
    with refused(NotAllowed):
        answer_price(by=deal.tomas, request_id=request.id, answer="figure", given={"figure": "1"})


def test_it_is_no_part_of_what_is_agreed_on(deal: Deal) -> None:
    before = [part.fingerprint for part in deal.standing().parts]
    answer_price(by=deal.maya, request_id=ask_price(by=deal.tomas).id, answer="range", given=RANGE)
    assert [part.fingerprint for part in deal.standing().parts] == before
