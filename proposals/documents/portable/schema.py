"""The JSON Schema of the format (draft 2020-12), made of the tables in `nouns`; `docs/portable.schema.json` is a copy.

A file from outside is held to it before anything of it is used: no other fields, no longer texts, no larger numbers.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.db import models

from proposals.documents import templates
from proposals.documents.portable import nouns
from proposals.documents.portable.nouns import Noun
from proposals.models import CatalogueItem, DisclosureKind, Instalment, LineItem, Proposal, Section, Side
from proposals.models.fields import ExactDecimalField
from proposals.states import State

VERSION: Final = 1
MANIFEST_FORMAT: Final = "sameside.portable"
PROPOSAL_FORMAT: Final = "sameside.portable.proposal.v1"
FIRM_FORMAT: Final = "sameside.portable.firm.v1"

Schema = dict[str, Any]

ID: Final = {"type": "string", "pattern": r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DECIMAL: Final = {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,10})?$"}
DAY: Final = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}
MOMENT: Final = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z$",
}
COUNT: Final = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
LENGTH: Final = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
FREE: Final[Schema] = {"type": "object"}
"""Values that were calculated or recorded there: compared, or kept as they are; never written into rows."""

NO_CONTROLS: Final = "^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$"
HEADING: Final = "^(?=.*\\S)[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$"
METADATA: Final = {
    "type": "object",
    "maxProperties": 50,
    "propertyNames": {"maxLength": 100},
    "additionalProperties": {"type": "string", "maxLength": 1000, "pattern": NO_CONTROLS},
}
CHOICES: Final = {
    "type": "object",
    "maxProperties": 200,
    "propertyNames": {"maxLength": 60},
    "additionalProperties": {"type": ["string", "null"], "maxLength": 60},
}
SIGNING_ORDER: Final = {
    "type": "string",
    "pattern": "^(parallel|client_first|seller_first|(client|seller)(,(client|seller))+)$",
    "maxLength": 300,
}
WRITTEN_FIELDS: Final[Mapping[str, Schema]] = {
    "signing_order": SIGNING_ORDER,
    "metadata": METADATA,
    "choices": CHOICES,
    "percent_of": {"type": "array", "items": ID, "maxItems": 2000},
    "figures": {"type": "object", "additionalProperties": FREE, "maxProperties": 30},
    "clauses": {
        "type": "object",
        "maxProperties": 30,
        "additionalProperties": {"type": "array", "items": {"type": "string", "maxLength": 60}, "maxItems": 60},
    },
    "compared": {"type": "array", "items": FREE, "maxItems": 5},
    "confirmed": FREE,
    "prices": {"type": "object", "additionalProperties": DECIMAL, "maxProperties": 20},
    "times": {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 10},
}


def text(maximum: int) -> Schema:
    """A text of limited length without control characters."""
    return {"type": "string", "maxLength": maximum, "pattern": NO_CONTROLS}


def heading(maximum: int) -> Schema:
    """What stands over something, in lists and in subjects of mails: one line, with something in it."""
    return {"type": "string", "maxLength": maximum, "pattern": HEADING}


def listing(items: Schema, most: int) -> Schema:
    """A list of limited length."""
    return {"type": "array", "items": items, "maxItems": most}


def record(properties: Mapping[str, Schema], *, may_lack: tuple[str, ...] = ()) -> Schema:
    """An object with these properties and no others."""
    required = [name for name in properties if name not in may_lack]
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def row(noun: Noun, **more: Schema) -> Schema:
    """A row of a table, with what stands in it beside its own fields."""
    return record({**{name: _field(noun.model._meta.get_field(name)) for name in noun.fields}, **more})


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    if isinstance(schema.get("type"), str):
        return {
            **schema,
            "type": [schema["type"], "null"],
            **({"enum": [*schema["enum"], None]} if "enum" in schema else {}),
        }
    return {"anyOf": [schema, {"type": "null"}]}


def _field(field: Any) -> Schema:
    schema = _kind(field)
    return nullable(schema) if field.null else schema


def _kind(field: Any) -> Schema:
    if field.name in WRITTEN_FIELDS:
        return WRITTEN_FIELDS[field.name]
    if field.choices and isinstance(field, models.CharField):
        known = [value for value, _ in field.choices]
        return {"type": "string", "enum": [*([""] if field.blank else []), *known]}
    if isinstance(field, ExactDecimalField):
        return DECIMAL
    if isinstance(field, models.UUIDField | models.ForeignKey):
        return ID
    if field.name == "title" and field.model in HEADED:
        return heading(field.max_length)
    if isinstance(field, models.CharField | models.TextField):
        return text(field.max_length or 100_000)
    if isinstance(field, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, models.DateTimeField):
        return MOMENT
    return DAY if isinstance(field, models.DateField) else COUNT


HEADED: Final = frozenset({Proposal, Section, LineItem, Instalment, CatalogueItem})
"""Whose titles people can't leave empty either."""

