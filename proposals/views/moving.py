"""Taking a firm or a relationship along and bringing one in: their pages, and how far each is."""

import uuid
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Firm
from proposals.access import Scope, Visitor, firm_for, owned_firm_for
from proposals.actions.changing import one
from proposals.actions.firm_exports import (
    ask_for_export,
    exports_seen,
    is_unheard_of,
    owns,
    proposals_seen,
    relationships_seen,
)
from proposals.actions.firm_imports import ask_for_import, go_on_with_import, may_go_on
from proposals.documents.wording import short_date
from proposals.exceptions import NotFound
from proposals.models import FirmExport, FirmImport, ImportRow, Move, Relationship
from proposals.views.errors import wants_json
from proposals.views.files import FileOnDisk
from proposals.views.page_of import page_of
from proposals.views.visitor import visitor_of

LARGEST_IMPORT_BYTES: Final = 200 * 1024 * 1024
SHOWN_COUNT: Final = 20
BRINGS_IN: Final = "bring proposals in"
READS_IMPORTS: Final = "see what was brought in"
GIVEN_UP: Final = "The server was interrupted. Ask for it again."
INTERRUPTED: Final = "The server was interrupted. What has come stays; it goes on by itself within the hour."


@login_required
@require_safe
@never_cache
def firm_moving(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """Everything can be taken along from here; owners bring things in."""
    visitor = visitor_of(request)
    return _page(request, firm_for(visitor, firm_id), visitor)


def _page(request: HttpRequest, firm: Firm, visitor: Visitor, *, problem: str = "", status: int = 200) -> HttpResponse:
    known = relationships_seen(firm, visitor.user).select_related("seller_firm", "client_firm").order_by("created_at")
    is_owner = _is_owner(firm, visitor)
    imports = _imports(firm)[:SHOWN_COUNT] if is_owner else []
    context = {
        "firm": firm,
        "is_owner": is_owner,
        "relationships": [
            (each, each.client_firm if each.seller_firm_id == firm.id else each.seller_firm) for each in known
        ],
        "chosen": request.GET.get("relationship", ""),
        "exports": [(each, said(each)) for each in exports_seen(firm, visitor.user)[:SHOWN_COUNT]],
        "imports": [(each, said(each)) for each in imports],
        "problem": problem,
        "largest_mb": LARGEST_IMPORT_BYTES // 1024 // 1024,
    }
    return render(request, "proposals/firm/moving.html", context, status=status)


@login_required
@require_safe
@never_cache
def relationship_moving(request: HttpRequest, firm_id: uuid.UUID, relationship_id: uuid.UUID) -> HttpResponse:
    """One relationship can be taken along from here by whoever knows of it."""
    visitor = visitor_of(request)
    firm = firm_for(visitor, firm_id)
    known = relationships_seen(firm, visitor.user).select_related("seller_firm", "client_firm")
    between: Relationship = one(known, relationship_id)
    exports = exports_seen(firm, visitor.user).filter(relationship=between)[:SHOWN_COUNT]
    context = {
        "firm": firm,
        "relationship": between,
        "other": between.client_firm if between.seller_firm_id == firm.id else between.seller_firm,
        "count": proposals_seen(firm, visitor.user).filter(relationship=between).count(),
        "exports": [(each, said(each)) for each in exports],
    }
    return render(request, "proposals/firm/relationship.html", context)


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
    """Keep a file, and have it checked and brought in."""
    visitor = visitor_of(request)
    firm = owned_firm_for(visitor, firm_id, BRINGS_IN, Scope.PROPOSALS_WRITE)
    sent = request.FILES.get("file")
    if sent is None:
        return _page(request, firm, visitor, problem="Choose a file first. Nothing was changed.", status=422)
    if sent.size is None or sent.size > LARGEST_IMPORT_BYTES:
        largest = LARGEST_IMPORT_BYTES // 1024 // 1024
        problem = f"The file is larger than {largest} MB. Whoever runs the server can bring it in. Nothing was changed."
        return _page(request, firm, visitor, problem=problem, status=413)
    made = ask_for_import(firm=firm, by=visitor.user, file=sent.file)  # type: ignore[arg-type]
    return redirect("firm_import", firm.id, made.id)


@login_required
@require_POST
def firm_import_go_on(request: HttpRequest, firm_id: uuid.UUID, import_id: uuid.UUID) -> HttpResponse:
    """Have it go on where it was interrupted."""
    visitor = visitor_of(request)
    firm = owned_firm_for(visitor, firm_id, BRINGS_IN, Scope.PROPOSALS_WRITE)
    found = go_on_with_import(firm=firm, by=visitor.user, import_id=import_id)
    return redirect("firm_import", firm.id, found.id)


@login_required
@require_safe
@never_cache
def firm_import(request: HttpRequest, firm_id: uuid.UUID, import_id: uuid.UUID) -> HttpResponse:
    """How far it is, and what came, what did not, and why, a page at a time. For owners: it names every proposal in
    the file.
    """
    visitor = visitor_of(request)
    firm = owned_firm_for(visitor, firm_id, READS_IMPORTS, Scope.PROPOSALS_READ)
    found = _imports(firm).filter(id=import_id).first()
    if found is None:
        raise NotFound()
    if wants_json(request):
        return JsonResponse(_how_far(found))
    wanted = request.GET.get("outcome", "")
    rows = found.rows.filter(outcome=wanted) if wanted in ImportRow.Outcome.values else found.rows.all()
    more = {
        "page": page_of(request, rows, ("place",)),
        "wanted": wanted,
        "counts": counts_of(found),
        "may_go_on": may_go_on(found),
        "written_on": short_date(found.told["made_at"][:10]) if found.told else "",
    }
    return _progress(request, "proposals/firm/import.html", found, **more)


def counts_of(found: FirmImport) -> list[tuple[str, str, int]]:
    """The outcomes that its report has, in words, with how many of each."""
    counted = dict(found.rows.order_by().values_list("outcome").annotate(Count("id")))
    return [(value, str(words), counted[value]) for value, words in ImportRow.Outcome.choices if value in counted]


def _is_owner(firm: Firm, visitor: Visitor) -> bool:
    return visitor.user is not None and owns(firm, visitor.user)


def _imports(firm: Firm) -> Any:
    return FirmImport.objects.filter(firm=firm).select_related("asked_by")


def _progress(request: HttpRequest, template: str, move: FirmExport | FirmImport, **more: Any) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(_how_far(move))
    is_coming = move.is_under_way and not is_unheard_of(move)
    context = {"firm": move.firm, "move": move, "is_coming": is_coming, "far": _how_far(move), **more}
    return render(request, template, context)


def _how_far(move: FirmExport | FirmImport) -> dict[str, Any]:
    """What the page's script asks for again and again."""
    return {
        "state": Move.State.FAILED if is_unheard_of(move) else move.state,
        "said": said(move),
        "page": move.done_count,
        "of": move.expected_count,
        "address": "",
    }


def said(move: Move) -> str:
    """How far it is, in words."""
    if is_unheard_of(move):
        return INTERRUPTED if isinstance(move, FirmImport) and move.name else GIVEN_UP
    match move.state:
        case Move.State.WAITING:
            return "Waiting for its turn …"
        case Move.State.MAKING if move.expected_count:
            return f"{move.done_count} of {move.expected_count} proposals …"
        case Move.State.MAKING:
            return "Checking the file …" if isinstance(move, FirmImport) and not move.told else "Starting …"
        case Move.State.MADE:
            return "It is ready." if isinstance(move, FirmExport) else "Done."
    return move.problem
