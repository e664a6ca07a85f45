"""The seller's verb for the proposal's rate card."""

from collections.abc import Mapping
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import Change, changing, money_told
from proposals.actions.price_fields import RATE_EDITS
from proposals.documents import contents
from proposals.models import Rate

RATES_COUNT = 500
"""How many roles a rate card may have."""


def set_rate_card(*, by: Actor, rates: list[Mapping[str, Any]], why: str = "", undoes: int | None = None) -> list[Rate]:
    """Replace the proposal's rate card. A line whose role would have no rate left is named and nothing changes."""
    values.require_few("rates", rates, RATES_COUNT)
    with changing(by, "price") as change:
        was = [contents.rate_content(rate) for rate in change.proposal.rates.all()]
        change.proposal.rates.all().delete()
        rows = []
        for position, content in enumerate(rates):
            fields = values.parse_all(
                RATE_EDITS, {"role": "", "rate": "", "unit": "", **content}, within=f"rates/{position}/"
            )
            fields["valid_from"] = fields.get("valid_from") or change.proposal.price_date
            rate = Rate(proposal=change.proposal, position=position, **fields)
            rate.save(force_insert=True)
            rows.append(rate)
        now = [contents.rate_content(rate) for rate in rows]
        if was != now:
            change.record("rate_card.changed", was=was, now=now, **money_told(change.price(), why, undoes))
        return rows


def add_rate(change: Change, content: Mapping[str, Any]) -> None:
    """Put one more rate into the card. Raises Invalid for a role that is in there."""
    standing = list(change.proposal.rates.all())
    fields = values.parse_all(
        {**RATE_EDITS, "new_rate": values.number()},
        {"role": content.get("role", ""), "new_rate": content.get("rate", ""), "unit": content.get("unit", "")},
    )
    if any(entry.role == fields["role"] for entry in standing):
        detail = f"“{fields['role']}” has a rate in the card already. Leave the new rate empty, or use an own rate."
        raise values.refuse("new_rate", "has_rate", detail)
    values.require_few("rates", [*standing, content], RATES_COUNT)
    was = [contents.rate_content(entry) for entry in standing]
    made = Rate(
        proposal=change.proposal,
        position=len(standing),
        role=fields["role"],
        rate=fields["new_rate"],
        unit=fields["unit"],
        valid_from=change.proposal.price_date,
    )
    made.save(force_insert=True)
    now = [*was, contents.rate_content(made)]
    change.record("rate_card.changed", was=was, now=now, **money_told(change.price()))
