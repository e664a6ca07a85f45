"""The document as files, the audit trail, and verifying a PDF."""

import uuid
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from proposals.actions import audit
from proposals.actions.evidence import evidence_pdf
from proposals.actions.export import current_content, current_pdf_or_order, current_word
from proposals.actions.verifying import verify_file
from proposals.documents import told
from proposals.documents.authority import root_fingerprint, root_pem
from proposals.documents.errors import SigningUnavailable
from proposals.documents.words import grouped
from proposals.models import AuditEvent, Export
from proposals.views.commands import actor_of
from proposals.views.files import archive_response
from proposals.views.page_of import page_of

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TRAIL_AT_ONCE: Final = 200
"""How many entries a page of the audit trail shows."""

LARGEST_UPLOAD_BYTES = 30 * 1024 * 1024


@require_safe
@cache_control(private=True, no_store=True)
def document_pdf(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """The signed PDF, the frozen one, or a draft with a watermark; of one that takes long the page that tells of it."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    live_url = request.build_absolute_uri(f"/p/{proposal.id}/")
    file = current_pdf_or_order(proposal, live_url=live_url)
    if isinstance(file, Export):
        return HttpResponseRedirect(reverse("export", args=[proposal.id, file.id]))
    name = f"{slugify(proposal.title)[:60] or 'proposal'}-{file.label}.pdf"
    return HttpResponse(
        file.pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@require_safe
@cache_control(private=True, no_store=True)
def evidence(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Who signed, how verified and from where, and what happened since: a PDF that the server seals, for both."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    name = f"{slugify(proposal.title)[:60] or 'proposal'}-evidence.pdf"
    return HttpResponse(
        evidence_pdf(proposal),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_safe
@cache_control(private=True, no_store=True)
def document_docx(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """A copy in Word, for counsel: text and tables, which state it is of, and that the PDF binds."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    file = current_word(proposal, live_url=request.build_absolute_uri(f"/p/{proposal.id}/"))
    name = f"{slugify(proposal.title)[:60] or 'proposal'}-{file.label}.docx"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file.content, content_type=DOCX, headers=disposition)


@require_safe
@cache_control(private=True, no_store=True)
def document_json(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Everything the proposal says, as JSON: the revision's exact bytes once it is frozen."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    return HttpResponse(
        current_content(proposal),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="proposal-{proposal.id}.json"'},
    )


@require_safe
@cache_control(private=True, no_store=True)
def export_zip(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponseBase:
    """Everything that both sides can see, as one archive: document, data, evidence, trail, history, negotiation."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("export", proposal.lifecycle)
    return archive_response(proposal, live_url=request.build_absolute_uri(f"/p/{proposal.id}/"))


@require_safe
def trail(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """The audit trail, the newest first, the same page for both sides, with a check of its chain."""
    proposal, _ = actor_of(request, proposal_id)
    events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch).select_related("content")
    page = page_of(request, events, ("-number",), at_once=TRAIL_AT_ONCE)
    rows = [(event, told.sentence(event)) for event in page.rows]
    verdict = audit.verify(proposal) if "verify" in request.GET else None
    context = {"proposal": proposal, "page": page, "rows": rows, "verdict": verdict}
    return render(request, "proposals/trail.html", context)


HEADLINES: Final = {
    "intact": "Intact: it is what was signed here",
    "foreign": "Intact, but not made here",
    "broken": "Not what was signed",
}
"""What the verify page says first."""

OVERTAKEN: Final = {
    "voided": "Intact, but void",
    "reopened": "Intact, but its signatures don’t count",
    "declined": "Intact, but the offer was declined",
    "withdrawn": "Intact, but the offer was withdrawn",
    "expired": "Intact, but the offer expired",
    "evidence_older": "Intact, but more has happened since",
}
"""What it says first of an intact file that no longer counts, by the finding that says so."""

TOLD: Final = {
    "not_on_record": "Intact, but not on record here",
    "awaiting": "Intact so far: not everybody has signed",
}
"""What it says first, by a finding, of an intact file for which the outcome alone would say too much or too little."""


@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """Drop a PDF and learn whether it is intact, who signed and when. Nothing is kept."""
    context, status = verification_of(request) if request.method == "POST" else ({}, 200)
    root = root_known()
    shown = {**context, "root_sha256": root, "root_in_groups": grouped(root)}
    return render(request, "proposals/verify.html", shown, status=status)


def verification_of(request: HttpRequest) -> tuple[dict[str, object], int]:
    """The verdict on what was sent, or what is wrong with the sending; with the status of the answer."""
    upload = request.FILES.get("file")
    if upload is None:
        return {"problem": "Choose a PDF file first."}, 422
    if upload.size and upload.size > LARGEST_UPLOAD_BYTES:
        limit = LARGEST_UPLOAD_BYTES // 1024 // 1024
        return {"problem": f"The file is larger than {limit} MB; no proposal made here is."}, 413
    verdict = verify_file(upload.read())
    overtaken = next((OVERTAKEN[found.code] for found in verdict.findings if found.code in OVERTAKEN), "")
    told_first = next((TOLD[found.code] for found in verdict.findings if verdict.ok and found.code in TOLD), "")
    headline = overtaken or told_first or HEADLINES[verdict.outcome]
    return {"verdict": verdict, "name": upload.name, "headline": headline, "overtaken": bool(overtaken)}, 200


def root_known() -> str:
    """The fingerprint of the root, nothing while the keys can't be opened."""
    try:
        return root_fingerprint()
    except SigningUnavailable:
        return ""


@require_safe
def root_certificate(request: HttpRequest) -> HttpResponse:
    """The instance's root certificate, for PDF readers that are to trust it."""
    return HttpResponse(
        root_pem(),
        content_type="application/x-pem-file",
        headers={"Content-Disposition": 'attachment; filename="sameside-root.pem"'},
    )
