"""Makes PDFs in a subprocess that may be killed, and turns whatever happens there into a PDF or one sentence.

The PDF of a revision is rendered once and stored; nothing is ever re-rendered to compare.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from proposals.documents import fonts
from proposals.documents.errors import DocumentNotRenderable, MissingGlyphs
from proposals.documents.job import Job, Report

PROJECT = Path(__file__).resolve().parent.parent.parent

BASE_CPU_SECONDS = 8
CHARACTERS_PER_CPU_SECOND = 12_000
LONGEST_CPU_SECONDS = 120
"""Limits of one rendering: a document of 10 pages takes about 1.5 CPU seconds, one of 50 pages about 8."""

WALL_CLOCK_FACTOR = 4
"""How much longer than its CPU limit a rendering may take on a busy machine before it is killed."""

PASSED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

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
    `DocumentNotRenderable` if the renderer refused, ran out of its limits or crashed. The caller has then changed
    nothing.
    """
    with tempfile.TemporaryDirectory(prefix="sameside-pdf-") as folder:
        finished = run_worker(job, Path(folder))
    if finished.returncode < 0:
        raise DocumentNotRenderable(why_killed(finished.returncode))
    try:
        report, pdf = Report.from_output(finished.stdout)
    except ValueError:
        logger.error(
            "The renderer ended with %s: %s", finished.returncode, finished.stderr.decode(errors="replace")[-2000:]
        )
        raise DocumentNotRenderable(UNKNOWN_FAILURE) from None
    for url in report.refused_urls:
        logger.warning("A document asked for something outside itself and did not get it: %s", url)
    if pdf:
        return Rendered(pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), page_count=report.page_count)
    if report.missing_characters:
        raise MissingGlyphs(report.missing_characters)
    logger.error("The renderer failed: %s", report.failure)
    raise DocumentNotRenderable(UNKNOWN_FAILURE)


UNKNOWN_FAILURE = (
    "The PDF could not be made from this document. Nothing was changed, and the proposal can still be edited."
)
TOO_MUCH = (
    "The PDF could not be made within the time allowed for a document of this length. Nothing was changed. "
    "Very long or deeply nested content is the usual cause."
)


def why_killed(returncode: int) -> str:
    """The sentence for a subprocess that was ended by a signal."""
    return TOO_MUCH if -returncode in (signal.SIGXCPU, signal.SIGKILL) else UNKNOWN_FAILURE


def run_worker(job: Job, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Runs the subprocess in `folder`; raises `DocumentNotRenderable` if its wall-clock time ran out."""
    configuration = folder / "fonts.conf"
    cache = settings.DATA_DIR / "cache" / "fontconfig"
    configuration.write_text(
        fonts.configuration(extra_folder=settings.DATA_DIR / "fonts", cache_folder=cache), encoding="utf-8"
    )
    try:
        return subprocess.run(
            [sys.executable, "-m", "proposals.documents.worker"],
            input=job.to_json(),
            capture_output=True,
            cwd=folder,
            env=worker_environment(folder, configuration),
            timeout=job.cpu_limit_seconds * WALL_CLOCK_FACTOR,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DocumentNotRenderable(TOO_MUCH) from None


def worker_environment(folder: Path, configuration: Path) -> dict[str, str]:
    """The environment of the subprocess: what it needs to start, and none of the application's secrets."""
    passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
    return passed | {
        "FONTCONFIG_FILE": str(configuration),
        "PYTHONPATH": str(PROJECT),
        "PYTHONHASHSEED": "0",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
