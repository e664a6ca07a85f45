"""Starter templates: proposals that are already sensible, for a trade, in plain words from the reader's side.

Pure Python, without Django. A starter gives what a new proposal is filled with: sections with their text and
lines, a rate card and taxes. What only the writer knows stands in square brackets; amounts are examples in the
document's currency.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .consulting import CONSULTING
from .content import Starter, StarterContent, StarterSection
from .managed_it import MANAGED_IT
from .web_agency import WEB_AGENCY

STARTERS: Mapping[str, Starter] = MappingProxyType({one.key: one for one in (CONSULTING, WEB_AGENCY, MANAGED_IT)})
"""Every starter by its key, in the order in which they are offered."""


def starter(key: str) -> Starter | None:
    """The starter of that key, or None."""
    return STARTERS.get(key)


__all__ = ["STARTERS", "Starter", "StarterContent", "StarterSection", "starter"]
