"""The pricing rules read a second time, straight from their text and with fractions only.

Nothing here is shared with ``proposals.pricing``, so a mistake would have to be made twice. It answers inputs that can
be priced; what must be refused is tested elsewhere. Every function takes ``given`` and returns the keys that the
worked examples list.
"""

from __future__ import annotations

from collections.abc import Callable

from .billing import bill
from .comparison import what_if
from .documents import price
from .functions import build_up, estimate, expected_value, firm, leverage, realization, staffing, trust
from .numbers import Json
from .schedules import allocate, schedule

READINGS: dict[str, Callable[[Json], Json]] = {
    "price": price,
    "allocate": allocate,
    "schedule": schedule,
    "bill": bill,
    "what_if": what_if,
    "build_up": build_up,
    "leverage": leverage,
    "staffing": staffing,
    "firm": firm,
    "realization": realization,
    "estimate": estimate,
    "trust": trust,
    "expected_value": expected_value,
}
