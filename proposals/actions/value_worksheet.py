"""The value worksheet of a value-based fee (T18): both sides fill it in, and the client confirms the expected value.

A value that the client wrote or confirmed is the client's number; one that only the seller wrote is marked as not
confirmed wherever it stands, and holds up freezing. A confirmation holds for exactly the measure and the numbers that
the client had before them: whoever changes one of them later, other than the client, leaves it behind.
"""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.billing_fields import Figures, agreed_figures, known_model
from proposals.actions.billing_rows import record, save_terms, terms_in
from proposals.actions.changing import Change, changing, money_moved
from proposals.documents.fingerprints import fingerprint_of
from proposals.documents.value_worksheet import (
    BASIS,
    FIELD_LABELS,
    MODEL,
    basis,
    expectation_of,
    expected_value,
    is_confirmed,
    missing,
    standing_worksheet,
)
from proposals.exceptions import ChangedSince
from proposals.models import BillingTerms, Side, ValueWorksheet
from proposals.models.fields import plain
from proposals.pricing import Currency, Money, PricingError

_SHORT, _NOTE = values.text(300), values.text(500)
_NUMBER = values.number(required=False)

FIELDS: Final[dict[str, values.Parse]] = {
    "measure": _SHORT,
    "unit": values.text(60),
    "data_source": _SHORT,
    "measured_by": _SHORT,
    "measured_when": _SHORT,
    "without_us": _NUMBER,
    "without_us_note": _NOTE,
    "low": _NUMBER,
    "likely": _NUMBER,
    "high": _NUMBER,
    "worth_of_one": _NUMBER,
    "worth_note": _NOTE,
    "assumptions": values.text(1000),
}
"""What either side fills in."""


