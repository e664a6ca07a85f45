"""Faces that an operator adds: Hebrew, Arabic and Chinese are then drawn, right to left where they are written so."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from proposals.documents.appearance import appearance, drawing_of
from proposals.documents.directions import with_directions
from proposals.documents.errors import MissingGlyphs
from proposals.documents.render import revision_pdf
from proposals.documents.sealing import signature_fields
from proposals.documents.signatory import Mark, Signatory
from proposals.documents.stylesheets import mirrored
from tests.documents import samples
from tests.documents.conftest import Once

HEBREW, ARABIC, CHINESE = "שלום עולם", "سلام دنيا", "你好 世界"


def face_of(letters: str, path: Path) -> None:
    """A face with a box for each of these letters: enough to be found, measured and embedded."""
    points = sorted({ord(letter) for letter in letters})
    names = {point: f"uni{point:04X}" for point in points}
    pen = TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((50, 600), (450, 600), (450, 0)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    order = [".notdef", *names.values()]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys(order, box))
    builder.setupHorizontalMetrics(dict.fromkeys(order, (500, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Added", "styleName": "Regular", "psName": "Added-Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)


def snapshot(language: str, words: str) -> samples.Json:
    lines = [samples.line("l1", "fixed", words, "", amount="100.00")]
    written = samples.priced("s1", "Pricing", lines, samples.paragraph(words))
    made = samples.snapshot([written])
    return {**made, "proposal": {**made["proposal"], "language": language}}


def places(pdf: bytes, word: str, tmp_path: Path) -> list[tuple[float, float]]:
    """Where a word begins and ends on the line, for each time that it is drawn."""
    path = tmp_path / "placed.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, text=True)
    found = re.findall(rf'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">{word}<', done.stdout)
    return [(float(left), float(right)) for left, right in found]


@dataclass(frozen=True)
class Drawn:
    """Which characters were missing in a language before its face was added, and PDFs made afterwards."""

    missing: dict[str, set[str]]
    made: dict[tuple[str, str], bytes]


WORDS = {"he": HEBREW, "ar": ARABIC, "zh": CHINESE}
LETTERS = {"he": "אבגדהוזחטיכךלמםנןסעפףצץקרשת"}


def draw(data_dir: Path) -> tuple[dict[str, set[str]], dict[tuple[str, str], bytes]]:
    """All in one folder, as each change of its faces costs a renderer."""
    missing = {}
    with override_settings(DATA_DIR=data_dir):
        for language, words in WORDS.items():
            with pytest.raises(MissingGlyphs) as refused:
                revision_pdf(snapshot(language, words))
            missing[language] = {entry["character"] for entry in refused.value.extra["characters"]}
        for language, words in WORDS.items():
            # The months, numbers and other words of the language itself are missing too.
            letters = words + LETTERS.get(language, "") + "".join(missing[language])
            face_of(letters, data_dir / "fonts" / f"{language}.ttf")
        written = [*WORDS.items(), ("he", "Words"), ("en", "Words")]
        return missing, {one: revision_pdf(snapshot(*one)).pdf for one in written}


@pytest.fixture(scope="session")
def drawn(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return Drawn(*once("faces", lambda: draw(tmp_path_factory.mktemp("faces") / "data")))


@pytest.mark.parametrize(
    ("language", "words", "from_right"), [("he", HEBREW, True), ("ar", ARABIC, True), ("zh", CHINESE, False)]
)
def test_a_face_that_was_added_is_used_from_the_next_pdf_on(
    drawn: Drawn, tmp_path: Path, language: str, words: str, from_right: bool
) -> None:
    """In the paragraph and in the cell of the table the first word stands where one begins to read."""
    assert set(words) - {" "} <= drawn.missing[language]
    made = drawn.made[language, words]
    shown = [word[::-1] if from_right else word for word in words.split()]  # poppler lists letters from the left
    first, second = (places(made, word, tmp_path) for word in shown)
    assert len(first) == len(second) >= 2
    for (left, right), (other_left, other_right) in zip(first, second, strict=True):
        assert (left > other_right) if from_right else (right < other_left)


def test_a_document_written_from_the_right_is_laid_out_from_the_right(drawn: Drawn, tmp_path: Path) -> None:
    """Amounts stand left of what they are for, the page number at the left; English words keep their own order."""
    made = drawn.made["he", HEBREW]
    ((item, _), *_), ((total, _), *_) = (places(made, word, tmp_path) for word in ("Item", "Total"))
    assert total < item
    ((number, _), *_), ((revision, _), *_) = (places(made, word, tmp_path) for word in ("Page", "Revision"))
    assert number < revision
    (said, _), *_ = places(made, "binds", tmp_path)
    _, (_, end), *_ = [*places(made, "Nothing", tmp_path), *places(made, "signed\\.", tmp_path)]
    assert said < end


@pytest.mark.parametrize(("language", "at_the_right"), [("he", True), ("en", False)])
def test_what_stands_in_a_signature_block_begins_where_one_begins_to_read(
    drawn: Drawn, tmp_path: Path, language: str, at_the_right: bool
) -> None:
    field, *_ = signature_fields(drawn.made[language, "Words"])
    looks = appearance(
        Signatory("Maya", "Partner", "Northlight", "maya@northlight.example", "seller"),
        Mark("typed", "Maya"),
        signed_at=datetime(2026, 12, 9, 10, tzinfo=UTC),
        method="Confirmed",
        reference="Revision",
        width_points=field.width_points,
        height_points=field.height_points,
        direction=field.direction,
    )
    for word in ("Maya", "Northlight", "Confirmed", "Revision"):
        found = places(looks, word, tmp_path)
        assert found, word
        for left, right in found:
            assert (field.width_points - right < 60) if at_the_right else (left < 5), word
    drawing = drawing_of((((0.0, 0.0), (50.0, 20.0)),), field.direction)
    assert drawing.view_box.startswith("-123.8 " if at_the_right else "-4.0 ")


def test_left_and_right_are_exchanged() -> None:
    css = ".a { margin: 1mm 2mm 3mm 4mm; left: 0 } .b { padding: 7mm 0 1.6mm; text-align: left }"
    assert mirrored(css).startswith(
        ".a { margin: 1mm 4mm 3mm 2mm; right: 0 } .b { padding: 7mm 0 1.6mm; text-align: right }"
    )
    place = ".c { background-position: -.5mm 3mm; background-size: 4mm 3mm; border-left: 1pt solid }"
    assert ".c { background-position: right -.5mm top 3mm; background-size: 4mm 3mm; border-right: 1pt" in mirrored(
        place
    )


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<p>Nothing binds.</p>", '<p dir="ltr">Nothing binds.</p>'),
        ("<p>שלום.</p>", "<p>שלום.</p>"),
        ("<h2><span>1</span> שלום</h2>", '<h2><span dir="ltr">1</span> שלום</h2>'),
        ('<td class="num">−400.00 €</td>', '<td class="num" dir="ltr">−400.00 €</td>'),
        ("<thead><th>سلام A</th></thead>", "<thead><th>سلام A</th></thead>"),
    ],
)
def test_each_piece_says_its_direction_by_its_first_letter(html: str, marked: str) -> None:
    assert with_directions(html) == marked
