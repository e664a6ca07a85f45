"""Amounts as people read them, however long they are, and the rows of the price table."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import choices
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line, remove_line
from proposals.documents import wording
from proposals.documents.price_rows import PriceRow
from proposals.documents.price_table import PriceTable
from proposals.fragments import audience_of, room_page
from tests import factories
from tests.proposals.deal import PRICING, REASON, Deal

LONGEST = "999999999999999"


@pytest.mark.parametrize(
    ("language", "currency", "said"),
    [
        ("de", "EUR", "\u221223.038,40\u00a0€"),
        ("fr", "CHF", "\u221223\u202f038,40\u00a0CHF"),
        ("nl", "EUR", "\u2212€\u00a023.038,40"),
        ("en", "CHF", "\u2212CHF\u00a023,038.40"),
        ("ga", "EUR", "\u2212€23,038.40"),
    ],
)
def test_the_sign_of_a_currency_stands_where_the_language_puts_it(language: str, currency: str, said: str) -> None:
    assert wording.money("-23038.40", currency, language) == said
    assert wording.rate("23038.40", currency, language) == said.removeprefix(wording.MINUS)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "12 January 2027"), ("de", "12. Januar 2027"), ("hu", "2027. január 12.")]
)
def test_a_date_is_written_as_in_the_language(language: str, said: str) -> None:
    assert wording.short_date("2027-01-12", language) == said


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        ("23038.40", "EUR", "€23,038.40"),
        ("-0.05", "EUR", "\u2212€0.05"),
        ("1000", "JPY", "¥1,000"),
        ("1.500", "KWD", "KWD\u00a01.500"),
        ("0.00", "EUR", "€0.00"),
        ("999999999999998000000000000001.99", "EUR", "€999,999,999,999,998,000,000,000,000,001.99"),
    ],
)
def test_money_has_the_currencys_decimals_and_all_its_digits(value: str, currency: str, said: str) -> None:
    assert wording.money(value, currency) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [("900", "900.00"), ("0.005", "0.005"), ("0.0000000125", "0.0000000125"), ("-3", "\u22123.00")],
)
def test_a_unit_price_keeps_its_decimals(value: str, said: str) -> None:
    assert wording.plain_money(value, "EUR") == said


def test_quantities_and_percentages_carry_no_idle_zeros() -> None:
    assert (wording.quantity("12.50"), wording.quantity(f"{LONGEST}.0000000001")) == (
        "12.5",
        "999,999,999,999,999.0000000001",
    )
    assert wording.percent("7.50") == "7.5%"


def test_words_are_listed() -> None:
    assert [wording.listing(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


# The table


def table_of(deal: Deal) -> PriceTable:
    """The price table as the seller's page has it."""
    page = room_page(deal.proposal, audience_of(deal.maya, deal.proposal.lifecycle))
    (table,) = [section.table for section in page.sections if section.table is not None]
    return table


def row_of(deal: Deal, title: str) -> PriceRow:
    (row,) = [row for row in table_of(deal).rows if row.title == title]
    return row


def test_the_longest_numbers_that_can_be_written_can_be_read(deal: Deal) -> None:
    """Else two cells would lock everybody out of the page."""
    line = add_line(
        by=deal.maya,
        section_id=deal.section(PRICING).id,
        fields={"kind": "unit", "title": "Everything", "quantity": LONGEST, "unit_price": f"{LONGEST}.999999"},
    )
    off = {"type": "amount", "value": "0.01", "reason": "other", "text": REASON}
    set_discounts(by=deal.maya, line_id=line.id, discounts=[off])
    browser = Client()
    browser.force_login(factories.client(deal.proposal))
    shown = browser.get(reverse("room", args=[deal.id]))
    assert shown.status_code == 200
    assert "€999,999,999,999,998,999,998,999,999,999.99" in shown.content.decode()


