"""The copy in Word: every word of the revision under real styles, and nothing that a hostile text could break."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from proposals.documents.render import Draft
from proposals.documents.word_file import SignedBy, word_file
from tests.documents.samples import bullets, demo_snapshot, paragraph, prose, rich_snapshot, snapshot

NOON = dt.datetime(2026, 12, 9, 12, 0, tzinfo=dt.UTC)
DRAFT = Draft(drafted_at=NOON, live_url="https://same.example/p/1/")
SECTION_ID = "01a20421-f316-758b-91a3-7d4e7bd36cb7"


@cache
def made_of(name: str) -> bytes:
    return word_file({"demo": demo_snapshot, "rich": rich_snapshot}[name](), draft=None)


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def words_of(content: bytes) -> str:
    """All letters of the body in their order, white space made one."""
    body = opened(content).element.body
    letters = ("".join("\n" if node.tag == qn("w:br") else node.text or "" for node in row.iter(qn("w:t"), qn("w:br")))
               for row in body.iter(qn("w:p")))  # fmt: skip
    return " ".join(" ".join(letters).split())


def said_in(value: Any) -> Iterator[str]:
    """What people wrote in a snapshot: texts, titles, details, reasons, names and addresses."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and name in WRITTEN:
                yield from inner.splitlines()
            else:
                yield from said_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from said_in(inner)


WRITTEN = {"title", "detail", "text", "unit_label", "name", "legal_name", "address", "registration", "label"}


@pytest.mark.parametrize("name", ["demo", "rich"])
def test_every_word_of_the_revision_stands_in_it(name: str) -> None:
    content = {"demo": demo_snapshot, "rich": rich_snapshot}[name]()
    told = {part: content[part] for part in ("proposal", "parties", "sections", "pricing", "questions")}
    found = words_of(made_of(name))
    missing = {said for said in said_in(told) if " ".join(said.split()) not in found}
    assert missing == set()


def test_amounts_stand_at_the_right_of_tables_with_repeated_heads() -> None:
    table = next(table for table in opened(made_of("demo")).tables if "Item" in table.rows[0].cells[0].text)
    assert table.style is not None
    assert table.style.name == "Table Grid"
    assert [len(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows[:2]] == [1, 0]
    amount = table.rows[1].cells[-1].paragraphs[0]
    assert amount.text.startswith("€2,700.00")
    assert amount.alignment == 2
    assert table.rows[1].cells[0].text.startswith("Discovery and planning\nTwo workshops")


def test_styles_are_words_own() -> None:
    used = {row.style.name for row in opened(made_of("demo")).paragraphs if row.style is not None}
    assert {"Title", "Subtitle", "Heading 1", "List Bullet", "Caption", "Normal"} <= used
    headings = [row.text for row in opened(made_of("demo")).paragraphs if row.style and row.style.name == "Heading 1"]
    assert headings[:3] == ["1 Summary", "2 What we will build", "3 Timeline"]


def test_it_says_what_it_is() -> None:
    demo = words_of(made_of("demo"))
    assert "A copy for reading of revision 1, SHA-256 " in demo
    assert "The PDF is what is signed and what binds" in demo
    about = opened(made_of("demo")).core_properties
    assert (about.title, about.author, about.language) == (
        "A booking portal your patients can use without calling",
        "Northlight Studio",
        "en",
    )
    draft = words_of(word_file(demo_snapshot(), draft=DRAFT))
    assert "Draft of 9 December 2026, 12:00:00 UTC. Nothing in it binds anybody" in draft


def test_the_footer_counts_pages() -> None:
    footer = opened(made_of("demo")).sections[0].footer._element
    assert [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


def test_who_signed_in_the_pdf_is_said_and_who_has_not() -> None:
    signed = [SignedBy("seller-1", "Maya Lindqvist", "Partner", NOON)]
    words = words_of(word_file(demo_snapshot(), draft=None, signed=signed))
    assert "Signed in the PDF by Maya Lindqvist, Partner, on 9 December 2026, 12:00:00 UTC" in words
    assert words.count("Not signed yet.") == 1


def test_the_same_revision_gives_the_same_bytes() -> None:
    assert word_file(demo_snapshot(), draft=None) == made_of("demo")


def marked(text: str, **mark: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, "marks": [mark]}


def of_blocks(*blocks: dict[str, Any]) -> bytes:
    return word_file(snapshot([prose(SECTION_ID, "Text", *blocks)]), draft=None)


def test_a_section_carries_its_id_as_a_bookmark() -> None:
    names = [mark.get(qn("w:name")) for mark in opened(of_blocks(paragraph("x"))).element.iter(qn("w:bookmarkStart"))]
    assert names == [f"section_{SECTION_ID.replace('-', '')}"]


def test_marks_and_links() -> None:
    link = marked("our terms", type="link", attrs={"href": "https://example.org/terms"})
    block = {"type": "paragraph", "content": [marked("bold", type="bold"), marked(" old", type="strike"), link]}
    document = opened(of_blocks(block))
    row = next(row for row in document.paragraphs if row.text == "bold oldour terms")
    assert [(run.text, run.bold, run.font.strike) for run in row.runs] == [("bold", True, None), (" old", None, True)]
    assert [(each.text, each.address) for each in row.hyperlinks] == [("our terms", "https://example.org/terms")]


def test_every_numbered_list_counts_by_itself() -> None:
    def numbered(start: int, *texts: str) -> dict[str, Any]:
        items = bullets(*texts)["content"]
        return {"type": "orderedList", "attrs": {"start": start}, "content": items}

    document = opened(of_blocks(numbered(1, "a", "b"), paragraph("between"), numbered(5, "c")))
    rows = [row for row in document.paragraphs if row.style is not None and row.style.name == "List Number"]
    numbers = [row._p.pPr.numPr.numId.val for row in rows]
    assert [row.text for row in rows] == ["a", "b", "c"]
    assert numbers[0] == numbers[1] != numbers[2]
    numbering = document.part.numbering_part.element
    starts = {
        number: numbering.num_having_numId(number).find(f".//{qn('w:startOverride')}").get(qn("w:val"))
        for number in numbers
    }
    assert list(starts.values()) == ["1", "5"]


HOSTILE = [
    "</w:t></w:r><w:r><w:instrText>INCLUDETEXT c:/x</w:instrText>",
    '<script>alert(1)</script><img src="http://evil.example/x.png">',
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
    "Right \u202eto left\u202c and \U0001f600",
    "=cmd|' /C calc'!A0",
]


def test_hostile_texts_are_only_texts() -> None:
    """They stand there as they were written; what XML can't hold has a mark in its place."""
    content = of_blocks(*map(paragraph, HOSTILE), paragraph("a\x0bb\x1fc\ufffed"))
    words = words_of(content)
    assert [text for text in HOSTILE if text not in words] == []
    assert "a\ufffdb\ufffdc\ufffdd" in words
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert not [name for name in file.namelist() if re.search(r"vba|media|embed|activeX", name)]
        parts = {
            name: etree.fromstring(file.read(name)) for name in file.namelist() if name.endswith((".xml", ".rels"))
        }
    external = [each.get("Target") for part in parts.values() for each in part.iter() if each.get("TargetMode")]
    assert external == []
    assert not list(parts["word/document.xml"].iter(qn("w:instrText"), qn("w:altChunk")))
