"""What the guide to billing models shows: parameters with their bounds, and worked examples calculated when shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.figures import WrittenFigures
from proposals.pricing import Currency
from proposals.pricing.billing import MODELS, BillingModel, Parameter, RiskPlace
from proposals.pricing.billing.base import LAST_RISK_PLACE
from proposals.pricing.reading import JsonObject

KINDS: Final = {
    "money": "Amount",
    "rate": "Rate",
    "rates": "Rate of each role",
    "hours": "Hours",
    "units": "Units",
    "percent": "Percentage",
    "count": "Whole number",
    "flag": "Yes or no",
    "tiers": "Price tiers",
    "percent_tiers": "Tiers of percentages",
    "milestones": "Results with percentages",
    "entries": "Hours of each role",
    "amounts": "Amounts",
    "hours_list": "Hours, one number per period",
    "units_list": "Units, one number per period",
    "names": "Names",
}
UNBOUNDED: Final = {"choice", "flag", "tiers", "percent_tiers", "milestones", "entries", "amounts", "names"}
NOT_MONEY: Final = {"id", "period"}


@dataclass(frozen=True, slots=True)
class Row:
    """A value of a worked example, ready to read; a list of smaller ones has `table` instead."""

    label: str
    note: str
    value: str
    key: str
    table: "Table | None" = None


@dataclass(frozen=True, slots=True)
class Table:
    """A list within an answer."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences of the explanation; `only_with` is the title of the clause without which they aren't said."""

    text: str
    only_with: str


def risk_axis() -> list[dict[str, Any]]:
    """Who bears more hours than planned, from the client's to the seller's end."""
    places = [(place, model.key) for model in MODELS.values() for place in model.risk_places]
    return [{"place": place, "key": key} for place, key in sorted(places)]


def place_of(model: BillingModel[Any, Any]) -> list[dict[str, Any]]:
    """The axis as a row of marks, those of this model with their name."""
    named: dict[int, RiskPlace] = {place.place: place for place in model.risk_places}
    return [{"number": number, "place": named.get(number)} for number in range(1, LAST_RISK_PLACE + 1)]


def parameter_rows(parameters: Iterable[Parameter]) -> list[dict[str, str]]:
    """What each parameter is, its unit, bounds and default, in words."""
    return [
        {
            "name": each.name,
            "label": each.label,
            "kind": _kind(each),
            "bounds": _bounds(each),
            "default": _default(each),
            "help": each.help,
        }
        for each in parameters
    ]


def explanation(model: BillingModel[Any, Any], params: JsonObject, language: str = "en") -> list[Said]:
    """The plain words with the numbers of `params` and every promise, each with the clause that makes it."""
    currency = Currency(model.example.currency)
    titles = {clause.key: clause.title for clause in model.clauses}
    said = model.explanation(model.read(params, currency), currency, frozenset(titles), WrittenFigures(language))
    return [
        Said(" ".join(each.text for each in sentences), titles[promise] if promise else "")
        for promise, sentences in groupby(said, key=lambda each: each.promise)
    ]


def variants(model: BillingModel[Any, Any], language: str = "en") -> list[dict[str, Any]]:
    """The plain words of terms that read quite differently."""
    return [{"name": each.name, "said": explanation(model, each.params, language)} for each in model.variants]


def worked(model: BillingModel[Any, Any], language: str = "en") -> dict[str, Any]:
    """The example: what is agreed, what happens, and what the engine makes of it."""
    example, currency = model.example, Currency(model.example.currency)
    terms = model.read(example.params, currency)
    answer = model.bill(terms, example.outcome, currency)
    return {
        "words": example.words,
        "agreed": [
            _given(each, example.params, currency, language) for each in _named(model.parameters, example.params)
        ],
        "happened": [
            _given(each, example.outcome, currency, language) for each in _named(model.outcome, example.outcome)
        ],
        "answer": [
            _answered(key, value, _note(key, model.answer), currency, language) for key, value in answer.items()
        ],
    }


def limit_in_words(model: BillingModel[Any, Any], language: str = "en") -> str:
    """The most that the client of the example can pay."""
    currency = Currency(model.example.currency)
    limit = model.limit(model.read(model.example.params, currency), currency)
    if limit.amount is None:
        return "There is no upper limit."
    amount = wording.money(str(limit.amount), currency.code, language)
    extra = ", and expenses on top" if limit.covers == "fees" else ""
    return f"You pay {'exactly' if limit.kind == 'fixed' else 'at most'} {amount} before tax{extra}."


