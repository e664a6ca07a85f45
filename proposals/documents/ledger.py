"""The ledger of price changes: who changed what from what to what, why, and what it did to the total.

Made from the audit trail of the current epoch alone, so that nothing from before sharing is in it. Every event that
moves money tells the total that it left (`total`); what it did is the difference to the one before.
"""

import bisect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from proposals.documents import told, value_told, wording
from proposals.documents.billing_moves import clauses_moved, figures_moved
from proposals.documents.field_words import DATES, FIELD_WORDS
from proposals.documents.said import Piece, Said
from proposals.models import AuditEvent, Proposal

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Move:
    """One value that changed: its name, what it was and what it is; "" for nothing."""

    field: str
    was: str
    now: str


@dataclass(frozen=True)
class Reason:
    """Why a price was changed, as said after it was. `at` is None for what was said with the change itself."""

    why: str
    at: datetime | None = None


@dataclass(frozen=True)
class PriceChange:
    """One entry. Totals are money texts; `before` is None where no earlier event told one, both if none moved.

    `why` is what was said last, `why_at` when if that was later than the change, `whys_before` what had been said.
    """

    number: int
    type: str
    at: datetime
    name: str
    side: str
    title: str
    said: str
    line: str
    moves: tuple[Move, ...]
    why: str
    currency: str
    before: str | None
    after: str | None
    why_at: datetime | None = None
    whys_before: tuple[str, ...] = ()

    @property
    def is_offer(self) -> bool:
        """Whether it is about a counter-offer: `before` and `after` are then what would be."""
        return self.type.startswith("offer.")


def price_events(proposal: Proposal, line: str = "") -> "QuerySet[AuditEvent]":
    """The events of the ledger, of one line if it is named, by number."""
    events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch).select_related("content")
    told_money = Q(content__facts__has_key="total") | Q(type="discount.cut") | Q(type__startswith="offer.")
    found = events.filter(told_money)
    return (found.filter(content__facts__line=line) if line else found).order_by("number")


def price_changes(proposal: Proposal, events: Iterable[AuditEvent]) -> list[PriceChange]:
    """Events of the ledger as its entries. Takes two queries, however many there are."""
    reasons = reasons_of(proposal)
    totals = list(
        AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, content__facts__has_key="total")
        .order_by("number")
        .annotate(total=KeyTextTransform("total", "content__facts"))
        .values_list("number", "total")
    )
    numbers = [number for number, _ in totals]

    def before(event: AuditEvent) -> str | None:
        place = bisect.bisect_left(numbers, event.number)
        return str(totals[place - 1][1]) if place else None

    return [_entry(event, before(event), reasons.get(event.number, [])) for event in events]


def reasons_of(proposal: Proposal) -> dict[int, list[Reason]]:
    """What was said later about why prices were changed, by the number of the change, the oldest first."""
    said: dict[int, list[Reason]] = {}
    given = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, type="reason.given")
    for event in given.select_related("content").order_by("number"):
        facts = event.content.facts
        said.setdefault(facts["event"], []).append(Reason(facts["why"], event.created_at))
    return said


def lines_named(proposal: Proposal) -> list[tuple[str, str]]:
    """The lines that the ledger is about, as (id, last title), in the order in which they came."""
    named: dict[str, str] = {}
    for event in price_events(proposal):
        facts = event.content.facts
        if facts.get("line"):
            named[facts["line"]] = facts["title"]
    return list(named.items())


def effect(change: PriceChange, language: str = "en", *, of: str = "") -> str:
    """“€17,303.00 → €16,940.00 (−€363.00)”; what would be for a counter-offer; "" where no total is known.

    `of` is the name of the difference in the working, if it can be opened.
    """
    if change.after is None or not change.currency:
        return ""
    after = wording.money(change.after, change.currency, language)
    if change.before is None:
        return after
    difference = Decimal(change.after) - Decimal(change.before)
    if not difference:
        return f"{after}, unchanged"
    sign = "+" if difference > 0 else ""
    moved = f"{sign}{wording.money(difference, change.currency, language)}"
    before = wording.money(change.before, change.currency, language)
    return Said.of(f"{before} → {after} (", Piece(moved, of), ")")


