"""Staffing: how many people of each tier a mix of work keeps busy (pricing-spec 11, Maister's Guru Associates)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .build_up import require_utilization
from .errors import PricingError
from .money import ceiling_text, require_finite, rounded_text
from .reading import JsonObject, each_object, number_at, optional_number_at, text_at


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingTier:
    """A tier: people per project, the share of their time on projects, and for one tier how many they are."""

    tier: str
    share_per_project: Decimal
    utilization_percent: Decimal
    headcount: Decimal | None = None

    def __post_init__(self) -> None:
        require_finite(self.share_per_project, "share_per_project")
        require_utilization(self.utilization_percent)
        needed = self.headcount is not None
        if self.share_per_project < 0 or (needed and self.share_per_project == 0):
            raise PricingError(
                "bad_number",
                f"A share of {self.share_per_project:f} per project is not possible here."
                f" Give {'more than 0, since the projects are counted from it' if needed else '0 or more'}.",
                field="share_per_project",
            )
        if self.headcount is not None:
            require_finite(self.headcount, "headcount")
            if self.headcount < 0:
                raise PricingError(
                    "bad_headcount", f"{self.headcount:f} people are not possible. Give 0 or more.", field="headcount"
                )

    @property
    def utilization(self) -> Fraction:
        """The share of time as a number up to 1."""
        return Fraction(self.utilization_percent) / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """The tiers of a firm. The one with a headcount is the anchor that the others follow from."""

    tiers: tuple[StaffingTier, ...]

    def __post_init__(self) -> None:
        anchors = sum(tier.headcount is not None for tier in self.tiers)
        if anchors != 1:
            raise PricingError(
                "one_anchor_required",
                f"{anchors} tiers have a headcount. Give it for exactly one; the others are calculated from it.",
                field="tiers",
            )

    @property
    def projects(self) -> Fraction:
        """How many projects run at once: the working time of the anchor by its share in each."""
        anchor = next(tier for tier in self.tiers if tier.headcount is not None)
        return Fraction(anchor.headcount or 0) * anchor.utilization / Fraction(anchor.share_per_project)

    def as_dict(self) -> dict[str, Any]:
        """``projects, tiers[{tier, fte, headcount, headcount_whole}]``; people are FTE divided by utilization."""
        projects = self.projects
        tiers = []
        for tier in self.tiers:
            full_time = projects * Fraction(tier.share_per_project)
            headcount = full_time / tier.utilization
            tiers.append(
                {
                    "tier": tier.tier,
                    "fte": rounded_text(full_time, 2),
                    "headcount": rounded_text(headcount, 2),
                    "headcount_whole": ceiling_text(headcount),
                }
            )
        return {"projects": rounded_text(projects, 2), "tiers": tiers}


def _read_tier(given: JsonObject) -> StaffingTier:
    return StaffingTier(
        tier=text_at(given, "tier"),
        share_per_project=number_at(given, "share_per_project"),
        utilization_percent=number_at(given, "utilization_percent"),
        headcount=optional_number_at(given, "headcount"),
    )


def answer(given: JsonObject) -> dict[str, Any]:
    """``staffing``: ``tiers[{tier, share_per_project, utilization_percent, headcount?}]`` -> ``projects, tiers``."""
    return Staffing(tiers=each_object(given, "tiers", _read_tier)).as_dict()
