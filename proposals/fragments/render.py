"""Which pieces an event changes, and rendering them."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from django.template.loader import render_to_string

from proposals.documents import told
from proposals.fragments.page import Audience, RoomPage
from proposals.fragments.room import activity_page, line_ids, room_page
from proposals.models import AuditEvent, Proposal

ALWAYS: Final = ("activity",)
AGREEMENT: Final = ("outline", "bar", "heads", "terms-part")
PRICE: Final = ("title-block", "totals", "offers", "schedule", *AGREEMENT)
ASIDE: Final = ("questions", "offers", "books")
STRUCTURE: Final = ("sections", *PRICE)

PIECES: Final[dict[str, tuple[str, ...]]] = {
    "proposal": ("room-state", "top-title", "title-block", "price-request", "sections", *AGREEMENT, *ASIDE),
    "terms": ("top-title", "title-block", *AGREEMENT, "room-state"),
    "party": ("title-block", "billing", *AGREEMENT),
    "section": STRUCTURE,
    "text": (),
    "version": (),
    "line": PRICE,
    "lines": ("tables", *PRICE),
    "discount": PRICE,
    "taxes": ("tables", *PRICE),
    "rate_card": ("tables", *PRICE),
    "pricing": ("tables", "billing", *PRICE),
    "schedule": PRICE,
    "billing": ("billing", *PRICE),
    "option": PRICE,
    "alternative": ("tables", *PRICE),
    "offer": ("offers", "bar"),
    "price": ("price-request",),
    "reason": (),
    "disclosure": ("books",),
    "question": ("questions", "outline", "bar", "heads"),
    "participant": ("room-state", "bar", "heads"),
    "signatory": ("room-state", "bar", "heads"),
    "invitation": (),
    "agreement": AGREEMENT,
    "signature": ("room-state", "bar"),
    "extension": ("title-block", "room-state", *AGREEMENT),
    "voiding": ("room-state",),
    "reminder": (),
    "document": ("room-state", "bar"),
    "change_order": ("room-state",),
}
"""The pieces that events of a family (the word before the dot) change. `heads` are the sections' heads, `tables`
the price tables; what single lines show is added by their ids."""

SPECIAL: Final[dict[str, tuple[str, ...]]] = {
    "section.edited": (),
    "section.agreed": AGREEMENT,
    "participant.agreeing_named": ("room-state", *AGREEMENT),
    "section.reopened": AGREEMENT,
    "section.restored": AGREEMENT,
    "line.added": ("tables", *PRICE),
    "line.moved": ("tables", *PRICE),
    "line.removed": ("tables", *PRICE),
}
"""Events that change other pieces than their family."""

WITH_NUMBERS: Final = ("tables", "billing", "books", "price-request", *PRICE)
"""What is written anew when the document gets another language."""

TEMPLATES: Final[dict[str, str]] = {
    "top-title": "proposals/room/top_title.html",
    "title-block": "proposals/room/title.html",
    "outline": "proposals/room/outline.html",
    "sections": "proposals/room/sections.html",
    "terms-part": "proposals/room/terms.html",
    "questions": "proposals/room/questions.html",
    "offers": "proposals/room/offers.html",
    "price-request": "proposals/room/price_request.html",
    "books": "proposals/room/books.html",
    "activity": "proposals/room/activity.html",
    "bar": "proposals/room/bar.html",
    "room-state": "proposals/room/state.html",
}

HEADS: Final = {"head": "proposals/room/section_head.html", "gate": "proposals/room/gate.html"}
"""What of a section follows its agreements."""


OFFER_PIECES: Final[dict[str, tuple[str, ...]]] = {
    "discount": ("totals", "terms-part"),
    "early_payment": ("totals", "terms-part"),
    "schedule": ("schedule", "terms-part"),
}
"""Where counter-offers about the whole stand, by their field."""


def render_events(proposal_id: uuid.UUID, events: Iterable[AuditEvent], audience: Audience) -> list[dict[str, str]]:
    """The fragments `{id, html}` that bring a page of this audience up to date after these events."""
    pieces: dict[str, None] = {}
    lines: dict[str, None] = {}
    for event in events:
        family = event.type.partition(".")[0]
        for piece in (*SPECIAL.get(event.type, PIECES.get(family, ())), *ALWAYS):
            pieces[piece] = None
        facts = event.content.facts
        if event.type == "terms.changed" and any(changed["field"] == "language" for changed in facts["changes"]):
            pieces |= dict.fromkeys(WITH_NUMBERS)
        if family in ("line", "discount", "option") and facts.get("line"):
            lines[facts["line"]] = None
        if family == "offer":
            in_table = facts["line"] or facts["group"] or facts.get("section")
            for piece in ("tables",) if in_table else OFFER_PIECES.get(facts["field"], ("terms-part",)):
                pieces[piece] = None
    proposal = Proposal.objects.prefetch_related("parties").get(id=proposal_id)
    if not lines and set(pieces) == set(ALWAYS):
        return [_fragment("activity", TEMPLATES["activity"], {"page": activity_page(proposal), "proposal": proposal})]
    return render(room_page(proposal, audience), [*pieces, *(f"line-{line}" for line in lines)])


def changes_only_activity(event_type: str) -> bool:
    """Whether an event shows nowhere but in the list of activity, which everybody sees alike."""
    return not SPECIAL.get(event_type, PIECES.get(event_type.partition(".")[0], ()))


def render(page: RoomPage, pieces: Iterable[str]) -> list[dict[str, str]]:
    """Render pieces of a page. Unknown lines (removed meanwhile) are left out."""
    wanted = list(dict.fromkeys(pieces))
    if any(piece.startswith("line-") for piece in wanted):
        wanted += [f"line-{line}" for line in line_ids(page, frozenset({"allowance"})) if f"line-{line}" not in wanted]
    if "totals" in wanted:
        wanted += [f"offers-{view.place}" for view in page.offers if view.place]
    fragments: list[dict[str, str]] = []
    for piece in dict.fromkeys(wanted):
        fragments.extend(_render_piece(page, piece))
    return fragments


def _render_piece(page: RoomPage, piece: str) -> list[dict[str, str]]:
    context: dict[str, Any] = {"page": page, "can": page.can, "would": page.would, "proposal": page.proposal}
    if piece in TEMPLATES:
        return [_fragment(piece, TEMPLATES[piece], context)]
    if piece == "heads":
        return [
            _fragment(f"{what}-{section.id}", template, {**context, "section": section})
            for section in page.sections
            for what, template in HEADS.items()
        ]
    if piece == "billing":
        return [
            _fragment(
                f"billing-{section.id}",
                "proposals/billing/section.html",
                {**context, "section": section, "billing": section.billing},
            )
            for section in page.sections
            if section.billing is not None
        ]
    tables = [section for section in page.sections if section.table is not None]
    if piece == "tables":
        return [
            _fragment(
                f"prices-{section.id}",
                "proposals/price/section.html",
                {**context, "section": section, "table": section.table},
            )
            for section in tables
        ]
    if piece == "totals":
        return [
            _fragment(f"totals-{section.id}", "proposals/price/totals.html", {**context, "table": section.table})
            for section in tables
        ]
    if piece == "schedule":
        return [
            _fragment(f"schedule-{section.id}", "proposals/price/schedule.html", {**context, "table": section.table})
            for section in tables
            if section.table and section.table.total
        ]
    for section in tables:
        for row in section.table.rows if section.table else ():
            if piece == f"offers-{row.id}" and row.offers:
                return [_fragment(piece, "proposals/price/row_offers.html", {**context, "row": row})]
            if piece == f"line-{row.id}":
                of = {"row": row, "table": section.table, "section": section}
                return [_fragment(piece, "proposals/price/row.html", {**context, **of})]
    return []


def _fragment(element_id: str, template: str, context: dict[str, Any]) -> dict[str, str]:
    return {"id": element_id, "html": render_to_string(template, context)}


def announcement(event: AuditEvent) -> str:
    """What a screen reader is told of an event; nothing for the other side's typing."""
    return "" if event.type == "section.edited" else told.sentence(event)
