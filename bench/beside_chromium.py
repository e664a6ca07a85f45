"""The same HTML printed by the system's Chromium without a window: what its processes take, in CPU seconds."""

from __future__ import annotations

import base64
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

from proposals.documents.job import Job

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PRINT_SECONDS = 120


def chromium() -> str:
    """The program, "" if this machine has none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), "")


def print_by_chromium(job: Job) -> float:
    """CPU seconds of printing the document of a job, start and end of the browser included.

    It makes neither PDF/A nor the structure of PDF/UA, no running sums and no page numbers in the contents.
    """
    html = job.html.replace("</head>", f"<style>{job.css}</style></head>", 1)
    for name, content in job.assets.items():
        kind, encoded = (
            ("png", content) if name.endswith(".png") else ("svg+xml", base64.b64encode(content.encode()).decode())
        )
        html = html.replace(f"asset:{name}", f"data:image/{kind};base64,{encoded}")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [
                chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                f"--user-data-dir={folder}/profile", f"--print-to-pdf={folder}/page.pdf", page.as_uri(),
            ],
            check=True, capture_output=True, timeout=PRINT_SECONDS,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if not (Path(folder) / "page.pdf").stat().st_size:
            raise RuntimeError("Chromium printed nothing.")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
