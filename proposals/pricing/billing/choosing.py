"""A short guide to choosing among the billing models, by what the work is like."""

from __future__ import annotations

from typing import Final, NamedTuple


class Pointer(NamedTuple):
    """A model by its key, and what is said of it there."""

    key: str
    text: str


class Situation(NamedTuple):
    """What the work is like, what to look at first, and what to be careful with."""

    text: str
    look_at: tuple[Pointer, ...]
    careful_with: tuple[Pointer, ...]


_TM, _FIXED = Pointer("tm", "Time and materials"), Pointer("fixed", "Fixed fee")

SITUATIONS: Final = (
    Situation(
        "Nobody can describe the result yet",
        (_TM, Pointer("hybrid", "Hybrid with a small fixed discovery")),
        (_FIXED,),
    ),
    Situation("The result is clear and can be tested", (_FIXED, Pointer("milestone", "Milestones")), (_TM,)),
    Situation(
        "A limit of the budget matters most",
        (Pointer("tm_cap", "Time and materials with a limit"), _FIXED),
        (Pointer("blended", "Blended rate"), Pointer("cost_plus", "Cost-plus")),
    ),
    Situation(
        "The need is steady",
        (Pointer("retainer", "Retainer"), Pointer("subscription", "Subscription")),
        (Pointer("fixed", "Fixed fee per job"),),
    ),
    Situation(
        "The value is large and can be measured",
        (Pointer("value_based", "Value-based fee"), Pointer("holdback", "Holdback")),
        (Pointer("tm", "Hourly billing"),),
    ),
    Situation(
        "The client is short of cash, the outcome yes or no",
        (Pointer("contingency", "Contingency fee"),),
        (Pointer("retainer", "Retainer"),),
    ),
    Situation(
        "Both can influence cost and open their books",
        (Pointer("target_cost", "Target cost"),),
        (Pointer("cost_plus", "Cost-plus, percentage"),),
    ),
    Situation("Many units that are alike", (Pointer("unit_tiered", "Tiered prices"),), (_TM,)),
)
"""In the order in which they are shown."""
