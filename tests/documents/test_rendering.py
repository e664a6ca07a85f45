"""The unsigned PDF: the same bytes every time, two standards at once, every word readable, nothing hidden."""

import io
import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import rfc8785
from PIL import Image

from accounts import logos
from proposals.documents.errors import DocumentNotRenderable, MissingGlyphs
from proposals.documents.pdf import Rendered
from proposals.documents.render import draft_pdf, revision_pdf
from proposals.prose import to_text
from tests.documents import samples
from tests.documents.conftest import Archived, Signed, squeezed, text_of

OUR_FAMILIES = {"Sameside-Serif", "Sameside-Sans"}


@pytest.fixture(params=["rich", "hostile", "signed", "archived"])
def any_pdf(request: pytest.FixtureRequest) -> Iterator[pikepdf.Pdf]:
    """A PDF that must keep the standards: two unsigned ones, and with both signatures and long-term data."""
    made = request.getfixturevalue(request.param)
    content = made.second.pdf if isinstance(made, Signed | Archived) else made.pdf
    with pikepdf.open(io.BytesIO(content)) as pdf:
        yield pdf


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """All elements of the structure tree in reading order."""

    def below(element: Any) -> Iterator[Any]:
        yield element
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from below(kid)

    for top in pdf.Root.StructTreeRoot.K:
        yield from below(top)


def of_kind(pdf: pikepdf.Pdf, kind: str) -> list[Any]:
    return [element for element in elements(pdf) if kind == element.S]


def test_the_same_revision_gives_the_same_bytes_in_two_processes(demo: Rendered) -> None:
    again = revision_pdf(samples.demo_snapshot())
    assert again.pdf == demo.pdf
    assert again.sha256 == demo.sha256


def test_another_revision_gives_another_identifier(demo: Rendered, rich: Rendered) -> None:
    identifiers = [bytes(pikepdf.open(io.BytesIO(made.pdf)).trailer.ID[0]) for made in (demo, rich)]
    assert identifiers[0] != identifiers[1]


def test_it_claims_both_standards_with_the_extension_schema(any_pdf: pikepdf.Pdf) -> None:
    metadata = bytes(any_pdf.Root.Metadata.read_bytes()).decode()
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfaid:conformance="A"' in metadata
    assert 'pdfuaid:part="1"' in metadata
    assert "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>" in metadata
    assert any_pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_it_is_tagged_and_names_its_language_title_outline_and_pages(any_pdf: pikepdf.Pdf) -> None:
    root = any_pdf.Root
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(root.Lang) == "en"
    assert str(any_pdf.docinfo["/Title"]) in bytes(root.Metadata.read_bytes()).decode()
    with any_pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles[:2] == ["Cover", "Contents"]
    assert [title for title in titles if title != "Annex: open books"][-3:] == [
        "Signatures",
        "How the numbers were made",
        "Evidence",
    ]
    assert root.PageLabels.Nums[1].S == "/D"


def test_all_fonts_are_ours_embedded_subset_and_readable(any_pdf: pikepdf.Pdf) -> None:
    fonts = [item for item in any_pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
    composite = [font for font in fonts if font.Subtype == "/Type0"]
    assert composite
    for font in composite:
        subset, _, family = str(font.BaseFont).lstrip("/").partition("+")
        assert re.fullmatch("[A-Z]{6}", subset)
        assert any(family.startswith(ours) for ours in OUR_FAMILIES)
        assert "/ToUnicode" in font
        assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_no_empty_box_is_drawn(any_pdf: pikepdf.Pdf) -> None:
    for page in any_pdf.pages:
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) not in ("Tj", "TJ"):
                continue
            shown = operands[0] if str(operator) == "TJ" else [operands[0]]
            for piece in shown:
                if isinstance(piece, pikepdf.String):
                    codes = bytes(piece)
                    assert b"\0\0" not in [codes[i : i + 2] for i in range(0, len(codes), 2)]


def test_nothing_that_the_standards_forbid(any_pdf: pikepdf.Pdf) -> None:
    assert not any_pdf.is_encrypted
    for item in any_pdf.objects:
        keys = item.keys() if isinstance(item, pikepdf.Dictionary | pikepdf.Stream) else ()
        assert not {"/JS", "/JavaScript", "/NeedAppearances", "/LZWDecode"} & set(keys)
        if "/Interpolate" in keys:
            assert not item.Interpolate
    assert "/NeedAppearances" not in any_pdf.Root.AcroForm


def test_figures_headers_and_fields_are_described(any_pdf: pikepdf.Pdf) -> None:
    assert [figure for figure in of_kind(any_pdf, "/Figure") if "/Alt" not in figure] == []
    headers = of_kind(any_pdf, "/TH")
    assert {str(header.A.Scope) for header in headers} == {"/Column", "/Row"}
    for field in any_pdf.Root.AcroForm.Fields:
        assert str(field.TU).startswith(("Signature", "Timestamp"))


