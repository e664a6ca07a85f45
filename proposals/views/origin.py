"""Where a proposal was brought in from, and everything that its file told of it. Nothing of it was witnessed here."""

import json
import tempfile
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from proposals.access import Actor
from proposals.documents import wording
from proposals.documents.parts import TERMS, section_key
from proposals.documents.portable.trail import written_trail
from proposals.exceptions import NotFound
from proposals.models import Origin, Proposal, Side
from proposals.states import LABELS, State
from proposals.views.commands import actor_of
from proposals.views.files import IN_MEMORY_BYTES, FileOnDisk


@require_safe
def origin_page(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Where a proposal was brought in from, and what was said, agreed and signed there, as its file tells it."""
    proposal, actor = actor_of(request, proposal_id)
    origin = origin_of(proposal, actor)
    content = json.loads(origin.content)
    context = {
        "proposal": proposal,
        "origin": origin,
        "revisions": _days_written(content.get("revisions", [])),
        "label": LABELS[State(origin.state)].lower(),
        "people": [{**each, "side_name": content["parties"][each["side"]]["name"]} for each in content["participants"]],
        **_days_written(told_of(content)),
    }
    return render(request, "proposals/origin.html", context)


def _days_written(told: Any) -> Any:
    """The same with the days of its moments written out: “2027-01-12T10:00:00Z” as “12 January 2027”."""
    if isinstance(told, list):
        return [_days_written(each) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        name: wording.short_date(value[:10])
        if isinstance(value, str) and name.endswith(("_at", "_until"))
        else _days_written(value)
        for name, value in told.items()
    }


def told_of(content: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What the file tells of agreements, counter-offers and requests, with the names that they had there.

    They are read here and nowhere else: nothing of it counts as agreed or offered on this server.
    """
    sides = {str(side): content["parties"][side]["name"] for side in Side}
    parts = {section_key(section["id"]): section["title"] for section in content.get("sections", [])}
    parts[TERMS] = "The terms of the whole"

    def of_sides(name: str) -> list[dict[str, Any]]:
        return [{**each, "side_name": sides[each["side"]]} for each in content.get(name, [])]

    agreements = [{**each, "title": parts.get(each["part"], "A section")} for each in of_sides("agreements")]
    return {
        "agreements": sorted(agreements, key=lambda each: str(each["agreed_at"])),
        "counter_offers": of_sides("counter_offers"),
        "price_requests": of_sides("price_requests"),
        "extensions": list(content.get("extension_requests", [])),
        "void_requests": of_sides("void_requests"),
    }


@require_safe
@cache_control(private=True, no_store=True)
def origin_file(request: HttpRequest, proposal_id: uuid.UUID, sha256: str) -> HttpResponseBase:
    """A PDF that came along, byte for byte."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    return origin_file_response(origin_of(proposal, actor), sha256)


def origin_file_response(origin: Origin, sha256: str) -> HttpResponseBase:
    """A PDF of an origin, in pieces. Raises NotFound for another."""
    found = next((file for file in origin.files if file["sha256"] == sha256), None)
    if found is None or not default_storage.exists(found["name"]):
        raise NotFound()
    headers = {"Content-Disposition": f'attachment; filename="revision-{found["revision"]}-from-elsewhere.pdf"'}
    return FileOnDisk(default_storage.open(found["name"]), content_type="application/pdf", headers=headers)


@require_safe
def origin_json(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Everything that the file said of it, byte for byte."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    headers = {"Content-Disposition": f'attachment; filename="proposal-{proposal.id}-origin.json"'}
    return HttpResponse(origin_of(proposal, actor).content, content_type="application/json", headers=headers)


@require_safe
@cache_control(private=True, no_store=True)
def origin_trail(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponseBase:
    """The audit trail as it stood there, with its hashes."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    return origin_trail_response(origin_of(proposal, actor))


def origin_trail_response(origin: Origin) -> HttpResponseBase:
    """The trail as one JSON file. Raises NotFound where none came along, Invalid for one that can't be read."""
    if not origin.trail or not default_storage.exists(origin.trail):
        raise NotFound("No audit trail came along with this proposal.")
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 (closed with the response)
    try:
        written_trail(origin, file)
    except BaseException:
        file.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="proposal-{origin.proposal_id}-trail-from-elsewhere.json"'}
    return FileOnDisk(file, content_type="application/json", headers=headers)


def origin_of(proposal: Proposal, actor: Actor) -> Origin:
    """Where a proposal was brought in from, for the side that brought it in: its file is as private as what is written
    before sharing. Raises NotFound for everybody else, and for what was made here.
    """
    found = Origin.objects.filter(proposal=proposal, firm=proposal.party(actor.side).firm_id).first()
    if found is None:
        raise NotFound()
    return found
