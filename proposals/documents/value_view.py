"""The value worksheet as display texts, for the page, the live fragment and the PDF. Made from plain contents alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.billing_compared import in_hours
from proposals.documents.billing_comparison import ComparedRow
from proposals.documents.said import Piece, Said
from proposals.documents.value_worksheet import FIELD_LABELS
from proposals.pricing import Currency
from proposals.pricing.billing import MODELS
from proposals.pricing.money import Money

Json = Mapping[str, Any]

OUTCOMES: Final[Mapping[str, str]] = {"low": "Low", "half": "Half of it", "likely": "Likely", "high": "High"}
HOURLY: Final = frozenset({"tm", "tm_cap", "blended"})
FIXED: Final = frozenset({"fixed", "milestone"})
"""Models that stand for the hourly and for the fixed version of the same work."""


@dataclass(frozen=True)
class Outcome:
    """One line of the table: what comes of it, what the client pays for it, and how that was worked out.

    `of` is what the names of its amounts in the working begin with.
    """

    name: str
    worth: str
    pays: str
    net: str
    multiple: str
    working: str
    of: str


@dataclass(frozen=True)
class Beside:
    """Another model for the same work. `of` are the names of the amounts in the working."""

    name: str
    low: str
    likely: str
    high: str
    of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """Something that differs from what the client confirmed."""

    what: str
    was: str
    now: str


@dataclass(frozen=True)
class WorksheetView:
    """A worksheet as it is shown. Texts are "" and tuples empty where there is nothing to say."""

    is_confirmed: bool
    mark: str
    confirmation: str
    moved: tuple[Moved, ...]
    rows: tuple[tuple[str, str], ...]
    outcomes: tuple[Outcome, ...]
    beside: tuple[Beside, ...]
    not_beside: str
    sellers_side: str
    own: str
    expected_value: str
    fingerprint: str
    can_be_confirmed: bool
    has_confirmation: bool


def worksheet_view(section_id: str, content: Json, told: Json, seller: str, cost: str) -> WorksheetView | None:
    """The view of a value-based section; None for other models. `cost` is the sentence about a disclosed cost."""
    of = f"billing:{section_id}.worksheet."
    said = told.get("worksheet")
    if said is None:
        return None
    facts, sheet = told["facts"], content.get("worksheet", {})
    beside = tuple(_beside(row, facts) for row in content.get("results", ()) if row["model"] in HOURLY | FIXED)
    return WorksheetView(
        is_confirmed=said["confirmed"],
        mark=said["says"][:1].upper() + said["says"][1:],
        confirmation=_confirmation(said, facts),
        moved=tuple(_moved(each, facts) for each in said.get("differs", ())),
        rows=tuple(_rows(sheet, said, facts, of)),
        outcomes=tuple(
            _outcome(name, sheet, content, facts, of) for name in OUTCOMES if name in sheet.get("results", {})
        ),
        beside=beside,
        not_beside=_not_beside(content),
        sellers_side=_sellers_side(content, sheet, facts, seller, cost, of),
        own=_own(sheet.get("own_estimate", {}), facts),
        expected_value=_money(said["expected_value"], facts) if "expected_value" in said else "",
        fingerprint=said["fingerprint"],
        can_be_confirmed=said["can_be_confirmed"],
        has_confirmation="by" in said,
    )


def opened(view: WorksheetView, rows: Sequence[ComparedRow], content: Json) -> WorksheetView:
    """The view with the amounts beside it opening to how they are made; `rows` are the section's comparison."""
    agreed = [row for row in rows if not row.is_added]
    beside = [
        row.of for row, result in zip(agreed, content["results"], strict=True) if result["model"] in HOURLY | FIXED
    ]
    named = tuple(replace(each, of=of) for each, of in zip(view.beside, beside, strict=True))
    return replace(view, beside=named)


