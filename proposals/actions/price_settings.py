"""The seller's verb for what holds for the whole price: currency, basis, rounding, dates."""

from collections.abc import Mapping
from typing import Any

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import changing, check_version, money_told
from proposals.actions.price_fields import SETTINGS_EDITS
from proposals.models import Proposal


def edit_price_settings(
    *,
    by: Actor,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    why: str = "",
    undoes: int | None = None,
) -> Proposal:
    """Change currency, price basis, tax rounding, price date or hours per day."""
    with changing(by, "price") as change:
        check_version(change.proposal.version, expected_version, "proposal")
        parsed = values.parse_all(SETTINGS_EDITS, changes)
        if parsed.get("price_date", change.proposal.price_date) is None:
            raise values.refuse("price_date", "required", "The price date can’t be empty.")
        differing = {name: value for name, value in parsed.items() if getattr(change.proposal, name) != value}
        if differing:
            facts = [values.fact(change.proposal, name, value) for name, value in differing.items()]
            for name, value in differing.items():
                setattr(change.proposal, name, value)
            change.proposal.save(update_fields=list(differing))
            change.record("pricing.changed", changes=facts, **money_told(change.price(), why, undoes))
        return change.proposal
