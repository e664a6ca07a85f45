"""“See the change”: what differs in one part from what this side agreed to."""

import difflib
import uuid
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from proposals.documents import told
from proposals.documents.differences import differences
from proposals.documents.moments import agreed_at
from proposals.documents.parts import TERMS
from proposals.exceptions import NotFound
from proposals.models import Agreement, AuditEvent, Proposal
from proposals.prose import to_text
from proposals.text import port
from proposals.views.commands import HEADINGS, PanelText, actor_of, room_page_for

Runs = list[tuple[str, str]]

UNTOLD: Final = frozenset(
    {
        "question",
        "offer",
        "price",
        "agreement",
        "participant",
        "invitation",
        "proposal",
        "signature",
        "document",
        "version",
    }
)
"""Families of events that change no part."""

OF_THE_WHOLE: Final = frozenset({"terms", "party", "taxes", "rate_card", "pricing", "alternative"})
SECTIONS_MOVED: Final = frozenset({"section.added", "section.removed", "section.renamed", "section.moved"})
SETTLED: Final = frozenset({"section.agreed", "section.reopened", "section.restored"})


@require_safe
def part_changes(request: HttpRequest, proposal_id: uuid.UUID, part: str) -> HttpResponse:
    """What this side agreed to, what stands there now, and who changed it."""
    proposal, actor = actor_of(request, proposal_id)
    page = room_page_for(proposal.id, actor)
    known = next((view for view in page.parts if view.key == part), None)
    if known is None:
        raise NotFound()
    readiness = page.readiness.part(part)
    agreed = readiness.latest.get(actor.side)
    in_room = request.headers.get("X-Panel") == "1"
    context: dict[str, Any] = {
        "frame": "proposals/panels/bare.html" if in_room else "proposals/panels/page.html",
        **HEADINGS[in_room],
        "panel": PanelText(f"What changed in “{known.title}”"),
        "proposal": proposal,
        "agreed": agreed,
        "section_id": part.removeprefix("section:") if part.startswith("section:") else "",
    }
    if agreed is not None:
        now = readiness.part.content
        context["moment"] = agreed_at(proposal, [agreed])[agreed.id]
        context["words"] = _word_changes(proposal, agreed, now)
        context["differences"] = differences(agreed.content or now, now, proposal.currency)
        context["said"] = [told.sentence(event) for event in _events_of(proposal, part, agreed)]
    return render(request, "proposals/panels/changes.html", context)


def _events_of(proposal: Proposal, part: str, agreed: Agreement) -> list[AuditEvent]:
    """The events since an agreement that changed this part, and no other's."""
    since = proposal.audit_events.filter(epoch=proposal.epoch, created_at__gt=agreed.agreed_at)
    return [event for event in since.select_related("content").order_by("number") if _concerns(event, part)]


def _concerns(event: AuditEvent, part: str) -> bool:
    family = event.type.partition(".")[0]
    if family in UNTOLD or event.type in SETTLED:
        return False
    section = event.content.facts.get("section", "")
    if part == TERMS:
        return family in OF_THE_WHOLE or event.type in SECTIONS_MOVED or (family == "discount" and not section)
    return part == f"section:{section}" and event.type != "section.moved"


def _word_changes(proposal: Proposal, agreed: Agreement, now: dict[str, Any]) -> Runs:
    """The text then and now as runs of ("same" | "gone" | "new", words); nothing where it is the same."""
    if "text" not in now:
        return []
    if agreed.content is not None:
        before = agreed.content["text"]
    else:
        before = port().read_at(proposal, uuid.UUID(agreed.part.removeprefix("section:")), agreed.text_seq)
    return _runs(to_text(before).split(), to_text(now["text"]).split())


def _runs(then: list[str], now: list[str]) -> Runs:
    runs: Runs = []
    if then == now:
        return runs
    for tag, first, last, start, end in difflib.SequenceMatcher(None, then, now, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(("same", " ".join(now[start:end])))
            continue
        if last > first:
            runs.append(("gone", " ".join(then[first:last])))
        if end > start:
            runs.append(("new", " ".join(now[start:end])))
    return runs
