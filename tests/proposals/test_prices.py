"""The seller's verbs for prices: lines of every kind, discounts, taxes, rates, settings, and what is refused."""

import uuid
from typing import Any

import pytest

from proposals.actions import pricing
from proposals.actions.pricing import (
    add_line,
    edit_line,
    edit_price_settings,
    move_line,
    remove_line,
    set_discounts,
    set_rate_card,
    set_taxes,
)
from proposals.documents import told
from proposals.exceptions import Invalid, NotFound, StaleVersion
from proposals.models import LineItem
from tests import factories
from tests.proposals.deal import PRICING, REASON, SUMMARY, Deal, refused

KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "time": ({"role": "Designer", "quantity": "1.5", "unit": "day"}, "1350.00"),
    "time by the hour": ({"kind": "time", "role": "Designer", "quantity": "3", "unit": "hour"}, "337.50"),
    "time at an own rate": (
        {"kind": "time", "role": "X", "quantity": "2", "unit": "day", "rate_override": "10", "rate_note": "trial"},
        "20.00",
    ),
    "fixed": ({"amount": "1250.50"}, "1250.50"),
    "expense": ({"quantity": "3", "unit_cost": "10.005", "markup_percent": "10"}, "33.02"),
    "subscription": ({"price": "240", "periods": "12"}, "2880.00"),
    "unit": ({"quantity": "0.5", "unit_price": "0.01"}, "0.01"),
    "allowance": ({"amount": "500"}, "500.00"),
    "credit": ({"amount": "50"}, "-50.00"),
}


def add(deal: Deal, **fields: Any) -> LineItem:
    return add_line(by=deal.maya, section_id=deal.section(PRICING).id, fields={"title": "New", **fields})


def off(value: str, kind: str = "percent", **more: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "reason": "volume", "text": REASON, **more}


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_of_every_kind_is_added_and_priced(kind: str, deal: Deal) -> None:
    fields, amount = KINDS[kind]
    line = add(deal, **{"kind": kind, **fields})
    assert deal.standing().price.line(line.id)["amount"] == amount
    assert [tax.label for tax in line.taxes.all()] == ["VAT 21%"]
    event = deal.trail()[-1]
    assert told.sentence(event) == f"Maya Lindqvist added New, {amount}"
    assert (line.selected, line.version, deal.proposal.version) == (False, 1, 2)


@pytest.mark.parametrize(("position", "place"), [(None, 3), (0, 0), (1, 1), (99, 3), (-1, 0)])
def test_a_line_is_added_where_it_was_asked_for(position: int | None, place: int, deal: Deal) -> None:
    add_line(
        by=deal.maya, section_id=deal.section(PRICING).id, fields={"title": "New", "amount": "1"}, position=position
    )
    rows = list(deal.section(PRICING).lines.order_by("position").values_list("title", "position"))
    assert rows[place] == ("New", place)
    assert [position for _, position in rows] == [0, 1, 2, 3]


def test_a_line_may_come_with_its_discounts_and_taxes(deal: Deal) -> None:
    line = add(deal, amount="100", taxes=[], discounts=[off("10"), off("5.00", "amount")])
    assert deal.standing().price.line(line.id)["amount"] == "85.00"
    assert line.taxes.count() == 0


def test_an_inclusive_price_gets_one_tax_unless_others_are_named(deal: Deal) -> None:
    reduced = deal.proposal.taxes.create(position=1, label="VAT 9%", rate="9")
    edit_price_settings(by=deal.maya, changes={"price_basis": "inclusive"})
    assert [tax.label for tax in add(deal, amount="121").taxes.all()] == ["VAT 21%"]
    assert [tax.label for tax in add(deal, amount="109", taxes=[str(reduced.id)]).taxes.all()] == ["VAT 9%"]


