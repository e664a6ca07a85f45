"""Alternatives: groups of which the client takes exactly one option (pricing-spec 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod


@dataclass(frozen=True, slots=True)
class Alternative:
    """The place of a line in a choice: of each ``group`` exactly one ``option`` is taken, with all its lines."""

    group: str
    option: str


def options_by_group(alternatives: Iterable[Alternative]) -> dict[str, tuple[str, ...]]:
    """The options of every group, groups and options in the order in which they first appear."""
    groups: dict[str, dict[str, None]] = {}
    for alternative in alternatives:
        groups.setdefault(alternative.group, {})[alternative.option] = None
    return {group: tuple(options) for group, options in groups.items()}


def combination_count(undecided: Mapping[str, tuple[str, ...]]) -> int:
    """How many ways there are to take one option of each undecided group."""
    return prod(len(options) for options in undecided.values())


def completions(undecided: Mapping[str, tuple[str, ...]], choices: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The choices made so far, completed in every possible way."""
    for combination in product(*undecided.values()):
        yield {**choices, **dict(zip(undecided, combination, strict=True))}
