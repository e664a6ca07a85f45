"""From a few questions about the work to one to three billing models, each with the reason (billing-models, Choosing).

The answers point, they do not decide: every model stays open to choose, and what speaks against one is said as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SUGGESTED_COUNT: Final = 3
"""How many models are suggested at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the models it points to, the first one most, and those to be careful with; both with the reason."""

    key: str
    text: str
    points_to: tuple[str, ...] = ()
    because: str = ""
    careful: tuple[str, ...] = ()
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the work, with its answers."""

    key: str
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A model to look at first: its key, why, and what to be careful about."""

    model: str
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]


QUESTIONS: Final = (
    Question(
        "result",
        "Can you both describe the result today?",
        (
            Answer(
                "testable",
                "Yes, and say how to test it",
                ("fixed", "milestone"),
                "The result is clear and can be tested, so it can have a price of its own.",
                ("tm",),
                "Work that can be priced needs no watching of hours.",
            ),
            Answer(
                "partly",
                "Part of it",
                ("hybrid", "tm_cap"),
                "What is clear can have a price, and the rest is paid by the hour.",
                ("fixed",),
                "A fixed price for what nobody can describe yet is a bet for one of you.",
            ),
            Answer(
                "open",
                "Not yet",
                ("tm", "hybrid"),
                "Nobody can describe the result yet, so nobody can price it.",
                ("fixed", "milestone"),
                "A fixed price for what nobody can describe yet is a bet for one of you.",
            ),
        ),
    ),
    Question(
        "budget",
        "Is there a budget that must not be passed?",
        (
            Answer(
                "limit",
                "Yes, the limit matters most",
                ("tm_cap", "fixed"),
                "The limit on the budget becomes a limit of the price.",
                ("tm", "blended", "cost_plus"),
                "It has no upper limit of its own.",
            ),
            Answer("room", "There is room if it is worth it"),
        ),
    ),
    Question(
        "need",
        "How does the need come?",
        (
            Answer("once", "Once, as a project"),
            Answer(
                "steady",
                "Steadily, month by month",
                ("retainer", "subscription"),
                "A steady need is served and planned best by the period.",
                ("fixed",),
                "A price for each job makes a steady need dear and slow.",
            ),
            Answer(
                "units",
                "As many alike units",
                ("unit_tiered",),
                "Units that are alike can be counted by both and cost less in number.",
                ("tm",),
                "Hours hide what a unit costs.",
            ),
        ),
    ),
    Question(
        "value",
        "What will it be worth, and will you see it?",
        (
            Answer(
                "measurable",
                "Much, and both can measure it",
                ("value_based", "holdback"),
                "The value is large and can be measured, so the fee can follow it.",
                ("tm", "tm_cap"),
                "Paid by the hour, nobody gains from a larger result.",
            ),
            Answer(
                "binary",
                "All or nothing, and money is short until then",
                ("contingency",),
                "The outcome is plain, and the client pays when there is something to pay with.",
                ("retainer",),
                "It costs the same when nothing comes of it.",
            ),
            Answer("unsure", "Hard to say"),
        ),
    ),
    Question(
        "cost",
        "Could both of you bring the cost down, with the books open?",
        (
            Answer(
                "both",
                "Yes",
                ("target_cost",),
                "Both can influence the cost and see it, so both can share what is saved.",
                ("cost_plus",),
                "With a percentage on cost the seller earns more when more is spent.",
            ),
            Answer("no", "No, or not worth the paperwork"),
        ),
    ),
)
"""In the order in which they are asked."""

FIRST_POINTS: Final = 3
NEXT_POINTS: Final = 2
CAREFUL_POINTS: Final = -2


def suggested(answers: Mapping[str, str]) -> tuple[Suggestion, ...]:
    """One to three models for the answers (question's key to answer's key), the best first; none without answers.

    Unknown answers count as not given.
    """
    points: dict[str, int] = {}
    reasons: dict[str, list[str]] = {}
    cautions: dict[str, list[str]] = {}
    for answer in _given(answers):
        for place, model in enumerate(answer.points_to):
            points[model] = points.get(model, 0) + (FIRST_POINTS if place == 0 else NEXT_POINTS)
            reasons.setdefault(model, []).append(answer.because)
        for model in answer.careful:
            points[model] = points.get(model, 0) + CAREFUL_POINTS
            cautions.setdefault(model, []).append(answer.caution)
    best = sorted((model for model in reasons if points[model] > 0), key=lambda model: -points[model])
    return tuple(
        Suggestion(model, tuple(reasons[model]), tuple(cautions.get(model, ()))) for model in best[:SUGGESTED_COUNT]
    )


def _given(answers: Mapping[str, str]) -> tuple[Answer, ...]:
    return tuple(
        answer for question in QUESTIONS for answer in question.answers if answers.get(question.key) == answer.key
    )
