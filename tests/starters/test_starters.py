"""The starter templates: they can be calculated in any currency, read as canonical text, and keep the house rules."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from proposals.pricing import CERTAINTIES, DISCOUNT_REASONS, LINE_KINDS, calculate
from proposals.pricing.currencies import CURRENCIES
from proposals.prose import checked
from proposals.starters import STARTERS, Starter, StarterContent, StarterSection, starter
from proposals.starters.amounts import MAGNITUDES, Amounts

PRICE_DATE = date(2026, 1, 12).isoformat()
PLACEHOLDERS_COUNT = 12
"""More blanks than this and it is a form, not a draft."""

BOASTING = re.compile(
    r"\b(best|leading|premier|world[- ]class|cutting[- ]edge|state[- ]of[- ]the[- ]art|unique|unparalleled|seamless"
    r"|robust|holistic|synerg\w*|leverag\w*|innovative|guarantee\w*|passionate|tailored|bespoke|excellence)\b|!",
    re.IGNORECASE,
)

each_starter = pytest.mark.parametrize("template", STARTERS.values(), ids=STARTERS.keys())


def document_of(content: StarterContent, currency: str, *, ticked: bool = False) -> dict[str, Any]:
    """The pricing document (pricing-spec 3) of a proposal filled with this content."""
    taxes = [{"id": f"tax-{place}", **tax} for place, tax in enumerate(content.taxes)]
    return {
        "currency": currency,
        "price_basis": "exclusive",
        "tax_rounding": "group",
        "price_date": PRICE_DATE,
        "hours_per_day": "8",
        "rate_card": [{**rate, "from": PRICE_DATE, "to": None} for rate in content.rates],
        "taxes": taxes,
        "sections": [
            {
                "id": f"section-{place}",
                "lines": [
                    {
                        **line,
                        "id": f"line-{place}-{number}",
                        "taxes": [tax["id"] for tax in taxes],
                        "selected": ticked and bool(line.get("optional")),
                    }
                    for number, line in enumerate(section.lines)
                ],
            }
            for place, section in enumerate(content.sections)
            if section.kind == "pricing"
        ],
    }


def totals(template: Starter, currency: str, *, ticked: bool = False) -> dict[str, str]:
    """The totals of a starter, with its options left or taken."""
    document = document_of(template.content(currency), currency, ticked=ticked)
    found: dict[str, str] = calculate("price", {"document": document})["totals"]
    return found


def words_of(node: dict[str, Any]) -> str:
    """Every text in a document, one block to a line."""
    if node["type"] == "text":
        return str(node["text"])
    joined = "".join(words_of(child) for child in node.get("content", ()))
    return f"{joined}\n" if node["type"] in ("paragraph", "heading") else joined


def texts_of(content: StarterContent) -> Iterator[str]:
    """Everything that people read in a starter."""
    for section in content.sections:
        yield section.title
        yield words_of(section.text)
        for line in section.lines:
            yield from (line["title"], line.get("detail", ""))
            yield from (discount["text"] for discount in line.get("discounts", ()))


def price_section(content: StarterContent) -> StarterSection:
    """The one section with prices."""
    (found,) = (section for section in content.sections if section.kind == "pricing")
    return found


def test_there_are_three_starters_found_by_their_keys() -> None:
    assert list(STARTERS) == ["consulting", "web_agency", "managed_it"]
    assert all(starter(key) is template and template.key == key for key, template in STARTERS.items())
    assert starter("no_such_template") is None


@pytest.mark.parametrize(
    ("key", "currency", "total", "total_with_options"),
    [
        ("consulting", "EUR", "33384.00", "37968.00"),
        ("web_agency", "EUR", "26112.00", "32136.00"),
        ("managed_it", "EUR", "26808.00", "31896.00"),
        ("consulting", "USD", "27820.00", "31640.00"),
        ("managed_it", "JPY", "3681700", "4387900"),
    ],
)
def test_a_starter_comes_to_this_price(key: str, currency: str, total: str, total_with_options: str) -> None:
    assert totals(STARTERS[key], currency)["total"] == total
    assert totals(STARTERS[key], currency, ticked=True)["total"] == total_with_options


@each_starter
def test_every_currency_can_be_calculated(template: Starter) -> None:
    refused = {
        currency: totals(template, currency, ticked=True)
        for currency in CURRENCIES
        if Decimal(totals(template, currency)["total"]) >= Decimal(totals(template, currency, ticked=True)["total"])
    }
    assert refused == {}


@pytest.mark.parametrize(
    ("currency", "amounts"),
    [
        ("EUR", ["18", "950", "2600"]),
        ("USD", ["18", "950", "2600"]),
        ("JPY", ["2700", "140000", "390000"]),
        ("KWD", ["7.2", "380", "1000"]),
        ("CLF", ["0.45", "24", "65"]),
    ],
)
def test_amounts_have_the_size_of_their_currency(currency: str, amounts: list[str]) -> None:
    assert [Amounts(currency)(euros) for euros in (18, 950, 2600)] == amounts


def test_amounts_that_belong_together_stay_exact() -> None:
    amount = Amounts("JPY")
    assert (amount(190), amount(190, times=2)) == ("29000", "58000")


def test_sizes_are_of_currencies_that_exist() -> None:
    assert set(MAGNITUDES) - set(CURRENCIES) == set()


def test_the_tax_follows_the_currency_and_is_to_be_checked() -> None:
    assert Amounts("EUR").taxes[0]["label"] == "VAT 20%"
    assert Amounts("JPY").taxes[0]["label"] == "Consumption tax 10%"
    assert Amounts("USD").taxes == ()
    for currency in ("EUR", "JPY", "USD"):
        text = words_of(price_section(STARTERS["consulting"].content(currency)).text)
        assert "[Check " in text


@each_starter
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "CLF", "USD"])
def test_texts_are_canonical(template: Starter, currency: str) -> None:
    for section in template.content(currency).sections:
        assert checked(section.text) == section.text, section.title


@each_starter
def test_a_starter_has_the_sections_a_reader_looks_for(template: Starter) -> None:
    titles = [section.title for section in template.content("EUR").sections]
    assert 6 <= len(titles) <= 8
    assert titles[:2] == ["Summary", "What you told us"]
    assert titles[-4:] == ["Pricing", "How billing works", "What we don’t know yet", "Conditions"]


@each_starter
def test_lines_are_of_many_kinds_and_nothing_is_ticked(template: Starter) -> None:
    lines = price_section(template.content("EUR")).lines
    kinds = {line["kind"] for line in lines}
    assert {"time", "fixed", "expense", "subscription", "unit"} <= kinds <= set(LINE_KINDS)
    assert sum(bool(line.get("optional")) for line in lines) >= 2
    assert not any(line.get("selected") for line in lines)
    assert all(line.get("certainty", "firm") in CERTAINTIES for line in lines)
    roles = {rate["role"] for rate in template.content("EUR").rates}
    assert {line["role"] for line in lines if line["kind"] == "time"} == roles


@each_starter
def test_quantities_left_to_the_client_have_limits_around_them(template: Starter) -> None:
    left = [line for line in price_section(template.content("EUR")).lines if line.get("client_may_change_quantity")]
    assert left
    for line in left:
        assert Decimal(line["quantity_min"]) <= Decimal(line["quantity"]) <= Decimal(line["quantity_max"])


@each_starter
def test_a_discount_has_a_reason_and_says_what_ends_it(template: Starter) -> None:
    lines = price_section(template.content("EUR")).lines
    discounts = [discount for line in lines for discount in line.get("discounts", ())]
    assert "amount" in {discount["type"] for discount in discounts}
    for discount in discounts:
        assert discount["reason"] in DISCOUNT_REASONS
        assert "it ends if" in discount["text"]


@each_starter
def test_blanks_are_few_and_whole(template: Starter) -> None:
    text = "\n".join(texts_of(template.content("EUR")))
    blanks = re.findall(r"\[[^\[\]]{2,120}\]", text)
    assert len(blanks) <= PLACEHOLDERS_COUNT
    assert text.count("[") == text.count("]") == len(blanks)


@each_starter
def test_nobody_boasts(template: Starter) -> None:
    said = [found for text in texts_of(template.content("EUR")) for found in BOASTING.findall(text)]
    assert said == []


@each_starter
def test_words_fit_their_fields(template: Starter) -> None:
    for line in price_section(template.content("EUR")).lines:
        assert len(line["title"]) <= 200
        assert len(line.get("detail", "")) <= 500
        assert len(line.get("unit_label", "")) <= 40
        assert all(len(discount["text"]) <= 300 for discount in line.get("discounts", ()))
