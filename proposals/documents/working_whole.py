"""The working of everything that a proposal calculates: its price, instalments, billing, and the most it can become.

Made from plain contents (the shapes of `parts` and of a revision), so that a revision explains its own numbers. Each
number that is not of the price itself has a name here, since only these contents know what it belongs to.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from proposals.documents.billing_compared import Beside, hours_text, lines_of, shown_rows
from proposals.documents.billing_crossings import meetings
from proposals.documents.billing_takes import asked_takes, taking
from proposals.documents.billing_terms import agreed_content, proposal_facts
from proposals.documents.contents import ProposalRows
from proposals.documents.day_rates import day_rates
from proposals.documents.payment import as_given, instalment_titles, schedule_content
from proposals.documents.price_document import Price, priced_with_working
from proposals.models import Section
from proposals.pricing import Money, PriceDocument, PriceResult
from proposals.pricing.billing import MODELS
from proposals.pricing.billing.compared import ComparisonSteps
from proposals.pricing.billing.models.value_based import MODEL as VALUE_BASED
from proposals.pricing.expectation import Expectation, expectation_steps
from proposals.pricing.instalment_plan import read_plan
from proposals.pricing.money import HOUR_PLACES
from proposals.pricing.most import FeeLimit, most_steps
from proposals.pricing.reading import JsonObject
from proposals.pricing.schedule import schedule_steps
from proposals.pricing.working import Working
from proposals.pricing.working.explain import working_of
from proposals.pricing.working.record import Record
from proposals.pricing.working.sheet import Figure, Sheet, figure_of

Json = Mapping[str, Any]
OUTCOMES: Final = ("low", "likely", "high")


@dataclass(frozen=True)
class Billing:
    """A billing section: what is agreed on, and the facts and the further row that its comparison is shown with."""

    section_id: str
    content: Json
    facts: Json
    with_added: bool = True

    @property
    def owner(self) -> str:
        """What the names of the section's amounts begin with."""
        return f"billing:{self.section_id}"

    @property
    def rows(self) -> list[Beside]:
        """The models beside each other, as they are shown; none without an estimate."""
        if "results" not in self.content:
            return []
        return shown_rows(self.content, self.facts, with_added=self.with_added)


@dataclass(frozen=True)
class Whole:
    """What is explained: the priced document, the payment schedule (None if there is none), the billing sections."""

    document: Json
    schedule: Json | None = None
    billing: tuple[Billing, ...] = ()


@dataclass(frozen=True)
class Explained:
    """The working, and what its numbers beyond the price are called: titles of `instalments` and of compared `models`.

    `units` are the units in which the comparisons count what the work takes, by the beginning of their keys.
    """

    working: Working
    instalments: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def whole_of_rows(rows: ProposalRows, price: Price) -> Whole:
    """Everything that a proposal calculates as it stands; `price` is its price."""
    facts = proposal_facts(rows.proposal)
    billing = tuple(
        Billing(str(section), agreed_content(terms, rows.proposal), facts) for section, terms in rows.billing.items()
    )
    return Whole(price.document, schedule_content(rows, price), billing)


def whole_of_revision(content: Json, document: Json) -> Whole:
    """Everything that a revision calculates; `document` is what its prices were calculated from."""
    billing = tuple(
        Billing(
            section["id"],
            section["billing"],
            section["explanation"]["facts"],
            any("result" in row for row in section["explanation"].get("compared", ())),
        )
        for section in content["sections"]
        if section["kind"] == Section.Kind.BILLING and "billing" in section and "explanation" in section
    )
    return Whole(document, content["pricing"].get("schedule"), billing)


def explained(whole: Whole, asked: Collection[str] = ()) -> Explained:
    """How every number of the whole came about.

    `asked` are names of amounts that somebody looks for: what the models cost if the work takes a certain time is
    worked out for the times that are named there. Raises PricingError only for a price that can't be calculated, and
    for a time that is no number.
    """
    document, result, working = priced_with_working(whole.document)
    record = Record(document.currency)
    _most(record, whole.billing, document, result, working)
    models: dict[str, str] = {}
    units: dict[str, str] = {}
    for billing in whole.billing:
        _worksheet(record, billing)
        _day_rates(record, billing)
        if billing.rows:
            models |= _comparison(record, billing, asked)
            units[billing.owner] = billing.content["estimate"]["unit"]
    titles = _schedule(record, whole.schedule, working)
    return Explained(working.joined(working_of(record)), titles, models, units)


def _most(
    record: Record, billing: Sequence[Billing], document: PriceDocument, result: PriceResult, working: Working
) -> None:
    """The limit of every billing section, and what the total can become by the first of them."""
    limits = [each for each in billing if "limit" in each.content]
    for each in limits:
        said = each.content["limit"]
        if "amount" not in said:
            continue
        amount = Money.stated(Decimal(said["amount"]), record.currency, "limit")
        figure = _limit(Sheet(record, f"{each.owner}."), each.content, amount)
        if each is limits[0]:
            limit = FeeLimit(amount, said["covers"] == "everything", said["kind"] == "fixed")
            most_steps(Sheet(record, "most."), working, document, result, limit, figure)


