"""Counter-offers as the room shows them: beside the value they are about, in the rail, in the bar."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils import timezone

from accounts.models import initials_of
from proposals.documents import wording
from proposals.documents.contents import ProposalRows
from proposals.documents.price_document import Price
from proposals.documents.price_rows import PriceRow
from proposals.documents.price_table import AlternativeGroup, PriceTable
from proposals.documents.targets import NONE, Target, fields_of, kind_of, line_of, owner_of, standing_value
from proposals.documents.trials import price_with
from proposals.exceptions import Refusal
from proposals.models import CounterOffer, LineItem, Proposal, Side


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

    @property
    def needs_grounds(self) -> bool:
        """Whether accepting asks for a reason: a discount has one that the client reads."""
        return self.offer.field == "discount" and self.offer.value != NONE

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
    )


def effect_of(offer: CounterOffer, rows: ProposalRows, price: Price) -> tuple[str, str]:
    """The total with the proposed value, and a sentence about it; "" where it is in no price."""
    target = Target(offer.field, str(offer.line_id) if offer.line_id else "", offer.group)
    return effect_with(rows, price, target, offer.value)


def effect_with(rows: ProposalRows, price: Price, target: Target, value: str) -> tuple[str, str]:
    """As `effect_of`, for a value that nobody has proposed yet."""
    kind = kind_of(target)
    if kind is None or kind.shape == "day":
        return "", ""
    try:
        then = Decimal(price_with(rows, price, target, value).totals["total"])
    except Refusal as refusal:
        return "", f"It can’t be taken any more: {refusal.detail}"
    language, currency = rows.proposal.language, rows.proposal.currency
    total, difference = wording.money(then, currency, language), then - Decimal(price.totals["total"])
    if not difference:
        return total, f"The total would stay {total}."
    more = "more" if difference > 0 else "less"
    return total, f"The total would be {total}, {wording.money(abs(difference), currency, language)} {more}."


def with_offers(table: PriceTable, offers: Iterable[OfferView], side: str) -> PriceTable:
    """The table with the counter-offers beside their lines and groups, and where this side may propose one."""
    waiting = list(offers)

    def of_line(row: PriceRow) -> PriceRow:
        about = tuple(view for view in waiting if view.place == row.id)
        theirs = side == Side.CLIENT or row.optional or row.client_may_change_quantity
        return replace(row, offers=about, proposable=theirs)

    def of_group(group: AlternativeGroup) -> AlternativeGroup:
        return replace(group, offers=tuple(view for view in waiting if view.offer.group == group.name))

    return replace(
        table,
        rows=tuple(of_line(row) for row in table.rows),
        alternatives=tuple(of_group(group) for group in table.alternatives),
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