def fill_worksheet(
    *,
    by: Actor,
    section_id: uuid.UUID | str,
    changes: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> ValueWorksheet:
    """Fill in fields of the worksheet; those left out stay, and so does what is sent back as it was `seen`.

    A client's person who writes the expected change, or what one is worth, confirms the value by it; so does one who
    changes something else under a confirmed value. Raises Invalid with code `overtaken` for a field that somebody else
    changed since it was seen.
    """
    with changing(by, "fill_value") as change:
        terms = _valued(change, section_id, expected_version)
        fields = values.parse_all(FIELDS, changes)
        return _fill(change, terms, fields if seen is None else _changed(terms, fields, seen))


def confirm_value(
    *, by: Actor, section_id: uuid.UUID | str, seen: str, expected_version: int | None = None
) -> ValueWorksheet:
    """Confirm the expected value for the client, bound to the fingerprint of what the person saw.

    Raises Invalid while the worksheet lacks something, and ChangedSince if another value stands there now.
    """
    with changing(by, "confirm_value") as change:
        terms = _valued(change, section_id, expected_version)
        sheet, currency = standing_worksheet(terms), change.proposal.currency
        lacking = missing(sheet)
        if lacking:
            said = "; ".join(lack.words for lack in lacking)
            raise values.refuse("value", "incomplete", f"The value can’t be confirmed yet: {said}.")
        stands = basis(sheet, currency)
        if fingerprint_of(stands) != seen:
            raise ChangedSince(
                f"The expected value changed since you looked; it is {stands['expected_value']} {currency} now. "
                "Nothing was confirmed. Read the worksheet again.",
                extra={"fingerprint": fingerprint_of(stands)},
            )
        if is_confirmed(sheet, currency):
            return sheet
        _confirm(change, sheet)
        _save(change, terms, sheet)
        record(change, terms, "billing.value_confirmed", value=stands["expected_value"], currency=currency)
        return sheet


def take_back_confirmation(*, by: Actor, section_id: uuid.UUID | str, expected_version: int | None = None) -> None:
    """The client confirms the value no longer."""
    with changing(by, "confirm_value") as change:
        terms = _valued(change, section_id, expected_version)
        sheet, currency = standing_worksheet(terms), change.proposal.currency
        if not sheet.confirmed:
            return
        value = sheet.confirmed["expected_value"]
        sheet.confirmed, sheet.confirmed_by_name, sheet.confirmed_at = {}, "", None
        _save(change, terms, sheet)
        record(change, terms, "billing.value_unconfirmed", value=value, currency=currency)


def state_own_value(
    *, by: Actor, section_id: uuid.UUID | str, value: object, note: str = "", expected_version: int | None = None
) -> ValueWorksheet:
    """The client's own estimate of the value, under its author's name. An empty value takes it away."""
    with changing(by, "confirm_value") as change:
        terms = _valued(change, section_id, expected_version)
        sheet = standing_worksheet(terms)
        stated = _NUMBER("value", value)
        said = _NOTE("note", note) if stated is not None else ""
        if stated is not None:
            _require_amount(stated, change.proposal.currency)
        if (sheet.own_value, sheet.own_note) == (stated, said):
            return sheet
        was = values.written(sheet.own_value)
        sheet.own_value, sheet.own_note = stated, said
        sheet.own_by_name = change.by.name if stated is not None else ""
        _save(change, terms, sheet)
        record(change, terms, "billing.own_value_stated", was=was, now=values.written(stated), note=said)
        return sheet


def figures_beside_worksheet(change: Change, terms: BillingTerms, params: Mapping[str, Any]) -> Figures:
    """The figures of a value-based fee. An expected value that is stated among them goes into the worksheet.

    Raises Invalid with code `follows_worksheet` for one that is not what the worksheet works out.
    """
    sheet, currency = standing_worksheet(terms), change.proposal.currency
    stands = expected_value(sheet, currency)
    is_stated = params.get("expected_value") not in (None, "")
    given = params if is_stated else {**params, "expected_value": "0" if stands is None else str(stands)}
    figures = agreed_figures(known_model(MODEL), given, currency)
    if "expected_value" not in figures:
        return figures
    stated = Decimal(figures["expected_value"])
    if is_stated and (stands is None or stated != Decimal(str(stands))):
        if sheet.worth_of_one is not None:
            detail = f"The expected value, {stands}, is worked out on the value worksheet. Change it there."
            raise values.refuse("params/expected_value", "follows_worksheet", detail)
        _fill(change, terms, {"likely": stated})
    elif stands is None:
        del figures["expected_value"]
    return figures


def _valued(change: Change, section_id: uuid.UUID | str, expected_version: int | None) -> BillingTerms:
    terms = terms_in(change, section_id, expected_version)
    if terms.model != MODEL:
        detail = (
            "This section is not billed by value, so there is no value worksheet. Choose the value-based fee first."
        )
        raise values.refuse("model", "not_value_based", detail)
    return terms


def _changed(terms: BillingTerms, fields: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """The fields that differ from what was seen. Nobody else's change is written over unseen."""
    sheet = standing_worksheet(terms)
    changed = {name: value for name, value in fields.items() if values.written(value) != seen.get(name, "")}
    for name, value in changed.items():
        stands = values.written(getattr(sheet, name))
        if stands not in (seen.get(name, ""), values.written(value)):
            label = FIELD_LABELS[name]
            detail = f"{label[:1].upper()}{label[1:]} was changed meanwhile: it is “{values.shown(stands)}” now."
            raise values.refuse(name, "overtaken", f"{detail} Close the worksheet and open it again.")
    return changed


def _fill(change: Change, terms: BillingTerms, fields: Mapping[str, Any]) -> ValueWorksheet:
    sheet, currency = standing_worksheet(terms), change.proposal.currency
    facts = [values.fact(sheet, name, value) for name, value in fields.items() if getattr(sheet, name) != value]
    if not facts:
        return sheet
    before = change.price()
    was, was_confirmed = expected_value(sheet, currency), is_confirmed(sheet, currency)
    for name, value in fields.items():
        setattr(sheet, name, value)
    _require_expectation(sheet, currency)
    changed = {fact["field"] for fact in facts}
    writes_value = bool(changed & {"likely", "worth_of_one"}) or (was_confirmed and bool(changed & set(BASIS)))
    if writes_value and sheet.likely is not None and _speaks_for_client(change.by):
        _confirm(change, sheet)
    _save(change, terms, sheet)
    now, confirmed = expected_value(sheet, currency), is_confirmed(sheet, currency)
    if now != was:
        facts.append({"field": "expected_value", "was": _amount(was), "now": _amount(now)})
    became = "" if confirmed == was_confirmed else "given" if confirmed else "lost"
    told = {"changes": facts, "confirmed": confirmed, "confirmation": became}
    record(change, terms, "billing.value_changed", **told, **money_moved(before, change.price()))
    return sheet


def _speaks_for_client(by: Actor) -> bool:
    """Whether what somebody writes is the word of a person of the client's, not of its programs."""
    return by.side == Side.CLIENT and by.user is not None


def _confirm(change: Change, sheet: ValueWorksheet) -> None:
    sheet.confirmed = basis(sheet, change.proposal.currency)
    sheet.confirmed_by_name = change.by.name
    sheet.confirmed_at = timezone.now()


def _save(change: Change, terms: BillingTerms, sheet: ValueWorksheet) -> None:
    """Write the worksheet, and its value as the model's figure: what is billed is never another number."""
    sheet.terms = terms
    sheet.save()
    figures = dict(terms.figures.get(MODEL, {}))
    value = expected_value(sheet, change.proposal.currency)
    figures.pop("expected_value", None)
    if value is not None and figures.get("mode", "agreed") == "agreed":
        figures["expected_value"] = plain(Decimal(str(value)))
    save_terms(terms, figures={**terms.figures, MODEL: figures})


def _require_expectation(sheet: ValueWorksheet, currency: str) -> None:
    if sheet.likely is None and (sheet.low is not None or sheet.high is not None):
        raise values.refuse("likely", "bad_estimate", "Say which change is likely, or leave low and high empty too.")
    try:
        expectation_of(sheet, currency)
    except PricingError as error:
        field = error.field or "likely"
        label = FIELD_LABELS[field]
        raise values.refuse(field, error.code, f"{label[:1].upper()}{label[1:]}: {error.detail}") from error


def _require_amount(value: Decimal, currency: str) -> None:
    try:
        Money.stated(value, Currency(currency), "value")
    except PricingError as error:
        raise values.refuse("value", error.code, error.detail) from error


def _amount(value: Money | None) -> str:
    return "" if value is None else str(value)