def _limit(sheet: Sheet, content: Json, amount: Money) -> Figure:
    """The limit of a model as it follows from its figures."""
    model = MODELS[content["model"]]
    terms = model.read(content["params"], sheet.record.currency)
    return model.limit_steps(terms, sheet, amount)


def _comparison(record: Record, billing: Billing, asked: Collection[str]) -> dict[str, str]:
    """The steps of a comparison; the answer is what each model is called, by the beginning of its keys."""
    rows, content, facts, prefix = billing.rows, billing.content, billing.facts, f"{billing.owner}."
    cost, unit = content.get("cost", {}), content["estimate"]["unit"]
    given: JsonObject = {
        "currency": facts["currency"],
        "estimate": {name: hours_text(content["estimate"][name], content, facts) for name in OUTCOMES},
        "cost_per_hour": cost.get("cost_per_hour") or "0",
        "fixed_costs": cost.get("fixed_costs") or "0",
        "models": [{"id": str(place), "model": row.model.key, "params": row.params} for place, row in enumerate(rows)],
    }
    per_unit = Decimal(facts["hours_per_day"] if unit == "day" else 1)

    def steps(prefix: str) -> ComparisonSteps:
        return ComparisonSteps(record, given, prefix=prefix, seller="cost" in content, hours_per_unit=per_unit)

    hours = {
        name: _hours(Sheet(record, prefix), f"hours.{name}", content["estimate"][name], content, facts)
        for name in OUTCOMES
    }
    whole = steps(prefix)
    whole.outcomes(hours)
    for place, at in meetings(lines_of(rows, content, facts), content, facts).items():
        whole.meeting(place, at)
    for written, takes in asked_takes(billing.owner, asked).items():
        of = taking(billing.owner, written)
        sheet = Sheet(record, of)
        stated = sheet.number(f"{unit}s", Decimal(takes))
        by_day = sheet.times("hours", stated, sheet.number("hours_per_day", per_unit)) if unit == "day" else stated
        steps(of).taking(by_day)
    return {f"{prefix}{place}": row.label for place, row in enumerate(rows)}


def _day_rates(record: Record, billing: Billing) -> None:
    """What the rates of hours come to in a day, where the work is counted in days."""
    sheet = Sheet(record, f"{billing.owner}.")
    for rate in day_rates(billing.content):
        hours = sheet.number("hours_per_day", Decimal(billing.facts["hours_per_day"]))
        sheet.product(rate.name, hours, sheet.number("rate", rate.rate), role=rate.role)


def _worksheet(record: Record, billing: Billing) -> None:
    """The outcomes of a value worksheet with the fee at each, and what an hour of the likely fee comes to."""
    content, said = billing.content, billing.content.get("worksheet", {})
    if "results" not in said:
        return
    sheet = Sheet(record, f"{billing.owner}.worksheet.")
    numbers = {**said["expected_change"], "worth_of_one": said.get("worth_of_one")}
    given = {name: Decimal(value) for name, value in numbers.items() if value is not None}
    terms = VALUE_BASED.read(content["params"], record.currency) if "client_pays" in said["results"]["likely"] else None
    expectation_steps(sheet, Expectation(currency=record.currency, **given), terms)
    estimate = content.get("estimate")
    if terms is None or estimate is None or not Decimal(estimate["likely"]):
        return
    stated = sheet.number("days", Decimal(estimate["likely"]))
    per_day = sheet.number("hours_per_day", Decimal(billing.facts["hours_per_day"]))
    hours = sheet.times("hours", stated, per_day) if estimate["unit"] == "day" else stated
    sheet.quotient("per_hour", sheet.made("likely.client_pays"), hours)


def _hours(sheet: Sheet, key: str, quantity: str, content: Json, facts: Json) -> Figure:
    """The hours of a number of the estimate's unit: as stated, or so many days of so many hours."""
    stated = sheet.number("quantity", Decimal(quantity))
    if content["estimate"]["unit"] != "day":
        return sheet.name(key, stated)
    per_day = Decimal(facts["hours_per_day"])
    exact = stated.exact * Fraction(per_day)
    if 10**HOUR_PLACES % exact.denominator == 0:
        return sheet.times(key, stated.called("days"), sheet.number("hours_per_day", per_day))
    return sheet.product(key, stated, sheet.number("rate", per_day), places=HOUR_PLACES)


def _schedule(record: Record, schedule: Json | None, working: Working) -> tuple[str, ...]:
    """The steps of the instalments; the answer is what they are called. None while the plan does not hold."""
    if schedule is None or "items" not in schedule:
        return ()
    total = figure_of(working, "totals.total", "total")
    tax = figure_of(working, "totals.tax", "tax") if "tax" in schedule["items"][0] else None
    schedule_steps(Sheet(record, "schedule."), total, read_plan(as_given(schedule["plan"]), record.currency), tax)
    return tuple(instalment_titles(schedule))
