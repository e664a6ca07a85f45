"""Agreeing part by part, withdrawing, and telling when a part leaves or returns to what was agreed."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.utils import timezone

from proposals.access import Actor
from proposals.actions import audit, values
from proposals.actions.changing import Change, changing
from proposals.actions.reviews import require_no_review_open
from proposals.documents import left
from proposals.documents.parts import (
    TERMS,
    TERMS_TITLE,
    Part,
    Standing,
    parts_named,
    section_key,
    standing_of,
    text_part,
)
from proposals.exceptions import ChangedSince, Invalid
from proposals.locking import lock_proposal
from proposals.models import Agreement, AuditEvent, Proposal, Section
from proposals.models.plainly import rows_of
from proposals.states import State
from proposals.text import SectionTexts, port

TEXT_READS_COUNT = 5
"""How often the text is read anew when others write while an agreement or a freeze is being taken."""


def agree(*, by: Actor, parts: Mapping[str, str]) -> list[Agreement]:
    """Record that the actor's party agrees to parts, each bound to the fingerprint the person saw.

    All or nothing: if one part is not what was seen any more, raises ChangedSince, whose `extra["changed"]`
    lists {part, title, fingerprint} of those, and records none. A part already agreed to is left as it is.
    """
    if not parts:
        raise Invalid("Name at least one part to agree to. Nothing was changed.", code="no_parts")
    for _ in range(TEXT_READS_COUNT):
        texts = _read_texts(by.proposal_id)
        with changing(by, "agree") as change:
            standing = standing_if_unmoved(change.proposal, texts)
            if standing is not None:
                require_no_review_open(change)
                return _record(change, standing, parts)
    raise ChangedSince("The text is being written right now. Agree when it has come to rest.", code="still_changing")


def withdraw_agreement(*, by: Actor, parts: Iterable[str]) -> None:
    """Take the party's agreement to parts back, as long as the proposal is not frozen."""
    with changing(by, "agree") as change:
        for part in (values.text(60)("part", part) for part in parts):
            standing = change.proposal.agreements.filter(part=part, side=change.by.side, withdrawn_at__isnull=True)
            if standing.update(withdrawn_at=timezone.now()):
                change.record("agreement.withdrawn", part=part, title=_title(change.proposal, part))


def settle(proposal_id: uuid.UUID) -> Standing | None:
    """Tell, once each, which parts left what was agreed (`section.reopened`) or returned (`section.restored`).

    One event tells it of both sides where both had agreed. Called after every change of rows, and by the room when a
    section has been quiet. Gives the proposal as it stands, or None if it is not open or others write right now
    (then it will be called again).
    """
    texts = _read_texts(proposal_id)
    with lock_proposal(proposal_id) as proposal:
        if proposal.lifecycle is not State.OPEN:
            return None
        standing = standing_if_unmoved(proposal, texts)
        if standing is not None:
            _announce(proposal, standing.parts)
        return standing


def settled_fingerprints(proposal_id: uuid.UUID) -> tuple[int, dict[str, str]] | None:
    """Settle after a quiet moment; gives the log's head and the fingerprints by part key.

    None if the proposal is not open, or is being written right now.
    """
    standing = settle(proposal_id)
    return (standing.texts.seq, {part.key: part.fingerprint for part in standing.parts}) if standing else None


def settled_texts(proposal_id: uuid.UUID, keys: Collection[str]) -> tuple[int, dict[str, str]] | None:
    """`settled_fingerprints` for sections of which only the text has changed: for text alone without the rest.

    Gives the fingerprints of these sections at least. The lock is taken only where something was agreed.
    """
    proposal = Proposal.objects.get(id=proposal_id)
    if proposal.lifecycle is not State.OPEN:
        return None
    sections = [section for section in proposal.sections.standing() if section_key(section.id) in keys]
    texts = port().read(proposal, [section.id for section in sections])
    parts = [part for part in (text_part(section, texts) for section in sections) if part is not None]
    if len(parts) < len(sections):
        return settled_fingerprints(proposal_id)
    if proposal.agreements.filter(part__in=keys, withdrawn_at__isnull=True).exists():
        with lock_proposal(proposal_id) as locked:
            if locked.lifecycle is not State.OPEN or port().head(locked) != texts.seq:
                return None
            _announce(locked, parts)
    return texts.seq, {part.key: part.fingerprint for part in parts}


