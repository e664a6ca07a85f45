"""The one canonical form of a text, and what is refused from outside."""

import json
from pathlib import Path

import pytest

from proposals.prose import EMPTY, ProseError, canonical, checked, without_comments

CORPUS = Path(__file__).parents[1] / "room" / "corpus" / "editing.json"


def doc(*blocks):
    return {"type": "doc", "content": list(blocks)}


def paragraph(*inline):
    return {"type": "paragraph", **({"content": list(inline)} if inline else {})}


def text(letters, *marks):
    return {"type": "text", "text": letters, **({"marks": list(marks)} if marks else {})}


BOLD, ITALIC = {"type": "bold"}, {"type": "italic"}


def comment(name):
    return {"type": "comment", "attrs": {"id": name}}


def test_what_the_editor_made_is_canonical_but_for_its_defaults():
    for session in json.loads(CORPUS.read_text())["sessions"]:
        once = checked(session["json"])
        assert once == canonical(session["json"])
        assert canonical(once) == once


@pytest.mark.parametrize(
    "empty", [{"type": "doc"}, {"type": "doc", "content": []}, doc(paragraph()), doc(paragraph(text("")))]
)
def test_an_empty_document_is_one_empty_paragraph(empty):
    assert canonical(empty) == EMPTY


def test_marks_are_sorted_and_equal_neighbours_merged():
    written = doc(paragraph(text("a", ITALIC, BOLD), text("b", BOLD, ITALIC), text(""), text("c")))
    assert canonical(written) == doc(paragraph(text("ab", BOLD, ITALIC), text("c")))


def test_an_attribute_that_says_nothing_is_left_out():
    item = {"type": "listItem", "content": [paragraph(text("x"))]}
    listed = {"type": "orderedList", "attrs": {"start": 1, "type": None}, "content": [item]}
    link = {"type": "link", "attrs": {"href": "https://example.org", "target": "_blank", "rel": "x", "class": None}}
    assert canonical(doc(listed, paragraph(text("x", link)))) == doc(
        {"type": "orderedList", "content": [item]},
        paragraph(text("x", {"type": "link", "attrs": {"href": "https://example.org"}})),
    )


@pytest.mark.parametrize(("level", "shown"), [(1, 3), (3, 3), (4, 4), (6, 3), (None, 3), ("4", 3)])
def test_a_heading_of_a_level_we_do_not_offer_is_shown_as_the_first(level, shown):
    heading = {"type": "heading", "attrs": {"level": level}, "content": [text("x")]}
    assert canonical(doc(heading))["content"][0]["attrs"] == {"level": shown}


MISPLACED = {
    "an unknown block": (
        doc({"type": "table", "content": [{"type": "row", "content": [text("x")]}]}),
        doc(paragraph(text("x"))),
    ),
    "an unknown inline": (doc(paragraph({"type": "emoji", "content": [text("x")]})), doc(paragraph(text("x")))),
    "an unknown mark": (doc(paragraph(text("x", {"type": "underline"}))), doc(paragraph(text("x")))),
    "letters among blocks": (doc(text("a"), text("b"), paragraph()), doc(paragraph(text("ab")), paragraph())),
    "a block among letters": (doc(paragraph(text("a"), paragraph(text("b")))), doc(paragraph(text("ab")))),
    "an item without a list": (doc({"type": "listItem", "content": [paragraph(text("x"))]}), doc(paragraph(text("x")))),
    "a block in a list": (
        doc({"type": "bulletList", "content": [paragraph(text("x"))]}),
        doc({"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(text("x"))]}]}),
    ),
    "an empty list": (doc({"type": "bulletList"}), doc(paragraph())),
    "an empty quote": (doc({"type": "blockquote"}), doc({"type": "blockquote", "content": [paragraph()]})),
    "a link to a script": (
        doc(paragraph(text("x", {"type": "link", "attrs": {"href": "javascript:alert(1)"}}))),
        doc(paragraph(text("x"))),
    ),
    "a rule": (doc(paragraph(text("x")), {"type": "horizontalRule"}), doc(paragraph(text("x")))),
}


@pytest.mark.parametrize(("written", "expected"), MISPLACED.values(), ids=MISPLACED.keys())
def test_what_has_no_place_stays_as_its_text(written, expected):
    assert canonical(written) == expected
    assert canonical(expected) == expected


def test_what_is_nested_too_deep_is_flattened():
    node = paragraph(text("deep"))
    for _ in range(2000):
        node = {"type": "blockquote", "content": [node]}
    flat, depth = canonical(doc(node)), 0
    assert checked(flat) == flat
    while flat["type"] != "text":
        flat, depth = flat["content"][0], depth + 1
    assert (flat["text"], depth) == ("deep", 32)


def test_comments_leave_no_trace():
    written = doc(
        paragraph(text("a"), text("b", BOLD, comment("1")), text("c", BOLD, comment("1"), comment("2")), text("d"))
    )
    assert without_comments(canonical(written)) == doc(paragraph(text("a"), text("bc", BOLD), text("d")))


REFUSED = {
    "a string": "hello",
    "not a document": paragraph(),
    "an unknown block": doc({"type": "table"}),
    "an image": doc(paragraph({"type": "image", "attrs": {"src": "x"}})),
    "letters among blocks": doc(text("x")),
    "an empty list": doc({"type": "bulletList"}),
    "content that is no list": doc({"type": "paragraph", "content": "x"}),
    "a node that is no object": doc("x"),
    "letters that are no text": doc(paragraph({"type": "text", "text": 5})),
    "a zero character": doc(paragraph(text("a\x00b"))),
    "half a letter": doc(paragraph(text("\ud800"))),
    "marks that are no list": doc(paragraph({"type": "text", "text": "x", "marks": "bold"})),
    "an unknown mark": doc(paragraph(text("x", {"type": "underline"}))),
    "a mark with a handler": doc(paragraph(text("x", {"type": "bold", "attrs": {"onclick": "x"}}))),
    "a link to a script": doc(paragraph(text("x", {"type": "link", "attrs": {"href": "javascript:alert(1)"}}))),
    "a link without an address": doc(paragraph(text("x", {"type": "link"}))),
    "an unknown attribute": doc({"type": "paragraph", "attrs": {"style": "x"}}),
    "level 9": doc({"type": "heading", "attrs": {"level": 9}}),
    "a start that is no number": doc(
        {"type": "orderedList", "attrs": {"start": "1"}, "content": [{"type": "listItem"}]}
    ),
}


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_schema_lacks_is_refused_from_outside(document):
    with pytest.raises(ProseError):
        checked(document)


def test_too_deep_and_too_long_are_refused():
    node = paragraph()
    for _ in range(40):
        node = {"type": "blockquote", "content": [node]}
    with pytest.raises(ProseError, match="32 levels"):
        checked(doc(node))
    with pytest.raises(ProseError, match="2,000,000"):
        checked(doc(paragraph(text("x" * 2_000_001))))
