"""What the seller left to the client stays the client's, once both see the proposal.

The seller may take the right back, which is a change of the line for both to see, but not use it: a quantity within
its limits, and the option that was chosen of several, are changed by the client, or by a counter-offer that the client
accepts.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from proposals.actions import values
from proposals.documents.contents import quantity_field
from proposals.documents.targets import within_limits
from proposals.models import LineItem, Proposal
from proposals.models.fields import plain


def require_left_alone(proposal: Proposal, line: LineItem, changes: Mapping[str, Any]) -> None:
    """Refuse changes of a line that would set what the client sets. `changes` are parsed and differ from the line."""
    if proposal.is_common:
        _require_quantity(line, changes)
        _require_choice(proposal, line, changes)


def _require_quantity(line: LineItem, changes: Mapping[str, Any]) -> None:
    name = quantity_field(line.kind, line.quantity)
    standing: Decimal | None = getattr(line, name) if name else None
    if not line.client_may_change_quantity or standing is None or not within_limits(line, standing):
        return

    def then(field: str) -> Any:
        return changes.get(field, getattr(line, field))

    if quantity_field(then("kind"), then("quantity")) != name or then(name) != standing:
        detail = (
            f"The quantity of “{line.title}”, {plain(standing)}, is the client’s to set. Propose another, or first "
            "take “The client may change the quantity” off the line, which the client will see."
        )
        raise values.refuse(next(field for field in (name, *changes) if field in changes), "not_allowed", detail)
    for field, words in (("quantity_min", "at least"), ("quantity_max", "at most")):
        limit = changes.get(field)
        if limit is not None and (standing < limit if field == "quantity_min" else standing > limit):
            detail = (
                f"“{plain(limit)}” would shut out the {plain(standing)} that stands for “{line.title}”, which the "
                f"client set. Choose {words} {plain(standing)}, or propose another quantity."
            )
            raise values.refuse(field, "out_of_limits", detail)


def _require_choice(proposal: Proposal, line: LineItem, changes: Mapping[str, Any]) -> None:
    if changes.keys().isdisjoint({"alternative_group", "alternative_option"}):
        return
    for group in dict.fromkeys((line.alternative_group, changes.get("alternative_group", line.alternative_group))):
        option = proposal.choices.get(group) if group else None
        if option:
            detail = (
                f"The client chose “{option}” for “{group}”, so what there is to choose stays as it is. Ask the client "
                "to leave it open; then it can be changed."
            )
            field = next(name for name in ("alternative_option", "alternative_group") if name in changes)
            raise values.refuse(field, "not_allowed", detail)
