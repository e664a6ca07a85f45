"""Subscription or managed service (billing model 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice, repeat
from typing import Any, ClassVar

from ...errors import PricingError
from ...money import Currency, Money
from ...working.sheet import Figure, Sheet
from ..base import BillingModel, Clause, Example, Limit, Sentence
from ..figures import Figures
from ..parameters import Parameter, Values

FEE_LIMIT_MINOR = 10**24
"""No fee grows beyond this many minor units, far more than any amount that can be written."""

SHOWN_RISES = 2
"""How many rises the explanation tells: those of the first three years, if periods are months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionTerms(Values):
    """The fee, how it rises, how long both are tied, and what use is included."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="fee_per_period", label="Fee per period", kind="money", required=True),
        Parameter(name="setup_fee", label="Set-up fee", kind="money", default="0"),
        Parameter(name="min_periods", label="Minimum term", kind="count", unit="periods", default="0"),
        Parameter(
            name="early_termination_percent",
            label="Charge for leaving early",
            kind="percent",
            unit="% of the fees of the remaining minimum term",
            most="100",
            default="0",
        ),
        Parameter(
            name="indexation_percent",
            label="Price rise",
            kind="percent",
            unit="%",
            least="-100",
            most="1000",
            default="0",
            help="On the rounded fee, because that is the contract price. May be negative.",
        ),
        Parameter(
            name="indexation_every",
            label="Price rise after every",
            kind="count",
            unit="periods",
            least="1",
            default="12",
        ),
        Parameter(name="included_units", label="Included units", kind="units", unit="units per period", default="0"),
        Parameter(
            name="overage_unit_price", label="Price of a further unit", kind="rate", unit="per unit", default="0"
        ),
    )
    fee_per_period: Money
    setup_fee: Money
    min_periods: int = 0
    early_termination_percent: Decimal = Decimal(0)
    indexation_percent: Decimal = Decimal(0)
    indexation_every: int = 12
    included_units: Decimal = Decimal(0)
    overage_unit_price: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        for _ in islice(
            self._steps("indexation_percent"), 1 + max(SHOWN_RISES, self.min_periods // self.indexation_every)
        ):
            pass

    def fees(self) -> Iterator[Money]:
        """The fee of each period, without end. ``bad_number`` when it grows out of all bounds."""
        for fee in self._steps("periods"):
            yield from repeat(fee, self.indexation_every)

    def _steps(self, field: str) -> Iterator[Money]:
        """The fee before the first rise, and after each."""
        fee, factor = self.fee_per_period, 1 + Fraction(self.indexation_percent) / 100
        while fee.minor <= FEE_LIMIT_MINOR:
            yield fee
            fee = Money.rounded(fee.exact * factor, fee.currency)
        raise PricingError(
            "bad_number",
            f"With a rise of {self.indexation_percent:f} % the fee grows beyond what can be calculated. Lower it.",
            field=field,
        )

    def termination(self, periods: int) -> Money:
        """What leaving after that many periods costs."""
        missing = islice(self.fees(), periods, max(periods, self.min_periods))
        total = sum(missing, Money(0, self.fee_per_period.currency))
        return Money.rounded(total.exact * Fraction(self.early_termination_percent) / 100, total.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionOutcome(Values):
    """How many periods it lasted, and the units used in each."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="periods", label="Periods", kind="count", unit="periods", required=True),
        Parameter(name="usage", label="Units used", kind="units_list", unit="units per period"),
    )
    periods: int
    usage: tuple[Decimal, ...] = ()

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        if len(self.usage) > self.periods:
            raise PricingError(
                "bad_number",
                (
                    f"Use is given for {len(self.usage)} periods, but there are only {self.periods}. Correct one of"
                    " the two."
                ),
                field="usage",
            )


