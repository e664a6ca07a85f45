"""How every number came about, over the API."""

from fractions import Fraction

from proposals.access import Visitor, proposal_for
from proposals.actions import freezing
from proposals.actions.agreement import agree
from proposals.documents.parts import standing_of
from proposals.pricing.working import replay
from tests.api.conftest import Api, Deal, caller


def test_every_step_can_be_recalculated_by_whoever_reads_it(deal: Deal, client: Api) -> None:
    shown = client.get(f"{deal.path}pricing/working/").body
    result = client.get(f"{deal.path}pricing/").body["result"]
    steps = {step["key"]: step for step in shown["steps"]}

    assert [replay(step)[1] for step in shown["steps"]] == [Fraction(step["result"]) for step in shown["steps"]]
    assert steps["totals.total"]["result"] == result["totals"]["total"] == "1000.00"
    assert shown["aliases"][f"line:{deal.line.id}.amount"] == f"line:{deal.line.id}.gross"
    assert (shown["currency"], shown["places"], shown["revision"]) == ("EUR", 2, None)
    assert set(shown["rules"]) == {"stated", "sum", "difference"}
    assert "name" not in steps["totals.total"]


def test_one_amount_in_words(deal: Deal, client: Api) -> None:
    shown = client.get(f"{deal.path}pricing/working/?of=line:{deal.line.id}.amount&words=true").body

    assert (shown["of"], "aliases" in shown) == (f"line:{deal.line.id}.gross", False)
    assert [(step["name"], step["sentence"]) for step in shown["steps"]] == [
        ("Discovery: amount", "A fixed price, stated as 1,000.00.")
    ]


def test_an_amount_that_does_not_exist(deal: Deal, client: Api) -> None:
    answer = client.get(f"{deal.path}pricing/working/?of=line:gone.gross")

    assert (answer.status, answer.code) == (404, "not_found")
    assert "does not stand in the proposal any more" in answer.body["detail"]
    assert client.get(f"{deal.path}pricing/working/?words=maybe").status == 422


def test_of_a_locked_proposal_it_is_the_revisions(deal: Deal) -> None:
    seller = caller(deal, "seller")
    maya, tomas = (proposal_for(Visitor(user=user), deal.proposal.id)[1] for user in (deal.maya, deal.tomas))
    for by in (maya, tomas):
        agree(by=by, parts={part.key: part.fingerprint for part in standing_of(deal.proposal).parts})
    freezing.freeze(by=maya)

    assert seller.get(f"{deal.path}pricing/working/?of=totals.total").body["revision"] == 1


def test_a_calculation_shows_its_working_when_asked(client: Api) -> None:
    lines = [{"id": "a", "kind": "unit", "quantity": "3", "unit_price": "33.3335"}]
    given = {"document": {"currency": "EUR", "sections": [{"id": "s", "lines": lines}]}, "working": True}

    working = client("POST", "calculations/price/", given).body["working"]

    assert working["steps"][1] == {
        "key": "line:a.gross",
        "rule": "unit",
        "inputs": [{"name": "quantity", "value": "3"}, {"name": "unit_price", "value": "33.3335"}],
        "exact": "100.0005",
        "rounding": "half_away",
        "result": "100.00",
    }
    assert "working" not in client("POST", "calculations/price/", {**given, "working": False}).body


def test_a_break_even_is_an_equation_with_a_check(client: Api) -> None:
    given = {
        "currency": "EUR",
        "estimate": {"low": "80", "likely": "100", "high": "150"},
        "cost_per_hour": "75",
        "models": [{"id": "a", "model": "fixed", "params": {"fee": "13500"}}],
        "working": True,
    }
    steps = {step["key"]: step for step in client("POST", "calculations/what_if/", given).body["working"]["steps"]}
    found = steps["a.break_even.hours"]

    assert (found["rule"], found["exact"], found["result"]) == ("in_unit", "180.00", "180.00")
    assert {each["name"]: each["value"] for each in found["inputs"]} == {
        "hours": "180", "hours_per_unit": "1", "first_there": "13500.00", "second_there": "13500.00",
        "before": "179", "first_before": "13500.00", "second_before": "13425.00",
    }  # fmt: skip
    assert {each["name"]: each["value"] for each in steps["a.break_even.exact"]["inputs"]} == {
        "first_fixed": "13500", "first_rate": "0", "second_fixed": "0", "second_rate": "75",
    }  # fmt: skip