def test_every_marked_piece_leads_to_the_structure_and_back(any_pdf: pikepdf.Pdf) -> None:
    numbers = any_pdf.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    for page in any_pdf.pages:
        marks = [
            int(operands[1].MCID)
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and "/MCID" in operands[1]
        ]
        listed = parents[int(page.StructParents)]
        assert {index for index, element in enumerate(listed) if element is not None} == set(marks)
        for mark in marks:
            element = parents[int(page.StructParents)][mark]
            kids = element.K if isinstance(element.K, pikepdf.Array) else [element.K]
            assert mark in [kid for kid in kids if isinstance(kid, int)]


def test_a_table_over_many_pages_is_one_table_with_one_head(hostile: Rendered) -> None:
    with pikepdf.open(io.BytesIO(hostile.pdf)) as pdf:
        tables = [
            [kid.S for kid in table.K if kid.S in ("/THead", "/TBody")]
            for table in of_kind(pdf, "/Table")
            if any(kid.S == "/THead" for kid in table.K)
        ]
        rows = max(sum(1 for kid in body.K if kid.S == "/TR") for body in of_kind(pdf, "/TBody"))
    assert tables == [["/THead", "/TBody"]] * 6
    assert rows == 200


def test_headers_of_cells_exist_and_are_indexed(hostile: Rendered) -> None:
    with pikepdf.open(io.BytesIO(hostile.pdf)) as pdf:
        identifiers = {bytes(element.ID) for element in elements(pdf) if "/ID" in element}
        named = {bytes(header) for cell in of_kind(pdf, "/TD") for header in cell.A.get("/Headers", [])}
        indexed = {bytes(name) for name in pdf.Root.StructTreeRoot.IDTree.Names[::2]}
    assert named
    assert named <= identifiers
    assert indexed == identifiers


def test_the_head_of_a_table_is_drawn_on_each_of_its_pages(hostile: Rendered, tmp_path: Path) -> None:
    pages = text_of(hostile.pdf, tmp_path, "-layout").split("\f")
    with_rows = [page for page in pages if "Position" in page]
    assert len(with_rows) > 10
    assert all("Unit price" in page for page in with_rows)


def test_the_head_of_a_table_does_not_stand_alone_at_the_foot_of_a_page(tmp_path: Path) -> None:
    """So many short paragraphs leave room for the head under them, but not for a line."""
    lines = [samples.line("l1", "fixed", "Workshop", "Two sessions", amount="100.00")]
    text = [samples.paragraph(f"Paragraph {number}.") for number in range(24)]
    made = revision_pdf(samples.snapshot([samples.priced("s1", "Pricing", lines, *text)]))
    pages = [page for page in text_of(made.pdf, tmp_path).split("\f") if "Discount and why" in page]
    assert ["Workshop" in page for page in pages] == [True]


def test_the_sellers_logo_stands_on_the_cover_of_what_was_frozen_with_it() -> None:
    drawn = Image.new("RGB", (90, 30), "navy")
    written = io.BytesIO()
    drawn.save(written, "PNG")
    content = samples.snapshot([]) | {"seller_logo": logos.store(written.getvalue())}
    made = revision_pdf(content)
    assert made.sha256 == revision_pdf(content).sha256
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        [logo] = [image for image in pdf.pages[0].get_images().values() if (image.Width, image.Height) == (90, 30)]
        assert not logo.get("/Interpolate", False)
        assert "/SMask" not in logo
        assert "The logo of Northlight Studio" in [str(figure.Alt) for figure in of_kind(pdf, "/Figure")]
    with pytest.raises(DocumentNotRenderable, match="logo"):
        revision_pdf(content | {"seller_logo": "0" * 64})


def test_letter_paper_and_another_language(tmp_path: Path) -> None:
    words = "Unternehmensberatungsdienstleistungen und Softwareentwicklungsvereinbarungen rechnen wir gesondert ab. "
    text = samples.prose("s1", "Leistung", samples.paragraph(words * 6))
    content = samples.snapshot([text, samples.priced("s4", "Preise", samples.demo_lines())])
    content["proposal"] |= {"language": "de", "paper": "letter"}
    made = revision_pdf(content)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert {tuple(round(float(side)) for side in page.MediaBox) for page in pdf.pages} == {(0, 0, 612, 792)}
        assert pdf.Root.Lang == "de"
    drawn = text_of(made.pdf, tmp_path, "-layout")
    assert re.search(r"[a-z]-\n", drawn)  # long words are divided ...
    assert squeezed(words * 6) in squeezed(text_of(made.pdf, tmp_path))  # ... and are whole for whoever extracts them
    assert "23.038,40 €" in squeezed(drawn)
    assert "12. Januar 2027" in drawn


