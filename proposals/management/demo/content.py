"""What the two sides write in the demo: sections, prices, discounts, questions."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proposals.starters.text import bullets, document
from proposals.text import ProseDocument

TITLE = "A booking portal your patients can use without calling"
ROLE = "Designer or developer"
RATES: list[Mapping[str, Any]] = [{"role": ROLE, "rate": "900", "unit": "day"}]
TAXES: list[Mapping[str, Any]] = [{"label": "VAT 21%", "jurisdiction": "Netherlands", "category": "S", "rate": "21"}]

PRICING = "Pricing"
TIMELINE = "Timeline"
BILLING = "How billing works"


@dataclass(frozen=True)
class WrittenSection:
    """A section as the seller first writes it."""

    title: str
    kind: str
    text: ProseDocument | None = None


SUMMARY_TEXT = document(
    "Your front desk answers about ninety booking calls a day, and a third of callers hang up before anyone can pick "
    "up. We will give patients a portal that books, moves and cancels visits on a phone in under a minute, and connect "
    "it to the calendar you already use."
)
BUILD_TEXT = document(
    bullets(
        "Online booking for four visit types, with the rules each clinician sets.",
        "Reminders by text and email, with a one-tap way to move a visit.",
        "A front-desk view that shows the same day for phone and online bookings.",
    ),
    "The portal will meet WCAG 2.2 AA, checked with two patients who use screen readers.",
)
BILLING_TEXT = document(
    "You pay €900 for each day we work and never more than 24 days, before VAT. The three payments stand under the "
    "prices; the last one settles the days really worked."
)
BILLING_MODEL = "tm_cap"
BILLING_FIGURES: Mapping[str, Any] = {"rates": {ROLE: "112.50"}, "cap": "21600"}
BILLING_ESTIMATE: Mapping[str, Any] = {"unit": "day", "low": "18", "likely": "21", "high": "27"}
BILLING_CLAUSES = ("change_procedure", "finish")
COMPARED: list[Mapping[str, Any]] = [
    {"model": "tm", "params": {"rate": "112.50"}},
    {"model": "fixed", "params": {"fee": "20700"}},
]
TERMS_TEXT = document(
    "The clinic owns the portal and its data from the first day. Either party may end the work with fourteen days’ "
    "notice; days worked until then are paid."
)


def timeline(staff_from: str, patients_from: str) -> ProseDocument:
    """The timeline with the two dates that the talk is about."""
    return document(
        f"We start on 12 January and open the portal to your staff on {staff_from}. Patients can book from "
        f"{patients_from}, once two weeks at the front desk have gone by without a double booking."
    )


TIMELINE_AS_SHARED = timeline("9 March", "23 March")
TIMELINE_AS_CHANGED = timeline("2 March", "16 March")
TIMELINE_AS_SIGNED = timeline("27 February", "14 March")

SECTIONS = (
    WrittenSection("Summary", "prose", SUMMARY_TEXT),
    WrittenSection("What we will build", "prose", BUILD_TEXT),
    WrittenSection(TIMELINE, "prose", TIMELINE_AS_SHARED),
    WrittenSection(PRICING, "pricing"),
    WrittenSection(BILLING, "billing", BILLING_TEXT),
    WrittenSection("Conditions", "prose", TERMS_TEXT),
)

PORTAL_LINE = "Booking portal"
CARE_PLAN_LINE = "Care plan"


def _days(title: str, detail: str, quantity: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "time",
        "title": title,
        "detail": detail,
        "role": ROLE,
        "quantity": quantity,
        "unit": "day",
        **more,
    }


def _discount(kind: str, value: str, reason: str, text: str) -> dict[str, str]:
    return {"type": kind, "value": value, "reason": reason, "text": text}


LINES: tuple[dict[str, Any], ...] = (
    _days(
        "Discovery and planning",
        "Two workshops, patient interviews, page plan",
        "3",
        client_may_change_quantity=True,
        quantity_min="2",
        quantity_max="6",
    ),
    _days(PORTAL_LINE, "Design, build and accessibility testing", "14"),
    _days(
        "Patient record migration",
        "Import, checks and one rehearsal",
        "4",
        discounts=[_discount("amount", "400", "scope_risk_shared", "You supply a clean export")],
    ),
    {
        "kind": "unit",
        "title": "Staff training",
        "detail": "Two sessions at the clinic",
        "quantity": "2",
        "unit_label": "sessions",
        "unit_price": "450",
        "discounts": [_discount("percent", "100", "bundled", "Included with the portal")],
    },
    {
        "kind": "subscription",
        "title": CARE_PLAN_LINE,
        "detail": "Monitoring, fixes and two hours a month",
        "quantity": "1",
        "price": "180",
        "periods": "12",
        "unit_label": "months",
        "optional": True,
        "discounts": [_discount("amount", "360", "long_term", "Two months free when paid yearly")],
    },
)

SCHEDULE: tuple[dict[str, Any], ...] = (
    {
        "title": "On account, at the start",
        "share": "percent",
        "value": "30",
        "due": "on_signature",
        "net_days": 14,
    },
    {
        "title": "On account, portal open to staff",
        "share": "percent",
        "value": "40",
        "due": "milestone",
        "acceptance": "Your front desk has booked a whole day in it",
        "net_days": 30,
    },
    {
        "title": "Final account, open to patients",
        "share": "remainder",
        "due": "milestone",
        "acceptance": "Two weeks at the front desk without a double booking",
        "net_days": 30,
    },
)

PORTAL_DISCOUNT = _discount("percent", "10", "launch_reference", "Launch partner: you agree to a case study")


BUILD_UP = {
    "title": "Designer or developer",
    "context": "One rate for everybody who designs or builds, the same for all our clients since January. "
    "Four people, most with ten years of practice.",
    "given": {"direct_cost_per_hour": "46.00", "overhead_percent": "60", "bill_rate": "112.50"},
    "basis": "Direct is what the hour itself costs: pay, social charges, leave. "
    "Rooms, tools, selling and learning are overhead.",
}

CATALOGUE = (
    {
        "title": "Workshop",
        "detail": "Half a day at your place, with notes",
        "kind": "unit",
        "unit_label": "workshops",
        "prices": {"EUR": "1200.00"},
    },
    {
        "title": "Accessibility check",
        "detail": "WCAG 2.2 AA, with people who use assistive technology",
        "kind": "fixed",
        "prices": {"EUR": "2400.00"},
    },
    {
        "title": "Care plan",
        "detail": "Monitoring, fixes and two hours a month",
        "kind": "subscription",
        "unit_label": "month",
        "prices": {"EUR": "180.00"},
    },
)


@dataclass(frozen=True)
class Talk:
    """A question beside the text: where, about which words, and what is asked."""

    section: str
    about: str
    text: str


EXPORT_QUESTION = Talk(
    PRICING, "Patient record migration", "Which system will the export come from? It decides the discount."
)
EXPORT_REPLY = "From our practice software. It writes the patient list as a table, and we check it before you get it."
LAUNCH_QUESTION = Talk(
    TIMELINE,
    "Patients can book from 16 March",
    "Our own launch is on the 14th. Can patients book two days earlier?",
)
LAUNCH_REPLY = "Yes, if staff can start on 27 February. I’ll put it in the text."


def offer_until(today: dt.date) -> dt.date:
    """The next 19 December after a day."""
    this_year = dt.date(today.year, 12, 19)
    return this_year if today < this_year else this_year.replace(year=today.year + 1)


def starts_on(today: dt.date) -> dt.date:
    """The 12 January that follows the end of the offer."""
    return dt.date(offer_until(today).year + 1, 1, 12)
