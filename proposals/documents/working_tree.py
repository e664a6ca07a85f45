"""A working as a tree that can be read on a page: the amount asked for, under it what it was made of, and so on."""

from dataclasses import dataclass
from typing import Final

from proposals.documents.working_words import StepWords, WorkingWords

DEEPEST: Final = 3
"""How many levels under an amount are shown at once; what lies deeper has a page of its own."""

MOST_AT_ONCE: Final = 120
"""How many steps one page shows; further ones are links."""


@dataclass(frozen=True)
class Branch:
    """A step with what it was made of. `name` leaves out what the step above belongs to as well.

    `elsewhere` means that it is not unfolded here: its key leads there.
    """

    words: StepWords
    name: str
    branches: tuple["Branch", ...] = ()
    elsewhere: bool = False


class TreeMaker:
    """Unfolds an amount, breadth before depth, each step once."""

    def __init__(self, words: WorkingWords) -> None:
        self._words = words
        self._shown: set[str] = set()

    def tree(self, key: str) -> Branch:
        """The amount with its branches. Raises PricingError with `unknown_amount`."""
        root = self._words.working.step(key).key
        unfolded = self._chosen(root)
        return self._branch(root, unfolded, "")

    def _chosen(self, root: str) -> dict[str, tuple[str, ...]]:
        """Which steps are unfolded, with the keys of what they are made of."""
        steps = self._words.working.steps
        unfolded: dict[str, tuple[str, ...]] = {}
        level, shown_count = [root], 1
        for _ in range(DEEPEST):
            further: list[str] = []
            for key in level:
                made_of = tuple(dict.fromkeys(each.of for each in steps[key].inputs if each.of))
                if key in unfolded or (key != root and shown_count + len(made_of) > MOST_AT_ONCE):
                    continue
                unfolded[key] = made_of
                shown_count += len(made_of)
                further += made_of
            level = further
        return unfolded

    def _branch(self, key: str, unfolded: dict[str, tuple[str, ...]], owner: str) -> Branch:
        words = self._words.words(key)
        name = words.short_name if words.owner == owner else words.name
        if key in unfolded and key not in self._shown:
            self._shown.add(key)
            branches = tuple(self._branch(each, unfolded, words.owner) for each in unfolded[key])
            return Branch(words, name, branches)
        has_more = any(each.of for each in self._words.working.steps[key].inputs)
        return Branch(words, name, elsewhere=has_more)
