"""Discounts, taxes, the rate card and the settings of the whole, and what is refused."""

from typing import Any

import pytest

from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line, edit_line, remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.documents.totals import totals_of
from proposals.exceptions import Invalid, StaleVersion
from proposals.models import LineItem
from tests import factories
from tests.proposals.deal import PRICING, REASON, SUMMARY, Deal, refused


def add(deal: Deal, **fields: Any) -> LineItem:
    return add_line(by=deal.maya, section_id=deal.section(PRICING).id, fields={"title": "New", **fields})


def off(value: str, kind: str = "percent", **more: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "reason": "volume", "text": REASON} | more


def early(value: str, kind: str = "percent", **more: Any) -> dict[str, Any]:
    return off(value, kind, reason="early_payment", conditional=True, **more)


# Discounts


@pytest.mark.parametrize("level", ["line", "section", "document"])
def test_discounts_are_replaced_at_each_level_in_their_order(level: str, deal: Deal) -> None:
    where = {
        "line": {"line_id": deal.line("Portal").id},
        "section": {"section_id": deal.section(PRICING).id},
        "document": {},
    }[level]
    set_discounts(by=deal.maya, discounts=[off("10"), off("100.00", "amount")], **where)
    price = deal.standing().price
    assert price.totals["discount"] == {"line": "900.00", "section": "1530.00", "document": "1530.00"}[level]
    set_discounts(by=deal.maya, discounts=[], **where)
    assert deal.total == "17303.00"
    assert deal.events() == ["discount.changed"] * 2
    facts = deal.last("discount.changed")
    assert [discount["value"] for discount in facts["was"]] == ["10", "100"]
    assert facts["now"] == []


def test_the_same_discounts_again_are_no_change(deal: Deal) -> None:
    for _ in range(2):
        set_discounts(by=deal.maya, discounts=[off("10")])
    assert deal.events() == ["discount.changed"]


@pytest.mark.parametrize(
    ("discount", "code", "named"),
    [
        (off("10", reason=""), "discount_reason_required", "reason"),
        (off("10", reason="because"), "discount_reason_required", "reason"),
        ({"type": "percent", "value": "10", "text": REASON}, "discount_reason_required", "reason"),
        (off("x", reason="", text=""), "discount_reason_required", "reason"),
        (off("10", text="short"), "discount_text_required", "10 characters"),
        (off("10", text=" " * 20), "discount_text_required", "10 characters"),
        (off("x", text="short"), "discount_text_required", "10 characters"),
        (off("10", text="x" * 301), "too_long", "301"),
        (off("1.2.3"), "bad_number", "“1.2.3”"),
        (off(""), "bad_number", "empty"),
        (off("0"), "discount_value_range", "0"),
        (off("100.1"), "discount_value_range", "100.1"),
        (off("1.23456"), "too_many_decimals", "1.23456"),
        (off("0.001", "amount"), "too_many_decimals", "0.001"),
        (off("99999.00", "amount"), "discount_exceeds_base", "13585.00"),
        (off("5", "share"), "unknown_value", "“share”"),
        (off("5", conditional=True), "conditional_reason", "early"),
        (off("5", within_days=10), "by_when_without_condition", "Only if paid early"),
        (off("5", pay_by="2027-01-12"), "by_when_without_condition", "Only if paid early"),
        (early("2", within_days=0), "bad_number", "from 1 to 365"),
        (early("2", pay_by="soon"), "bad_date", "“soon”"),
        (early("2", within_days=10, pay_by="2027-01-12"), "two_by_whens", "Within 10 days of the invoice, or by"),
        ({"value": "5", "reason": "volume", "text": REASON}, "required", "type"),
    ],
)
def test_no_discount_without_a_reason_that_the_client_reads(
    discount: dict[str, Any], code: str, named: str, deal: Deal
) -> None:
    set_discounts(by=deal.maya, discounts=[off("3")])
    with refused(Invalid, code) as caught:
        set_discounts(by=deal.maya, discounts=[off("5"), discount])
    assert named in caught.value.detail


