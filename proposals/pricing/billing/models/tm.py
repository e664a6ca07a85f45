"""Time and materials (billing model 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import Place
from ...money import Currency, Money, rounded_text
from ...reading import JsonObject
from ...working.sheet import Figure, Sheet
from ..base import Clause, ComparableModel, Example, Limit, RiskPlace, Sentence
from ..figures import Figures
from ..hourly import fees_by_role, fees_steps, rates_sentence
from ..parameters import Entry, Parameter, Values
from ..piecewise import Line

RATES = Parameter(
    name="rates",
    label="Rates by role",
    kind="rates",
    unit="per hour",
    required=True,
    help="What an hour of each role costs, with at most six decimals.",
)
INCREMENT = Parameter(
    name="increment_hours",
    label="Increment",
    kind="hours",
    unit="hours",
    least="0.01",
    most="1",
    help="Every entry is rounded up to a whole number of increments. Without one, time counts as it was.",
)
HOURS = Parameter(name="hours", label="Hours worked", kind="entries", unit="hours by role", required=True)
EXPENSES = Parameter(name="expenses", label="Expenses", kind="money", default="0")
RATE = Parameter(name="rate", label="Rate", kind="rate", unit="per hour, average of the roles", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TmTerms(Values):
    """Rates by role, and to what an entry is rounded up."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (RATES, INCREMENT)
    rates: Mapping[str, Decimal]
    increment_hours: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TmOutcome(Values):
    """The hours worked and the expenses."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (HOURS, EXPENSES)
    hours: tuple[Entry, ...]
    expenses: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TmRate(Values):
    """One rate, for comparing."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (RATE,)
    rate: Decimal


def fees_of(terms: TmTerms, outcome: TmOutcome, currency: Currency) -> tuple[Fraction, Money]:
    """The hours billed and the fees for them."""
    with Place(within="hours"):
        return fees_by_role(outcome.hours, terms.rates, currency, terms.increment_hours)


class TimeAndMaterials(ComparableModel[TmTerms, TmOutcome]):
    """The client pays for the hours worked."""

    number = 1
    key = "tm"
    name = "Time and materials"
    definition = "The client pays for the hours worked at agreed rates, plus agreed expenses."
    terms = TmTerms
    results = TmOutcome
    comparison = TmRate.PARAMETERS
    formula = (
        "Each entry is rounded up to the increment, then the entries of a role are added.",
        "Fees = for each role, hours × rate, rounded once; the roles are added.",
        "You pay fees + expenses.",
    )
    answer = {
        "billed_hours": "hours after rounding up",
        "fees": "for the hours",
        "expenses": "passed on",
        "client_pays": "fees + expenses",
    }
    risk_places = (RiskPlace(2, "Time and materials"),)
    risk_client = "All of the risk of more hours, slow work and unclear scope."
    risk_seller = "Almost none beyond idle staff."
    incentive = "To do what is needed without cutting corners."
    perverse = (
        "Slow work earns more; there is no reward for a quicker way; coarse increments turn six-minute calls into"
        " money."
    )
    good_when = "The task cannot be described yet, priorities change weekly, or trust and visibility are high."
    not_when = "The budget is fixed, nobody has time to watch the hours, or the task is routine and could be priced."
    questions = (
        "What is your likely total, and your high one?",
        "How often will I see the hours, and how early will you warn me?",
        "What would you cut at 80 % of the estimate?",
        "Which increment do you use?",
        "May I name the people?",
    )
    clauses = (
        Clause(
            "rates", "Rates and how long they hold", "Say until when these rates hold, and how a change is announced."
        ),
        Clause("increment", "Increment", "Say to what an entry of time is rounded up, or that it is not."),
        Clause("travel_time", "Travel time", "Say whether travel counts as time worked, and at which rate."),
        Clause(
            "time_sheets",
            "Time sheets and their detail",
            "The seller shows the hours worked every week, by person and by task.",
        ),
        Clause(
            "warning",
            "Estimate and warning threshold",
            "The seller tells the client when half and when four fifths of the estimate are reached.",
        ),
        Clause(
            "stop",
            "Right to stop",
            "The client may stop the work at any time and pays only for what is done.",
        ),
        Clause("expenses", "Expense rules", "Say which costs are passed on, up to what, and with which receipts."),
        Clause("people", "Who may work on it", "Name the people or roles, and who agrees to a change."),
    )
    also_called = (
        "Law: hourly billing",
        "IT: time and material, effort-based, body leasing",
        "Agency: time charge, day rate",
        "Construction: daywork, cost-reimbursable labour",
        "US public buyers: T&M, labor-hour",
    )
    example = Example(
        currency="EUR",
        params={"rates": {"senior": "150.00", "junior": "90.00"}, "increment_hours": "0.25"},
        outcome={
            "hours": [{"role": "senior", "hours": "24.1"}, {"role": "junior", "hours": "61.5"}],
            "expenses": "312.40",
        },
        words="A senior books 24.1 hours and a junior 61.5, to the quarter of an hour; travel costs 312.40.",
    )

    def pays(self, terms: TmTerms, outcome: TmOutcome, currency: Currency) -> dict[str, Any]:
        hours, fees = fees_of(terms, outcome, currency)
        return {
            "billed_hours": rounded_text(hours, 4),
            "fees": str(fees),
            "expenses": str(outcome.expenses),
            "client_pays": str(fees + outcome.expenses),
        }

    def steps(self, terms: TmTerms, outcome: TmOutcome, sheet: Sheet) -> None:
        names = ("billed_hours", "fees")
        _, fees = fees_steps(sheet, names, outcome.hours, terms.rates, terms.increment_hours)
        expenses = sheet.name("expenses", sheet.money("expenses", outcome.expenses))
        sheet.sum("client_pays", [fees, expenses])

    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        given = TmRate.read(params, sheet.record.currency)
        return sheet.product("client_pays", hours, sheet.number("rate", given.rate))

    def limit(self, terms: TmTerms, currency: Currency) -> Limit:
        return Limit("no_upper_limit")

    def sentences(self, terms: TmTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        yield "You pay for the time we spend, plus the costs we pass on."
        yield rates_sentence("Our", terms.rates, currency, figures)
        if terms.increment_hours is not None:
            yield f"Every entry of time is rounded up to {figures.increment(terms.increment_hours)}."
        yield "If the work takes longer than we think, you pay more."
        yield "If it goes faster, you pay less."
        yield "We gain nothing by rushing, but we also earn more when we are slow, and you should know that."
        yield Sentence("We show you the hours every week.", "time_sheets")
        yield Sentence("We tell you when we reach half and when we reach four fifths of our estimate.", "warning")
        yield Sentence("You can stop at any time and pay only for what is done.", "stop")

    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        return Line.straight(Fraction(0), Fraction(TmRate.read(params, currency).rate))


MODEL = TimeAndMaterials()