def _named(parameters: Iterable[Parameter], given: Mapping[str, Any]) -> list[Parameter]:
    return [each for each in parameters if each.name in given]


def _given(parameter: Parameter, given: Mapping[str, Any], currency: Currency, language: str) -> Row:
    value = given[parameter.name]
    text = _texts(parameter, value, currency, language)
    return Row(parameter.label, parameter.unit, text, parameter.name)


def _texts(parameter: Parameter, value: Any, currency: Currency, language: str) -> str:
    code = currency.code
    match parameter.kind:
        case "money":
            return wording.money(value, code, language)
        case "rate":
            return wording.rate(value, code, language)
        case "rates":
            return ", ".join(f"{role} {wording.rate(rate, code, language)}" for role, rate in value.items())
        case "percent":
            return f"{wording.quantity(value, language)}\u00a0%"
        case "choice":
            return next(choice.label for choice in parameter.choices if choice.value == value)
        case "flag":
            return "Yes" if value else "No"
        case "tiers":
            return ", ".join(
                _bound(each, False, code, language) + wording.rate(each["unit_price"], code) for each in value
            )
        case "percent_tiers":
            return ", ".join(_bound(each, True, code, language) + f"{each['percent']}\u00a0%" for each in value)
        case "milestones":
            return ", ".join(f"{each['id']} {each['percent']}\u00a0%" for each in value)
        case "entries":
            return ", ".join(f"{each['role']} {wording.quantity(each['hours'], language)}" for each in value)
        case "amounts":
            return ", ".join(wording.money(each, code, language) for each in value)
        case "hours_list" | "units_list":
            return ", ".join(wording.quantity(each, language) for each in value)
        case "names":
            return ", ".join(value)
        case _:
            return wording.quantity(value, language)


def _bound(tier: Mapping[str, Any], money: bool, code: str, language: str) -> str:
    if tier.get("up_to") is None:
        return "beyond: "
    bound = wording.money(tier["up_to"], code, language) if money else wording.quantity(tier["up_to"], language)
    return f"up to {bound}: "


def _note(key: str, notes: Mapping[str, str]) -> str:
    """What a key means, with the other keys in it as words."""
    note = notes.get(key, "")
    for other in notes:
        note = note.replace(other, other.replace("_", " "))
    return note


def _answered(key: str, value: Any, note: str, currency: Currency, language: str) -> Row:
    label = _spoken(key)
    if not isinstance(value, list):
        return Row(label, note, _amount(key, value, currency, language), key)
    keys = tuple(value[0])
    rows = tuple(tuple(_amount(name, each[name], currency, language) for name in keys) for each in value)
    return Row(label, note, "", key, Table(tuple(_spoken(name) for name in keys), rows))


def _amount(key: str, value: Any, currency: Currency, language: str) -> str:
    """A value of an answer; hours and units are those with four decimals."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if key in NOT_MONEY:
        return str(value)
    if key == "value_multiple":
        return f"{wording.quantity(value, language)}\u00a0×"
    if key == "effective_unit_price":
        return wording.rate(value.rstrip("0").rstrip("."), currency.code, language)
    decimals = len(value.partition(".")[2])
    return (
        wording.money(value, currency.code, language) if decimals == currency.minor_units else wording.quantity(value)
    )


def _spoken(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _kind(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        return " / ".join(choice.label for choice in parameter.choices)
    if parameter.unit and parameter.kind in ("hours", "units", "count", "hours_list", "units_list"):
        return parameter.unit.capitalize()
    kind = KINDS[parameter.kind]
    return f"{kind}, {parameter.unit}" if parameter.unit and parameter.kind != "entries" else kind


def _bounds(parameter: Parameter) -> str:
    low, high = parameter.least, parameter.most
    if parameter.kind in UNBOUNDED or low is None:
        return ""
    if high is not None:
        return f"{low} to {high}"
    return f"more than {low}" if parameter.above_least else f"{low} or more"


def _default(parameter: Parameter) -> str:
    if parameter.only_if is not None and parameter.required:
        return "required where it applies"
    if parameter.required:
        return "required"
    if isinstance(parameter.default, bool):
        return "yes" if parameter.default else "no"
    if parameter.default is None:
        return "none"
    return next((choice.label for choice in parameter.choices if choice.value == parameter.default), parameter.default)
