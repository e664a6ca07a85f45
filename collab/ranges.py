"""Sets of clocks, kept as half-open ranges: which of a Yjs client's items are there, which are deleted."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Range(NamedTuple):
    """The clocks from `start` up to, but not including, `end`."""

    start: int
    end: int


class RangeSet:
    """A set of whole numbers as sorted ranges that neither overlap nor touch."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for each in ranges:
            self.add(each)

    def __iter__(self) -> Iterator[Range]:
        return map(Range, self._starts, self._ends)

    def __len__(self) -> int:
        """How many separate ranges there are."""
        return len(self._starts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RangeSet) and self._starts == other._starts and self._ends == other._ends

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"RangeSet({list(self)})"

    def __contains__(self, number: int) -> bool:
        before = bisect_right(self._starts, number) - 1
        return before >= 0 and number < self._ends[before]

    def add(self, added: Range) -> None:
        """Take a range in, joining it with those it overlaps or touches."""
        start, end = added
        if start >= end:
            return
        first = bisect_left(self._ends, start)
        last = bisect_right(self._starts, end)
        if first < last:
            start = min(start, self._starts[first])
            end = max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def missing_from(self, wanted: Range) -> list[Range]:
        """The parts of `wanted` that are not in this set."""
        missing = []
        position = wanted.start
        for index in range(bisect_right(self._ends, wanted.start), len(self._starts)):
            start, end = self._starts[index], self._ends[index]
            if start >= wanted.end:
                break
            if start > position:
                missing.append(Range(position, start))
            position = max(position, end)
        if position < wanted.end:
            missing.append(Range(position, wanted.end))
        return missing