FILE: Final = record({"path": text(120), "sha256": SHA256, "length_bytes": LENGTH})
SIDES: Final = {"type": "string", "enum": list(Side.values)}
STATES: Final = {"type": "string", "enum": [state.value for state in State if state is not State.ARCHIVED]}
FIRM: Final = record({"id": ID, "name": text(200)})
VIA: Final = listing(record({"instance": text(500), "imported_at": MOMENT}), 50)
SOURCE: Final = record({"instance": text(500), "name": text(200), "exported_at": MOMENT})
PROSE: Final = {"type": "object", "properties": {"type": {"const": "doc"}}, "required": ["type"]}


@cache
def manifest_schema() -> Schema:
    """`manifest.json`: what the file is, who made it, and the SHA-256 of every other file in it."""
    entry = {
        "id": ID,
        "title": text(300),
        "state": STATES,
        "path": text(120),
        "trail": text(120),
        "from": SOURCE,
        "via": VIA,
    }
    return record(
        {
            "format": {"const": MANIFEST_FORMAT},
            "version": {"const": VERSION},
            "instance": record({"name": text(200), "url": text(500)}),
            "made_at": MOMENT,
            "scope": {"type": "string", "enum": ["firm", "relationship"]},
            "firm": FIRM,
            "counts": {"type": "object", "additionalProperties": COUNT},
            "proposals": listing(record(entry), 100_000),
            "files": listing(FILE, 500_000),
            "relationship": relationship_schema(),
        },
        may_lack=("relationship",),
    )


@cache
def proposal_schema() -> Schema:
    """`proposals/<id>.json`: a proposal as one side sees it."""
    price = {"result": nullable(FREE), "schedule": nullable(FREE), "billing": {"type": "object"}}
    relation = {"seller": FIRM, "client": FIRM}
    return record(
        {
            "format": {"const": PROPOSAL_FORMAT},
            "id": ID,
            "side": SIDES,
            "state": STATES,
            "shared": {"type": "boolean"},
            "relationship": row(nouns.RELATIONSHIP, **relation),
            **row(nouns.PROPOSAL)["properties"],
            "parties": record({side: row(nouns.PARTY) for side in Side.values}),
            "participants": listing(row(nouns.PARTICIPANT, name=text(200), email=text(254)), 100),
            "rates": listing(row(nouns.RATE), 500),
            "taxes": listing(row(nouns.TAX), 50),
            "sections": listing(_section(), 200),
            "discounts": listing(row(nouns.DISCOUNT), 10_000),
            "instalments": listing(row(nouns.INSTALMENT), 60),
            "calculated": record(price),
            "disclosures": listing(_card(), 200),
            "disclosure_requests": listing(row(nouns.DISCLOSURE_REQUEST), 10_000),
            "questions": listing(_said(nouns.QUESTION, replies=listing(_said(nouns.REPLY), 10_000)), 10_000),
            "counter_offers": listing(row(nouns.COUNTER_OFFER), 50_000),
            "price_requests": listing(row(nouns.PRICE_REQUEST), 10_000),
            "agreements": listing(row(nouns.AGREEMENT), 100_000),
            "revisions": listing(_revision(), 10_000),
            "extension_requests": listing(row(nouns.EXTENSION), 10_000),
            "void_requests": listing(row(nouns.VOID_REQUEST), 10_000),
            "amends": nullable(FREE),
            "imported_from": nullable(
                record(
                    {
                        "instance": text(500),
                        "proposal": ID,
                        "state": STATES,
                        "exported_at": MOMENT,
                        "imported_at": MOMENT,
                    }
                )
            ),
        }
    )


def _section() -> Schema:
    line = row(nouns.LINE, taxes=listing(ID, 50))
    billing = row(nouns.BILLING, worksheet=nullable(row(nouns.WORKSHEET)))
    return row(nouns.SECTION, text=PROSE, lines=listing(line, 2000), billing=nullable(billing))


def _card() -> Schema:
    return record(
        {
            "id": ID,
            "kind": {"type": "string", "enum": list(DisclosureKind.values)},
            "title": text(200),
            "version": COUNT,
            "by_name": text(200),
            "published_at": MOMENT,
            "content": FREE,
            "changes": listing(FREE, 10_000),
            "talks": listing(row(nouns.TALK), 1000),
            "withdrawn_at": nullable(MOMENT),
            "withdrawn_by_name": text(200),
            "withdrawn_reason": text(1000),
        }
    )


