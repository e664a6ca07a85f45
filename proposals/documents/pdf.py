"""Makes PDFs in a subprocess that may be killed, and turns whatever happens there into a PDF or one sentence.

The PDF of a revision is rendered once and stored; nothing is ever re-rendered to compare.
"""

from __future__ import annotations

import hashlib
import logging
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from proposals.documents import fonts, killable
from proposals.documents.errors import DocumentNotRenderable, MissingGlyphs
from proposals.documents.job import Job, PageListener, Report
from proposals.documents.parents import Finished

WORKER = "proposals.documents.worker"

CHARACTERS_PER_CPU_SECOND = 12_000
LONGEST_CPU_SECONDS = 120
"""Limits of one rendering. Ten pages take one CPU second, 500 price lines five, and all of it thrice as many where
two threads share a core; what takes ten times as long as its length explains is ended."""

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
    """A PDF, its SHA-256 (hexadecimal), its number of pages, and what the rendering process used."""

    pdf: bytes
    sha256: str
    page_count: int
    cpu_seconds: float = field(default=0.0, compare=False)
    peak_bytes: int = field(default=0, compare=False)


def cpu_limit_seconds(html: str) -> int:
    """How much CPU time a document of this length may use."""
    return min(
        LONGEST_CPU_SECONDS, max(settings.RENDER_LEAST_CPU_SECONDS, math.ceil(len(html) / CHARACTERS_PER_CPU_SECOND))
    )


def render(job: Job, *, tell_page: Callable[[int], None] | None = None) -> Rendered:
    """The PDF of a job. `tell_page` hears the number of each page as it is laid out; what it raises ends the rendering.

    Raises `MissingGlyphs` if the job forbids characters without a glyph and there are some,
    `DocumentNotRenderable` if the renderer refused, ran out of its limits or crashed. The caller has then
    changed nothing.
    """
    finished = run_apart(job, tell_page)
    report, pdf = told_by(finished)
    for url in report.refused_urls:
        logger.warning("A document asked for something outside itself and did not get it: %s", url)
    if pdf:
        digest = hashlib.sha256(pdf).hexdigest()
        return Rendered(pdf, digest, report.page_count, finished.cpu_seconds, finished.peak_bytes)
    if report.missing_characters:
        raise MissingGlyphs(report.missing_characters)
    logger.error("The renderer failed: %s", report.failure)
    raise DocumentNotRenderable(UNKNOWN_FAILURE)


def run_apart(job: Job, tell_page: Callable[[int], None] | None = None) -> Finished:
    """Runs the rendering process with our fonts only; raises `DocumentNotRenderable` if its time ran out."""
    with tempfile.TemporaryDirectory(prefix="sameside-pdf-", ignore_cleanup_errors=True) as folder:
        try:
            return killable.run(
                WORKER,
                job.to_json(),
                folder=Path(folder),
                cpu_limit_seconds=job.cpu_limit_seconds,
                memory_limit_bytes=job.memory_limit_bytes,
                environment={"FONTCONFIG_FILE": str(font_configuration())},
                hear=PageListener(tell_page) if tell_page else None,
            )
        except killable.TookTooLong:
            raise DocumentNotRenderable(TOO_MUCH) from None


def told_by(finished: Finished) -> tuple[Report, bytes]:
    """What the process said and the PDF; raises `DocumentNotRenderable` if it did not answer."""
    try:
        return Report.from_output(finished.stdout)
    except ValueError:
        said = finished.stderr.decode(errors="replace")[-2000:]
        logger.error("The renderer ended with %s: %s", finished.returncode, said)
        raise DocumentNotRenderable(UNKNOWN_FAILURE) from None


def font_configuration() -> Path:
    """The file that names our fonts, and those that the operator put into `DATA_DIR/fonts/`."""
    return fonts.configuration_file(
        extra_folder=settings.DATA_DIR / "fonts", cache_folder=settings.DATA_DIR / "cache" / "fontconfig"
    )
