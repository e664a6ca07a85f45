"""The payment schedule: what is planned, what it comes to, what is refused, and what keeps it from being frozen."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions.choices import choose_option
from proposals.actions.freezing import freeze
from proposals.actions.lines import edit_line
from proposals.actions.proposals import copy_proposal
from proposals.actions.schedule import set_schedule
from proposals.actions.sections import remove_section
from proposals.actions.taxes import set_taxes
from proposals.actions.undoing import undo_price_change
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.documents.payment import ScheduleView, schedule_view
from proposals.exceptions import Invalid, WrongState
from tests import factories
from tests.proposals.deal import PRICING, SUMMARY, Deal, refused

TOTAL = "17303.00"


def part(title: str, value: str | None = None, share: str = "percent", **more: Any) -> dict[str, Any]:
    return {"title": title, "share": share, "value": value, "due": "on_signature", **more}


def milestone(title: str, value: str | None, share: str = "percent", **more: Any) -> dict[str, Any]:
    return part(title, value, share, due="milestone", acceptance=f"{title} has passed its test", **more)


THIRDS = [
    part("Start", "30", net_days=14),
    milestone("Trial", "40", net_days="30"),
    part("Opening", "30", due="on_date", due_on="2027-03-01"),
]
MONTHLY = {
    "title": "Monthly payment",
    "share": "periods",
    "count": "3",
    "every": "month",
    "due": "period_end",
    "due_on": "2027-01-31",
}


def plan(deal: Deal, *instalments: dict[str, Any]) -> None:
    set_schedule(by=deal.maya, instalments=list(instalments))


def content(deal: Deal) -> dict[str, Any] | None:
    """The schedule in the terms of the whole."""
    return deal.part(TERMS).content.get("schedule")


def view(deal: Deal, language: str = "en") -> ScheduleView:
    shown = schedule_view(deal.part(TERMS).content, language)
    assert shown is not None
    return shown


def items(deal: Deal) -> list[dict[str, str]]:
    shown = content(deal)
    assert shown is not None
    found: list[dict[str, str]] = shown["items"]
    return found


def test_instalments_and_their_tax_add_up_to_the_total(deal: Deal) -> None:
    plan(deal, *THIRDS)
    assert deal.total == TOTAL
    assert items(deal) == [
        {"id": "1", "amount": "5190.90", "tax": "900.90", "net": "4290.00"},
        {"id": "2", "amount": "6921.20", "tax": "1201.20", "net": "5720.00"},
        {"id": "3", "amount": "5190.90", "tax": "900.90", "net": "4290.00", "due_on": "2027-03-01"},
    ]
    assert [(row.title, row.share, row.when, row.acceptance) for row in view(deal).rows] == [
        ("Start", "30% of the total", "14 days after signature", ""),
        ("Trial", "40% of the total", "30 days after acceptance", "Trial has passed its test"),
        ("Opening", "30% of the total", "1 March 2027", ""),
    ]
    assert [row.amount for row in view(deal).rows] == ["€5,190.90", "€6,921.20", "€5,190.90"]
    assert (view(deal).total, view(deal).has_tax, view(deal).problem) == ("€17,303.00", True, "")


def test_without_tax_there_is_one_amount(deal: Deal) -> None:
    set_taxes(by=deal.maya, taxes=[])
    plan(deal, part("Start", "2000.00", "amount"), part("Rest", None, "remainder"))
    assert items(deal) == [{"id": "1", "amount": "2000.00"}, {"id": "2", "amount": "12300.00"}]
    assert not view(deal).has_tax


def test_weights_and_dates_in_the_documents_language(deal: Deal) -> None:
    plan(deal, part("A", "1", "weight"), part("B", "2", "weight", due="on_date", due_on="2027-01-12", net_days=30))
    assert [item["amount"] for item in items(deal)] == ["5767.67", "11535.33"]
    assert view(deal, "nl").rows[1].when == "12 januari 2027, 30 days to pay"


@pytest.mark.parametrize(
    ("due", "days"),
    [
        ("period_start", ["2027-01-31", "2027-02-28", "2027-03-31"]),
        ("period_end", ["2027-02-27", "2027-03-30", "2027-04-29"]),
    ],
)
def test_equal_payments_are_due_at_one_end_of_their_periods(due: str, days: list[str], deal: Deal) -> None:
    plan(deal, {**MONTHLY, "due": due})
    assert [item["due_on"] for item in items(deal)] == days
    assert [item["amount"] for item in items(deal)] == ["5767.67", "5767.67", "5767.66"]
    assert [row.title for row in view(deal).rows] == [f"Monthly payment {number} of 3" for number in (1, 2, 3)]


# What both agree to


def test_a_schedule_is_part_of_the_terms_and_leaves_no_trace_when_it_is_taken_out(deal: Deal) -> None:
    before = deal.part(TERMS).fingerprint
    assert content(deal) is None
    deal.agree(deal.tomas, TERMS)
    plan(deal, *THIRDS)
    assert deal.agreed(TERMS) == (False, False)
    planned = deal.part(TERMS).fingerprint
    plan(deal)
    assert deal.part(TERMS).fingerprint == before
    assert deal.agreed(TERMS) == (False, True)
    plan(deal, *THIRDS)
    assert deal.part(TERMS).fingerprint == planned


def test_what_does_not_count_for_an_instalment_is_not_kept(deal: Deal) -> None:
    plan(deal, part("All", "100", due_on="2027-01-01", acceptance="A test", count="3", every="month"))
    once = deal.part(TERMS).fingerprint
    plan(deal, part("All", "100.0"))
    assert deal.part(TERMS).fingerprint == once
    assert deal.events() == ["schedule.changed"]


def test_it_stands_in_the_revision(deal: Deal) -> None:
    plan(deal, *THIRDS)
    revision = json.loads(deal.freeze().content)
    assert revision["pricing"]["schedule"] == content(deal)
    assert revision["pricing"]["schedule"]["plan"][1] == {
        "title": "Trial",
        "share": "percent",
        "value": "40",
        "due": "milestone",
        "net_days": 30,
        "acceptance": "Trial has passed its test",
    }


def test_the_trail_tells_of_it(deal: Deal) -> None:
    plan(deal, *THIRDS)
    plan(deal, *THIRDS)
    plan(deal, *[part(f"Part {number}", "1", "weight") for number in range(7)])
    plan(deal)
    assert [told.predicate(event) for event in deal.trail()] == [
        "set the payment schedule: Start, Trial and Opening",
        "changed the payment schedule: Part 0, Part 1, Part 2, Part 3 and 3 more",
        "took out the payment schedule",
    ]


# A change of price after it


def test_a_price_change_moves_shares_and_leaves_stated_amounts_out_of_date(deal: Deal) -> None:
    plan(deal, *THIRDS)
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "9000.00"})
    assert [item["amount"] for item in items(deal)] == ["5553.90", "7405.20", "5553.90"]
    plan(deal, part("Start", "18513.00", "amount"))
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "8000.00"})
    assert content(deal) == {
        "plan": [{"title": "Start", "share": "amount", "value": "18513", "due": "on_signature"}],
        "problem": {
            "code": "schedule_sum_mismatch",
            "detail": "The instalments add up to 18513.00, and the total is 17303.00. Change them by -1210.00 in all.",
        },
    }
    assert view(deal).problem.startswith("The instalments add up to 18513.00")
    assert [(row.title, row.amount) for row in view(deal).rows] == [("Start", "")]


def test_a_schedule_that_is_out_of_date_keeps_the_proposal_from_being_frozen(deal: Deal) -> None:
    factories.line(deal.section(PRICING), "Hosting", amount="600.00", optional=True)
    plan(deal, part("All", TOTAL, "amount"))
    choose_option(by=deal.tomas, line_id=deal.line("Hosting").id, selected=True)
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    with refused(WrongState, "not_ready") as caught:
        freeze(by=deal.maya)
    assert [(each["code"], each["part"]) for each in caught.value.extra["obstacles"]] == [("schedule_outdated", TERMS)]
    choose_option(by=deal.tomas, line_id=deal.line("Hosting").id, selected=False)
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    freeze(by=deal.maya)


def test_without_a_price_section_there_is_nothing_to_pay(deal: Deal) -> None:
    plan(deal, part("All", "100"))
    remove_section(by=deal.maya, section_id=deal.section(PRICING).id)
    shown = content(deal)
    assert shown is not None
    assert shown["problem"]["code"] == "no_prices"
    plan(deal)
    with refused(Invalid, "no_prices"):
        plan(deal, part("All", "100"))


def test_the_one_who_changed_it_takes_it_back(deal: Deal) -> None:
    plan(deal, *THIRDS)
    planned = deal.part(TERMS).fingerprint
    plan(deal, part("All", "100"))
    undo_price_change(by=deal.maya)
    assert deal.part(TERMS).fingerprint == planned
    undo_price_change(by=deal.maya)
    assert content(deal) is None


# What is refused


@pytest.mark.parametrize(
    ("instalments", "code", "pointer"),
    [
        ([part("A", "60"), part("B", "30")], "percent_sum", "schedule"),
        ([part("A", "17302.99", "amount")], "schedule_sum_mismatch", "schedule"),
        ([part("A", "17303.01", "amount"), part("B", None, "remainder")], "schedule_exceeds_total", "schedule"),
        ([part("A", "50"), part("B", "8651.50", "amount")], "mixed_plan", "schedule"),
        ([part("A", None, "remainder"), part("B", None, "remainder")], "two_remainders", "schedule"),
        ([part("A", "0", "weight")], "zero_weights", "schedule"),
        ([part("A", "50"), part("B", "50.00001")], "too_many_decimals", "schedule/1/value"),
        ([part("A", "1.001", "amount"), part("B", None, "remainder")], "too_many_decimals", "schedule/0/value"),
        ([part("A", "-5"), part("B", "105")], "bad_percent", "schedule/0/value"),
        ([part("A", "a third")], "bad_number", "schedule/0/value"),
        ([part("A", "")], "bad_number", "schedule/0/value"),
        ([part("", "100")], "required", "schedule/0/title"),
        ([part("A", "100", due="")], "unknown_value", "schedule/0/due"),
        ([part("A", "100", "half")], "unknown_value", "schedule/0/share"),
        ([part("A", "100", due="on_date")], "required", "schedule/0/due_on"),
        ([part("A", "100", due="on_date", due_on="soon")], "bad_date", "schedule/0/due_on"),
        ([part("A", "100", due="milestone", acceptance=" ")], "required", "schedule/0/acceptance"),
        ([part("A", "100", due="period_end")], "unknown_value", "schedule/0/due"),
        ([part("A", "50"), part("B", "50", net_days=-1)], "bad_number", "schedule/1/net_days"),
        ([part("A", "100", net_days="366")], "bad_number", "schedule/0/net_days"),
        ([part("A", "100", paid=True)], "unknown_field", "schedule/0/paid"),
        ([MONTHLY, part("B", "50")], "mixed_plan", "schedule/0/share"),
        ([{**MONTHLY, "count": "121"}], "bad_number", "schedule/0/count"),
        ([{**MONTHLY, "count": ""}], "required", "schedule/0/count"),
        ([{**MONTHLY, "due": "on_signature"}], "unknown_value", "schedule/0/due"),
        ([{**MONTHLY, "due_on": "9999-12-01"}], "bad_date", "schedule/0/count"),
        ([part(f"Part {number}", "1", "weight") for number in range(61)], "too_many", "schedule"),
    ],
)
def test_a_plan_that_can_not_hold_changes_nothing(
    instalments: list[dict[str, Any]], code: str, pointer: str, deal: Deal
) -> None:
    plan(deal, *THIRDS)
    with refused(Invalid, code) as caught:
        plan(deal, *instalments)
    assert [problem.pointer for problem in caught.value.errors] == [pointer]
    assert caught.value.detail.endswith("Nothing was changed.")


def test_a_total_below_zero_is_not_paid(deal: Deal) -> None:
    factories.line(deal.section(PRICING), "Refund", kind="credit", amount="20000.00")
    with refused(Invalid, "negative_total"):
        plan(deal, part("All", "100"))


# Copies


def test_a_copy_has_the_same_schedule(deal: Deal) -> None:
    plan(deal, *THIRDS)
    copy = Deal(copy_proposal(by=deal.maya))
    assert content(copy) == content(deal)
    assert copy.section(SUMMARY)


# The panel


def sent(*rows: dict[str, str], **fields: str) -> dict[str, str]:
    """What the form sends: a title and a share for each row, the rest as the form shows it."""
    filled = {"share": "percent", "due": "on_signature", "due_on": "", "acceptance": "", "net_days": ""}
    return fields | {
        f"i{number}-{name}": value for number, row in enumerate(rows) for name, value in {**filled, **row}.items()
    }


@pytest.mark.parametrize("chosen", ["signature", "halves", "thirds", "periods"])
def test_a_usual_plan_fills_the_form(chosen: str, deal: Deal, client: Client) -> None:
    assert deal.maya.user is not None
    client.force_login(deal.maya.user)
    page = client.get(reverse("schedule", args=[deal.id]), {"plan": chosen}).content.decode()
    titles = {"signature": ["The whole amount"], "thirds": ["At the start", "Half-way", "When it is done"]}
    for title in titles.get(chosen, []):
        assert f'value="{title}"' in page
    assert ('name="p-count"' in page) is (chosen == "periods")


def test_the_form_names_the_control_at_fault_and_reads_numbers_as_people_write_them(deal: Deal, client: Client) -> None:
    assert deal.maya.user is not None
    client.force_login(deal.maya.user)
    address = reverse("schedule", args=[deal.id])
    rows = [
        {"title": "", "value": ""},
        {"title": "Start", "value": "1,000.00", "share": "amount"},
        {"title": "Trial", "value": "", "share": "remainder", "due": "milestone"},
    ]
    answer = client.post(address, sent(*rows, kind="list"), headers={"Accept": "application/json"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/i2-acceptance"]
    rows[2] |= {"acceptance": "Ten patients have booked"}
    client.post(address, sent(*rows, kind="list"))
    assert [item["amount"] for item in items(deal)] == ["1000.00", "16303.00"]
    client.post(address, {"kind": "none"})
    assert content(deal) is None