KINDS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"kind": "fixed", "amount": "1000"}, ("", "", "amount", "1000.00", "fixed price")),
    ({"kind": "credit", "detail": "Late", "amount": "50"}, ("", "", "amount", "50.00", "credit")),
    ({"kind": "allowance", "amount": "50"}, ("", "", "amount", "50.00", "allowance")),
    (
        {"kind": "time", "role": "Designer", "quantity": "2", "unit": "day"},
        ("quantity", "2", "", "", "days"),
    ),
    (
        {"kind": "expense", "quantity": "2", "unit_cost": "7.125", "unit_label": "trips"},
        ("quantity", "2", "unit_cost", "7.125", "trips"),
    ),
    (
        {"kind": "unit", "quantity": "2", "unit_price": "7", "unit_label": "desks"},
        ("quantity", "2", "unit_price", "7.00", "desks"),
    ),
    (
        {"kind": "subscription", "price": "240", "periods": "12", "unit_label": "months"},
        ("periods", "12", "price", "240.00", "months"),
    ),
]


@pytest.mark.parametrize(("fields", "cells"), KINDS)
def test_each_kind_has_its_cells(fields: dict[str, Any], cells: tuple[str, ...], deal: Deal) -> None:
    add_line(by=deal.maya, section_id=deal.section(PRICING).id, fields={"title": "New", **fields})
    row = row_of(deal, "New")
    assert (row.quantity_field, row.quantity_value, row.price_field, row.price_value, row.unit_label) == cells


def test_what_a_cell_writes_is_what_it_shows(deal: Deal) -> None:
    """The field behind the quantity cell is the one that the client's choice changes."""
    for fields in (
        {"kind": "subscription", "price": "240", "periods": "12"},
        {"kind": "subscription", "price": "240", "periods": "12", "quantity": "3"},
        {"kind": "unit", "unit_price": "240", "quantity": "12"},
    ):
        line = add_line(
            by=deal.maya,
            section_id=deal.section(PRICING).id,
            fields={"title": "New", "client_may_change_quantity": True, **fields},
        )
        assert row_of(deal, "New").client_may_change_quantity
        choices.change_quantity(by=deal.tomas, line_id=line.id, quantity="7")
        assert row_of(deal, "New").quantity_value == "7"
        remove_line(by=deal.maya, line_id=line.id)


def test_a_share_of_other_lines_has_no_cell_for_an_amount(deal: Deal) -> None:
    fields = {"kind": "allowance", "title": "New", "percent": "10", "percent_of": [str(deal.line("Portal").id)]}
    add_line(by=deal.maya, section_id=deal.section(PRICING).id, fields=fields)
    row = row_of(deal, "New")
    assert (row.price_field, row.amount, row.notes) == ("", "€800.00", ("10% of the lines it is for",))


def test_a_fixed_price_has_no_quantity_for_the_client(deal: Deal) -> None:
    factories.line(deal.section(PRICING), "New", client_may_change_quantity=True)
    assert (row_of(deal, "New").client_may_change_quantity, row_of(deal, "New").notes) == (False, ())


def test_the_client_reads_the_limits_of_a_quantity(deal: Deal) -> None:
    assert "The client sets the quantity: 1 to 5" in row_of(deal, "Training").notes


def test_a_discount_stands_beside_the_amount_with_its_sentence(deal: Deal) -> None:
    off = {"type": "percent", "value": "10", "reason": "volume", "text": REASON}
    set_discounts(by=deal.maya, line_id=deal.line("Portal").id, discounts=[off])
    row = row_of(deal, "Portal")
    assert [(discount.value, discount.grounds, discount.text) for discount in row.discounts] == [
        ("\u221210%", "Volume", REASON)
    ]
    assert (row.gross, row.amount) == ("€8,000.00", "€7,200.00")


def test_the_total_is_one_text(deal: Deal) -> None:
    table = table_of(deal)
    page = room_page(deal.proposal, audience_of(deal.tomas, deal.proposal.lifecycle))
    assert table.total is not None
    assert table.total.amount == page.totals.amount == "€17,303.00"
    assert [(row.label, row.amount) for row in table.totals] == [("VAT 21%", "€3,003.00")]
