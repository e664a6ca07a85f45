"""Two states of a text compared block by block and word by word, with who added and who took out what.

The comparing is `difflib`'s. Who it was follows from the hands of the letters (`proposals.text.Hand`): what was added
is whose letters are new, what is gone is whose deletion took its letters.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple

from proposals.documents.written import Block, Marks, Word
from proposals.text import Writer

SAME, NEW, GONE = "same", "new", "gone"
PILCROW: Final = "¶"
"""Stands where two blocks were made one, or one two."""

_MOST_COMPARED_COUNT: Final = 1500
"""Longer runs of changed words are compared block by block: comparing is quadratic at worst."""

_ALIKE: Final = 0.3
"""The share of words that two blocks must have in common to be one block that changed."""

Writers = tuple[Writer, ...]


@dataclass
class Run:
    """Words that are the same, new or gone, and who added them or took them out."""

    how: str
    text: str
    marks: Marks = ()
    who: Writers = ()


@dataclass
class ChangedBlock:
    """A block with its runs. `how` says whether the block itself is new or gone."""

    kind: str
    label: str
    depth: int
    how: str = SAME
    runs: list[Run] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Whether anything in it differs."""
        return self.how != SAME or any(run.how != SAME for run in self.runs)


@dataclass(frozen=True)
class WordChanges:
    """A compared text: its blocks, and how many words each writer added and took out."""

    blocks: tuple[ChangedBlock, ...]
    added_count: "Counter[Writer]"
    removed_count: "Counter[Writer]"

    @property
    def is_changed(self) -> bool:
        """Whether the two differ at all."""
        return any(block.is_changed for block in self.blocks)


class _Step(NamedTuple):
    """A word or the beginning of a block (`word` is None) on the way from before to after."""

    how: str
    block: Block
    word: Word | None
    who: Writers = ()


def word_changes(before: Sequence[Block], after: Sequence[Block], *, written: bool = False) -> WordChanges:
    """Compare two lists of blocks.

    With `written`, words are told with whoever wrote them, not with who added or took them out.
    """
    steps: list[_Step] = []
    matcher = SequenceMatcher(None, [each.key for each in before], [each.key for each in after], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            steps += _tokens(after[c:d], SAME)
        else:
            steps += _replaced(before[a:b], after[c:d])
    if written:
        steps = [step._replace(who=_writers(step)) for step in steps]
    added: Counter[Writer] = Counter()
    removed: Counter[Writer] = Counter()
    for step in steps:
        if step.word is not None and step.how != SAME:
            (added if step.how == NEW else removed).update(step.who[:1])
    return WordChanges(tuple(_shown(steps)), added, removed)


def _replaced(before: Sequence[Block], after: Sequence[Block]) -> list[_Step]:
    """The steps from some blocks to those that stand in their place."""
    size = sum(len(block.words) + 1 for block in (*before, *after))
    pairs = list(zip(before, after, strict=False))
    one_by_one = len(before) == len(after) > 1 and all(_are_alike(*pair) for pair in pairs)
    if not one_by_one and (size <= _MOST_COMPARED_COUNT or not pairs):
        return _compared(before, after)
    steps: list[_Step] = []
    if len(pairs) == 1 and size > _MOST_COMPARED_COUNT:
        return _told(_tokens(before, GONE)) + _told(_tokens(after, NEW))
    for old, new in pairs:
        steps += _replaced([old], [new])
    return steps + _told(_tokens(before[len(pairs) :], GONE)) + _told(_tokens(after[len(pairs) :], NEW))


def _are_alike(old: Block, new: Block) -> bool:
    words = [
        Counter("".join(piece.text for piece in word.pieces).strip() for word in block.words) for block in (old, new)
    ]
    most = max(words[0].total(), words[1].total())
    return most == 0 or (words[0] & words[1]).total() >= _ALIKE * most


def _compared(before: Sequence[Block], after: Sequence[Block]) -> list[_Step]:
    old, new = _tokens(before, GONE), _tokens(after, NEW)
    steps: list[_Step] = []
    for tag, a, b, c, d in SequenceMatcher(
        None, [_key(step) for step in old], [_key(step) for step in new], autojunk=False
    ).get_opcodes():
        if tag == "equal":
            steps += [step._replace(how=SAME) for step in new[c:d]]
        else:
            steps += _with_somebody(_told(old[a:b]), _told(new[c:d]))
    return steps


def _with_somebody(gone: list[_Step], new: list[_Step]) -> list[_Step]:
    """Words that replace each other: who is not known of one side follows from the other.

    “days” made “day” has no letter that is new, and “day” made “days” none that was deleted.
    """
    those = tuple(dict.fromkeys(writer for step in (*new, *gone) for writer in step.who))
    return [step if step.who or step.word is None else step._replace(who=those) for step in (*gone, *new)]


def _tokens(blocks: Iterable[Block], how: str) -> list[_Step]:
    steps = []
    for block in blocks:
        steps.append(_Step(how, block, None))
        steps += [_Step(how, block, word) for word in block.words]
    return steps


def _told(steps: Iterable[_Step]) -> list[_Step]:
    """The steps with who it was: asked only of words that are new or gone."""
    return [step if step.word is None else step._replace(who=_who(step.word, step.how)) for step in steps]


def _who(word: Word, how: str) -> Writers:
    """Who added a new word, or took out one that is gone."""
    if how == GONE:
        return tuple(dict.fromkeys(hand.struck for hand in word.hands if hand.struck is not None))
    return tuple(dict.fromkeys(hand.wrote for hand in word.hands if hand.is_new)) if how == NEW else ()


def _writers(step: _Step) -> Writers:
    """Whoever wrote a word that is new or gone."""
    if step.word is None or step.how == SAME:
        return ()
    return tuple(dict.fromkeys(hand.wrote for hand in step.word.hands))


def _key(step: _Step) -> Any:
    return step.block.shape if step.word is None else step.word.key


def _shown(steps: Sequence[_Step]) -> Iterator[ChangedBlock]:
    """The steps as blocks to show. A break between blocks that is gone is a mark in the one that stands."""
    current: ChangedBlock | None = None
    for place, step in enumerate(steps):
        if step.word is None:
            stays = _hows(steps, place) - {step.how}
            if step.how == GONE and stays and current is not None:
                current.runs.append(Run(GONE, PILCROW))
                continue
            if current is not None:
                yield current
            is_cut = step.how != SAME and bool(stays)
            current = ChangedBlock(step.block.kind, step.block.label, step.block.depth, SAME if is_cut else step.how)
            if is_cut and step.how == NEW:
                current.runs.append(Run(NEW, PILCROW))
        elif current is not None:
            _add(current.runs, step)
    if current is not None:
        yield current


def _hows(steps: Sequence[_Step], place: int) -> set[str]:
    """What becomes of the words up to the next beginning of a block."""
    found = set()
    for step in steps[place + 1 :]:
        if step.word is None:
            break
        found.add(step.how)
    return found


def _add(runs: list[Run], step: _Step) -> None:
    assert step.word is not None
    for text, marks, _ in step.word.pieces:
        last = runs[-1] if runs else None
        if last is not None and (last.how, last.marks, last.who) == (step.how, marks, step.who):
            last.text += text
        else:
            runs.append(Run(step.how, text, marks, step.who))
