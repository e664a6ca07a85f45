"""What a starter is made of. Numbers are texts, as everywhere at the edge of the pricing core (pricing-spec N1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .text import ProseDocument


@dataclass(frozen=True)
class StarterSection:
    """A section: `kind` is prose or pricing, `text` canonical ProseMirror JSON.

    `lines` hold the fields of line items, without position and taxes; `discounts` in a line holds the fields of
    its discounts, in order. A line carries every tax of the starter.
    """

    title: str
    kind: str
    text: ProseDocument
    lines: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class StarterContent:
    """What a proposal begins with.

    `rates` have role, rate and unit (no dates); `taxes` have label, jurisdiction, category, rate and note.
    """

    sections: tuple[StarterSection, ...]
    rates: tuple[Mapping[str, str], ...]
    taxes: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Starter:
    """A template for a trade. `content` makes it for an ISO 4217 currency, with amounts that suit its size."""

    key: str
    title: str
    summary: str
    content: Callable[[str], StarterContent]


def prose(title: str, text: ProseDocument) -> StarterSection:
    """A section of text."""
    return StarterSection(title, "prose", text)


def pricing(title: str, text: ProseDocument, *lines: Mapping[str, Any]) -> StarterSection:
    """A section of text with a price table."""
    return StarterSection(title, "pricing", text, lines)
