"""Cost-plus, with a fixed fee or a percentage (billing model 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Final

from ...errors import PricingError
from ...money import Currency, Money
from ...reading import JsonObject
from ...working.sheet import Figure, Sheet
from ..base import Clause, ComparableModel, Example, Limit, RiskPlace, Sentence, Variant
from ..figures import Figures
from ..parameters import Choice, OnlyIf, Parameter, Values
from ..piecewise import Line
from .fixed import FEE

PERCENT_WARNING: Final = (
    "With a percentage every wasted euro earns the seller more. US federal agencies may not agree to it at all"
    " (FAR 16.102(c)). Ask for the fee as a fixed sum."
)
"""Shown whenever the fee is a percentage (billing model 10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPlusTerms(Values):
    """The fee, as a sum or as a percentage of the cost, and a ceiling over both."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="fee_type",
            label="The fee is",
            kind="choice",
            default="fixed",
            choices=(Choice("fixed", "A fixed sum"), Choice("percent", "A percentage of the cost")),
            help="With a percentage every wasted euro earns the seller more. Ask for a sum.",
        ),
        replace(FEE, help="", only_if=OnlyIf("fee_type", ("fixed",))),
        Parameter(
            name="percent",
            label="Percentage",
            kind="percent",
            unit="% of the allowable cost",
            required=True,
            only_if=OnlyIf("fee_type", ("percent",)),
        ),
        Parameter(name="ceiling", label="Ceiling", kind="money", help="On cost and fee together."),
    )
    fee_type: str
    fee: Money | None = None
    percent: Decimal | None = None
    ceiling: Money | None = None

    def fee_on(self, allowable: Money) -> Money:
        """The fee for that much allowable cost, rounded once."""
        if self.fee is not None:
            return self.fee
        return Money.rounded(allowable.exact * Fraction(self.percent or 0) / 100, allowable.currency)

    def paid(self, allowable: Money) -> Money:
        """Allowable cost and fee, up to the ceiling."""
        uncapped = allowable + self.fee_on(allowable)
        return uncapped if self.ceiling is None else min(uncapped, self.ceiling)

    def paid_steps(self, allowable: Figure, sheet: Sheet) -> Figure:
        """``paid`` step by step, as ``client_pays``."""
        if self.fee is not None:
            fee = sheet.name("fee", sheet.money("fee", self.fee))
        else:
            fee = sheet.percentage("fee", allowable, sheet.number("percent", self.percent))
        uncapped = sheet.sum("uncapped", [allowable, fee])
        return sheet.at_most(
            "client_pays", uncapped, None if self.ceiling is None else sheet.money("ceiling", self.ceiling)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPlusOutcome(Values):
    """The seller's cost, and the part of it that breaks the rules."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="cost", label="Cost", kind="money", required=True),
        Parameter(name="disallowed", label="Disallowed cost", kind="money", default="0"),
    )
    cost: Money
    disallowed: Money

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        if self.cost < self.disallowed:
            raise PricingError(
                "disallowed_exceeds_cost",
                f"The disallowed cost {self.disallowed} is more than the whole cost {self.cost}. Lower it.",
                field="disallowed",
            )


