"""Rows for tests, with fixed values. Every function takes keyword overrides for the fields of its row.

Calling a factory twice gives two rows that may stand beside each other: addresses, names and positions are
numbered by what is in the database already, never at random.
"""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import Firm, Membership, User
from proposals.models import (
    BillingTerms,
    Invitation,
    LineItem,
    Participant,
    Party,
    Proposal,
    Relationship,
    Revision,
    Section,
    Side,
    Signature,
)
from proposals.states import State

FOREVER = dt.datetime(2999, 12, 31, tzinfo=dt.UTC)
"""When the invitations made here expire."""

PRICE_DATE = dt.date(2026, 1, 12)


def person(email: str = "", name: str = "", *, verified: bool = True, **fields: Any) -> User:
    """Somebody with an e-mail address, confirmed unless said otherwise."""
    number = User.objects.count() + 1
    user = User.objects.create_user(email or f"person-{number}@example.org", name=name or f"Person {number}", **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def firm(name: str = "", **fields: Any) -> Firm:
    """A firm without people."""
    return Firm.objects.create(name=name or f"Firm {Firm.objects.count() + 1}", **fields)


def membership(of: Firm | None = None, user: User | None = None, **fields: Any) -> Membership:
    """A person's place in a firm: an owner's unless said otherwise."""
    fields.setdefault("role", Membership.Role.OWNER)
    return Membership.objects.create(firm=of or firm(), user=user or person(), **fields)


def relationship(seller_firm: Firm | None = None, client_firm: Firm | None = None, **fields: Any) -> Relationship:
    """Northlight Studio sells to Harbour Street Clinic."""
    return Relationship.objects.create(
        seller_firm=seller_firm or firm("Northlight Studio"),
        client_firm=client_firm or firm("Harbour Street Clinic"),
        **fields,
    )


def proposal(
    between: Relationship | None = None, *, state: State = State.OPEN, people: bool = True, **fields: Any
) -> Proposal:
    """A proposal in euro with both parties; with Maya (seller) and Tomás (client), editors and signatories.

    Maya has joined and owns the seller's firm; Tomás has not confirmed his address yet. A proposal that is no
    longer being prepared is in epoch 1. Nothing is written to the audit trail.
    """
    between = between or relationship()
    fields.setdefault("title", "A booking portal your patients can use without calling")
    fields.setdefault("currency", "EUR")
    fields.setdefault("price_date", PRICE_DATE)
    fields.setdefault("epoch", 0 if state is State.PREPARING else 1)
    made = Proposal.objects.create(relationship=between, state=state.value, **fields)
    party(made, Side.SELLER, between.seller_firm)
    party(made, Side.CLIENT, between.client_firm)
    if people:
        _maya(made)
        _tomas(made)
    return made


def party(of: Proposal, side: str, represented: Firm, **fields: Any) -> Party:
    """One side of a proposal, with the firm's details as they stand."""
    fields.setdefault("name", represented.name)
    fields.setdefault("legal_name", represented.legal_name)
    fields.setdefault("address", represented.address)
    fields.setdefault("registration", represented.registration)
    return Party.objects.create(proposal=of, side=side, firm=represented, **fields)


def participant(of: Proposal, user: User | None = None, side: str = Side.CLIENT, **fields: Any) -> Participant:
    """A person at the table: an editor who has joined, unless said otherwise."""
    fields.setdefault("joined_at", of.created_at)
    return Participant.objects.create(proposal=of, user=user or person(), side=side, **fields)


def seller(of: Proposal) -> User:
    """The first person of the seller's side."""
    return of.participants.filter(side=Side.SELLER).select_related("user")[0].user


def client(of: Proposal) -> User:
    """The first person of the client's side."""
    return of.participants.filter(side=Side.CLIENT).select_related("user")[0].user


def section(of: Proposal, title: str = "", **fields: Any) -> Section:
    """A section after those that are there: prose unless said otherwise."""
    position = of.sections.count()
    fields.setdefault("position", position)
    return Section.objects.create(proposal=of, title=title or f"Section {position + 1}", **fields)


def line(of: Section, title: str = "", **fields: Any) -> LineItem:
    """A line after those that are there: a fixed price of 1000.00 unless said otherwise."""
    position = of.lines.count()
    fields.setdefault("position", position)
    if fields.setdefault("kind", LineItem.Kind.FIXED) == LineItem.Kind.FIXED:
        fields.setdefault("amount", "1000.00")
    return LineItem.objects.create(section=of, title=title or f"Line {position + 1}", **fields)


def billing_terms(of: Section, **fields: Any) -> BillingTerms:
    """The terms of a billing section: nothing chosen unless said otherwise."""
    return BillingTerms.objects.create(section=of, **fields)


def invitation(of: Participant | None = None, **fields: Any) -> Invitation:
    """A standing link for a participant, from the seller's first person; for Tomás unless said otherwise."""
    invited = of or proposal().participants.get(side=Side.CLIENT)
    fields.setdefault("invited_by", seller(invited.proposal))
    fields.setdefault("expires_at", FOREVER)
    return Invitation.objects.create(participant=invited, **fields)


def signature(of: Revision, participant_id: object, *, slot: str) -> Signature:
    """A signature's row, without the file that it stands in."""
    person_ = Participant.objects.select_related("user").get(id=participant_id)
    given = Signature(
        revision=of,
        participant=person_,
        slot=slot,
        side=person_.side,
        name=person_.user.display_name,
        title="Partner",
        email=person_.user.email,
        firm_name="",
        mark_kind="typed",
        mark=person_.user.display_name,
        method="code",
        consent_version="1",
        consent_sha256="0" * 64,
        user_agent="",
        session_sha256="0" * 64,
        certificate_serial="1",
        certificate_pem="",
        level="B-B",
    )
    given.save(force_insert=True)
    return given


def _maya(of: Proposal) -> None:
    user = User.objects.filter(email="maya@northlight.example").first() or person(
        "maya@northlight.example", "Maya Lindqvist"
    )
    Membership.objects.get_or_create(
        firm=of.relationship.seller_firm, user=user, defaults={"role": Membership.Role.OWNER}
    )
    participant(of, user, Side.SELLER, is_signatory=True, title="Partner")


def _tomas(of: Proposal) -> None:
    user = User.objects.filter(email="tomas@harbourstreet.example").first() or person(
        "tomas@harbourstreet.example", "Tomás Reyes", verified=False
    )
    participant(of, user, Side.CLIENT, is_signatory=True, title="Practice manager", joined_at=None)
