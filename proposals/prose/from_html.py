"""From HTML to ProseMirror JSON: what people paste and programs send.

What the schema lacks degrades to its text: a table row becomes a paragraph with its cells separated by bars, a
picture its alternative text. Rules, scripts and styles are left out.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any, Final

from proposals.prose.document import MAX_TEXT_LENGTH, ProseDocument, ProseError, canonical
from proposals.prose.schema import HEADING_LEVELS

_BLOCKS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "p": ("paragraph", {}),
    "tr": ("paragraph", {}),
    "pre": ("paragraph", {}),
    "ul": ("bulletList", {}),
    "ol": ("orderedList", {}),
    "li": ("listItem", {}),
    "blockquote": ("blockquote", {}),
    **{f"h{level}": ("heading", {"level": HEADING_LEVELS[0]}) for level in (1, 2, 3)},
    **{f"h{level}": ("heading", {"level": HEADING_LEVELS[-1]}) for level in (4, 5, 6)},
}
_OTHER_BLOCKS: Final = frozenset(
    {
        "address", "article", "aside", "body", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
        "form", "header", "hr", "html", "main", "nav", "section", "table", "tbody", "thead", "tfoot",
    }
)  # fmt: skip
_MARKS: Final = {
    "strong": "bold", "b": "bold", "em": "italic", "i": "italic", "s": "strike", "del": "strike", "strike": "strike",
    "code": "code", "kbd": "code", "samp": "code", "tt": "code", "pre": "code", "a": "link",
}  # fmt: skip
_SILENT: Final = frozenset({"head", "script", "style", "svg", "template", "title"})
_CLOSES_PARAGRAPH: Final = frozenset(_BLOCKS) | _OTHER_BLOCKS
_MAX_OPEN_TAGS: Final = 200
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")


def from_html(html: str) -> ProseDocument:
    """The document that an HTML text shows. Raises `ProseError` if it is too long; bad HTML is read for what it has."""
    if len(html) > MAX_TEXT_LENGTH:
        raise ProseError(f"A section takes {MAX_TEXT_LENGTH:,} characters at most.")
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return canonical(reader.document())


class _Reader(HTMLParser):
    """Builds a rough tree; `canonical` puts everything in its place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._root: ProseDocument = {"type": "doc", "content": []}
        self._open: list[tuple[str, ProseDocument]] = [("", self._root)]
        self._marks: list[tuple[str, dict[str, Any]]] = []
        self._silent_depth = 0
        self._needs_no_space = True

    def document(self) -> ProseDocument:
        """What has been read."""
        self._boundary()
        return self._root

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._silent_depth = 0
        if tag in _SILENT:
            self._silent_depth += 1
        if self._silent_depth:
            return
        attributes = dict(attrs)
        if tag in _CLOSES_PARAGRAPH:
            self._boundary()
            self._close_implied(tag)
        if tag == "br":
            self._boundary()
            self._add({"type": "hardBreak"})
        elif tag == "img":
            self.handle_data(attributes.get("alt") or "")
        elif tag in ("td", "th"):
            self._separate_cells()
        elif tag in _BLOCKS or tag in _OTHER_BLOCKS:
            name, given = _BLOCKS.get(tag, (tag, {}))
            self._push(tag, {"type": name, "attrs": {**given, **_list_start(tag, attributes)}, "content": []})
        if tag in _MARKS and len(self._marks) < _MAX_OPEN_TAGS:
            mark = {"type": _MARKS[tag], **({"attrs": {"href": attributes.get("href")}} if tag == "a" else {})}
            self._marks.append((tag, mark))

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent_depth = max(0, self._silent_depth - 1)
        if self._silent_depth:
            return
        if tag in _MARKS:
            position = next((i for i in reversed(range(len(self._marks))) if self._marks[i][0] == tag), None)
            if position is not None:
                del self._marks[position]
        if tag in _CLOSES_PARAGRAPH:
            self._boundary()
            self._close(tag)

    def handle_data(self, data: str) -> None:
        if self._silent_depth:
            return
        data = data.replace("\x00", "")
        if any(tag == "pre" for tag, _ in self._open):
            for number, line in enumerate(data.strip("\n").split("\n")):
                if number:
                    self._add({"type": "hardBreak"})
                self._add_text(line)
            return
        letters = _SPACE.sub(" ", data)
        if self._needs_no_space:
            letters = letters.removeprefix(" ")
        if letters:
            self._add_text(letters)
            self._needs_no_space = letters.endswith(" ")

    def _add_text(self, letters: str) -> None:
        if letters:
            self._add({"type": "text", "text": letters, "marks": [mark for _, mark in self._marks]})

    def _add(self, node: ProseDocument) -> None:
        self._open[-1][1]["content"].append(node)

    def _push(self, tag: str, node: ProseDocument) -> None:
        self._add(node)
        if len(self._open) < _MAX_OPEN_TAGS:
            self._open.append((tag, node))

    def _boundary(self) -> None:
        """A block or a line ends: the space before it does not count."""
        content = self._open[-1][1]["content"]
        if content and content[-1]["type"] == "text" and not any(tag == "pre" for tag, _ in self._open):
            content[-1]["text"] = content[-1]["text"].removesuffix(" ")
        self._needs_no_space = True

    def _close_implied(self, tag: str) -> None:
        """End what HTML ends by itself: a paragraph or heading before a block, an item before the next, a row."""
        for open_tag in [name for name, _ in reversed(self._open)]:
            if open_tag in ("p", "pre", "h1", "h2", "h3", "h4", "h5", "h6") or (
                open_tag == tag and tag in ("li", "tr")
            ):
                self._close(open_tag)
                return
            if open_tag in ("ul", "ol", "table"):
                return

    def _close(self, tag: str) -> None:
        position = next((i for i in reversed(range(1, len(self._open))) if self._open[i][0] == tag), None)
        if position is not None:
            del self._open[position:]

    def _separate_cells(self) -> None:
        if self._open[-1][1]["content"]:
            self._boundary()
            self._add_text(" | ")


def _list_start(tag: str, attributes: dict[str, str | None]) -> dict[str, int]:
    start = attributes.get("start") or ""
    return {"start": int(start)} if tag == "ol" and re.fullmatch(r"-?[0-9]{1,9}", start) else {}
