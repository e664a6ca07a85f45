"""One proposal of a file from outside, brought into a firm: all of it or nothing. What it becomes, and beside whom.

What the firm was still selling there becomes a draft in preparation. Everything else becomes an archived record: it can
be read and copied, and has no other effect. Nobody is mailed, no account is made, and only whoever brings it in has a
place. What was said, agreed and signed there was not witnessed here; it is kept as it was told (`models.Origin`).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Firm, User
from proposals.actions import audit, values
from proposals.actions.brought_files import keep_file
from proposals.actions.brought_rows import write_rows
from proposals.actions.changing import move
from proposals.actions.keys import lock_keys_of, proposals_of
from proposals.actions.participants import seat
from proposals.actions.proposals import make_party, maker_of
from proposals.documents.portable import nouns
from proposals.documents.portable.nouns import fields_of
from proposals.documents.portable.package import LARGEST_JSON_BYTES, OpenedPackage, bad
from proposals.documents.portable.schema import proposal_schema
from proposals.documents.portable.trail import require_trail
from proposals.exceptions import Invalid
from proposals.languages import LANGUAGES
from proposals.locking import lock_proposal, writing
from proposals.models import (
    FirmImport,
    Origin,
    Party,
    Proposal,
    Relationship,
    Side,
)
from proposals.states import State
from proposals.text import port

LARGEST_PDF_BYTES: Final = 64 * 1024**2
LARGEST_TRAIL_BYTES: Final = 256 * 1024**2
GOES_ON: Final = frozenset({State.PREPARING, State.OPEN, State.FROZEN})
"""What was not over there."""

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Brought:
    """What became of a proposal: the new row, `draft` or `record`, and what of it did not come along, in sentences."""

    proposal: Proposal
    outcome: str
    left: tuple[str, ...] = ()


def bring_in(*, package: OpenedPackage, entry: Content, coming: FirmImport, tell: Callable[[Brought], None]) -> Brought:
    """Bring in one proposal of a checked file, and tell of it in the same transaction.

    What came with this import before it was interrupted has come.

    Raises Invalid, naming the place, for content that can't be used, for prices that come to something else here, and
    with code `already_here` for what came before. Nothing of it is there then.
    """
    before = Origin.objects.filter(brought_by=coming, key=entry["id"]).select_related("proposal").first()
    if before is not None:
        with writing():
            return _told(_brought(before.proposal, json.loads(before.content)), tell)
    content: Content = package.json(entry["path"], proposal_schema())
    if content["id"] != entry["id"] or content["state"] != entry["state"]:
        raise bad("bad_content", f"{entry['path']} is about another proposal than its manifest says.")
    _require_new(coming.firm, content)
    written = package.read(entry["path"], LARGEST_JSON_BYTES).decode()
    trail = _kept_trail(package, entry["trail"], coming) if package.has(entry["trail"]) else ""
    kept = _kept_files(package, content, coming)
    try:
        with writing():
            made = _made(coming, content, entry, {"content": written, "trail": trail, "files": kept})
            return _told(_brought(made, content), tell)
    except IntegrityError as error:
        raise already(content["title"]) from error


def _told(came: Brought, tell: Callable[[Brought], None]) -> Brought:
    tell(came)
    return came


def already(title: str, when: str = "") -> Invalid:
    """It came before, perhaps as it stood then."""
    detail = f"“{title}” was brought in before{when}. It was not brought in again."
    return Invalid(detail, code="already_here")


def _require_new(firm: Firm, content: Content) -> None:
    before = Origin.objects.filter(firm=firm, key=content["id"]).select_related("proposal").first()
    if before is not None:
        raise already(before.proposal.title, f", on {before.imported_at.date().isoformat()}")
    if Proposal.objects.of_firm(firm).filter(id=content["id"]).exists():
        raise Invalid(f"“{content['title']}” is here already: it was made on this server.", code="already_here")


def becomes(content: Content) -> str:
    """`draft` for what the firm was still selling there, else `record`. An open change order changes what is signed
    there, and that is not here: it is kept as a record.
    """
    goes_on = State(content["state"]) in GOES_ON and content["side"] == Side.SELLER and content["amends"] is None
    return "draft" if goes_on else "record"


def _brought(made: Proposal, content: Content) -> Brought:
    outcome = becomes(content)
    return Brought(made, outcome, tuple(_stays(made, content, outcome)))


def _made(coming: FirmImport, content: Content, entry: Content, kept: Mapping[str, Any]) -> Proposal:
    outcome, firm, by = becomes(content), coming.firm, coming.asked_by
    made = _row(firm, by, content, outcome)
    for side in Side:
        make_party(made, side, _firm_on(made, side))
        Party.objects.filter(proposal=made, side=side).update(**fields_of(nouns.PARTY, content["parties"][side]))
    if by is not None:
        seat(made, user=by, side=content["side"], is_signatory=outcome == "draft", joined_at=timezone.now())
    with lock_proposal(made.id) as locked:
        actor = maker_of(locked, by, firm)
        write_rows(locked, content, actor)
        source = entry["from"]
        facts = {"instance": source["instance"], "proposal": content["id"], "state": content["state"]}
        audit.append(locked, "proposal.imported", actor, {**facts, "archive_sha256": coming.sha256})
        Origin.objects.create(
            proposal=locked,
            firm=firm,
            instance=source["instance"],
            instance_name=source["name"],
            key=content["id"],
            state=content["state"],
            other_firm_key=_other(content)["id"],
            exported_at=datetime.fromisoformat(source["exported_at"]),
            via=entry["via"],
            imported_by_name=actor.name,
            brought_by=coming,
            **kept,
        )
        if outcome == "record":
            move(locked, "archive")
            port().set_frozen(locked, True)
    return Proposal.objects.get(id=made.id)


def _row(firm: Firm, by: User | None, content: Content, outcome: str) -> Proposal:
    """The proposal's own row. As the client's side it is common from the start: there is no seller here."""
    values.currency("currency", content["currency"])
    values.one_of(list(LANGUAGES))("language", content["language"])
    sells = content["side"] == Side.SELLER
    own = lock_keys_of(firm) if sells else None  # before anything is looked for: a client of that name, a free id
    other = _other_firm(firm, content)
    kept_by = own or lock_keys_of(other)
    between = _between(kept_by, other if sells else firm, content["relationship"])
    used = proposals_of(kept_by).filter(external_id=content["external_id"]).exists()
    fields = fields_of(nouns.PROPOSAL, content, *nouns.SETTINGS) | {"rate_card_number": None}
    if outcome == "draft":
        fields["extended_until"] = None
    return Proposal.objects.create(
        relationship=between,
        created_by=by,
        epoch=0 if sells else 1,
        external_id="" if used else content["external_id"],
        **fields,
    )


def _between(seller: Firm, client: Firm, told: Content) -> Relationship:
    """Their relationship; a new one with the keys that it had there, if they are free. The caller holds their lock."""
    between, is_new = Relationship.objects.get_or_create(seller_firm=seller, client_firm=client)
    used = Relationship.objects.filter(seller_firm=seller, external_id=told["external_id"]).exists()
    if is_new and not (told["external_id"] and used):
        between.external_id, between.metadata = told["external_id"], told["metadata"]
        between.save(update_fields=["external_id", "metadata"])
    return between


def _other(content: Content) -> dict[str, str]:
    side = "client" if content["side"] == Side.SELLER else "seller"
    found: dict[str, str] = content["relationship"][side]
    return found


def _other_firm(firm: Firm, content: Content) -> Firm:
    """The firm on the other side: the one of an earlier import, the client of that name the firm has already, or a new
    one without people. A record is never put beside a seller who is here: nobody here told of it.
    """
    told = _other(content)
    sells = content["side"] == Side.SELLER
    before = (
        Origin.objects.filter(firm=firm, other_firm_key=told["id"]).select_related("proposal__relationship").first()
    )
    if before is not None:
        between = before.proposal.relationship
        if sells and between.seller_firm_id == firm.id:
            return between.client_firm
        if not sells and between.client_firm_id == firm.id:
            return between.seller_firm
    if sells:
        named = Relationship.objects.filter(seller_firm=firm, client_firm__name__iexact=told["name"]).first()
        if named is not None:
            return named.client_firm
    return Firm.objects.create(name=told["name"])


def _firm_on(proposal: Proposal, side: Side) -> Firm:
    between = proposal.relationship
    return between.seller_firm if side is Side.SELLER else between.client_firm


def _kept_files(package: OpenedPackage, content: Content, coming: FirmImport) -> list[dict[str, Any]]:
    """Keep the PDFs of the revisions, byte for byte."""
    kept = []
    for revision in content["revisions"]:
        if hashlib.sha256(revision["content"].encode()).hexdigest() != revision["sha256"]:
            raise bad("wrong_hash", f"Revision {revision['number']} of “{content['title']}” is not what its hash says.")
        file = revision["file"]
        if file is None:
            continue
        if package.files.get(file["path"]) != file or not file["path"].startswith("files/"):
            raise bad("file_missing", f"The PDF of revision {revision['number']} of “{content['title']}” is missing.")
        pdf = package.read(file["path"], LARGEST_PDF_BYTES)
        if not pdf.startswith(b"%PDF-"):
            raise bad("bad_content", f"{file['path']} is not a PDF.")
        kept.append({**file, "revision": revision["number"], "name": keep_file(coming, pdf, "pdf")})
    return kept


def _kept_trail(package: OpenedPackage, path: str, coming: FirmImport) -> str:
    trail = package.read(path, LARGEST_TRAIL_BYTES)
    require_trail(trail)
    return keep_file(coming, trail, "jsonl")


def _stays(made: Proposal, content: Content, outcome: str) -> list[str]:
    """What is in the record of where it came from, and has no effect here."""
    billings = [section["billing"] for section in content["sections"] if section["billing"] is not None]
    sheets = [each["worksheet"] for each in billings if each["worksheet"] is not None]
    estimates = [sheet for sheet in sheets if sheet["own_value"] is not None]
    confirmed = [sheet for sheet in sheets if sheet["confirmed"]]
    counts = {
        "person stays a name|people stay names": len(content["participants"]),
        "agreement has no effect here|agreements have no effect here": len(content["agreements"]),
        "confirmed value has no effect here|confirmed values have no effect here": len(confirmed),
        "client’s own estimate is in the record only|clients’ own estimates are in the record only": len(estimates),
        "counter-offer is in the record only|counter-offers are in the record only": len(content["counter_offers"]),
        "revision is in the record only|revisions are in the record only": len(content["revisions"]),
    }
    said = []
    if content["external_id"] and not made.external_id:
        said.append(f"Its external id “{content['external_id']}” is used by another proposal here.")
    for words, count in counts.items():
        one, several = words.split("|")
        if count:
            said.append(f"{count} {one if count == 1 else several}.")
    if outcome == "record" and content["amends"] is not None and State(content["state"]) in GOES_ON:
        said.append("It is a change order to what was signed there: it is kept as a record, and can be copied.")
    return said
