"""A proposal, and what a firm keeps, in the portable format: everything that one side sees, and nothing else.

Nothing secret is in it: no tokens, codes or links of invitations, no addresses of browsers. What the other side keeps
to itself is not in it either, nor, for the client, what the seller wrote before sharing.
"""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import Firm
from proposals.documents.change_order import amended_content
from proposals.documents.parts import TERMS, Standing, section_key, standing_of
from proposals.documents.portable import nouns
from proposals.documents.portable.nouns import as_json, row
from proposals.documents.portable.schema import FIRM_FORMAT, ITEM_FIELDS, PROPOSAL_FORMAT
from proposals.documents.value_worksheet import worksheet_of
from proposals.models import (
    BillingTerms,
    CatalogueItem,
    Disclosure,
    LineItem,
    Origin,
    Proposal,
    Question,
    RateCard,
    Relationship,
    Reply,
    Revision,
    Section,
    Side,
    Template,
)

File = dict[str, Any]

TEMPLATE_FIELDS: Final = ("title", "summary", "currency", "content", "external_id", "metadata")
SELLERS_KEYS: Final[dict[str, Any]] = {"external_id": "", "metadata": {}}
"""What the seller's programs keep with a relationship, as the client gets it."""

UNDISCLOSED: Final = {"cost_per_hour": None, "fixed_costs": None}


def proposal_content(proposal: Proposal, side: str) -> dict[str, Any]:
    """`proposals/<id>.json` as one side sees it. See `schema.proposal_schema`."""
    standing = standing_of(proposal, with_range=False)
    rows = standing.rows
    own = row(nouns.PROPOSAL, proposal)
    if side != Side.SELLER:
        own["rate_card_number"] = None
    return {
        "format": PROPOSAL_FORMAT,
        "id": str(proposal.id),
        "side": str(side),
        "state": proposal.lifecycle.value,
        "shared": proposal.is_common,
        "relationship": _relationship(proposal.relationship, side),
        **own,
        "parties": {str(party): row(nouns.PARTY, rows.parties[party]) for party in Side.values},
        "participants": [
            {**row(nouns.PARTICIPANT, each), "name": each.user.display_name, "email": each.user.email}
            for each in proposal.participants.select_related("user")
        ],
        "rates": [row(nouns.RATE, rate) for rate in rows.rates],
        "taxes": [row(nouns.TAX, tax) for tax in rows.taxes],
        "sections": [_section(section, standing, side) for section in rows.sections],
        "discounts": [row(nouns.DISCOUNT, discount) for discount in rows.discounts],
        "instalments": [row(nouns.INSTALMENT, each) for each in rows.instalments],
        "calculated": calculated(standing),
        **_negotiation(proposal),
        "agreements": [row(nouns.AGREEMENT, each) for each in proposal.agreements.all()] if proposal.is_common else [],
        "revisions": [_revision(revision) for revision in revisions_of(proposal)],
        "extension_requests": [row(nouns.EXTENSION, each) for each in proposal.extension_requests.all()],
        "void_requests": [row(nouns.VOID_REQUEST, each) for each in proposal.void_requests.all()],
        "amends": amended_content(proposal).get("amends"),
        "imported_from": _origin(proposal, side),
    }


def calculated(standing: Standing) -> dict[str, Any]:
    """Every figure that follows from the rest, to be compared where it is brought in: it must come to the same."""
    return {
        "result": standing.price.result,
        "schedule": standing.part(TERMS).content.get("schedule"),
        "billing": {
            str(key): standing.part(section_key(key)).content["billing"] for key in sorted(standing.rows.billing)
        },
    }


def revisions_of(proposal: Proposal) -> QuerySet[Revision]:
    """The revisions, with everything that stands beside them."""
    return proposal.revisions.select_related("reopening", "voiding").prefetch_related("signatures", "file_stages")


def _relationship(between: Relationship, side: str) -> dict[str, Any]:
    return {
        **row(nouns.RELATIONSHIP, between),
        **(SELLERS_KEYS if side != Side.SELLER else {}),
        "seller": _firm(between.seller_firm),
        "client": _firm(between.client_firm),
    }


def _firm(firm: Firm) -> dict[str, str]:
    return {"id": str(firm.id), "name": firm.name}


def _section(section: Section, standing: Standing, side: str) -> dict[str, Any]:
    billing = standing.rows.billing.get(section.id)
    return {
        **row(nouns.SECTION, section),
        "text": standing.part(section_key(section.id)).content["text"],
        "lines": [_line(line) for line in standing.rows.lines[section.id]],
        "billing": _billing(billing, side) if billing else None,
    }


def _line(line: LineItem) -> dict[str, Any]:
    return {**row(nouns.LINE, line), "taxes": sorted(str(tax.id) for tax in line.taxes.all())}


def _billing(terms: BillingTerms, side: str) -> dict[str, Any]:
    """The client gets the chosen model's figures, and the cost if it is disclosed."""
    content = row(nouns.BILLING, terms)
    if side != Side.SELLER:
        for name in ("figures", "clauses"):
            content[name] = {key: value for key, value in content[name].items() if key == terms.model}
        if not terms.cost_disclosed:
            content |= UNDISCLOSED
    sheet = worksheet_of(terms)
    return {**content, "worksheet": row(nouns.WORKSHEET, sheet) if sheet is not None else None}


