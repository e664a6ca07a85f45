"""Counter-offers as the room shows them: beside the value they are about, in the rail, in the bar."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.utils import timezone

from accounts.models import initials_of
from proposals.documents import wording
from proposals.documents.contents import ProposalRows
from proposals.documents.discount_words import early_label
from proposals.documents.offered_terms import NO_PLAN, plan_of
from proposals.documents.payment import ScheduleView, planned_content, schedule_view
from proposals.documents.price_document import Price
from proposals.documents.price_rows import PriceRow
from proposals.documents.price_table import AlternativeGroup, PriceTable
from proposals.documents.said import Piece, Said
from proposals.documents.targets import (
    NONE,
    Target,
    fields_of,
    first_conditional,
    kind_of,
    line_of,
    owner_of,
    standing_value,
    target_of,
)
from proposals.documents.trials import price_with
from proposals.documents.working_beside import of_offer
from proposals.exceptions import Refusal
from proposals.models import CounterOffer, LineItem, Proposal, Side

UNDER_TOTALS: Final = ("discount", "early_payment")
"""What is proposed for the whole and shown under the totals."""


@dataclass(frozen=True)
class OfferView:
    """An open counter-offer. `effect` says what accepting would lead to; `total` is the total then."""

    offer: CounterOffer
    initials: str
    mine: bool
    answers: str
    effect: str
    total: str
    at: str
    plan: ScheduleView | None = None
    """The payment schedule that is proposed, with what each instalment would come to."""

    @property
    def needs_grounds(self) -> bool:
        """Whether accepting asks for a reason: a discount has one that the client reads."""
        return self.offer.field in ("discount", "early_payment") and self.offer.value != NONE

    @property
    def answer_at(self) -> str:
        """The name of the form for an answer that has several parts; "" where one value is enough."""
        return {"early_payment": "offer_early", "schedule": "offer_schedule"}.get(self.offer.field, "")

    @property
    def of_section(self) -> str:
        """The section whose discount it is about, "" if it is about something else."""
        return str(self.offer.section_id) if self.offer.section_id else ""

    @property
    def place(self) -> str:
        """Where it stands in the table: a line's id, or "" for the whole and its alternatives."""
        return str(self.offer.line_id) if self.offer.line_id else ""


def offer_views(proposal: Proposal, rows: ProposalRows, price: Price, side: str) -> list[OfferView]:
    """The open counter-offers, the oldest first, as one side sees them."""
    waiting = proposal.counter_offers.filter(state=CounterOffer.State.OPEN).select_related("answers")
    return [_view(offer, rows, price, side) for offer in waiting]


def _view(offer: CounterOffer, rows: ProposalRows, price: Price, side: str) -> OfferView:
    total, effect = effect_of(offer, rows, price)
    former = offer.answers
    return OfferView(
        offer=offer,
        initials=initials_of(offer.offered_by_name),
        mine=offer.side == side,
        answers=f"{former.offered_by_name} had proposed {former.words}" if former else "",
        effect=effect,
        total=total,
        at=wording.clock(offer.created_at, timezone.now()),
        plan=_plan(offer, rows, price),
    )


def _plan(offer: CounterOffer, rows: ProposalRows, price: Price) -> ScheduleView | None:
    if offer.field != "schedule" or offer.value == NO_PLAN:
        return None
    content = planned_content(plan_of(offer.value), rows, price)
    return schedule_view({"currency": price.currency, "schedule": content}, rows.proposal.language)


def effect_of(offer: CounterOffer, rows: ProposalRows, price: Price) -> tuple[str, str]:
    """The total with the proposed value, and a sentence about it; "" where it is in no price."""
    return effect_with(rows, price, target_of(offer), offer.value, of=of_offer(offer.id))


