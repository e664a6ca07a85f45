"""From Markdown (CommonMark, with ``~~struck~~``) to ProseMirror JSON.

Headings of level 1 to 3 become level 3, deeper ones level 4; code blocks become paragraphs of code; pictures their
alternative text; rules are left out; HTML in the text is not HTML, but text.
"""

from collections.abc import Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from proposals.prose.document import MAX_TEXT_LENGTH, ProseDocument, ProseError, canonical
from proposals.prose.schema import HEADING_LEVELS

_PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")

_BLOCKS: Final = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "bullet_list_open": "bulletList",
    "ordered_list_open": "orderedList",
    "list_item_open": "listItem",
    "blockquote_open": "blockquote",
}
_MARKS: Final = {"strong_open": "bold", "em_open": "italic", "s_open": "strike", "link_open": "link"}


def from_markdown(markdown: str) -> ProseDocument:
    """The document that a Markdown text shows. Raises `ProseError` if it is too long; nothing else is an error."""
    if len(markdown) > MAX_TEXT_LENGTH:
        raise ProseError(f"A section takes {MAX_TEXT_LENGTH:,} characters at most.")
    root: ProseDocument = {"type": "doc", "content": []}
    opened = [root]
    for token in _PARSER.parse(markdown.encode("utf-8", "replace").decode()):
        content = opened[-1]["content"]
        if token.nesting == 1:
            node = {"type": _BLOCKS.get(token.type, token.type), "attrs": _attributes(token), "content": []}
            content.append(node)
            opened.append(node)
        elif token.nesting == -1:
            opened.pop()
        elif token.type in ("fence", "code_block"):
            content.append({"type": "paragraph", "content": _code_lines(token.content.rstrip("\n"))})
        else:
            content.extend(_inline(token.children or []))
    return canonical(root)


def _attributes(token: Token) -> dict[str, Any]:
    if token.type == "heading_open":
        return {"level": HEADING_LEVELS[0] if token.tag in ("h1", "h2", "h3") else HEADING_LEVELS[-1]}
    if token.type == "ordered_list_open":
        return {"start": token.attrs.get("start", 1)}
    return {}


def _code_lines(code: str) -> list[ProseDocument]:
    lines: list[ProseDocument] = []
    for number, line in enumerate(code.split("\n")):
        if number:
            lines.append({"type": "hardBreak"})
        lines.append({"type": "text", "text": line, "marks": [{"type": "code"}]})
    return lines


def _inline(tokens: Sequence[Token]) -> list[ProseDocument]:
    nodes: list[ProseDocument] = []
    marks: list[dict[str, Any]] = []
    for token in tokens:
        if token.nesting == 1:
            marks.append({"type": _MARKS.get(token.type, token.type), "attrs": {"href": token.attrGet("href")}})
            if token.type != "link_open":
                marks[-1].pop("attrs")
        elif token.nesting == -1:
            marks.pop()
        elif token.type == "hardbreak":
            nodes.append({"type": "hardBreak"})
        else:
            code = [{"type": "code"}] if token.type == "code_inline" else []
            letters = " " if token.type == "softbreak" else token.content
            nodes.append({"type": "text", "text": letters, "marks": [*marks, *code]})
    return nodes
