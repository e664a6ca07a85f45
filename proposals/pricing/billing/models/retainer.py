"""Retainer in its three variants (billing model 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...money import Currency, Money, rounded_text
from ...reading import JsonObject
from ...working.sheet import Figure, Sheet
from ..base import Clause, ComparableModel, Example, Limit, Sentence, Variant
from ..figures import Figures
from ..hour_bank import HourBank
from ..parameters import Choice, OnlyIf, Parameter, Values
from ..piecewise import Line

USE_OR_LOSE, ROLL_OVER, DRAW_DOWN = "use_it_or_lose_it", "roll_over", "draw_down"
_HOURS = OnlyIf("variant", (USE_OR_LOSE, ROLL_OVER))
_DEPOSIT = OnlyIf("variant", (DRAW_DOWN,))

PERIOD_FEE = Parameter(name="period_fee", label="Fee per period", kind="money", required=True)
INCLUDED_HOURS = Parameter(
    name="included_hours", label="Included hours", kind="hours", unit="hours per period", required=True
)
OVERAGE_RATE = Parameter(
    name="overage_rate", label="Rate of further hours", kind="rate", unit="per hour", required=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainerTerms(Values):
    """Which variant, and the values that it has; the others are ``None``."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="variant",
            label="Variant",
            kind="choice",
            required=True,
            choices=(
                Choice(USE_OR_LOSE, "Use it or lose it"),
                Choice(ROLL_OVER, "Unused hours roll over"),
                Choice(DRAW_DOWN, "A deposit that is drawn down"),
            ),
            help="Three different things share the name. Never speak of a retainer without the variant.",
        ),
        replace(PERIOD_FEE, only_if=_HOURS),
        replace(INCLUDED_HOURS, only_if=_HOURS),
        replace(OVERAGE_RATE, only_if=_HOURS),
        Parameter(
            name="rollover_periods",
            label="Unused hours live on for",
            kind="count",
            unit="whole periods",
            least="1",
            default="1",
            only_if=OnlyIf("variant", (ROLL_OVER,)),
        ),
        Parameter(name="deposit", label="Deposit", kind="money", required=True, only_if=_DEPOSIT),
        Parameter(name="rate", label="Rate", kind="rate", unit="per hour", required=True, only_if=_DEPOSIT),
        Parameter(
            name="refund_unused",
            label="The unused deposit is paid back",
            kind="flag",
            default=True,
            only_if=_DEPOSIT,
        ),
    )
    variant: str
    period_fee: Money | None = None
    included_hours: Decimal | None = None
    overage_rate: Decimal | None = None
    rollover_periods: int | None = None
    deposit: Money | None = None
    rate: Decimal | None = None
    refund_unused: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainerOutcome(Values):
    """The hours used, one total per period."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="hours", label="Hours used", kind="hours_list", unit="hours per period", required=True),
    )
    hours: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainerPeriod(Values):
    """One period, for comparing."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (PERIOD_FEE, INCLUDED_HOURS, OVERAGE_RATE)
    period_fee: Money
    included_hours: Decimal
    overage_rate: Decimal


