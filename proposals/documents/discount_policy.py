"""Discounts against the seller's published discount list: each cites a line of it, or is an exception.

A line allows its reason up to its percentage. An amount counts as the percentage that it is of what it was taken from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from django.utils import timezone

from accounts.models import Firm
from proposals.documents import wording
from proposals.documents.price_document import Price
from proposals.models import AuditContent, DisclosureKind, Discount, Proposal

EXCEPTIONS_COUNT: Final = 3
"""After so many exceptions of a kind the seller is asked to change the list, or to stop."""

EXCEPTIONS_PERIOD: Final = timedelta(days=90)

OTHERS_TOO: Final = "Only your side sees this, as it counts your other clients too."

Applied = Mapping[str, str]
"""A discount as it was applied: `type, value, reason`, and what it took (`amount`) of what (`base`)."""


@dataclass(frozen=True)
class PolicyLine:
    """A line of the published discount list: its number, the version of the list, what it allows and for whom."""

    number: str
    version: int
    reason: str
    up_to_percent: str
    text: str

    @property
    def reason_words(self) -> str:
        """The kind of reason that it is for."""
        return str(Discount.Reason(self.reason).label)

    def limit(self, language: str = "en") -> str:
        """“Volume, up to 5%”."""
        return f"{self.reason_words}, up to {wording.percent(self.up_to_percent, language)}"

    def words(self, language: str = "en") -> str:
        """“Volume: up to 5%, from 20 days”."""
        limit = wording.percent(self.up_to_percent, language)
        return f"{self.reason_words}: up to {limit}, {self.text.rstrip('.')}"

    def allows(self, applied: Applied) -> bool:
        """Whether a discount is for its reason and within its limit."""
        return self.reason == applied["reason"] and share_percent(applied) <= Fraction(self.up_to_percent)


Rules = Sequence[PolicyLine]


@dataclass(frozen=True)
class Cited:
    """A discount of the proposal with the line of the list that it follows, or the reason why it is an exception.

    `is_named` says whether the seller named the line. A discount from before the list has none named: then `rule` is
    the first line that would allow it, if one does.
    """

    title: str
    value: str
    reason: str
    text: str
    rule: str
    line: str = ""
    exception: str = ""
    is_named: bool = False
    is_above: bool = False

    @property
    def is_exception(self) -> bool:
        """Whether it follows no line of the list."""
        return not self.rule


def rules_of(proposal: Proposal) -> list[PolicyLine] | None:
    """The lines of the discount list that stands, numbered from 1; None if none is published."""
    cards = proposal.disclosures.standing().filter(kind=DisclosureKind.DISCOUNTS).prefetch_related("versions")
    versions = [list(card.versions.all())[-1] for card in cards]
    if not versions:
        return None
    lines = [(version.number, line) for version in versions for line in version.content["given"]["lines"]]
    return [
        PolicyLine(str(number), version, line["reason"], line["up_to_percent"], line["text"])
        for number, (version, line) in enumerate(lines, start=1)
    ]


def cited_discounts(price: Price, rules: Rules, language: str) -> list[Cited]:
    """Every discount of a calculated proposal, in the order in which they are taken."""
    return [_cited(title, content, applied, price, rules, language) for title, content, applied in _discounts(price)]


def _cited(
    title: str, content: Mapping[str, Any], applied: Applied, price: Price, rules: Rules, language: str
) -> Cited:
    stated = content["value"]
    is_percent = content["type"] == Discount.Type.PERCENT
    value = wording.percent(stated, language) if is_percent else wording.money(stated, price.currency, language)
    reason = str(Discount.Reason(content["reason"]).label)
    if content.get("exception"):
        return Cited(title, value, reason, content["text"], "", exception=content["exception"])
    if content.get("policy_line"):
        standing = line_numbered(rules, content["policy_line"])
        same = standing is not None and standing.version == content["policy_version"]
        above = standing is not None and same and not standing.allows(applied)
        words, number = content["policy_words"], content["policy_line"]
        return Cited(title, value, reason, content["text"], words, number, is_named=True, is_above=above)
    rule = rule_for(applied, rules)
    words, number = (rule.limit(language), rule.number) if rule else ("", "")
    return Cited(title, value, reason, content["text"], words, number)


def rule_for(applied: Applied, rules: Rules) -> PolicyLine | None:
    """The first line of the list that allows an applied discount."""
    return next((rule for rule in rules if rule.allows(applied)), None)


def line_numbered(rules: Rules, number: str) -> PolicyLine | None:
    """A line of the list by its number."""
    return next((rule for rule in rules if rule.number == number), None)


def applied_to(price: Price, *, line: object = None, section: object = None) -> tuple[list[Applied], list[Applied]]:
    """The discounts of a line, of a section (by id) or of the whole as they were applied: those deducted, and those
    for early payment as if they were taken."""
    if line is not None:
        return list(price.line(line)["discounts"]), []
    if section is not None:
        return list((price.section(section) or {}).get("discounts", ())), []
    total = price.totals["total"]
    early: list[Applied] = [
        {**row, "base": total, "amount": row["saving"]} for row in price.result.get("conditional", ())
    ]
    return list(price.result["discounts"]), early


def repeated_exceptions(firm: Firm, now: datetime | None = None) -> list[tuple[str, int]]:
    """The kinds of which the firm gave three exceptions or more in the 90 days before `now`, with how many."""
    counts = exception_counts(firm, now)
    return [
        (str(Discount.Reason(reason).label), count)
        for reason, count in sorted(counts.items())
        if count >= EXCEPTIONS_COUNT
    ]


def exception_counts(firm: Firm, now: datetime | None = None) -> dict[str, int]:
    """How many exceptions of each kind the firm gave in the 90 days before `now`. One that was taken back is none."""
    told = AuditContent.objects.filter(
        event__created_at__gte=(now or timezone.now()) - EXCEPTIONS_PERIOD,
        event__proposal__relationship__seller_firm=firm,
        event__type__in=GIVING,
    )
    place = ("event__proposal", "event__epoch")
    undone = set(told.filter(facts__undoes__isnull=False).values_list(*place, "facts__undoes"))
    counts: dict[str, int] = {}
    for *where, number, facts in told.filter(facts__exceptions__isnull=False).values_list(
        *place, "event__number", "facts"
    ):
        for reason in () if (*where, number) in undone else facts["exceptions"]:
            counts[reason] = counts.get(reason, 0) + 1
    return counts


def questions_since(proposal: Proposal, number: int) -> list[str]:
    """What the seller, and nobody else, is asked about the exceptions given by events after a number: whether to
    change the list or to stop, where one is of a kind that the firm gave three or more of in 90 days."""
    told = AuditContent.objects.filter(
        event__proposal=proposal,
        event__epoch=proposal.epoch,
        event__number__gt=number,
        event__type__in=GIVING,
        facts__exceptions__isnull=False,
    ).values_list("facts", flat=True)
    reasons = dict.fromkeys(reason for facts in told for reason in facts["exceptions"])
    counts = exception_counts(proposal.relationship.seller_firm) if reasons else {}
    return [
        f"In 90 days {counts[reason]} discounts for the reason “{Discount.Reason(reason).label}” were exceptions. "
        f"Will you change the discount list, or stop giving them? {OTHERS_TOO}"
        for reason in reasons
        if counts.get(reason, 0) >= EXCEPTIONS_COUNT
    ]


GIVING: Final = ("discount.changed", "line.added", "line.removed")
"""The events that may give an exception, or take one back."""


def share_percent(applied: Applied) -> Fraction:
    """What a discount takes, in percent of what it is taken from."""
    if applied["type"] == Discount.Type.PERCENT:
        return Fraction(applied["value"])
    base = Fraction(applied.get("base", "0"))
    return Fraction(applied["amount"]) * 100 / base if base else Fraction(0)


def _discounts(price: Price) -> Iterator[tuple[str, Mapping[str, Any], Applied]]:
    """What each discount is on, its content, and how it was applied."""
    for section in price.document["sections"]:
        for line in section["lines"]:
            yield from _paired(line["title"], line["discounts"], applied_to(price, line=line["id"]))
    for section in price.document["sections"]:
        yield from _paired(section["title"], section["discounts"], applied_to(price, section=section["id"]))
    yield from _paired("The whole proposal", price.document["discounts"], applied_to(price))


def _paired(
    title: str, written: Iterable[Mapping[str, Any]], applied: tuple[list[Applied], list[Applied]]
) -> Iterator[tuple[str, Mapping[str, Any], Applied]]:
    deducted, early = (iter(rows) for rows in applied)
    for content in written:
        yield title, content, next(early if content.get("conditional") else deducted)
