"""“What if it takes ...?”: the numbers that may be asked for, and how they stand in the names of amounts."""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Final

from proposals.models.fields import plain
from proposals.pricing import PricingError
from proposals.pricing.money import parse_decimal

LONGEST_WORK: Final = Decimal(100_000)
"""The most hours or days that the what-if answers for."""

SHOWN_LENGTH: Final = 40

_NAMED: Final = re.compile(r"takes:([^:]{1,100}):")


def exact_takes(written: str) -> str:
    """A number of hours or days as its shortest exact text; nothing stays nothing.

    Raises PricingError with `bad_number` for what is no number from 0 to `LONGEST_WORK` with at most 10 decimals.
    """
    text = written.strip()
    if not text:
        return ""
    try:
        number = parse_decimal(text, "takes")
    except PricingError:
        number = Decimal(-1)
    if not 0 <= number <= LONGEST_WORK:
        shown = f"{text[:SHOWN_LENGTH]}…" if len(text) > SHOWN_LENGTH else text
        detail = f"“{shown}” is no time that work can take here: write a number from 0 to {LONGEST_WORK:,}, like 24.5"
        raise PricingError("bad_number", f"{detail}, with at most 10 decimals.", field="takes")
    return plain(number)


def taking(owner: str, takes: str) -> str:
    """What the names of the amounts begin with that hold if the work of a billing section takes so long."""
    return f"{owner}.takes:{takes}:"


def takes_of(rest: str) -> tuple[str, str]:
    """A name without its owner as the number that it asks for, "" if none, and what follows that."""
    found = _NAMED.match(rest)
    return (found[1], rest[found.end() :]) if found else ("", rest)


def asked_takes(owner: str, names: Collection[str]) -> dict[str, str]:
    """The numbers that some names of amounts ask for, as written there, each with its exact text.

    Raises PricingError as `exact_takes`.
    """
    named = (takes_of(name.removeprefix(f"{owner}."))[0] for name in names if name.startswith(f"{owner}."))
    return {written: exact_takes(written) for written in named if written}
