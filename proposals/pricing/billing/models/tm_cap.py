"""Time and materials with a not-to-exceed cap (billing model 2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...money import Currency, Money, rounded_text
from ...reading import JsonObject
from ...working.sheet import Figure, Sheet
from ..base import Clause, ComparableModel, Example, Limit, RiskPlace, Sentence
from ..figures import Figures
from ..hourly import fees_steps, rates_sentence
from ..parameters import Choice, Parameter
from ..piecewise import Line
from .tm import INCREMENT, RATES, TmOutcome, TmRate, TmTerms, fees_of

CAP = Parameter(
    name="cap",
    label="Limit",
    kind="money",
    above_least=True,
    required=True,
    help="The client never pays more than this; the seller finishes the agreed scope without further pay.",
)
CAP_SCOPE = Parameter(
    name="cap_scope",
    label="What the limit covers",
    kind="choice",
    default="fees",
    choices=(Choice("fees", "The fees; expenses come on top"), Choice("fees_and_expenses", "Fees and expenses")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TmCapTerms(TmTerms):
    """Rates, and the limit on what they may add up to."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (RATES, INCREMENT, CAP, CAP_SCOPE)
    cap: Money
    cap_scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TmCapRate(TmRate):
    """One rate and the limit, for comparing."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (*TmRate.PARAMETERS, CAP)
    cap: Money


class CappedTimeAndMaterials(ComparableModel[TmCapTerms, TmOutcome]):
    """Hourly billing up to a ceiling."""

    number = 2
    key = "tm_cap"
    name = "Time and materials with a limit"
    definition = "Hourly billing up to a ceiling; beyond it the seller finishes the agreed scope without further pay."
    terms = TmCapTerms
    results = TmOutcome
    comparison = TmCapRate.PARAMETERS
    formula = (
        "Uncapped fees = for each role, hours × rate, rounded once; the roles are added.",
        "If the limit covers the fees, you pay the smaller of fees and limit, plus expenses.",
        "If it covers fees and expenses, you pay the smaller of their sum and the limit; expenses are met first.",
        "Written off = what the limit took away. The limit is reached from the exact amount on.",
    )
    answer = {
        "billed_hours": "hours after rounding up",
        "uncapped_fees": "for the hours, without the limit",
        "fees": "for the hours, as far as the limit allows",
        "expenses": "passed on",
        "written_off": "carried by the seller",
        "cap_reached": "whether the limit is reached",
        "client_pays": "fees + expenses",
    }
    risk_places = (RiskPlace(7, "Time and materials with a limit"),)
    risk_client = "Up to the limit."
    risk_seller = "Everything above it, if the scope is really fixed."
    incentive = "Finish inside the limit."
    perverse = (
        "The limit becomes the target (“use the budget”); near the limit, quality or senior time is saved; scope"
        " quarrels start (“that was not in the cap”). The seller has the worst of both: no gain below, loss above."
        " So the limit is usually padded."
    )
    good_when = "The client needs a limit and the scope is clear enough to hold it."
    not_when = "The scope is open: then the limit is either a fiction or a fight."
    questions = (
        "Does the limit include expenses and tax?",
        "What is your likely figure without the limit?",
        "What exactly must be finished by the limit?",
        "Does it move when we change the scope, and who agrees that?",
    )
    clauses = (
        Clause("scope", "Scope the limit covers", "List what must be finished within the limit."),
        Clause(
            "limit_covers", "Limit in or out of expenses and tax", "Say whether the limit includes expenses and tax."
        ),
        Clause(
            "change_procedure",
            "Change procedure moving the limit",
            "When the client asks for more, both agree on the change and its price before it is worked on.",
        ),
        Clause(
            "warning",
            "Notice at 50 and 80 %",
            "The seller tells the client when half and when four fifths of the limit are reached.",
        ),
        Clause(
            "finish",
            "Duty to finish",
            "The seller finishes the agreed scope even when the limit is reached, and carries the extra cost.",
        ),
        Clause(
            "limit_ends", "What ends the limit", "Say what sets the limit aside, such as delay on the client’s side."
        ),
        Clause(
            "likely_figure",
            "Likely figure beside the limit",
            "The seller states its likely figure and keeps showing it beside the limit.",
        ),
    )
    also_called = (
        "NTE, not-to-exceed, capped fee, fee ceiling",
        "Construction: guaranteed maximum price, GMP",
        "Public buyers: T&M with ceiling, where it may be only a limit to stop work at: ask!",
    )
    example = Example(
        currency="EUR",
        params={"rates": {"senior": "150.00", "junior": "90.00"}, "cap": "12000.00"},
        outcome={
            "hours": [{"role": "senior", "hours": "40"}, {"role": "junior", "hours": "85"}],
            "expenses": "312.40",
        },
        words="The work takes 40 hours of a senior and 85 of a junior, more than planned; travel costs 312.40.",
    )

    def pays(self, terms: TmCapTerms, outcome: TmOutcome, currency: Currency) -> dict[str, Any]:
        hours, uncapped = fees_of(terms, outcome, currency)
        expenses, capped = outcome.expenses, uncapped
        if terms.cap_scope == "fees_and_expenses":
            capped = uncapped + expenses
            expenses = min(expenses, terms.cap)
        allowed = min(capped, terms.cap)
        fees = allowed - expenses if terms.cap_scope == "fees_and_expenses" else allowed
        return {
            "billed_hours": rounded_text(hours, 4),
            "uncapped_fees": str(uncapped),
            "fees": str(fees),
            "expenses": str(expenses),
            "written_off": str(capped - allowed),
            "cap_reached": capped.minor >= terms.cap.minor,
            "client_pays": str(fees + expenses),
        }

    def steps(self, terms: TmCapTerms, outcome: TmOutcome, sheet: Sheet) -> None:
        names = ("billed_hours", "uncapped_fees")
        _, uncapped = fees_steps(sheet, names, outcome.hours, terms.rates, terms.increment_hours)
        cap, expenses = sheet.money("cap", terms.cap), sheet.money("expenses", outcome.expenses)
        if terms.cap_scope == "fees_and_expenses":
            both = sheet.sum("uncapped", [uncapped, expenses])
            allowed = sheet.at_most("allowed", both, cap)
            paid_expenses = sheet.at_most("expenses", expenses, cap)
            fees = sheet.less("fees", allowed, paid_expenses)
            sheet.less("written_off", both, allowed)
        else:
            fees, paid_expenses = sheet.at_most("fees", uncapped, cap), sheet.name("expenses", expenses)
            sheet.less("written_off", uncapped, fees)
        sheet.sum("client_pays", [fees, paid_expenses])

    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        given = TmCapRate.read(params, sheet.record.currency)
        fees = sheet.product("fees", hours, sheet.number("rate", given.rate))
        return sheet.at_most("client_pays", fees, sheet.money("cap", given.cap))

    def limit(self, terms: TmCapTerms, currency: Currency) -> Limit:
        return Limit("at_most", terms.cap, "everything" if terms.cap_scope == "fees_and_expenses" else "fees")

    def sentences(self, terms: TmCapTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        yield f"You pay for the time we spend, but never more than {figures.money(terms.cap)}."
        yield rates_sentence("Our", terms.rates, currency, figures)
        if terms.cap_scope == "fees_and_expenses":
            yield "The limit includes the costs we pass on. Tax is added."
        else:
            yield "The limit is on our fees. The costs we pass on, and tax, come on top of it."
        if terms.increment_hours is not None:
            yield f"Every entry of time is rounded up to {figures.increment(terms.increment_hours)}."
        yield "If the work is quicker, you pay less than the limit."
        yield Sentence("If the work is slower, we finish what we agreed and carry the extra cost ourselves.", "finish")
        yield "The limit only protects you if we both know what “finished” means."
        yield Sentence("We list here what must be finished within the limit.", "scope")
        yield Sentence("If you ask for more, we agree on the change and its price first.", "change_procedure")
        yield "The limit is not a target."
        yield Sentence(
            (
                "We show you our likely figure as well, so that you can see if we drift towards the limit for no"
                " good reason."
            ),
            "likely_figure",
        )
        yield Sentence("We tell you when half and when four fifths of the limit are reached.", "warning")

    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        given = TmCapRate.read(params, currency)
        return Line.straight(Fraction(0), Fraction(given.rate)).at_most(given.cap.exact)


MODEL = CappedTimeAndMaterials()
