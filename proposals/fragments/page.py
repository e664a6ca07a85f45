"""The room's page as its templates see it: who looks, and everything that is shown."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from proposals.access import Abilities, Actor
from proposals.documents import wording
from proposals.documents.change_order import orders_of
from proposals.documents.change_order_request import ChangeOrderRequest, request_of
from proposals.documents.payment import ScheduleView, schedule_view
from proposals.documents.readiness import Readiness
from proposals.documents.signing_order import words_for
from proposals.documents.totals import Totals
from proposals.fragments.books import Books, books_of
from proposals.fragments.endings import Endings, endings_of
from proposals.fragments.offers import OfferView
from proposals.fragments.price_requests import PriceRequestView
from proposals.fragments.progress import Progress
from proposals.fragments.shown import ActivityView, PartView, QuestionView, SectionView
from proposals.models import Participant, Party, Proposal, Side
from proposals.states import LABELS, State


@dataclass(frozen=True)
class Audience:
    """Everybody who gets the same page: one side, with the same abilities.

    `would` is what they may do once they have entered the mailed code.
    """

    side: str
    can: Abilities
    would: Abilities
    confirmed: bool

    @property
    def is_seller(self) -> bool:
        """Whether they sit on the seller's half."""
        return self.side == Side.SELLER


def audience_of(actor: Actor, state: State) -> Audience:
    """The audience that an actor belongs to in a state."""
    return Audience(actor.side, actor.abilities(state), actor.abilities(state, once_confirmed=True), actor.confirmed)


@dataclass(frozen=True)
class ActivityPage:
    """What the list of activity needs of the page: the same for every audience."""

    activity: list[ActivityView]


