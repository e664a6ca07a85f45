"""Writing an export into memory, looking into it, and bringing it in again."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import rfc8785
from django_tasks import default_task_backend

from accounts.models import Firm, Membership, User
from proposals import tasks
from proposals.actions.firm_exports import write_export
from proposals.actions.firm_imports import import_now
from proposals.models import FirmExport, FirmImport, Relationship
from tests import factories

Files = dict[str, bytes]


def taken_along(firm: Firm, by: User | None = None, relationship: Relationship | None = None) -> bytes:
    """An export, whole."""
    file = io.BytesIO()
    write_export(FirmExport.objects.create(firm=firm, asked_by=by, relationship=relationship), file)
    return file.getvalue()


def files_in(archive: bytes) -> Files:
    """What is in an archive, by name."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def manifest_of(archive: bytes) -> dict[str, Any]:
    """What it says of itself."""
    manifest: dict[str, Any] = json.loads(files_in(archive)["manifest.json"])
    return manifest


def proposals_in(archive: bytes) -> dict[str, dict[str, Any]]:
    """The proposals in it, by title."""
    files = files_in(archive)
    found = [json.loads(content) for name, content in files.items() if name.startswith("proposals/")]
    return {proposal["title"]: proposal for proposal in found}


def packed(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files, whatever its manifest says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(archive: bytes, path: str, content: Any) -> bytes:
    """The archive with another JSON in place of one of its files, and a manifest that fits it."""
    files = files_in(archive)
    files[path] = rfc8785.dumps(content)
    manifest = json.loads(files["manifest.json"])
    for file in manifest["files"]:
        if file["path"] == path:
            file |= {"sha256": hashlib.sha256(files[path]).hexdigest(), "length_bytes": len(files[path])}
    return packed({**files, "manifest.json": rfc8785.dumps(manifest)})


def brought_in(archive: bytes, firm: Firm, by: User | None = None) -> FirmImport:
    """An import that is through, with its report."""
    return FirmImport.objects.get(id=import_now(firm=firm, by=by, file=io.BytesIO(archive)).id)


def other_firm() -> Membership:
    """Another firm's owner, as on another server."""
    return factories.membership(
        factories.firm("Elsewhere Ltd"), factories.person("owner@elsewhere.example", "Ada Owner")
    )


def work_off(before: int) -> None:
    """Do what was given to the task worker meanwhile."""
    for result in default_task_backend.results[before:]:
        if result.task.func is tasks.move_firm.func:
            tasks.move_firm.call(*result.args)
