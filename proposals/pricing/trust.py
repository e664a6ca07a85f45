"""The trust equation: (credibility + reliability + intimacy) by self-orientation (pricing-spec 14)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from .errors import PricingError
from .money import require_finite, rounded_text
from .reading import JsonObject, optional_number_at

COMPONENTS: Final = ("credibility", "reliability", "intimacy", "self_orientation")
"""What is asked, each answered with a whole number from 1 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnswers:
    """Four answers, ``None`` where there is none. Anything but a whole number from 1 to 10: ``score_out_of_range``."""

    credibility: Decimal | None = None
    reliability: Decimal | None = None
    intimacy: Decimal | None = None
    self_orientation: Decimal | None = None

    def __post_init__(self) -> None:
        for component in COMPONENTS:
            score: Decimal | None = getattr(self, component)
            if score is None:
                continue
            require_finite(score, component)
            if not 1 <= score <= 10 or score != score.to_integral_value():
                raise PricingError(
                    "score_out_of_range",
                    f"{score:f} is not a score. Give a whole number from 1 to 10.",
                    field=component,
                )

    @property
    def score(self) -> Fraction | None:
        """The exact score; ``None`` while an answer is missing, never 0."""
        credibility, reliability, intimacy, self_orientation = (getattr(self, name) for name in COMPONENTS)
        if None in (credibility, reliability, intimacy, self_orientation):
            return None
        return Fraction(credibility + reliability + intimacy) / Fraction(self_orientation)

    def as_dict(self) -> dict[str, str | None]:
        """``score``, with ``reason`` when there is none."""
        score = self.score
        return {"score": None, "reason": "incomplete"} if score is None else {"score": rounded_text(score, 2)}


def answer(given: JsonObject) -> dict[str, Any]:
    """``trust``: ``credibility, reliability, intimacy, self_orientation`` -> ``score``."""
    return TrustAnswers(**{component: optional_number_at(given, component) for component in COMPONENTS}).as_dict()
