"""From ProseMirror JSON to HTML and plain text. Everything is escaped; what the schema lacks shows as its text.

The HTML is what the editor in the browser shows for the same document, so that nothing moves when it takes over.
"""

from html import escape
from typing import Any
from urllib.parse import urlsplit

from proposals.prose.schema import HEADING_LEVELS, MARKS, TEXT

ProseDocument = dict[str, Any]

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

BLOCK_TAGS = {"paragraph": "p", "bulletList": "ul", "orderedList": "ol", "listItem": "li", "blockquote": "blockquote"}
MARK_TAGS = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}


def to_html(document: ProseDocument) -> str:
    """HTML of a document: blocks one after the other, without a wrapper."""
    return "".join(_html(child) for child in document.get("content", []))


def to_text(document: ProseDocument) -> str:
    """Plain text: a line per block, list items with a dash or their number."""
    lines: list[str] = []
    for child in document.get("content", []):
        _text_lines(child, "", lines)
    return "\n".join(lines)


def safe_href(href: object) -> str | None:
    """The address if it is one that a link may lead to, else None."""
    if not isinstance(href, str):
        return None
    cleaned = href.strip()
    try:
        scheme = urlsplit(cleaned).scheme.lower()
    except ValueError:
        return None
    return cleaned if scheme in LINK_SCHEMES else None


def _html(node: ProseDocument) -> str:
    name = node.get("type")
    if name == TEXT:
        return _marked(escape(str(node.get("text", "")), quote=False), node.get("marks", []))
    if name == "hardBreak":
        return "<br>"
    if name == "horizontalRule":
        return "<hr>"
    inner = "".join(_html(child) for child in node.get("content", []))
    attributes = node.get("attrs", {})
    if name == "heading":
        level = attributes.get("level")
        tag = f"h{level if level in HEADING_LEVELS else HEADING_LEVELS[0]}"
        return f"<{tag}>{inner}</{tag}>"
    tag = BLOCK_TAGS.get(str(name), "")
    if not tag:
        return inner
    start = attributes.get("start")
    opening = f' start="{start}"' if name == "orderedList" and isinstance(start, int) and start != 1 else ""
    return f"<{tag}{opening}>{inner}</{tag}>"


def _marked(html: str, marks: list[dict[str, Any]]) -> str:
    by_name = {mark.get("type"): mark for mark in marks}
    for name in reversed(list(MARKS)):
        if name not in by_name:
            continue
        if name in MARK_TAGS:
            html = f"<{MARK_TAGS[name]}>{html}</{MARK_TAGS[name]}>"
        elif name == "link":
            href = safe_href(by_name[name].get("attrs", {}).get("href"))
            if href is not None:
                html = f'<a href="{escape(href)}" rel="noopener nofollow">{html}</a>'
    return html


def _text_lines(node: ProseDocument, lead: str, lines: list[str]) -> None:
    name, children = node.get("type"), node.get("content", [])
    if name in ("bulletList", "orderedList"):
        number = node.get("attrs", {}).get("start", 1)
        for item in children:
            mark = "- " if name == "bulletList" else f"{number}. "
            number += 1
            first = True
            for child in item.get("content", []):
                _text_lines(child, lead + (mark if first else " " * len(mark)), lines)
                first = False
    elif name == "blockquote":
        for child in children:
            _text_lines(child, lead, lines)
    elif name == "horizontalRule":
        lines.append("---")
    else:
        lines.append(lead + "".join("\n" if c.get("type") == "hardBreak" else str(c.get("text", "")) for c in children))
