"""Discounts against the seller's published discount list: each cites a line of it, or is an exception.

A line allows its reason up to its percentage. An amount counts as the percentage that it is of what it was taken from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils import timezone

from accounts.models import Firm
from proposals.documents import wording
from proposals.documents.price_document import Price
from proposals.models import AuditContent, DisclosureKind, Discount, Proposal
from proposals.models.fields import plain

Rules = Sequence[Mapping[str, str]]

EXCEPTIONS_COUNT: Final = 3
"""After so many exceptions of a kind the seller is asked to change the list, or to stop."""

EXCEPTIONS_PERIOD: Final = timedelta(days=90)


@dataclass(frozen=True)
class Cited:
    """A discount of the proposal with the line of the list that it follows; without one it is an exception."""

    title: str
    value: str
    reason: str
    text: str
    rule: str

    @property
    def is_exception(self) -> bool:
        """Whether no line of the list allows it."""
        return not self.rule


def rules_of(proposal: Proposal) -> list[dict[str, str]] | None:
    """The lines of the discount lists that stand; None if none is published."""
    cards = proposal.disclosures.standing().filter(kind=DisclosureKind.DISCOUNTS).prefetch_related("versions")
    lists = [list(card.versions.all())[-1].content["given"]["lines"] for card in cards]
    return [line for lines in lists for line in lines] if lists else None


def cited_discounts(price: Price, rules: Rules, language: str) -> list[Cited]:
    """Every discount of a calculated proposal, in the order in which they are taken."""
    cited = []
    for title, discount in _discounts(price):
        rule = rule_for(discount, rules)
        stated = discount["value"]
        value = (
            wording.percent(stated, language)
            if discount["type"] == Discount.Type.PERCENT
            else wording.money(stated, price.currency, language)
        )
        words = ""
        if rule is not None:
            limit = wording.percent(rule["up_to_percent"], language)
            words = f"{Discount.Reason(rule['reason']).label}, up to {limit}"
        reason = str(Discount.Reason(discount["reason"]).label)
        cited.append(Cited(title, value, reason, discount["text"], words))
    return cited


def rule_for(discount: Mapping[str, str], rules: Rules) -> Mapping[str, str] | None:
    """The first line of the list that allows an applied discount (`type, value, reason`, and `base, amount`)."""
    share = _share_percent(discount)
    return next(
        (rule for rule in rules if rule["reason"] == discount["reason"] and share <= Fraction(rule["up_to_percent"])),
        None,
    )


def new_exceptions(
    applied: Sequence[Mapping[str, str]], was: Sequence[Mapping[str, str]], rules: Rules | None
) -> list[str]:
    """The reasons of applied discounts that no line of the list allows and that did not stand before.

    None where no list is published: then there is nothing to be an exception from.
    """
    if rules is None:
        return []
    stood = {_identity(discount) for discount in was}
    return [
        discount["reason"]
        for discount in applied
        if _identity(discount) not in stood and rule_for(discount, rules) is None
    ]


def _identity(discount: Mapping[str, str]) -> tuple[str, str, str]:
    return discount["type"], plain(Decimal(discount["value"])), discount["reason"]


def repeated_exceptions(firm: Firm, now: datetime | None = None) -> list[tuple[str, int]]:
    """The kinds of which the firm gave three exceptions or more in the 90 days before `now`, with how many."""
    told = AuditContent.objects.filter(
        event__type="discount.changed",
        event__created_at__gte=(now or timezone.now()) - EXCEPTIONS_PERIOD,
        event__proposal__relationship__seller_firm=firm,
        facts__exceptions__isnull=False,
    ).values_list("facts", flat=True)
    counts: dict[str, int] = {}
    for facts in told:
        for reason in facts["exceptions"]:
            counts[reason] = counts.get(reason, 0) + 1
    return [
        (str(Discount.Reason(reason).label), count)
        for reason, count in sorted(counts.items())
        if count >= EXCEPTIONS_COUNT
    ]


def _share_percent(discount: Mapping[str, str]) -> Fraction:
    if discount["type"] == Discount.Type.PERCENT:
        return Fraction(discount["value"])
    base = Fraction(discount.get("base", "0"))
    return Fraction(discount["amount"]) * 100 / base if base else Fraction(0)


def _discounts(price: Price) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What each discount is on, and the discount as applied; one for early payment as if it were taken."""
    titles = {
        **{section["id"]: section["title"] for section in price.document["sections"]},
        **{line["id"]: line["title"] for section in price.document["sections"] for line in section["lines"]},
    }
    for row in (*price.result["lines"], *price.result["sections"]):
        yield from ((titles[row["id"]], discount) for discount in row["discounts"])
    yield from (("The whole proposal", discount) for discount in price.result["discounts"])
    for discount in price.result.get("conditional", ()):
        total = price.totals["total"]
        yield "The whole proposal", {**discount, "base": total, "amount": discount["saving"]}
