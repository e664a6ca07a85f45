"""Revisions, files, the audit trail, and checking a PDF."""

import uuid
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.pagination import paginate
from api.problems import TooLarge
from api.schema import described
from api.serializers.records import (
    AuditQuerySerializer,
    AuditTrailSerializer,
    RevisionSerializer,
    VerdictSerializer,
    VerificationInputSerializer,
)
from proposals.actions import audit
from proposals.actions.evidence import evidence_pdf
from proposals.actions.export import current_content, current_pdf, current_word
from proposals.actions.verifying import verify_file
from proposals.documents.snapshot import content_of
from proposals.documents.trail_entry import trail_entry
from proposals.exceptions import NotFound
from proposals.models import Revision
from proposals.views.documents import DOCX, LARGEST_UPLOAD_BYTES
from proposals.views.files import archive_response

FORM_BYTES = 64 * 1024
"""What a multipart form may add to the file in it."""


class OneRevision(Endpoint):
    """One frozen revision."""

    tag = "documents"

    @described("get_revision", "Read a frozen revision", answer=RevisionSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID, number: int) -> Response:
        """Everything that was agreed, and its hash. A revision that was reopened is kept and says so."""
        proposal, _ = self.enter("export")
        found = proposal.revisions.select_related("reopening").filter(number=number).first()
        if found is None:
            raise NotFound()
        return self.shown(RevisionSerializer, _shown_revision(found))


class DocumentPdf(Endpoint):
    """The document as a PDF."""

    tag = "documents"
    costly = "documents"

    @described("get_document_pdf", "Fetch the PDF", answer={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, proposal_id: uuid.UUID) -> HttpResponse:
        """The signed one, the one locked for signing, or a draft with a watermark."""
        proposal, _ = self.enter("export")
        file = current_pdf(proposal, live_url=self.url(reverse("room", args=[proposal.id])))
        name = f"{slugify(proposal.title)[:60] or 'proposal'}-{file.label}.pdf"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(file.pdf, content_type="application/pdf", headers=disposition)


class DocumentDocx(Endpoint):
    """The document in Word."""

    tag = "documents"
    costly = "documents"

    @described("get_document_docx", "Fetch a copy in Word", answer={(200, DOCX): OpenApiTypes.BINARY})
    def get(self, request: Request, proposal_id: uuid.UUID) -> HttpResponse:
        """Text and tables, for reading and marking up. It says which state it is of; the PDF is what binds."""
        proposal, _ = self.enter("export")
        file = current_word(proposal, live_url=self.url(reverse("room", args=[proposal.id])))
        name = f"{slugify(proposal.title)[:60] or 'proposal'}-{file.label}.docx"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(file.content, content_type=DOCX, headers=disposition)


class EvidencePdf(Endpoint):
    """Who signed, and how it was verified."""

    tag = "documents"
    costly = "documents"

    @described(
        "get_evidence",
        "Fetch the evidence of the signatures",
        answer={(200, "application/pdf"): OpenApiTypes.BINARY},
        also=(409,),
    )
    def get(self, request: Request, proposal_id: uuid.UUID) -> HttpResponse:
        """Who signed, how verified and from where, and what happened since: a PDF that the server seals, for both.

        Refused with 409 `not_signed` before everybody has signed.
        """
        proposal, _ = self.enter("export")
        name = f"{slugify(proposal.title)[:60] or 'proposal'}-evidence.pdf"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(evidence_pdf(proposal), content_type="application/pdf", headers=disposition)


class DocumentJson(Endpoint):
    """The document as canonical JSON."""

    tag = "documents"

    @described("get_document_json", "Fetch the content as canonical JSON", answer=OpenApiTypes.OBJECT)
    def get(self, request: Request, proposal_id: uuid.UUID) -> HttpResponse:
        """Once frozen, the revision's exact bytes, whose SHA-256 is the revision's; before, what stands there now."""
        proposal, _ = self.enter("export")
        disposition = {"Content-Disposition": f'attachment; filename="proposal-{proposal.id}.json"'}
        return HttpResponse(current_content(proposal), content_type="application/json", headers=disposition)


class ExportZip(Endpoint):
    """Everything on record."""

    tag = "documents"
    costly = "documents"

    @described(
        "get_export",
        "Take everything along as one archive",
        answer={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, proposal_id: uuid.UUID) -> HttpResponseBase:
        """The document, its data, evidence, audit trail, history and negotiation, as `docs/export.md` describes.

        The same for both sides; nothing from before sharing.
        """
        proposal, _ = self.enter("export")
        return archive_response(proposal, live_url=self.url(reverse("room", args=[proposal.id])))


class AuditTrail(Endpoint):
    """What happened, and the chain that proves it."""

    tag = "documents"
    query = AuditQuerySerializer

    @described("list_audit_trail", "Read the audit trail with its hash chain", answer=AuditTrailSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """From sharing on, the same for both sides. `verify=1` also checks the whole chain."""
        proposal, _ = self.enter()
        events = proposal.audit_events.filter(epoch=proposal.epoch).select_related("content")
        cursor, limit = self.asked.get("cursor", ""), self.asked["limit"]
        shown = paginate(request, events, ["number"], cursor=cursor, limit=limit).shown(trail_entry)
        if self.asked["verify"] == "1":
            shown["verification"] = audit.verify(proposal)
        return self.shown(AuditTrailSerializer, shown)


class Verifications(Endpoint):
    """Checking a PDF, for everybody."""

    tag = "documents"
    public = True
    costly = "verifications"
    parser_classes = (MultiPartParser,)

    @described(
        "verify_pdf",
        "Check a PDF: is it intact, who signed it and when",
        request={"multipart/form-data": VerificationInputSerializer},
        answer=VerdictSerializer,
    )
    def post(self, request: Request) -> Response:
        """Nothing is kept. Needs no token."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_UPLOAD_BYTES + FORM_BYTES:
            raise TooLarge(f"The file is larger than {LARGEST_UPLOAD_BYTES // 1024 // 1024} MB; no proposal is.")
        verdict = verify_file(self.given(VerificationInputSerializer)["file"].read())
        return self.shown(VerdictSerializer, {**asdict(verdict), "outcome": verdict.outcome})


def _shown_revision(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "sha256": revision.sha256,
        "text_seq": revision.text_seq,
        "engine_version": revision.engine_version,
        "frozen_at": revision.frozen_at,
        "reopening": getattr(revision, "reopening", None),
        "content": content_of(revision.content),
    }
