"""The most that a total can become: the rule of docs/pricing.md, case by case."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposals.documents import wording
from proposals.documents.totals import sum_in_words
from proposals.pricing import Currency, Money, PriceDocument, PriceResult, parse_decimal, parse_document, price
from proposals.pricing.most import FeeLimit, most_of, most_steps
from proposals.pricing.working import explain, replay
from proposals.pricing.working.explain import working_of
from proposals.pricing.working.record import Record
from proposals.pricing.working.sheet import Sheet
from tests.pricing.documents import documents

EUR = Currency("EUR")
TAXES = [{"id": "high", "category": "S", "rate": "21"}, {"id": "low", "category": "S", "rate": "9"}]
DAYS = {"kind": "time", "role": "dev", "quantity": "10", "unit": "day", "taxes": ["low"]}
HOSTING = {"kind": "fixed", "amount": "1800.00", "taxes": ["high"]}
TRAVEL = {"kind": "expense", "unit_cost": "500.00", "taxes": ["high"]}
RESERVE = {"kind": "allowance", "amount": "1000.00", "certainty": "ceiling", "taxes": ["high"]}


def euros(amount: str) -> Money:
    return Money.stated(parse_decimal(amount), EUR, "limit")


def capped(amount: str, **more: bool) -> FeeLimit:
    return FeeLimit(euros(amount), **more)


def priced(*lines: dict[str, Any], **settings: Any) -> tuple[PriceDocument, PriceResult]:
    document = parse_document(
        {
            "currency": "EUR",
            "price_date": "2026-01-12",
            "taxes": TAXES,
            "rate_card": [{"role": "dev", "rate": "900", "unit": "day", "from": "2026-01-01", "to": None}],
            "sections": [{"id": "s", "lines": [{"id": str(at), **line} for at, line in enumerate(lines)]}],
            **settings,
        }
    )
    return document, price(document)


def most(*lines: dict[str, Any], limit: FeeLimit | None = None, **settings: Any) -> dict[str, Any]:
    return most_of(*priced(*lines, **settings), limit).as_dict()


def totals(*lines: dict[str, Any]) -> dict[str, str]:
    return priced(*lines)[1].totals.as_dict()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], {"kind": "firm", "total": "0.00"}),
        ([HOSTING], {"kind": "firm", "total": "2178.00"}),
        ([HOSTING, RESERVE], {"kind": "at_most", "total": "3388.00"}),
        ([HOSTING, DAYS], {"kind": "no_upper_limit"}),
        ([{**DAYS, "quantity": "0"}], {"kind": "firm", "total": "0.00"}),
        ([{**DAYS, "optional": True}], {"kind": "firm", "total": "0.00"}),
    ],
)
def test_without_a_billing_model_an_estimate_has_no_end(lines: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    assert most(*lines) == expected


@pytest.mark.parametrize(
    ("lines", "limit", "expected"),
    [
        ([DAYS], capped("12000.00"), {"kind": "at_most", "total": "13080.00"}),
        ([DAYS, HOSTING], capped("12000.00"), {"kind": "at_most", "total": "15258.00"}),
        ([DAYS, HOSTING], FeeLimit(None), {"kind": "no_upper_limit"}),
        ([HOSTING], FeeLimit(None), {"kind": "no_upper_limit"}),
        ([DAYS, TRAVEL], capped("12000.00"), {"kind": "no_upper_limit"}),
        ([DAYS, TRAVEL], capped("12000.00", with_expenses=True), {"kind": "at_most", "total": "14520.00"}),
        ([DAYS, {**TRAVEL, "certainty": "firm"}], capped("12000.00"), {"kind": "at_most", "total": "13685.00"}),
        ([DAYS], capped("9000.00", is_fixed=True), {"kind": "firm", "total": "9810.00"}),
        ([DAYS], capped("8000.00"), {"kind": "at_most", "total": "8720.00"}),
        ([HOSTING], capped("12000.00"), {"kind": "firm", "total": "2178.00"}),
        ([], capped("12000.00"), {"kind": "at_most", "total": "15600.00"}),
    ],
)
def test_the_limit_of_a_model_covers_the_estimated_fees(
    lines: list[dict[str, Any]], limit: FeeLimit, expected: dict[str, Any]
) -> None:
    assert most(*lines, limit=limit) == expected


def test_fees_at_their_limit_are_taxed_as_the_line_that_is_taxed_most() -> None:
    assert most(DAYS, {**DAYS, "taxes": ["high"]}, limit=capped("20000.00"))["total"] == "24200.00"


def test_discounts_do_not_lower_what_fees_can_come_to() -> None:
    discounts = [{"type": "percent", "value": "10", "reason": "volume", "text": "for the second site"}]
    assert most({**DAYS, "discounts": discounts}, limit=capped("9000.00"))["total"] == "9810.00"


def test_tax_is_rounded_as_in_the_document() -> None:
    odd = {"kind": "fixed", "amount": "0.05", "taxes": ["low"]}
    assert most(odd, odd, DAYS, limit=capped("10000.01"))["total"] == "10900.12"
    assert most(odd, odd, DAYS, limit=capped("10000.01"), tax_rounding="line")["total"] == "10900.11"


def test_where_prices_include_tax_the_limit_is_raised_by_it() -> None:
    given = most(DAYS, HOSTING, limit=capped("10000.00"), price_basis="inclusive")
    assert given == {"kind": "at_most", "total": "12700.00"}
    assert most(limit=capped("1000.00"), price_basis="inclusive")["total"] == "1210.00"


def test_the_table_of_the_documentation() -> None:
    known = {"days": {**DAYS, "quantity": "21", "taxes": ["high"]}, "care": HOSTING, "travel": TRAVEL}
    text = (Path(__file__).parents[2] / "docs/pricing.md").read_text(encoding="utf-8")
    rows = text.split("| lines | model | most | in words |")[1].split("\n\n")[0].splitlines()[2:]
    assert len(rows) == 7
    for row in rows:
        names, model, expected, words = (cell.strip() for cell in row.strip("|").split("|"))
        kind, _, rest = model.partition(" ")
        limit = None
        if rest:
            limit = capped(rest.split()[0], with_expenses="everything" in rest, is_fixed=kind == "fixed")
        lines = [known[name] for name in names.split(", ")]
        given = {"totals": totals(*lines), "most": most(*lines, limit=limit)}
        assert given["most"].get("total", "–") == expected
        amount = wording.money(given["totals"]["total"], "EUR")
        assert sum_in_words(given, amount, "EUR", "en") == words


@given(documents(), st.integers(0, 5_000_000), st.booleans())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_the_steps_of_the_most_replayed_give_it(written: dict[str, Any], minor: int, with_expenses: bool) -> None:
    document = parse_document(written)
    result = price(document)
    limit = FeeLimit(Money(minor, document.currency), with_expenses)
    found = most_of(document, result, limit)
    record, working = Record(document.currency), explain(document, result)
    sheet = Sheet(record, "most.")
    most_steps(sheet, working, document, result, limit, sheet.money("limit", limit.amount))
    joined = working.joined(working_of(record))
    if found.total is None:
        assert list(record.steps) == ["nothing"]
        return
    assert joined.step("most.total").result == str(found.total)
    known = {step["key"]: step["result"] for step in joined.as_dict()["steps"]}
    for step in record.steps.values():
        assert replay(step) == (Fraction(step["exact"]), Fraction(step["result"])), step
        for each in step["inputs"]:
            assert "of" not in each or known[each["of"]] == each["value"], step
