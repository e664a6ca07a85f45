"""The value worksheet as plain values: what is agreed on, what the client confirmed, and what it still lacks.

The worksheet's contents and the fees that follow are part of what is agreed. That the client confirmed the expected
value is told beside them, as it is no term: it says whose number the value is, and freezing asks for it.
"""

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, Final, NamedTuple

from proposals.documents import contents, wording
from proposals.documents.fingerprints import fingerprint_of
from proposals.models import BillingTerms, Proposal, ValueWorksheet
from proposals.models.fields import plain
from proposals.pricing import Currency, PricingError
from proposals.pricing.billing.models.value_based import ValueTerms
from proposals.pricing.expectation import Expectation, value_fee
from proposals.pricing.money import Money

MODEL: Final = "value_based"
"""The billing model that has a worksheet."""

NUMBERS: Final = ("without_us", "low", "likely", "high", "worth_of_one")
BASIS: Final = ("measure", "unit", *NUMBERS)
"""What the expected value rests on: a confirmation holds for exactly this."""

UNCONFIRMED: Final = "not confirmed by the client"


FIELD_LABELS: Final[Mapping[str, str]] = {
    "measure": "what is measured",
    "unit": "its unit",
    "data_source": "source of the number",
    "measured_by": "who measures",
    "measured_when": "when it is measured",
    "without_us": "the measure without us",
    "without_us_note": "the note on “without us”",
    "low": "the expected change, low",
    "likely": "the expected change, likely",
    "high": "the expected change, high",
    "worth_of_one": "what one is worth",
    "worth_note": "the note on what one is worth",
    "assumptions": "assumptions and other causes",
    "expected_value": "the expected value",
    "currency": "the currency",
}
"""What the fields of a worksheet are called in sentences."""


class Lack(NamedTuple):
    """What a worksheet lacks before it can be signed: a code, and words that continue a sentence."""

    code: str
    words: str


def worksheet_of(terms: BillingTerms) -> ValueWorksheet | None:
    """The worksheet of terms, whatever their model; None while nobody has filled in anything."""
    try:
        return terms.worksheet
    except ValueWorksheet.DoesNotExist:
        return None


def standing_worksheet(terms: BillingTerms) -> ValueWorksheet:
    """The worksheet, or an empty one that holds just the expected value of the figures, if there is one."""
    sheet = worksheet_of(terms)
    if sheet is not None:
        return sheet
    stated = terms.figures.get(MODEL, {}).get("expected_value")
    fields: dict[str, Any] = {"likely": Decimal(stated)} if stated else {}
    return ValueWorksheet(**fields)


def expectation_of(sheet: ValueWorksheet, currency: str) -> Expectation | None:
    """The numbers of a worksheet; None without a likely change. Raises PricingError if they don't go together."""
    if sheet.likely is None:
        return None
    return Expectation(
        currency=Currency(currency),
        low=_decimal(sheet.low),
        likely=Decimal(sheet.likely),
        high=_decimal(sheet.high),
        worth_of_one=_decimal(sheet.worth_of_one),
    )


def expected_value(sheet: ValueWorksheet, currency: str) -> Money | None:
    """What the likely change is worth; None while that can't be said."""
    try:
        expectation = expectation_of(sheet, currency)
    except PricingError:
        return None
    return expectation.value if expectation else None


def basis(sheet: ValueWorksheet, currency: str) -> dict[str, Any]:
    """What a confirmation is about: the measure, the numbers, and the value that follows."""
    value = expected_value(sheet, currency)
    return {
        **{name: _written(getattr(sheet, name)) for name in BASIS},
        "currency": currency,
        "expected_value": "" if value is None else str(value),
    }


def is_confirmed(sheet: ValueWorksheet, currency: str) -> bool:
    """Whether the client confirmed the value as it stands now."""
    return bool(sheet.confirmed) and sheet.confirmed == basis(sheet, currency)


def is_unconfirmed(terms: BillingTerms, currency: str) -> bool:
    """Whether an expected value stands there that is not the client's number."""
    if terms.model != MODEL:
        return False
    sheet = standing_worksheet(terms)
    return expected_value(sheet, currency) is not None and not is_confirmed(sheet, currency)


