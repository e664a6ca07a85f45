"""What a change order changes, as the page, the PDF and the Word file show it. Made from a revision's content alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from proposals.documents import wording
from proposals.documents.words import grouped


@dataclass(frozen=True)
class ChangedLine:
    """A price line that is new, gone or changed: amounts as people read them, "" for none."""

    how: str
    title: str
    was: str
    now: str
    moved: str
    moves: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class ChangesView:
    """What a change order amends and what it changes. `net` says what becomes of the total.

    `sections` are as in the revision (`change_order.changes_between`); `new_sections` their titles.
    """

    title: str
    revision: int
    signed_on: str
    sha256: str
    proposal_id: str
    sections: tuple[Mapping[str, Any], ...]
    new_sections: tuple[str, ...]
    lines: tuple[ChangedLine, ...]
    terms: tuple[Mapping[str, str], ...]
    net: str

    @property
    def amends(self) -> str:
        """“Amends the proposal “X”, revision 1, signed on 3 March 2027”."""
        signed = f", signed on {self.signed_on}" if self.signed_on else ""
        return f"Amends the proposal “{self.title}”, revision {self.revision}{signed}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs from the signed one."""
        return not (self.sections or self.new_sections or self.lines or self.terms)


def changes_view(snapshot: Mapping[str, Any]) -> ChangesView | None:
    """The changes of a revision; None for one that amends nothing."""
    if "amends" not in snapshot:
        return None
    amends, changes = snapshot["amends"], snapshot["changes"]
    language, currency = snapshot["proposal"]["language"], snapshot["proposal"]["currency"]
    return ChangesView(
        title=amends["title"],
        revision=amends["revision"],
        signed_on=wording.short_date(amends.get("signed_on"), language),
        sha256=grouped(amends["sha256"]),
        proposal_id=amends["proposal"],
        sections=tuple(section for section in changes["sections"] if section["how"] != "new"),
        new_sections=tuple(section["title"] for section in changes["sections"] if section["how"] == "new"),
        lines=tuple(_line(line, currency, language) for line in changes["lines"]),
        terms=tuple(changes["terms"]),
        net=_net(changes, currency, language),
    )


def _line(line: Mapping[str, Any], currency: str, language: str) -> ChangedLine:
    was, now = (wording.money(line[when], currency, language) if line[when] else "" for when in ("was", "now"))
    difference = Decimal(line["now"] or "0") - Decimal(line["was"] or "0")
    return ChangedLine(
        how=line["how"],
        title=line["title"],
        was=was,
        now=now,
        moved=_signed(difference, currency, language),
        moves=tuple(line.get("moves", ())),
    )


def _net(changes: Mapping[str, Any], currency: str, language: str) -> str:
    if "total" not in changes:
        return "The two are in different currencies, so there is no net change of the total."
    was, now = (wording.money(changes["total"][when], currency, language) for when in ("was", "now"))
    difference = Decimal(changes["total"]["difference"])
    if not difference:
        return f"The total stays at {now}."
    return f"The total goes from {was} to {now}: {_signed(difference, currency, language)}."


def _signed(difference: Decimal, currency: str, language: str) -> str:
    """“+€400.00”, “−€400.00”, "" for nothing."""
    if not difference:
        return ""
    return f"{'+' if difference > 0 else ''}{wording.money(difference, currency, language)}"
