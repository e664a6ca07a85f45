"""A text out and in again: ProseMirror JSON is whole, HTML and Markdown lose what `docs/api.md` names and no more."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from proposals.prose import canonical, checked, from_html, from_markdown, to_html, to_markdown
from tests.prose.test_importers import DOCUMENT

DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def letters(words: str, *marks: str) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"marks": [{"type": mark} for mark in marks]} if marks else {})}


def paragraph(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", **({"content": list(nodes)} if nodes else {})}


COMMENT = {"type": "comment", "attrs": {"id": "11111111-1111-1111-1111-111111111111"}}
BREAK = {"type": "hardBreak"}

CARRIED: dict[str, tuple[dict[str, Any], bool, bool]] = {
    "comment marks": (paragraph({"type": "text", "text": "a", "marks": [COMMENT]}), False, False),
    "an empty paragraph between others": (paragraph(), False, True),
    "an empty quote": ({"type": "blockquote", "content": [paragraph()]}, False, True),
    "a line break at the end of a paragraph": (paragraph(letters("a"), BREAK), False, True),
    "a line break in a heading": (
        {"type": "heading", "attrs": {"level": 3}, "content": [letters("a"), BREAK, letters("b")]},
        False,
        True,
    ),
    "bold, italic or struck spaces at the edges of words": (
        paragraph(letters("a"), letters(" b ", "bold"), letters("c")),
        False,
        True,
    ),
    "spaces at the edges of code": (paragraph(letters("a"), letters(" b ", "code"), letters("c")), False, True),
    "several spaces in a row": (paragraph(letters("a   b")), True, False),
    "spaces at the edges of a paragraph": (paragraph(letters(" a ")), True, False),
    "marks within a word": (paragraph(letters("a"), letters("b", "bold"), letters("c")), True, True),
    "lists that begin at a number": (
        {
            "type": "orderedList",
            "attrs": {"start": 7},
            "content": [{"type": "listItem", "content": [paragraph(letters("a"))]}],
        },
        True,
        True,
    ),
}
"""A block -> whether Markdown and HTML carry it."""


@pytest.mark.parametrize("what", CARRIED)
def test_what_is_carried_is_what_the_page_says(what: str) -> None:
    block, by_markdown, by_html = CARRIED[what]
    document = canonical({"type": "doc", "content": [paragraph(letters("x")), block, paragraph(letters("y"))]})

    assert (from_markdown(to_markdown(document)) == document) is by_markdown
    assert (from_html(to_html(document)) == document) is by_html
    assert checked(document) == document
    said = f"| {what} | {'yes' if by_markdown else 'no'} | {'yes' if by_html else 'no'} |"
    assert said in DOCS, said


@settings(max_examples=100, deadline=None)
@given(DOCUMENT)
def test_html_out_reads_back_the_same(document: Any) -> None:
    assert from_html(to_html(document)) == document


@settings(max_examples=100, deadline=None)
@given(DOCUMENT)
def test_prosemirror_json_is_taken_as_it_was_given(document: Any) -> None:
    assert checked(document) == document