REFUSED_LINES: list[tuple[dict[str, Any], str, str]] = [
    ({"amount": "1.2.3"}, "bad_number", "“1.2.3”"),
    ({"amount": "1,250.50"}, "bad_number", "“1,250.50”"),
    ({"amount": "12.345"}, "too_many_decimals", "12.345"),
    ({"amount": "-1"}, "bad_number", "-1"),
    ({}, "missing_field", "amount"),
    ({"title": "", "amount": "1"}, "required", "title"),
    ({"title": "x" * 201, "amount": "1"}, "too_long", "201"),
    ({"kind": "gift", "amount": "1"}, "unknown_value", "“gift”"),
    ({"kind": "time", "role": "Nobody", "quantity": "1", "unit": "day"}, "no_rate", "Nobody"),
    ({"kind": "time", "role": "Designer", "quantity": "-1", "unit": "day"}, "negative_quantity", "-1"),
    ({"kind": "time", "role": "Designer", "quantity": "1", "unit": "week"}, "unknown_value", "“week”"),
    ({"kind": "unit", "quantity": "1", "unit_price": "0.0000001"}, "too_many_decimals", "0.0000001"),
    ({"kind": "subscription", "price": "1", "periods": "1.5"}, "bad_number", "1.5"),
    ({"kind": "expense", "unit_cost": "1", "markup_percent": "-5"}, "bad_percent", "-5"),
    ({"kind": "allowance", "percent": "10", "percent_of": ["no\x00line"]}, "bad_allowance_base", "line"),
    (
        {"kind": "allowance", "percent": "10", "percent_of": ["01a20101-bdda-701f-b351-11378501f213"]},
        "bad_allowance_base",
        "01a20101",
    ),
    ({"amount": "1", "discounts": [off("1")] * 21}, "too_many", "21"),
    ({"kind": "allowance", "percent": "10", "percent_of": "all"}, "bad_allowance_base", "list"),
    ({"amount": "1", "taxes": ["no-tax"]}, "unknown_tax", "“no-tax”"),
    ({"amount": "1", "taxes": "VAT"}, "unknown_tax", "list"),
    ({"amount": "1", "selected": True}, "unknown_field", "“selected”"),
    ({"amount": "1", "metadata": "x"}, "bad_metadata", "Metadata"),
    ({"amount": "1", "discounts": [off("101")]}, "discount_value_range", "101"),
    ({"kind": "credit", "amount": "1", "discounts": [off("5")]}, "discount_on_credit", "credit"),
    ({"amount": "1", "alternative_group": "Plan"}, "required", "two names"),
    ({"amount": "1", "alternative_option": "Gold"}, "required", "two names"),
    ({"kind": "unit", "quantity": "1", "unit_price": "1", "quantity_min": "5", "quantity_max": "2"}, "bad_limits", "5"),
]


@pytest.mark.parametrize(("fields", "code", "named"), REFUSED_LINES)
def test_a_line_that_can_not_be_priced_is_refused_by_name(
    fields: dict[str, Any], code: str, named: str, deal: Deal
) -> None:
    with refused(Invalid, code) as caught:
        add(deal, **fields)
    assert named in caught.value.detail
    assert caught.value.detail.endswith("Nothing was changed.")
    assert [error.code for error in caught.value.errors] in ([code], [])


def test_lines_stand_in_price_sections_only(deal: Deal) -> None:
    with refused(Invalid, "not_pricing"):
        add_line(by=deal.maya, section_id=deal.section(SUMMARY).id, fields={"title": "New", "amount": "1"})
    with refused(NotFound):
        add_line(by=deal.maya, section_id=uuid.UUID(int=7), fields={"title": "New", "amount": "1"})


def test_a_proposal_takes_so_many_lines(deal: Deal) -> None:
    section = deal.section(PRICING)
    LineItem.objects.bulk_create(
        LineItem(section=section, position=n, kind="fixed", title=str(n), amount="1")
        for n in range(3, pricing.LINES_COUNT)
    )
    with refused(Invalid, "too_many"):
        add(deal, amount="1")


def test_a_changed_cell_is_told_with_what_it_was(deal: Deal) -> None:
    line = edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7500.50"})
    assert (line.version, deal.total) == (2, "16698.61")
    event = deal.trail()[-1]
    assert event.content.facts["changes"] == [{"field": "amount", "was": "8000", "now": "7500.5"}]
    assert told.sentence(event) == "Maya Lindqvist changed Portal: amount from 8000 to 7500.5"


def test_a_wrong_amount_leaves_everything_and_is_said(deal: Deal) -> None:
    line = deal.line("Portal")
    with refused(Invalid, "bad_number") as caught:
        edit_line(by=deal.maya, line_id=line.id, changes={"title": "Gateway", "amount": "1.2.3"})
    assert "“1.2.3”" in caught.value.detail
    assert [error.pointer for error in caught.value.errors] == ["amount"]


