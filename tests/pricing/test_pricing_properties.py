"""What is true of every priced document (pricing-spec 15), tried on documents of all sorts."""

from __future__ import annotations

import copy
import decimal
import json
import sys
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from proposals.pricing.currencies import CURRENCIES
from tests.pricing.documents import (
    TAXES,
    TEXT,
    Json,
    can_be_priced,
    decimals,
    documents,
    every_line,
    open_groups,
    price,
)

MANY = settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
SOME = settings(deadline=None, max_examples=32, suppress_health_check=list(HealthCheck))

SMALL_OR_ANY = st.sampled_from(["1.00", "3.00", "0.50"]) | decimals(99, 2)
"""Amounts of which half a per cent, or a fifth within, is often exactly half a cent; and others."""


def total(values: Any) -> decimal.Decimal:
    """The exact sum of amounts written as text."""
    with decimal.localcontext(prec=60):
        return sum((decimal.Decimal(value) for value in values), decimal.Decimal(0))


@given(documents())
@MANY
def test_everything_adds_up(document: Json) -> None:
    answer = price(document)
    totals = answer["totals"]
    included = [line for line in answer["lines"] if line["included"]]
    for line in answer["lines"]:
        taken_off = [line["line_discount"], line["section_discount"], line["document_discount"]]
        assert total([line["gross"]]) - total(taken_off) == total([line["amount"]])
        assert total(each["amount"] for each in line["discounts"]) == total([line["line_discount"]])
        if not line["included"]:
            assert total(taken_off[1:]) == 0
        if line["discountable"]:
            assert total([line["amount"]]) >= 0
        if line["kind"] == "expense":
            assert total([line["at_cost"], line["markup"]]) == total([line["gross"]])
    before_tax = "net" if answer_is_exclusive(document) else "total"
    assert total(line["amount"] for line in included) == total([totals[before_tax]])
    assert total(line["gross"] for line in included) == total([totals["gross"]])
    for key in ("gross", "discount", "amount"):
        in_total = totals[before_tax] if key == "amount" else totals[key]
        assert total(section[key] for section in answer["sections"]) == total([in_total])
    assert total([totals["net"], totals["tax"]]) == total([totals["total"]])
    assert total(tax["amount"] for tax in answer["taxes"]) == total([totals["tax"]])
    assert total([totals["firm"], totals["estimate"], totals["ceiling"]]) == total([totals[before_tax]])
    if document["tax_rounding"] == "line":
        assert total(line["tax"] for line in included) == total([totals["tax"]])


def answer_is_exclusive(document: Json) -> bool:
    return document["price_basis"] == "exclusive"


@given(documents())
@SOME
def test_each_tax_is_the_exact_tax_rounded_once_or_once_per_line(document: Json) -> None:
    """Compared with a tax worked out from the amounts shown, within half a minor unit per rounding."""
    answer = price(document)
    named = {line["id"]: line.get("taxes", []) for line in every_line(document["sections"])}
    half_a_unit = Fraction(1, 2 * 10 ** CURRENCIES[document["currency"]])
    for tax in answer["taxes"]:
        amounts = [line["amount"] for line in answer["lines"] if line["included"] and tax["id"] in named[line["id"]]]
        subject, rate = Fraction(total(amounts)), Fraction(tax["rate"])
        if answer_is_exclusive(document):
            exact = subject * rate / 100
            assert Fraction(tax["base"]) == subject
        else:
            exact = subject * rate / (100 + rate)
            assert Fraction(tax["base"]) + Fraction(tax["amount"]) == subject
        roundings = 1 if document["tax_rounding"] == "group" else len(amounts)
        assert abs(Fraction(tax["amount"]) - exact) <= roundings * half_a_unit


