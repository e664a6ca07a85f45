"""The working of a price: its steps, recalculated one by one, give every amount of the result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from proposals.pricing import PricingError, parse_document, price
from proposals.pricing.working import Working, explain, replay
from tests.pricing.documents import Json, documents

MANY = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
SOME = settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
REASON = {"reason": "volume", "text": "agreed for this piece of work"}


def working_of(document: Json) -> Working:
    parsed = parse_document(document)
    return explain(parsed, price(parsed))


def amounts_of(answer: Json) -> Iterator[tuple[str, str]]:
    """Every amount of a result with the key of its working."""
    for line in answer["lines"]:
        for name in ("gross", "line_discount", "section_discount", "document_discount", "amount"):
            yield f"line:{line['id']}.{name}", line[name]
        for name in ("at_cost", "markup", "tax"):
            if name in line:
                yield f"line:{line['id']}.{name}", line[name]
        if line.get("rate_exact"):
            yield f"line:{line['id']}.rate", line["rate"]
        yield from ((f"line:{line['id']}.discounts.{n}", each["amount"]) for n, each in enumerate(line["discounts"]))
    for section in answer["sections"]:
        key = f"section:{section['id']}"
        yield from ((f"{key}.{name}", section[name]) for name in ("gross", "discount", "amount"))
        yield from ((f"{key}.discounts.{n}", each["amount"]) for n, each in enumerate(section["discounts"]))
    yield from ((f"document.discounts.{n}", each["amount"]) for n, each in enumerate(answer["discounts"]))
    for tax in answer["taxes"]:
        yield from ((f"tax:{tax['id']}.{name}", tax[name]) for name in ("base", "amount"))
    yield from ((f"totals.{name}", amount) for name, amount in answer["totals"].items())
    yield from ((f"range.{name}", amount) for name, amount in answer.get("range", {}).items())
    for n, taken in enumerate(answer.get("conditional", [])):
        yield from ((f"conditional.{n}.{name}", taken[name]) for name in ("total_if_taken", "saving"))


@given(documents())
@MANY
def test_every_step_replayed_gives_its_result_and_every_amount_has_its_step(document: Json) -> None:
    parsed = parse_document(document)
    result = price(parsed)
    working = explain(parsed, result)
    written = json.loads(json.dumps(working.as_dict()))
    results: dict[str, str] = {}
    for step in written["steps"]:
        exact, outcome = replay(step)
        assert (exact, outcome) == (Fraction(step["exact"]), Fraction(step["result"])), step
        for each in step["inputs"]:
            if "of" in each:
                assert results[each["of"]] == each["value"], step
        results[step["key"]] = step["result"]
    assert set(written["rules"]) == {step["rule"] for step in written["steps"]}
    for key, amount in amounts_of(result.as_dict()):
        assert working.step(key).result == amount, key
        assert results[written["aliases"].get(key, key)] == amount, key


@given(documents())
@SOME
def test_places_go_by_the_fraction_cut_off_and_then_by_the_order_of_lines(document: Json) -> None:
    working = working_of(document)
    unit = Fraction(1, 10**working.places)
    shares: dict[str, list[tuple[Fraction, int]]] = {}
    for step in working.steps.values():
        if step.rule == "share":
            fraction = Fraction(step.exact) % unit
            shares.setdefault(step.inputs[0].of, []).append((fraction, int(step.facts["place"])))
    for found in shares.values():
        cut = sorted((each for each in found if each[0]), key=lambda each: -each[0])
        assert [place for _, place in cut] == list(range(1, len(cut) + 1))
        assert {place for fraction, place in found if not fraction} <= {0}


@given(documents())
@SOME
def test_the_tree_of_an_amount_is_complete_and_has_nothing_else(document: Json) -> None:
    working = working_of(document)
    for key in ("totals.total", *(f"line:{line.id}.amount" for line in parse_document(document).lines)):
        tree = working.as_dict(key)["steps"]
        made = {step["key"] for step in tree}
        needed = {each["of"] for step in tree for each in step["inputs"] if "of" in each}
        assert tree[-1]["key"] == working.step(key).key
        assert needed | {tree[-1]["key"]} == made


def test_an_hour_from_a_day_keeps_its_thirds() -> None:
    card = [{"role": "dev", "rate": "1000.00", "unit": "day", "from": "2026-01-01", "to": "2026-12-31"}]
    line = {"id": "a", "kind": "time", "role": "dev", "quantity": "29", "unit": "hour"}
    document = {
        "currency": "EUR",
        "price_date": "2026-03-01",
        "hours_per_day": "7.5",
        "rate_card": card,
        "sections": [{"id": "s", "lines": [line]}],
    }
    rate, gross = working_of(document).tree("line:a.gross")
    assert rate.as_dict() == {
        "key": "line:a.rate",
        "rule": "hour_rate",
        "inputs": [{"name": "card_rate", "value": "1000.00"}, {"name": "hours_per_day", "value": "7.5"}],
        "exact": "400/3",
        "rounding": "none",
        "result": "400/3",
        "facts": {
            "role": "dev",
            "unit": "hour",
            "on": "2026-03-01",
            "card_unit": "day",
            "from": "2026-01-01",
            "to": "2026-12-31",
        },
    }
    assert (gross.exact, gross.result, gross.is_rounded) == ("11600/3", "3866.67", True)


def test_an_own_rate_stands_beside_that_of_the_card(priced: Any) -> None:
    card = [{"role": "dev", "rate": "100", "unit": "hour", "from": "2026-01-01", "to": None}]
    line = {"id": "a", "kind": "time", "role": "dev", "quantity": "2", "unit": "day", "rate_override": "700.5"}
    document = {
        "currency": "EUR",
        "price_date": "2026-03-01",
        "rate_card": card,
        "sections": [{"id": "s", "lines": [line]}],
    }
    rate, gross = working_of(document).tree("line:a.gross")
    assert (rate.rule, rate.result, rate.facts["card_rate"]) == ("own_rate", "700.50", "800.00")
    assert (gross.exact, gross.result) == ("1401.00", "1401.00")


def test_the_unit_left_over_goes_to_the_largest_fraction() -> None:
    lines = [{"id": name, "kind": "fixed", "amount": amount} for name, amount in (("a", "1"), ("b", "2"), ("c", "4"))]
    discount = {"type": "amount", "value": "1.00", **REASON}
    document = {"currency": "EUR", "sections": [{"id": "s", "lines": lines}], "discounts": [discount]}
    working = working_of(document)
    assert working.step("document.discounts.0.left_over").result == "0.01"
    shares = [working.step(f"line:{name}.document_discount") for name in "abc"]
    assert [(share.exact, share.facts["place"], share.result) for share in shares] == [
        ("1/7", "2", "0.14"),
        ("2/7", "1", "0.29"),
        ("4/7", "3", "0.57"),
    ]
    assert [step.key for step in working.tree("line:b.amount")] == [
        "line:a.gross",
        "line:b.gross",
        "line:c.gross",
        "document.discounts.0.base",
        "document.discounts.0",
        "document.discounts.0.left_over",
        "line:b.document_discount",
        "line:b.after_document_discounts",
    ]


def test_the_range_names_the_choices_behind_each_total() -> None:
    lines = [
        {"id": name, "kind": "fixed", "amount": amount, "alt": {"group": "Hosting", "option": name}}
        for name, amount in (("cloud", "30"), ("own", "45.5"))
    ]
    working = working_of({"currency": "EUR", "sections": [{"id": "s", "lines": lines}]})
    least = working.step("range.min")
    assert [(each.value, each.note) for each in least.inputs] == [
        ("30.00", "Hosting: cloud"),
        ("45.50", "Hosting: own"),
    ]
    assert (least.result, working.step("range.max").result) == ("30.00", "45.50")
    assert [each.of for each in least.inputs] == ["range.min.totals.total", ""]
    assert [step.key for step in working.tree("range.max")] == [
        "range.max.line:own.gross",
        "range.max.section:s.amount",
        "range.max.totals.tax",
        "range.max.totals.net",
        "range.max.totals.total",
        "range.max",
    ]


def test_an_amount_that_does_not_exist_is_refused_with_its_name() -> None:
    working = working_of({"currency": "EUR", "sections": [{"id": "s", "lines": []}]})
    with pytest.raises(PricingError) as caught:
        working.step("line:gone.gross")
    assert caught.value.code == "unknown_amount"
    assert '"line:gone.gross"' in caught.value.detail
    assert working.step("totals.total").result == "0.00"


def test_the_working_of_another_document_is_refused() -> None:
    def document(amount: str) -> Any:
        lines = [{"id": "a", "kind": "fixed", "amount": amount, "taxes": ["t"]}]
        taxes = [{"id": "t", "category": "S", "rate": "21"}]
        return parse_document({"currency": "EUR", "taxes": taxes, "sections": [{"id": "s", "lines": lines}]})

    with pytest.raises(ValueError, match="another document"):
        explain(document("10"), price(document("20")))


def test_the_number_of_steps_and_inputs_grows_linearly_with_lines() -> None:
    def size(line_count: int) -> tuple[int, int]:
        discount = {"type": "percent", "value": "7", **REASON}
        lines = [
            {"id": str(number), "kind": "unit", "quantity": "3", "unit_price": "9.99", "taxes": ["t"]}
            for number in range(line_count)
        ]
        section = {"id": "s", "lines": lines, "discounts": [discount]}
        taxes = [{"id": "t", "category": "S", "rate": "21"}]
        document = {"currency": "EUR", "taxes": taxes, "sections": [section], "discounts": [discount]}
        steps = working_of(document).steps.values()
        return len(steps), sum(len(step.inputs) for step in steps)

    (few, few_inputs), (many, many_inputs) = size(50), size(500)
    assert (many - few) % 450 == (many_inputs - few_inputs) % 450 == 0
    assert (many - few) // 450 == 5
    assert (many_inputs - few_inputs) // 450 == 22


def test_a_changed_step_does_not_replay() -> None:
    lines = [{"id": name, "kind": "fixed", "amount": "1"} for name in "abc"]
    discount = {"type": "amount", "value": "1.00", **REASON}
    working = working_of({"currency": "EUR", "sections": [{"id": "s", "lines": lines}], "discounts": [discount]})
    share = working.step("line:a.document_discount").as_dict()
    assert replay(share) == (Fraction(1, 3), Fraction("0.34"))
    assert replay({**share, "facts": {"place": "2"}}) == (Fraction(1, 3), Fraction("0.33"))
    left_over = working.step("document.discounts.0.left_over").as_dict()
    assert replay(left_over)[1] == Fraction("0.01")
    left_over["inputs"][1]["value"] = "2.00"
    assert replay(left_over)[1] == 0
    gross = {**working.step("line:a.gross").as_dict(), "result": "2.00"}
    assert replay(gross)[1] == 1
