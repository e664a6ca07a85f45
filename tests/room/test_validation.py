"""What an update may say, whatever document it is for."""

import pytest

from collab.lib0 import encode_string, encode_varuint
from collab.ranges import Range, RangeSet
from collab.validation import (
    MAX_CLOCK,
    Content,
    Id,
    InvalidUpdate,
    Struct,
    mark_name,
    parse_state_vector,
    parse_update,
)
from tests.room import yjs
from tests.room.yjs import ROOT, after, attribute, element, in_node, in_root, letters, mark, update, xml_text

ROOTS = {ROOT}


def parse(content: bytes):
    return parse_update(content, roots=ROOTS)


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


TEXT = in_node(7, 1)

HOSTILE = {
    "nothing": b"",
    "cut off": yjs.paragraph(7, "hello")[:-3],
    "trailing byte": yjs.paragraph(7, "hello") + b"\x00",
    "client listed twice": update((7, 0, [letters("a", TEXT)]), (7, 1, [letters("b", TEXT)])),
    "client without structs": update((7, 0, [])),
    "more structs than bytes": b"\x01\xff\xff\x03\x07\x00",
    "absurd number of clients": encode_varuint(2**40),
    "unknown root": update((7, 0, [element("paragraph", in_root("section:b"))])),
    "root without section": update((7, 0, [element("paragraph", in_root("text"))])),
    "parent kind 2": update((7, 0, [yjs.struct(7, (0, b"\x02"), b"\x06")])),
    "empty letters": update((7, 0, [letters("", TEXT)])),
    "zero character": update((7, 0, [letters("a\x00", TEXT)])),
    "letters not UTF-8": update((7, 0, [yjs.struct(4, TEXT, b"\x02\xc3\x28")])),
    "half a surrogate pair": update((7, 0, [yjs.struct(4, TEXT, b"\x03\xed\xa0\x80")])),
    "empty garbage": update((7, 0, [yjs.garbage(0)])),
    "garbage with neighbours": update((7, 0, [b"\x80\x07\x00\x01"])),
    "empty tombstone": update((7, 0, [yjs.tombstone(0, TEXT)])),
    "empty deletion": update(deleted={7: [(0, 0)]}),
    "deletions that overlap": update(deleted={7: [(2, 2), (3, 3)]}),
    "deletions that touch": update(deleted={7: [(2, 2), (4, 1)]}),
    "deletions out of order": update(deleted={7: [(5, 2), (2, 1)]}),
    "deletions of one client listed twice": b"\x00\x02\x07\x01\x00\x01\x07\x01\x04\x01",
    "clock beyond 31 bits": update((7, MAX_CLOCK + 1, [letters("a", TEXT)])),
    "clocks that run beyond": update((7, MAX_CLOCK - 1, [letters("ab", TEXT)])),
    "garbage that runs beyond": update((7, 1, [yjs.garbage(MAX_CLOCK)])),
    "deletion beyond": update(deleted={7: [(5, MAX_CLOCK)]}),
    "neighbour beyond": update((7, 0, [letters("a", after(8, 2**32 + 1))])),
    "client beyond 53 bits": b"\x01\x01\xff\xff\xff\xff\xff\xff\xff\x1f\x00\x00\x05\x00",
    "JSON content": update((7, 0, [yjs.struct(2, TEXT, b"\x01" + encode_string("1"))])),
    "binary content": update((7, 0, [yjs.struct(3, TEXT, b"\x01a")])),
    "embedded object": update((7, 0, [yjs.struct(5, TEXT, encode_string("{}"))])),
    "subdocument": update((7, 0, [yjs.struct(9, TEXT, encode_string("guid") + b"\x7e")])),
    "move (Yrs only)": update((7, 0, [yjs.struct(11, TEXT, b"\x00\x07\x00")])),
    "shared array": update((7, 0, [yjs.struct(7, in_root(), b"\x00")])),
    "shared map": update((7, 0, [yjs.struct(7, in_root(), b"\x01")])),
    "fragment in a fragment": update((7, 0, [yjs.struct(7, in_root(), b"\x04")])),
    "hook": update((7, 0, [yjs.struct(7, in_root(), b"\x05" + encode_string("x"))])),
    "weak link (Yrs only)": update((7, 0, [yjs.struct(7, in_root(), b"\x07")])),
    "unknown node": update((7, 0, [element("table", in_root())])),
    "the document as a node": update((7, 0, [element("doc", in_root())])),
    "unknown mark": update((7, 0, [mark("underline", "{}", TEXT)])),
    "mark of no name": update((7, 0, [mark("--abcdefgh", "{}", TEXT)])),
    "mark that is not JSON": update((7, 0, [mark("bold", "{", TEXT)])),
    "mark with NaN": update((7, 0, [mark("link", '{"href":NaN}', TEXT)])),
    "mark with half a pair": update((7, 0, [mark("link", '{"href":"\\ud800"}', TEXT)])),
    "mark with unknown attribute": update((7, 0, [mark("bold", '{"onclick":"x"}', TEXT)])),
    "mark with a deep value": update((7, 0, [mark("link", '{"href":' + "[" * 3000 + "]" * 3000 + "}", TEXT)])),
    "link too long": update((7, 0, [mark("link", '{"href":"' + "x" * 2100 + '"}', TEXT)])),
    "attribute that is a list": update((7, 0, [attribute(b"\x75\x00", in_node(7, 0, key="level"))])),
    "attribute nested 100,000 deep": update(
        (7, 0, [attribute(b"\x75\x01" * 100_000 + b"\x7e", in_node(7, 0, key="level"))])
    ),
    "attribute with two values": update((7, 0, [yjs.struct(8, in_node(7, 0, key="level"), b"\x02\x7e\x7e")])),
    "attribute without a value": update((7, 0, [yjs.struct(8, in_node(7, 0, key="level"), b"\x00")])),
    "name too long": update((7, 0, [xml_text(in_root("section:" + "x" * 200))])),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
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