@pytest.mark.parametrize(
    ("by_when", "label"),
    [
        ({}, "2% less, €346.06, if paid early"),
        ({"within_days": 10}, "2% less, €346.06, if paid within 10 days of the invoice"),
        ({"within_days": 1}, "2% less, €346.06, if paid within 1 day of the invoice"),
        ({"pay_by": "2027-01-12"}, "2% less, €346.06, if paid by 12 January 2027"),
    ],
)
def test_an_early_payment_offer_stands_beside_the_total_and_is_not_deducted(
    deal: Deal, by_when: dict[str, Any], label: str
) -> None:
    set_discounts(by=deal.maya, discounts=[early("2", **by_when)])
    price = deal.standing().price
    assert price.totals["total"] == "17303.00"
    assert [(row["total_if_taken"], row["saving"]) for row in price.result["conditional"]] == [("16956.94", "346.06")]
    (row,) = totals_of(deal.part(TERMS).content, price.result).early
    assert (row.label, row.amount, row.note, row.of) == (label, "€16,956.94", REASON, "conditional.0.total_if_taken")
    assert {"within_days", "pay_by"} & set(deal.part(TERMS).content["discounts"][0]) == set(by_when)


def test_an_early_payment_of_an_amount_says_it_once(deal: Deal) -> None:
    set_discounts(by=deal.maya, discounts=[early("121", "amount", within_days=14)])
    (row,) = totals_of(deal.part(TERMS).content, deal.standing().price.result).early
    assert (row.label, row.amount) == ("€146.41 less, if paid within 14 days of the invoice", "€17,156.59")


# Taxes


def taxes_of(deal: Deal) -> list[dict[str, Any]]:
    return [
        {"id": str(tax.id), "label": tax.label, "rate": str(tax.rate), "category": tax.category, "note": tax.note}
        for tax in deal.proposal.taxes.all()
    ]


def test_taxes_are_changed_added_and_taken_out(deal: Deal) -> None:
    (vat,) = taxes_of(deal)
    exempt = {"label": "Training is exempt", "rate": "0", "category": "E", "note": "Article 132"}
    set_taxes(by=deal.maya, taxes=[exempt, {**vat, "rate": "20", "label": "VAT 20%"}])
    assert [(tax["label"], tax["rate"]) for tax in taxes_of(deal)] == [("Training is exempt", "0"), ("VAT 20%", "20")]
    assert taxes_of(deal)[1]["id"] == vat["id"]
    assert deal.total == "17160.00"
    set_taxes(by=deal.maya, taxes=[])
    assert deal.total == "14300.00"
    assert told.predicate(deal.trail()[-1]) == "changed the taxes to none"


def test_a_new_standard_tax_is_put_on_lines_that_have_none(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"taxes": []})
    set_taxes(by=deal.maya, taxes=[*taxes_of(deal), {"label": "VAT 9%", "rate": "9", "category": "S"}])
    assert [tax.label for tax in deal.line("Portal").taxes.all()] == ["VAT 9%"]
    assert [tax.label for tax in deal.line("Design").taxes.all()] == ["VAT 21%"]


def test_the_same_taxes_again_are_no_change(deal: Deal) -> None:
    set_taxes(by=deal.maya, taxes=taxes_of(deal))
    assert (deal.events(), deal.proposal.version) == ([], 1)