class Retainer(ComparableModel[RetainerTerms, RetainerOutcome]):
    """A payment in advance for hours."""

    number = 5
    key = "retainer"
    name = "Retainer"
    definition = (
        "A regular or advance payment for access to a number of hours. Three quite different variants share the name."
    )
    terms = RetainerTerms
    results = RetainerOutcome
    comparison = RetainerPeriod.PARAMETERS
    formula = (
        "Use it or lose it: available = included hours; what is not used ends with the period.",
        "Roll-over: unused hours live on for the agreed number of periods, oldest first; what is left then ends.",
        "Both: a period costs the fee + hours beyond the available ones × rate, rounded once.",
        (
            "Deposit: hours × rate, rounded once per period, come off the deposit; what it can’t cover is invoiced"
            " at once."
        ),
        "With a deposit you pay deposit + invoiced − refund.",
    )
    answer = {
        "periods": "each period: hours carried in, available, used and over; what it cost",
        "client_pays": "all periods, added",
        "unused_paid_hours": "hours that ended unused, and those still carried at the end",
    }
    risk_client = "Paying for hours not used."
    risk_seller = "Peaks, and keeping people free."
    incentive = "Stability, knowing the client."
    perverse = (
        "With lost hours the seller does best when the client forgets to call; with roll-over it may stretch work to"
        " use the bank; a deposit is an interest-free loan."
    )
    good_when = "There is steady need and response time matters."
    not_when = "Need comes in rare peaks: pay by the hour instead."
    questions = (
        "How many of our hours went unused last year?",
        "What do I get besides hours (response time, named people)?",
        "May I pause?",
        "Who owns the unused deposit at the end?",
        "Is the rate lower than your normal one, and why?",
    )
    clauses = (
        Clause("variant", "Variant by name", "Name the variant: use it or lose it, roll-over, or deposit."),
        Clause("expiry", "Expiry", "Say when unused hours or an unused deposit end, if they do."),
        Clause("response_time", "Response time", "Say how soon the seller answers and starts."),
        Clause(
            "overage_approval",
            "Approval of further hours",
            "Say who approves hours beyond the included ones, beforehand.",
        ),
        Clause("pause", "Pause and notice", "Say whether the client may pause, and how either side ends it."),
        Clause("refund", "Refund", "Say what is paid back at the end, and when."),
        Clause(
            "deposit_account", "Where a deposit is held", "Say where the deposit is held (lawyers: client account)."
        ),
        Clause("price_review", "Price review", "Say when fee and rates are looked at again."),
        Clause(
            "usage_report",
            "Report of use",
            "The seller shows the client every month how many hours were used and how many are left.",
        ),
    )
    also_called = (
        (
            "Law: retainer, security retainer, evergreen (refilled) retainer, general retainer (pays for"
            " availability only)"
        ),
        "Agency: monthly retainer, service block",
        "IT: support hours, prepaid bucket, call-off",
        "Construction: framework call-off",
    )
    example = Example(
        currency="EUR",
        params={
            "variant": "roll_over",
            "period_fee": "3000.00",
            "included_hours": "20",
            "overage_rate": "160.00",
            "rollover_periods": "1",
        },
        outcome={"hours": ["12", "24", "30"]},
        words="Unused hours roll over for one month. The client uses 12, 24 and 30 hours in three months.",
    )
    variants = (
        Variant(
            "Use it or lose it",
            {
                "variant": "use_it_or_lose_it",
                "period_fee": "3000.00",
                "included_hours": "20",
                "overage_rate": "160.00",
            },
        ),
        Variant("A deposit that is drawn down", {"variant": "draw_down", "deposit": "10000.00", "rate": "150.00"}),
    )

    def pays(self, terms: RetainerTerms, outcome: RetainerOutcome, currency: Currency) -> dict[str, Any]:
        if terms.deposit is not None:
            return _draw_down(terms.deposit, Fraction(terms.rate or 0), bool(terms.refund_unused), outcome, currency)
        bank, period_fee = HourBank(terms.rollover_periods or 0), terms.period_fee or Money(0, currency)
        included, rate = Fraction(terms.included_hours or 0), Fraction(terms.overage_rate or 0)
        total, unused, periods = Money(0, currency), Fraction(0), []
        for number, hours in enumerate(outcome.hours, 1):
            carried_in = bank.hours
            over = bank.use(Fraction(hours), included)
            expired = bank.expire()
            overage_fee = Money.rounded(over * rate, currency)
            unused += expired
            total += period_fee + overage_fee
            periods.append(
                {
                    "period": str(number),
                    "carried_in": rounded_text(carried_in, 4),
                    "available": rounded_text(carried_in + included, 4),
                    "used": rounded_text(Fraction(hours), 4),
                    "overage_hours": rounded_text(over, 4),
                    "overage_fee": str(overage_fee),
                    "expired": rounded_text(expired, 4),
                    "carried_out": rounded_text(bank.hours, 4),
                    "pays": str(period_fee + overage_fee),
                }
            )
        unused += bank.hours
        return {"periods": periods, "client_pays": str(total), "unused_paid_hours": rounded_text(unused, 4)}

    def steps(self, terms: RetainerTerms, outcome: RetainerOutcome, sheet: Sheet) -> None:
        if terms.deposit is not None:
            _draw_down_steps(terms, outcome, sheet)
            return
        included, rate = sheet.number("included_hours", terms.included_hours), sheet.number("rate", terms.overage_rate)
        fee = sheet.money("period_fee", terms.period_fee)
        carried, expired, paid = sheet.number("carried_in", 0), [], []
        for number, hours in enumerate(outcome.hours):
            key, used = f"periods.{number}", sheet.number("used", hours)
            available = sheet.sum(f"{key}.available", [sheet.name(f"{key}.carried_in", carried), included], 0)
            over = sheet.beyond(f"{key}.overage_hours", used, available)
            overage = sheet.product(f"{key}.overage_fee", over, rate)
            left = sheet.beyond(f"{key}.left", available, used)
            kept = sheet.times(f"{key}.lives_on", included, sheet.number("periods", terms.rollover_periods))
            expired.append(sheet.beyond(f"{key}.expired", left, kept))
            carried = sheet.less(f"{key}.carried_out", left, expired[-1])
            paid.append(sheet.sum(f"{key}.pays", [fee, overage]))
        sheet.sum("client_pays", paid)
        sheet.sum("unused_paid_hours", [*expired, carried], 0)

    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        period = RetainerPeriod.read(params, sheet.record.currency)
        over = sheet.beyond("overage_hours", hours, sheet.number("included_hours", period.included_hours))
        overage = sheet.product("overage_fee", over, sheet.number("rate", period.overage_rate))
        return sheet.sum("client_pays", [sheet.money("period_fee", period.period_fee), overage])

    def limit(self, terms: RetainerTerms, currency: Currency) -> Limit:
        return Limit("no_upper_limit")

    def sentences(self, terms: RetainerTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        if terms.deposit is not None and terms.rate is not None:
            yield from _deposit_sentences(terms.deposit, terms.rate, bool(terms.refund_unused), currency, figures)
        elif terms.period_fee is not None and terms.included_hours is not None and terms.overage_rate is not None:
            fee, hours = figures.money(terms.period_fee), terms.included_hours
            yield f"You pay {fee} every period{_for_hours(hours, figures)}."
            if hours:
                yield _unused(terms.rollover_periods, figures)
            if terms.overage_rate:
                yield f"{'Extra hours' if hours else 'Hours'} cost {figures.price(terms.overage_rate, currency)} each."
            else:
                yield "Extra hours cost nothing more."
            yield "A retainer pays off if you need us regularly. If you do not, we earn money for doing nothing."
        yield Sentence("We show you every month how much you used.", "usage_report")

    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        period = RetainerPeriod.read(params, currency)
        rate = Fraction(period.overage_rate)
        overage = Line.straight(-rate * Fraction(period.included_hours), rate).at_least(Fraction(0))
        return overage + Line.straight(period.period_fee.exact)


def _draw_down_steps(terms: RetainerTerms, outcome: RetainerOutcome, sheet: Sheet) -> None:
    deposit, rate = sheet.money("deposit", terms.deposit), sheet.number("rate", terms.rate)
    balance, invoiced = deposit, []
    for number, hours in enumerate(outcome.hours):
        key = f"periods.{number}"
        fee = sheet.product(f"{key}.fee", sheet.number("hours", hours), rate)
        drawn = sheet.at_most(f"{key}.drawn", fee, balance)
        invoiced.append(sheet.less(f"{key}.invoiced", fee, drawn))
        balance = sheet.less(f"{key}.balance", balance, drawn)
    refund = sheet.sum("refund", [balance] if terms.refund_unused else [])
    sheet.less("forfeited", balance, refund)
    sheet.less("client_pays", sheet.sum("billed", [deposit, *invoiced]), refund)


def _draw_down(
    deposit: Money, rate: Fraction, refund_unused: bool, outcome: RetainerOutcome, currency: Currency
) -> dict[str, Any]:
    balance, invoiced, periods = deposit, Money(0, currency), []
    for number, hours in enumerate(outcome.hours, 1):
        fee = Money.rounded(Fraction(hours) * rate, currency)
        drawn = min(fee, balance)
        balance -= drawn
        invoiced += fee - drawn
        periods.append(
            {
                "period": str(number),
                "fee": str(fee),
                "drawn": str(drawn),
                "invoiced": str(fee - drawn),
                "balance": str(balance),
            }
        )
    refund = balance if refund_unused else Money(0, currency)
    return {
        "periods": periods,
        "refund": str(refund),
        "forfeited": str(balance - refund),
        "client_pays": str(deposit + invoiced - refund),
    }


def _for_hours(hours: Decimal, figures: Figures) -> str:
    return f" and get {figures.counted(hours, 'hours')} for it" if hours else "; no hours are included"


def _unused(rollover_periods: int | None, figures: Figures) -> str:
    if rollover_periods is None:
        return "Hours you do not use are gone at the end of the period."
    lasting = "one more period" if rollover_periods == 1 else f"{figures.number(rollover_periods)} more periods"
    return f"Hours you do not use move on for {lasting}, oldest first, and then end."


def _deposit_sentences(
    deposit: Money, rate: Decimal, refund_unused: bool, currency: Currency, figures: Figures
) -> Iterable[str]:
    yield (
        f"Your payment of {figures.money(deposit)} is a deposit: we take our time from it, at"
        f" {figures.price(rate, currency)} an hour."
    )
    yield "Time that the deposit no longer covers is invoiced at once, at the same rate."
    if refund_unused:
        yield "At the end you get back what is left. Until then it is a loan to us without interest."
    else:
        yield "What is left at the end is not paid back: if you need us little, we earn money for doing nothing."


MODEL = Retainer()
