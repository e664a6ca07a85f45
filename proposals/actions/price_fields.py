"""The fields of prices that the seller edits, with how each is read. What they mean together, the calculation says."""

import uuid
from collections.abc import Mapping
from typing import Any

from proposals.actions import values
from proposals.models import Discount, LineItem, Proposal, Rate, Tax
from proposals.pricing.discounts import MINIMUM_TEXT_LENGTH

ALLOWANCE_LINES_COUNT = 2000

EARLY_DAYS = 365
"""Within how many days of the invoice an early payment may be due at most."""

_optional_number = values.number(required=False)


def _line_ids(pointer: str, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > ALLOWANCE_LINES_COUNT:
        raise values.refuse(pointer, "bad_allowance_base", "Name the lines it is a percentage of as a list of ids.")
    try:
        return [str(uuid.UUID(str(item))) for item in value]
    except ValueError as error:
        named = ", ".join(str(item) for item in value)
        detail = f"“{values.shown(named)}” are not ids of lines, so no percentage of them can be taken."
        raise values.refuse(pointer, "bad_allowance_base", detail) from error


LINE_EDITS: dict[str, values.Parse] = {
    "kind": values.one_of(list(LineItem.Kind.values)),
    "title": values.text(200, required=True),
    "detail": values.text(500),
    "role": values.text(100),
    "quantity": _optional_number,
    "unit": values.one_of(["", *Rate.Unit.values]),
    "unit_label": values.text(40),
    "rate_override": _optional_number,
    "rate_note": values.text(300),
    "rate_date": values.day,
    "amount": _optional_number,
    "unit_cost": _optional_number,
    "markup_percent": _optional_number,
    "price": _optional_number,
    "periods": _optional_number,
    "unit_price": _optional_number,
    "percent": _optional_number,
    "percent_of": _line_ids,
    "certainty": values.one_of(["", *LineItem.Certainty.values]),
    "discountable": lambda pointer, value: None if value in (None, "") else values.yes_or_no(pointer, value),
    "optional": values.yes_or_no,
    "alternative_group": values.text(60),
    "alternative_option": values.text(60),
    "client_may_change_quantity": values.yes_or_no,
    "quantity_min": _optional_number,
    "quantity_max": _optional_number,
}
"""The fields of a line that the seller edits. `selected` is the client's (`actions.choices`)."""

EMPTY_LINE: dict[str, Any] = values.nothing_said(LineItem, LINE_EDITS.keys() - {"kind", "title"})
"""What a line says of which nothing was said but its kind and title."""

NEW_LINE_EDITS: dict[str, values.Parse] = {**LINE_EDITS, **values.KEY_EDITS}
"""The fields of a line that is added; what programs keep with it is changed by `actions.keys`."""

DISCOUNT_EDITS: dict[str, values.Parse] = {
    "type": values.one_of(list(Discount.Type.values)),
    "value": values.number(),
    "reason": values.text(20),
    "text": values.text(300),
    "conditional": values.yes_or_no,
    "within_days": values.whole(least=1, most=EARLY_DAYS),
    "pay_by": values.day,
    "policy_line": values.text(10),
    "policy_version": values.whole(least=1, most=999_999),
    "exception": values.text(300),
}

TAX_EDITS: dict[str, values.Parse] = {
    "label": values.text(100, required=True),
    "jurisdiction": values.text(100),
    "category": values.one_of(list(Tax.Category.values)),
    "rate": values.number(),
    "note": values.text(300),
}

RATE_EDITS: dict[str, values.Parse] = {
    "role": values.text(100, required=True),
    "rate": values.number(),
    "unit": values.one_of(list(Rate.Unit.values)),
    "valid_from": values.day,
    "valid_to": values.day,
}

SETTINGS_EDITS: dict[str, values.Parse] = {
    "currency": values.currency,
    "price_basis": values.one_of(list(Proposal.PriceBasis.values)),
    "tax_rounding": values.one_of(list(Proposal.TaxRounding.values)),
    "price_date": values.day,
    "hours_per_day": values.number(),
    "working_in_document": values.yes_or_no,
}


LEGAL_GROUNDS: dict[str, str] = {
    Tax.Category.EXEMPT: "An exemption needs its legal ground in the note, such as “Exempt under Article 132”.",
    Tax.Category.REVERSE: (
        "A reverse charge needs its wording in the note, such as “Reverse charge: the customer accounts for the VAT”."
    ),
}
"""The categories of tax whose legal ground is compulsory (pricing-spec 7)."""


WORDS_FOR = frozenset({"kind", "detail", "rate_override", "rate_note"})
"""The fields of a line whose change asks for `require_words` again."""


def require_words(line: LineItem) -> None:
    """Refuse a price that its reader could not understand: an own rate without a note, a credit for nothing.

    Rules of pricing-spec 3 that no calculation needs.
    """
    if line.kind == LineItem.Kind.TIME and line.rate_override is not None and not line.rate_note:
        detail = f"“{line.title}” has its own rate. Write why; the client reads it beside the card’s rate."
        raise values.refuse("rate_note", "note_required", detail)
    if line.kind == LineItem.Kind.CREDIT and not line.detail:
        detail = f"“{line.title}” is a credit. Write what it makes good; the client reads it below the title."
        raise values.refuse("detail", "text_required", detail)


def require_legal_ground(tax: Tax, pointer: str) -> None:
    """Refuse an exemption or a reverse charge without the words that the law asks for."""
    if tax.category in LEGAL_GROUNDS and not tax.note:
        raise values.refuse(pointer, "note_required", f"“{tax.label}”: {LEGAL_GROUNDS[tax.category]}")


def with_grounds(content: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """A discount's fields, with its reason and sentence checked before the others (pricing-spec 16)."""
    reason = content.get("reason")
    if reason not in Discount.Reason.values:
        detail = "Choose the reason of the discount; the client reads it beside the amount."
        raise values.refuse(f"{within}reason", "discount_reason_required", detail)
    if not isinstance(content.get("text"), str) or len(content["text"].strip()) < MINIMUM_TEXT_LENGTH:
        detail = (
            "Write in a sentence why this client gets the discount and what would end it: "
            f"{MINIMUM_TEXT_LENGTH} characters at least."
        )
        raise values.refuse(f"{within}text", "discount_text_required", detail)
    return dict(content)


def require_by_when(discount: Discount, within: str = "") -> None:
    """Refuse a day to pay by for a discount that does not depend on it, and two of them."""
    days, day = discount.within_days, discount.pay_by
    if days is None and day is None:
        return
    said = "within_days" if days is not None else "pay_by"
    if not discount.conditional:
        detail = (
            "Until when it is paid matters only for a discount that is given if it is paid early. Tick “Only if paid "
            "early”, or leave the days and the date empty."
        )
        raise values.refuse(f"{within}{said}", "by_when_without_condition", detail)
    if days is not None and day is not None:
        detail = f"Within {days} days of the invoice, or by {day.isoformat()}: say one of the two."
        raise values.refuse(f"{within}pay_by", "two_by_whens", detail)
