"""One proposal of a file from outside, brought into a firm: all of it or nothing.

What the firm was still selling there becomes a draft in preparation. Everything else becomes an archived record: it can
be read and copied, and has no other effect. Nobody is mailed, no account is made, and only whoever brings it in has a
place. What was said, agreed and signed there was not witnessed here; it is kept as it was told (`models.Origin`).
"""

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import rfc8785
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Firm, User
from proposals.access import Actor
from proposals.actions import audit, values
from proposals.actions.billing_fields import compared_figures, kept_figures, known_model
from proposals.actions.changing import move
from proposals.actions.disclosed_figures import read_content
from proposals.actions.files import store_file
from proposals.actions.keys import lock_keys_of, proposals_of
from proposals.actions.participants import seat
from proposals.actions.proposals import make_party, maker_of
from proposals.documents.parts import Standing, section_key, standing_of
from proposals.documents.portable import nouns
from proposals.documents.portable.nouns import fields_of
from proposals.documents.portable.package import LARGEST_JSON_BYTES, OpenedPackage, bad
from proposals.documents.portable.schema import proposal_schema
from proposals.documents.portable.written import calculated
from proposals.exceptions import Invalid
from proposals.languages import LANGUAGES
from proposals.locking import lock_proposal, writing
from proposals.models import (
    BillingTerms,
    Disclosure,
    DisclosureVersion,
    Discount,
    Instalment,
    LineItem,
    Origin,
    Party,
    Proposal,
    Question,
    Rate,
    Relationship,
    Reply,
    Section,
    Side,
    Tax,
    ValueWorksheet,
)
from proposals.pricing.billing import MODELS, ComparableModel
from proposals.prose import ProseError, checked
from proposals.states import State
from proposals.text import ProseDocument, port

LARGEST_PDF_BYTES: Final = 64 * 1024**2
LARGEST_TRAIL_BYTES: Final = 256 * 1024**2
GOES_ON: Final = frozenset({State.PREPARING, State.OPEN, State.FROZEN})
"""What was not over there."""

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Brought:
    """What became of a proposal: the new row, `draft` or `record`, and what of it did not come along, in sentences."""

    proposal: Proposal
    outcome: str
    left: tuple[str, ...] = ()


def bring_in(*, package: OpenedPackage, entry: Content, firm: Firm, by: User | None, archive_sha256: str) -> Brought:
    """Bring in one proposal of a checked file. `by` is None for the firm's service token.

    Raises Invalid, naming the place, for content that can't be used, for prices that come to something else here, and
    with code `already_here` for what came before. Nothing of it is there then.
    """
    content: Content = package.json(entry["path"], proposal_schema())
    if content["id"] != entry["id"] or content["state"] != entry["state"]:
        raise bad("bad_content", f"{entry['path']} is about another proposal than its manifest says.")
    _require_new(firm, content)
    written = package.read(entry["path"], LARGEST_JSON_BYTES).decode()
    kept = _kept_files(package, content)
    trail = _kept_trail(package, entry["trail"]) if package.has(entry["trail"]) else ""
    try:
        with writing():
            return _made(firm, by, content, entry, archive_sha256, {"content": written, "trail": trail, "files": kept})
    except IntegrityError as error:
        raise already(content["title"]) from error


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


def _made(
    firm: Firm, by: User | None, content: Content, entry: Content, archive_sha256: str, kept: Mapping[str, Any]
) -> Brought:
    outcome, left = becomes(content), []
    made = _row(firm, by, content, outcome)
    if content["external_id"] and not made.external_id:
        left.append(f"Its external id “{content['external_id']}” is used by another proposal here.")
    for side in Side:
        make_party(made, side, _firm_on(made, side))
        Party.objects.filter(proposal=made, side=side).update(**fields_of(nouns.PARTY, content["parties"][side]))
    if by is not None:
        seat(made, user=by, side=content["side"], is_signatory=outcome == "draft", joined_at=timezone.now())
    with lock_proposal(made.id) as locked:
        actor = maker_of(locked, by, firm)
        _write(locked, content, actor)
        source = entry["from"]
        facts = {"instance": source["instance"], "proposal": content["id"], "state": content["state"]}
        audit.append(locked, "proposal.imported", actor, {**facts, "archive_sha256": archive_sha256})
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
            **kept,
        )
        if outcome == "record":
            move(locked, "archive")
            port().set_frozen(locked, True)
    return Brought(Proposal.objects.get(id=made.id), outcome, (*left, *_stays(content, outcome)))


def _row(firm: Firm, by: User | None, content: Content, outcome: str) -> Proposal:
    """The proposal's own row. As the client's side it is common from the start: there is no seller here."""
    values.currency("currency", content["currency"])
    values.one_of(list(LANGUAGES))("language", content["language"])
    other = _other_firm(firm, content)
    sells = content["side"] == Side.SELLER
    between = _between(firm if sells else other, other if sells else firm, content["relationship"])
    kept_by = lock_keys_of(between.seller_firm)
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
    """Their relationship; a new one with the keys that it had there, if they are free."""
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


