"""Target cost with shared savings and overruns (billing model 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import PricingError
from ...money import Currency, Money
from ...reading import JsonObject
from ...working.sheet import Figure, Sheet
from ..base import Clause, ComparableModel, Example, Limit, RiskPlace, Sentence
from ..figures import Figures
from ..parameters import Parameter, Values
from ..piecewise import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTerms(Values):
    """The target, how a difference from it is shared, and the limits of fee and price."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="target_cost", label="Target cost", kind="money", required=True),
        Parameter(name="target_fee", label="Target fee", kind="money", required=True),
        Parameter(
            name="client_share_over_percent",
            label="Client’s share of an overrun",
            kind="percent",
            unit="% of the difference",
            most="100",
            default="50",
        ),
        Parameter(
            name="client_share_under_percent",
            label="Client’s share of a saving",
            kind="percent",
            unit="% of the difference",
            most="100",
            default="50",
        ),
        Parameter(name="min_fee", label="Least fee", kind="money", least=None, help="May be negative."),
        Parameter(name="max_fee", label="Greatest fee", kind="money", least=None),
        Parameter(
            name="ceiling_price",
            label="Ceiling price",
            kind="money",
            help="At least target cost + target fee. Above it each extra euro is the seller’s.",
        ),
    )
    target_cost: Money
    target_fee: Money
    client_share_over_percent: Decimal = Decimal(50)
    client_share_under_percent: Decimal = Decimal(50)
    min_fee: Money | None = None
    max_fee: Money | None = None
    ceiling_price: Money | None = None

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        if self.min_fee is not None and self.target_fee < self.min_fee:
            raise PricingError(
                "bad_number",
                f"The least fee {self.min_fee} is above the target fee {self.target_fee}. Lower it.",
                field="min_fee",
            )
        if self.max_fee is not None and self.max_fee < self.target_fee:
            raise PricingError(
                "bad_number",
                f"The greatest fee {self.max_fee} is below the target fee {self.target_fee}. Raise it.",
                field="max_fee",
            )
        if self.ceiling_price is not None and self.ceiling_price < self.target_price:
            raise PricingError(
                "bad_number",
                (
                    f"The ceiling price {self.ceiling_price} is below target cost + target fee, {self.target_price}."
                    " Raise it."
                ),
                field="ceiling_price",
            )

    @property
    def target_price(self) -> Money:
        """Target cost + target fee."""
        return self.target_cost + self.target_fee

    def seller_share(self, *, over: bool) -> Fraction:
        """The seller's part of a difference, from 0 to 1."""
        percent = self.client_share_over_percent if over else self.client_share_under_percent
        return 1 - Fraction(percent) / 100

    def fee(self, actual_cost: Money) -> Money:
        """The fee at that cost, before the ceiling."""
        variance = self.target_cost - actual_cost
        share = Money.rounded(variance.exact * self.seller_share(over=variance.minor < 0), variance.currency)
        fee = self.target_fee + share
        if self.max_fee is not None:
            fee = min(fee, self.max_fee)
        return fee if self.min_fee is None else max(fee, self.min_fee)

    def paid(self, actual_cost: Money) -> Money:
        """Cost and fee, up to the ceiling."""
        uncapped = actual_cost + self.fee(actual_cost)
        return uncapped if self.ceiling_price is None else min(uncapped, self.ceiling_price)

    def paid_steps(self, cost: Figure, sheet: Sheet) -> Figure:
        """``fee`` and ``paid`` step by step, as ``client_pays``."""
        variance = sheet.less("variance", sheet.money("target_cost", self.target_cost), cost)
        over = variance.exact < 0
        client = self.client_share_over_percent if over else self.client_share_under_percent
        sellers = sheet.less("seller_percent", sheet.number("whole", 100), sheet.number("client_percent", client))
        shared = sheet.percentage("shared", variance, sellers)
        fee = sheet.sum("fee.shared", [sheet.money("target_fee", self.target_fee), shared])
        most = None if self.max_fee is None else sheet.money("max_fee", self.max_fee)
        least = None if self.min_fee is None else sheet.money("min_fee", self.min_fee)
        fee = sheet.at_least("fee", sheet.at_most("fee.up_to", fee, most), least)
        ceiling = None if self.ceiling_price is None else sheet.money("ceiling_price", self.ceiling_price)
        return sheet.at_most("client_pays", sheet.sum("uncapped", [cost, fee]), ceiling)

    @property
    def point_of_total_assumption(self) -> Money | None:
        """The cost above which each extra euro is the seller's; valid if no limit of the fee bites first."""
        if self.ceiling_price is None or not self.client_share_over_percent:
            return None
        room = self.ceiling_price - self.target_price
        exact = room.exact * 100 / Fraction(self.client_share_over_percent) + self.target_cost.exact
        return Money.rounded(exact, room.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOutcome(Values):
    """What the work cost, by open books."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="actual_cost", label="Actual cost", kind="money", required=True),
    )
    actual_cost: Money


class TargetCost(ComparableModel[TargetTerms, TargetOutcome]):
    """A difference from the target is shared."""

    number = 13
    key = "target_cost"
    name = "Target cost with shared savings and overruns"
    definition = "Both agree on a target cost and fee; whatever the actual cost is, the difference is shared."
    terms = TargetTerms
    results = TargetOutcome
    comparison = TargetTerms.PARAMETERS
    formula = (
        "Variance = target cost − actual cost.",
        (
            "Fee = target fee + variance × the seller’s share, rounded once; not above the greatest, not below the"
            " least fee."
        ),
        "You pay actual cost + fee, but not more than the ceiling price. The fee is shown before the ceiling.",
        "Point of total assumption = (ceiling − target price) ÷ the client’s share of an overrun + target cost.",
    )
    answer = {
        "variance": "target cost − actual cost",
        "fee": "before the ceiling",
        "client_pays": "actual cost + fee, at most the ceiling price",
        "seller_profit": "client_pays − actual cost",
        "ceiling_applied": "whether the ceiling took something away",
        "point_of_total_assumption": "the cost above which each extra euro is the seller’s",
    }
    risk_places = (RiskPlace(6, "Target cost"),)
    risk_client = "Its share of an overrun, up to the ceiling if there is one."
    risk_seller = "Its share of an overrun; above the ceiling all of it."
    incentive = "Real savings pay both."
    perverse = "Negotiate a soft target; argue every change to lift the target; load cost into the books."
    good_when = "Both can influence cost and will open the books."
    not_when = "Cost cannot be checked, or the sum is too small for the paperwork."
    questions = (
        "How was the target built, and at which likelihood?",
        "What lifts it?",
        "What is your fee at target −20 %, +20 %?",
        "Who checks the cost?",
    )
    clauses = (
        Clause(
            "target_build_up",
            "Target build-up",
            "The seller shows how the target was built, task by task, with a low and a high figure.",
        ),
        Clause("allowable_cost", "Allowable cost", "List which costs count."),
        Clause("shares", "Shares and bands", "Say how a difference is shared, and within which bands."),
        Clause(
            "target_changes",
            "Changes that move the target",
            "When the client changes the task, both agree how the target moves.",
        ),
        Clause("audit", "Audit", "The seller opens its books for this work; say who checks them and when."),
        Clause("limits", "Limits", "Say the least and the greatest fee, and the ceiling price."),
        Clause("final_share", "Timing of the final share", "Say when the difference is settled."),
    )
    also_called = (
        "Public buyers: CPIF, FPIF",
        "Construction: NEC Option C/D, pain/gain share",
        "Shared savings, alliance contract",
        "Law: fee collar (a cousin with a dead band)",
    )
    example = Example(
        currency="EUR",
        params={
            "target_cost": "150000.00",
            "target_fee": "30000.00",
            "client_share_over_percent": "60",
            "client_share_under_percent": "60",
            "ceiling_price": "200000.00",
        },
        outcome={"actual_cost": "170000.00"},
        words="The work costs 170,000.00, which is 20,000.00 above the target.",
    )

    def pays(self, terms: TargetTerms, outcome: TargetOutcome, currency: Currency) -> dict[str, Any]:
        fee, paid = terms.fee(outcome.actual_cost), terms.paid(outcome.actual_cost)
        total_assumption = terms.point_of_total_assumption
        return {
            "variance": str(terms.target_cost - outcome.actual_cost),
            "fee": str(fee),
            "client_pays": str(paid),
            "seller_profit": str(paid - outcome.actual_cost),
            "ceiling_applied": paid < outcome.actual_cost + fee,
            "point_of_total_assumption": None if total_assumption is None else str(total_assumption),
        }

    def steps(self, terms: TargetTerms, outcome: TargetOutcome, sheet: Sheet) -> None:
        cost = sheet.money("actual_cost", outcome.actual_cost)
        sheet.less("seller_profit", terms.paid_steps(cost, sheet), cost)
        if terms.point_of_total_assumption is not None:
            room = sheet.less(
                "room",
                sheet.money("ceiling_price", terms.ceiling_price),
                sheet.money("target_price", terms.target_price),
            )
            target = sheet.money("target_cost", terms.target_cost)
            percent = sheet.number("percent", terms.client_share_over_percent)
            exact = target.exact + room.exact * 100 / percent.exact
            inputs = [target, room.called("room"), percent]
            sheet.rounded("point_of_total_assumption", "total_assumption", inputs, exact)

    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        return self.read(params, sheet.record.currency).paid_steps(cost, sheet)

    def limit(self, terms: TargetTerms, currency: Currency) -> Limit:
        if terms.ceiling_price is not None:
            return Limit("at_most", terms.ceiling_price)
        if not terms.client_share_over_percent and terms.min_fee is None:
            return Limit("at_most", terms.target_price)
        return Limit("no_upper_limit")

    def limit_steps(self, terms: TargetTerms, sheet: Sheet, amount: Money) -> Figure:
        if terms.ceiling_price is not None:
            return sheet.name("limit", sheet.money("ceiling_price", amount))
        return sheet.sum("limit", [sheet.money("target_cost", terms.target_cost), sheet.money("fee", terms.target_fee)])

    def sentences(self, terms: TargetTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        cost, fee = figures.money(terms.target_cost), figures.money(terms.target_fee)
        yield f"We agree together on what the work should cost, {cost}, and on our fee, {fee}."
        yield Sentence("We open our books to you.", "audit")
        yield from _shares(terms, figures)
        if terms.min_fee is not None:
            yield _least_fee(terms.min_fee, figures)
        if terms.max_fee is not None:
            yield f"Our fee is never more than {figures.money(terms.max_fee)}."
        if terms.ceiling_price is not None:
            yield f"You never pay more than {figures.money(terms.ceiling_price)}."
        yield "The target matters most: if it is set too high, you pay for savings that are not real."
        yield Sentence(
            "We show how we built the target, task by task, with a low and a high figure.", "target_build_up"
        )
        yield Sentence("When you change the task, we agree how the target moves.", "target_changes")

    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        terms = self.read(params, currency)
        variance, zero = Line.straight(terms.target_cost.exact) - cost, Fraction(0)
        saved = variance.at_least(zero).times(terms.seller_share(over=False))
        overrun = variance.at_most(zero).times(terms.seller_share(over=True))
        fee = Line.straight(terms.target_fee.exact) + saved + overrun
        if terms.max_fee is not None:
            fee = fee.at_most(terms.max_fee.exact)
        if terms.min_fee is not None:
            fee = fee.at_least(terms.min_fee.exact)
        return cost + fee if terms.ceiling_price is None else (cost + fee).at_most(terms.ceiling_price.exact)

    def paid_by_cost(self, params: JsonObject, currency: Currency) -> Callable[[Money], Money]:
        return self.read(params, currency).paid


def _shares(terms: TargetTerms, figures: Figures) -> Iterable[str]:
    under, over = terms.client_share_under_percent, terms.client_share_over_percent
    if under in (0, 100):
        yield f"If the work costs less, all that is saved is {'yours' if under else 'ours'}."
    else:
        yield f"If the work costs less, we share what is saved: {figures.percent(under)} of it is yours."
    if over in (0, 100):
        yield "If it costs more, you pay all of the extra." if over else "If it costs more, we carry the extra."
    else:
        yield f"If it costs more, we share the extra: you pay {figures.percent(over)} of it."
    if (under or over) and under < 100 and over < 100:
        yield "So we both want to keep it low."
    elif under == over == 100:
        yield "So we neither gain nor lose by it: only you do."


def _least_fee(least: Money, figures: Figures) -> str:
    if least.minor >= 0:
        return f"Our fee is never less than {figures.money(least)}."
    return f"Our fee may turn into a loss, of {figures.money(Money(-least.minor, least.currency))} at most."


MODEL = TargetCost()
