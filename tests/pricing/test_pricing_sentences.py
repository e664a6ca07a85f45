"""What a refusal says to people: the value it is about, and what to do. However long that value is."""

from __future__ import annotations

from typing import Any

import pytest

from proposals.pricing import PricingError, calculate

HOURS = [{"role": "dev", "hours": "1"}]
TM_CAP = {"model": "tm_cap", "currency": "EUR", "params": {"rates": {"dev": "90"}, "cap": "100"}}
LONG = "x" * 100_000


def bill(model: str, params: dict[str, Any], outcome: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    return "bill", {"model": model, "currency": "EUR", "params": params, "outcome": outcome or {}}


def tiers(*bounds: str | None) -> dict[str, Any]:
    return {"tiers": [{"up_to": bound, "unit_price": "1"} for bound in bounds]}


def price(*lines: dict[str, Any], **settings: Any) -> tuple[str, dict[str, Any]]:
    return "price", {"document": {"currency": "EUR", "sections": [{"id": "s", "lines": list(lines)}], **settings}}


def refusal(fn: str, given: dict[str, Any]) -> PricingError:
    with pytest.raises(PricingError) as caught:
        calculate(fn, given)
    return caught.value


SENTENCES = [
    (
        ("allocate", {"currency": "EUR", "total": "-0.05", "weights": ["1"]}),
        "A total of -0.05 cannot be shared out. Give 0 or more.",
    ),
    (
        ("allocate", {"currency": "EUR", "total": "1", "weights": ["1", "-2.5"]}),
        "A weight of -2.5 is below 0. Give 0 or more.",
    ),
    (
        ("schedule", {"currency": "EUR", "total": "1", "plan": [{"id": "a", "weight": "0"}]}),
        "All weights are 0. Give at least one instalment a weight above 0.",
    ),
    (
        ("schedule", {"currency": "EUR", "total": "0", "tax": "-1", "plan": [{"id": "a", "remainder": True}]}),
        "The tax of -1.00 is not part of a total of 0.00. Correct one of them.",
    ),
    (
        ("build_up", {"currency": "EUR", "direct_cost_per_hour": "-5", "overhead_percent": "0", "bill_rate": "1"}),
        "-5 is below 0. A price or rate is 0 or more.",
    ),
    (
        (
            "build_up",
            {
                "currency": "EUR",
                "direct_cost_per_hour": "5",
                "overhead_percent": "0",
                "bill_rate": "9",
                "markup_percent": "5",
            },
        ),
        "markup_percent and bill_rate are given."
        " Give exactly one of target_margin_percent, markup_percent and bill_rate.",
    ),
    (
        ("what_if", {"currency": "EUR", "estimate": {"low": "-1", "likely": "1", "high": "2"}}),
        "The low hours, -1, must be 0 or more. Put the three in order.",
    ),
    (
        ("what_if", {"currency": "EUR", "estimate": {"low": "5", "likely": "4.5", "high": "6"}}),
        "The likely hours, 4.5, must be at least as high as the low hours, 5. Put the three in order.",
    ),
    (
        bill("tm_cap", {"rates": {"dev": "90"}, "cap": "0.00"}, {"hours": HOURS}),
        "“Limit” is 0.00. It must be more than 0.",
    ),
    (
        bill("tm", {"rates": {}, "increment_hours": "1.5"}, {"hours": []}),
        "“Increment” is 1.5. It must be 1 or less.",
    ),
    (
        bill("subscription", {"fee_per_period": "1", "indexation_percent": "-100.5"}),
        "“Price rise” is -100.5 %. It must be -100 % or more.",
    ),
    (
        bill("subscription", {"fee_per_period": "1"}, {"periods": "10001"}),
        "“Periods” is 10001. It must be 10000 or less.",
    ),
    (
        bill("fixed", {"fee": "1"}, {"hours": "-2"}),
        "-2 is below 0. Write 0 or more.",
    ),
    (
        bill("unit_tiered", tiers("5", "5.0", None), {"units": "1"}),
        "The upper bound 5 is not above 5. Let the bounds rise from tier to tier, starting above 0.",
    ),
    (
        bill("unit_tiered", tiers("-0.5", None), {"units": "1"}),
        "The upper bound -0.5 is not above 0. Let the bounds rise from tier to tier, starting above 0.",
    ),
    (
        bill("unit_tiered", tiers("5", "7.5"), {"units": "1"}),
        "The last tier ends at 7.5. Leave its upper bound out, so that every number of units has a price.",
    ),
    (
        bill("milestone", {"fee": "1", "milestones": [{"id": "a", "percent": "50"}, {"id": "a", "percent": "50"}]}),
        'Two milestones are called "a". Give each a name of its own.',
    ),
    (
        price({"id": "a", "kind": "subscription", "price": "9", "periods": "1.5"}),
        "1.5 is not a whole number of periods. Write one without a point.",
    ),
]


@pytest.mark.parametrize(("asked", "sentence"), SENTENCES, ids=[sentence[:40] for _, sentence in SENTENCES])
def test_a_refusal_names_the_value_and_says_what_to_do(asked: tuple[str, dict[str, Any]], sentence: str) -> None:
    assert refusal(*asked).detail == sentence


ALTERNATIVES = [
    {"id": str(number), "kind": "fixed", "amount": "1", "alt": {"group": "g", "option": f"{number}{LONG}"}}
    for number in range(30)
]


@pytest.mark.parametrize(
    "asked",
    [
        price(*ALTERNATIVES, choices={"g": LONG}),
        price({"id": LONG, "kind": LONG}),
        price({"id": "a", "kind": "fixed", "amount": "1" * 10**6}),
        price({"id": "a", "kind": "fixed", "amount": "1", "taxes": [LONG]}),
        price({"id": "a", "kind": "time", "role": LONG, "quantity": "1", "unit": "hour"}, price_date="2026-01-01"),
        bill("tm", {"rates": {f"{LONG}{number}": "1" for number in range(30)}}, {"hours": HOURS}),
        bill("milestone", {"fee": "1", "milestones": [{"id": LONG, "percent": "100"}]}, {"accepted": [LONG[1:]]}),
        ("schedule", {"currency": "EUR", "total": "1", "plan": [{"id": LONG}]}),
        ("estimate", {"method": LONG, "tasks": []}),
        (LONG, {}),
    ],
    ids=lambda asked: asked[0][:20],
)
def test_a_sentence_stays_short_however_long_the_values_are(asked: tuple[str, dict[str, Any]]) -> None:
    detail = refusal(*asked).detail
    assert len(detail) < 700
    assert detail.endswith(".")