def _said(noun: Noun, **more: Schema) -> Schema:
    """What may have been said on another server than that which wrote the file."""
    said = row(noun, **more)
    said["properties"]["imported"] = {"const": True}
    return said


def _revision() -> Schema:
    reopened = record({"side": SIDES, "reason": text(500), "reopened_at": MOMENT})
    voided = {
        "reason": text(1000),
        "proposed_side": SIDES,
        "proposed_by_name": text(200),
        "confirmed_by_name": text(200),
        "voided_at": MOMENT,
    }
    return record(
        {
            "number": COUNT,
            "sha256": SHA256,
            "content": {"type": "string"},
            "text_number": COUNT,
            "engine_version": text(20),
            "frozen_at": MOMENT,
            "reopened": nullable(reopened),
            "voided": nullable(record(voided)),
            "signatures": listing(row(nouns.SIGNATURE), 200),
            "file": nullable(FILE),
        }
    )


def relationship_schema() -> Schema:
    """A relationship as one firm sees it: its side, the other firm, and how many proposals of it are in the file."""
    properties = {**row(nouns.RELATIONSHIP)["properties"], "side": SIDES, "other": FIRM, "proposals_count": COUNT}
    return record(properties, may_lack=("proposals_count",))


@cache
def firm_schema() -> Schema:
    """`firm.json`: what the firm keeps for its proposals."""
    rate = record({"role": text(100), "rate": DECIMAL, "unit": text(4), "from": DAY, "to": nullable(DAY)})
    card = record({"number": COUNT, "currency": text(3), "rates": listing(rate, 500), "made_at": MOMENT})
    item = row(Noun(CatalogueItem, ITEM_FIELDS))
    template = record(
        {
            "title": heading(120),
            "summary": text(300),
            "currency": text(3),
            "content": template_schema(),
            "external_id": text(200),
            "metadata": METADATA,
        }
    )
    details = {"name": text(200), "legal_name": text(300), "address": text(1000), "registration": text(200)}
    return record(
        {
            "format": {"const": FIRM_FORMAT},
            "id": ID,
            **details,
            "logo": nullable(FILE),
            "rate_cards": listing(card, 10_000),
            "catalogue": listing(item, 2000),
            "templates": listing(template, 200),
            "relationships": listing(relationship_schema(), 100_000),
        }
    )


ITEM_FIELDS: Final = (
    *("title", "detail", "kind", "quantity", "unit_label", "role", "unit", "prices", "certainty", "tax_category"),
    *("external_id", "metadata"),
)


def template_schema() -> Schema:
    """What a template holds (`documents.templates`)."""
    line = {name: _template_field(nouns.LINE, name) for name in templates.LINE_FIELDS}
    billing = {name: _template_field(nouns.BILLING, name) for name in templates.BILLING_FIELDS}
    places = listing({"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}, 2000)
    lines = record({"fields": record(line), "taxes": listing(COUNT, 50), "percent_of": places})
    kinds = {"type": "string", "enum": list(Section.Kind.values)}
    section = {
        "title": heading(300),
        "kind": kinds,
        "text": PROSE,
        "lines": listing(lines, 2000),
        "billing": nullable(record(billing)),
    }
    tax = {name: _template_field(nouns.TAX, name) for name in nouns.TAX.fields if name != "id"}
    planned = {name: _template_field(nouns.INSTALMENT, name) for name in nouns.INSTALMENT.fields if name != "due_on"}
    optional = tuple(name for name in planned if name not in ("title", "share", "due"))
    return record(
        {
            "settings": record({name: _template_field(nouns.PROPOSAL, name) for name in templates.SETTINGS}),
            "rates": listing(
                record({name: _template_field(nouns.RATE, name) for name in ("role", "rate", "unit")}), 500
            ),
            "taxes": listing(record(tax), 50),
            "sections": listing(record(section), 200),
            "instalments": listing(
                record({**planned, "after_start_days": COUNT}, may_lack=(*optional, "after_start_days")), 60
            ),
        }
    )


def _template_field(noun: Noun, name: str) -> Schema:
    return _field(noun.model._meta.get_field(name))


def whole() -> Schema:
    """The three in one document, as it is published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{MANIFEST_FORMAT}, version {VERSION}",
        "$defs": {"manifest": manifest_schema(), "proposal": proposal_schema(), "firm": firm_schema()},
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("manifest", "proposal", "firm")],
    }
