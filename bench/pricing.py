"""CPU time of pricing documents of growing size: ``python bench/pricing.py``.

Prints the median CPU milliseconds of ``calculate("price", ...)``, reading and printing included, for documents with
line, section and document discounts and two taxes, and the time per line, which stays level while cost is linear.
With working, the steps of every amount are made and printed as JSON values too. The last row prices the largest range
a live document may have: 64 combinations of undecided alternatives, 40 lines.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from proposals.pricing import calculate

LINE_COUNTS = (40, 100, 500, 1000, 5000)
LINES_PER_SECTION = 10
LINES_PER_TIMING = 10_000
"""Runs per size are chosen so that every size prices about this many lines."""


def discount(kind: str, value: str, reason: str) -> dict[str, str]:
    return {"type": kind, "value": value, "reason": reason, "text": "agreed for this piece of work"}


def line(number: int) -> dict[str, Any]:
    """Four lines in five are priced work, the fifth an expense; every third has a discount of its own."""
    common: dict[str, Any] = {"id": f"line-{number}", "taxes": ["standard" if number % 4 else "reduced"]}
    if number % 3 == 0:
        common["discounts"] = [discount("percent", "7.5", "volume")]
    kinds: tuple[dict[str, Any], ...] = (
        {"kind": "time", "role": "senior", "quantity": "12.75", "unit": "hour"},
        {"kind": "time", "role": "junior", "quantity": "3.5", "unit": "day"},
        {"kind": "unit", "quantity": "17", "unit_price": "33.3335"},
        {"kind": "fixed", "amount": f"{1000 + number}.45"},
        {"kind": "expense", "quantity": "3", "unit_cost": "41.20", "markup_percent": "2.5"},
    )
    return {**common, **kinds[number % len(kinds)]}


def document(line_count: int, undecided_pairs: int = 0) -> dict[str, Any]:
    """A document with that many lines, of which the first ``2 * undecided_pairs`` are alternatives in pairs."""
    lines = [line(number) for number in range(line_count)]
    for number in range(2 * undecided_pairs):
        lines[number]["alt"] = {"group": f"choice-{number // 2}", "option": "ab"[number % 2]}
    starts = range(0, line_count, LINES_PER_SECTION)
    return {
        "currency": "EUR",
        "price_date": "2026-03-01",
        "hours_per_day": "7.5",
        "rate_card": [
            {"role": "senior", "rate": "185.00", "unit": "hour", "from": "2026-01-01", "to": None},
            {"role": "junior", "rate": "96.45", "unit": "hour", "from": "2026-01-01", "to": None},
        ],
        "taxes": [
            {"id": "standard", "category": "S", "rate": "21"},
            {"id": "reduced", "category": "S", "rate": "9"},
        ],
        "sections": [
            {
                "id": f"section-{start}",
                "lines": lines[start : start + LINES_PER_SECTION],
                "discounts": [discount("percent", "3", "bundled")],
            }
            for start in starts
        ],
        "discounts": [discount("amount", "150.00", "goodwill")],
    }


def comparison() -> dict[str, Any]:
    """Five billing models at 31 numbers of hours."""
    target = {"target_cost": "8000.00", "target_fee": "3000.00", "max_fee": "4000.00", "ceiling_price": "15000.00"}
    params = {
        "tm": {"rate": "120.00"},
        "tm_cap": {"rate": "125.00", "cap": "14000.00"},
        "fixed": {"fee": "13500.00"},
        "hybrid": {"fixed_fee": "6000.00", "included_hours": "50", "rate": "120.00", "tm_cap": "9000.00"},
        "target_cost": target,
    }
    return {
        "currency": "EUR",
        "estimate": {"low": "80", "likely": "100", "high": "150"},
        "cost_per_hour": "75.00",
        "models": [{"id": model, "model": model, "params": values} for model, values in params.items()],
        "grid": [str(hours) for hours in range(40, 195, 5)],
    }


def median_cpu_ms(priced: dict[str, Any], run_count: int, *, working: bool = False) -> float:
    """The median CPU time of pricing the document, of ``run_count`` calls after one that is not counted."""
    return median_call_cpu_ms("price", {"document": priced, "working": working}, run_count)


def median_call_cpu_ms(fn: str, given: dict[str, Any], run_count: int) -> float:
    """The median CPU time of one call over ``run_count`` calls, after one that is not counted."""
    calculate(fn, given)
    times = []
    for _ in range(run_count):
        start = process_time()
        calculate(fn, given)
        times.append((process_time() - start) * 1000)
    return median(times)


def main() -> None:
    print(f"{'lines':>7} {'CPU ms':>9} {'us/line':>9} {'with working':>14} {'us/line':>9}")
    for line_count in LINE_COUNTS:
        priced, run_count = document(line_count), max(5, LINES_PER_TIMING // line_count)
        taken_ms = median_cpu_ms(priced, run_count)
        explained_ms = median_cpu_ms(priced, run_count, working=True)
        print(
            f"{line_count:>7} {taken_ms:>9.2f} {taken_ms / line_count * 1000:>9.1f}"
            f" {explained_ms:>14.2f} {explained_ms / line_count * 1000:>9.1f}"
        )
    taken_ms = median_cpu_ms(document(40, undecided_pairs=6), 20)
    print(f"40 lines, range over 64 combinations: {taken_ms:.2f} CPU ms")
    taken_ms = median_call_cpu_ms("what_if", comparison(), 50)
    print(f"what-if, five models at 31 grid points: {taken_ms:.2f} CPU ms")


if __name__ == "__main__":
    main()