def _rows(sheet: Json, said: Json, facts: Json, of: str) -> list[tuple[str, str]]:
    """What is filled in, each with its label; what is compulsory also while it is missing."""
    measure, without, change = (sheet.get(name, {}) for name in ("measure", "without_us", "expected_change"))
    rows = [
        ("What is measured", measure.get("what", "Not said yet")),
        ("Where the number comes from", measure.get("data_source", "")),
        ("Who measures", measure.get("by", "")),
        ("When", measure.get("when", "")),
        (
            "Without us",
            _noted(_in_unit(without["value"], sheet, facts), without.get("note", ""))
            if "value" in without
            else _noted("Not said yet", without.get("note", "")),
        ),
        ("Expected change for the better", _change(change, sheet, facts)),
        ("Worth of one unit", _worth_of_one(sheet, facts)),
        ("Expected value", _expected(said, sheet, facts, of)),
        ("Assumptions and other causes", sheet.get("assumptions", "")),
    ]
    return [(label, words) for label, words in rows if words]


def _change(change: Json, sheet: Json, facts: Json) -> str:
    if "likely" not in change:
        return "Not said yet"
    likely = f"{_in_unit(change['likely'], sheet, facts)} likely"
    if "low" not in change:
        return likely
    low, high = (_in_unit(change[name], sheet, facts) for name in ("low", "high"))
    return f"{likely}, {low} if little comes of it, {high} if much does"


def _worth_of_one(sheet: Json, facts: Json) -> str:
    if "worth_of_one" not in sheet:
        is_needed = "likely" in sheet.get("expected_change", {})
        return f"Not said, so the change itself counts as an amount in {facts['currency']}" if is_needed else ""
    return _noted(_rate(sheet["worth_of_one"], facts), sheet.get("worth_note", ""))


def _expected(said: Json, sheet: Json, facts: Json, of: str) -> str:
    if "expected_value" not in said:
        return ""
    value = Piece(
        _money(said["expected_value"], facts), f"{of}likely.worth" if "likely" in sheet.get("results", ()) else ""
    )
    likely = sheet.get("expected_change", {}).get("likely")
    made = ""
    if likely and "worth_of_one" in sheet:
        made = f", which is {_number(likely, facts)} × {_rate(sheet['worth_of_one'], facts)}"
    return Said.of(value, f"{made} ({said['says']})")


def _outcome(name: str, sheet: Json, content: Json, facts: Json, of: str) -> Outcome:
    result = sheet["results"][name]
    has_fee = "client_pays" in result
    multiple = result.get("value_multiple")
    return Outcome(
        name=OUTCOMES[name],
        worth=_money(result["worth"], facts),
        pays=_money(result["client_pays"], facts) if has_fee else "",
        net=_money(result["client_net_value"], facts) if has_fee else "",
        multiple=f"{_number(multiple, facts)} times" if multiple is not None else "",
        working=_working(name, result, sheet, content, facts, of),
        of=f"{of}{name}.",
    )


def _working(name: str, result: Json, sheet: Json, content: Json, facts: Json, of: str) -> str:
    """“150 × €80.00 = €12,000.00; 15% of it is €1,800.00; the floor makes it €5,000.00.”"""
    steps: list[Said] = []
    here = f"{of}{name}."
    change = sheet.get("expected_change", {}).get(name)
    if change is not None and "worth_of_one" in sheet:
        amounts = f"{_number(change, facts)} × {_rate(sheet['worth_of_one'], facts)}"
        steps.append(Said.of(f"{amounts} = ", Piece(_money(result["worth"], facts), f"{here}worth")))
    if "client_pays" in result:
        share = wording.percent(content["params"]["share_percent"], facts["language"])
        agreed = content["params"].get("mode", "agreed") == "agreed"
        base = Piece(_money(result["base"], facts), f"{of}likely.worth" if agreed else f"{here}value")
        made = Piece(_money(result["share"], facts), f"{here}share")
        steps.append(Said.of(f"{share} of {'the agreed ' if agreed else ''}", base, " is ", made))
        if result["bound"]:
            paid = Piece(_money(result["client_pays"], facts), f"{here}client_pays")
            steps.append(Said.of(f"the {result['bound']} makes it ", paid))
    if not steps:
        return ""
    return Said.of(Said.joined("; ", steps), ".").as_sentence()