def _write(locked: Proposal, content: Content, by: Actor) -> None:
    """Write rows and texts, and see that they come to what the file says."""
    ids = _new_ids(content)
    for place, rate in enumerate(content["rates"]):
        Rate.objects.create(proposal=locked, position=place, **fields_of(nouns.RATE, rate))
    for place, tax in enumerate(content["taxes"]):
        fields = fields_of(nouns.TAX, tax, *nouns.TAX.fields[1:])
        Tax.objects.create(id=ids[tax["id"]], proposal=locked, position=place, **fields)
    texts: dict[uuid.UUID, ProseDocument] = {}
    for place, section in enumerate(content["sections"]):
        fields = fields_of(nouns.SECTION, section, *nouns.SECTION.fields[1:])
        made = Section.objects.create(id=ids[section["id"]], proposal=locked, position=place, **fields)
        texts[made.id] = _text(section)
        _write_lines(made, section, ids)
        _write_billing(made, section, locked.currency)
    for place, discount in enumerate(content["discounts"]):
        fields = fields_of(nouns.DISCOUNT, discount)
        for name in ("section_id", "line_id"):
            fields[name] = _known(ids, discount[name], "discounts") if discount[name] else None
        Discount.objects.create(proposal=locked, position=place, **fields)
    for place, instalment in enumerate(content["instalments"]):
        Instalment.objects.create(proposal=locked, position=place, **fields_of(nouns.INSTALMENT, instalment))
    for card in content["disclosures"]:
        _write_card(locked, card)
    for question in content["questions"]:
        _write_question(locked, question, ids)
    port().create(locked, texts, by)
    standing = standing_of(Proposal.objects.get(id=locked.id), with_range=False)
    _require_same(standing, content, ids, texts)


def _new_ids(content: Content) -> dict[str, uuid.UUID]:
    """A new id for each section, line and tax. They sort as the old ones do, so that nothing changes places."""
    ids: dict[str, uuid.UUID] = {}
    lines = [line["id"] for section in content["sections"] for line in section["lines"]]
    for old in ([tax["id"] for tax in content["taxes"]], [each["id"] for each in content["sections"]], lines):
        if len(set(old)) < len(old) or ids.keys() & set(old):
            raise bad("bad_content", "An id stands twice in it.")
        ids |= zip(sorted(old), sorted(new_id() for _ in old), strict=True)
    all_lines = [line for section in content["sections"] for line in section["lines"]]
    for rows in (content["sections"], all_lines, content["questions"]):
        given = [each["external_id"] for each in rows if each["external_id"]]
        if len(set(given)) < len(given):
            raise bad("bad_content", "An external id stands twice in it.")
    return ids


def _known(ids: Mapping[str, uuid.UUID], key: str, where: str) -> uuid.UUID:
    if key not in ids:
        raise bad("bad_content", f"{where}: {key} is no section, line or tax of this proposal.", where)
    return ids[key]


def _text(section: Content) -> ProseDocument:
    try:
        return checked(section["text"])
    except ProseError as error:
        raise bad("bad_text", f"“{section['title']}”: {error}") from error


def _write_lines(made: Section, section: Content, ids: Mapping[str, uuid.UUID]) -> None:
    if section["lines"] and made.kind != Section.Kind.PRICING:
        raise bad("bad_content", f"“{made.title}” has lines, and is no section with prices.")
    rows, links = [], []
    through = LineItem.taxes.through
    for place, line in enumerate(section["lines"]):
        fields = fields_of(nouns.LINE, line, *nouns.LINE.fields[1:])
        fields["percent_of"] = [str(_known(ids, key, line["title"])) for key in line["percent_of"]]
        rows.append(LineItem(id=ids[line["id"]], section=made, position=place, **fields))
        taxes = {_known(ids, key, line["title"]) for key in line["taxes"]}
        links += [through(lineitem_id=ids[line["id"]], tax_id=tax) for tax in taxes]
    LineItem.objects.bulk_create(rows)
    through.objects.bulk_create(links)


def _write_billing(made: Section, section: Content, currency: str) -> None:
    told = section["billing"]
    if (told is not None) != (made.kind == Section.Kind.BILLING):
        raise bad("bad_content", f"“{made.title}”: how the work is billed belongs into a section about that.")
    if told is None:
        return
    for key, params in told["figures"].items():
        if kept_figures(known_model(key), params) != params:
            raise bad("bad_content", f"“{made.title}”: the figures of {key} are not written as they are here.")
    for place, compared in enumerate(told["compared"]):
        model = known_model(compared.get("model"))
        params = compared.get("params")
        is_known = isinstance(model, ComparableModel) and isinstance(params, dict) and {*compared} <= COMPARED
        if not is_known or compared_figures(model, params, currency, f"compared/{place}") != params:  # type: ignore[arg-type]
            raise bad("bad_content", f"“{made.title}”: {model.name} can’t be compared with these figures.")
        values.text(100)("name", compared.get("name", ""))
    for key, clauses in told["clauses"].items():
        if key not in MODELS or not set(clauses) <= {clause.key for clause in MODELS[key].clauses}:
            raise bad("bad_content", f"“{made.title}”: it has a clause that is not known here.")
    terms = BillingTerms.objects.create(section=made, **fields_of(nouns.BILLING, told))
    if told["worksheet"] is not None:
        sheet = {**fields_of(nouns.WORKSHEET, told["worksheet"]), **NOT_CONFIRMED}
        ValueWorksheet.objects.create(terms=terms, **sheet)


