"""Our own HTML of a document as paragraphs, lists and tables of a Word file, with Word's own styles.

Only the tags that our templates write are known; whatever else stands there gives its text, so that no word is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.html import HtmlElement  # type: ignore[import-untyped]

from proposals.prose import safe_href

NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 can't hold. The room refuses some of it; a title from a program may have the rest."""

HEADINGS: Final = {"h2": "Heading 1", "h3": "Heading 2", "h4": "Heading 3", "h5": "Heading 3", "h6": "Heading 3"}
BLOCKS: Final = frozenset({*HEADINGS, "p", "div", "section", "ul", "ol", "li", "dl", "dt", "dd", "table", "blockquote",
                           "figure", "figcaption", "form", "main", "nav", "details", "summary", "aside"})  # fmt: skip
UNSEEN: Final = frozenset({"img", "input", "svg", "colgroup", "script", "style"})
DEEPEST_LIST: Final = 3
"""Word has styles for three levels; deeper lists look like the third."""

TABLE_TEXT: Final = "Table Text"
"""The style of what stands in tables: a little smaller, so that amounts fit on a line."""

WORD_MARGIN: Final = 4
LONGEST_MEAN: Final = 22
"""In letters: what a column is wider than its longest word, and the most it gets for long texts."""

LINES_IN_CELLS: Final = frozenset({"small", "s"})
"""What stands on a line of its own in a cell, as on the page."""