@given(documents())
@SOME
def test_a_percent_allowance_is_that_share_of_what_it_names(document: Json) -> None:
    allowance = document["sections"][0]["lines"][:1]
    assume(allowance and "percent" in allowance[0])
    answer = {line["id"]: line for line in price(document)["lines"]}
    included = [answer[line_id] for line_id in allowance[0]["of"] if answer[line_id]["included"]]
    base = total(line["gross"] for line in included) - total(line["line_discount"] for line in included)
    exact = Fraction(base) * Fraction(allowance[0]["percent"]) / 100
    half_a_unit = Fraction(1, 2 * 10 ** CURRENCIES[document["currency"]])
    assert abs(Fraction(answer["p"]["gross"]) - exact) <= half_a_unit


@given(documents())
@SOME
def test_the_parts_of_a_discount_add_up_to_the_discount(document: Json) -> None:
    answer = price(document)
    number = 0
    for given_section, section in zip(document["sections"], answer["sections"], strict=True):
        here = answer["lines"][number : number + len(given_section["lines"])]
        number += len(here)
        assert total(line["section_discount"] for line in here) == total(
            each["amount"] for each in section["discounts"]
        )
    shared = total(line["document_discount"] for line in answer["lines"])
    assert shared == total(each["amount"] for each in answer["discounts"])


@given(documents())
@SOME
def test_money_has_the_decimals_of_the_currency_and_zero_has_no_sign(document: Json) -> None:
    answer = price(document)
    places = CURRENCIES[document["currency"]]
    amounts = [*answer["totals"].values(), *answer.get("range", {}).values()]
    amounts += [value for line in answer["lines"] for key, value in line.items() if key in MONEY_OF_A_LINE]
    amounts += [tax[key] for tax in answer["taxes"] for key in ("base", "amount")]
    for amount in amounts:
        assert len(amount.partition(".")[2]) == places
        assert decimal.Decimal(amount) != 0 or not amount.startswith("-")


MONEY_OF_A_LINE = {
    "gross",
    "line_discount",
    "section_discount",
    "document_discount",
    "amount",
    "tax",
    "at_cost",
    "markup",
}


@given(documents())
@SOME
def test_removing_an_excluded_line_changes_no_total(document: Json) -> None:
    """An option that is not ticked, or an alternative that was not chosen, unless an allowance names it."""
    unticked = {"optional": True, "selected": False, "taxes": ["high"]}
    document["sections"][0]["lines"].append({"id": "unticked", "kind": "fixed", "amount": "100", **unticked})
    before = price(document)
    named = {line_id for line in every_line(document["sections"]) for line_id in line.get("of", [])}
    removable = {
        line["id"]
        for line in every_line(document["sections"])
        if is_excluded_for_good(line, document["choices"]) and line["id"] not in named
    }
    for section in document["sections"]:
        section["lines"] = [line for line in section["lines"] if line["id"] not in removable]
    after = price(document)
    for key in ("totals", "taxes", "range", "conditional"):
        assert after.get(key) == before.get(key)
    assert [line for line in before["lines"] if line["id"] not in removable] == after["lines"]


def is_excluded_for_good(line: Json, choices: Json) -> bool:
    """Whatever is chosen later. An option that is not ticked still makes its alternative one that can be chosen."""
    if "alt" not in line:
        return bool(line.get("optional")) and not line["selected"]
    return choices.get(line["alt"]["group"], line["alt"]["option"]) != line["alt"]["option"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["1.00", "3.00", "0.50"]) | decimals(99, 2), st.sampled_from(["high", "odd", "low"])),
        max_size=4,
    ),
    st.sampled_from(["exclusive", "inclusive"]),
    st.sampled_from(["group", "line"]),
)
@SOME
def test_a_document_of_credits_mirrors_one_of_charges(
    amounts: list[tuple[str, str]], basis: str, rounding: str
) -> None:
    def totals(kind: str) -> list[decimal.Decimal]:
        lines = [
            {"id": str(number), "kind": kind, "amount": amount, "taxes": [tax]}
            for number, (amount, tax) in enumerate(amounts)
        ]
        settings = {"currency": "EUR", "taxes": TAXES, "price_basis": basis, "tax_rounding": rounding}
        answer = price({**settings, "sections": [{"id": "s", "lines": lines}]})
        return [decimal.Decimal(answer["totals"][key]) for key in ("gross", "discount", "net", "tax", "total")]

    assert totals("credit") == [-amount for amount in totals("fixed")]


