"""Making, copying and sharing proposals; their title, dates and parties."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from accounts.models import Firm, User
from proposals import access, starters
from proposals.access import Actor, Visitor
from proposals.actions import audit, values
from proposals.actions.billing import keep_what_is_common
from proposals.actions.changing import changing, check_version, money_told, still_seated
from proposals.actions.choices import cut_discounts_to_their_base
from proposals.actions.clients import ClientContact, checked_contact, firm_of, person_of
from proposals.actions.copying import duplicate_contents
from proposals.actions.keys import lock_keys_of, proposals_of, require_free
from proposals.actions.participants import make_invitation, seat
from proposals.actions.templates import checked_variables, fill_from_template, standing_template
from proposals.documents import wording
from proposals.exceptions import NotAllowed, NotFound, WrongState
from proposals.languages import LANGUAGES
from proposals.locking import lock_proposal, writing
from proposals.models import BillingTerms, Discount, LineItem, Party, Proposal, Relationship, Section, Side, Template
from proposals.states import State
from proposals.text import ProseDocument, port

TERMS_EDITS: dict[str, values.Parse] = {
    "title": values.text(300, required=True),
    "starts_on": values.day,
    "offer_until": values.day,
    "offer_reason": values.text(300),
    "language": values.one_of(list(LANGUAGES)),
    "paper": values.one_of(list(Proposal.Paper.values)),
    "signing_order": values.order_of_signing,
    "code_before_reading": values.yes_or_no,
}

SELLERS_TERMS = frozenset({"code_before_reading"})

COPIED_TERMS = (
    "language",
    "paper",
    "currency",
    "price_basis",
    "tax_rounding",
    "price_date",
    "hours_per_day",
    "working_in_document",
    "rate_card_number",
    "starts_on",
    "offer_until",
    "offer_reason",
    "signing_order",
    "code_before_reading",
)
"""What a copy takes over of the proposal's own row."""

PARTY_EDITS: dict[str, values.Parse] = {
    "name": values.text(200, required=True),
    "legal_name": values.text(300),
    "address": values.text(1000, lines=True),
    "registration": values.text(200),
}


def create_proposal(
    *,
    firm: Firm,
    by: User | None,
    title: str,
    client: ClientContact,
    currency: str = "EUR",
    template: str = "",
    variables: Mapping[str, str] | None = None,
    external_id: str = "",
    metadata: Mapping[str, str] | None = None,
) -> Proposal:
    """Start a proposal of a firm, from a template if one is named, in state *preparing*.

    `template` is the key of a starter or the id of one of the firm's own, whose `variables` are filled.

    The client's firm is the one the contact belongs to, or the one of that name this firm deals with already,
    or a new one. Nobody of the client's side hears of it before it is shared. `by` is None for the firm's
    service token.
    """
    given = {"title": title, "external_id": external_id, "metadata": metadata or {}}
    fields = values.parse_all({**TERMS_EDITS, **values.KEY_EDITS}, given)
    starter = starters.starter(template) if template else None
    own = _own_template(firm, template) if template and starter is None else None
    filling = checked_variables(variables or {})
    contact = checked_contact(client)
    fields["currency"] = values.currency("currency", currency)
    with writing():
        require_free(proposals_of(lock_keys_of(firm)), fields["external_id"])
        person = person_of(contact, by)
        client_firm = firm_of(firm, person, contact.firm or contact.name)
        made = _seated(firm, by, client_firm, person, fields)
        with lock_proposal(made.id) as locked:
            actor = maker_of(locked, by, firm)
            audit.append(locked, "proposal.created", actor, {"title": locked.title})
            if starter is not None:
                _fill(locked, starter.content(currency), actor)
            if own is not None:
                fill_from_template(locked, own, filling, contact.name, actor)
    return Proposal.objects.get(id=made.id)


def copy_proposal(*, by: Actor, title: str = "", client: ClientContact | None = None) -> Proposal:
    """A new proposal in preparation with the same sections, texts, prices and terms; no agreements, no people.

    A last day of the offer that has passed is not taken over.

    Without `client` it is for the same client as before, with the details that stand in this one. Choices and
    selected options are not taken over: they are the client's to make. A discount that is larger than what is
    left without them is cut, as when a client leaves an option out.
    """
    source = Proposal.objects.get(id=by.proposal_id)
    maker = still_seated(by)
    maker.require("copy", source.lifecycle)
    if maker.user is None:
        raise NotAllowed("Only a person may copy a proposal.")
    fields = {name: getattr(source, name) for name in COPIED_TERMS}
    fields["title"] = values.text(300)("title", title) or source.title
    if source.offer_until is not None and source.offer_until < timezone.localdate():
        fields |= {"offer_until": None, "offer_reason": ""}
    contact = checked_contact(client or _same_client(source))
    with writing():
        person = person_of(contact, maker.user)
        firm, client_firm = source.party(Side.SELLER).firm, source.party(Side.CLIENT).firm
        same = client is None
        if not same:
            client_firm = firm_of(firm, person, contact.firm or contact.name)
        made = _seated(firm, maker.user, client_firm, person, {**fields, "copied_from": source})
        with lock_proposal(made.id) as locked:
            actor = maker_of(locked, maker.user, firm)
            audit.append(locked, "proposal.created", actor, {"title": locked.title})
            duplicate_contents(source, locked, actor, sides=tuple(Side) if same else (Side.SELLER,))
            audit.append(locked, "proposal.copied", actor, {"from": str(source.id), "title": source.title})
            for cut in cut_discounts_to_their_base(locked)[0]:
                audit.append(locked, "discount.cut", None, cut)
    return Proposal.objects.get(id=made.id)


