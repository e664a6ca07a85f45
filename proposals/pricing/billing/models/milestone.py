"""Fixed fee by milestones (billing model 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from ...allocation import allocate
from ...errors import PricingError, listed, shown
from ...money import Currency, Money
from ...working.sheet import Sheet
from ..base import BillingModel, Clause, Example, Limit, RiskPlace, Sentence
from ..figures import Figures, joined
from ..parameters import Milestone, Parameter, Values
from .fixed import FEE


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneTerms(Values):
    """The fee and the parts it is paid in; the percentages add up to exactly 100."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        FEE,
        Parameter(
            name="milestones",
            label="Milestones",
            kind="milestones",
            unit="% of the fee",
            required=True,
            help="Each is a named result; the percentages add up to exactly 100.",
        ),
    )
    fee: Money
    milestones: tuple[Milestone, ...]

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        known: set[str] = set()
        for index, milestone in enumerate(self.milestones):
            if milestone.id in known:
                raise PricingError(
                    "duplicate_id",
                    f"Two milestones are called {shown(milestone.id)}. Give each a name of its own.",
                    field=f"milestones.{index}.id",
                )
            known.add(milestone.id)
        total = sum((milestone.percent for milestone in self.milestones), Decimal(0))
        if total != 100:
            raise PricingError(
                "percent_sum",
                f"The milestones add up to {total:f} %. Change them until they add up to exactly 100 %.",
                field="milestones",
            )

    @property
    def amounts(self) -> tuple[Money, ...]:
        """What each milestone is worth; they add up to the fee."""
        return allocate(self.fee, [milestone.percent for milestone in self.milestones])


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneOutcome(Values):
    """The ids of the milestones that were accepted."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="accepted", label="Accepted milestones", kind="names"),
    )
    accepted: tuple[str, ...] = ()


class FixedFeeByMilestones(BillingModel[MilestoneTerms, MilestoneOutcome]):
    """A fixed fee that is due in parts."""

    number = 4
    key = "milestone"
    name = "Fixed fee by milestones"
    definition = "A fixed fee cut into parts, each payable when a named result is accepted."
    terms = MilestoneTerms
    results = MilestoneOutcome
    formula = (
        (
            "Each milestone’s amount is its share of the fee; cents left over go to the largest fractions, so the"
            " parts add up."
        ),
        "You pay the amounts of the accepted milestones.",
        "Outstanding = fee − what you pay.",
    )
    answer = {
        "milestones": "amount of each, and whether it was accepted",
        "client_pays": "the accepted ones, added",
        "outstanding": "fee − client_pays",
    }
    risk_places = (RiskPlace(8, "Fixed fee by milestones"),)
    risk_client = "As with a fixed fee, but limited to one step; parts that come before their value."
    risk_seller = "As with a fixed fee, but limited to one step; slow acceptance."
    incentive = "Reach visible results early."
    perverse = "Easy, well-paid milestones first and the hard 10 % last; chase the test, not the purpose."
    good_when = "Results can be shown step by step and either side may want to stop after one."
    not_when = "A part is useless without the next, or nobody on the client side has time to accept."
    questions = (
        "What can I use after each step if we stop there?",
        "Does the money follow the value or your cash need?",
        "How long do I have to check?",
        "What if I reject?",
    )
    clauses = (
        Clause(
            "acceptance",
            "Acceptance test and period",
            (
                "Each part falls due only when the client has seen the result and accepted it, by a named test and"
                " person and within a named time."
            ),
        ),
        Clause(
            "silence",
            "Silence",
            "Say whether silence counts as acceptance; only if both agree and short notice is given first.",
        ),
        Clause("partial_acceptance", "Partial acceptance", "Say what is due when a result is accepted in part."),
        Clause("stop", "Right to stop", "The client may stop after any step and keeps what it has paid for."),
        Clause(
            "linked_parts", "Link between parts", "Say which parts are of use only together, and what that changes."
        ),
        Clause(
            "final_holdback",
            "Holdback at the end",
            "Say whether something is kept back until the last part is accepted.",
        ),
    )
    also_called = (
        "Stage payments, progress payments",
        "Law: phased fee",
        "Performance-based payments, deliverable-based",
        "German: Meilensteinzahlung",
    )
    example = Example(
        currency="EUR",
        params={
            "fee": "10000.00",
            "milestones": [
                {"id": "concept", "percent": "33.3333"},
                {"id": "design", "percent": "33.3333"},
                {"id": "handover", "percent": "33.3334"},
            ],
        },
        outcome={"accepted": ["concept", "design"]},
        words="A fee in three thirds; concept and design are accepted so far.",
    )

    def pays(self, terms: MilestoneTerms, outcome: MilestoneOutcome, currency: Currency) -> dict[str, Any]:
        ids = (milestone.id for milestone in terms.milestones)
        amounts = dict(zip(ids, terms.amounts, strict=True))
        for index, each in enumerate(outcome.accepted):
            if each not in amounts:
                raise PricingError(
                    "unknown_value",
                    f"There is no milestone {shown(each)}. There are: {listed(amounts)}.",
                    field=f"accepted.{index}",
                )
        accepted = set(outcome.accepted)
        paid = sum((amount for each, amount in amounts.items() if each in accepted), Money(0, currency))
        return {
            "milestones": [
                {"id": each, "amount": str(amount), "accepted": each in accepted} for each, amount in amounts.items()
            ],
            "client_pays": str(paid),
            "outstanding": str(terms.fee - paid),
        }

    def steps(self, terms: MilestoneTerms, outcome: MilestoneOutcome, sheet: Sheet) -> None:
        fee = sheet.money("fee", terms.fee)
        weights = [sheet.number("percent", milestone.percent) for milestone in terms.milestones]
        names = [f"milestones.{index}.amount" for index in range(len(weights))]
        amounts = sheet.shared("milestones", names, fee, weights)
        accepted = set(outcome.accepted)
        parts = [part for each, part in zip(terms.milestones, amounts, strict=True) if each.id in accepted]
        sheet.less("outstanding", fee, sheet.sum("client_pays", parts))

    def limit(self, terms: MilestoneTerms, currency: Currency) -> Limit:
        return Limit("fixed", terms.fee)

    def sentences(self, terms: MilestoneTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        fee, amounts = figures.money(terms.fee), terms.amounts
        parts = [
            f"{figures.money(amount)} for “{milestone.id}”"
            for milestone, amount in zip(terms.milestones, amounts, strict=True)
        ]
        if len(parts) > 1:
            yield f"The price is fixed at {fee}, and you pay it in parts: {joined(parts)}."
        else:
            yield f"The price is fixed at {fee}, and you pay all of it for “{terms.milestones[0].id}”."
        yield Sentence("Each part falls due only when you have seen a result and said that it is right.", "acceptance")
        yield Sentence("You never owe for a step we have not finished.", "acceptance")
        yield Sentence("You can stop after any step and keep what you have paid for.", "stop")
        if len(parts) > 1:
            largest = max(amounts, key=lambda amount: amount.minor)
            equal = all(amount == largest for amount in amounts)
            yield "All parts are equal." if equal else f"The largest part is {figures.money(largest)}."
            yield (
                "Look at the sizes of the parts: they should match what each step is worth to you, not just when we"
                " would like the money."
            )
        yield "Please also agree on who checks the work and how fast, because a step nobody checks stops us both."


MODEL = FixedFeeByMilestones()
