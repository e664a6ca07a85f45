"""Value-based fee (billing model 8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import PricingError
from ...money import Currency, Money, rounded_text
from ...working.sheet import Figure, Sheet
from ..base import BillingModel, Clause, Example, Limit, RiskPlace, Sentence, Variant
from ..figures import Figures
from ..parameters import Choice, OnlyIf, Parameter, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTerms(Values):
    """The share of the value, and between which amounts the fee stays."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="mode",
            label="The value is",
            kind="choice",
            default="agreed",
            choices=(Choice("agreed", "Agreed in advance"), Choice("measured", "Measured afterwards")),
        ),
        Parameter(
            name="expected_value",
            label="Expected value",
            kind="money",
            required=True,
            only_if=OnlyIf("mode", ("agreed",)),
            help="With the client’s own working.",
        ),
        Parameter(
            name="share_percent", label="Share", kind="percent", unit="% of the value", most="100", required=True
        ),
        Parameter(name="floor", label="Floor", kind="money", help="The fee is never below it."),
        Parameter(name="ceiling", label="Ceiling", kind="money", help="The fee is never above it."),
    )
    mode: str
    share_percent: Decimal
    expected_value: Money | None = None
    floor: Money | None = None
    ceiling: Money | None = None

    def __post_init__(self) -> None:
        Values.__post_init__(self)
        if self.floor is not None and self.ceiling is not None and self.ceiling < self.floor:
            raise PricingError(
                "bad_number",
                f"The ceiling {self.ceiling} is below the floor {self.floor}. Change one of them.",
                field="ceiling",
            )

    def fee(self, value: Money) -> Money:
        """The share of the value, rounded once, kept between floor and ceiling."""
        fee = Money.rounded(value.exact * Fraction(self.share_percent) / 100, value.currency)
        if self.floor is not None:
            fee = max(fee, self.floor)
        return fee if self.ceiling is None else min(fee, self.ceiling)

    def fee_steps(self, value: Figure, sheet: Sheet) -> Figure:
        """``fee`` step by step, as ``client_pays``."""
        share = sheet.percentage("share", value, sheet.number("share_percent", self.share_percent))
        floor = None if self.floor is None else sheet.money("floor", self.floor)
        ceiling = None if self.ceiling is None else sheet.money("ceiling", self.ceiling)
        return sheet.at_most("client_pays", sheet.at_least("share.floored", share, floor), ceiling)

    def bill_steps(self, achieved: Figure, sheet: Sheet, expected: Figure | None = None) -> None:
        """The bill step by step if the result is worth ``achieved``; ``expected`` is the figure of the agreed value."""
        if self.expected_value is None:
            base = sheet.at_least("value", achieved, sheet.money("floor", sheet.zero))
        else:
            base = expected or sheet.money("expected_value", self.expected_value)
        paid = self.fee_steps(base, sheet)
        sheet.less("client_net_value", achieved, paid)
        if paid.exact:
            sheet.quotient("value_multiple", achieved, paid, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOutcome(Values):
    """What the result was worth."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="achieved_value",
            label="Achieved value",
            kind="money",
            least=None,
            required=True,
            help="May be negative.",
        ),
    )
    achieved_value: Money


class ValueBasedFee(BillingModel[ValueTerms, ValueOutcome]):
    """A share of what the result is worth."""

    number = 8
    key = "value_based"
    name = "Value-based fee"
    definition = "A fee set by what the result is worth to the client: agreed in advance, or measured afterwards."
    terms = ValueTerms
    results = ValueOutcome
    formula = (
        "Base = the expected value if it is agreed; the achieved value, or 0 if that is negative, if it is measured.",
        "You pay base × share, rounded once; not below the floor, not above the ceiling.",
        "Net value = achieved value − what you pay. Value multiple = achieved value ÷ what you pay.",
    )
    answer = {
        "client_pays": "the share of the value, between floor and ceiling",
        "client_net_value": "achieved value − client_pays",
        "value_multiple": "achieved value ÷ client_pays",
    }
    risk_places = (RiskPlace(10, "Value-based fee"),)
    risk_client = "Agreed: that the value does not come. Measured: shared; both bear the risk of measuring."
    risk_seller = "More hours than planned; measured: that the value does not come."
    incentive = "Care about the client’s result, not hours."
    perverse = (
        "Push up the value estimate; claim credit for what would have happened anyway; pick the number that grows,"
        " not the one that matters."
    )
    good_when = "The value is large, understood by both and influenced by the seller."
    not_when = "It cannot be measured or depends mostly on others, or the work is routine with a market price."
    questions = (
        "How did we get this value, and what is it without you?",
        "What does the work cost you?",
        "Who measures, from which date, with which data?",
        "What is the most I can pay?",
    )
    clauses = (
        Clause(
            "value_measure",
            "Value measure and baseline",
            (
                "Both work the value out together; its working, baseline, data source, period and other causes are"
                " written down here."
            ),
        ),
        Clause("limits", "Floor and ceiling", "Say what the fee never falls below and never rises above."),
        Clause("referee", "Independent referee", "Name somebody both trust who decides when the measure is disputed."),
        Clause("data_access", "Access to data", "Say which data the seller may see, and until when."),
        Clause(
            "not_carried_out",
            "Advice not carried out",
            "Say what is due when the client does not carry out the advice.",
        ),
    )
    also_called = (
        "Law, accounting: value billing, value pricing",
        "IT: outcome-based",
        "Consulting: performance fee, gain share",
        "German: Nutzenpreis",
    )
    example = Example(
        currency="EUR",
        params={"mode": "measured", "share_percent": "15", "floor": "20000.00", "ceiling": "90000.00"},
        outcome={"achieved_value": "310000.00"},
        words="15 % of what was measured, between 20,000.00 and 90,000.00. The result is worth 310,000.00.",
    )
    variants = (
        Variant("Agreed in advance", {"mode": "agreed", "expected_value": "400000.00", "share_percent": "12.5"}),
    )

    def pays(self, terms: ValueTerms, outcome: ValueOutcome, currency: Currency) -> dict[str, Any]:
        achieved = outcome.achieved_value
        base = max(achieved, Money(0, currency)) if terms.expected_value is None else terms.expected_value
        fee = terms.fee(base)
        return {
            "client_pays": str(fee),
            "client_net_value": str(achieved - fee),
            "value_multiple": rounded_text(achieved.exact / fee.exact, 2) if fee.minor else None,
        }

    def steps(self, terms: ValueTerms, outcome: ValueOutcome, sheet: Sheet) -> None:
        terms.bill_steps(sheet.money("achieved_value", outcome.achieved_value), sheet)

    def limit(self, terms: ValueTerms, currency: Currency) -> Limit:
        if terms.expected_value is not None:
            return Limit("fixed", terms.fee(terms.expected_value))
        if not terms.share_percent:
            return Limit("fixed", terms.fee(Money(0, currency)))
        return Limit("no_upper_limit") if terms.ceiling is None else Limit("at_most", terms.ceiling)

    def limit_steps(self, terms: ValueTerms, sheet: Sheet, amount: Money) -> Figure:
        if terms.expected_value is None:
            return sheet.name("limit", sheet.money("limit", amount))
        return sheet.name("limit", terms.fee_steps(sheet.money("expected_value", terms.expected_value), sheet))

    def sentences(self, terms: ValueTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        yield "The fee depends on what the result is worth to you, not on our hours."
        if terms.expected_value is None:
            yield f"It is {figures.percent(terms.share_percent)} of the value that is measured afterwards."
            if terms.floor is not None:
                yield f"You never pay less than {figures.money(terms.floor)}."
            if terms.ceiling is not None:
                yield f"You never pay more than {figures.money(terms.ceiling)}."
        else:
            yield _agreed(terms, terms.expected_value, figures)
        yield Sentence("We worked that value out together, and the working is shown here.", "value_measure")
        yield (
            "If our work takes little time, our hourly gain is high; you are paying for the result and for the risk"
            " we share."
        )
        yield (
            "Ask yourself two things. Would this gain come anyway, without us? And could you live with the fee if"
            " the gain is only half as big?"
        )
        if terms.expected_value is not None:
            fee, half = terms.fee(terms.expected_value), Money.rounded(terms.expected_value.exact / 2, currency)
            if fee.minor <= half.minor:
                left = f"{figures.money(half)} of gain would leave you with {figures.money(half - fee)}"
            else:
                left = f"the fee would be {figures.money(fee - half)} more than the {figures.money(half)} of gain"
            yield f"You would still pay the same {figures.money(fee)}, and {left}."
        yield "If the value cannot be measured by someone we both trust, choose another way to pay."


def _agreed(terms: ValueTerms, expected: Money, figures: Figures) -> str:
    fee, share = terms.fee(expected), figures.percent(terms.share_percent)
    of_it = Money.rounded(expected.exact * Fraction(terms.share_percent) / 100, expected.currency)
    said = f"We expect a value of {figures.money(expected)}; {share} of it"
    if fee == of_it:
        return f"{said} makes a fee of {figures.money(fee)}."
    bound = "ceiling" if fee < of_it else "floor"
    return f"{said} would be {figures.money(of_it)}, and the {bound} makes it a fee of {figures.money(fee)}."


MODEL = ValueBasedFee()
