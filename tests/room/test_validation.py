"""What an update may say, whatever document it is for."""

import pytest

from collab.ranges import Range, RangeSet
from collab.validation import (
    Content,
    Id,
    InvalidUpdate,
    Struct,
    mark_name,
    parse_state_vector,
    parse_update,
)
from tests.room import hostile, yjs
from tests.room.yjs import ROOT, after, element, in_root, letters, update

ROOTS = {ROOT}


def parse(content: bytes):
    return parse_update(content, roots=ROOTS)


INVALID = hostile.invalid_updates(ROOT)


def test_a_paragraph_with_text():
    shape = parse(yjs.paragraph(7, "a😀b"))
    assert shape.structs == (
        Struct(Content.TYPE, 7, 0, 1, parent=ROOT, name="paragraph", offset=4),
        Struct(Content.TYPE, 7, 1, 1, parent=Id(7, 0), name="#text", offset=27),
        Struct(Content.STRING, 7, 2, 4, parent=Id(7, 1), value="a😀b", pairs=(4,), offset=32),
    )
    assert shape.inserted == {7: Range(0, 6)}
    assert shape.deleted == {}
    assert shape.roots == {ROOT}
    assert not shape.has_gap


def test_deletions_and_neighbours():
    content = update((9, 4, [letters("x", yjs.between((7, 2), (8, 5)))]), deleted={7: [(2, 1), (5, 2)], 8: [(0, 1)]})
    shape = parse(content)
    assert shape.structs == (Struct(Content.STRING, 9, 4, 1, left=Id(7, 2), right=Id(8, 5), value="x", offset=4),)
    assert shape.deleted == {7: RangeSet([Range(2, 3), Range(5, 7)]), 8: RangeSet([Range(0, 1)])}
    assert content[shape.structs_end :] == b"\x02\x07\x02\x02\x01\x05\x02\x08\x01\x00\x01"


def test_what_the_editor_wrote_is_accepted():
    accepted = [
        parse_update(bytes.fromhex(each["update"]), roots={session["root"]})
        for session in yjs.recorded_sessions()
        for each in session["updates"]
    ]
    kinds = {struct.content for shape in accepted for struct in shape.structs}
    assert kinds == set(Content) - {Content.SKIP}
    assert len(accepted) == 488


def test_a_hole_is_noted():
    content = update((7, 0, [element("paragraph", in_root()), yjs.skip(3), letters("x", after(7, 1))]))
    assert parse(content).has_gap
    assert parse(content).inserted == {7: Range(0, 5)}


@pytest.mark.parametrize(
    ("key", "name"),
    [("bold", "bold"), ("comment--aB3/x=9+", "comment"), ("comment--short", "comment--short"), ("--abcdefgh", "")],
)
def test_mark_names(key, name):
    assert mark_name(key) == name


@pytest.mark.parametrize("content", INVALID.values(), ids=INVALID.keys())
def test_everything_else_is_refused(content):
    with pytest.raises(InvalidUpdate):
        parse(content)


def test_too_much_at_once_is_refused():
    with pytest.raises(InvalidUpdate):
        parse(update((7, 0, [yjs.garbage(1)] * 100_001)))
    with pytest.raises(InvalidUpdate):
        parse(update(deleted={7: [(2 * clock, 1) for clock in range(100_001)]}))


def test_state_vectors():
    assert parse_state_vector(b"\x00") == {}
    assert parse_state_vector(b"\x02\x07\x05\x09\xac\x02") == {7: 5, 9: 300}


@pytest.mark.parametrize(
    "state_vector", [b"", b"\x01\x07", b"\x00\x00", b"\xff\xff\xff\xff\x0f", b"\x01\x07\xff\xff\xff\xff\x0f"]
)
def test_bad_state_vectors_are_refused(state_vector):
    with pytest.raises(InvalidUpdate):
        parse_state_vector(state_vector)
