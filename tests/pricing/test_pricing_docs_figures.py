"""The figures in the sentences of the documentation and of the guide to billing models are the engine's.

The tables are compared in ``test_pricing_docs`` and ``test_pricing_most``.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import proposals.pricing
from proposals.pricing import calculate
from proposals.pricing.billing import MODELS
from proposals.pricing.money import round_half_away, rounded_text

DOCS = Path(proposals.pricing.__file__).parents[2] / "docs"
PRICING = (DOCS / "pricing.md").read_text(encoding="utf-8")
ROUNDING = (DOCS / "adr/0003-rounding.md").read_text(encoding="utf-8")


def grouped(amount: str | None) -> str:
    """As sentences write it: 1,944.44."""
    whole, point, rest = str(amount).partition(".")
    return f"{int(whole):,}{point}{rest}"


def examples(fn: str) -> list[Any]:
    return [json.loads(example) for example in re.findall(rf"```json {fn}\n(.*?)```", PRICING, re.DOTALL)]


def priced(*lines: dict[str, Any], **settings: Any) -> Any:
    numbered = [{"id": str(index), **line} for index, line in enumerate(lines)]
    document = {"currency": "EUR", "sections": [{"id": "s", "lines": numbered}], **settings}
    return calculate("price", {"document": document})


def of_the_worked_example() -> list[str]:
    document = json.loads(PRICING.split("```json\n")[1].split("```")[0])
    answer = calculate("price", {"document": document})
    design, build, _, _ = answer["lines"]
    (card,), line = document["rate_card"], document["sections"][0]["lines"][0]
    hour = rounded_text(Fraction(card["rate"]) / Fraction(document["hours_per_day"]), 2)
    (off,) = answer["sections"][0]["discounts"]
    left = grouped(rounded_text(Fraction(build["gross"]) - Fraction(build["line_discount"]), 2))
    return [
        f"Design: {grouped(card['rate'])} a day of {document['hours_per_day']} hours, {line['quantity']} hours: exactly"
        f" {grouped(design['gross'])}. With a rounded hour of {hour} it would be"
        f" {grouped(rounded_text(Fraction(hour) * Fraction(line['quantity']), 2))}.",
        f"Build: {build['discounts'][0]['value']} % of {grouped(build['gross'])} is {build['line_discount']}.",
        f"Website: {off['value']} % of {grouped(design['gross'])} + {left} is {off['amount']},"
        f" shared {design['section_discount']} and {build['section_discount']}.",
        f"The document's {answer['discounts'][0]['amount']} is shared over what is left of Design, Build and Print.",
    ]


def of_the_schedule() -> list[str]:
    (given,) = examples("schedule")
    exact = Fraction(given["total"]) * Fraction(given["plan"][0]["percent"]) / 100
    return [f"{given['plan'][0]['percent']} % of {grouped(given['total'])} is {grouped(rounded_text(exact, 4))}"]


def of_the_build_up() -> list[str]:
    (given,) = examples("build_up")
    unrounded = calculate("build_up", {**given, "round_rate": None})
    cost = {"currency": "EUR", "direct_cost_per_hour": "140", "overhead_percent": "0"}
    margin = calculate("build_up", {**cost, "target_margin_percent": "20"})["bill_rate"]
    markup = calculate("build_up", {**cost, "markup_percent": "20"})["bill_rate"]
    return [
        f"The target of {given['target_margin_percent']} % would be a rate of {unrounded['bill_rate']}.",
        f"20 % margin on 140 is {margin.removesuffix('.00')}, 20 % markup is {markup.removesuffix('.00')}.",
    ]


def of_early_payment() -> list[str]:
    early = {"reason": "early_payment", "text": "if paid within ten days", "conditional": True}
    line = {"kind": "fixed", "amount": "18900.00"}
    (taken,) = priced(line, discounts=[{"type": "percent", "value": "2", **early}])["conditional"]
    saving, total = grouped(taken["saving"]), grouped(taken["total_if_taken"])
    return [f"“2% less, €{saving}, if paid within 10 days of the invoice: €{total}”"]


def of_the_staffing() -> list[str]:
    (given,) = examples("staffing")
    tier, share = calculate("staffing", given)["tiers"][1], given["tiers"][1]["utilization_percent"]
    return [f"({Fraction(tier['fte'])} FTE at {share} % are {tier['headcount_whole']} people)"]


def of_the_billing_models() -> list[str]:
    capped, subscription, _ = examples("bill")
    billed = calculate("bill", {**capped, "outcome": {"hours": capped["outcome"]["hours"][:1]}})
    fees = [
        calculate("bill", {**subscription, "outcome": {"periods": periods}})["last_period_fee"]
        for periods in ("1", "13", "25")
    ]
    return [
        f"{capped['outcome']['hours'][0]['hours']} hours round up to {billed['billed_hours'][:-2]} before they are",
        "The rise is taken on the rounded fee, because that is the contract price:"
        f" {fees[0]}, then {fees[1]}, then {fees[2]}.",
    ]


def of_the_comparison() -> list[str]:
    (given,) = examples("what_if")
    low, likely, high = (Fraction(given["estimate"][name]) for name in ("low", "likely", "high"))
    mean = rounded_text((low + 4 * likely + high) / 6, 0)
    limited = calculate("what_if", {**given, "grid": [mean]})["models"][1]["series"][0]["client_pays"]
    return [f"At {mean} hours, the mean, the limited model would cost {grouped(limited)};"]


def of_what_it_can_become() -> list[str]:
    """The lines are those of the table below it, which is calculated in ``test_pricing_most``."""
    days, care = ({"kind": "fixed", "amount": amount} for amount in ("18900.00", "1800.00"))
    amounts = [line["gross"] for line in priced(days, care)["lines"]]
    row = re.search(r"^\| days, care \| limit 21600.00 on fees \|.*\| (.*) \|$", PRICING, re.MULTILINE)
    assert row is not None
    return [
        f"{grouped(amounts[0])} of days (estimate), {grouped(amounts[1])} of care (firm), 500.00 of travel",
        f"on the button: “{row[1]}”",
    ]


def of_rounding() -> list[str]:
    above, below = (rounded_text(Fraction(exact), 2) for exact in ("0.505", "-0.505"))
    return [f"An exact half is rounded away from zero: 0.505 is {above}, and −0.505 is {below.replace('-', '−')}."]


SENTENCES = [
    *of_rounding(),
    *of_the_worked_example(),
    *of_the_schedule(),
    *of_the_build_up(),
    *of_early_payment(),
    *of_the_staffing(),
    *of_the_billing_models(),
    *of_the_comparison(),
    *of_what_it_can_become(),
]
FIGURE = re.compile(r"\d[\d,]*\.\d{2,}")


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("sentence", SENTENCES, ids=[sentence[:30] for sentence in SENTENCES])
def test_a_sentence_says_what_the_engine_says(sentence: str) -> None:
    assert plain(sentence) in plain(PRICING)


def test_no_figure_in_a_sentence_is_left_out() -> None:
    """Apart from what people write, where nothing is calculated, and from code and tables."""
    before, _, after = PRICING.partition("### As people write them")
    text = re.sub(
        r"```.*?```|`[^`]*`|^\|.*?$", "", before + after.partition("\n## ")[2], flags=re.DOTALL | re.MULTILINE
    )
    early = re.search(r"Paid early: (\S+), which saves (\S+)\.", PRICING)
    assert early is not None
    known = {figure for sentence in SENTENCES for figure in FIGURE.findall(sentence)} | set(early.groups())
    assert set(FIGURE.findall(text)) - known == set()


def test_ties_of_tax_pile_up_only_line_by_line() -> None:
    lines = [{"kind": "fixed", "amount": "0.50", "taxes": ["t"]}] * 10
    taxes = [{"id": "t", "category": "S", "rate": "1"}]
    group, line = (priced(*lines, taxes=taxes, tax_rounding=mode)["totals"]["tax"] for mode in ("group", "line"))
    said = f"ten lines of 0.50 at 1 % carry {group}, while line by line they would carry {line}."
    assert said in plain(ROUNDING)
    assert f"works out 0.505 expects {rounded_text(Fraction('0.505'), 2)}." in plain(ROUNDING)
    assert round_half_away(505, 10) == 51


# The guide


@pytest.mark.parametrize("key", MODELS)
def test_the_words_of_an_example_are_about_its_figures(key: str) -> None:
    """Every amount in them is an input of the example, or the difference that it is about."""
    example = MODELS[key].example
    given = json.dumps([example.params, example.outcome])
    answer = calculate(
        "bill", {"model": key, "currency": example.currency, "params": example.params, "outcome": example.outcome}
    )
    known = {grouped(value) for value in re.findall(r'"(\d+\.\d{2})"', given)}
    known |= {grouped(value) for value in re.findall(r'"-?(\d+\.\d{2})"', json.dumps(answer))}
    assert set(FIGURE.findall(example.words)) - known == set()
    numbers = set(re.findall(r"(?<![\d.,])\d+(?:\.\d)?(?![\d.,]|\.\d)", re.sub(FIGURE, "", example.words)))
    assert numbers - set(re.findall(r"\d+(?:\.\d)?", given)) == set()


def test_the_published_example_of_a_blended_rate() -> None:
    params = {"blended_rate": "350", "standard_rates": {"senior": "500", "junior": "300"}}

    def saves(senior: str, junior: str) -> int:
        hours = [{"role": "senior", "hours": senior}, {"role": "junior", "hours": junior}]
        answer = calculate(
            "bill", {"model": "blended", "currency": "USD", "params": params, "outcome": {"hours": hours}}
        )
        return int(Fraction(answer["client_saves"]))

    said = (
        f"100 + 100 hours at 500/300 blended at 350 saves the client {saves('100', '100'):,};"
        f" at 20 + 180 hours it costs it {-saves('20', '180'):,}."
    )
    assert said in MODELS["blended"].perverse


def test_the_cliff_of_volume_tiers() -> None:
    """“101 units may cost less in all than 100.”"""
    example = MODELS["unit_tiered"].example
    given = {"model": "unit_tiered", "currency": example.currency, "params": example.params}
    paid = [
        Fraction(calculate("bill", {**given, "outcome": {"units": units}})["client_pays"]) for units in ("100", "101")
    ]
    assert paid[1] < paid[0]
    assert "101 units may cost less in all than 100" in MODELS["unit_tiered"].risk_client