def share(*, by: Actor) -> Proposal:
    """Open the proposal to both sides. The common history starts here, from the text as it stands.

    A new epoch of the log and of the audit trail begins; earlier wording, figures and events stay private. Raises
    WrongState with code `offer_over` if the offer's last day has passed.
    """
    with changing(by, "share") as change:
        proposal = change.proposal
        if proposal.is_over:
            raise WrongState(
                f"The offer would have ended already, on {wording.short_date(proposal.stands_until)}. Give it another "
                "last day first, or none. Nothing was shared.",
                code="offer_over",
            )
        price = change.price()
        texts = port().read(proposal, [section.id for section in proposal.sections.standing()])
        keep_what_is_common(proposal)
        change.transition("share")
        proposal.epoch, proposal.audit_number, proposal.audit_hash = proposal.epoch + 1, 0, ""
        proposal.save(update_fields=["epoch", "audit_number", "audit_hash"])
        port().begin_epoch(proposal, texts.by_section, change.by)
        change.record("proposal.shared", title=proposal.title, **money_told(price))
        for participant in proposal.participants.filter(side=Side.CLIENT, removed_at__isnull=True, only_signs=False):
            prepared = participant.invitations.first()
            make_invitation(change, participant, prepared.message if prepared else "")
        return proposal


def set_terms(*, by: Actor, changes: Mapping[str, Any], expected_version: int | None = None) -> Proposal:
    """Change title, dates, language, paper or order of signing; the seller also whether the code is asked first.

    Raises Invalid with code `in_the_past` for a last day of the offer that has passed.
    """
    with changing(by, "set_terms") as change:
        check_version(change.proposal.version, expected_version, "proposal")
        fields = values.parse_all(TERMS_EDITS, changes)
        differing = {name: value for name, value in fields.items() if getattr(change.proposal, name) != value}
        if SELLERS_TERMS & set(differing) and change.by.side != Side.SELLER:
            raise NotAllowed("Only the seller decides about this. Nothing was changed.")
        until = differing.get("offer_until")
        if until is not None and until < timezone.localdate():
            detail = (
                f"The offer would have ended already, on {wording.short_date(until)}. Choose a later day, or none. "
                "To end it now, withdraw the proposal."
            )
            raise values.refuse("offer_until", "in_the_past", detail)
        facts = [values.fact(change.proposal, name, value) for name, value in differing.items()]
        for name, value in differing.items():
            setattr(change.proposal, name, value)
        if differing:
            change.proposal.save(update_fields=list(differing))
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
        facts = [values.fact(party, name, value) for name, value in fields.items() if getattr(party, name) != value]
        for name, value in fields.items():
            setattr(party, name, value)
        party.save()
        if facts:
            change.record("party.changed", party=side, changes=facts)
        return party


def _own_template(firm: Firm, template: str) -> Template:
    try:
        return standing_template(firm, template)
    except NotFound as error:
        known = ", ".join(starters.STARTERS)
        detail = f"There is no template “{values.shown(template)}”; there are: {known}, and your firm’s own."
        raise values.refuse("template", "unknown_template", detail) from error


def _seated(firm: Firm, by: User | None, client_firm: Firm, client_person: User, fields: Mapping[str, Any]) -> Proposal:
    """A new row with both parties, its maker and the client's person at the table."""
    between, _ = Relationship.objects.get_or_create(seller_firm=firm, client_firm=client_firm)
    given = {"price_date": timezone.localdate(), **fields}
    made = Proposal.objects.create(relationship=between, created_by=by, **given)
    for side, party_firm in ((Side.SELLER, firm), (Side.CLIENT, client_firm)):
        make_party(made, side, party_firm)
    if by is not None:
        seat(made, user=by, side=Side.SELLER, is_signatory=True, joined_at=timezone.now())
    seat(made, user=client_person, side=Side.CLIENT, is_signatory=True)
    return made


def make_party(proposal: Proposal, side: Side, firm: Firm) -> None:
    """One side of a new proposal, with its firm's details as they stand."""
    Party.objects.create(
        proposal=proposal,
        side=side,
        firm=firm,
        name=firm.name,
        legal_name=firm.legal_name,
        address=firm.address,
        registration=firm.registration,
    )


def maker_of(proposal: Proposal, user: User | None, firm: Firm) -> Actor:
    """Whoever makes a proposal, at its table."""
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
        if section.kind == Section.Kind.BILLING:
            BillingTerms.objects.create(section=section)
        texts[section.id] = described.text
        for place, fields in enumerate(described.lines):
            given = dict(fields)
            discounts = given.pop("discounts", [])
            line = LineItem.objects.create(section=section, position=place, **given)
            line.taxes.set(taxes)
            for order, discount in enumerate(discounts):
                Discount.objects.create(proposal=locked, line=line, position=order, **discount)
    port().create(locked, texts, by)