SETTLED_TYPES = frozenset(
    {
        "line.added",
        "line.changed",
        "line.moved",
        "line.removed",
        "lines.added",
        "lines.removed",
        "discount.changed",
        "discount.cut",
        "taxes.changed",
        "rate_card.changed",
        "pricing.changed",
        "billing.model_chosen",
        "billing.changed",
        "billing.clauses_chosen",
        "billing.estimate_changed",
        "billing.cost_changed",
        "billing.cost_disclosed",
        "billing.cost_withdrawn",
        "billing.compared",
        "billing.value_changed",
        "billing.own_value_stated",
        "option.chosen",
        "option.left_out",
        "alternative.chosen",
        "terms.changed",
        "extension.granted",
        "proposal.resumed",
        "party.changed",
        "section.added",
        "section.renamed",
        "section.moved",
        "section.removed",
    }
)
"""Events of rows that may take a part away from, or back to, what was agreed. Text is settled by the room."""


_AGREED: Final = (
    "SELECT part, side, id, fingerprint, announced_current FROM proposals_agreement"
    " WHERE proposal_id = %s AND withdrawn_at IS NULL ORDER BY agreed_at, id"
)


class _Agreed(NamedTuple):
    """An agreement without its content."""

    id: Any
    fingerprint: str
    announced_current: bool


_Agreements = dict[tuple[str, str], list[_Agreed]]

_WIDER_FAMILIES = ("terms", "extension", "proposal", "party", "section")
PRICE_TYPES = frozenset(name for name in SETTLED_TYPES if name.partition(".")[0] not in _WIDER_FAMILIES)
"""Those of prices and billing: they can move sections of these kinds and the terms, never prose."""


def settle_after(event: AuditEvent) -> None:
    """The seam's hook after commit: settle the agreements when rows of an open proposal changed.

    Where nothing was agreed there is nothing to tell; what is agreed from now on is agreed as it stands now.
    """
    if event.type not in SETTLED_TYPES or event.epoch == 0:
        return
    agreed = _standing_agreements(event.proposal_id)
    keys = {key for key, _ in agreed}
    if keys and event.type in PRICE_TYPES:
        keys &= _priced_keys(event.proposal_id)
    if keys:
        _settle_parts(event.proposal_id, keys, agreed)


def _settle_parts(proposal_id: uuid.UUID, keys: Collection[str], agreed: _Agreements) -> None:
    """`settle` for these parts alone, which are all that was agreed and can have moved.

    The lock is taken only where there is something to tell. Who types meanwhile settles the text of their section
    alone, so that this is looked at anew; whoever changes rows settles them when that is committed.
    """
    sections = [uuid.UUID(key.removeprefix("section:")) for key in keys if key != TERMS]
    for _ in range(TEXT_READS_COUNT):
        try:
            now = left.now(proposal_id)
        except Invalid:  # a change between two of the statements left rows that belong to no moment
            continue
        texts = port().read(now.rows.proposal, sections)
        if not _moved(parts_named(keys, now.rows, texts, now.price), agreed):
            return
        with lock_proposal(proposal_id) as locked:
            if locked.lifecycle is not State.OPEN:
                return
            if port().head(locked) == texts.seq:
                now = left.standing(locked)
                _announce(locked, parts_named(keys, now.rows, texts, now.price))
                return


