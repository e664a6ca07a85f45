"""Hybrid: a fixed part and an hourly part (billing model 12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import Place
from ...money import Currency, Money
from ...reading import JsonObject
from ...working.sheet import Figure, Sheet
from ..base import Clause, ComparableModel, Example, Limit, RiskPlace, Sentence
from ..figures import Figures
from ..hourly import fees_by_role, fees_steps, rates_sentence
from ..parameters import Entry, Parameter, Values
from ..piecewise import Line
from .tm import RATE, RATES

FIXED_FEE = Parameter(
    name="fixed_fee", label="Fixed fee", kind="money", required=True, help="For the part that is clear."
)
TM_CAP = Parameter(name="tm_cap", label="Limit of the hourly part", kind="money")


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridTerms(Values):
    """The fixed fee, the rates of the hourly part, and a limit on it."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (FIXED_FEE, RATES, TM_CAP)
    fixed_fee: Money
    rates: Mapping[str, Decimal]
    tm_cap: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridOutcome(Values):
    """The hours of the hourly part."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="tm_hours", label="Hours of the hourly part", kind="entries", unit="hours by role", required=True
        ),
    )
    tm_hours: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridComparison(Values):
    """One rate, and how many of all hours the fixed fee covers, for comparing."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        FIXED_FEE,
        Parameter(name="included_hours", label="Hours in the fixed part", kind="hours", unit="hours", required=True),
        RATE,
        TM_CAP,
    )
    fixed_fee: Money
    included_hours: Decimal
    rate: Decimal
    tm_cap: Money | None = None