@dataclass(frozen=True)
class RoomPage:
    """Everything the room's templates need."""

    proposal: Proposal
    audience: Audience
    parties: dict[str, Party]
    sections: list[SectionView]
    terms: PartView
    terms_content: dict[str, Any]
    totals: Totals
    questions: list[QuestionView]
    closed_questions: list[QuestionView]
    activity: list[ActivityView]
    offers: list[OfferView]
    price_requests: list[PriceRequestView]
    readiness: Readiness
    text_seq: int
    people: list[Participant] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    newer_rates: int = 0

    @property
    def can(self) -> Abilities:
        """What this audience may do now."""
        return self.audience.can

    @property
    def would(self) -> Abilities:
        """What it may do once confirmed."""
        return self.audience.would

    @property
    def price_asked(self) -> bool:
        """Whether a request for the price waits for its first answer."""
        return any(view.request.is_open for view in self.price_requests)

    @property
    def starts_on(self) -> str:
        """The start as the document's language writes it, “” if there is none."""
        return wording.short_date(self.proposal.starts_on, self.proposal.language)

    @property
    def offer_until(self) -> str:
        """The end of the offer as the document's language writes it, “” if there is none."""
        return wording.short_date(self.proposal.offer_until, self.proposal.language)

    @property
    def offers_for_the_whole(self) -> list[OfferView]:
        """The open counter-offers that stand beside no price, choice or instalment."""
        beside = {view.offer.id for section in self.sections if section.table for view in section.table.all_offers}
        return [view for view in self.offers if view.offer.id not in beside]

    @cached_property
    def signing_words(self) -> str:
        """In which order people sign, as a term."""
        return words_for(self.terms_content.get("signing_order", ""))

    @cached_property
    def endings(self) -> Endings:
        """What there is to say about the offer's end, more time, and voiding."""
        return endings_of(self.proposal, self.audience.side, self.progress)

    @property
    def books(self) -> Books:
        """What is disclosed of how the prices come about."""
        return books_of(self.proposal)

    @property
    def change_orders(self) -> list[tuple[Proposal, str]]:
        """The change orders of a signed proposal that this side knows of, each with its state in words."""
        if self.proposal.lifecycle is not State.SIGNED:
            return []
        return [(order, LABELS[order.lifecycle]) for order in orders_of(self.proposal, self.audience.side)]

    @cached_property
    def change_order_request(self) -> ChangeOrderRequest | None:
        """The last request for a change order to a signed proposal."""
        return request_of(self.proposal)

    @property
    def amended_on(self) -> str:
        """When the proposal was signed that this one amends, as the document's language writes it."""
        return wording.short_date(self.terms_content.get("amends", {}).get("signed_on"), self.proposal.language)

    @property
    def state_label(self) -> str:
        """The state in words."""
        return LABELS[self.proposal.lifecycle]

    @property
    def ended_by(self) -> str:
        """The side that declined or withdrew; "" for whatever else is the case."""
        by_one = self.proposal.lifecycle in {State.DECLINED, State.WITHDRAWN}
        return self.progress.ended_side if by_one else ""

    @property
    def is_open(self) -> bool:
        """Whether text and prices may change and both see it."""
        return self.proposal.lifecycle is State.OPEN

    @property
    def parts(self) -> list[PartView]:
        """All agreeable parts in order, the terms last."""
        return [section.part for section in self.sections] + [self.terms]

    @property
    def parts_to_agree(self) -> list[PartView]:
        """The parts that this side has not agreed to as they stand."""
        return [part for part in self.parts if not part.mine]

    @property
    def counts(self) -> dict[str, int]:
        """How many parts there are, and how many each side and both agree to."""
        return {
            "all": len(self.parts),
            "seller": self.readiness.agreed_count(Side.SELLER),
            "client": self.readiness.agreed_count(Side.CLIENT),
            "both": self.readiness.agreed_by_both_count,
        }

    @property
    def seller(self) -> Party:
        """The seller's party."""
        return self.parties[Side.SELLER]

    @property
    def client(self) -> Party:
        """The client's party."""
        return self.parties[Side.CLIENT]

    @property
    def seller_short(self) -> str:
        """The seller's name for small places: its first word."""
        return self.seller.name.split()[0]

    @property
    def client_short(self) -> str:
        """The client's name for small places: its first word."""
        return self.client.name.split()[0]

    @property
    def in_the_way(self) -> str:
        """What still keeps the proposal from being locked, once every part is agreed to by both; "" otherwise."""
        if self.counts["both"] < self.counts["all"] or self.readiness.is_ready:
            return ""
        return self.readiness.obstacles[0].sentence

    @property
    def both_parties(self) -> list[Party]:
        """The seller's and the client's party."""
        return [self.seller, self.client]

    @property
    def can_agree_many(self) -> bool:
        """Whether “Fine with all” makes sense: two parts or more are not agreed to by this side."""
        return self.would.agree and len(self.parts_to_agree) > 1

    @property
    def price_basis_words(self) -> str:
        """“prices before tax”."""
        return str(self.proposal.get_price_basis_display()).lower()

    @property
    def tax_words(self) -> str:
        """The taxes and how they are rounded."""
        taxes = wording.listing([tax["label"] for tax in self.terms_content["taxes"]])
        return f"{taxes}. {self.proposal.get_tax_rounding_display()}." if taxes else "No tax"

    @property
    def rate_rows(self) -> list[dict[str, str]]:
        """The rate card as display texts."""
        currency = self.terms_content["currency"]
        return [
            {"role": rate["role"], "unit": rate["unit"], "amount": wording.money(rate["rate"], currency)}
            for rate in self.terms_content["rate_card"]
        ]

    @property
    def schedule(self) -> ScheduleView | None:
        """The payment schedule, None if there is none."""
        return schedule_view(self.terms_content, self.proposal.language)

    @property
    def next_part(self) -> PartView | None:
        """The first part this side has not agreed to."""
        return self.parts_to_agree[0] if self.parts_to_agree else None

    @property
    def awaited_parts(self) -> list[PartView]:
        """The parts for which only the other side is missing, once this side agrees to all."""
        return [] if self.parts_to_agree else [part for part in self.parts if not part.both]

    @property
    def other_short(self) -> str:
        """The other side's name for small places."""
        return self.client_short if self.audience.is_seller else self.seller_short
