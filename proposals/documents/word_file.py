"""A document as a Word file, for counsel who works in Word: text and tables under real styles, and no macros.

Made from the same pages as the PDF, so it says the same; the working of the numbers and the evidence stand in the PDF
only, which is what binds. Each section's heading carries a bookmark `section_<id>` (without hyphens).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import docx
import rfc8785
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import html as lxml_html  # type: ignore[import-untyped]

from proposals.documents.change_order_view import changes_view
from proposals.documents.render import Draft, Instance, document_html, paper_of, signature_blocks
from proposals.documents.word_html import WordWriter, clean
from proposals.documents.wording import short_date
from proposals.documents.words import grouped, moment_in_words
from proposals.languages import RIGHT_TO_LEFT

INK: Final = RGBColor(0x16, 0x21, 0x1F)
LEFT_OUT: Final = frozenset({"evidence", "working", "signatures"})
"""Chapters of the PDF that are about the PDF, and the working of its numbers; signatures are written here as text."""

PAPERS: Final = {"a4": (Mm(210), Mm(297)), "letter": (Mm(215.9), Mm(279.4))}
NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class SignedBy:
    """A signature in the PDF: its slot, who, as what, and when."""

    slot: str
    name: str
    title: str
    signed_at: datetime


def word_file(snapshot: Mapping[str, Any], *, draft: Draft | None, signed: Sequence[SignedBy] = ()) -> bytes:
    """The Word file of a revision, or of a draft. The same content gives the same bytes."""
    document = docx.Document()
    _set_up(document, snapshot, draft)
    state = state_line(snapshot, draft)
    _front(document, snapshot, state)
    page = lxml_html.fromstring(clean(document_html(snapshot, instance=Instance.current(), draft=draft)))
    writer = WordWriter(document)
    for section in page.iter("section"):
        if section.get("id") and section.get("id") not in LEFT_OUT and "contents" not in section.get("class", ""):
            before = len(document.paragraphs)
            writer.write(section)
            _mark(writer, document.paragraphs[before:], section.get("id"), snapshot)
    _signatures(document, snapshot, signed)
    _footer(document, state)
    return _packed(document)


def state_line(snapshot: Mapping[str, Any], draft: Draft | None) -> str:
    """Which state the file is of, and what binds."""
    language = snapshot["proposal"]["language"]
    if draft is not None:
        drafted = moment_in_words(draft.drafted_at, language)
        return f"Draft of {drafted}. Nothing in it binds anybody; the live document is at {draft.live_url}."
    number = snapshot["revision"]["number"]
    digest = hashlib.sha256(rfc8785.dumps(dict(snapshot))).hexdigest()
    return (
        f"A copy for reading of revision {number}, SHA-256 {grouped(digest)}. The PDF is what is signed and what "
        "binds; a change in this file changes nothing there."
    )


def _set_up(document: Document, snapshot: Mapping[str, Any], draft: Draft | None) -> None:
    """Paper, language, styles, and what the file says about itself."""
    language = snapshot["proposal"]["language"]
    page = document.sections[0]
    page.page_width, page.page_height = PAPERS.get(paper_of(snapshot), PAPERS["a4"])
    page.left_margin = page.right_margin = Mm(24)
    page.top_margin = page.bottom_margin = Mm(25)
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), language)
        if language in RIGHT_TO_LEFT:
            lang.set(qn("w:bidi"), language)
    if language in RIGHT_TO_LEFT:
        document.styles["Normal"].element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    document.styles["Normal"].font.size = Pt(10.5)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Caption"):
        document.styles[name].font.color.rgb = INK
    made_at = draft.drafted_at if draft else datetime.fromisoformat(snapshot["revision"]["frozen_at"])
    about = document.core_properties
    about.title = clean(snapshot["proposal"]["title"])[:255]
    about.author = about.last_modified_by = clean(snapshot["parties"]["seller"]["name"])[:255]
    about.subject = clean(f"Proposal to {snapshot['parties']['client']['name']}")[:255]
    about.comments = "Draft" if draft else f"Revision {snapshot['revision']['number']}"
    about.identifier = snapshot["proposal"]["id"]
    about.language = language
    about.created = about.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _front(document: Document, snapshot: Mapping[str, Any], state: str) -> None:
    """Title, which state it is, what it amends, the parties."""
    document.add_paragraph(clean(snapshot["proposal"]["title"]), style="Title")
    document.add_paragraph(clean(state), style="Subtitle")
    changes = changes_view(snapshot)
    if changes is not None:
        document.add_paragraph(clean(f"{changes.amends}, SHA-256 {changes.sha256}"))
    table = document.add_table(rows=1, cols=2, style="Table Grid")
    for box, side in zip(table.rows[0].cells, ("seller", "client"), strict=True):
        party = snapshot["parties"][side]
        box.paragraphs[0].add_run(side.capitalize()).bold = True
        for said in dict.fromkeys((party["legal_name"], party["name"], party["address"], party["registration"])):
            if said:
                box.add_paragraph(clean(said))
    document.add_paragraph()
    for label, value in _facts(snapshot):
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(clean(value))


def _facts(snapshot: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    language = snapshot["proposal"]["language"]
    for label, name in (("Starts", "starts_on"), ("Offer stands until", "offer_until")):
        said = short_date(snapshot["proposal"][name], language)
        if said:
            yield label, said


def _mark(writer: WordWriter, paragraphs: Sequence[Paragraph], anchor: str, snapshot: Mapping[str, Any]) -> None:
    """A bookmark on the heading of a section, with the section's id."""
    kind, _, number = anchor.partition("-")
    if kind == "section" and paragraphs:
        section_id = snapshot["sections"][int(number) - 1]["id"]
        writer.bookmark(paragraphs[0], f"section_{section_id.replace('-', '')}"[:40])


def _signatures(document: Document, snapshot: Mapping[str, Any], signed: Sequence[SignedBy]) -> None:
    """Who signs, as text. It is no place to sign: the PDF has that."""
    document.add_paragraph("Signatures", style="Heading 1")
    document.add_paragraph("The PDF is signed, electronically; this file is not.")
    given = {each.slot: each for each in signed}
    language = snapshot["proposal"]["language"]
    for slot, block in zip(snapshot["signature_slots"], signature_blocks(snapshot), strict=True):
        paragraph = document.add_paragraph()
        paragraph.add_run(clean(block.firm)).bold = True
        paragraph.add_run(f"\n{block.side.capitalize()}, {block.ordinal}\n")
        signature = given.get(slot["slot"])
        if signature is None:
            paragraph.add_run("Not signed yet. Name and title: ____________________  Date: ______________")
        else:
            when = moment_in_words(signature.signed_at, language)
            paragraph.add_run(clean(f"Signed in the PDF by {signature.name}, {signature.title}, on {when}"))


def _footer(document: Document, state: str) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run(clean(state.partition(". ")[0])).font.size = Pt(7.5)
    paragraph.add_run("\nPage ").font.size = Pt(7.5)
    _field(paragraph, "PAGE")
    paragraph.add_run(" of ").font.size = Pt(7.5)
    _field(paragraph, "NUMPAGES")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _field(paragraph: Paragraph, name: str) -> None:
    """A field that Word fills in: the number of the page, or how many there are."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
    run = paragraph.add_run("1")
    run.font.size = Pt(7.5)
    field.append(run._r)


def _packed(document: Document) -> bytes:
    """The file, its parts without the time at which they were packed."""
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, date_time=NO_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(name))
    return packed.getvalue()