def _beside(row: Json, facts: Json) -> Beside:
    pays, name = row["client_pays"], MODELS[row["model"]].name
    called = f"{name}: {row['name']}" if row.get("name") else name
    low, likely, high = (_money(pays[outcome], facts) for outcome in ("low", "likely", "high"))
    return Beside(called, low, likely, high)


def _not_beside(content: Json) -> str:
    """Which versions of the same work are not there to compare with."""
    shown = {row["model"] for row in content.get("results", ())}
    missing = [name for name, models in (("hourly", HOURLY), ("fixed", FIXED)) if not shown & models]
    if not missing:
        return ""
    named = wording.listing([f"the {name}" for name in missing])
    return (
        f"{named[:1].upper()}{named[1:]} version of the same work {'are' if missing[1:] else 'is'} not beside it yet."
    )


def _sellers_side(content: Json, sheet: Json, facts: Json, seller: str, cost: str, of: str) -> str:
    """What the seller discloses of its hours and cost, or that it does not."""
    said: list[str] = []
    estimate = content.get("estimate")
    if estimate:
        hours = in_hours(estimate["likely"], content, facts)
        said.append(f"{seller} expects {_number(estimate['likely'], facts)} {estimate['unit']}s of work.")
        pays = sheet.get("results", {}).get("likely", {}).get("client_pays")
        if pays and hours:
            hourly = Money.rounded(Fraction(pays) / hours, Currency(facts["currency"]))
            amount = Piece(_money(str(hourly), facts), f"{of}per_hour")
            said.append(Said.of("At that the likely fee comes to ", amount, " an hour."))
    else:
        said.append(f"{seller} has not disclosed how many hours it expects.")
    said.append(cost or f"{seller} has not disclosed what the work costs it.")
    return Said.joined(" ", said)


def _own(own: Json, facts: Json) -> str:
    if not own:
        return ""
    return _noted(f"{_money(own['value'], facts)}, says {own['by']}", own.get("note", ""))


def _confirmation(said: Json, facts: Json) -> str:
    """“Confirmed by Tomás Reyes on 3 March 2027.”, or what happened to that."""
    if "by" not in said:
        return ""
    day = wording.short_date(datetime.fromisoformat(said["at"]).date(), facts["language"])
    if said["confirmed"]:
        return f"Confirmed by {said['by']} on {day}."
    return f"{said['by']} confirmed it on {day}. It was changed since:"


def _moved(difference: Json, facts: Json) -> Moved:
    field = difference["field"]
    label = FIELD_LABELS[field]
    was, now = (_field(field, difference[name], facts) for name in ("was", "now"))
    return Moved(label[:1].upper() + label[1:], was, now)


def _field(name: str, value: str, facts: Json) -> str:
    if not value:
        return "nothing"
    if name == "expected_value":
        return _money(value, facts)
    if name == "worth_of_one":
        return _rate(value, facts)
    return _number(value, facts) if name in ("without_us", "low", "likely", "high") else value


def _in_unit(number: str, sheet: Json, facts: Json) -> str:
    """“1,900 bookings a month”; money where the measure is an amount already."""
    unit = sheet.get("measure", {}).get("unit", "")
    written = _number(number, facts) if "worth_of_one" in sheet else _rate(number, facts)
    return f"{written} {unit}".strip()


def _noted(value: str, note: str) -> str:
    return f"{value}. {note}" if note else value


def _number(value: str, facts: Json) -> str:
    return wording.quantity(value, facts["language"])


def _rate(value: str, facts: Json) -> str:
    return wording.rate(value, facts["currency"], facts["language"])


def _money(value: str, facts: Json) -> str:
    return wording.money(value, facts["currency"], facts["language"])