def lacks(terms: BillingTerms, currency: str) -> list[Lack]:
    """What is missing on the worksheet of a value-based section; nothing for other models."""
    if terms.model != MODEL:
        return []
    sheet = standing_worksheet(terms)
    found = missing(sheet)
    if not found and is_unconfirmed(terms, currency):
        said = wording.money(str(expected_value(sheet, currency)), currency)
        found.append(Lack("value_unconfirmed", f"the client has not confirmed the expected value of {said}"))
    return found


def missing(sheet: ValueWorksheet) -> list[Lack]:
    """What nobody has said yet though a value can't be confirmed without it."""
    found = []
    if not sheet.measure:
        found.append(Lack("value_measure", "the value worksheet does not say what is measured"))
    if sheet.without_us is None:
        found.append(Lack("value_baseline", "the value worksheet does not say what the measure is “without us”"))
    if sheet.likely is None:
        found.append(Lack("value_change", "the value worksheet does not say which change is expected"))
    return found


def worksheet_content(terms: BillingTerms, proposal: Proposal, read: Any) -> dict[str, Any]:
    """What both agree to of a worksheet, with the fee at each outcome; empty if there is no worksheet in use.

    `read` are the model's terms, None while a figure is missing.
    """
    sheet = worksheet_of(terms) if terms.model == MODEL else None
    if sheet is None:
        return {}
    content = {
        "measure": _said(
            sheet, what="measure", unit="unit", data_source="data_source", by="measured_by", when="measured_when"
        ),
        "without_us": _said(sheet, value="without_us", note="without_us_note"),
        "expected_change": _said(sheet, low="low", likely="likely", high="high"),
        **_said(sheet, worth_of_one="worth_of_one", worth_note="worth_note", assumptions="assumptions"),
        "own_estimate": _own(sheet),
        "results": _results(sheet, proposal.currency, read),
    }
    return {name: value for name, value in content.items() if value}


def worksheet_told(terms: BillingTerms, proposal: Proposal) -> dict[str, Any]:
    """Whether the client confirmed the value, who and when, and what differs since; empty for other models."""
    if terms.model != MODEL:
        return {}
    sheet = standing_worksheet(terms)
    stands = basis(sheet, proposal.currency)
    confirmed = is_confirmed(sheet, proposal.currency)
    told: dict[str, Any] = {
        "confirmed": confirmed,
        "says": "confirmed by the client" if confirmed else UNCONFIRMED,
        "fingerprint": fingerprint_of(stands),
        "can_be_confirmed": not confirmed and not missing(sheet),
    }
    if stands["expected_value"]:
        told["expected_value"] = stands["expected_value"]
    if sheet.confirmed and sheet.confirmed_at is not None:
        told["by"] = sheet.confirmed_by_name
        told["at"] = f"{sheet.confirmed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        told["differs"] = [
            {"field": name, "was": sheet.confirmed.get(name, ""), "now": now}
            for name, now in stands.items()
            if sheet.confirmed.get(name, "") != now
        ]
    return told


def _own(sheet: ValueWorksheet) -> dict[str, str]:
    if sheet.own_value is None:
        return {}
    note = {"note": sheet.own_note} if sheet.own_note else {}
    return {"value": plain(Decimal(sheet.own_value)), "by": sheet.own_by_name, **note}


def _results(sheet: ValueWorksheet, currency: str, read: Any) -> dict[str, Any]:
    try:
        expectation = expectation_of(sheet, currency)
    except PricingError:
        return {}
    if expectation is None:
        return {}
    return {name: _result(worth, read) for name, worth in expectation.outcomes.items()}


def _result(worth: Money, read: Any) -> dict[str, Any]:
    if not isinstance(read, ValueTerms):
        return {"worth": str(worth)}
    fee = value_fee(read, worth)
    return {
        "worth": str(worth),
        "base": str(fee.base),
        "share": str(fee.share),
        "bound": fee.bound,
        "client_pays": str(fee.client_pays),
        "client_net_value": str(fee.client_net_value),
        "value_multiple": fee.value_multiple,
    }


def _said(sheet: ValueWorksheet, **names: str) -> dict[str, str]:
    """The fields that are filled in, as texts, under the names of the content."""
    written = {key: _written(getattr(sheet, name)) for key, name in names.items()}
    return {key: value for key, value in written.items() if value}


def _written(value: Any) -> str:
    return value if isinstance(value, str) else contents.number(value) or ""


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
