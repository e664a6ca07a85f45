"""Counter-offers: proposing a value that is the other side's to change, and answering.

Accepting applies the value through the verb that changes it, with the rights of whoever may: the side that accepts,
or, for a value that its own side offered as an answer, the person who offered it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from proposals import access
from proposals.access import ALL_SCOPES, Actor, Visitor
from proposals.actions import audit, values
from proposals.actions.changing import WHY_LENGTH, Change, changing, one
from proposals.actions.offer_values import Grounds, apply_value, read_value
from proposals.actions.overtaking import State, close, offer_facts
from proposals.documents import contents
from proposals.documents.offer_words import words
from proposals.documents.price_document import price_of
from proposals.documents.targets import (
    Kind,
    Target,
    kind_of,
    line_of,
    owner_of,
    section_of,
    standing_value,
    target_of,
    within_limits,
)
from proposals.documents.trials import price_with
from proposals.exceptions import ChangedSince, NotAllowed, NotFound, WrongState
from proposals.models import CounterOffer, LineItem, Proposal, Section, Side

OPEN_COUNT: Final = 20
"""How many counter-offers of a proposal may be open at once: the total is calculated with each of them."""

TRIALS_COUNT: Final = 3
"""How often a value is tried out again because the proposal changed meanwhile."""

_why = values.text(WHY_LENGTH)


@dataclass(frozen=True)
class Tried:
    """A value that was tried out: whose it is, what stands there, the value read, the totals without and with it."""

    target: Target
    line: LineItem | None
    section: Section | None
    kind: Kind
    was: str
    value: str
    words: str
    before: str
    then: str


def propose(*, by: Actor, target: Target, value: str, why: str = "") -> CounterOffer:
    """Propose a value that the other side may change. It replaces an open one of the same side for the same value.

    Raises Invalid with the cause if the proposal could not be calculated with it.
    """
    return _tried_and_offered(by, lambda proposal: target, value, why, answered_id=None)


def answer(*, by: Actor, offer_id: uuid.UUID | str, value: str, why: str = "") -> CounterOffer:
    """Answer an open counter-offer of the other side by another value, which they accept or not."""

    def find(proposal: Proposal) -> Target:
        return target_of(_open(proposal, offer_id))

    return _tried_and_offered(by, find, value, why, answered_id=offer_id)


def accept(
    *,
    by: Actor,
    offer_id: uuid.UUID | str,
    reason: str = "",
    text: str = "",
    policy_line: str = "",
    exception: str = "",
) -> CounterOffer:
    """Take what the other side proposed: the value is changed at once.

    A discount needs a `reason` and a sentence, `text`, that the client reads; the sentence may be the proposer's. What
    it rests on, `policy_line` or `exception`, is said as in `set_discounts`.
    """
    with changing(by, "propose") as change:
        offer = _open(change.proposal, offer_id)
        _require_other_side(change, offer, "accepted")
        rows = change.rows()
        kind = owner_of(rows, target_of(offer), offer.value)
        doer = change.by if kind.side in ("", change.by.side) else _author_of(offer, change.proposal)
        doer.require(kind.ability, change.proposal.lifecycle)
        facts, number = offer_facts(offer), change.proposal.audit_number
        close(offer, State.ACCEPTED, by_name=change.by.name)
        because = f"as {offer.offered_by_name} proposed" + (f": {offer.why}" if offer.why else "")
        apply_value(doer, offer, rows, kind, because[:WHY_LENGTH], Grounds(reason, text, policy_line, exception))
        change.proposal.refresh_from_db()
        audit.append(change.proposal, "offer.accepted", change.by, {**facts, "event": number + 1})
        return offer


def decline(*, by: Actor, offer_id: uuid.UUID | str, why: str = "") -> CounterOffer:
    """Say no to a counter-offer of the other side, with a sentence or without. Nothing changes."""
    with changing(by, "propose") as change:
        offer = _open(change.proposal, offer_id)
        _require_other_side(change, offer, "declined")
        said = _why("why", why)
        close(offer, State.DECLINED, by_name=change.by.name, why=said)
        change.record("offer.declined", **offer_facts(offer), **({"why": said} if said else {}))
        return offer


def withdraw(*, by: Actor, offer_id: uuid.UUID | str) -> CounterOffer:
    """Take back a counter-offer of one's own side."""
    with changing(by, "propose") as change:
        offer = _open(change.proposal, offer_id)
        if offer.side != change.by.side:
            raise NotAllowed("A counter-offer is taken back by the side that made it. Nothing was changed.")
        close(offer, State.WITHDRAWN, by_name=change.by.name)
        change.record("offer.withdrawn", **offer_facts(offer))
        return offer


def _tried_and_offered(
    by: Actor, find: Callable[[Proposal], Target], value: str, why: str, *, answered_id: uuid.UUID | str | None
) -> CounterOffer:
    """Try the value out before the lock, since the price with it may take a while, then write it down under it."""
    for _ in range(TRIALS_COUNT):
        seen = Proposal.objects.get(id=by.proposal_id)
        by.require("propose", seen.lifecycle)
        tried = _try(seen, find(seen), value)
        with changing(by, "propose") as change:
            if change.proposal.version != seen.version:
                continue
            standing = _standing_offer(change.proposal, tried)
            if answered_id is not None:
                standing = _open(change.proposal, answered_id)
                _require_other_side(change, standing, "answered")
            return _offer(change, tried, _why("why", why), standing)
    raise ChangedSince("Prices are being changed right now. Nothing was proposed; try again.", code="still_changing")


