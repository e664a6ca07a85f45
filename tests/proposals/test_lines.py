"""Lines of every kind: adding, changing, moving, removing, and what is refused by name."""

import uuid
from typing import Any

import pytest

from proposals.actions.discounts import set_discounts
from proposals.actions.line_rows import LINES_COUNT
from proposals.actions.lines import add_line, edit_line, move_line, remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.documents import told
from proposals.exceptions import Invalid, NotFound, StaleVersion
from proposals.models import LineItem
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
    "credit": ({"amount": "50", "detail": "The late start"}, "-50.00"),
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
    ({"kind": "credit", "detail": "Late", "amount": "1", "discounts": [off("5")]}, "discount_on_credit", "credit"),
    ({"kind": "credit", "amount": "1"}, "text_required", "makes good"),
    (
        {"kind": "time", "role": "Designer", "quantity": "1", "unit": "day", "rate_override": "1"},
        "note_required",
        "Write why",
    ),
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
        LineItem(section=section, position=n, kind="fixed", title=str(n), amount="1") for n in range(3, LINES_COUNT)
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


def test_a_lines_taxes_change_by_name(deal: Deal) -> None:
    vat = deal.proposal.taxes.get()
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"taxes": []})
    assert deal.last("line.changed")["changes"] == [
        {"field": "taxes", "was": "VAT 21%", "now": "", "before": [str(vat.id)]}
    ]
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