class CostPlus(ComparableModel[CostPlusTerms, CostPlusOutcome]):
    """The seller's cost and a fee."""

    number = 10
    key = "cost_plus"
    name = "Cost-plus"
    definition = "The client pays the seller’s allowable cost plus a fee, which is a fixed sum or a percentage."
    terms = CostPlusTerms
    results = CostPlusOutcome
    comparison = CostPlusTerms.PARAMETERS
    formula = (
        "Allowable cost = cost − disallowed cost.",
        "Fee = the agreed sum, or allowable cost × percentage, rounded once.",
        "You pay allowable cost + fee, but not more than the ceiling.",
        "Seller’s profit = what you pay − cost: disallowed cost hurts the seller.",
    )
    answer = {
        "allowable_cost": "cost − disallowed cost",
        "fee": "before the ceiling",
        "client_pays": "allowable cost + fee, at most the ceiling",
        "seller_profit": "client_pays − cost",
    }
    risk_places = (RiskPlace(1, "Cost-plus, percentage"), RiskPlace(4, "Cost-plus, fixed fee"))
    risk_client = "Nearly all cost risk."
    risk_seller = "Disallowed costs, the ceiling."
    incentive = "Fixed fee: do it properly and be done."
    perverse = (
        "Percentage: every wasted euro earns the seller more. US federal agencies may not use"
        " cost-plus-percentage-of-cost at all (FAR 16.102(c))."
    )
    good_when = "Nobody can price the work and the books are open."
    not_when = "The client cannot audit cost."
    questions = (
        "What counts as cost, and which overhead is in it?",
        "May I see the invoices?",
        "Why a percentage and not a sum?",
        "Is there a ceiling?",
    )
    clauses = (
        Clause(
            "allowable_cost",
            "Allowable cost list",
            "List which costs count; costs that break the rules are the seller’s.",
        ),
        Clause("overhead", "Overhead rate basis", "Say which overhead is in the cost, and on which basis."),
        Clause(
            "audit",
            "Audit right, period and records",
            "The seller opens the books for this job; the client may look at them.",
        ),
        Clause("disallowed", "Disallowed cost", "Say who decides that a cost does not count, and how it is disputed."),
        Clause("ceiling", "Ceiling", "Say what the client never pays more than."),
        Clause(
            "approvals", "Approvals above a limit", "Say from which amount on the client approves a cost beforehand."
        ),
        Clause("rebates", "Rebates passed on", "Say that discounts and rebates on costs go to the client."),
    )
    also_called = (
        "Cost reimbursement, open book, actual cost plus",
        "Public buyers: CPFF, CPPF",
        "Construction: prime cost contract",
        "Agency: mark-up on third-party cost",
    )
    example = Example(
        currency="EUR",
        params={"fee_type": "fixed", "fee": "9000.00"},
        outcome={"cost": "88000.00", "disallowed": "1500.00"},
        words="The work costs 88,000.00, of which 1,500.00 break the agreed rules.",
    )
    variants = (Variant("With a percentage", {"fee_type": "percent", "percent": "12"}),)

    def pays(self, terms: CostPlusTerms, outcome: CostPlusOutcome, currency: Currency) -> dict[str, Any]:
        allowable = outcome.cost - outcome.disallowed
        paid = terms.paid(allowable)
        return {
            "allowable_cost": str(allowable),
            "fee": str(terms.fee_on(allowable)),
            "client_pays": str(paid),
            "seller_profit": str(paid - outcome.cost),
        }

    def steps(self, terms: CostPlusTerms, outcome: CostPlusOutcome, sheet: Sheet) -> None:
        cost = sheet.money("cost", outcome.cost)
        allowable = sheet.less("allowable_cost", cost, sheet.money("disallowed", outcome.disallowed))
        sheet.less("seller_profit", terms.paid_steps(allowable, sheet), cost)

    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        return self.read(params, sheet.record.currency).paid_steps(cost, sheet)

    def limit(self, terms: CostPlusTerms, currency: Currency) -> Limit:
        return Limit("no_upper_limit") if terms.ceiling is None else Limit("at_most", terms.ceiling)

    def sentences(self, terms: CostPlusTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        if terms.fee is not None:
            plus = f"plus our fee of {figures.money(terms.fee)}" if terms.fee.minor else "without a fee"
            yield f"You pay what the work costs us, {plus}."
        else:
            yield (
                f"You pay what the work costs us, plus {figures.percent(terms.percent or Decimal(0))} of it as our fee."
            )
        if terms.ceiling is not None:
            yield f"Cost and fee together are never more than {figures.money(terms.ceiling)}."
        yield Sentence("You can see our costs, because we open the books for this job.", "audit")
        if terms.fee is not None:
            reason = "The fee is a fixed sum" if terms.fee.minor else "There is no fee"
            yield f"{reason}, so we gain nothing by spending more."
        else:
            yield (
                "We earn more when we spend more, and that is not in your interest; some public buyers are not"
                " allowed to agree to it."
            )
            yield "Ask us for a fixed fee" + ("." if terms.ceiling is not None else " or for a limit.")
        yield Sentence("Costs that break the rules listed here are ours, not yours.", "allowable_cost")
        yield "This way of paying needs you to look at the costs from time to time."

    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        terms = self.read(params, currency)
        if terms.fee is not None:
            paid = cost + Line.straight(terms.fee.exact)
        else:
            paid = cost.times(1 + Fraction(terms.percent or 0) / 100)
        return paid if terms.ceiling is None else paid.at_most(terms.ceiling.exact)

    def warning(self, terms: CostPlusTerms) -> str:
        return PERCENT_WARNING if terms.fee_type == "percent" else ""

    def fixed_version(self, params: JsonObject, currency: Currency, likely_cost: Money) -> Variant | None:
        terms = self.read(params, currency)
        if terms.fee_type != "percent":
            return None
        ceiling = {} if terms.ceiling is None else {"ceiling": str(terms.ceiling)}
        fixed = {"fee_type": "fixed", "fee": str(terms.fee_on(likely_cost)), **ceiling}
        return Variant("with the same fee as a fixed sum", fixed)

    def paid_by_cost(self, params: JsonObject, currency: Currency) -> Callable[[Money], Money]:
        return self.read(params, currency).paid


MODEL = CostPlus()