def _try(proposal: Proposal, target: Target, value: str) -> Tried:
    kind = kind_of(target)
    if kind is None:
        raise values.refuse("field", "unknown_field", f"Nobody can propose a value for “{values.shown(target.field)}”.")
    rows = contents.load(proposal)
    price = price_of(rows, with_range=False)
    was = standing_value(rows, price, target)
    if was is None:
        raise NotFound("What you propose a value for is not part of the proposal (any more). Nothing was changed.")
    wanted = read_value(rows, target, kind.shape, value)
    if wanted == was:
        raise values.refuse("value", "same_value", "That is what stands there already.")
    return Tried(
        target=target,
        line=line_of(rows, target.line) if target.line else None,
        section=section_of(rows, target.section) if target.section else None,
        kind=owner_of(rows, target, wanted),
        was=was,
        value=wanted,
        words=words(target, was, wanted, proposal)[:300],
        before=price.totals["total"],
        then=price_with(rows, price, target, wanted).totals["total"],
    )


def _offer(change: Change, tried: Tried, why: str, standing: CounterOffer | None) -> CounterOffer:
    """Write a counter-offer down; `standing` is the open one for the same value, which it answers or replaces."""
    mine = standing is not None and standing.side == change.by.side
    answered = standing.answers if standing is not None and mine else standing
    _require_place(change, tried, standing, answered)
    offer = CounterOffer(
        proposal=change.proposal,
        line=tried.line,
        section=tried.section,
        title=tried.line.title if tried.line else tried.section.title[:200] if tried.section else "",
        field=tried.target.field,
        group=tried.target.group,
        was=tried.was,
        value=tried.value,
        currency=change.proposal.currency,
        words=tried.words,
        why=why,
        offered_by=change.by.user,
        offered_by_name=change.by.name,
        side=change.by.side,
        answers=answered,
    )
    if standing is not None:
        close(standing, State.WITHDRAWN if mine else State.ANSWERED, by_name=change.by.name)
    offer.save(force_insert=True)
    totals = {"before": tried.before, "then": tried.then, "currency": offer.currency}
    facts = {**offer_facts(offer), **totals, **({"why": why} if why else {})}
    if answered is not None:
        change.record("offer.answered", **facts, to=answered.offered_by_name)
    else:
        change.record("offer.made", **facts)
    return offer


def _require_place(change: Change, tried: Tried, standing: CounterOffer | None, answered: CounterOffer | None) -> None:
    """Refuse what one may change oneself, unless it answers the other side, and more than are ever needed."""
    if standing is not None and standing is answered and tried.value == standing.value:
        raise values.refuse("value", "same_value", "That is what was proposed to you: accept it.")
    if tried.kind.side == change.by.side:
        if answered is None:
            _require_within_limits(change, tried)
            detail = "This is your side’s to change: change it where it stands, and the other side sees it at once."
            raise values.refuse("field", "yours_to_change", detail)
        change.by.require(tried.kind.ability, change.proposal.lifecycle)
    waiting = CounterOffer.objects.filter(proposal=change.proposal, state=State.OPEN).count()
    if standing is None and waiting >= OPEN_COUNT:
        detail = f"{OPEN_COUNT} counter-offers are open, as many as a proposal takes. Let some be answered first."
        raise values.refuse("field", "too_many", detail)


def _require_within_limits(change: Change, tried: Tried) -> None:
    """Tell a seller who proposes a quantity beyond what the client may set, which only the seller may widen."""
    line = tried.line
    if line is None or tried.target.field != contents.quantity_field(line.kind, line.quantity):
        return
    if (
        change.by.side == Side.SELLER
        and line.client_may_change_quantity
        and not within_limits(line, Decimal(tried.value))
    ):
        detail = (
            f"“{tried.value}” is beyond the limits of “{line.title}”, which are yours: widen them, then propose it."
        )
        raise values.refuse("value", "out_of_limits", detail)


def _standing_offer(proposal: Proposal, tried: Tried) -> CounterOffer | None:
    """The open counter-offer for the same value. There is one at most: a second answers or replaces it."""
    same: dict[str, Any] = {"field": tried.target.field, "group": tried.target.group}
    same |= {"line": tried.line, "section": tried.section}
    return CounterOffer.objects.filter(proposal=proposal, state=State.OPEN, **same).first()


def _open(proposal: Proposal, offer_id: uuid.UUID | str) -> CounterOffer:
    offer: CounterOffer = one(CounterOffer.objects.filter(proposal=proposal), offer_id)
    if not offer.is_open:
        by = f", by {offer.closed_by_name}" if offer.closed_by_name else ""
        raise WrongState(
            f"This counter-offer is not open any more ({offer.get_state_display().lower()}{by}). Nothing was changed.",
            code="not_open",
            extra={"state": offer.state},
        )
    return offer


def _require_other_side(change: Change, offer: CounterOffer, done: str) -> None:
    if offer.side == change.by.side:
        raise NotAllowed(f"A counter-offer is {done} by the other side, not by the one that made it.")


def _author_of(offer: CounterOffer, proposal: Proposal) -> Actor:
    """Whoever offered a value of their own side, with the rights of this moment."""
    if offer.offered_by is not None:
        visitor = Visitor(user=offer.offered_by)
    else:
        visitor = Visitor(firm=proposal.party(offer.side).firm, scopes=ALL_SCOPES)
    try:
        return access.actor_for(visitor, proposal)
    except NotFound as error:
        raise WrongState(
            f"{offer.offered_by_name} does not take part any more. Ask the other side to offer it again.",
            code="not_open",
        ) from error
