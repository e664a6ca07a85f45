"""What a change would undo: the agreements to a part as it stands, in sentences for whoever is about to change it."""

from collections.abc import Iterable

from proposals.documents.parts import TERMS, section_key, standing_of
from proposals.documents.readiness import PartReadiness, Readiness, readiness_of
from proposals.documents.wording import listing
from proposals.models import Proposal, Section
from proposals.states import State


def names_of(part: PartReadiness) -> list[str]:
    """Who agrees to a part as it stands, the seller first."""
    return [agreement.name for agreement in (part.seller, part.client) if agreement is not None]


def gate_of(part: PartReadiness, readiness: Readiness, *, moves_total: bool) -> str:
    """What stands before a section that was agreed to; "" before one that nobody agrees to.

    `moves_total`: a change of it can move the total, and with it the terms of the whole.
    """
    names = names_of(part)
    if not names:
        return ""
    who = "Agreed by both." if part.agreed_by_both else f"{names[0]} agrees to this as it stands."
    undone = f"A change undoes {_agreements(names)}"
    terms = names_of(readiness.part(TERMS)) if moves_total else []
    also = f", and if it moves the total {_agreements(terms)} to the terms of the whole" if terms else ""
    return f"{who} {undone}{also}."


def undone_by(proposal: Proposal, keys: Iterable[str]) -> str:
    """What saving a change of these parts undoes, if it changes them; "" if nobody agrees to any."""
    if proposal.lifecycle is not State.OPEN or not proposal.agreements.filter(withdrawn_at__isnull=True).exists():
        return ""
    readiness = readiness_of(proposal, standing_of(proposal))
    touched = set(keys)
    agreed = [
        f"of {listing(names_of(part))} to “{part.part.title}”"
        for part in readiness.parts
        if part.part.key in touched and names_of(part)
    ]
    return f"What a change touches is to be agreed anew. It undoes the agreements {listing(agreed)}." if agreed else ""


def price_keys(proposal: Proposal, section_id: object = None) -> list[str]:
    """The parts that a change of a price touches: its section, or all with prices and billing, and the terms."""
    if section_id is not None:
        return [section_key(section_id), TERMS]
    priced = proposal.sections.standing().filter(kind__in=(Section.Kind.PRICING, Section.Kind.BILLING))
    return [*(section_key(section.id) for section in priced), TERMS]


def _agreements(names: list[str]) -> str:
    return f"the agreement{'s' if len(names) > 1 else ''} of {listing(names)}"