NOT_CONFIRMED: Final[Content] = {"confirmed": {}, "confirmed_by_name": "", "confirmed_at": None}
"""That the client confirmed the value is an agreement: here nobody did."""

COMPARED: Final = frozenset({"model", "params", "name"})


def _write_card(locked: Proposal, card: Content) -> None:
    """A card that stands. Its figures are calculated anew and have to come to the same."""
    if card["withdrawn_at"] is not None:
        return
    told = card["content"]
    if read_content(locked.currency, card["kind"], told) != told:
        raise bad("prices_differ", f"The figures on the card “{card['title']}” come to something else here.")
    made = Disclosure.objects.create(proposal=locked, kind=card["kind"], title=card["title"])
    DisclosureVersion.objects.create(
        disclosure=made, number=card["version"], epoch=locked.epoch, content=told, by_name=card["by_name"]
    )


def _write_question(locked: Proposal, question: Content, ids: Mapping[str, uuid.UUID]) -> None:
    """A question with its replies; whoever asked is a name."""
    fields = fields_of(nouns.QUESTION, question, *nouns.QUESTION.fields[1:])
    fields["section_id"] = ids.get(question["section_id"] or "")
    made = Question.objects.create(proposal=locked, **fields)
    for reply in question["replies"]:
        Reply.objects.create(question=made, **fields_of(nouns.REPLY, reply))


def _require_same(
    standing: Standing, content: Content, ids: Mapping[str, uuid.UUID], texts: Mapping[uuid.UUID, ProseDocument]
) -> None:
    """Raise Invalid, naming the line, unless everything that is calculated here is what was calculated there."""
    for section in standing.rows.sections:
        if standing.part(section_key(section.id)).content["text"] != texts[section.id]:
            raise bad("text_differs", f"The text of “{section.title}” would not be kept letter by letter.")
    here, there = calculated(standing), _renamed(content["calculated"], ids)
    if _same(here, there):
        return
    result = there["result"] if isinstance(there["result"], dict) else {}
    told = {line["id"]: line for line in _objects(result.get("lines")) if "id" in line}
    for key, line in standing.rows.lines_by_id.items():
        here_line = standing.price.line(key)
        if not _same(here_line, told.get(key)):
            detail = f"“{line.title}” comes to {here_line['amount']} here, and to something else in the file."
            raise bad("prices_differ", detail, f"lines/{line.title}")
    what = "the totals" if not _same(here["result"], result) else "the payment schedule"
    what = what if not _same(here["schedule"], there["schedule"]) or what == "the totals" else "how the work is billed"
    raise bad("prices_differ", f"The lines come to the same here, but {what} to something else than in the file.")


def _renamed(value: Any, ids: Mapping[str, uuid.UUID]) -> Any:
    """A value with the old ids in it replaced by the new ones."""
    if isinstance(value, str):
        return _ID.sub(lambda found: str(ids.get(found[0], found[0])), value)
    if isinstance(value, dict):
        return {_renamed(key, ids): _renamed(each, ids) for key, each in value.items()}
    return [_renamed(each, ids) for each in value] if isinstance(value, list) else value


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(rfc8785.dumps(one) == rfc8785.dumps(other))
    except rfc8785.CanonicalizationError:
        return False


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _kept_files(package: OpenedPackage, content: Content) -> list[dict[str, Any]]:
    """Keep the PDFs of the revisions under their hashes, byte for byte."""
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
        kept.append({**file, "revision": revision["number"], "name": store_file(file["sha256"], pdf)})
    return kept


def _kept_trail(package: OpenedPackage, path: str) -> str:
    name = f"origins/{package.files[path]['sha256']}.jsonl"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(package.read(path, LARGEST_TRAIL_BYTES)))
    return name


def _stays(content: Content, outcome: str) -> list[str]:
    """What is in the record of where it came from, and has no effect here."""
    billings = [section["billing"] for section in content["sections"] if section["billing"] is not None]
    confirmed = [each for each in billings if each["worksheet"] is not None and each["worksheet"]["confirmed"]]
    counts = {
        "person stays a name|people stay names": len(content["participants"]),
        "agreement has no effect here|agreements have no effect here": len(content["agreements"]),
        "confirmed value has no effect here|confirmed values have no effect here": len(confirmed),
        "counter-offer is in the record only|counter-offers are in the record only": len(content["counter_offers"]),
        "revision is in the record only|revisions are in the record only": len(content["revisions"]),
    }
    said = []
    for words, count in counts.items():
        one, several = words.split("|")
        if count:
            said.append(f"{count} {one if count == 1 else several}.")
    if outcome == "record" and content["amends"] is not None and State(content["state"]) in GOES_ON:
        said.append("It is a change order to what was signed there: it is kept as a record, and can be copied.")
    return said