@dataclass(frozen=True)
class Look:
    """How letters look, and where a link leads."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    underline: bool = False
    code: bool = False
    small: bool = False
    href: str = ""


PLAIN: Final = Look()
LOOKS: Final[dict[str, dict[str, bool]]] = {
    "strong": {"bold": True},
    "b": {"bold": True},
    "em": {"italic": True},
    "i": {"italic": True},
    "s": {"strike": True},
    "del": {"strike": True},
    "ins": {"underline": True},
    "code": {"code": True},
    "small": {"small": True},
}


class WordWriter:
    """Writes elements into a document. `place` is the document, or the cell that is being filled."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._bookmarks_count = 0
        style: Any = document.styles.add_style(TABLE_TEXT, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = Pt(9)
        style.paragraph_format.space_after = Pt(0)

    def write(self, element: HtmlElement) -> None:
        """The element with everything in it, as blocks."""
        self._block(element, 0, "")

    def bookmark(self, paragraph: Paragraph, name: str) -> None:
        """Mark a paragraph with a name: letters, digits and underscores, at most 40."""
        self._bookmarks_count += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self._bookmarks_count))
        start.set(qn("w:name"), name)
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)

    def _widths(self, rows: Sequence[HtmlElement], columns_count: int) -> list[Emu]:
        page = self.document.sections[0]
        width = int(page.page_width or 0) - int(page.left_margin or 0) - int(page.right_margin or 0)
        shares = _shares(rows, columns_count)
        return [Emu(width * share // sum(shares)) for share in shares]

    def _block(self, element: HtmlElement, depth: int, style: str) -> None:
        tag = element.tag
        if tag in UNSEEN:
            return
        if tag == "table":
            self._table(element)
        elif tag in ("ul", "ol"):
            self._list(element, depth + 1)
        elif tag == "dl":
            self._terms(element)
        elif tag in HEADINGS:
            self._paragraph(element, HEADINGS[tag])
        elif tag == "blockquote":
            self._inside(element, depth, "Quote")
        elif any(child.tag in BLOCKS for child in element if isinstance(child.tag, str)):
            self._inside(element, depth, style)
        else:
            self._paragraph(element, style)

    def _inside(self, element: HtmlElement, depth: int, style: str) -> None:
        """The blocks in an element; letters between them get paragraphs of their own."""
        self._loose(element.text, style)
        for child in element:
            if isinstance(child.tag, str):
                self._block(child, depth, style)
            self._loose(child.tail, style)

    def _loose(self, letters: str | None, style: str) -> None:
        if letters and letters.strip():
            self.document.add_paragraph(clean(letters).strip(), style=style or None)

    def _paragraph(self, element: HtmlElement, style: str) -> Paragraph | None:
        pieces = list(pieces_of(element))
        if not "".join(text for text, _ in pieces).strip():
            return None
        paragraph: Paragraph = self.document.add_paragraph(style=style or None)
        write_pieces(paragraph, pieces)
        return paragraph

    def _list(self, element: HtmlElement, depth: int) -> None:
        """Each list counts from its own start; further blocks of an item stand under it."""
        level = min(depth, DEEPEST_LIST)
        suffix = "" if level == 1 else f" {level}"
        kind = "List Bullet" if element.tag == "ul" else "List Number"
        number = None if element.tag == "ul" else self._numbering(f"{kind}{suffix}", int(element.get("start", "1")))
        for item in element:
            if item.tag != "li":
                continue
            style = f"{kind}{suffix}"
            for block in _blocks_of(item):
                if block.tag in ("ul", "ol"):
                    self._list(block, depth + 1)
                    continue
                if block.tag in BLOCKS - {"p", "li"}:
                    self._block(block, depth, f"List Continue{suffix}")
                    continue
                written = self._paragraph(block, style)
                if written is not None and number is not None and style.startswith("List Number"):
                    properties = written._p.get_or_add_pPr().get_or_add_numPr()
                    properties.get_or_add_ilvl().val = 0
                    properties.get_or_add_numId().val = number
                if written is not None:
                    style = f"List Continue{suffix}"

    def _numbering(self, style: str, start: int) -> int:
        """A count of its own that looks like a style's."""
        numbering: Any = self.document.part.numbering_part.element
        properties: Any = self.document.styles[style].element.pPr
        of_style = numbering.num_having_numId(properties.numPr.numId.val)
        number = numbering.add_num(of_style.abstractNumId.val)
        number.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(number.numId)

    def _terms(self, element: HtmlElement) -> None:
        for name in element.iter("dt"):
            paragraph = self.document.add_paragraph()
            write_pieces(paragraph, [*pieces_of(name, Look(bold=True)), (": ", Look(bold=True))])
            said = name.getnext()
            while said is not None and said.tag == "dd":
                inner = _blocks_of(said)
                write_pieces(paragraph, list(pieces_of(inner[0])) if inner else [])
                for block in inner[1:]:
                    self._block(block, 0, "")
                said = said.getnext()

    def _table(self, element: HtmlElement) -> None:
        caption = element.find("caption")
        if caption is not None and caption.text_content().strip():
            paragraph = self.document.add_paragraph(style="Caption")
            write_pieces(paragraph, list(pieces_of(caption, even_unseen=True)))
        rows = list(element.iter("tr"))
        columns_count = max((sum(_span(cell) for cell in _cells(row)) for row in rows), default=0)
        if not columns_count:
            return
        table = self.document.add_table(rows=0, cols=columns_count, style="Table Grid")
        for column, width in zip(table.columns, self._widths(rows, columns_count), strict=True):
            column.width = width
        for row in rows:
            written = table.add_row()
            is_head = row.getparent().tag == "thead"
            properties = written._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if is_head:
                properties.append(OxmlElement("w:tblHeader"))
            boxes = list(written._tr.tc_lst)
            place = 0
            for cell in _cells(row):
                span = min(_span(cell), columns_count - place)
                if span < 1:
                    break
                box = boxes[place]
                if span > 1:
                    box.grid_span = span
                    for merged in boxes[place + 1 : place + span]:
                        written._tr.remove(merged)
                place += span
                _fill(_Cell(box, table), cell, is_head=is_head)
        self.document.add_paragraph()


def _shares(rows: Sequence[HtmlElement], columns_count: int) -> list[int]:
    """How much of the width each column needs: its longest word, and more for long texts."""
    shares = [0] * columns_count
    lengths: list[list[int]] = [[] for _ in range(columns_count)]
    for row in rows:
        cells = _cells(row)
        if len(cells) != columns_count:
            continue
        for place, cell in enumerate(cells):
            said = "".join(text for text, _ in pieces_of(cell, in_cell=True))
            lengths[place].append(len(said))
            shares[place] = max(shares[place], *(len(word) + WORD_MARGIN for word in (said.split() or [""])))
    means = [sum(column) // len(column) if column else LONGEST_MEAN for column in lengths]
    return [max(share, min(LONGEST_MEAN, mean), WORD_MARGIN) for share, mean in zip(shares, means, strict=True)]


def _fill(box: _Cell, cell: HtmlElement, *, is_head: bool) -> None:
    look = Look(bold=cell.tag == "th")
    pieces = list(pieces_of(cell, look, in_cell=True))
    if not "".join(text for text, _ in pieces).strip():
        pieces = list(pieces_of(cell, look, in_cell=True, even_unseen=True))
    paragraph = box.paragraphs[0]
    write_pieces(paragraph, pieces)
    paragraph.style = TABLE_TEXT
    numbers = {"num", "t", "pay"} & set((cell.get("class") or "").split()) or cell.find_class("num")
    if numbers and not is_head and cell.tag == "td" and not cell.find_class("chip"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _span(cell: HtmlElement) -> int:
    return int(cell.get("colspan", "1"))


def _blocks_of(element: HtmlElement) -> list[HtmlElement]:
    """The blocks in an element, or the element itself if it holds letters."""
    blocks = [child for child in element if isinstance(child.tag, str) and child.tag in BLOCKS]
    return blocks if blocks and not (element.text or "").strip() else [element]


Pieces = Iterator[tuple[str, Look]]


def pieces_of(element: HtmlElement, look: Look = PLAIN, *, in_cell: bool = False, even_unseen: bool = False) -> Pieces:
    """The letters of an element with their look. What only screen readers are told is left out unless asked for."""
    keeps_lines = "text" in (element.get("class") or "").split()
    yield from _letters(element.text, look, keeps_lines)
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        classes = (child.get("class") or "").split() if tag else []
        if tag == "br":
            yield "\n", look
        elif tag and tag not in UNSEEN and (even_unseen or "vh" not in classes):
            begins = tag in LINES_IN_CELLS or tag in BLOCKS or "amount" in classes or _is_reason(child)
            if in_cell and begins:
                yield "\n", look
            yield from pieces_of(child, _look(child, look), in_cell=in_cell, even_unseen=even_unseen)
            if tag in BLOCKS and not in_cell:
                yield " ", look
        yield from _letters(child.tail, look, keeps_lines)


def _is_reason(element: HtmlElement) -> bool:
    """The sentence of a discount, behind its value."""
    above = element.getparent()
    return element.tag == "span" and above is not None and "chip" in (above.get("class") or "").split()


def _look(element: HtmlElement, look: Look) -> Look:
    changed = replace(look, **LOOKS.get(element.tag, {}))  # type: ignore[arg-type]
    href = safe_href(element.get("href")) if element.tag == "a" else None
    return replace(changed, href=href) if href else changed


def _letters(text: str | None, look: Look, keeps_lines: bool) -> Pieces:
    if text:
        yield clean(text) if keeps_lines else re.sub(r"[ \t\r\n\f]+", " ", clean(text)), look


def clean(text: str) -> str:
    """The text without what a Word file can't hold; a mark stands in its place."""
    return NOT_IN_XML.sub("\ufffd", text)


def write_pieces(paragraph: Paragraph, pieces: list[tuple[str, Look]]) -> None:
    """Letters as runs, links as links; white space at the ends and before line breaks goes."""
    text = ""
    for letters, look in pieces:
        shown = letters.lstrip(" \n") if not text or text.endswith("\n") else letters
        if text.endswith(" ") and shown.startswith(" "):
            shown = shown[1:]
        if not shown:
            continue
        text += shown
        target: Paragraph | Any = _link(paragraph, look.href) if look.href else paragraph
        _run(paragraph, target, shown, look)


def _run(paragraph: Paragraph, target: Any, letters: str, look: Look) -> None:
    run = paragraph.add_run(letters) if target is paragraph else Run(target.add_r(), paragraph)
    if target is not paragraph:
        run.text = letters
        run.font.underline = True
    run.bold = look.bold or None
    run.italic = look.italic or None
    run.font.strike = look.strike or None
    if look.underline:
        run.font.underline = True
    if look.code:
        run.font.name = "Courier New"
    if look.small:
        run.bold = None


def _link(paragraph: Paragraph, href: str) -> Any:
    """A hyperlink element in the paragraph; the address is a relationship of the file."""
    link: Any = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(link)
    return link
