"""Change orders: a new proposal that starts from a signed one and says what it changes of it.

The client asks for one in a sentence; the seller makes it, or refuses with words. Both stand in the audit trail alone.
"""

from typing import Any

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import audit, values
from proposals.actions.changing import changing, still_seated
from proposals.actions.copying import duplicate_contents
from proposals.actions.freezing import current_revision
from proposals.actions.proposals import COPIED_TERMS, make_party, maker_of
from proposals.documents.change_order_request import request_of
from proposals.exceptions import NotAllowed, WrongState
from proposals.locking import lock_proposal, writing
from proposals.models import AuditEvent, Participant, Proposal, Side

TITLE_LENGTH = 300
WORDS_LENGTH = 500
WORDS = values.text(WORDS_LENGTH, required=True, lines=True)


def make_change_order(*, by: Actor, title: str = "") -> Proposal:
    """A new proposal in preparation that has everything of a signed one, and knows which revision it amends.

    Sections, texts, prices, choices, cards, parties, people and signatories are those of the signed one. Nobody else
    hears of it before it is shared. How long the offer stands is said anew. Raises WrongState unless it is signed.
    """
    source = Proposal.objects.select_related("relationship").get(id=by.proposal_id)
    maker = still_seated(by)
    maker.require("change_order", source.lifecycle)
    if maker.user is None:
        raise NotAllowed("Only a person may make a change order.")
    revision = current_revision(source)
    fields: dict[str, Any] = {name: getattr(source, name) for name in COPIED_TERMS}
    named = values.text(TITLE_LENGTH)("title", title) or suggested_title(source)
    fields |= {"title": named, "choices": source.choices, "offer_until": None, "offer_reason": "", "amends": revision}
    with writing():
        made = Proposal.objects.create(relationship=source.relationship, created_by=maker.user, **fields)
        for side in Side:
            make_party(made, side, source.party(side).firm)
        _seat_everybody(source, made, maker)
        with lock_proposal(made.id) as locked:
            actor = maker_of(locked, maker.user, source.party(Side.SELLER).firm)
            audit.append(locked, "proposal.created", actor, {"title": locked.title})
            duplicate_contents(source, locked, actor, sides=tuple(Side), as_signed=True)
            facts = {"proposal": str(source.id), "revision": revision.number, "sha256": revision.sha256}
            audit.append(locked, "change_order.made", actor, {"title": source.title, **facts})
    return Proposal.objects.get(id=made.id)


def ask_for_change_order(*, by: Actor, text: str) -> AuditEvent:
    """The client says what should change of the signed proposal. One request waits; both see it until it is answered.

    Raises WrongState with code `already_asked` while one waits.
    """
    with changing(by, "ask_change_order") as change:
        waiting = request_of(change.proposal)
        if waiting is not None and waiting.is_open:
            raise WrongState(
                "Your side has asked already, and both see that it waits for an answer. Nothing was changed.",
                code="already_asked",
            )
        return change.record("change_order.asked", text=WORDS("text", text))


def refuse_change_order(*, by: Actor, words: str) -> AuditEvent:
    """The seller makes no change order and says why. The client may ask again.

    Raises WrongState with code `nothing_asked` unless a request waits.
    """
    with changing(by, "change_order") as change:
        waiting = request_of(change.proposal)
        if waiting is None or not waiting.is_open:
            raise WrongState("Nobody waits for a change order here. Nothing was changed.", code="nothing_asked")
        return change.record("change_order.refused", words=WORDS("words", words))


def suggested_title(source: Proposal) -> str:
    """“Change order 2: A booking portal”."""
    number = Proposal.objects.filter(amends__proposal=source).count() + 1
    return f"Change order {number}: {source.title}"[:TITLE_LENGTH]


SEATED_AS = ("user", "side", "role", "is_signatory", "signing_position", "only_signs", "title")
"""What a person's place takes over of the one at the signed proposal."""


def _seat_everybody(source: Proposal, made: Proposal, maker: Actor) -> None:
    """The same people in the same roles. The client's are invited when it is shared, as for every proposal."""
    standing = source.participants.filter(removed_at__isnull=True, user__is_active=True).select_related("user")
    for place in standing.order_by("created_at", "id"):
        fields = {name: getattr(place, name) for name in SEATED_AS}
        joined_at = None if place.side == Side.CLIENT else place.joined_at
        if place.user_id == maker.user_id:
            joined_at = timezone.now()
        Participant.objects.create(proposal=made, joined_at=joined_at, **fields)
