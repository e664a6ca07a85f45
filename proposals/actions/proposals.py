"""Making, copying, sharing and ending proposals; their title, dates and parties."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Firm, Membership, User
from accounts.people import person_for
from proposals import access, starters
from proposals.access import Actor, Visitor
from proposals.actions import audit, values
from proposals.actions.changing import changing, check_version
from proposals.actions.participants import make_invitation, seat
from proposals.documents import contents
from proposals.exceptions import NotAllowed
from proposals.locking import lock_proposal, writing
from proposals.models import Discount, LineItem, Party, Proposal, Relationship, Section, Side
from proposals.pricing.currencies import CURRENCIES
from proposals.states import State
from proposals.text import ProseDocument, port

TERMS_EDITS: dict[str, values.Parse] = {
    "title": values.text(300, required=True),
    "starts_on": values.day,
    "offer_until": values.day,
    "code_before_reading": values.yes_or_no,
    "external_id": values.text(200),
    "metadata": lambda _pointer, value: value,
}

PARTY_EDITS: dict[str, values.Parse] = {
    "name": values.text(200, required=True),
    "legal_name": values.text(300),
    "address": values.text(1000),
    "registration": values.text(200),
}


@dataclass(frozen=True)
class ClientContact:
    """Whom a proposal is made with: a person's name and e-mail, and the firm's name."""

    name: str
    email: str
    firm: str


def create_proposal(
    *,
    firm: Firm,
    by: User | None,
    title: str,
    client: ClientContact,
    currency: str = "EUR",
    template: str = "",
    external_id: str = "",
    metadata: Mapping[str, str] | None = None,
) -> Proposal:
    """Start a proposal of a firm, from a starter template if one is named, in state *preparing*.

    The client's firm is the one the contact belongs to, or the one of that name this firm deals with already,
    or a new one. Nobody of the client's side hears of it before it is shared. `by` is None for the firm's
    service token.
    """
    fields = values.parse_all(TERMS_EDITS, {"title": title, "external_id": external_id})
    values.one_of(list(CURRENCIES))("currency", currency)
    starter = starters.starter(template) if template else None
    if template and starter is None:
        known = ", ".join(starters.STARTERS)
        raise values.refuse("template", "unknown_template", f"There is no template “{template}”; there are: {known}.")
    contact = _checked_contact(client)
    with writing():
        client_user = person_for(contact.email, contact.name)
        if by is not None and client_user.id == by.id:
            raise values.refuse(
                "client/email", "own_address", "That is your own address; the client needs another one."
            )
        client_firm = _client_firm(firm, client_user, contact.firm or contact.name)
        between, _ = Relationship.objects.get_or_create(seller_firm=firm, client_firm=client_firm)
        today = timezone.localdate()
        proposal = Proposal.objects.create(
            relationship=between,
            currency=currency,
            price_date=today,
            created_by=by,
            metadata=dict(metadata or {}),
            **fields,
        )
        for side, party_firm in ((Side.SELLER, firm), (Side.CLIENT, client_firm)):
            _make_party(proposal, side, party_firm)
        if by is not None:
            seat(proposal, user=by, side=Side.SELLER, is_signatory=True, joined_at=timezone.now())
        seat(proposal, user=client_user, side=Side.CLIENT, is_signatory=True)
    with lock_proposal(proposal.id) as locked:
        actor = _maker(locked, by, firm)
        audit.append(locked, "proposal.created", actor, {"title": locked.title})
        if starter is not None:
            _fill(locked, starter.content(currency), actor)
    return Proposal.objects.get(id=proposal.id)


def copy_proposal(*, by: Actor, title: str = "", client: ClientContact | None = None) -> Proposal:
    """A new proposal in preparation with the same sections, texts, prices and terms; no agreements, no people.

    Without `client` it is for the same client as before. Choices and selected options are not taken over: they
    are the client's to make.
    """
    source = Proposal.objects.get(id=by.proposal_id)
    by.require("copy", source.lifecycle)
    if by.user is None:
        raise NotAllowed("Only a person may copy a proposal.")
    rows = contents.load(source)
    texts = port().read(source, [section.id for section in rows.sections])
    contact = client or _same_client(source)
    copy = create_proposal(
        firm=source.party(Side.SELLER).firm,
        by=by.user,
        title=title or source.title,
        client=contact,
        currency=source.currency,
    )
    with lock_proposal(copy.id) as locked:
        actor = _maker(locked, by.user, source.party(Side.SELLER).firm)
        for name in ("price_basis", "tax_rounding", "hours_per_day", "language", "starts_on", "offer_until"):
            setattr(locked, name, getattr(source, name))
        locked.price_date = source.price_date
        locked.copied_from = source
        locked.save()
        _copy_rows(locked, rows, texts.by_section, actor)
        audit.append(locked, "proposal.copied", actor, {"from": str(source.id), "title": source.title})
    return Proposal.objects.get(id=copy.id)


def share(*, by: Actor) -> Proposal:
    """Open the proposal to both sides. The common history starts here, from the text as it stands.

    A new epoch of the log and of the audit trail begins; earlier wording, figures and events stay private.
    """
    with changing(by, "share") as change:
        proposal = change.proposal
        change.price()
        texts = port().read(proposal, [section.id for section in proposal.sections.standing()])
        change.transition("share")
        proposal.epoch, proposal.audit_number, proposal.audit_hash = proposal.epoch + 1, 0, ""
        proposal.save(update_fields=["epoch", "audit_number", "audit_hash"])
        port().begin_epoch(proposal, texts.by_section, change.by)
        change.record("proposal.shared", title=proposal.title)
        for participant in proposal.participants.filter(side=Side.CLIENT, removed_at__isnull=True):
            make_invitation(change, participant)
        return proposal


def set_terms(*, by: Actor, changes: Mapping[str, Any], expected_version: int | None = None) -> Proposal:
    """Change the title or the dates, and (seller) whether the code is asked before reading."""
    with changing(by, "set_terms") as change:
        check_version(change.proposal.version, expected_version, "proposal")
        fields = values.parse_all(TERMS_EDITS, changes)
        if "code_before_reading" in fields and change.by.side != Side.SELLER:
            raise NotAllowed("Only the seller decides whether the code is asked before reading.")
        differing = {name: value for name, value in fields.items() if getattr(change.proposal, name) != value}
        if not differing:
            return change.proposal
        facts = [
            {"field": name, "was": str(getattr(change.proposal, name) or ""), "now": str(value or "")}
            for name, value in differing.items()
            if name not in ("external_id", "metadata")
        ]
        for name, value in differing.items():
            setattr(change.proposal, name, value)
        change.proposal.save(update_fields=list(differing))
        if facts:
            change.record("terms.changed", changes=facts)
        return change.proposal


def set_party(*, by: Actor, side: str, changes: Mapping[str, Any]) -> Party:
    """Change how a party stands in the contract. Each side writes its own; the seller may prepare both."""
    with changing(by, "set_terms") as change:
        preparing = change.proposal.lifecycle is State.PREPARING
        if side != change.by.side and not preparing:
            raise NotAllowed("Each side writes its own details. Ask the other side to change theirs.")
        party = Party.objects.get(proposal=change.proposal, side=values.one_of(list(Side.values))("side", side))
        fields = values.parse_all(PARTY_EDITS, changes)
        facts = [
            {"field": name, "was": getattr(party, name), "now": value}
            for name, value in fields.items()
            if getattr(party, name) != value
        ]
        for name, value in fields.items():
            setattr(party, name, value)
        party.save()
        if facts:
            change.record("party.changed", party=side, changes=facts)
        return party


def decline(*, by: Actor, reason: str = "") -> Proposal:
    """The client says no, or not now. No reason is needed; everything stays readable for both."""
    return _end(by, "decline", "proposal.declined", reason)


def withdraw(*, by: Actor, reason: str = "") -> Proposal:
    """The seller takes the proposal back. Everything stays readable for both."""
    return _end(by, "withdraw", "proposal.withdrawn", reason)


def _end(by: Actor, verb: str, event: str, reason: str) -> Proposal:
    with changing(by, verb) as change:
        why = values.text(1000)("reason", reason)
        change.transition(verb)
        port().set_frozen(change.proposal, True)
        change.record(event, reason=why)
        return change.proposal


def _checked_contact(client: ClientContact) -> ClientContact:
    name = values.text(200)("client/name", client.name)
    email = values.email("client/email", client.email)
    firm = values.text(200)("client/firm", client.firm)
    if not (name or firm):
        raise values.refuse("client/name", "required", "Write the client’s name, or their firm’s.")
    return ClientContact(name, email, firm)


def _client_firm(seller: Firm, user: User, name: str) -> Firm:
    membership = user.memberships.exclude(firm=seller).select_related("firm").first()
    if membership is not None:
        return membership.firm
    known = Relationship.objects.filter(seller_firm=seller, client_firm__name__iexact=name).first()
    if known is not None:
        return known.client_firm
    firm = Firm.objects.create(name=name)
    Membership.objects.create(firm=firm, user=user, role=Membership.Role.OWNER)
    return firm


def _make_party(proposal: Proposal, side: Side, firm: Firm) -> None:
    Party.objects.create(
        proposal=proposal,
        side=side,
        firm=firm,
        name=firm.name,
        legal_name=firm.legal_name,
        address=firm.address,
        registration=firm.registration,
    )


def _maker(proposal: Proposal, user: User | None, firm: Firm) -> Actor:
    visitor = Visitor(user=user) if user is not None else Visitor(firm=firm, scopes=access.ALL_SCOPES)
    return access.actor_for(visitor, proposal)


def _same_client(source: Proposal) -> ClientContact:
    first = source.participants.filter(side=Side.CLIENT, removed_at__isnull=True).select_related("user").first()
    party = source.party(Side.CLIENT)
    if first is None:
        raise values.refuse("client/email", "required", "Name the client: there is nobody on their side to copy.")
    return ClientContact(first.user.name, first.user.email, party.name)


def _fill(locked: Proposal, content: starters.StarterContent, by: Actor) -> None:
    """Write a starter's sections, rates, taxes and lines into an empty proposal."""
    locked.starts_on = timezone.localdate() + dt.timedelta(days=28)
    locked.offer_until = timezone.localdate() + dt.timedelta(days=30)
    locked.save(update_fields=["starts_on", "offer_until"])
    for position, rate in enumerate(content.rates):
        locked.rates.create(position=position, valid_from=locked.price_date, **rate)
    taxes = [locked.taxes.create(position=position, **tax) for position, tax in enumerate(content.taxes)]
    texts: dict[uuid.UUID, ProseDocument] = {}
    for position, described in enumerate(content.sections):
        section = Section.objects.create(proposal=locked, position=position, title=described.title, kind=described.kind)
        texts[section.id] = described.text
        for place, fields in enumerate(described.lines):
            given = dict(fields)
            discounts = given.pop("discounts", [])
            line = LineItem.objects.create(section=section, position=place, **given)
            line.taxes.set(taxes)
            for order, discount in enumerate(discounts):
                Discount.objects.create(proposal=locked, line=line, position=order, **discount)
    port().create(locked, texts, by)


