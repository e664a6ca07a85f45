"""Contingency or success fee (billing model 9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Final

from ...money import Currency, Money
from ...working.sheet import Figure, Sheet
from ..base import BillingModel, Clause, Example, Limit, RiskPlace, Sentence
from ..figures import Figures, joined
from ..parameters import Choice, Parameter, PercentTier, Values
from ..values import require_ascending

COSTS: Final = {
    "client": "You pay the costs of the case, whether we succeed or not.",
    "client_if_success": "On success you also pay the costs of the case; otherwise we carry them.",
    "seller": "We carry the costs of the case, whether we succeed or not.",
}
"""Who pays the expenses, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContingencyTerms(Values):
    """What is due in any case, what on success, and who pays the expenses."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="base_fee", label="Base fee", kind="money", default="0", help="Due in any case."),
        Parameter(
            name="tiers",
            label="Share of what is recovered",
            kind="percent_tiers",
            unit="% of each slice",
            help="Each slice has its own percentage; without an upper bound a tier has no end.",
        ),
        Parameter(name="success_amount", label="Sum on success", kind="money", default="0"),
        Parameter(
            name="basis",
            label="The share is taken",
            kind="choice",
            default="gross",
            choices=(Choice("gross", "Before expenses"), Choice("net_of_expenses", "After expenses")),
        ),
        Parameter(
            name="expenses_paid_by",
            label="Expenses are paid by",
            kind="choice",
            default="client",
            choices=(
                Choice("client", "The client, in any case"),
                Choice("client_if_success", "The client, on success"),
                Choice("seller", "The seller"),
            ),
        ),
    )
    base_fee: Money
    success_amount: Money
    tiers: tuple[PercentTier, ...] = ()
    basis: str = "gross"
    expenses_paid_by: str = "client"

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        require_ascending([None if tier.up_to is None else tier.up_to.exact for tier in self.tiers], "tiers")

    def share(self, amount: Money) -> Money:
        """The percentage of each slice, rounded one by one, added. Beyond the last bound nothing is due."""
        total, below = Money(0, amount.currency), Fraction(0)
        for tier in self.tiers:
            up_to = amount.exact if tier.up_to is None else min(amount.exact, tier.up_to.exact)
            total += Money.rounded(max(Fraction(0), up_to - below) * Fraction(tier.percent) / 100, amount.currency)
            below = max(below, up_to)
        return total

    def share_steps(self, amount: Figure, sheet: Sheet) -> Figure:
        """``share`` step by step."""
        parts, below = [], sheet.money("below", None)
        for index, tier in enumerate(self.tiers):
            key, up_to = f"share.{index}", None if tier.up_to is None else sheet.money("up_to", tier.up_to)
            slice_ = sheet.beyond(f"{key}.slice", sheet.at_most(f"{key}.reached", amount, up_to), below)
            parts.append(sheet.percentage(key, slice_, sheet.number("percent", tier.percent)))
            below = up_to or below
        return sheet.sum("share", parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContingencyOutcome(Values):
    """Whether it succeeded, what was recovered, and the expenses."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="success", label="Success", kind="flag", required=True),
        Parameter(name="recovery", label="Recovered", kind="money", default="0"),
        Parameter(name="expenses", label="Expenses", kind="money", default="0"),
    )
    success: bool
    recovery: Money
    expenses: Money


