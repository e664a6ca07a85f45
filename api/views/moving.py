"""Taking a firm along, bringing one in, and where a proposal came from."""

import json
import uuid
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, one, only
from api.pagination import paginate
from api.problems import TooLarge
from api.schema import described, page_of
from api.serializers.moving import (
    ExportSerializer,
    ImportFileSerializer,
    ImportQuerySerializer,
    ImportRowQuerySerializer,
    ImportRowSerializer,
    ImportSerializer,
    NewExportSerializer,
    OriginSerializer,
    OriginTrailSerializer,
)
from api.serializers.proposals import PageQuerySerializer
from api.views.price_lists import FirmEndpoint
from api.views.records import FORM_BYTES
from proposals.access import Scope, owned_firm_for
from proposals.actions.firm_exports import ask_for_export, exports_seen
from proposals.actions.firm_imports import ask_for_import, go_on_with_import
from proposals.models import FirmExport, FirmImport, ImportRow, Move
from proposals.views.moving import BRINGS_IN, LARGEST_IMPORT_BYTES, READS_IMPORTS, counts_of, export_response
from proposals.views.origin import origin_file_response, origin_of, origin_trail_response


class Exports(FirmEndpoint):
    """The exports that the caller asked for."""

    query = PageQuerySerializer

    @described("list_exports", "List the exports you asked for, the newest first", answer=page_of(ExportSerializer))
    def get(self, request: Request, firm_id: uuid.UUID) -> Response:
        """The person's own; for a service token those that were asked for by one."""
        rows = exports_seen(self.firm(Scope.DOCUMENTS_READ), self.visitor.user)
        page = paginate(request, rows, ["-id"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(ExportSerializer), page.shown(lambda row: _export(self, row)))

    @described(
        "make_export",
        "Have everything of the firm, or of one relationship, written into one file",
        request=NewExportSerializer,
        answer=ExportSerializer,
        status=202,
        once=True,
    )
    def post(self, request: Request, firm_id: uuid.UUID) -> Response:
        """What the caller may see: an owner and a service token everything of the firm, else what the person takes part
        in. Ask again at `Location` until `state` is `made`. What is being written already is not written twice.
        """
        firm = self.firm(Scope.DOCUMENTS_READ)
        key = self.given(NewExportSerializer).get("relationship")
        by = self.visitor.user
        made = self.once(lambda: {"export": str(ask_for_export(firm=firm, by=by, relationship_id=key).id)})
        found = one(exports_seen(firm, by), uuid.UUID(made["export"]))
        response = self.shown(ExportSerializer, _export(self, found), status=202)
        response["Location"] = self.url(f"{request.path}{found.id}/")
        return response


class OneExport(FirmEndpoint):
    """One export."""

    @described("get_firm_export", "Read how far an export is", answer=ExportSerializer)
    def get(self, request: Request, firm_id: uuid.UUID, export_id: uuid.UUID) -> Response:
        """For whoever asked for it."""
        found = one(exports_seen(self.firm(Scope.DOCUMENTS_READ), self.visitor.user), export_id)
        return self.shown(ExportSerializer, _export(self, found))


class ExportFile(FirmEndpoint):
    """The file of an export."""

    costly = "documents"

    @described(
        "get_firm_export_file", "Fetch the file of an export", answer={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, firm_id: uuid.UUID, export_id: uuid.UUID) -> HttpResponseBase:
        """A ZIP archive of JSON files and sealed PDFs, as `docs/export.md` describes."""
        return export_response(one(exports_seen(self.firm(Scope.DOCUMENTS_READ), self.visitor.user), export_id))


class Imports(FirmEndpoint):
    """Bringing a file in."""

    costly = "documents"
    parser_classes = (MultiPartParser,)

    @described(
        "import_file",
        "Bring a file of another server into the firm",
        request={"multipart/form-data": ImportFileSerializer},
        answer=ImportSerializer,
        status=202,
    )
    def post(self, request: Request, firm_id: uuid.UUID) -> Response:
        """For owners and service tokens. The file is kept, then checked as a whole; then proposals come one by one,
        each whole or not at all. The same file twice brings nothing twice. Ask again at `Location` until `state` is
        `made`, or `failed` with a `code`.
        """
        firm = owned_firm_for(self.visitor, firm_id, BRINGS_IN, Scope.PROPOSALS_WRITE)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_IMPORT_BYTES + FORM_BYTES:
            raise TooLarge(f"The file is larger than {LARGEST_IMPORT_BYTES // 1024 // 1024} MB. Nothing was changed.")
        sent = self.given(ImportFileSerializer)["file"]
        made = ask_for_import(firm=firm, by=self.visitor.user, file=sent.file)
        response = self.shown(ImportSerializer, _import(self, made), status=202)
        response["Location"] = self.url(f"{request.path}{made.id}/")
        return response


class ImportEndpoint(FirmEndpoint):
    """What was brought in."""

    def brought(self, import_id: uuid.UUID) -> FirmImport:
        """An import, for those who may read what came."""
        firm = owned_firm_for(self.visitor, self.kwargs["firm_id"], READS_IMPORTS, Scope.PROPOSALS_READ)
        found: FirmImport = one(FirmImport.objects.filter(firm=firm), import_id)
        return found


class OneImport(ImportEndpoint):
    """One import."""

    query = ImportQuerySerializer

    @described("get_import", "Read how far an import is, and what came", answer=ImportSerializer)
    def get(self, request: Request, firm_id: uuid.UUID, import_id: uuid.UUID) -> Response:
        """For owners and service tokens: `report` names everything in the file, what became of it, and why. Ask with
        `?report=none` while it is under way, and read `rows` a page at a time.
        """
        found = self.brought(import_id)
        return self.shown(ImportSerializer, _import(self, found, is_whole=self.asked["report"] == "whole"))


class ImportRows(ImportEndpoint):
    """The report of an import."""

    query = ImportRowQuerySerializer

    @described(
        "list_import_rows", "List what was in the file, and what became of it", answer=page_of(ImportRowSerializer)
    )
    def get(self, request: Request, firm_id: uuid.UUID, import_id: uuid.UUID) -> Response:
        """For owners and service tokens: the rows in the order of the file, all or those of one `outcome`. While the
        import is under way more are added behind.
        """
        rows = self.brought(import_id).rows.filter(**only(self.asked, "outcome"))
        page = paginate(request, rows, ["place"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(ImportRowSerializer), page.shown(lambda row: row.told))


class ResumeImport(FirmEndpoint):
    """Going on with an import."""

    @described(
        "resume_import",
        "Have an import that was interrupted go on where it was",
        request=None,
        answer=ImportSerializer,
        status=202,
    )
    def post(self, request: Request, firm_id: uuid.UUID, import_id: uuid.UUID) -> Response:
        """For owners and service tokens, while the file is kept. 409 for one that was not interrupted."""
        firm = owned_firm_for(self.visitor, firm_id, BRINGS_IN, Scope.PROPOSALS_WRITE)
        found = go_on_with_import(firm=firm, by=self.visitor.user, import_id=import_id)
        return self.shown(ImportSerializer, _import(self, found), status=202)


class OneOrigin(Endpoint):
    """Where a proposal was brought in from."""

    tag = "documents"

    @described("get_origin", "Read where a proposal was brought in from", answer=OriginSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """For the side that brought it in. Nothing of it was witnessed by this server. 404 for what was made here."""
        proposal, actor = self.enter("export")
        found = origin_of(proposal, actor)
        files = [{**file, "url": self.url(f"{request.path}{file['sha256']}.pdf")} for file in found.files]
        shown = {
            "instance": found.instance,
            "proposal": found.key,
            "state": found.state,
            "witnessed": False,
            "exported_at": found.exported_at,
            "imported_at": found.imported_at,
            "imported_by": found.imported_by_name,
            "via": found.via,
            "files": files,
            "trail": self.url(f"{request.path}trail.json") if found.trail else None,
            "content": json.loads(found.content),
        }
        return self.shown(OriginSerializer, shown)


class OriginPdf(Endpoint):
    """A PDF that came along."""

    tag = "documents"
    costly = "documents"

    @described(
        "get_origin_pdf",
        "Fetch a PDF as it was signed elsewhere",
        answer={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, proposal_id: uuid.UUID, sha256: str) -> HttpResponseBase:
        """Byte for byte. `POST verifications/` checks it."""
        proposal, actor = self.enter("export")
        return origin_file_response(origin_of(proposal, actor), sha256)


class OriginTrail(Endpoint):
    """The audit trail that came along."""

    tag = "documents"
    costly = "documents"

    @described(
        "get_origin_trail",
        "Fetch the audit trail as it stood elsewhere",
        answer={(200, "application/json"): OriginTrailSerializer},
    )
    def get(self, request: Request, proposal_id: uuid.UUID) -> HttpResponseBase:
        """For the side that brought it in: one file with every event and its hashes. 404 where none came along."""
        proposal, actor = self.enter("export")
        return origin_trail_response(origin_of(proposal, actor))


def _export(endpoint: Endpoint, export: FirmExport) -> dict[str, Any]:
    path = f"/api/v1/firms/{export.firm_id}/exports/{export.id}/export.zip"
    is_there = export.state == Move.State.MADE and bool(export.name)
    return {
        **_progress(export),
        "relationship": export.relationship_id,
        "length_bytes": export.length_bytes,
        "url": endpoint.url(path) if is_there else None,
    }


def _import(endpoint: Endpoint, found: FirmImport, *, is_whole: bool = True) -> dict[str, Any]:
    counts = {outcome: count for outcome, _, count in counts_of(found)}
    return {
        **_progress(found),
        "file": found.told or None,
        "sha256": found.sha256,
        "code": found.code,
        "counts": dict.fromkeys(ImportRow.Outcome.values, 0) | counts,
        "rows": endpoint.url(f"/api/v1/firms/{found.firm_id}/imports/{found.id}/rows/"),
        "report": found.report if is_whole else [],
    }


def _progress(move: FirmExport | FirmImport) -> dict[str, Any]:
    return {
        "id": move.id,
        "state": move.state,
        "proposals_done": move.done_count,
        "proposals_expected": move.expected_count,
        "problem": move.problem,
        "asked_at": move.asked_at,
    }
