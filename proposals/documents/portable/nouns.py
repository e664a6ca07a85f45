"""The fields of each row that go along. Writing, reading and the JSON Schema all follow these tables and the models.

Numbers are texts without an exponent, days and moments ISO 8601 (moments in UTC), ids UUID texts. What is empty is ""
or null as the row has it.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import models

from proposals.models import (
    Agreement,
    BillingTerms,
    CounterOffer,
    DisclosureRequest,
    Discount,
    ExplanationTimes,
    ExtensionRequest,
    Instalment,
    LineItem,
    Participant,
    Party,
    PriceRequest,
    Proposal,
    Question,
    Rate,
    Relationship,
    Reply,
    Section,
    Signature,
    Tax,
    ValueWorksheet,
    VoidRequest,
)
from proposals.models.fields import ExactDecimalField, plain


class Noun(NamedTuple):
    """A kind of row, and its fields in the order in which they are written."""

    model: type[models.Model]
    fields: tuple[str, ...]


PROPOSAL: Final = Noun(
    Proposal,
    (
        *("title", "language", "paper", "currency", "price_basis", "tax_rounding", "price_date", "hours_per_day"),
        *("rate_card_number", "working_in_document", "choices", "starts_on", "offer_until", "offer_reason"),
        *("extended_until", "signing_order", "code_before_reading", "external_id", "metadata"),
        *("created_at", "updated_at"),
    ),
)
SETTINGS: Final = tuple(name for name in PROPOSAL.fields if name not in ("external_id", "created_at", "updated_at"))
"""What an imported proposal's row takes over as it is."""

RELATIONSHIP: Final = Noun(Relationship, ("id", "external_id", "metadata", "created_at"))
PARTY: Final = Noun(Party, ("name", "legal_name", "address", "registration"))
PARTICIPANT: Final = Noun(
    Participant,
    (
        *("id", "side", "role", "is_signatory", "signing_position", "only_signs", "title", "external_id"),
        *("joined_at", "removed_at"),
    ),
)
RATE: Final = Noun(Rate, ("role", "rate", "unit", "valid_from", "valid_to"))
TAX: Final = Noun(Tax, ("id", "label", "jurisdiction", "category", "rate", "note"))
SECTION: Final = Noun(Section, ("id", "title", "kind", "external_id", "metadata"))
LINE: Final = Noun(
    LineItem,
    (
        *("id", "kind", "title", "detail", "role", "quantity", "unit", "unit_label", "rate_override", "rate_note"),
        *("rate_date", "amount", "unit_cost", "markup_percent", "price", "periods", "unit_price", "percent"),
        *("percent_of", "certainty", "discountable", "optional", "selected", "alternative_group"),
        *("alternative_option", "client_may_change_quantity", "quantity_min", "quantity_max", "external_id"),
        "metadata",
    ),
)
DISCOUNT: Final = Noun(
    Discount,
    (
        *("section_id", "line_id", "type", "value", "reason", "text", "conditional", "within_days", "pay_by"),
        *("policy_line", "policy_version", "policy_words", "exception"),
    ),
)
INSTALMENT: Final = Noun(
    Instalment, ("title", "share", "value", "count", "every", "due", "due_on", "net_days", "acceptance")
)
BILLING: Final = Noun(
    BillingTerms,
    (
        *("model", "figures", "clauses", "unit", "low", "likely", "high", "cost_per_hour", "fixed_costs"),
        *("cost_disclosed", "compared"),
    ),
)
WORKSHEET: Final = Noun(
    ValueWorksheet,
    (
        *("measure", "unit", "data_source", "measured_by", "measured_when", "without_us", "without_us_note", "low"),
        *("likely", "high", "worth_of_one", "worth_note", "assumptions", "own_value", "own_note", "own_by_name"),
        *("confirmed", "confirmed_by_name", "confirmed_at"),
    ),
)
QUESTION: Final = Noun(
    Question,
    (
        *("id", "section_id", "asked_by_name", "side", "about", "text", "blocking", "status", "external_id"),
        *("metadata", "created_at", "closed_at"),
    ),
)
REPLY: Final = Noun(Reply, ("author_name", "side", "text", "created_at"))
TALK: Final = Noun(
    ExplanationTimes, ("side", "proposed_by_name", "times", "status", "chosen", "answered_by_name", "created_at")
)
DISCLOSURE_REQUEST: Final = Noun(
    DisclosureRequest,
    (
        *("id", "kind", "text", "asked_by_name", "status", "disclosure_id", "answer", "promised_on"),
        *("answered_by_name", "created_at", "answered_at"),
    ),
)
COUNTER_OFFER: Final = Noun(
    CounterOffer,
    (
        *("id", "line_id", "section_id", "title", "field", "group", "was", "value", "currency", "words", "why"),
        *("offered_by_name", "side", "answers_id", "state", "closed_by_name", "closed_why", "created_at", "closed_at"),
    ),
)
PRICE_REQUEST: Final = Noun(
    PriceRequest,
    (
        *("id", "asked_by_name", "side", "text", "answer", "currency", "figure", "low", "likely", "high", "sure"),
        *("would_change", "reason", "due_on", "answered_by_name", "created_at", "answered_at"),
    ),
)
AGREEMENT: Final = Noun(Agreement, ("part", "side", "name", "fingerprint", "agreed_at", "withdrawn_at"))
EXTENSION: Final = Noun(
    ExtensionRequest,
    (
        *("asked_by_name", "text", "wished_until", "status", "granted_until", "answer", "answered_by_name"),
        *("created_at", "answered_at"),
    ),
)
VOID_REQUEST: Final = Noun(
    VoidRequest,
    ("side", "asked_by_name", "reason", "status", "answer", "answered_by_name", "created_at", "answered_at"),
)
SIGNATURE: Final = Noun(
    Signature,
    (
        *("slot", "side", "name", "title", "email", "firm_name", "method", "consent_version", "consent_sha256"),
        *("certificate_serial", "certificate_pem", "level", "signed_at"),
    ),
)


def row(noun: Noun, source: Any) -> dict[str, Any]:
    """A row's fields as JSON."""
    return {name: as_json(getattr(source, name)) for name in noun.fields}


def as_json(value: Any) -> Any:
    """A field's value as JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    return value


def fields_of(noun: Noun, given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The values for a new row, from JSON that fits the schema: all fields, or those that are named."""
    return {name: _value(noun.model._meta.get_field(name), given[name]) for name in names or noun.fields}


def _value(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(field, models.DateField):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(field, ExactDecimalField) else value
