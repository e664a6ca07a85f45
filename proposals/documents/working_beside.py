"""Totals beside the one that stands there, explained when somebody asks: if a counter-offer were accepted, and what a
change of a price did.

`offer:<id>.totals.total` is the total if that open counter-offer were accepted, with all that leads to it;
`change:<number>.difference` is the total after an event of the ledger less the one before it.
"""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Final
from uuid import UUID

from proposals.documents.contents import ProposalRows
from proposals.documents.ledger import price_changes, price_events
from proposals.documents.price_document import Price, priced_with_working
from proposals.documents.targets import target_of
from proposals.documents.trials import price_with
from proposals.documents.working_names import CHANGE, OFFER
from proposals.exceptions import Refusal
from proposals.models import CounterOffer, Proposal
from proposals.pricing import Currency, Money
from proposals.pricing.working import Working
from proposals.pricing.working.explain import working_of
from proposals.pricing.working.record import Record
from proposals.pricing.working.sheet import Sheet, figure_of

_OFFERS: Final = re.compile(rf"({OFFER}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})\.).+")
_CHANGES: Final = re.compile(rf"({CHANGE}([0-9]{{1,9}})\.)difference")


def of_offer(offer_id: UUID) -> str:
    """What the names of the amounts begin with that hold if a counter-offer is accepted."""
    return f"{OFFER}{offer_id}."


def of_change(number: int) -> str:
    """The name of what a change did to the total."""
    return f"{CHANGE}{number}.difference"


def with_offers(working: Working, asked: Collection[str], rows: ProposalRows, price: Price) -> Working:
    """The working with what it would be if the open counter-offers that names ask for were accepted.

    One that is closed, or can't be taken any more, adds nothing.
    """
    named = {found[2]: found[1] for name in asked if (found := _OFFERS.fullmatch(name))}
    waiting = rows.proposal.counter_offers.filter(state=CounterOffer.State.OPEN, id__in=named) if named else ()
    for offer in waiting:
        try:
            tried = price_with(rows, price, target_of(offer), offer.value)
        except Refusal:
            continue
        working = _with_trial(working, named[str(offer.id)], tried)
    return working


def with_changes(working: Working, asked: Collection[str], proposal: Proposal) -> Working:
    """The working with what the changes that names ask for did to the total, as the ledger tells it."""
    named = {int(found[2]): found[1] for name in asked if (found := _CHANGES.fullmatch(name))}
    if not named:
        return working
    record = Record(Currency(working.currency_code))
    for change in price_changes(proposal, price_events(proposal).filter(number__in=named)):
        if change.before is not None and change.after is not None and change.currency == working.currency_code:
            sheet = Sheet(record, named[change.number])
            after, before = (
                sheet.money(name, Money.stated(Decimal(amount), record.currency, name))
                for name, amount in (("after", change.after), ("before", change.before))
            )
            sheet.less("difference", after, before)
    return working.joined(working_of(record))


def _with_trial(working: Working, prefix: str, tried: Price) -> Working:
    """Everything of a price that is tried out, and how far its total is from the one that stands there."""
    _, _, steps = priced_with_working(tried.document)
    beside = working.joined(steps.under(prefix))
    now, then = figure_of(beside, "totals.total"), figure_of(beside, f"{prefix}totals.total")
    record = Record(Currency(working.currency_code))
    Sheet(record, prefix).less("difference", *((then, now) if then.exact > now.exact else (now, then)))
    return beside.joined(working_of(record))