@pytest.mark.parametrize(
    ("tax", "code"),
    [
        ({"label": "Exempt", "rate": "0", "category": "E"}, "note_required"),
        ({"label": "Reverse charge", "rate": "0", "category": "AE", "note": " "}, "note_required"),
        ({"label": "VAT", "rate": "0", "category": "S"}, "category_rate_mismatch"),
        ({"label": "VAT", "rate": "21", "category": "Z"}, "category_rate_mismatch"),
        ({"label": "VAT", "rate": "101", "category": "S"}, "bad_percent"),
        ({"label": "VAT", "rate": "1.23456", "category": "S"}, "too_many_decimals"),
        ({"label": "", "rate": "21"}, "required"),
        ({"rate": "21"}, "required"),
        ({"label": "VAT"}, "bad_number"),
        ({"label": "VAT", "rate": "a fifth"}, "bad_number"),
        ({"label": "VAT", "rate": "21", "category": "X"}, "unknown_value"),
        ({"id": "no-tax", "label": "VAT", "rate": "21"}, "unknown_tax"),
        ({"label": "VAT", "rate": "21", "kind": "new"}, "unknown_field"),
    ],
)
def test_a_wrong_tax_changes_nothing(tax: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        set_taxes(by=deal.maya, taxes=[*taxes_of(deal), tax])


def test_a_tax_stands_in_the_list_once(deal: Deal) -> None:
    with refused(Invalid, "unknown_tax"):
        set_taxes(by=deal.maya, taxes=taxes_of(deal) * 2)


# The rate card and the settings


def test_a_rate_that_a_line_needs_is_not_taken_out(deal: Deal) -> None:
    with refused(Invalid, "no_rate") as caught:
        set_rate_card(by=deal.maya, rates=[{"role": "Developer", "rate": "900", "unit": "day"}])
    assert caught.value.detail.startswith("“Design”: ")


def test_a_new_rate_prices_its_lines_from_the_price_date_on(deal: Deal) -> None:
    rates = [{"role": "Designer", "rate": "1000", "unit": "day"}, {"role": "Developer", "rate": "120", "unit": "hour"}]
    made = set_rate_card(by=deal.maya, rates=rates)
    assert [rate.valid_from for rate in made] == [factories.PRICE_DATE] * 2
    assert deal.total == "18029.00"
    assert [rate["role"] for rate in deal.last("rate_card.changed")["now"]] == ["Designer", "Developer"]
    set_rate_card(by=deal.maya, rates=rates)
    assert deal.events() == ["rate_card.changed"]


@pytest.mark.parametrize(
    ("rate", "code"),
    [
        ({"role": "", "rate": "1", "unit": "day"}, "required"),
        ({"rate": "1", "unit": "day"}, "required"),
        ({"role": "Dev", "unit": "day"}, "bad_number"),
        ({"role": "Dev", "rate": "1"}, "unknown_value"),
        ({"role": "Dev", "rate": "1.2.3", "unit": "day"}, "bad_number"),
        ({"role": "Dev", "rate": "-1", "unit": "day"}, "bad_number"),
        ({"role": "Dev", "rate": "0.0000001", "unit": "day"}, "too_many_decimals"),
        ({"role": "Dev", "rate": "1", "unit": "week"}, "unknown_value"),
        ({"role": "Dev", "rate": "1", "unit": "day", "valid_from": "soon"}, "bad_date"),
    ],
)
def test_a_wrong_rate_changes_nothing(rate: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        set_rate_card(by=deal.maya, rates=[{"role": "Designer", "rate": "900", "unit": "day"}, rate])


def test_lists_longer_than_anybody_needs_are_refused(deal: Deal) -> None:
    with refused(Invalid, "too_many"):
        set_discounts(by=deal.maya, discounts=[off("1")] * 21)
    with refused(Invalid, "too_many"):
        set_taxes(by=deal.maya, taxes=[{"label": "VAT", "rate": "1"}] * 51)
    with refused(Invalid, "too_many"):
        set_rate_card(by=deal.maya, rates=[{"role": "Designer", "rate": "1", "unit": "day"}] * 501)


def test_settings_change_what_everything_costs(deal: Deal) -> None:
    changed = edit_price_settings(by=deal.maya, changes={"price_basis": "inclusive", "currency": "USD"})
    assert (changed.price_basis, changed.currency, deal.total) == ("inclusive", "USD", "14300.00")
    assert [fact["field"] for fact in deal.last("pricing.changed")["changes"]] == ["price_basis", "currency"]
    edit_price_settings(by=deal.maya, changes={"price_basis": "inclusive", "hours_per_day": "8.0"})
    assert deal.events() == ["pricing.changed"]


def test_amounts_that_a_currency_can_not_hold_are_named(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "8000.50"})
    with refused(Invalid, "too_many_decimals") as caught:
        edit_price_settings(by=deal.maya, changes={"currency": "JPY"})
    assert caught.value.detail.startswith("“Portal”: 8000.5")
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "8000.00"})
    edit_price_settings(by=deal.maya, changes={"currency": "JPY"})
    assert deal.total == "17303"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": "EURO"}, "unknown_currency"),
        ({"currency": "XAU"}, "unknown_currency"),
        ({"price_basis": "gross"}, "unknown_value"),
        ({"tax_rounding": "up"}, "unknown_value"),
        ({"price_date": ""}, "required"),
        ({"price_date": "2020-01-01"}, "no_rate"),
        ({"hours_per_day": "25"}, "bad_number"),
        ({"hours_per_day": "0"}, "bad_number"),
        ({"hours_per_day": ""}, "bad_number"),
        ({"epoch": "1"}, "unknown_field"),
    ],
)
def test_a_wrong_setting_changes_nothing(changes: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        edit_price_settings(by=deal.maya, changes=changes)


def test_two_taxes_on_a_line_keep_prices_before_tax(deal: Deal) -> None:
    state = deal.proposal.taxes.create(position=1, label="City", rate="1")
    deal.line("Portal").taxes.add(state)
    with refused(Invalid, "inclusive_multi_tax"):
        edit_price_settings(by=deal.maya, changes={"price_basis": "inclusive"})


def test_settings_seen_at_an_older_version_are_stale(deal: Deal) -> None:
    edit_price_settings(by=deal.maya, changes={"currency": "USD"}, expected_version=1)
    with refused(StaleVersion):
        edit_price_settings(by=deal.maya, changes={"currency": "GBP"}, expected_version=1)


def test_the_seller_adds_no_more_alternatives_than_can_be_calculated(deal: Deal) -> None:
    for group in "abcdef":
        for option in ("1", "2"):
            add(deal, amount="1", alternative_group=group, alternative_option=option)
    add(deal, amount="1", alternative_group="g", alternative_option="1")
    with refused(Invalid, "too_many_combinations") as caught:
        add(deal, amount="1", alternative_group="g", alternative_option="2")
    assert "“a” (2), “b” (2)" in caught.value.detail
    assert "128 ways" in caught.value.detail


def test_a_section_without_prices_takes_no_discount(deal: Deal) -> None:
    events = len(deal.trail())
    with refused(Invalid, "not_pricing"):
        set_discounts(by=deal.maya, section_id=deal.section(SUMMARY).id, discounts=[])
    assert len(deal.trail()) == events


def test_an_event_that_moves_money_tells_the_total_and_why(deal: Deal) -> None:
    line = deal.line("Portal")
    edit_line(by=deal.maya, line_id=line.id, changes={"amount": "7000"}, why=" one page less ")
    assert {name: deal.last("line.changed")[name] for name in ("total", "currency", "why")} == {
        "total": deal.total,
        "currency": "EUR",
        "why": "one page less",
    }
    assert told.sentence(deal.trail()[-1]) == (
        "Maya Lindqvist changed Portal: amount from 8000 to 7000 (“one page less”)"
    )
    remove_line(by=deal.maya, line_id=line.id)
    assert (deal.last("line.removed")["total"], "why" in deal.last("line.removed")) == (deal.total, False)
    with refused(Invalid, "too_long"):
        remove_line(by=deal.maya, line_id=deal.line("Design").id, why="x" * 301)
