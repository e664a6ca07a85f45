"""Taking a firm along and bringing one in: their page, how far each is, and where a proposal came from."""

import json
import uuid
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Firm, Membership
from proposals.access import Actor, Scope, Visitor, firm_for, owned_firm_for
from proposals.actions.firm_exports import ask_for_export, exports_seen, is_unheard_of, relationships_seen
from proposals.actions.firm_imports import ask_for_import
from proposals.exceptions import Invalid, NotFound
from proposals.models import FirmExport, FirmImport, Move, Origin, Proposal, Side
from proposals.states import LABELS, State
from proposals.views.commands import actor_of
from proposals.views.errors import wants_json
from proposals.views.files import FileOnDisk
from proposals.views.visitor import visitor_of

LARGEST_IMPORT_BYTES: Final = 200 * 1024 * 1024
SHOWN_COUNT: Final = 20
BRINGS_IN: Final = "bring proposals in"
GIVEN_UP: Final = "The server was interrupted. What has come stays; do it again to go on."

OUTCOMES: Final = {
    "draft": "A draft",
    "record": "A record, to read only",
    "taken": "Taken over",
    "left": "Left out",
}


@login_required
@require_safe
@never_cache
def firm_moving(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """Everything can be taken along from here; owners bring things in."""
    visitor = visitor_of(request)
    return _page(request, firm_for(visitor, firm_id), visitor)


def _page(request: HttpRequest, firm: Firm, visitor: Visitor, *, problem: str = "", status: int = 200) -> HttpResponse:
    owner = Membership.Role.OWNER
    known = relationships_seen(firm, visitor.user).select_related("seller_firm", "client_firm").order_by("created_at")
    context = {
        "firm": firm,
        "is_owner": Membership.objects.filter(firm=firm, user=visitor.user, role=owner).exists(),
        "relationships": [
            (each, each.client_firm if each.seller_firm_id == firm.id else each.seller_firm) for each in known
        ],
        "chosen": request.GET.get("relationship", ""),
        "exports": [(each, said(each)) for each in exports_seen(firm, visitor.user)[:SHOWN_COUNT]],
        "imports": [(each, said(each)) for each in _imports(firm)[:SHOWN_COUNT]],
        "problem": problem,
        "largest_mb": LARGEST_IMPORT_BYTES // 1024 // 1024,
    }
    return render(request, "proposals/firm/moving.html", context, status=status)


@login_required
@require_POST
def firm_export_make(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """Have it written, and follow how far it is."""
    visitor = visitor_of(request)
    firm = firm_for(visitor, firm_id)
    export = ask_for_export(firm=firm, by=visitor.user, relationship_id=request.POST.get("relationship") or None)
    return redirect("firm_export", firm.id, export.id)


@login_required
@require_safe
@never_cache
def firm_export(request: HttpRequest, firm_id: uuid.UUID, export_id: uuid.UUID) -> HttpResponse:
    """How far it is, and the file once it is there."""
    export = _export(request, firm_id, export_id)
    return _progress(request, "proposals/firm/export.html", export)


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def firm_export_file(request: HttpRequest, firm_id: uuid.UUID, export_id: uuid.UUID) -> HttpResponseBase:
    """The file, for whoever asked for it."""
    return export_response(_export(request, firm_id, export_id))


def export_response(export: FirmExport) -> HttpResponseBase:
    """The file of an export, in pieces. Raises NotFound while or once there is none."""
    if not export.name or not default_storage.exists(export.name):
        raise NotFound("This file is not there (any more). It is kept for a week; have it written again.")
    called = slugify(export.relationship.client_firm.name if export.relationship else export.firm.name)[:60]
    headers = {"Content-Disposition": f'attachment; filename="{called or "firm"}-sameside.zip"'}
    return FileOnDisk(default_storage.open(export.name), content_type="application/zip", headers=headers)


def _export(request: HttpRequest, firm_id: uuid.UUID, export_id: uuid.UUID) -> FirmExport:
    visitor = visitor_of(request)
    found = exports_seen(firm_for(visitor, firm_id), visitor.user).filter(id=export_id).first()
    if found is None:
        raise NotFound()
    return found


@login_required
@require_POST
def firm_import_send(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """Check a file, and have it brought in."""
    visitor = visitor_of(request)
    firm = owned_firm_for(visitor, firm_id, BRINGS_IN, Scope.PROPOSALS_WRITE)
    sent = request.FILES.get("file")
    if sent is None:
        return _page(request, firm, visitor, problem="Choose a file first. Nothing was changed.", status=422)
    if sent.size is None or sent.size > LARGEST_IMPORT_BYTES:
        largest = LARGEST_IMPORT_BYTES // 1024 // 1024
        problem = f"The file is larger than {largest} MB. Whoever runs the server can bring it in. Nothing was changed."
        return _page(request, firm, visitor, problem=problem, status=413)
    try:
        made = ask_for_import(firm=firm, by=visitor.user, file=sent.file)  # type: ignore[arg-type]
    except Invalid as refusal:
        return _page(request, firm, visitor, problem=refusal.detail, status=refusal.status)
    return redirect("firm_import", firm.id, made.id)


@login_required
@require_safe
@never_cache
def firm_import(request: HttpRequest, firm_id: uuid.UUID, import_id: uuid.UUID) -> HttpResponse:
    """How far it is, and what came, what did not, and why."""
    firm = firm_for(visitor_of(request), firm_id)
    found = _imports(firm).filter(id=import_id).first()
    if found is None:
        raise NotFound()
    rows = [{**row, "became": OUTCOMES[row["outcome"]]} for row in found.report]
    return _progress(request, "proposals/firm/import.html", found, rows=rows)


def _imports(firm: Firm) -> Any:
    return FirmImport.objects.filter(firm=firm).select_related("asked_by")


def _progress(request: HttpRequest, template: str, move: FirmExport | FirmImport, **more: Any) -> HttpResponse:
    given_up = is_unheard_of(move)
    told = {
        "state": Move.State.FAILED if given_up else move.state,
        "said": said(move),
        "page": move.done_count,
        "of": move.expected_count,
    }
    if wants_json(request):
        return JsonResponse({**told, "address": ""})
    is_coming = move.is_under_way and not given_up
    context = {"firm": move.firm, "move": move, "is_coming": is_coming, **told, **more}
    return render(request, template, context)


def said(move: Move) -> str:
    """How far it is, in words."""
    if is_unheard_of(move):
        return GIVEN_UP
    match move.state:
        case Move.State.WAITING:
            return "Waiting for its turn …"
        case Move.State.MAKING if move.expected_count:
            return f"{move.done_count} of {move.expected_count} proposals …"
        case Move.State.MAKING:
            return "Starting …"
        case Move.State.MADE:
            return "It is ready." if isinstance(move, FirmExport) else "Done."
    return move.problem


@require_safe
def origin_page(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Where a proposal was brought in from, and what was said, agreed and signed there, as its file tells it."""
    proposal, actor = actor_of(request, proposal_id)
    origin = origin_of(proposal, actor)
    content = json.loads(origin.content)
    context = {
        "proposal": proposal,
        "origin": origin,
        "there": content,
        "label": LABELS[State(origin.state)].lower(),
        "people": [{**each, "side_name": content["parties"][each["side"]]["name"]} for each in content["participants"]],
        "sides": {str(side): content["parties"][side]["name"] for side in Side},
    }
    return render(request, "proposals/origin.html", context)


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


def origin_of(proposal: Proposal, actor: Actor) -> Origin:
    """Where a proposal was brought in from, for the side that brought it in: its file is as private as what is written
    before sharing. Raises NotFound for everybody else, and for what was made here.
    """
    found = Origin.objects.filter(proposal=proposal, firm=proposal.party(actor.side).firm_id).first()
    if found is None:
        raise NotFound()
    return found
