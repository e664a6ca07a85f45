"""Fixed fee (billing model 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...money import Currency, Money
from ...reading import JsonObject
from ...working.sheet import Figure, Sheet
from ..base import Clause, ComparableModel, Example, Limit, RiskPlace, Sentence
from ..figures import Figures
from ..parameters import Parameter, Values
from ..piecewise import Line

FEE = Parameter(name="fee", label="Fee", kind="money", required=True, help="For the result described here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedTerms(Values):
    """The fee."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (FEE,)
    fee: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedOutcome(Values):
    """What changes added or took away, and for information the hours."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="approved_changes", label="Approved changes", kind="amounts", help="Each may be negative."),
        Parameter(name="hours", label="Hours worked", kind="hours", unit="hours", help="For information only."),
    )
    approved_changes: tuple[Money, ...] = ()
    hours: Decimal | None = None


class FixedFee(ComparableModel[FixedTerms, FixedOutcome]):
    """One price whatever the hours."""

    number = 3
    key = "fixed"
    name = "Fixed fee"
    definition = "One price for a described result, whatever the hours."
    terms = FixedTerms
    results = FixedOutcome
    comparison = FixedTerms.PARAMETERS
    formula = (
        "You pay the fee + all approved changes.",
        "Effective rate = what you pay ÷ hours, rounded once; there is none at zero hours.",
    )
    answer = {
        "fee": "as agreed",
        "changes": "approved changes, added",
        "client_pays": "fee + changes",
        "effective_rate": "what an hour came to",
    }
    risk_places = (RiskPlace(9, "Fixed fee"),)
    risk_client = "Paying for a risk that does not happen (the price holds a reserve), and for changes."
    risk_seller = "More hours."
    incentive = "Be efficient, define the scope well."
    perverse = "Do the least that meets the words; staff it with juniors; earn the margin on change requests."
    good_when = "The result can be described and tested."
    not_when = "The client will learn what it wants on the way, or cannot judge the result."
    questions = (
        "How much of the price is reserve for risk?",
        "What is not included?",
        "How are changes priced?",
        "What do you assume about us (answers, data, people)?",
        "How do we test that it is done?",
    )
    clauses = (
        Clause("result", "Result and acceptance test", "Describe the result and how both will see that it is done."),
        Clause(
            "assumptions",
            "Assumptions and the client’s duties",
            "List what the price assumes, and what the client has to bring and by when.",
        ),
        Clause("exclusions", "Exclusions", "List what is not included."),
        Clause(
            "change_procedure",
            "Change procedure with rates",
            "When the description turns out wrong, both agree on the change and its price before work goes on.",
        ),
        Clause("payment_dates", "Payment dates", "Say when which part of the fee is due."),
        Clause("early_stop", "What happens on early stop", "Say how the value of the work done is found and paid."),
    )
    also_called = (
        "Construction: lump sum",
        "Law: flat fee",
        "Public buyers: firm-fixed-price",
        "Agency: project fee",
        "German: Festpreis; French: forfait",
    )
    example = Example(
        currency="EUR",
        params={"fee": "14500.00"},
        outcome={"hours": "131", "approved_changes": ["1200.00", "-350.00"]},
        words="Two changes are approved, one for more and one for less; the work takes 131 hours.",
    )

    def pays(self, terms: FixedTerms, outcome: FixedOutcome, currency: Currency) -> dict[str, Any]:
        changes = sum(outcome.approved_changes, Money(0, currency))
        total = terms.fee + changes
        rate = Money.rounded(total.exact / Fraction(outcome.hours), currency) if outcome.hours else None
        return {
            "fee": str(terms.fee),
            "changes": str(changes),
            "client_pays": str(total),
            "effective_rate": None if rate is None else str(rate),
        }

    def steps(self, terms: FixedTerms, outcome: FixedOutcome, sheet: Sheet) -> None:
        fee = sheet.name("fee", sheet.money("fee", terms.fee))
        changes = sheet.sum("changes", [sheet.money("change", each) for each in outcome.approved_changes])
        paid = sheet.sum("client_pays", [fee, changes])
        if outcome.hours:
            sheet.quotient("effective_rate", paid, sheet.number("hours", outcome.hours))

    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        return sheet.name("client_pays", sheet.money("fee", self.read(params, sheet.record.currency).fee))

    def limit(self, terms: FixedTerms, currency: Currency) -> Limit:
        return Limit("fixed", terms.fee)

    def sentences(self, terms: FixedTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        yield f"You pay one price, {figures.money(terms.fee)}, for the result described here."
        yield "It does not matter how many hours it takes us."
        yield "If we are slow, that is our loss. If we are fast, that is our gain."
        yield (
            "The price includes something for the risk we take, so if all goes well you may pay more than you would"
            " by the hour."
        )
        yield "Please look hard at the description: it is what you are buying."
        yield Sentence(
            (
                "If the description turns out to be wrong, we sit down, agree on the change and its price, and only"
                " then go on."
            ),
            "change_procedure",
        )

    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        return Line.straight(self.read(params, currency).fee.exact)


MODEL = FixedFee()
