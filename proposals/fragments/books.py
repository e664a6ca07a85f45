"""The open books as both sides read them: cards with their trace, what was asked for, and times to talk."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from proposals.documents import wording
from proposals.documents.disclosed import Card, card_of, headline
from proposals.documents.talk_times import in_words
from proposals.models import Proposal, Side
from proposals.models.disclosure import (
    Disclosure,
    DisclosureRequest,
    DisclosureVersion,
    ExplanationTimes,
)


@dataclass(frozen=True)
class Trace:
    """What a version changed, with the old values."""

    by: str
    at: str
    why: str
    changes: list[dict[str, str]]


@dataclass(frozen=True)
class CardView:
    """A card with everything that happened to it since both sides see it, the newest first."""

    disclosure: Disclosure
    content: dict[str, Any]
    card: Card
    headline: str
    at: str
    by: str
    trace: list[Trace]
    times: list[ExplanationTimes]
    language: str = "en"

    @property
    def is_withdrawn(self) -> bool:
        """Whether the seller took it back."""
        return self.disclosure.withdrawn_at is not None

    @property
    def talk(self) -> ExplanationTimes | None:
        """The last times that were proposed."""
        return self.times[-1] if self.times else None

    @property
    def talk_times(self) -> list[tuple[str, str]]:
        """Those times as they are kept and in words."""
        return [(time, in_words(time, self.language)) for time in self.talk.times] if self.talk else []

    @property
    def talk_chosen(self) -> str:
        """The time that was taken, in words."""
        return in_words(self.talk.chosen, self.language) if self.talk else ""


@dataclass(frozen=True)
class Books:
    """All cards in the order of their kinds, and all requests."""

    cards: list[CardView]
    requests: list[DisclosureRequest]

    @property
    def standing(self) -> list[CardView]:
        """The cards that were not withdrawn."""
        return [card for card in self.cards if not card.is_withdrawn]

    @property
    def waiting(self) -> list[DisclosureRequest]:
        """What was asked for and has no answer."""
        return [request for request in self.requests if request.status == DisclosureRequest.Status.OPEN]


def books_of(proposal: Proposal) -> Books:
    """Read the books of a proposal. What was written before sharing shows only as what stands."""
    cards = [card_view(found, proposal) for found in proposal.disclosures.shown(proposal.epoch)]
    requests = list(proposal.disclosure_requests.select_related("disclosure"))
    return Books(cards, requests)


def card_view(disclosure: Disclosure, proposal: Proposal) -> CardView:
    """A card as it stands, with what happened to it."""
    versions = list(disclosure.versions.all())
    current = versions[-1]
    return CardView(
        disclosure=disclosure,
        content=current.content,
        card=card_of(current.content, proposal.language),
        headline=headline(current.content, proposal.language),
        at=wording.short_date(current.created_at.date(), proposal.language),
        by=current.by_name,
        trace=_trace(versions, proposal),
        times=list(disclosure.times.all()),
        language=proposal.language,
    )


def _trace(versions: Iterable[DisclosureVersion], proposal: Proposal) -> list[Trace]:
    now = timezone.now()
    told = [version for version in versions if version.changes and version.epoch == proposal.epoch]
    return [
        Trace(version.by_name, wording.clock(version.created_at, now), version.why, version.changes)
        for version in reversed(told)
    ]


def may_answer(side: str, times: ExplanationTimes) -> bool:
    """Whether times are this side's to answer."""
    return times.status == ExplanationTimes.Status.PROPOSED and Side(times.side).other == side