def _entry(event: AuditEvent, before: str | None, later: list[Reason]) -> PriceChange:
    content, facts = event.content, event.content.facts
    reasons = [*([Reason(facts["why"])] if facts.get("why") else []), *later]
    offered = event.type in ("offer.made", "offer.answered")
    return PriceChange(
        number=event.number,
        type=event.type,
        at=event.created_at,
        name=content.actor_name,
        side=content.side,
        title=facts.get("title") or "",
        said=told.SENTENCES[event.type](facts),
        line=facts.get("line") or "",
        moves=(*_MOVES.get(event.type, _no_moves)(facts), *_most(facts)),
        why=reasons[-1].why if reasons else "",
        currency=facts.get("currency") or "",
        before=facts["before"] if offered else before if "total" in facts else None,
        after=facts["then"] if offered else facts.get("total"),
        why_at=reasons[-1].at if reasons else None,
        whys_before=tuple(reason.why for reason in reasons[:-1]),
    )


def _most(facts: Facts) -> list[Move]:
    """What the total can become at most, where the change moved that."""
    if "most" not in facts:
        return []
    words = {"": "not said", "no_limit": "no limit"}
    was, now = (
        words[most] if (most := facts["most"][side]) in words else wording.money(most, facts["currency"])
        for side in ("was", "now")
    )
    return [Move("the most the total can become", was, now)]


def _no_moves(facts: Facts) -> list[Move]:
    return []


_EMPTY: Final = {"rate_override": "as on the card"}
"""What an empty value means where it is more than nothing."""


def _changes(facts: Facts) -> list[Move]:
    return [
        Move(FIELD_WORDS.get(name, name.replace("_", " ")), *(_value_of(name, value) for value in values))
        for name, *values in ((change["field"], change["was"], change["now"]) for change in facts["changes"])
    ]


def _value_of(field: str, value: str) -> str:
    if not value:
        return _EMPTY.get(field, "")
    return wording.short_date(value) if field in DATES else value


def _discounts(facts: Facts) -> list[Move]:
    currency = facts.get("currency") or "EUR"

    def said(rows: list[dict[str, Any]]) -> str:
        return wording.listing([wording.discount(row, currency) for row in rows])

    return [Move("discount", said(facts["was"]), said(facts["now"]))]


def _rates(facts: Facts) -> list[Move]:
    """The roles whose rate changed, came or went. Of several rates of a role the last counts."""
    was, now = ({row["role"]: f"{row['rate']} a {row['unit']}" for row in facts[name]} for name in ("was", "now"))
    roles = dict.fromkeys((*was, *now))
    return [Move(role, was.get(role, ""), now.get(role, "")) for role in roles if was.get(role) != now.get(role)]


def _taxes(facts: Facts) -> list[Move]:
    was, now = (wording.listing([tax["label"] for tax in facts[name]]) for name in ("was", "now"))
    return [Move("taxes", was, now)]


def _value(facts: Facts) -> list[Move]:
    return [Move(*each) for each in value_told.moves(facts)]


def _figures(facts: Facts) -> list[Move]:
    moved = figures_moved(facts)
    return _changes(facts) if moved is None else [Move(*each) for each in moved]


_MOVES: Final[dict[str, Callable[[Facts], list[Move]]]] = {
    "line.added": lambda facts: [Move("amount", "", facts["amount"])],
    "line.changed": _changes,
    "line.removed": lambda facts: [Move("amount", facts["amount"], "")],
    "discount.changed": _discounts,
    "discount.cut": lambda facts: [Move("discount", facts["was"], facts["now"])],
    "taxes.changed": _taxes,
    "rate_card.changed": _rates,
    "pricing.changed": _changes,
    "option.chosen": lambda facts: [Move("option", "left out", "taken")],
    "option.left_out": lambda facts: [Move("option", "taken", "left out")],
    "alternative.chosen": lambda facts: [Move(facts["group"], facts["was"], facts["now"])],
    "billing.value_changed": _value,
    "billing.model_chosen": lambda facts: [Move("billing model", facts["was"], facts["now"])],
    "billing.changed": _figures,
    "billing.clauses_chosen": lambda facts: [Move(*each) for each in clauses_moved(facts)],
    "billing.estimate_changed": _changes,
}
