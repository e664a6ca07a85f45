"""The seller's verb for the document's taxes, and which of them a line gets."""

from collections.abc import Iterable, Mapping
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing, money_told
from proposals.actions.price_fields import TAX_EDITS, require_legal_ground
from proposals.documents import contents
from proposals.models import LineItem, Proposal, Tax

TAXES_COUNT = 50
"""How many taxes a proposal may have."""


def set_taxes(*, by: Actor, taxes: list[Mapping[str, Any]], why: str = "") -> list[Tax]:
    """Replace the document's taxes. A tax with a known `id` is changed, one without is added, others go.

    A new tax of the standard category is put on every line that has no tax at all.
    """
    values.require_few("taxes", taxes, TAXES_COUNT)
    with changing(by, "price") as change:
        known = {str(tax.id): tax for tax in change.proposal.taxes.all()}
        was = [contents.tax_content(tax) for tax in known.values()]
        kept: list[Tax] = []
        for position, content in enumerate(taxes):
            given = dict(content)
            key = str(given.pop("id", "") or "")
            if key and (key not in known or known[key] in kept):
                detail = f"There is no {'second ' if key in known else ''}tax “{values.shown(key)}” in this proposal."
                raise values.refuse(f"taxes/{position}/id", "unknown_tax", detail)
            tax = known.get(key) or Tax(proposal=change.proposal, position=position)
            fields = values.parse_all(
                TAX_EDITS, given if key else {"label": "", "rate": "", **given}, within=f"taxes/{position}/"
            )
            for name, value in {**fields, "position": position}.items():
                setattr(tax, name, value)
            require_legal_ground(tax, f"taxes/{position}/note")
            tax.save()
            kept.append(tax)
            if not key:
                _put_on_untaxed_lines(change, tax)
        for tax in known.values():
            if tax.id not in {row.id for row in kept}:
                tax.delete()
        now = [contents.tax_content(tax) for tax in kept]
        if was != now:
            change.record("taxes.changed", was=was, now=now, **money_told(change.price(), why))
        return kept


def usual_taxes(proposal: Proposal) -> list[Tax]:
    """The taxes that a new line gets unless others are named."""
    standard = [tax for tax in proposal.taxes.all() if tax.category == Tax.Category.STANDARD]
    return standard[:1] if proposal.price_basis == Proposal.PriceBasis.INCLUSIVE else standard


def named_taxes(change: Change, keys: Any) -> list[Tax]:
    known = {str(tax.id): tax for tax in change.proposal.taxes.all()}
    if keys is None:
        return usual_taxes(change.proposal)
    if not isinstance(keys, list):
        raise values.refuse("taxes", "unknown_tax", "Taxes are a list of ids of the proposal’s taxes.")
    unknown = [str(key) for key in keys if str(key) not in known]
    if unknown:
        raise values.refuse("taxes", "unknown_tax", f"There is no tax “{unknown[0]}” in this proposal.")
    return [known[str(key)] for key in keys]


def _put_on_untaxed_lines(change: Change, tax: Tax) -> None:
    if tax.category != Tax.Category.STANDARD:
        return
    for line in LineItem.objects.filter(section__proposal=change.proposal, taxes__isnull=True):
        line.taxes.add(tax)


def labels(taxes: Iterable[Tax]) -> str:
    """The names of taxes in their order."""
    return ", ".join(tax.label for tax in sorted(taxes, key=lambda tax: (tax.position, tax.id)))