def test_a_refusal_of_the_calculation_names_line_and_field(deal: Deal) -> None:
    line = deal.line("Design")
    with refused(Invalid, "no_rate") as caught:
        edit_line(by=deal.maya, line_id=line.id, changes={"role": "Plumber"})
    assert caught.value.detail.startswith("“Design”: ")
    assert [error.pointer for error in caught.value.errors] == [f"lines/{line.id}/role"]
    assert caught.value.extra["line"] == str(line.id)


def test_equal_numbers_are_no_change_however_they_are_written(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "8000.0"})
    assert (deal.events(), deal.line("Portal").version, deal.proposal.version) == ([], 1, 1)


def test_what_programs_keep_with_a_line_is_no_event(deal: Deal) -> None:
    line = edit_line(
        by=deal.maya, line_id=deal.line("Portal").id, changes={"external_id": "sku", "metadata": {"a": "b"}}
    )
    assert (line.version, deal.proposal.version, deal.events()) == (2, 2, [])


def test_a_lines_taxes_change_by_name(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"taxes": []})
    assert deal.last("line.changed")["changes"] == [{"field": "taxes", "was": "VAT 21%", "now": ""}]
    assert deal.total == "15623.00"


def test_a_line_turns_into_another_kind_with_the_numbers_of_that_kind(deal: Deal) -> None:
    line = deal.line("Portal")
    with refused(Invalid, "missing_field"):
        edit_line(by=deal.maya, line_id=line.id, changes={"kind": "unit"})
    edit_line(by=deal.maya, line_id=line.id, changes={"kind": "unit", "quantity": "2", "unit_price": "100"})
    assert deal.standing().price.line(line.id)["gross"] == "200.00"


def test_who_saw_an_older_version_of_a_line_is_told(deal: Deal) -> None:
    line = edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "1"}, expected_version=1)
    with refused(StaleVersion):
        edit_line(by=deal.maya, line_id=line.id, changes={"amount": "2"}, expected_version=1)
    with refused(StaleVersion):
        remove_line(by=deal.maya, line_id=line.id, expected_version=1)


@pytest.mark.parametrize(
    ("position", "order"),
    [(0, "Portal Design Training"), (1, "Design Portal Training"), (9, "Design Training Portal")],
)
def test_a_line_is_moved(position: int, order: str, deal: Deal) -> None:
    move_line(by=deal.maya, line_id=deal.line("Portal").id, position=position)
    assert [line.title for line in deal.section(PRICING).lines.order_by("position")] == order.split()
    assert deal.events() == (["line.moved"] if position else [])


def test_a_removed_line_is_told_with_what_it_was_worth(deal: Deal) -> None:
    remove_line(by=deal.maya, line_id=deal.line("Design").id)
    assert deal.total == "10769.00"
    assert told.sentence(deal.trail()[-1]) == "Maya Lindqvist removed Design, 5400.00"


def test_a_line_that_an_allowance_is_part_of_stays_and_the_allowance_is_named(deal: Deal) -> None:
    portal = deal.line("Portal")
    add(deal, kind="allowance", title="Reserve", percent="10", percent_of=[str(portal.id)])
    with refused(Invalid, "bad_allowance_base") as caught:
        remove_line(by=deal.maya, line_id=portal.id)
    assert caught.value.detail.startswith("“Reserve” is a percentage of “Portal”.")


def test_a_line_that_a_discount_needs_stays(deal: Deal) -> None:
    set_discounts(by=deal.maya, discounts=[off("10000.00", "amount")])
    with refused(Invalid, "discount_exceeds_base") as caught:
        remove_line(by=deal.maya, line_id=deal.line("Portal").id)
    assert caught.value.extra["base"] == "6300.00"


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


def test_an_early_payment_offer_is_shown_and_not_deducted(deal: Deal) -> None:
    set_discounts(by=deal.maya, discounts=[off("2", reason="early_payment", conditional=True)])
    result = deal.standing().price.result
    assert result["totals"]["total"] == "17303.00"
    assert [(offer["total_if_taken"], offer["saving"]) for offer in result["conditional"]] == [("16956.94", "346.06")]


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
    assert "128 ways" in caught.value.detail


def test_a_section_without_prices_takes_no_discount(deal: Deal) -> None:
    events = len(deal.trail())
    with refused(Invalid, "not_pricing"):
        pricing.set_discounts(by=deal.maya, section_id=deal.section(SUMMARY).id, discounts=[])
    assert len(deal.trail()) == events
