"""CPU time and memory of documents: ``python -m bench documents``.

Rendering, one signature, and the verification of a file with two, for documents of about 10 and 50 pages and for one
of 500 price lines, beside headless Chromium printing the same HTML. CPU seconds are those of this process and of the
ones that it has the work done in; memory is the greatest resident size of a rendering process. The budgets are those
of the design. The start of the warm parent, once per server process, is left out, and the start of Chromium is in: it
has none that stays.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench.beside_chromium import chromium, print_by_chromium  # noqa: E402
from proposals.actions.export import current_pdf  # noqa: E402
from proposals.documents import killable, pdf  # noqa: E402
from proposals.documents.job import Job  # noqa: E402
from proposals.documents.pdf import Rendered  # noqa: E402
from proposals.documents.render import revision_pdf  # noqa: E402
from proposals.documents.sealing import Sealed, seal  # noqa: E402
from proposals.documents.signatory import Mark, Signatory  # noqa: E402
from proposals.documents.verification import verify  # noqa: E402
from tests import factories  # noqa: E402
from tests.documents import samples  # noqa: E402

WORDS = (
    "The seller provides the services described in this section with reasonable care and skill. Each milestone is "
    "accepted when the client confirms it in writing, or when ten working days have passed without an objection. "
)
PARAGRAPHS_PER_PAGE = 5
RUN_COUNT = 3
SIGNED_AT = datetime.now(UTC).replace(microsecond=0)


def cpu_seconds() -> float:
    """CPU time of this process. What the warm parents fork tells its own (`parents.Finished`)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def told_work(into: list[float]) -> Iterator[None]:
    """Adds the CPU seconds of each piece of work that is run apart meanwhile."""
    original = killable.run

    def run(*given: Any, **named: Any) -> Any:
        finished = original(*given, **named)
        into.append(finished.cpu_seconds)
        return finished

    killable.run = run
    try:
        yield
    finally:
        killable.run = original


def measured(act: Callable[[], Any]) -> tuple[float, Any]:
    """The median CPU time of a few runs, processes apart included, and what the last one gave."""
    times, result = [], None
    for _ in range(RUN_COUNT):
        apart: list[float] = []
        start = cpu_seconds()
        with told_work(apart):
            result = act()
        times.append(cpu_seconds() - start + sum(apart))
    return median(times), result


def text_of_pages(page_count: int) -> samples.Json:
    """A snapshot whose sections fill about so many pages."""
    sections = [
        samples.prose(f"s{number}", f"Part {number + 1}", *[samples.paragraph(WORDS * 2)] * PARAGRAPHS_PER_PAGE)
        for number in range(page_count - 4)
    ]
    return samples.snapshot(sections)


def price_of_lines(line_count: int) -> samples.Json:
    """A snapshot with one price table of so many lines, every fifth with a discount."""
    discount = samples.off("percent", "5", "volume", "For taking the whole programme at once")
    lines = [
        samples.line(
            f"l{number}",
            "unit",
            f"Work package {number + 1}",
            "Design, build and test",
            quantity="3",
            unit_price="450.00",
            unit_label="days",
            discounts=[discount] if number % 5 == 0 else [],
        )
        for number in range(line_count)
    ]
    return samples.snapshot([samples.priced("s4", "Pricing", lines)])


def sign(rendered: Rendered) -> Sealed:
    """The first signature, without a timestamp authority."""
    return sign_in(rendered.pdf, "seller-1", first=True)


def second_signature(sealed: Sealed) -> Sealed:
    """The other side's signature on top of it."""
    return sign_in(sealed.pdf, "client-1", first=False)


def sign_in(pdf: bytes, slot: str, *, first: bool) -> Sealed:
    """One signature in a slot."""
    person = Signatory("Maya Lindqvist", "Partner", "Northlight Studio B.V.", "maya@northlight.example", "seller")
    return seal(
        pdf,
        slot=slot,
        signatory=person,
        mark=Mark("typed", person.name),
        signed_at=SIGNED_AT,
        method="Confirmed by a code",
        reference="Revision 1",
        first=first,
    )


def jobs_of(act: Callable[[], Rendered]) -> list[Job]:
    """The rendering jobs that come up in this."""
    seen: list[Job] = []
    original = pdf.render

    def note(job: Job, **given: Any) -> Rendered:
        seen.append(job)
        return original(job, **given)

    pdf.render = note
    try:
        act()
    finally:
        pdf.render = original
    return seen


def rendered_and_used(snapshot: samples.Json) -> tuple[Rendered, float, float]:
    """A rendering, its CPU seconds here and in the process that rendered, and that process's memory in MB."""
    start = cpu_seconds()
    rendered = revision_pdf(snapshot)
    return rendered, cpu_seconds() - start + rendered.cpu_seconds, rendered.peak_bytes / 2**20


def second_export_milliseconds() -> float:
    """How long a draft takes that was made before, price and content included: the wall clock, as somebody waits."""
    proposal = factories.proposal()
    current_pdf(proposal, live_url="https://sameside.example/")
    times = []
    for _ in range(RUN_COUNT):
        start = time.perf_counter()
        current_pdf(proposal, live_url="https://sameside.example/")
        times.append(time.perf_counter() - start)
    return median(times) * 1000


def main() -> None:
    """Prints a table; ratios are to the budget and to Chromium printing the same HTML."""
    cases = (
        ("10 pages", text_of_pages(10), 1.5),
        ("50 pages", text_of_pages(50), 8.0),
        ("500 price lines", price_of_lines(500), 6.0),
    )
    revision_pdf(text_of_pages(5))  # the warm parent starts once per server process
    print("CPU seconds, medians of", RUN_COUNT, "runs")
    print(
        f"{'':<18}{'pages':>6}{'KB':>6}{'render':>8}{'budget':>8}{'ratio':>7}{'chromium':>10}{'ratio':>7}"
        f"{'MB':>6}{'sign':>7}{'verify':>8}"
    )
    for name, snapshot, budget in cases:
        runs = [rendered_and_used(snapshot) for _ in range(RUN_COUNT)]
        rendered = runs[0][0]
        rendering, memory = median(run[1] for run in runs), max(run[2] for run in runs)
        job = jobs_of(lambda snapshot=snapshot: revision_pdf(snapshot))[0]
        beside = median(print_by_chromium(job) for _ in range(RUN_COUNT)) if chromium() else 0.0
        signing, sealed = measured(lambda rendered=rendered: sign(rendered))
        both = second_signature(sealed)
        verifying, _ = measured(lambda both=both: verify(both.pdf))
        print(
            f"{name:<18}{rendered.page_count:>6}{len(rendered.pdf) // 1024:>6}{rendering:>8.2f}{budget:>8.1f}"
            f"{rendering / budget:>7.2f}{beside:>10.2f}{rendering / beside if beside else 0:>7.2f}"
            f"{memory:>6.0f}{signing:>7.2f}{verifying:>8.2f}",
            flush=True,
        )
    print("budget of memory: 200 MB; of signing 0.8; of verifying 1.5")
    with empty_database():
        print(f"a second export of the same content: {second_export_milliseconds():.0f} ms")


@contextmanager
def empty_database() -> Iterator[None]:
    """A database of its own, gone afterwards."""
    config = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(config, verbosity=0)


if __name__ == "__main__":
    main()
