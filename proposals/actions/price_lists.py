"""What a firm prices from: publishing a version of its rates, keeping its catalogue. Proposals are not touched."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Firm, User
from proposals.actions import values
from proposals.actions.changing import bump, check_version
from proposals.actions.keys import lock_keys_of, require_free
from proposals.actions.price_fields import RATE_EDITS
from proposals.documents import contents
from proposals.documents.price_lists import line_fields
from proposals.exceptions import FieldProblem, Invalid, NotFound
from proposals.locking import writing
from proposals.models import CatalogueItem, LineItem, Rate, RateCard, Tax
from proposals.pricing import PricingError, parse_document

RATES_COUNT: Final = 500
ITEMS_COUNT: Final = 2000
PRICES_COUNT: Final = 20


def _prices(pointer: str, value: Any) -> dict[str, str]:
    """Prices by currency, as number texts."""
    if not isinstance(value, Mapping):
        raise values.refuse(pointer, "bad_prices", "Prices are given by currency, such as EUR and 450.00.")
    values.require_few(pointer, value, PRICES_COUNT)
    parsed = {}
    for code, amount in value.items():
        known = values.currency(f"{pointer}/currency", code)
        number = values.number()(f"{pointer}/{known}", amount)
        parsed[known] = contents.number(number) or "0"
    return parsed


ITEM_EDITS: Final[dict[str, values.Parse]] = {
    "title": values.text(200, required=True),
    "detail": values.text(500),
    "kind": values.one_of(list(CatalogueItem.Kind.values)),
    "quantity": values.number(required=False),
    "unit_label": values.text(40),
    "role": values.text(100),
    "unit": values.one_of(["", *Rate.Unit.values]),
    "prices": _prices,
    "certainty": values.one_of(["", *LineItem.Certainty.values]),
    "tax_category": values.one_of(["", *Tax.Category.values]),
    **values.KEY_EDITS,
}


EMPTY_ITEM: Final[dict[str, Any]] = values.nothing_said(CatalogueItem, ITEM_EDITS.keys() - {"title"})
"""What an item says of which nothing was said."""


def publish_rate_card(*, firm: Firm, by: User | None, currency: str, rates: Sequence[Mapping[str, Any]]) -> RateCard:
    """Make the firm's next version of its rates in a currency. The same rates again are the version that stands.

    Versions before it stay, and so does what proposals took from them.
    """
    code = values.currency("currency", currency)
    values.require_few("rates", rates, RATES_COUNT)
    if not rates:
        raise values.refuse("rates", "required", "A rate card needs at least one rate.")
    entries = [_entry(position, given) for position, given in enumerate(rates)]
    _require_priced({"currency": code, "rate_card": entries, "sections": []}, "rates")
    with writing():
        Firm.objects.select_for_update(no_key=True).get(id=firm.id)
        standing = RateCard.objects.filter(firm=firm)
        newest = standing.filter(currency=code).first()
        if newest is not None and newest.rates == entries:
            return newest
        last = standing.first()
        number = (last.number if last else 0) + 1
        return RateCard.objects.create(firm=firm, number=number, currency=code, rates=entries, made_by=by)


def _entry(position: int, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        fields = values.parse_all(RATE_EDITS, {"role": "", "rate": "", "unit": "", **given})
    except Invalid as refusal:
        name = given.get("role") or f"rate {position + 1}"
        raise _moved(refusal, f"rates/{position}", f"{values.shown(name)}: ") from refusal
    starts = fields.get("valid_from") or timezone.localdate()
    return {
        "role": fields["role"],
        "rate": contents.number(fields["rate"]),
        "unit": fields["unit"],
        "from": contents.day(starts),
        "to": contents.day(fields.get("valid_to")),
    }


def add_item(*, firm: Firm, fields: Mapping[str, Any]) -> CatalogueItem:
    """Put something into the firm's catalogue."""
    parsed = values.parse_all(ITEM_EDITS, {"title": "", **fields})
    with writing():
        if items_of(lock_keys_of(firm)).count() >= ITEMS_COUNT:
            raise Invalid(f"A catalogue takes {ITEMS_COUNT} items at most. Nothing was changed.", code="too_many")
        item = CatalogueItem(firm=firm, **parsed)
        _require_sense(item)
        require_free(items_of(firm), item.external_id)
        item.save(force_insert=True)
        return item


def edit_item(
    *, firm: Firm, item_id: uuid.UUID | str, changes: Mapping[str, Any], expected_version: int | None = None
) -> CatalogueItem:
    """Change an item of the catalogue. Lines that were made from it stay as they are."""
    with writing():
        item = standing_item(lock_keys_of(firm), item_id)
        check_version(item.version, expected_version, "item")
        parsed = values.parse_all(ITEM_EDITS, changes)
        differing = {name: value for name, value in parsed.items() if getattr(item, name) != value}
        if differing:
            require_free(items_of(firm), differing.get("external_id", ""))
            bump(item, differing)
            _require_sense(item)
        return item


def items_of(firm: Firm) -> QuerySet[CatalogueItem]:
    """What stands in a firm's catalogue."""
    return CatalogueItem.objects.filter(firm=firm, retired_at__isnull=True)


def retire_item(*, firm: Firm, item_id: uuid.UUID | str, expected_version: int | None = None) -> None:
    """Take an item out of the catalogue."""
    with writing():
        item = standing_item(lock_keys_of(firm), item_id)
        check_version(item.version, expected_version, "item")
        bump(item, {"retired_at": timezone.now()})


def standing_item(firm: Firm, item_id: uuid.UUID | str) -> CatalogueItem:
    """An item that stands in the firm's catalogue. Raises NotFound."""
    try:
        key = uuid.UUID(str(item_id))
    except ValueError as error:
        raise NotFound() from error
    item = items_of(firm).filter(id=key).first()
    if item is None:
        raise NotFound("This is not in the catalogue any more. Reload the page to see what is.")
    return item


def _require_sense(item: CatalogueItem) -> None:
    """Refuse an item from which no line could be made."""
    if item.kind == CatalogueItem.Kind.TIME:
        for name in ("role", "unit"):
            if not getattr(item, name):
                detail = f"“{item.title}” is time: name its role, and hour or day. Its price follows the rate card."
                raise values.refuse(name, "required", detail)
    elif not item.prices:
        raise values.refuse("prices", "required", f"“{item.title}” needs a price in at least one currency.")
    for currency in item.prices or {"EUR": "0"}:
        line = {**line_fields(item, currency), "id": "item"}
        _require_priced({"currency": currency, "sections": [{"id": "section", "lines": [line]}]}, "prices")


def _require_priced(document: Mapping[str, Any], pointer: str) -> None:
    """Refuse numbers that no proposal could be priced with, in the words of the calculation."""
    try:
        parse_document(document)
    except PricingError as error:
        field = (error.field or pointer).replace(".", "/").replace("rate_card", "rates")
        raise values.refuse(field, error.code, error.detail) from error


def _moved(refusal: Invalid, prefix: str, who: str) -> Invalid:
    errors = [FieldProblem(f"{prefix}/{each.pointer}", each.code, f"{who}{each.detail}") for each in refusal.errors]
    return Invalid(f"{who}{refusal.detail}", code=refusal.code, errors=errors)
