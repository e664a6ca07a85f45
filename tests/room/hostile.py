"""Updates that nobody's editor makes, by what is wrong with them.

All are meant for a document in which client 7 has written `yjs.paragraph(7, "a😀b")`: a paragraph (7, 0), its text
(7, 1) and the letters (7, 2 to 5).
"""

from collab.lib0 import encode_string, encode_varuint
from collab.validation import MAX_CLOCK
from tests.room import yjs
from tests.room.yjs import (
    ROOT,
    after,
    attribute,
    before,
    between,
    element,
    in_node,
    in_root,
    letters,
    mark,
    update,
    xml_text,
)

TEXT = in_node(7, 1)


def invalid_updates(root: str = ROOT) -> dict[str, bytes]:
    """Refused whatever document they are for."""
    here = in_root(root)
    return {
        "nothing": b"",
        "cut off": yjs.paragraph(7, "hello", root=root)[:-3],
        "trailing byte": yjs.paragraph(7, "hello", root=root) + b"\x00",
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
        "shared array": update((7, 0, [yjs.struct(7, here, b"\x00")])),
        "shared map": update((7, 0, [yjs.struct(7, here, b"\x01")])),
        "fragment in a fragment": update((7, 0, [yjs.struct(7, here, b"\x04")])),
        "hook": update((7, 0, [yjs.struct(7, here, b"\x05" + encode_string("x"))])),
        "weak link (Yrs only)": update((7, 0, [yjs.struct(7, here, b"\x07")])),
        "unknown node": update((7, 0, [element("table", here)])),
        "the document as a node": update((7, 0, [element("doc", here)])),
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


def deep(levels: int, root: str = ROOT) -> bytes:
    """Quotes in each other, made by client 8."""
    structs = [element("blockquote", in_root(root))]
    structs += [element("blockquote", in_node(8, level)) for level in range(levels - 1)]
    return update((8, 0, structs))


def misfits(root: str = ROOT) -> dict[str, bytes]:
    """Refused because of what the document is like."""
    here = in_root(root)
    return {
        "letters in a section": update((8, 0, [letters("x", here)])),
        "letters in a paragraph": update((8, 0, [letters("x", in_node(7, 0))])),
        "letters in letters": update((8, 0, [letters("x", in_node(7, 2))])),
        "a mark in a paragraph": update((8, 0, [mark("bold", "{}", in_node(7, 0))])),
        "a text in a section": update((8, 0, [xml_text(here)])),
        "a node in a text": update((8, 0, [element("paragraph", in_node(7, 1))])),
        "a node beside letters": update((8, 0, [element("hardBreak", after(7, 5))])),
        "a paragraph in a paragraph": update((8, 0, [element("paragraph", in_node(7, 0))])),
        "an item in the section": update((8, 0, [element("listItem", here)])),
        "a paragraph beside a text": update((8, 0, [element("paragraph", after(7, 1))])),
        "letters as an attribute": update((8, 0, [letters("x", in_node(7, 0, key="level"))])),
        "a node as an attribute": update((8, 0, [xml_text(in_node(7, 0, key="level"))])),
        "an attribute of a section": update((8, 0, [attribute(b"\x7d\x03", in_root(root, key="level"))])),
        "an attribute of a text": update((8, 0, [attribute(b"\x7d\x03", in_node(7, 1, key="level"))])),
        "an attribute that paragraphs lack": update((8, 0, [attribute(b"\x7d\x03", in_node(7, 0, key="level"))])),
        "a value among letters": update((8, 0, [attribute(b"\x7d\x03", after(7, 5))])),
        "neighbours in different places": update((8, 0, [letters("x", between((7, 0), (7, 5)))])),
        "in the wrong order within one run": update((8, 0, [letters("x", between((7, 5), (7, 2)))])),
        "before and after the same letter": update((8, 0, [mark("bold", "{}", between((7, 5), (7, 5)))])),
        "one neighbour collected, the other not": update(
            (8, 0, [yjs.garbage(1), letters("x", between((7, 5), (8, 0)))])
        ),
        "between the halves of a letter": update((8, 0, [letters("x", after(7, 3))])),
        "before the second half": update((8, 0, [letters("x", before(7, 4))])),
        "deletes the first half": update(deleted={7: [(2, 2)]}),
        "deletes the second half": update(deleted={7: [(4, 1)]}),
        "too deep": deep(33, root),
    }


def updates_that_miss_something(root: str = ROOT) -> dict[str, bytes]:
    """They build on items that nobody has."""
    here = in_root(root)
    return {
        "clocks left out": update((7, 9, [letters("x", after(7, 5))])),
        "first clock left out": update((8, 1, [letters("x", after(7, 5))])),
        "unknown left neighbour": update((8, 0, [letters("x", after(9, 0))])),
        "unknown right neighbour": update((8, 0, [letters("x", before(9, 0))])),
        "unknown parent": update((8, 0, [xml_text(in_node(9, 0))])),
        "itself as neighbour": update((8, 0, [letters("x", after(8, 0))])),
        "a neighbour of its own future": update((8, 0, [letters("x", after(8, 1)), letters("y", after(7, 5))])),
        "two that wait for each other": update(
            (8, 0, [letters("x", after(9, 0))]), (9, 0, [letters("y", after(8, 0))])
        ),
        "deletes what is not there": update(deleted={7: [(4, 9)]}),
        "deletes of an unknown client": update(deleted={9: [(0, 1)]}),
        "a hole": update((8, 0, [letters("x", after(7, 5)), yjs.skip(1), letters("y", after(7, 5))])),
        "good, then missing": update((8, 0, [element("paragraph", here), letters("x", after(9, 0))])),
    }
