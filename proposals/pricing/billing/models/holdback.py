"""Holdback or deferred fee (billing model 14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...money import Currency, Money
from ...working.sheet import Figure, Sheet
from ..base import BillingModel, Clause, Example, Limit, Sentence
from ..figures import Figures
from ..parameters import Parameter, Values
from .fixed import FEE


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldbackTerms(Values):
    """The fee, the part kept back, and the bonus on it."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        replace(FEE, help="It may come from any other model."),
        Parameter(
            name="holdback_percent",
            label="Holdback",
            kind="percent",
            unit="% of the fee",
            most="100",
            default="20",
        ),
        Parameter(name="bonus_percent", label="Bonus", kind="percent", unit="% of the holdback", default="0"),
    )
    fee: Money
    holdback_percent: Decimal = Decimal(20)
    bonus_percent: Decimal = Decimal(0)

    @property
    def held(self) -> Money:
        """What is kept back."""
        return _percent_of(self.fee, self.holdback_percent)

    @property
    def bonus(self) -> Money:
        """What is added if it is earned."""
        return _percent_of(self.held, self.bonus_percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldbackOutcome(Values):
    """How much is released, and whether the bonus was earned."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="release_percent",
            label="Released",
            kind="percent",
            unit="% of the holdback",
            most="100",
            required=True,
        ),
        Parameter(name="bonus_earned", label="Bonus earned", kind="flag", default=False),
    )
    release_percent: Decimal
    bonus_earned: bool = False


class Holdback(BillingModel[HoldbackTerms, HoldbackOutcome]):
    """A part of the fee waits for the result."""

    number = 14
    key = "holdback"
    name = "Holdback or deferred fee"
    definition = "A part of each fee is kept back and released, wholly or partly, when an agreed result is judged."
    terms = HoldbackTerms
    results = HoldbackOutcome
    formula = (
        "Held = fee × holdback percentage, rounded once. Paid now = fee − held.",
        "Released = held × release percentage, rounded once. Withheld = held − released.",
        "Bonus = held × bonus percentage, rounded once, if it was earned.",
        "You pay paid now + released + bonus.",
    )
    answer = {
        "paid_now": "fee − held",
        "held": "kept back",
        "released": "of what was held",
        "withheld": "held − released",
        "bonus": "if earned",
        "client_pays": "paid_now + released + bonus",
    }
    risk_client = "None on the held part, but the fee may carry a premium."
    risk_seller = "Late or lost money."
    incentive = "Care about the end and the client’s satisfaction."
    perverse = "Please the judge instead of doing right; a client short of cash may find faults."
    good_when = "The result shows late and can be judged fairly."
    not_when = "One person decides by mood."
    questions = (
        "Both ask: who judges, by which questions, by when?",
        "What if nobody judges?",
        "Is the fee higher because of the holdback?",
    )
    clauses = (
        Clause("criteria", "Criteria and judge", "Say who judges and by which questions; they are fixed now."),
        Clause(
            "default_release",
            "Date and default release",
            "A date is set; if nobody has judged by then, the held amount is released.",
        ),
        Clause("reasons", "Reasons in writing", "Scores and reasons are given in writing, and both see the same."),
        Clause(
            "no_set_off", "No set-off for other disputes", "Say that the held amount is not used for other disputes."
        ),
        Clause("bonus", "Bonus", "Say what earns the bonus."),
        Clause("tax_point", "Tax point", "Say when tax on the held part falls due."),
    )
    also_called = (
        "Construction: retention",
        "Success holdback, fee at risk, deferred compensation, earn-back",
        "Law: performance-based holdback",
    )
    example = Example(
        currency="EUR",
        params={"fee": "33333.33", "holdback_percent": "15", "bonus_percent": "50"},
        outcome={"release_percent": "62.5"},
        words="15 % of the fee are held; the judges release 62.5 % of that, and no bonus was earned.",
    )

    def pays(self, terms: HoldbackTerms, outcome: HoldbackOutcome, currency: Currency) -> dict[str, Any]:
        held, released = terms.held, _percent_of(terms.held, outcome.release_percent)
        bonus = terms.bonus if outcome.bonus_earned else Money(0, currency)
        paid_now = terms.fee - held
        return {
            "paid_now": str(paid_now),
            "held": str(held),
            "released": str(released),
            "withheld": str(held - released),
            "bonus": str(bonus),
            "client_pays": str(paid_now + released + bonus),
        }

    def steps(self, terms: HoldbackTerms, outcome: HoldbackOutcome, sheet: Sheet) -> None:
        fee = sheet.money("fee", terms.fee)
        held = sheet.percentage("held", fee, sheet.number("holdback_percent", terms.holdback_percent))
        released = sheet.percentage("released", held, sheet.number("release_percent", outcome.release_percent))
        sheet.less("withheld", held, released)
        earned = sheet.number("bonus_percent", terms.bonus_percent if outcome.bonus_earned else 0)
        bonus = sheet.percentage("bonus", held, earned)
        sheet.sum("client_pays", [sheet.less("paid_now", fee, held), released, bonus])

    def limit(self, terms: HoldbackTerms, currency: Currency) -> Limit:
        return Limit("at_most", terms.fee + terms.bonus)

    def limit_steps(self, terms: HoldbackTerms, sheet: Sheet, amount: Money) -> Figure:
        fee = sheet.money("fee", terms.fee)
        held = sheet.percentage("limit.held", fee, sheet.number("holdback_percent", terms.holdback_percent))
        bonus = sheet.percentage("limit.bonus", held, sheet.number("bonus_percent", terms.bonus_percent))
        return sheet.sum("limit", [fee, bonus])

    def sentences(self, terms: HoldbackTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        held, now = figures.money(terms.held), figures.money(terms.fee - terms.held)
        if not terms.held.minor:
            yield f"You pay the whole fee of {figures.money(terms.fee)} as we go; nothing is held back yet."
        elif terms.held == terms.fee:
            yield f"You keep the whole fee of {held} until the end."
        else:
            yield f"Of the fee of {figures.money(terms.fee)} you pay {now} as we go and keep {held} until the end."
        yield "You release it, in full or in part, by the test written here."
        if terms.bonus.minor:
            most = figures.money(terms.fee + terms.bonus)
            yield f"Good results earn us {figures.money(terms.bonus)} more, so you pay at most {most}."
        yield "This gives us a reason to care about how things end, not only how they start."
        yield "Please be fair: we have already done the work when you decide."
        yield Sentence("The questions are fixed now.", "criteria")
        yield Sentence("A date is set, and if nobody answers by then the held amount is released.", "default_release")
        yield Sentence("We both see the same scores and reasons.", "reasons")


def _percent_of(amount: Money, percent: Decimal) -> Money:
    return Money.rounded(amount.exact * Fraction(percent) / 100, amount.currency)


MODEL = Holdback()
