"""Unit and tiered prices (billing model 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

from ...errors import PricingError
from ...money import Currency, Money, rounded_text
from ...working.sheet import Sheet
from ..base import BillingModel, Clause, Example, Limit, Sentence, Variant
from ..figures import Figures, joined
from ..parameters import Choice, Parameter, PriceTier, Values
from ..piecewise import Line
from ..price_curve import Mark, PriceCurve, drawn_until, runs_of
from ..values import require_ascending


class Cliff(NamedTuple):
    """From more than ``above`` to ``up_to`` units the bill is higher than for just more than ``up_to``."""

    above: Fraction
    up_to: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class TieredTerms(Values):
    """The price list, how it is read, and the least that is paid."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="mode",
            label="How tiers work",
            kind="choice",
            default="graduated",
            choices=(
                Choice("graduated", "Graduated: each slice at its own price"),
                Choice("volume", "Volume: all units at the price of the tier reached"),
            ),
        ),
        Parameter(
            name="tiers",
            label="Tiers",
            kind="tiers",
            unit="per unit",
            required=True,
            help="Upper bounds belong to their tier and rise; the last tier has none. A flat fee may come with a tier.",
        ),
        Parameter(name="minimum", label="Minimum", kind="money", default="0", help="Also due at zero units."),
    )
    mode: str
    tiers: tuple[PriceTier, ...]
    minimum: Money

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        require_ascending([None if tier.up_to is None else Fraction(tier.up_to) for tier in self.tiers], "tiers")
        if not self.tiers:
            raise PricingError("missing_field", "There are no tiers. Add at least one.", field="tiers")
        if self.tiers[-1].up_to is not None:
            raise PricingError(
                "bad_number",
                f"The last tier ends at {self.tiers[-1].up_to:f}. Leave its upper bound out,"
                " so that every number of units has a price.",
                field=f"tiers.{len(self.tiers) - 1}.up_to",
            )

    def slices(self, units: Fraction) -> list[Fraction]:
        """How many of the units are billed in each tier."""
        slices, below, reached = [], Fraction(0), units <= 0
        for tier in self.tiers:
            up_to = units if tier.up_to is None else min(units, Fraction(tier.up_to))
            if self.mode == "volume":
                slices.append(units if not reached and units <= up_to else Fraction(0))
                reached = reached or units <= up_to
            else:
                slices.append(max(Fraction(0), up_to - below))
                below = max(below, up_to)
        return slices

    def amounts(self, slices: Iterable[Fraction], currency: Currency) -> list[Money]:
        """What each tier costs, rounded one by one."""
        return [
            Money.rounded(units * Fraction(tier.unit_price), currency) + tier.flat_fee if units else Money(0, currency)
            for tier, units in zip(self.tiers, slices, strict=True)
        ]

    def total(self, units: Fraction, currency: Currency) -> Money:
        """What so many units cost, the minimum included."""
        return max(sum(self.amounts(self.slices(units), currency), Money(0, currency)), self.minimum)

    @property
    def cliffs(self) -> tuple[Cliff, ...]:
        """Every range in which buying a little more would cost less in all."""
        if self.mode != "volume":
            return ()
        cliffs, below, least = [], Fraction(0), self.minimum.exact
        for tier, following in zip(self.tiers, self.tiers[1:], strict=False):
            assert tier.up_to is not None
            bound, price, flat = Fraction(tier.up_to), Fraction(tier.unit_price), tier.flat_fee.exact
            beyond = max(bound * Fraction(following.unit_price) + following.flat_fee.exact, least)
            if beyond < bound * price + flat:
                above = (beyond - flat) / price if price else below
                cliffs.append(Cliff(max(below, above), bound))
            below = bound
        return tuple(cliffs)

    @property
    def tier_lines(self) -> list[Line]:
        """What the client pays by units within each tier, exact, the minimum included."""
        lines, below, paid = [], Fraction(0), Fraction(0)
        for tier in self.tiers:
            price, flat = Fraction(tier.unit_price), tier.flat_fee.exact
            fixed = flat if self.mode == "volume" else paid + flat - price * below
            lines.append(Line.straight(fixed, price).at_least(self.minimum.exact))
            if tier.up_to is not None:
                bound = Fraction(tier.up_to)
                paid += price * (bound - below) + flat
                below = bound
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class TieredOutcome(Values):
    """The number of units."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="units", label="Units", kind="units", unit="units", required=True, help="With at most four decimals."
        ),
    )
    units: Decimal


class TieredPrices(BillingModel[TieredTerms, TieredOutcome]):
    """A price per unit that falls with quantity."""

    number = 7
    key = "unit_tiered"
    name = "Unit and tiered prices"
    definition = (
        "A price per unit that falls with quantity. Graduated: each slice at its own price. Volume: all units at the"
        " price of the tier reached."
    )
    terms = TieredTerms
    results = TieredOutcome
    formula = (
        (
            "Graduated: each tier costs its slice × price, rounded, + its flat fee if anything falls into it; the"
            " tiers are added."
        ),
        "Volume: all units × the price of the first tier whose bound is not passed, rounded, + its flat fee.",
        "You pay that sum, or the minimum if it is larger, also at zero units.",
        "Effective unit price = what you pay ÷ units, to four decimals; there is none at zero units.",
    )
    answer = {
        "tiers": "units and amount of each tier",
        "client_pays": "the tiers added, at least the minimum",
        "effective_unit_price": "what a unit came to",
    }
    risk_client = "Quantity. With volume tiers there is a cliff: 101 units may cost less in all than 100."
    risk_seller = "Cost per unit."
    incentive = "Standardize."
    perverse = "Count generously, split one unit into two, push quantity."
    good_when = "Units are alike and countable by both."
    not_when = "Units differ in effort or the client cannot control the number."
    questions = (
        "What exactly is a unit, who counts, and can I see the count?",
        "Which mode is it?",
        "Is there a minimum?",
        "What did clients like me use?",
    )
    clauses = (
        Clause("unit", "Unit definition", "Say exactly what one unit is."),
        Clause("counting", "Counting and audit", "The client may see the count and how it was made."),
        Clause("mode", "Mode", "Say whether tiers are graduated or by volume."),
        Clause("period", "Period of counting", "Say over which time units are counted."),
        Clause("minimum", "Minimum", "Say what is due when fewer units are used."),
        Clause("reset", "Yearly reset", "Say when counting starts again at zero."),
    )
    also_called = (
        "Construction: schedule of rates, bill of quantities, remeasurement",
        "IT: per-transaction, usage-based, consumption",
        "Law: per-document, task-based",
        "Slab (volume) and block (graduated) pricing",
    )
    example = Example(
        currency="EUR",
        params={
            "mode": "volume",
            "tiers": [{"up_to": "100", "unit_price": "10.00"}, {"up_to": None, "unit_price": "8.00"}],
        },
        outcome={"units": "101"},
        words="Volume tiers: up to 100 units at 10.00, from there on all units at 8.00. The client takes 101.",
    )
    variants = (Variant("Graduated tiers", {**example.params, "mode": "graduated"}),)

    def pays(self, terms: TieredTerms, outcome: TieredOutcome, currency: Currency) -> dict[str, Any]:
        units = Fraction(outcome.units)
        slices = terms.slices(units)
        amounts = terms.amounts(slices, currency)
        total = max(sum(amounts, Money(0, currency)), terms.minimum)
        return {
            "tiers": [
                {"units": rounded_text(slice_, 4), "amount": str(amount)}
                for slice_, amount in zip(slices, amounts, strict=True)
            ],
            "client_pays": str(total),
            "effective_unit_price": rounded_text(total.exact / units, 4) if units else None,
        }

    def steps(self, terms: TieredTerms, outcome: TieredOutcome, sheet: Sheet) -> None:
        units = sheet.number("units", outcome.units)
        amounts, below = [], sheet.number("below", 0)
        for index, (tier, billed) in enumerate(zip(terms.tiers, terms.slices(units.exact), strict=True)):
            key = f"tiers.{index}"
            if terms.mode == "graduated":
                up_to = None if tier.up_to is None else sheet.number("up_to", tier.up_to)
                slice_ = sheet.beyond(f"{key}.units", sheet.at_most(f"{key}.reached", units, up_to), below)
                below = up_to or below
            else:
                slice_ = sheet.name(f"{key}.units", sheet.number("units", billed))
            price = sheet.product(f"{key}.price", slice_, sheet.number("unit_price", tier.unit_price))
            flat = [sheet.money("flat_fee", tier.flat_fee)] if billed else []
            amounts.append(sheet.sum(f"{key}.amount", [price, *flat]))
        total = sheet.sum("tiers_total", amounts)
        paid = sheet.at_least("client_pays", total, sheet.money("minimum", terms.minimum))
        if units.exact:
            sheet.quotient("effective_unit_price", paid, units, 4)

    def limit(self, terms: TieredTerms, currency: Currency) -> Limit:
        if terms.tiers[-1].unit_price:
            return Limit("no_upper_limit")
        bounds = [Fraction(tier.up_to) for tier in terms.tiers if tier.up_to is not None]
        beyond = (bounds[-1] if bounds else Fraction(0)) + 1
        return Limit("at_most", max(terms.total(units, currency) for units in (*bounds, beyond)))

    def price_curve(self, terms: TieredTerms) -> PriceCurve | None:
        if len(terms.tiers) == 1:
            return None
        lines, since = terms.tier_lines, {cliff.up_to: cliff.above for cliff in terms.cliffs}
        bounds = [Fraction(tier.up_to) for tier in terms.tiers if tier.up_to is not None]
        marks = [
            Mark("cliff" if at in since else "step", at, before.at(at), after.at(at), since.get(at))
            for at, before, after in zip(bounds, lines, lines[1:], strict=False)
        ]
        stops = [Fraction(0), *bounds, drawn_until(marks)]
        runs = [
            run for line, start, end in zip(lines, stops, stops[1:], strict=False) for run in runs_of(line, start, end)
        ]
        return PriceCurve("unit", tuple(runs), tuple(marks))

    def sentences(self, terms: TieredTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        if len(terms.tiers) == 1:
            yield f"You pay for each unit, however many you buy: {_prices(terms, currency, figures)}."
        else:
            yield "You pay for each unit, and the price per unit changes with how many you buy."
            yield f"The prices are: {_prices(terms, currency, figures)}."
            if terms.mode == "graduated":
                yield "Only the units above a line get the price beyond it; those below keep theirs."
            elif terms.cliffs:
                yield "Once you cross a line, all your units get its price: buying one more can even lower your bill."
            else:
                yield "Once you cross a line, all your units get its price."
        for cliff in terms.cliffs:
            above, up_to = figures.number(cliff.above), figures.number(cliff.up_to)
            yield f"For more than {above} and up to {up_to} units you pay more than for just over {up_to}."
        if terms.minimum.minor:
            yield f"You pay at least {figures.money(terms.minimum)}, even if you use nothing."
        yield "Please check what counts as a unit and who counts."
        yield Sentence("You may see the count at any time.", "counting")


def _prices(terms: TieredTerms, currency: Currency, figures: Figures) -> str:
    steps, below = [], None
    for tier in terms.tiers:
        price = figures.price(tier.unit_price, currency) + " each"
        if tier.flat_fee.minor:
            price += f" plus {figures.money(tier.flat_fee)} once"
        if tier.up_to is None:
            steps.append(price if below is None else f"above {figures.counted(below, 'units')} {price}")
        else:
            steps.append(f"up to {figures.counted(tier.up_to, 'units')} {price}")
        below = tier.up_to
    return joined(steps)


MODEL = TieredPrices()
