"""Sets of clocks, compared with Python's own sets."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collab.ranges import Range, RangeSet

ranges = st.builds(lambda start, length: Range(start, start + length), st.integers(0, 60), st.integers(0, 12))


def members(parts) -> set[int]:
    return {number for start, end in parts for number in range(start, end)}


@given(st.lists(ranges, max_size=25), ranges)
def test_a_range_set_is_a_set(added, wanted):
    held = RangeSet(added)
    expected = members(added)
    assert members(held) == expected
    assert all((number in held) == (number in expected) for number in range(80))
    assert members(held.missing_from(wanted)) == members([wanted]) - expected


@given(st.lists(ranges, max_size=25))
def test_ranges_neither_overlap_nor_touch(added):
    held = list(RangeSet(added))
    assert held == sorted(held)
    assert all(first.end < second.start for first, second in pairwise(held))
    assert RangeSet(reversed(added)) == RangeSet(added)


def test_nothing_is_missing_from_what_is_there():
    held = RangeSet([Range(3, 9)])
    assert held.missing_from(Range(4, 9)) == []
    assert held.missing_from(Range(0, 12)) == [Range(0, 3), Range(9, 12)]