def _priced_keys(proposal_id: uuid.UUID) -> set[str]:
    """The keys of the parts that say something of prices."""
    kinds = (Section.Kind.PRICING.value, Section.Kind.BILLING.value)
    sections = rows_of(
        "SELECT id FROM proposals_section WHERE proposal_id = %s AND kind IN (%s, %s)", proposal_id, *kinds
    )
    return {TERMS, *(section_key(uuid.UUID(str(section_id))) for (section_id,) in sections)}


def standing_if_unmoved(locked: Proposal, texts: SectionTexts) -> Standing | None:
    """The locked proposal as it stands with texts that were read before, or None if the log has moved since."""
    if port().head(locked) != texts.seq:
        return None
    return standing_of(locked, texts=texts, with_range=False)


def _read_texts(proposal_id: uuid.UUID) -> SectionTexts:
    proposal = Proposal.objects.get(id=proposal_id)
    return port().read(proposal, [section.id for section in proposal.sections.standing()])


def _record(change: Change, standing: Standing, parts: Mapping[str, str]) -> list[Agreement]:
    changed = [
        {"part": part.key, "title": part.title, "fingerprint": part.fingerprint}
        for part in (standing.part(key) for key in parts)
        if part.fingerprint != parts[part.key]
    ]
    if changed:
        names = ", ".join(f"“{part['title']}”" for part in changed)
        raise ChangedSince(
            f"{names} changed since you looked, so nothing was agreed. Read what stands there now and agree again.",
            extra={"changed": changed},
        )
    recorded = []
    for key, fingerprint in parts.items():
        mine = change.proposal.agreements.filter(part=key, side=change.by.side, withdrawn_at__isnull=True)
        if mine.filter(fingerprint=fingerprint).exists():
            continue
        agreement = Agreement(
            proposal=change.proposal,
            part=key,
            side=change.by.side,
            user=change.by.user,
            name=change.by.name,
            fingerprint=fingerprint,
            text_seq=standing.texts.seq,
            content=standing.part(key).content,
        )
        agreement.save(force_insert=True)
        recorded.append(agreement)
        change.record("section.agreed", part=key, title=standing.part(key).title, fingerprint=fingerprint)
    return recorded


def _standing_agreements(proposal_id: uuid.UUID) -> _Agreements:
    """What is agreed to by part and side, the oldest first."""
    by_part_and_side: _Agreements = {}
    for key, side, *agreed in rows_of(_AGREED, proposal_id):
        by_part_and_side.setdefault((key, side), []).append(_Agreed(*agreed))
    return by_part_and_side


def _moved(standing: Iterable[Part], agreed: _Agreements) -> list[tuple[Part, str, _Agreed, bool]]:
    """Which of these parts left what a side agreed to, or returned to it, since that was told last.

    Each with the side, its last agreement, and whether the part is now what the side agreed to.
    """
    parts = {part.key: part for part in standing}
    found = []
    for (key, side), agreements in agreed.items():
        if key not in parts:
            continue
        current = any(agreement.fingerprint == parts[key].fingerprint for agreement in agreements)
        if current != bool(agreements[-1].announced_current):
            found.append((parts[key], side, agreements[-1], current))
    return found


def _announce(proposal: Proposal, standing: Iterable[Part]) -> None:
    """Tell of those of these parts that left what was agreed, or returned to it."""
    told: dict[tuple[str, bool], tuple[Part, list[str]]] = {}
    for part, side, last, current in _moved(standing, _standing_agreements(proposal.id)):
        Agreement.objects.filter(id=uuid.UUID(str(last.id))).update(announced_current=current)
        told.setdefault((part.key, current), (part, []))[1].append(side)
    for (key, current), (part, sides) in told.items():
        event = "section.restored" if current else "section.reopened"
        audit.append(proposal, event, None, {"part": key, "title": part.title, "sides": sorted(sides)})


def _title(proposal: Proposal, part: str) -> str:
    section = proposal.sections.filter(id=part.removeprefix("section:")).first() if ":" in part else None
    return section.title if section else TERMS_TITLE
