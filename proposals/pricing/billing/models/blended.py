"""Blended rate (billing model 11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import Place
from ...money import Currency, Money, rounded_text
from ...working.sheet import Sheet
from ..base import BillingModel, Clause, Example, Limit, RiskPlace, Sentence
from ..figures import Figures
from ..hourly import fees_by_role, fees_steps, rates_sentence
from ..parameters import Entry, Parameter, Values
from .tm import HOURS, RATES


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendedTerms(Values):
    """The one rate, and those that it stands for."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (
        Parameter(name="blended_rate", label="Blended rate", kind="rate", unit="per hour", required=True),
        replace(
            RATES,
            name="standard_rates",
            label="Standard rates by role",
            help="For comparison: what the same hours would have cost.",
        ),
    )
    blended_rate: Decimal
    standard_rates: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendedOutcome(Values):
    """The hours worked by role."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = (HOURS,)
    hours: tuple[Entry, ...]


class BlendedRate(BillingModel[BlendedTerms, BlendedOutcome]):
    """One hourly rate for everybody."""

    number = 11
    key = "blended"
    name = "Blended rate"
    definition = "One hourly rate for everybody, whoever does the work."
    terms = BlendedTerms
    results = BlendedOutcome
    formula = (
        "You pay all hours × the blended rate, rounded once.",
        "Standard fees = for each role, hours × standard rate, rounded once; the roles are added.",
        "Saving = standard fees − what you pay. If it is negative, you pay more than at standard rates.",
    )
    answer = {
        "total_hours": "of all roles",
        "client_pays": "total hours × blended rate",
        "standard_fees": "the same hours at standard rates",
        "client_saves": "standard fees − client_pays",
    }
    risk_places = (RiskPlace(3, "Blended rate"),)
    risk_client = "Hours, and a cheaper mix at the same rate."
    risk_seller = "A dearer mix."
    incentive = "Delegate."
    perverse = (
        "Give it all to juniors; every senior hour costs margin. Published example: 100 + 100 hours at 500/300"
        " blended at 350 saves the client 10,000; at 20 + 180 hours it costs it 6,000."
    )
    good_when = "The mix is agreed and reported."
    not_when = "The mix is open."
    questions = (
        "Which mix does the rate assume?",
        "What mix did you have on similar work?",
        "What happens below a minimum share of senior time?",
    )
    clauses = (
        Clause(
            "mix", "Assumed mix and tolerance", "Say which mix of people the rate assumes, and how far it may move."
        ),
        Clause("senior_share", "Minimum senior share", "Say the least share of the hours that senior people work."),
        Clause("mix_report", "Report of the mix", "Each bill shows who worked how much, beside the agreed mix."),
        Clause(
            "correction",
            "Correction if outside",
            "When the mix leaves what was agreed, the seller shows what the client would have paid at normal rates.",
        ),
        Clause("people", "Changes of people", "Say who approves a change of people."),
    )
    also_called = ("Composite rate, average rate, all-in rate, single rate card", "German: Mischsatz")
    example = Example(
        currency="EUR",
        params={"blended_rate": "350.00", "standard_rates": {"senior": "500.00", "junior": "300.00"}},
        outcome={"hours": [{"role": "senior", "hours": "20"}, {"role": "junior", "hours": "180"}]},
        words="Half of the hours were to be a senior’s. In the end it is a tenth: 20 of a senior, 180 of a junior.",
    )

    def pays(self, terms: BlendedTerms, outcome: BlendedOutcome, currency: Currency) -> dict[str, Any]:
        with Place(within="hours"):
            hours, standard_fees = fees_by_role(outcome.hours, terms.standard_rates, currency)
        paid = Money.rounded(hours * Fraction(terms.blended_rate), currency)
        return {
            "total_hours": rounded_text(hours, 4),
            "client_pays": str(paid),
            "standard_fees": str(standard_fees),
            "client_saves": str(standard_fees - paid),
        }

    def steps(self, terms: BlendedTerms, outcome: BlendedOutcome, sheet: Sheet) -> None:
        hours, standard = fees_steps(sheet, ("total_hours", "standard_fees"), outcome.hours, terms.standard_rates)
        paid = sheet.product("client_pays", hours, sheet.number("rate", terms.blended_rate))
        sheet.less("client_saves", standard, paid)

    def limit(self, terms: BlendedTerms, currency: Currency) -> Limit:
        return Limit("no_upper_limit")

    def sentences(self, terms: BlendedTerms, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        yield f"You pay one rate, {figures.price(terms.blended_rate, currency)} an hour, no matter who does the work."
        yield "That is simple, and you can ask for our senior people without thinking about their price."
        yield rates_sentence("Our normal", terms.standard_rates, currency, figures)
        yield "But we earn more when junior people do more of the work."
        yield Sentence("We name the mix of people behind the rate here.", "mix")
        yield Sentence("Each bill shows the real mix.", "mix_report")
        yield Sentence(
            "If it moves away from what we agreed, you see what you would have paid at normal rates.", "correction"
        )
        yield "If the work turns out to be simple, ask us to lower the rate or to go back to normal rates."


MODEL = BlendedRate()