def _negotiation(proposal: Proposal) -> dict[str, Any]:
    questions = proposal.questions.prefetch_related("replies")
    return {
        "disclosures": [_card(card, proposal) for card in proposal.disclosures.shown(proposal.epoch)],
        "disclosure_requests": [row(nouns.DISCLOSURE_REQUEST, each) for each in proposal.disclosure_requests.all()],
        "questions": [
            {**_said(nouns.QUESTION, each), "replies": [_said(nouns.REPLY, reply) for reply in each.replies.all()]}
            for each in questions
        ],
        "counter_offers": [row(nouns.COUNTER_OFFER, each) for each in proposal.counter_offers.all()],
        "price_requests": [row(nouns.PRICE_REQUEST, each) for each in proposal.price_requests.all()],
    }


def _said(noun: nouns.Noun, said: Question | Reply) -> dict[str, Any]:
    """A question or a reply; `imported` stands there if it was said on another server than this one."""
    return {**row(noun, said), **({"imported": True} if said.imported else {})}


def _card(card: Disclosure, proposal: Proposal) -> dict[str, Any]:
    """What stands on a card, and what was changed in it since both sides see it."""
    versions = list(card.versions.all())
    told = [version for version in versions if version.changes and version.epoch == proposal.epoch]
    current = versions[-1]
    return {
        "id": str(card.id),
        "kind": card.kind,
        "title": card.title,
        "version": current.number,
        "by_name": current.by_name,
        "published_at": as_json(current.created_at),
        "content": current.content,
        "changes": [
            {
                "number": each.number,
                "changes": each.changes,
                "why": each.why,
                "by_name": each.by_name,
                "created_at": as_json(each.created_at),
            }
            for each in told
        ],
        "talks": [row(nouns.TALK, times) for times in card.times.all()],
        "withdrawn_at": as_json(card.withdrawn_at),
        "withdrawn_by_name": card.withdrawn_by_name,
        "withdrawn_reason": card.withdrawn_reason,
    }


def _revision(revision: Revision) -> dict[str, Any]:
    reopening, voiding = getattr(revision, "reopening", None), getattr(revision, "voiding", None)
    stage = max(revision.file_stages.all(), key=lambda each: each.number, default=None)
    return {
        "number": revision.number,
        "sha256": revision.sha256,
        "content": revision.content,
        "text_number": revision.text_seq,
        "engine_version": revision.engine_version,
        "frozen_at": as_json(revision.frozen_at),
        "reopened": _named(reopening, "side", "reason", "reopened_at"),
        "voided": _named(voiding, "reason", "proposed_side", "proposed_by_name", "confirmed_by_name", "voided_at"),
        "signatures": [row(nouns.SIGNATURE, each) for each in revision.signatures.all()],
        "file": file_entry(f"files/{stage.sha256}.pdf", stage.sha256, stage.length_bytes) if stage else None,
    }


def _named(source: Any, *names: str) -> dict[str, Any] | None:
    return {name: as_json(getattr(source, name)) for name in names} if source is not None else None


def file_entry(path: str, sha256: str, length_bytes: int) -> File:
    """A file as the manifest and those who point to it name it."""
    return {"path": path, "sha256": sha256, "length_bytes": length_bytes}


def _origin(proposal: Proposal, side: str) -> dict[str, str] | None:
    """Where it was brought in from: what was before sharing stays with the side that brought it in."""
    found = Origin.objects.filter(proposal=proposal, firm=proposal.party(side).firm_id).first()
    if found is None:
        return None
    return {
        "instance": found.instance,
        "proposal": str(found.key),
        "state": found.state,
        "exported_at": as_json(found.exported_at),
        "imported_at": as_json(found.imported_at),
    }


def firm_content(
    firm: Firm, logo: File | None, relationships: QuerySet[Relationship], counts: Mapping[uuid.UUID, int]
) -> dict[str, Any]:
    """`firm.json`: details, rates, catalogue, templates, and those relationships. See `schema.firm_schema`.

    `counts` says how many proposals of each relationship are in the file.
    """
    items = CatalogueItem.objects.filter(firm=firm, retired_at__isnull=True).order_by("title", "id")
    templates = Template.objects.filter(firm=firm, retired_at__isnull=True).order_by("title", "id")
    return {
        "format": FIRM_FORMAT,
        "id": str(firm.id),
        **{name: getattr(firm, name) for name in ("name", "legal_name", "address", "registration")},
        "logo": logo,
        "rate_cards": [
            {"number": card.number, "currency": card.currency, "rates": card.rates, "made_at": as_json(card.made_at)}
            for card in RateCard.objects.filter(firm=firm).order_by("number")
        ],
        "catalogue": [{name: as_json(getattr(item, name)) for name in ITEM_FIELDS} for item in items],
        "templates": [{name: getattr(each, name) for name in TEMPLATE_FIELDS} for each in templates],
        "relationships": [
            relationship_content(each, firm, counts.get(each.id, 0))
            for each in relationships.select_related("seller_firm", "client_firm").order_by("created_at", "id")
        ],
    }


def relationship_content(between: Relationship, firm: Firm, count: int) -> dict[str, Any]:
    """A relationship as one of its firms sees it, with how many proposals of it are in the file."""
    side = Side.SELLER if between.seller_firm_id == firm.id else Side.CLIENT
    told = _relationship(between, side)
    return {
        **{name: told[name] for name in nouns.RELATIONSHIP.fields},
        "side": str(side),
        "other": told[side.other],
        "proposals_count": count,
    }
