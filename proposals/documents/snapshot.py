"""The canonical content of a revision: what is frozen, signed, embedded in the PDF and kept.

Format `sameside.revision.v1`, written as RFC 8785 JSON; its SHA-256 identifies the revision.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import rfc8785

from proposals.documents import contents
from proposals.documents.billing_told import told_content
from proposals.documents.change_order import with_changes
from proposals.documents.contents import ProposalRows
from proposals.documents.parts import TERMS, Standing, section_content, section_key
from proposals.documents.readiness import Readiness
from proposals.models import Participant, Proposal, Question, Reply, Section, Side
from proposals.pricing import ENGINE_VERSION

FORMAT: Final = "sameside.revision.v1"
LAST: Final = 10**6
"""Where signatories stand whom their side has put in no order: after the others, as they came."""


@dataclass(frozen=True)
class Snapshot:
    """The canonical JSON text of a revision and its SHA-256, as hexadecimal text."""

    content: dict[str, Any]
    json: str
    sha256: str


def signature_slots(signatories: Iterable[Participant]) -> list[dict[str, str]]:
    """One slot per signatory, numbered by side: `seller-1`, `client-1`, ... Slots name no person."""
    return [{"slot": slot, "side": str(participant.side)} for slot, participant in slots_of(signatories)]


def slots_of(signatories: Iterable[Participant]) -> list[tuple[str, Participant]]:
    """Each signatory with their slot, the seller's first; within a side as the side has put them in order."""
    counts = {Side.SELLER.value: 0, Side.CLIENT.value: 0}
    slots = []
    for participant in sorted(
        signatories,
        key=lambda row: (row.side != Side.SELLER, row.signing_position or LAST, row.created_at, row.id),
    ):
        counts[participant.side] += 1
        slots.append((f"{participant.side}-{counts[participant.side]}", participant))
    return slots


def take_snapshot(
    proposal: Proposal,
    standing: Standing,
    *,
    number: int,
    moment: datetime,
    readiness: Readiness,
    signatories: Iterable[Participant],
    ended: Mapping[str, str] | None = None,
) -> Snapshot:
    """Everything that is agreed, as it stands. Also used for drafts, with what is agreed so far.

    `ended` is for drafts of what is over: the state it ended in and the day, `{state, on}`.
    """
    content = _content(proposal, standing, readiness)
    content["revision"] = {
        "number": number,
        "frozen_at": instant(moment),
        "engine_version": ENGINE_VERSION,
    }
    if ended:
        content["ended"] = dict(ended)
    content["signature_slots"] = signature_slots(signatories)
    content = with_changes(content, proposal)
    encoded = rfc8785.dumps(content)
    return Snapshot(content, encoded.decode(), hashlib.sha256(encoded).hexdigest())


def content_of(text: str) -> dict[str, Any]:
    """A revision's stored JSON text as values."""
    content: dict[str, Any] = json.loads(text)
    return content


def instant(moment: datetime) -> str:
    """A moment as ISO 8601 UTC text, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _content(proposal: Proposal, standing: Standing, readiness: Readiness) -> dict[str, Any]:
    rows, price, terms = standing.rows, standing.price, standing.part(TERMS).content
    return {
        "format": FORMAT,
        "proposal": {
            "id": str(proposal.id),
            "title": proposal.title,
            "language": proposal.language,
            **contents.paper_content(proposal),
            **contents.signing_content(proposal),
            "currency": proposal.currency,
            "price_basis": proposal.price_basis,
            "tax_rounding": proposal.tax_rounding,
            "price_date": contents.day(proposal.price_date),
            "hours_per_day": contents.number(proposal.hours_per_day),
            **({} if proposal.working_in_document else {"working_in_document": False}),
            "starts_on": contents.day(proposal.starts_on),
            "offer_until": contents.day(proposal.offer_until),
            **contents.offer_content(proposal),
        },
        "parties": {side: contents.party_content(party) for side, party in rows.parties.items()},
        **contents.logo_content(rows.parties[Side.SELLER]),
        "sections": [
            {
                "id": str(section.id),
                **section_content(section, rows, standing.texts, price),
                "fingerprint": standing.part(section_key(section.id)).fingerprint,
                **_told(section, rows, standing),
            }
            for section in rows.sections
        ],
        "pricing": {
            "rate_card": price.document["rate_card"],
            "taxes": price.document["taxes"],
            "discounts": price.document["discounts"],
            "choices": price.document["choices"],
            "result": price.result,
            **({"schedule": terms["schedule"]} if "schedule" in terms else {}),
        },
        **({"amends": terms["amends"]} if "amends" in terms else {}),
        "terms_fingerprint": standing.part(TERMS).fingerprint,
        "questions": [_question(question) for question in proposal.questions.all()],
        **_disclosures(proposal),
        "agreements": [
            {
                "part": part.part.key,
                "side": agreement.side,
                "name": agreement.name,
                "fingerprint": agreement.fingerprint,
                "agreed_at": instant(agreement.agreed_at),
            }
            for part in readiness.parts
            for agreement in (part.seller, part.client)
            if agreement is not None
        ],
        "audit": {"epoch": proposal.epoch, "number": proposal.audit_number, "hash": proposal.audit_hash},
    }


def _told(section: Section, rows: ProposalRows, standing: Standing) -> dict[str, Any]:
    """What stands beside the agreed terms of a billing section: explanation, not a term, nor in the fingerprint."""
    terms = rows.billing.get(section.id)
    if terms is None:
        return {}
    agreed = standing.part(section_key(section.id)).content["billing"]
    return {"explanation": told_content(terms, agreed, rows.proposal)}


def _disclosures(proposal: Proposal) -> dict[str, Any]:
    """The cards that stand, with the figures as they were calculated; nothing if nothing is disclosed."""
    cards = [
        {
            **current.content,
            "version": current.number,
            "by": current.by_name,
            "published_at": instant(current.created_at),
        }
        for found in proposal.disclosures.shown(proposal.epoch)
        if found.withdrawn_at is None
        for current in list(found.versions.all())[-1:]
    ]
    return {"disclosures": cards} if cards else {}


def _imported(said: Question | Reply) -> dict[str, bool]:
    """That it was said on another server, which this one did not witness; nothing about what was said here."""
    return {"imported": True} if said.imported else {}


def _question(question: Question) -> dict[str, Any]:
    section: uuid.UUID | None = question.section_id
    return {
        "section": str(section) if section else None,
        "about": question.about,
        "text": question.text,
        "blocking": question.blocking,
        "state": question.status,
        "asked_by": question.asked_by_name,
        "side": question.side,
        "replies": [
            {"by": reply.author_name, "side": reply.side, "text": reply.text, **_imported(reply)}
            for reply in question.replies.all()
        ],
        **_imported(question),
    }