class Subscription(BillingModel[SubscriptionTerms, SubscriptionOutcome]):
    """A fixed price per period."""

    number = 6
    key = "subscription"
    name = "Subscription or managed service"
    definition = "A fixed price per period for a described, continuing service."
    terms = SubscriptionTerms
    results = SubscriptionOutcome
    formula = (
        "The fee starts as agreed and changes after every so many periods: fee = previous fee × (1 + rise), rounded.",
        "Overage = for each period, units beyond the included ones × price, rounded; the periods are added.",
        "Leaving before the minimum term costs a percentage of the fees of the missing periods, rounded once.",
        "You pay set-up + fees + overage + the charge for leaving early.",
    )
    answer = {
        "setup": "once",
        "period_fees": "the fees of all periods, added",
        "last_period_fee": "the fee of the last period",
        "overage": "units beyond the included ones",
        "termination": "for leaving before the minimum term",
        "client_pays": "all four added",
    }
    risk_client = "Paying for unused service, price rises, being locked in."
    risk_seller = "Service harder than planned."
    incentive = "Automate, prevent faults, keep the client."
    perverse = "Once signed, do less each month; make leaving hard; let renewals slip by unnoticed."
    good_when = "The need is steady and the service can be measured."
    not_when = "The need will end or shrink soon, or nobody measures."
    questions = (
        "What do you do every month, and how will I see it?",
        "How do I leave, with my data, and what does that cost in month 7?",
        "How has the price moved?",
        "Which service levels are missed how often?",
    )
    clauses = (
        Clause(
            "service_levels",
            "Service description and levels",
            "Describe the service and its levels, and the credit for missing one.",
        ),
        Clause(
            "renewal",
            "Term, notice and renewal",
            "The seller reminds the client before the contract renews; it never renews in silence.",
        ),
        Clause("indexation", "Indexation formula", "Say how the price may rise, when, and how it is announced."),
        Clause(
            "data_return", "Data return and handover", "Say how the client gets its data back and who helps to move on."
        ),
        Clause("unit_limits", "Unit limits", "Say what a unit is, who counts, and what happens at the limit."),
        Clause("report", "Report of each period", "The seller sends a short report each period of what it did."),
    )
    also_called = (
        "Managed service, SaaS",
        "Construction and facilities: maintenance contract",
        "Outsourcing fee, evergreen",
        "Law: legal subscription",
        "“Productized service”",
    )
    example = Example(
        currency="EUR",
        params={
            "fee_per_period": "800.00",
            "setup_fee": "500.00",
            "min_periods": "24",
            "early_termination_percent": "50",
            "indexation_percent": "3.5",
            "included_units": "1000",
            "overage_unit_price": "0.0125",
        },
        outcome={"periods": "19", "usage": ["900", "1250", "1777"]},
        words="The client leaves after 19 of 24 months; in the second and third it used more than was included.",
    )

    def pays(self, terms: SubscriptionTerms, outcome: SubscriptionOutcome, currency: Currency) -> dict[str, Any]:
        zero = Money(0, currency)
        fees = list(islice(terms.fees(), outcome.periods))
        price, included = Fraction(terms.overage_unit_price), Fraction(terms.included_units)
        overage = zero
        for units in outcome.usage:
            overage += Money.rounded(max(Fraction(0), Fraction(units) - included) * price, currency)
        period_fees, termination = sum(fees, zero), terms.termination(outcome.periods)
        return {
            "setup": str(terms.setup_fee),
            "period_fees": str(period_fees),
            "last_period_fee": str(fees[-1]) if fees else None,
            "overage": str(overage),
            "termination": str(termination),
            "client_pays": str(terms.setup_fee + period_fees + overage + termination),
        }

    def steps(self, terms: SubscriptionTerms, outcome: SubscriptionOutcome, sheet: Sheet) -> None:
        setup = sheet.name("setup", sheet.money("setup_fee", terms.setup_fee))
        fees = _fee_steps(terms, max(outcome.periods, terms.min_periods), sheet)
        period_fees = _fees_between(terms, fees, 0, outcome.periods, "period_fees", sheet)
        if outcome.periods:
            sheet.name("last_period_fee", fees[(outcome.periods - 1) // terms.indexation_every])
        price, included = (
            sheet.number("unit_price", terms.overage_unit_price),
            sheet.number("included_units", terms.included_units),
        )
        overages = []
        for index, units in enumerate(outcome.usage):
            over = sheet.beyond(f"overage.{index}.units", sheet.number("units", units), included)
            overages.append(sheet.product(f"overage.{index}", over, price))
        overage = sheet.sum("overage", overages)
        missing = _fees_between(terms, fees, outcome.periods, terms.min_periods, "termination.missing", sheet)
        percent = sheet.number("percent", terms.early_termination_percent)
        termination = sheet.percentage("termination", missing, percent)
        sheet.sum("client_pays", [setup, period_fees, overage, termination])

    def limit(self, terms: SubscriptionTerms, currency: Currency) -> Limit:
        return Limit("no_upper_limit")

    def sentences(self, terms: SubscriptionTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        yield (
            f"You pay {figures.money(terms.fee_per_period)} every period, and we keep the service running as described."
        )
        if terms.setup_fee.minor:
            yield f"Setting it up costs {figures.money(terms.setup_fee)} once."
        if terms.overage_unit_price:
            price = figures.price(terms.overage_unit_price, currency)
            if terms.included_units:
                are = "is" if terms.included_units == 1 else "are"
                units = figures.counted(terms.included_units, "units")
                yield f"{units} {are} included in each period; a further one costs {price}."
            else:
                yield f"Each unit you use costs {price} on top."
        yield "If there are few problems we earn more, so it pays us to prevent them."
        yield "But a quiet contract can also make a supplier lazy."
        yield Sentence("Each period you get a short report of what we did.", "report")
        yield (
            "Look at three things: how long you are tied in, what it costs to leave early, and how the price may rise."
        )
        yield from self._three_things(terms, figures)
        yield Sentence("We remind you before it renews; it never renews in silence.", "renewal")

    def _three_things(self, terms: SubscriptionTerms, figures: Figures) -> Iterable[str]:
        if terms.min_periods:
            yield f"You are tied in for {figures.counted(terms.min_periods, 'periods')}."
            half = terms.min_periods // 2
            leaving = terms.termination(half)
            costs = figures.money(leaving) if leaving.minor else "nothing"
            if half:
                after = figures.counted(half, "periods")
                yield f"Leaving half-way, after {after}, costs {costs} on top of the fees until then."
            else:
                yield f"Leaving before it begins costs {costs}."
        else:
            yield "You are not tied in, and leaving costs nothing extra."
        every = terms.indexation_every
        if terms.indexation_percent:
            one, two, three = (figures.money(fee) for fee in islice(terms.fees(), 0, SHOWN_RISES * every + 1, every))
            rhythm = "every period" if every == 1 else f"every {figures.number(every)} periods"
            percent = figures.percent(terms.indexation_percent)
            yield f"The fee rises by {percent} {rhythm}: from {one} to {two}, then to {three}, and so on."
        else:
            yield "The fee stays as it is."


def _fee_steps(terms: SubscriptionTerms, periods: int, sheet: Sheet) -> list[Figure]:
    """The fee before the first rise and after each, as far as so many periods reach."""
    fees = [sheet.name("fee.0", sheet.money("fee_per_period", terms.fee_per_period))]
    percent = sheet.number("percent", terms.indexation_percent)
    for number in range(1, -(-periods // terms.indexation_every)):
        fees.append(sheet.raised(f"fee.{number}", fees[-1], percent))
    return fees


def _fees_between(
    terms: SubscriptionTerms, fees: list[Figure], first: int, last: int, key: str, sheet: Sheet
) -> Figure:
    """The fees of the periods from ``first`` to before ``last``, added."""
    every, parts = terms.indexation_every, []
    for number, fee in enumerate(fees):
        count = min(last, (number + 1) * every) - max(first, number * every)
        if count > 0:
            parts.append(sheet.times(f"{key}.{number}", sheet.number("periods", count), fee))
    return sheet.sum(key, parts)


MODEL = Subscription()
