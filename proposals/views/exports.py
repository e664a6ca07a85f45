"""A PDF that takes a while: the page that says how far it is, its file, and cancelling it."""

import uuid
from typing import Final

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe

from proposals.actions.exporting import cancel_export, is_unheard_of
from proposals.exceptions import NotFound
from proposals.models import Export, Proposal
from proposals.views.commands import actor_of
from proposals.views.errors import wants_json

GIVEN_UP: Final = "The server was interrupted while it made the PDF. Nothing was changed; have it made again."


@require_safe
@never_cache
def export_page(request: HttpRequest, proposal_id: uuid.UUID, export_id: uuid.UUID) -> HttpResponse:
    """How far it is: a page that reloads itself, or JSON for the page's script."""
    proposal, export = _entered(request, proposal_id, export_id)
    shown = {
        "state": Export.State.FAILED if is_given_up(export) else export.state,
        "said": said(export),
        "page": export.page,
        "of": export.expected_page_count,
    }
    address = address_of(export)
    if wants_json(request):
        return JsonResponse({**shown, "address": address})
    return render(
        request,
        "proposals/export.html",
        {
            "proposal": proposal,
            "export": export,
            "address": address,
            "is_coming": export.is_under_way and not is_given_up(export),
            **shown,
        },
    )


@require_safe
@cache_control(private=True, no_store=True)
def export_file(request: HttpRequest, proposal_id: uuid.UUID, export_id: uuid.UUID) -> HttpResponseBase:
    """The draft as it was asked for, also when the proposal has moved on since."""
    _, export = _entered(request, proposal_id, export_id)
    if not export.name or not default_storage.exists(export.name):
        raise NotFound()
    headers = {"Content-Disposition": 'inline; filename="proposal-draft.pdf"'}
    return FileResponse(default_storage.open(export.name), content_type="application/pdf", headers=headers)


@require_POST
def export_cancel(request: HttpRequest, proposal_id: uuid.UUID, export_id: uuid.UUID) -> HttpResponse:
    """Nobody needs it any more."""
    proposal, export = _entered(request, proposal_id, export_id)
    cancel_export(export)
    return HttpResponseRedirect(reverse("export", args=[proposal.id, export.id]))


def is_given_up(export: Export) -> bool:
    """Whether whoever was making it has ended. What waits for its turn stands in the queue, however long that is."""
    return export.state == Export.State.MAKING and is_unheard_of(export)


def said(export: Export) -> str:
    """How far it is, in words."""
    if is_given_up(export):
        return GIVEN_UP
    match export.state:
        case Export.State.WAITING:
            return "Waiting for its turn …"
        case Export.State.MAKING if export.page and export.page <= export.expected_page_count:
            return f"Page {export.page} of about {export.expected_page_count} …"
        case Export.State.MAKING if export.page:
            return f"Page {export.page} …"
        case Export.State.MAKING:
            return "Starting …"
        case Export.State.MADE:
            return "It is ready."
        case Export.State.CANCELLED:
            return "It was cancelled. Nothing was changed."
    return export.problem


def address_of(export: Export) -> str:
    """Where the file is, "" while it is not there."""
    if export.state != Export.State.MADE:
        return ""
    if export.name:
        return reverse("export_file", args=[export.proposal_id, export.id])
    return reverse("document_pdf", args=[export.proposal_id])


def _entered(request: HttpRequest, proposal_id: uuid.UUID, export_id: uuid.UUID) -> tuple[Proposal, Export]:
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    export = Export.objects.filter(proposal=proposal, epoch=proposal.epoch, id=export_id).first()
    if export is None:
        raise NotFound()
    return proposal, export
