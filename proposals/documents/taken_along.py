"""The files that either side takes along: what is on record of the current epoch, as JSON and JSON lines.

Both sides get the same, and nothing from before sharing: everything is read from what both can see on the pages.
`docs/export.md` describes each file. Rows are read as they are written, so that a long history is never in memory.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Final

from proposals.documents import comparing, ledger
from proposals.documents.archive import TakenFile
from proposals.documents.authority import root_pem
from proposals.documents.chain_steps import CHAIN_STEPS
from proposals.documents.moments import Moment, moment
from proposals.documents.trail_entry import trail_entry
from proposals.models import Disclosure, Proposal, Question, Reply, Revision
from proposals.text import Writer, port

ROWS_AT_ONCE: Final = 500

OFFER_FIELDS: Final = (
    "id", "line_id", "section_id", "title", "field", "group", "was", "value", "currency", "words", "why",
    "offered_by_name", "side", "answers_id", "state", "closed_by_name", "closed_why", "created_at", "closed_at",
)  # fmt: skip
PRICE_REQUEST_FIELDS: Final = (
    "id", "asked_by_name", "side", "text", "answer", "currency", "figure", "low", "likely", "high", "sure",
    "would_change", "reason", "due_on", "answered_by_name", "created_at", "answered_at",
)  # fmt: skip
DISCLOSURE_REQUEST_FIELDS: Final = (
    "id", "kind", "text", "asked_by_name", "status", "disclosure_id", "answer", "promised_on", "answered_by_name",
    "created_at", "answered_at",
)  # fmt: skip
TALK_FIELDS: Final = ("side", "proposed_by_name", "times", "status", "chosen", "answered_by_name", "created_at")
QUESTION_FIELDS: Final = (
    "id", "section_id", "asked_by_name", "side", "about", "text", "blocking", "status", "created_at", "closed_at",
)  # fmt: skip
REPLY_FIELDS: Final = ("author_name", "side", "text", "created_at")
SIGNATURE_FIELDS: Final = (
    "slot", "side", "name", "title", "email", "firm_name", "method", "consent_version", "consent_sha256",
    "certificate_serial", "level", "signed_at",
)  # fmt: skip


def files_of(proposal: Proposal) -> Iterator[TakenFile]:
    """Everything but the documents themselves, in the order in which it stands in the archive."""
    yield from _evidence(proposal)
    yield from _trail(proposal)
    yield from _text_history(proposal)
    yield from _negotiation(proposal)


def _evidence(proposal: Proposal) -> Iterator[TakenFile]:
    revisions = list(proposal.revisions.select_related("reopening").prefetch_related("signatures", "file_stages"))
    for revision in revisions:
        about = f"Revision {revision.number}, byte for byte: its SHA-256 is {revision.sha256}."
        yield TakenFile(f"revisions/{revision.number}.json", about, [revision.content.encode()])
    if not revisions:
        return
    about = "The revisions with their hashes, the stages of their PDF, and who signed them, when and how."
    yield _json("evidence/revisions.json", about, [_revision(revision) for revision in revisions])
    for revision in revisions:
        for signature in revision.signatures.all():
            name = f"evidence/certificate-{revision.number}-{signature.slot}.pem"
            about = f"The certificate of the signature of {signature.name} on revision {revision.number}."
            yield TakenFile(name, about, [signature.certificate_pem.encode()])
    yield TakenFile("evidence/root.pem", "The root certificate of the server that sealed the PDF.", [root_pem()])


def _revision(revision: Revision) -> dict[str, Any]:
    reopening = getattr(revision, "reopening", None)
    return {
        "number": revision.number,
        "sha256": revision.sha256,
        "frozen_at": revision.frozen_at,
        "engine_version": revision.engine_version,
        "text_number": revision.text_seq,
        "reopened": {**_row(reopening, ("side", "reason", "reopened_at"))} if reopening else None,
        "file_stages": [_row(stage, ("number", "sha256", "length_bytes")) for stage in revision.file_stages.all()],
        "signatures": [_row(signature, SIGNATURE_FIELDS) for signature in revision.signatures.all()],
    }


def _trail(proposal: Proposal) -> Iterator[TakenFile]:
    events = (
        proposal.audit_events.filter(epoch=proposal.epoch, number__lte=proposal.audit_number)
        .select_related("content")
        .order_by("number")
    )
    about = f"The audit trail: {proposal.audit_number} events, one on each line, with the hashes that chain them."
    entries = (trail_entry(event) for event in events.iterator(chunk_size=ROWS_AT_ONCE))
    yield _lines("audit-trail/events.jsonl", about, entries)
    about = "How anybody checks that no event was changed, left out or added, in words."
    head = {"proposal": str(proposal.id), "count": proposal.audit_number, "hash": proposal.audit_hash or "none yet"}
    yield TakenFile("audit-trail/how-to-verify.txt", about, [HOW_TO_VERIFY.format(**head).encode()])


def _text_history(proposal: Proposal) -> Iterator[TakenFile]:
    at = moment(proposal, "now")
    log = (
        {
            "number": entry.number,
            "first": entry.first,
            "at": entry.at,
            **_writer(entry.writer),
            "origin": entry.origin,
            "update": base64.b64encode(entry.update).decode(),
        }
        for entry in port().log(proposal, at.seq)
    )
    about = f"The log of the text up to number {at.seq}: every update (Yjs, version 1, Base64) with who wrote it."
    yield _lines("text-history/log.jsonl", about, log)
    pens = ({"client_id": pen.client_id, **_writer(pen.writer)} for pen in port().pens(proposal))
    yield _lines("text-history/writers.jsonl", "Whose letters are those of each client id in the log.", pens)
    about = "The text as it stands, section by section, with who wrote which words."
    yield _lines("text-history/whose-words.jsonl", about, _whose_words(proposal, at))
    sections = [
        {**_row(section, ("id", "title", "kind")), "removed_at": section.removed_at}
        for section in comparing.sections_of(proposal)
    ]
    yield _json("text-history/sections.json", "The sections that the log is about, and those taken out.", sections)


def _whose_words(proposal: Proposal, at: Moment) -> Iterator[dict[str, Any]]:
    shown, people = comparing.authored(proposal, at, comparing.sections_of(proposal))
    for each in shown:
        yield {
            "section": each.section.id,
            "title": each.section.title,
            "words": {people[writer].name: count for writer, count in each.words_count.items()},
            "blocks": [
                {
                    **_row(block, ("kind", "label", "depth")),
                    "runs": [{"text": run.text, "by": people[run.who[0]].name} for run in block.runs],
                }
                for block in each.blocks
            ],
        }


def _negotiation(proposal: Proposal) -> Iterator[TakenFile]:
    changes = ledger.price_changes(proposal, ledger.price_events(proposal).filter(number__lte=proposal.audit_number))
    about = "Every change of a price: who, what, from what to what, why, and the total before and after."
    yield _lines("negotiation/price-changes.jsonl", about, map(_price_change, changes))
    offers = proposal.counter_offers.iterator(chunk_size=ROWS_AT_ONCE)
    yield _lines("negotiation/counter-offers.jsonl", "Values that were proposed, and what became of them.",
                 (_row(offer, OFFER_FIELDS) for offer in offers))  # fmt: skip
    questions = map(_question, proposal.questions.prefetch_related("replies"))
    yield _lines("negotiation/questions.jsonl", "Questions with their replies.", questions)
    requests = (_row(request, PRICE_REQUEST_FIELDS) for request in proposal.price_requests.all())
    yield _lines("negotiation/price-requests.jsonl", "When the price was asked for, and the answers.", requests)
    cards = (_card(card, proposal) for card in proposal.disclosures.shown(proposal.epoch))
    yield _lines("negotiation/disclosures.jsonl", "What the seller disclosed of how prices are made.", cards)
    asked = (_row(request, DISCLOSURE_REQUEST_FIELDS) for request in proposal.disclosure_requests.all())
    yield _lines("negotiation/disclosure-requests.jsonl", "What the client asked to have disclosed.", asked)


def _price_change(change: ledger.PriceChange) -> dict[str, Any]:
    return {**asdict(change), "said": str(change.said)}


def _question(question: Question) -> dict[str, Any]:
    return {
        **_row(question, QUESTION_FIELDS),
        **_imported(question),
        "replies": [{**_row(reply, REPLY_FIELDS), **_imported(reply)} for reply in question.replies.all()],
    }


def _imported(said: Question | Reply) -> dict[str, bool]:
    return {"imported": True} if said.imported else {}


def _card(card: Disclosure, proposal: Proposal) -> dict[str, Any]:
    """What stands on a card, and what was changed in it since both sides see it."""
    versions = list(card.versions.all())
    told = [version for version in versions if version.changes and version.epoch == proposal.epoch]
    withdrawn = ("withdrawn_at", "withdrawn_by_name", "withdrawn_reason")
    return {
        **_row(card, ("id", "kind", "title", *withdrawn)),
        "content": versions[-1].content,
        "changes": [_row(version, ("number", "changes", "why", "by_name", "created_at")) for version in told],
        "talks": [_row(times, TALK_FIELDS) for times in card.times.all()],
    }


def _row(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _writer(writer: Writer) -> dict[str, str]:
    return {"user": str(writer.user_id or ""), "side": writer.side}


def _json(name: str, about: str, value: object) -> TakenFile:
    return TakenFile(name, about, [_encoded(value, indent=2), b"\n"])


def _lines(name: str, about: str, rows: Iterable[Mapping[str, Any]]) -> TakenFile:
    return TakenFile(name, about, (_encoded(row) + b"\n" for row in rows))


def _encoded(value: object, *, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain, indent=indent).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


HOW_TO_VERIFY: Final = (
    """\
How to check the audit trail
============================

events.jsonl has one event on each line, numbered from 1 without gaps. No program of ours is needed to check it,
only one that computes SHA-256 and one that writes JSON in the canonical form of RFC 8785.

"""
    + CHAIN_STEPS
    + """\
The last hash fixes all events before it. At the time of this export there were {count} events, and the last hash was
{hash}

Compare it with the hash that stands in mails, in the signed PDF (the hash as it was when the revision was locked: look
for the event with this hash), and with the hash that the other side sees. If they agree, nobody has rewritten the
trail, not even those who run the server.

`sentence` says an event in words for reading. It is no part of what is hashed.
"""
)
