"""Options the client ticks, alternatives of which one is taken, and the range while they are open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proposals.pricing import PricingError, parse_document, price

Priced = Callable[..., dict[str, Any]]
Refused = Callable[..., PricingError]


def fixed(line_id: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"id": line_id, "kind": "fixed", "amount": amount, **more}


def either(group: str, *amounts: str) -> list[dict[str, Any]]:
    return [
        fixed(f"{group}{index}", amount, alt={"group": group, "option": str(index)})
        for index, amount in enumerate(amounts)
    ]


@pytest.mark.parametrize(
    ("flags", "included"),
    [
        ({}, True),
        ({"optional": False, "selected": False}, True),
        ({"optional": True}, False),
        ({"optional": True, "selected": None}, False),
        ({"optional": True, "selected": False}, False),
        ({"optional": True, "selected": True}, True),
        ({"selected": True}, True),
    ],
)
def test_an_option_counts_only_when_ticked(priced: Priced, flags: dict[str, bool | None], included: bool) -> None:
    answer = priced([fixed("a", "10.00", **flags)])
    assert answer["lines"][0]["included"] is included
    assert answer["lines"][0]["amount"] == "10.00"
    assert answer["totals"]["total"] == ("10.00" if included else "0.00")


def test_an_unticked_option_inside_the_chosen_alternative_stays_out(priced: Priced) -> None:
    lines = either("g", "10.00", "20.00")
    lines[0] |= {"optional": True}
    assert priced(lines, choices={"g": "0"})["totals"]["total"] == "0.00"


def test_undecided_groups_are_named_in_order_and_left_out(priced: Priced) -> None:
    lines = [*either("z", "5.00", "7.00"), *either("a", "100.00", "300.00", "200.00"), fixed("x", "1.00")]
    answer = priced(lines, choices={"z": None})
    assert (answer["complete"], answer["unresolved"]) == (False, ["a", "z"])
    assert answer["totals"]["total"] == "1.00"
    assert answer["range"] == {"min": "106.00", "max": "308.00"}
    assert priced(lines, choices={"z": "1"})["range"] == {"min": "108.00", "max": "308.00"}
    decided = priced(lines, choices={"z": "1", "a": "1"})
    assert (decided["complete"], decided["unresolved"], "range" in decided) == (True, [], False)


def test_the_range_prices_every_combination_in_full(priced: Priced) -> None:
    """Allowance, discount and tax all follow the option taken."""
    percent_of_all = {"id": "p", "kind": "allowance", "percent": "10", "of": ["g0", "g1"]}
    lines = [*either("g", "100.00", "200.00"), percent_of_all]
    for line in lines:
        line["taxes"] = ["v"]
    discount = {"type": "percent", "value": "50", "reason": "volume", "text": "half of everything chosen"}
    answer = priced(lines, taxes=[{"id": "v", "category": "S", "rate": "10"}], discounts=[discount])
    assert answer["range"] == {"min": "60.50", "max": "121.00"}


@pytest.mark.parametrize("choices", [{"g": "2"}, {"h": "0"}, {"g": ""}])
def test_a_choice_that_does_not_exist_is_refused(refused: Refused, choices: dict[str, str]) -> None:
    error = refused(either("g", "1.00", "2.00"), choices=choices)
    assert (error.code, error.field) == ("unknown_option", f"choices.{next(iter(choices))}")


def test_a_discount_that_one_combination_cannot_bear_is_refused(refused: Refused) -> None:
    discount = {"type": "amount", "value": "50.00", "reason": "volume", "text": "fifty off whatever is chosen"}
    error = refused([fixed("x", "45.00"), *either("g", "1.00", "10.00")], discounts=[discount])
    assert (error.code, error.field) == ("discount_exceeds_base", "discounts.0.value")


def combinations(count: int) -> list[dict[str, Any]]:
    """Lines with exactly ``count`` combinations: 10 x 10 x 10 for 1,000, and 7 x 11 x 13 for 1,001."""
    sizes = {1000: (10, 10, 10), 1001: (7, 11, 13), 64: (2, 2, 2, 2, 2, 2), 65: (5, 13)}[count]
    return [
        line
        for group, size in enumerate(sizes)
        for line in either(f"g{group}-", *(f"{index + 1}.00" for index in range(size)))
    ]


EARLY = {
    "type": "percent",
    "value": "2",
    "reason": "early_payment",
    "text": "if paid within ten days",
    "conditional": True,
}
MANY_LINES = [{"id": str(number), "kind": "fixed", "amount": "1"} for number in range(2000)]


def test_a_thousand_combinations_are_calculated(priced: Priced) -> None:
    assert priced(combinations(1000))["range"] == {"min": "3.00", "max": "30.00"}


def test_a_thousand_and_one_are_not(refused: Refused) -> None:
    error = refused(combinations(1001))
    assert (error.code, error.field) == ("too_many_combinations", "choices")
    assert "1001 ways" in error.detail


@pytest.mark.parametrize(
    ("lines", "discounts", "code", "field"),
    [
        (combinations(1000) + MANY_LINES[:100], [EARLY] * 90, "too_many_combinations", "choices"),
        (MANY_LINES, [EARLY] * 80, "bad_document", "discounts"),
        ([], [EARLY] * 4000, "bad_document", "discounts"),
    ],
    ids=["alternatives", "early payment", "early payment of nothing"],
)
def test_what_would_take_hours_is_refused_before_it_is_begun(
    refused: Refused, lines: list[dict[str, Any]], discounts: list[dict[str, Any]], code: str, field: str
) -> None:
    error = refused(lines, discounts=discounts)
    assert (error.code, error.field) == (code, field)
    assert f"{len(lines)} lines with {len(discounts)} discounts" in error.detail


def test_a_caller_may_allow_fewer_combinations_or_do_without_the_range() -> None:
    def document(count: int) -> dict[str, Any]:
        return {"currency": "EUR", "sections": [{"id": "s", "lines": combinations(count)}]}

    within = price(parse_document(document(64)), combination_limit=64)
    assert within.as_dict()["range"] == {"min": "6.00", "max": "12.00"}
    with pytest.raises(PricingError) as caught:
        price(parse_document(document(65)), combination_limit=64)
    assert caught.value.code == "too_many_combinations"
    without = price(parse_document(document(1001)), with_range=False)
    assert (without.range, without.complete) == (None, False)
