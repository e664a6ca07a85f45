"""In which order a revision is signed: by slot, and in words.

The order is one of the terms of the whole: nothing is said of it where people sign in any order; else which side signs
first (`client_first`, `seller_first`), or whose turn it is each time, as sides joined by commas
(`client,seller,client`). Each time the next signatory of that side signs, as the side has put its own people in order;
whoever is left then signs at the end, the client's people first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")

MOST_TURNS_COUNT = 40


def turns_in(order: str) -> list[str]:
    """The sides whose turn it is, one after the other; empty where the order names none by one."""
    return order.split(",") if "," in order else []


def arranged(order: str, rows: Iterable[Row], side_of: Callable[[Row], str]) -> list[Row]:
    """Rows of signatories, each side's in its own order, in the order in which they sign."""
    waiting: dict[str, list[Row]] = {"client": [], "seller": []}
    for row in rows:
        waiting[side_of(row)].append(row)
    if order == "seller_first":
        return [*waiting["seller"], *waiting["client"]]
    taken = [waiting[side].pop(0) for side in turns_in(order) if waiting[side]]
    return [*taken, *waiting["client"], *waiting["seller"]]


def turns_of(snapshot: Mapping[str, Any]) -> dict[str, int]:
    """When each slot is signed, from 1; nothing where they sign in any order."""
    return {slot["slot"]: position for position, slot in enumerate(_in_order(snapshot), start=1)}


def order_in_words(snapshot: Mapping[str, Any]) -> str:
    """Which party signs when, for the page of signatures; "" where they sign in any order."""
    parties = snapshot["parties"]
    order = snapshot["proposal"].get("signing_order", "")
    if not order:
        return ""
    if turns_in(order):
        names = [parties[slot["side"]]["name"] for slot in _in_order(snapshot)]
    else:
        first, second = ("client", "seller") if order == "client_first" else ("seller", "client")
        names = [f"{parties[first]['name']} first", parties[second]["name"]]
    return f"They sign in this order: {', then '.join(names)}."


def words_for(order: str) -> str:
    """“in any order”, “in order, the client first”, “in turns: client, seller, client”."""
    turns = turns_in(order)
    if turns:
        return f"in turns: {', '.join(turns)}"
    return {
        "client_first": "in order, the client first",
        "seller_first": "in order, the seller first",
    }.get(order, "in any order")


def ordinal_number(number: int) -> str:
    """“1st”, “2nd”, “11th”."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"


def _in_order(snapshot: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    order = snapshot["proposal"].get("signing_order", "")
    return arranged(order, snapshot["signature_slots"], lambda slot: str(slot["side"])) if order else []
