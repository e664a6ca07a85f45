"""CPU time and memory of documents: ``python -m bench documents``.

Rendering (the subprocess with its start included), one signature, and one verification, for documents of about 10 and
50 pages and for one of 500 price lines. CPU seconds are those of this process and its children, so a busy machine
changes little; memory is the greatest resident size of a rendering subprocess. The budgets are those of the design.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django

django.setup()

from proposals.documents.pdf import Rendered  # noqa: E402
from proposals.documents.render import revision_pdf  # noqa: E402
from proposals.documents.sealing import Sealed, seal  # noqa: E402
from proposals.documents.signatory import Mark, Signatory  # noqa: E402
from proposals.documents.verification import verify  # noqa: E402
from tests.documents import samples  # noqa: E402

WORDS = (
    "The seller provides the services described in this section with reasonable care and skill. Each milestone is "
    "accepted when the client confirms it in writing, or when ten working days have passed without an objection. "
)
PARAGRAPHS_PER_PAGE = 5
RUN_COUNT = 3
SIGNED_AT = datetime(2026, 12, 9, 11, 20, 5, tzinfo=UTC)


def cpu_seconds() -> float:
    """CPU time of this process and of the children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def measured(act: Callable[[], Any]) -> tuple[float, Any]:
    """The least CPU time of a few runs, and what the last one gave."""
    times, result = [], None
    for _ in range(RUN_COUNT):
        start = cpu_seconds()
        result = act()
        times.append(cpu_seconds() - start)
    return min(times), result


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
    """One signature, without a timestamp authority."""
    person = Signatory("Maya Lindqvist", "Partner", "Northlight Studio B.V.", "maya@northlight.example", "seller")
    return seal(
        rendered.pdf,
        slot="seller-1",
        signatory=person,
        mark=Mark("typed", person.name),
        signed_at=SIGNED_AT,
        method="Confirmed by a code",
        reference="Revision 1",
        first=True,
    )


def main() -> None:
    """Prints a table; the last column compares with the budget."""
    cases = (
        ("10 pages", text_of_pages(10), 1.5),
        ("50 pages", text_of_pages(50), 8.0),
        ("500 price lines", price_of_lines(500), 6.0),
    )
    print(f"{'':<18}{'pages':>6}{'KB':>6}{'render':>9}{'budget':>8}{'ratio':>7}{'sign':>7}{'verify':>8}   CPU seconds")
    for name, snapshot, budget in cases:
        rendering, rendered = measured(lambda snapshot=snapshot: revision_pdf(snapshot))
        signing, sealed = measured(lambda rendered=rendered: sign(rendered))
        verifying, _ = measured(lambda sealed=sealed: verify(sealed.pdf))
        print(
            f"{name:<18}{rendered.page_count:>6}{len(rendered.pdf) // 1024:>6}{rendering:>9.2f}{budget:>8.1f}"
            f"{rendering / budget:>7.2f}{signing:>7.2f}{verifying:>8.2f}"
        )
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"greatest memory of a subprocess: {peak_mb:.0f} MB (budget 200)")


if __name__ == "__main__":
    main()