@given(documents(bases=("exclusive",)), st.data())
@SOME
def test_another_discount_never_raises_the_net_amount(document: Json, data: st.DataObject) -> None:
    before = price(document)
    discount = {"type": "percent", "value": data.draw(decimals(100, 2, least=1)), "reason": "volume", "text": TEXT}
    charges = [line for line in every_line(document["sections"]) if line["kind"] != "credit"]
    where = data.draw(st.sampled_from([document, *document["sections"], *charges]))
    where["discounts"] = [*(where.get("discounts") or []), discount]
    assume(can_be_priced(document))
    assert decimal.Decimal(price(document)["totals"]["net"]) <= decimal.Decimal(before["totals"]["net"])


@given(documents())
@SOME
def test_every_completion_lies_within_the_range_and_both_ends_are_reached(document: Json) -> None:
    answer = price(document)
    groups = open_groups(document["sections"])
    undecided = sorted(set(groups) - set(document["choices"]))
    assert answer["unresolved"] == undecided
    assert ("range" in answer) == bool(undecided)
    assume(undecided)
    totals = []
    for options in product(*(groups[group] for group in undecided)):
        chosen = {**document["choices"], **dict(zip(undecided, options, strict=True))}
        completed = price({**document, "choices": chosen})
        assert completed["complete"] is True
        totals.append(decimal.Decimal(completed["totals"]["total"]))
    assert decimal.Decimal(answer["range"]["min"]) == min(totals)
    assert decimal.Decimal(answer["range"]["max"]) == max(totals)


@given(documents())
@SOME
def test_an_early_payment_total_is_that_of_the_discount_taken_last(document: Json) -> None:
    answer = price(document)
    conditional = [discount for discount in document["discounts"] if discount.get("conditional")]
    assert len(answer.get("conditional", [])) == len(conditional)
    certain = [discount for discount in document["discounts"] if not discount.get("conditional")]
    for discount, shown in zip(conditional, answer.get("conditional", []), strict=True):
        taken = price({**document, "discounts": [*certain, discount | {"conditional": False}]})
        assert shown["total_if_taken"] == taken["totals"]["total"]
        assert total([shown["total_if_taken"], shown["saving"]]) == total([answer["totals"]["total"]])
    assert price({**document, "discounts": certain})["totals"] == answer["totals"]


@given(documents())
@SOME
def test_the_same_input_gives_the_same_bytes(document: Json) -> None:
    untouched = copy.deepcopy(document)
    once = json.dumps(price(document))
    assert document == untouched
    shuffled = json.loads(json.dumps(document, sort_keys=True))
    hostile = decimal.Context(prec=3, rounding=decimal.ROUND_DOWN, traps=[decimal.Inexact, decimal.Rounded])
    with decimal.localcontext(hostile):
        assert json.dumps(price(shuffled)) == once


@pytest.mark.parametrize("basis", ["exclusive", "inclusive"])
def test_cost_grows_linearly_with_lines(basis: str) -> None:
    """Counted in Python calls, which are the same on every machine."""
    assert calls(400, basis) < 4.2 * calls(100, basis)


def calls(line_count: int, basis: str) -> int:
    """How many Python functions are called to price that many discounted and taxed lines."""
    discount = {"type": "percent", "value": "7", "reason": "volume", "text": TEXT}
    lines = [
        {
            "id": str(number),
            "kind": "unit",
            "quantity": "3",
            "unit_price": "9.99",
            "taxes": ["high"],
            "discounts": [discount],
        }
        for number in range(line_count)
    ]
    allowance = {"id": "p", "kind": "allowance", "percent": "5", "of": [line["id"] for line in lines]}
    section = {"id": "s", "lines": [*lines, allowance], "discounts": [discount]}
    document = {"currency": "EUR", "price_basis": basis, "taxes": TAXES, "sections": [section], "discounts": [discount]}
    count = 0

    def on_event(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        price(document)
    finally:
        sys.setprofile(before)
    return count
