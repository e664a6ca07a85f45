"""In which order a revision is signed, from its content alone: by slot, and in words."""

from collections.abc import Mapping
from typing import Any


def turns_of(snapshot: Mapping[str, Any]) -> dict[str, int]:
    """When each slot is signed, from 1; nothing where they sign in any order."""
    order = snapshot["proposal"].get("signing_order", "")
    if not order:
        return {}
    slots = sorted(snapshot["signature_slots"], key=lambda slot: f"{slot['side']}_first" != order)
    return {slot["slot"]: position for position, slot in enumerate(slots, start=1)}


def order_in_words(snapshot: Mapping[str, Any]) -> str:
    """Which party signs first, for the page of signatures; "" where they sign in any order."""
    order = snapshot["proposal"].get("signing_order", "")
    if not order:
        return ""
    first, second = ("client", "seller") if order == "client_first" else ("seller", "client")
    parties = snapshot["parties"]
    return f"They sign in this order: {parties[first]['name']} first, then {parties[second]['name']}."


def ordinal_number(number: int) -> str:
    """“1st”, “2nd”, “11th”."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"
