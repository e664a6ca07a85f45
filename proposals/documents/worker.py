"""The rendering process: reads one `Job` as JSON, writes a line per page laid out, a `Report` line and the PDF, ends.

It runs with limits on CPU time and memory, in an empty folder, with an environment that holds no secrets, because
some inputs make the renderer loop, overflow or crash. Forked for `pdf.py` by `warm_parent.py`, which has imported
the renderer and read our styles before.
"""

from __future__ import annotations

import ctypes.util
import gc
import io
import logging
import sys
from datetime import datetime

from pydyf import PDF

_search = ctypes.util.find_library
if sys.platform == "linux":
    # WeasyPrint tries names that no Linux library has before the one that it has, and for each Python would run
    # ldconfig, gcc and ld: 54 processes and half of the time of a short document. The right name needs no search.
    ctypes.util.find_library = lambda name: None

from weasyprint import CSS, Attachment  # noqa: E402
from weasyprint.document import Document  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402

ctypes.util.find_library = _search

from proposals.documents.assets import AssetFetcher  # noqa: E402
from proposals.documents.file_writer import write_in_small_streams  # noqa: E402
from proposals.documents.finisher import finish, missing_characters  # noqa: E402
from proposals.documents.job import EXIT_REFUSED, Job, Report, Source, page_line  # noqa: E402
from proposals.documents.plain_html import PlainHTML  # noqa: E402
from proposals.documents.stylesheets import every_style  # noqa: E402

STYLES: dict[str, CSS] = {}
"""Styles that were read before, by their text. A style without fonts of its own holds nothing of a document."""


def attached(source: Source) -> Attachment:
    """The source as an attachment whose dates are those of the content."""
    moment = datetime.fromisoformat(source.created)
    return Attachment(
        string=source.text,
        name=source.name,
        description=source.description,
        relationship="Source",
        created=moment,
        modified=moment,
    )


def render(job: Job) -> tuple[Report, bytes]:
    """The PDF of a job. With `must_have_glyphs`, characters without a glyph leave the PDF empty."""
    fetcher = AssetFetcher(job.assets)
    fonts = FontConfiguration()
    style = STYLES.get(job.css) or CSS(string=job.css, font_config=fonts, url_fetcher=fetcher, base_url=None)
    page = PlainHTML(string=job.html, url_fetcher=fetcher, base_url=None)
    document = page.render(font_config=fonts, stylesheets=[style], pdf_forms=False)
    identifier = bytes.fromhex(job.identifier)
    if job.is_document:
        pdf = written(document, identifier, job.source)
    else:
        pdf = document.write_pdf(pdf_identifier=identifier)
    report = Report(
        page_count=len(document.pages),
        refused_urls=tuple(fetcher.refused),
        missing_characters=missing_characters(document),
    )
    if job.must_have_glyphs and report.missing_characters:
        return report, b""
    return report, pdf


def written(document: Document, identifier: bytes, source: Source | None) -> bytes:
    """The bytes of a document in our form: corrected by `finisher.py`, written by `file_writer.py`."""
    output = io.BytesIO()

    def take_over(document: Document, pdf: PDF) -> None:
        finish(document, pdf)
        write_in_small_streams(pdf, output, identifier)
        pdf.write = lambda *arguments: None

    document.write_pdf(
        target=io.BytesIO(),
        pdf_variant="pdf/a-3a",
        pdf_identifier=identifier,
        attachments=[attached(source)] if source else None,
        finisher=take_over,
    )
    return output.getvalue()


WARMING = """<!doctype html><html lang="en"><head><title>Warm</title></head><body><section class="sec"><h2>1 A</h2>
<div class="prose"><p>Considerations notwithstanding, <em>internationally</em> <strong>acknowledged</strong>.</p></div>
<table class="price"><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></section>
</body></html>"""


def prepare() -> None:
    """Reads our styles, and renders a page, so that whatever the renderer loads on its first page is there."""
    for text in every_style():
        STYLES[text] = CSS(string=text, url_fetcher=AssetFetcher({}), base_url=None)
    render(Job(html=WARMING, css=next(every_style()), identifier="00" * 16))


class PageTeller(logging.Handler):
    """Says which page the renderer has just laid out: it counts up, once or twice for the whole document."""

    def emit(self, record: logging.LogRecord) -> None:
        """Passes on a message about a page."""
        if record.msg.endswith("Page %d"):
            sys.stdout.buffer.write(page_line(int(record.getMessage().rpartition(" ")[2])))
            sys.stdout.buffer.flush()


def main() -> int:
    """Renders the job on standard input. Failures that Python sees become a report; others end the process.

    Without garbage collection, which finds nothing in the one document of this process and takes a seventh of its time.
    """
    gc.disable()
    job = Job.from_json(sys.stdin.buffer.read())
    progress = logging.getLogger("weasyprint.progress")
    progress.setLevel(logging.INFO)
    progress.addHandler(PageTeller())
    try:
        report, pdf = render(job)
    except Exception as error:  # the boundary of the process: whatever failed, the application gets one sentence
        report, pdf = Report(failure=f"{type(error).__name__}: {error}"[:500]), b""
    sys.stdout.buffer.write(report.to_line() + pdf)
    sys.stdout.buffer.flush()
    return 0 if pdf else EXIT_REFUSED