def effect_with(rows: ProposalRows, price: Price, target: Target, value: str, *, of: str = "") -> tuple[str, str]:
    """As `effect_of`, for a value that nobody has proposed yet. With `of`, which the names of its amounts in the
    working begin with, they can be opened."""
    kind = kind_of(target)
    if kind is None or kind.shape == "day":
        return "", ""
    try:
        tried = price_with(rows, price, target, value)
    except Refusal as refusal:
        return "", f"It can’t be taken any more: {refusal.detail}"
    if kind.shape == "schedule":
        return "", ""
    if kind.shape == "early":
        return "", _early_effect(tried, value, of)
    then = Decimal(tried.totals["total"])
    language, currency = rows.proposal.language, rows.proposal.currency
    total, difference = wording.money(then, currency, language), then - Decimal(price.totals["total"])
    if not difference:
        return total, Said.of("The total would stay ", _piece(total, of, "totals.total"), ".")
    more = "more" if difference > 0 else "less"
    moved = _piece(wording.money(abs(difference), currency, language), of, "difference")
    return total, Said.of("The total would be ", _piece(total, of, "totals.total"), ", ", moved, f" {more}.")


def _piece(amount: str, of: str, name: str) -> Piece:
    return Piece(amount, f"{of}{name}" if of else "")


def _early_effect(tried: Price, value: str, of: str) -> str:
    """What the client would pay early, if the proposed discount stood there."""
    if value == NONE:
        return "The total would stay as it is, whenever it is paid."
    discount = first_conditional(tried.document["discounts"]) or {}
    taken = tried.result["conditional"][0]
    saving = f"{of}conditional.0.saving" if of else ""
    label = early_label(discount, taken["saving"], tried.currency, of=saving)
    paid = _piece(wording.money(taken["total_if_taken"], tried.currency), of, "conditional.0.total_if_taken")
    return Said.of(label, ": ", paid, ".")


def with_offers(table: PriceTable, offers: Iterable[OfferView], side: str, *, is_common: bool) -> PriceTable:
    """The table with the counter-offers beside their lines and groups, and where this side may propose one.

    `is_common`: both see the proposal, so that what was left to the client is the client's.
    """
    waiting = list(offers)

    def of_line(row: PriceRow) -> PriceRow:
        about = tuple(view for view in waiting if view.place == row.id)
        clients = is_common and row.client_may_change_quantity
        theirs = side == Side.CLIENT or row.optional or (row.client_may_change_quantity and not clients)
        return replace(row, offers=about, proposable=theirs, is_the_clients=clients)

    def of_group(group: AlternativeGroup) -> AlternativeGroup:
        return replace(group, offers=tuple(view for view in waiting if view.offer.group == group.name))

    of_whole = [view for view in waiting if table.total and not (view.place or view.offer.group or view.of_section)]
    return replace(
        table,
        rows=tuple(of_line(row) for row in table.rows),
        alternatives=tuple(of_group(group) for group in table.alternatives),
        offers=tuple(
            view
            for view in waiting
            if view.of_section == table.section_id or (view in of_whole and view.offer.field in UNDER_TOTALS)
        ),
        schedule_offers=tuple(view for view in of_whole if view.offer.field == "schedule"),
        proposable=side == Side.CLIENT,
    )


def proposable(rows: ProposalRows, price: Price, line_id: str, side: str) -> list[Target]:
    """The values of a line that this side may propose and the other change."""
    line = line_of(rows, line_id)
    if line is None:
        return []
    targets = [Target(name, line_id) for name in fields_of(line)]
    return [target for target in targets if _is_theirs(rows, price, target, line, side)]


def _is_theirs(rows: ProposalRows, price: Price, target: Target, line: LineItem, side: str) -> bool:
    """Whether a value is not this side's to change. A client also proposes a quantity beyond its limits."""
    standing = standing_value(rows, price, target)
    if standing is None:
        return False
    limited = target.field in ("quantity", "periods") and line.client_may_change_quantity
    if limited and side == Side.CLIENT:
        return line.quantity_min is not None or line.quantity_max is not None
    return owner_of(rows, target, standing).side != side
