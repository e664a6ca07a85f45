"""Makes PDFs in a subprocess that may be killed, and turns whatever happens there into a PDF or one sentence.

The PDF of a revision is rendered once and stored; nothing is ever re-rendered to compare.
"""

from __future__ import annotations

import hashlib
import logging
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from proposals.documents import fonts, killable
from proposals.documents.errors import DocumentNotRenderable, MissingGlyphs
from proposals.documents.job import Job, Report

WORKER = "proposals.documents.worker"

BASE_CPU_SECONDS = 20
CHARACTERS_PER_CPU_SECOND = 12_000
LONGEST_CPU_SECONDS = 120
"""Limits of one rendering. A few pages take one to five CPU seconds, twice as many where two threads share a core."""

UNKNOWN_FAILURE = (
    "The PDF could not be made from this document. Nothing was changed, and the proposal can still be edited."
)
TOO_MUCH = (
    "The PDF could not be made within the time allowed for a document of this length. Nothing was changed. "
    "Very long or deeply nested content is the usual cause."
)

logger = logging.getLogger("sameside.documents")


@dataclass(frozen=True)
class Rendered:
    """A PDF, its SHA-256 (hexadecimal) and its number of pages."""

    pdf: bytes
    sha256: str
    page_count: int


def cpu_limit_seconds(html: str) -> int:
    """How much CPU time a document of this length may use."""
    return min(LONGEST_CPU_SECONDS, BASE_CPU_SECONDS + math.ceil(len(html) / CHARACTERS_PER_CPU_SECOND))


def render(job: Job) -> Rendered:
    """The PDF of a job.

    Raises `MissingGlyphs` if the job forbids characters without a glyph and there are some,
    `DocumentNotRenderable` if the renderer refused, ran out of its limits or crashed. The caller has then
    changed nothing.
    """
    report, pdf = report_of(job)
    for url in report.refused_urls:
        logger.warning("A document asked for something outside itself and did not get it: %s", url)
    if pdf:
        return Rendered(pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), page_count=report.page_count)
    if report.missing_characters:
        raise MissingGlyphs(report.missing_characters)
    logger.error("The renderer failed: %s", report.failure)
    raise DocumentNotRenderable(UNKNOWN_FAILURE)


def report_of(job: Job) -> tuple[Report, bytes]:
    """Runs the subprocess with our fonts only; raises `DocumentNotRenderable` if it did not answer."""
    with tempfile.TemporaryDirectory(prefix="sameside-pdf-") as name:
        folder = Path(name)
        configuration = folder / "fonts.conf"
        configuration.write_text(font_configuration(), encoding="utf-8")
        try:
            finished = killable.run(
                WORKER,
                job.to_json(),
                folder=folder,
                cpu_limit_seconds=job.cpu_limit_seconds,
                memory_limit_bytes=job.memory_limit_bytes,
                environment={"FONTCONFIG_FILE": str(configuration)},
            )
        except killable.TookTooLong:
            raise DocumentNotRenderable(TOO_MUCH) from None
    try:
        return Report.from_output(finished.stdout)
    except ValueError:
        said = finished.stderr.decode(errors="replace")[-2000:]
        logger.error("The renderer ended with %s: %s", finished.returncode, said)
        raise DocumentNotRenderable(UNKNOWN_FAILURE) from None


def font_configuration() -> str:
    """Our fonts, and those that the operator put into `DATA_DIR/fonts/`."""
    return fonts.configuration(
        extra_folder=settings.DATA_DIR / "fonts", cache_folder=settings.DATA_DIR / "cache" / "fontconfig"
    )