def test_a_page_that_ends_within_a_table_carries_its_subtotal_to_the_next(hostile: Rendered, tmp_path: Path) -> None:
    pages = text_of(hostile.pdf, tmp_path, "-layout").split("\f")
    last_rows = [max(map(int, re.findall(r"Position (\d+)", page)), default=-1) for page in pages]
    broken = [number for number, row in enumerate(last_rows) if 0 <= row < 199]
    assert len(broken) > 5
    for number in broken:
        so_far = sum((Decimal(f"{row}.05") for row in range(last_rows[number] + 1)), Decimal(0))
        assert re.findall(r"Carried forward €([\d.,]+)", pages[number]) == [f"{so_far:,}"]
        assert re.findall(r"Brought forward €([\d.,]+)", pages[number + 1]) == [f"{so_far:,}"]
    carried = [number for number, page in enumerate(pages) if "Carried forward" in page]
    assert carried == broken


@pytest.mark.parametrize("name", ["demo_snapshot", "rich_snapshot"])
def test_every_word_of_the_revision_can_be_read_from_the_file(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    snapshot = getattr(samples, name)()
    made = request.getfixturevalue(name.partition("_")[0])
    text = squeezed(text_of(made.pdf, tmp_path, "-raw"))
    for section in snapshot["sections"]:
        assert section["title"] in text
        for written in to_text(section["text"]).splitlines():
            assert squeezed(written.removeprefix("- ")) in text
        for line in section.get("lines", []):
            assert line["title"] in text
            assert [discount["text"] for discount in line["discounts"] if discount["text"] not in text] == []
    assert snapshot["questions"][0]["text"] in text


def test_ligatures_accents_and_signs_survive_extraction(hostile: Rendered, tmp_path: Path) -> None:
    text = squeezed(text_of(hostile.pdf, tmp_path))
    for written in ("Żółć & Söhne", "Ελληνική Εταιρεία", "ООО «Ромашка и сыновья»", "Нэг гарчиг, Ελληνικά, Việt Nam"):
        assert written in text
    assert "Donaudampfschifffahrts" in text


def test_markup_that_people_type_stays_text(hostile: Rendered, tmp_path: Path) -> None:
    text = squeezed(text_of(hostile.pdf, tmp_path))
    assert "<script>alert(1)</script> & “quotes”" in text
    assert "<b>not bold</b> &amp; {{ not.a.template }}" in text


def test_the_data_of_the_revision_is_inside_once(demo: Rendered, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(demo.pdf)) as pdf:
        assert list(pdf.attachments) == ["proposal.json"]
        attached = pdf.attachments["proposal.json"].get_file()
        assert len(pdf.Root.AF) == 1
        assert pdf.Root.AF[0].AFRelationship == "/Source"
        content = bytes(attached.read_bytes())
    assert content == rfc8785.dumps(samples.demo_snapshot())
    total = json.loads(content)["pricing"]["result"]["totals"]["total"]
    assert total == "23038.40"
    assert text_of(demo.pdf, tmp_path).count("€23,038.40") == 3


def test_contents_lead_to_the_real_pages(rich: Rendered, tmp_path: Path) -> None:
    pages = text_of(rich.pdf, tmp_path, "-layout").split("\f")
    entries = re.findall(r"^\s*(\S.*?)\s*\.{3,}\s*(\d+)\s*$", pages[1], re.M)
    assert len(entries) == 11
    for title, number in entries:
        name = re.sub(r"^\d+ ", "", title)
        assert re.search(rf"^\s*(\d+\s+)?{re.escape(name)}\s*$", pages[int(number) - 1], re.M), (title, number)


def test_the_open_books_are_an_annex(rich: Rendered, demo: Rendered, tmp_path: Path) -> None:
    text = squeezed(text_of(rich.pdf, tmp_path, "-raw"))
    for said in (
        "This is information; it is not part of what the parties agree on.",
        "Rate build-up Designer €120.00 an hour",
        "Direct cost of an hour €57.65",
        "+ Its share of the overhead €34.59",
        "+ Profit €27.76",
        "= Rate of an hour €120.00",
        "Four people with ten years each.",
        "Designer Senior 30 €120.00",
        "Seniors decide, juniors build.",
    ):
        assert squeezed(said) in text
    assert "Annex" not in text_of(demo.pdf, tmp_path, "-raw")


def test_options_reasons_certainty_and_offers_are_said(rich: Rendered, tmp_path: Path) -> None:
    text = squeezed(text_of(rich.pdf, tmp_path, "-raw"))
    assert "Option, not included" in text
    assert "Option, taken by the client" in text
    assert "Two months free when paid yearly" in text
    assert "€420.00 an estimate" in text
    assert "2% less, €460.77, if paid within 10 days of the invoice" in text
    assert "It saves us a reminder Early payment: up to 2%, on every invoice, policy line 2 €23,085.83" in text


def test_the_block_has_an_empty_field_for_each_slot_and_names_no_person(hostile: Rendered, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(hostile.pdf)) as pdf:
        fields = list(pdf.Root.AcroForm.Fields)
        names = [str(field.T) for field in fields]
        kinds = {(str(field.FT), int(field.F), "/V" in field) for field in fields}
        forms = of_kind(pdf, "/Form")
        assert all(isinstance(form.K, pikepdf.Dictionary) for form in forms)
    assert names == ["sig_seller-1", *(f"sig_client-{number}" for number in range(1, 6))]
    assert kinds == {("/Sig", 132, False)}
    page = next(page for page in text_of(hostile.pdf, tmp_path).split("\f") if "every place below" in squeezed(page))
    assert "Maya" not in page


def test_qpdf_finds_nothing_wrong(
    demo: Rendered, rich: Rendered, hostile: Rendered, draft: Rendered, signed: Signed, tmp_path: Path
) -> None:
    for index, content in enumerate((demo.pdf, rich.pdf, hostile.pdf, draft.pdf, signed.first.pdf, signed.second.pdf)):
        path = tmp_path / f"{index}.pdf"
        path.write_bytes(content)
        done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_evidence_says_who_agreed_to_what_and_never_more_than_it_knows(demo: Rendered, tmp_path: Path) -> None:
    snapshot = samples.demo_snapshot()
    text = squeezed(text_of(demo.pdf, tmp_path))
    digits = text.replace(" ", "")
    assert "any change is detected" in text
    assert snapshot["audit"]["hash"] in digits
    assert snapshot["terms_fingerprint"].removeprefix("v1:") in digits
    assert text.count("8 December 2026, 16:20:09 UTC") == 14
    for word in ("qualified", "advanced", "nobody can change"):
        assert word not in text.lower()


def test_a_character_that_no_font_has_is_refused_for_sealing_and_named() -> None:
    section = samples.prose("s1", "Summary", samples.paragraph("Signed 中 and 🎉."))
    with pytest.raises(MissingGlyphs) as refused:
        revision_pdf(samples.snapshot([section]))
    assert refused.value.characters == ("中", "🎉")
    assert "CJK UNIFIED IDEOGRAPH-4E2D, U+4E2D" in refused.value.detail
    assert refused.value.code == "missing_glyphs"


def test_a_draft_says_so_on_every_page_and_cannot_be_signed(draft: Rendered, tmp_path: Path) -> None:
    pages = text_of(draft.pdf, tmp_path).split("\f")[:-1]
    assert len(pages) == draft.page_count
    assert all("Draft" in page for page in pages)
    assert "https://sameside.example/proposals/7/" in squeezed(pages[1])
    assert "8 December 2026, 09:30:00 UTC" in squeezed(pages[0])
    with pikepdf.open(io.BytesIO(draft.pdf)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert list(pdf.attachments) == []


def test_a_proposal_without_sections_is_a_document_too(tmp_path: Path) -> None:
    made = revision_pdf(samples.snapshot([]))
    assert "accept revision 1 of this proposal: its 0 sections and the terms of the whole" in squeezed(
        text_of(made.pdf, tmp_path)
    )


def test_the_pages_are_told_as_they_are_laid_out() -> None:
    told: list[int] = []
    moment = datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
    made = draft_pdf(samples.snapshot([]), drafted_at=moment, live_url="https://s.example/", tell_page=told.append)
    assert told[: made.page_count] == list(range(1, made.page_count + 1))
    assert set(told) == set(range(1, made.page_count + 1))


def test_a_rendering_that_is_given_up_ends() -> None:
    class GivenUp(Exception):
        pass

    def give_up(page: int) -> None:
        raise GivenUp

    with pytest.raises(GivenUp):
        revision_pdf(samples.snapshot([]), tell_page=give_up)


def test_the_sum_stays_with_the_last_line_of_its_table(tmp_path: Path) -> None:
    """With 17 lines the page has room for the last one, and not for the sum below it."""
    lines = [samples.line(f"l{n}", "fixed", f"Package {n + 1}", "", amount="100.00") for n in range(17)]
    made = revision_pdf(samples.snapshot([samples.priced("s4", "Pricing", lines)]))
    pages = text_of(made.pdf, tmp_path, "-layout").split("\f")
    (with_total,) = [page for page in pages[2:5] if re.search(r"^ +Total ", page, re.MULTILINE)]
    assert "Package 17" in with_total