class ContingencyFee(BillingModel[ContingencyTerms, ContingencyOutcome]):
    """A fee that is due on success."""

    number = 9
    key = "contingency"
    name = "Contingency or success fee"
    definition = (
        "All or part of the fee is due only on a defined success, as a percentage of what is recovered or as a sum."
    )
    terms = ContingencyTerms
    results = ContingencyOutcome
    formula = (
        "On success, amount = what is recovered; if the share is taken after expenses, less the expenses, not below 0.",
        (
            "Success fee = for each slice, amount × percentage, rounded; the slices and the sum on success are"
            " added. Without success it is 0."
        ),
        "Expenses are charged according to who pays them.",
        "You pay base fee + success fee + expenses charged, and keep what is recovered less that.",
    )
    answer = {
        "base_fee": "due in any case",
        "success_fee": "due on success",
        "expenses_charged": "according to who pays them",
        "client_pays": "all three added",
        "client_keeps": "what is recovered − client_pays",
    }
    risk_places = (RiskPlace(11, "Contingency fee"),)
    risk_client = "A high price for an easy win."
    risk_seller = "Working for nothing."
    incentive = "Win."
    perverse = (
        "Settle early and cheap when the last effort would mostly help the client; choose only easy cases; for a"
        " deal adviser, push any deal through."
    )
    good_when = "The client cannot pay otherwise, or wants the adviser to share the risk."
    not_when = "Success is nearly certain, cannot be defined, or the law forbids it."
    questions = (
        "How likely is success, honestly?",
        "How often do you win such cases?",
        "What would you charge by the hour?",
        "Who pays expenses if we lose?",
        "Percentage before or after expenses?",
        "Who decides on a settlement?",
    )
    clauses = (
        Clause("success", "Success defined", "Say exactly what counts as success, and when it has happened."),
        Clause("basis", "Basis", "Say whether the share is taken before or after expenses."),
        Clause("expenses", "Expenses", "Say who pays expenses when it succeeds and when it does not."),
        Clause("settlement", "Settlement decision", "The client alone decides whether to accept an offer."),
        Clause("early_end", "Early end", "Say what is due when either side ends it before success (quantum meruit)."),
        Clause(
            "professional_rules",
            "Rules of the profession",
            "Check the disclosure rules and caps of the profession; the law of some places forbids this fee.",
        ),
        Clause("tax", "Tax", "Say how tax on the fee is treated."),
    )
    also_called = (
        "No win no fee, quota litis",
        "UK: conditional fee (uplift on hourly)",
        "M&A: success fee, Lehman scale",
        "Finder’s fee, commission",
    )
    example = Example(
        currency="EUR",
        params={
            "base_fee": "2500.00",
            "tiers": [{"up_to": "100000", "percent": "25"}, {"up_to": None, "percent": "15"}],
            "expenses_paid_by": "client_if_success",
        },
        outcome={"success": True, "recovery": "150000.00", "expenses": "1240.00"},
        words="It succeeds: 150,000.00 are recovered, and expenses were 1,240.00.",
    )

    def pays(self, terms: ContingencyTerms, outcome: ContingencyOutcome, currency: Currency) -> dict[str, Any]:
        zero = Money(0, currency)
        success_fee = zero
        if outcome.success:
            net = terms.basis == "net_of_expenses"
            amount = max(zero, outcome.recovery - outcome.expenses) if net else outcome.recovery
            success_fee = terms.share(amount) + terms.success_amount
        charged = terms.expenses_paid_by == "client" or (
            terms.expenses_paid_by == "client_if_success" and outcome.success
        )
        expenses = outcome.expenses if charged else zero
        paid = terms.base_fee + success_fee + expenses
        return {
            "base_fee": str(terms.base_fee),
            "success_fee": str(success_fee),
            "expenses_charged": str(expenses),
            "client_pays": str(paid),
            "client_keeps": str((outcome.recovery if outcome.success else zero) - paid),
        }

    def steps(self, terms: ContingencyTerms, outcome: ContingencyOutcome, sheet: Sheet) -> None:
        base_fee = sheet.name("base_fee", sheet.money("base_fee", terms.base_fee))
        spent, recovery = sheet.money("expenses", outcome.expenses), sheet.money("recovery", outcome.recovery)
        due = []
        if outcome.success:
            amount = recovery
            if terms.basis == "net_of_expenses":
                net = sheet.less("net_recovery", recovery, spent)
                amount = sheet.at_least("share_of", net, sheet.money("floor", sheet.zero))
            due = [terms.share_steps(amount, sheet), sheet.money("success_amount", terms.success_amount)]
        success_fee = sheet.sum("success_fee", due)
        charged = terms.expenses_paid_by == "client" or (
            terms.expenses_paid_by == "client_if_success" and outcome.success
        )
        expenses = sheet.sum("expenses_charged", [spent] if charged else [])
        paid = sheet.sum("client_pays", [base_fee, success_fee, expenses])
        sheet.less("client_keeps", recovery if outcome.success else sheet.money("recovery", sheet.zero), paid)

    def limit(self, terms: ContingencyTerms, currency: Currency) -> Limit:
        last = terms.tiers[-1] if terms.tiers else None
        if last is not None and last.up_to is None and last.percent:
            return Limit("no_upper_limit")
        bounds = [tier.up_to for tier in terms.tiers if tier.up_to is not None]
        share = terms.share(bounds[-1]) if bounds else Money(0, currency)
        most = terms.base_fee + share + terms.success_amount
        return Limit("at_most", most, "everything" if terms.expenses_paid_by == "seller" else "fees")

    def limit_steps(self, terms: ContingencyTerms, sheet: Sheet, amount: Money) -> Figure:
        bounds = [tier.up_to for tier in terms.tiers if tier.up_to is not None]
        share = terms.share_steps(sheet.money("last_bound", bounds[-1] if bounds else None), sheet)
        parts = [sheet.money("base_fee", terms.base_fee), share, sheet.money("success_amount", terms.success_amount)]
        return sheet.sum("limit", parts)

    def sentences(self, terms: ContingencyTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        base = figures.money(terms.base_fee) if terms.base_fee.minor else ""
        parts = [
            *_scale(terms, figures),
            *([figures.money(terms.success_amount)] if terms.success_amount.minor else []),
        ]
        if not parts:
            fee = f"the base fee of {base}" if base else "no fee"
            yield f"You pay {fee}, whether we succeed or not; nothing is agreed for success yet."
        else:
            yield "You pay the main fee only if we succeed."
            yield f"On success you pay {joined(parts)}{f', on top of the base fee of {base}' if base else ''}."
            yield f"If we do not succeed, you pay {f'just the base fee of {base}' if base else 'no fee'}."
        yield COSTS[terms.expenses_paid_by]
        if terms.tiers:
            yield f"Our share is taken {'after' if terms.basis == 'net_of_expenses' else 'before'} costs."
        if parts:
            work_for = "the base fee alone" if base else "free"
            yield f"Because we may work for {work_for}, the fee on success is higher than an hourly bill would be."
        yield "If success is almost sure, this is a bad deal for you, and we should say so."
        yield "Check what counts as success."
        yield Sentence("You alone decide whether to accept an offer.", "settlement")
        yield "In some countries and cases the law does not allow this kind of fee."


def _scale(terms: ContingencyTerms, figures: Figures) -> list[str]:
    steps: list[str] = []
    for tier in terms.tiers:
        percent = figures.percent(tier.percent)
        if tier.up_to is None:
            steps.append(f"{percent} of what is above that" if steps else f"{percent} of what is recovered")
        elif steps:
            steps.append(f"{percent} of what is above that up to {figures.money(tier.up_to)}")
        else:
            steps.append(f"{percent} of what is recovered up to {figures.money(tier.up_to)}")
    if terms.tiers and terms.tiers[-1].up_to is not None:
        steps.append("nothing of what is above that")
    return steps


MODEL = ContingencyFee()