class Hybrid(ComparableModel[HybridTerms, HybridOutcome]):
    """A fixed price for what is clear, hourly rates for what is not."""

    number = 12
    key = "hybrid"
    name = "Hybrid"
    definition = "A fixed price for the part that is clear, hourly rates (perhaps capped) for the part that is not."
    terms = HybridTerms
    results = HybridOutcome
    comparison = HybridComparison.PARAMETERS
    formula = (
        "Hourly part = for each role, hours × rate, rounded once; the roles are added; not more than its limit.",
        "You pay the fixed fee + the hourly part.",
        "Compared by hours: fixed fee + rate × hours beyond those in the fixed part.",
    )
    answer = {
        "fixed_fee": "for the fixed part",
        "tm_fees": "for the hourly part, as far as its limit allows",
        "written_off": "hourly fees carried by the seller",
        "client_pays": "fixed_fee + tm_fees",
    }
    risk_places = (RiskPlace(5, "Hybrid"),)
    risk_client = "More hours in the hourly part, up to its limit if there is one. Split at a named border."
    risk_seller = "More hours in the fixed part. Split at a named border."
    incentive = "Efficient in the fixed part."
    perverse = "Book doubtful hours to the hourly part; draw the border so that trouble falls outside."
    good_when = "Discovery is open but delivery is clear (or the reverse)."
    not_when = "The border cannot be drawn."
    questions = (
        "Give me three examples that lie on the border: which side are they on?",
        "Who decides?",
        "What is the likely size of the hourly part?",
    )
    clauses = (
        Clause("border", "Border with examples", "Both sides of the border are listed here, with examples."),
        Clause("booking", "Booking rules", "Every hour booked says which part it belongs to."),
        Clause(
            "hourly_report",
            "Report of the hourly part",
            "The seller shows every week how far the hourly part has grown.",
        ),
        Clause(
            "hourly_limit", "Limit of the hourly part", "Say what the hourly part may come to, and what happens then."
        ),
        Clause(
            "moving_work",
            "Moving work across the border",
            "When a piece of work could be on either side, the seller asks the client first.",
        ),
        Clause("acceptance", "Separate acceptance", "Say how each of the two parts is accepted."),
    )
    also_called = (
        "Mixed contract, fixed plus variable, core-and-options",
        "Phased (hourly discovery, fixed build), partial retainer",
    )
    example = Example(
        currency="EUR",
        params={"fixed_fee": "20000.00", "rates": {"senior": "150.00", "junior": "90.00"}, "tm_cap": "3000.00"},
        outcome={"tm_hours": [{"role": "senior", "hours": "10"}, {"role": "junior", "hours": "22.5"}]},
        words="The hourly part takes 10 hours of a senior and 22.5 of a junior; its limit is 3,000.00.",
    )

    def pays(self, terms: HybridTerms, outcome: HybridOutcome, currency: Currency) -> dict[str, Any]:
        with Place(within="tm_hours"):
            _, uncapped = fees_by_role(outcome.tm_hours, terms.rates, currency)
        tm_fees = uncapped if terms.tm_cap is None else min(uncapped, terms.tm_cap)
        return {
            "fixed_fee": str(terms.fixed_fee),
            "tm_fees": str(tm_fees),
            "written_off": str(uncapped - tm_fees),
            "client_pays": str(terms.fixed_fee + tm_fees),
        }

    def steps(self, terms: HybridTerms, outcome: HybridOutcome, sheet: Sheet) -> None:
        fixed_fee = sheet.name("fixed_fee", sheet.money("fixed_fee", terms.fixed_fee))
        _, uncapped = fees_steps(sheet, ("tm_hours", "uncapped_fees"), outcome.tm_hours, terms.rates)
        cap = None if terms.tm_cap is None else sheet.money("tm_cap", terms.tm_cap)
        tm_fees = sheet.at_most("tm_fees", uncapped, cap)
        sheet.less("written_off", uncapped, tm_fees)
        sheet.sum("client_pays", [fixed_fee, tm_fees])

    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        given = HybridComparison.read(params, sheet.record.currency)
        over = sheet.beyond("tm_hours", hours, sheet.number("included_hours", given.included_hours))
        fees = sheet.product("uncapped_fees", over, sheet.number("rate", given.rate))
        tm_fees = sheet.at_most("tm_fees", fees, None if given.tm_cap is None else sheet.money("tm_cap", given.tm_cap))
        return sheet.sum("client_pays", [sheet.money("fixed_fee", given.fixed_fee), tm_fees])

    def limit(self, terms: HybridTerms, currency: Currency) -> Limit:
        return Limit("no_upper_limit") if terms.tm_cap is None else Limit("at_most", terms.fixed_fee + terms.tm_cap)

    def limit_steps(self, terms: HybridTerms, sheet: Sheet, amount: Money) -> Figure:
        return sheet.sum("limit", [sheet.money("fixed_fee", terms.fixed_fee), sheet.money("tm_cap", terms.tm_cap)])

    def sentences(self, terms: HybridTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        yield f"Part of the work has a fixed price, {figures.money(terms.fixed_fee)}, and part is paid by the hour."
        yield rates_sentence("Our", terms.rates, currency, figures)
        if terms.tm_cap is not None:
            total = figures.money(terms.fixed_fee + terms.tm_cap)
            yield f"The hourly part is never more than {figures.money(terms.tm_cap)}, so you pay at most {total}."
        yield "The fixed part is what we both understand well. The hourly part is what nobody can plan yet."
        yield "That is fair to both of us, as long as the line between them is clear."
        yield Sentence("We list here what is on each side of the line, with examples.", "border")
        yield Sentence("Every hour we book says which part it belongs to.", "booking")
        if terms.tm_cap is None:
            yield Sentence("You see the hourly part grow week by week.", "hourly_report")
        else:
            yield Sentence(
                "You see the hourly part grow week by week, and how close it is to its limit.", "hourly_report"
            )
        yield Sentence("If a piece of work could be on either side, we ask you first.", "moving_work")

    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        given = HybridComparison.read(params, currency)
        rate = Fraction(given.rate)
        hourly = Line.straight(-rate * Fraction(given.included_hours), rate).at_least(Fraction(0))
        if given.tm_cap is not None:
            hourly = hourly.at_most(given.tm_cap.exact)
        return hourly + Line.straight(given.fixed_fee.exact)


MODEL = Hybrid()
