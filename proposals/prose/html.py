"""From ProseMirror JSON to HTML. Everything is escaped; what the schema lacks shows as its text.

The HTML is what the editor in the browser shows for the same document (TipTap's `getHTML`), so that nothing moves
when it takes over.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from proposals.prose.document import ProseDocument
from proposals.prose.links import safe_href
from proposals.prose.schema import HEADING_LEVELS, MARKS, TEXT

_BLOCK_TAGS: Final = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
}
_MARK_TAGS: Final = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}
_NESTING: Final = {name: rank for rank, name in enumerate(MARKS)}


def to_html(document: ProseDocument, *, comments: bool = False) -> str:
    """HTML of a document: its blocks one after the other, without a wrapper.

    With `comments`, commented words stand in ``<span data-comment="id">``.
    """
    return _inside(document.get("content", []), comments)


def _inside(nodes: Sequence[ProseDocument], comments: bool) -> str:
    """The nodes one after the other. A mark that spans several neighbours has one tag around them."""
    html = ""
    open_tags: list[tuple[str, str]] = []
    for node in nodes:
        wanted = _tags(node.get("marks") or [], comments) if node.get("type") == TEXT else []
        kept = 0
        while kept < len(open_tags) and kept < len(wanted) and open_tags[kept] == wanted[kept]:
            kept += 1
        html += _closing(open_tags[kept:]) + "".join(opening for opening, _ in wanted[kept:]) + _node(node, comments)
        open_tags = wanted
    return html + _closing(open_tags)


def _closing(tags: Sequence[tuple[str, str]]) -> str:
    return "".join(closing for _, closing in reversed(tags))


def _tags(marks: Sequence[dict[str, Any]], comments: bool) -> list[tuple[str, str]]:
    """Opening and closing tags of a text's marks, the outermost first."""
    tags = []
    for mark in sorted(marks, key=lambda mark: _NESTING.get(mark["type"], 0)):
        name, attributes = mark["type"], mark.get("attrs") or {}
        if name in _MARK_TAGS:
            tags.append((f"<{_MARK_TAGS[name]}>", f"</{_MARK_TAGS[name]}>"))
        elif name == "link":
            href = safe_href(attributes.get("href"))
            if href is not None:
                tags.append((f'<a rel="noopener nofollow" href="{_attribute(href)}">', "</a>"))
        elif name == "comment" and comments:
            tags.append((f'<span data-comment="{_attribute(str(attributes.get("id")))}">', "</span>"))
    return tags


def _attribute(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")


def _node(node: ProseDocument, comments: bool) -> str:
    name = node.get("type")
    if name == TEXT:
        return escape(str(node.get("text", "")), quote=False)
    if name == "hardBreak":
        return "<br>"
    inner = _inside(node.get("content", []), comments)
    attributes = node.get("attrs") or {}
    if name == "heading":
        level = attributes.get("level")
        tag = f"h{level if level in HEADING_LEVELS else HEADING_LEVELS[0]}"
        return f"<{tag}>{inner}</{tag}>"
    tag = _BLOCK_TAGS.get(str(name), "")
    if not tag:
        return inner
    start = attributes.get("start")
    first_number = f' start="{start}"' if name == "orderedList" and isinstance(start, int) and start != 1 else ""
    return f"<{tag}{first_number}>{inner}</{tag}>"