def _copy_rows(
    locked: Proposal, rows: contents.ProposalRows, texts: Mapping[uuid.UUID, ProseDocument], by: Actor
) -> None:
    taxes = {tax.id: _duplicate(tax, proposal=locked) for tax in rows.taxes}
    for rate in rows.rates:
        _duplicate(rate, proposal=locked)
    new_texts: dict[uuid.UUID, ProseDocument] = {}
    sections: dict[uuid.UUID, Section] = {}
    lines: dict[uuid.UUID, LineItem] = {}
    for section in rows.sections:
        old_id = section.id
        sections[old_id] = _duplicate(section, proposal=locked, version=1, external_id="")
        if old_id in texts:
            new_texts[sections[old_id].id] = texts[old_id]
        for line in rows.lines[old_id]:
            carried = [taxes[tax.id] for tax in line.taxes.all()]
            old_line = line.id
            lines[old_line] = _duplicate(line, section=sections[old_id], version=1, selected=False, external_id="")
            lines[old_line].taxes.set(carried)
    for line in lines.values():
        if line.percent_of:
            line.percent_of = [str(lines[uuid.UUID(key)].id) for key in line.percent_of if uuid.UUID(key) in lines]
            line.save(update_fields=["percent_of"])
    for discount in rows.discounts:
        _duplicate(
            discount,
            proposal=locked,
            section=sections[discount.section_id] if discount.section_id else None,
            line=lines[discount.line_id] if discount.line_id else None,
        )
    port().create(locked, new_texts, by)


def _duplicate(row: Any, **changes: Any) -> Any:
    """A new row with the fields of another one."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
    for name in changes:
        fields.pop(row._meta.get_field(name).attname)
    return type(row).objects.create(**fields, **changes)
