"""A proposal that is billed by value, and how its worksheet is filled in."""

from typing import Any

from proposals.access import Actor
from proposals.actions import billing, sections, value_worksheet
from proposals.documents.parts import standing_of
from proposals.fragments import billing_of
from proposals.models import ValueWorksheet
from tests.proposals.deal import Deal

HOW = "How billing works"
SHARE = {"mode": "agreed", "share_percent": "15", "floor": "3000.00", "ceiling": "9000"}
FILLED = {
    "measure": "Bookings that patients make by themselves",
    "unit": "bookings a month",
    "data_source": "The clinic’s calendar",
    "measured_by": "The clinic’s front desk",
    "measured_when": "Six months after the start",
    "without_us": "1900",
    "without_us_note": "It was stable for two years.",
    "low": "150",
    "likely": "300",
    "high": "450",
    "worth_of_one": "80",
    "worth_note": "Two minutes of the front desk each",
    "assumptions": "No second branch opens.",
}


def choose_value(deal: Deal) -> None:
    section = sections.add_section(by=deal.maya, title=HOW, kind="billing")
    billing.choose_model(by=deal.maya, section_id=section.id, model="value_based")
    billing.set_figures(by=deal.maya, section_id=section.id, params=SHARE)


def fill(deal: Deal, by: Actor, **changes: Any) -> ValueWorksheet:
    return value_worksheet.fill_worksheet(by=by, section_id=deal.section(HOW).id, changes=changes)


def view(deal: Deal) -> Any:
    return billing_of(standing_of(deal.proposal), deal.section(HOW).id)
