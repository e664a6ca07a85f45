"""Faces that an operator adds: Hebrew, Arabic and Chinese are then drawn, right to left where they are written so."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from proposals.documents.errors import MissingGlyphs
from proposals.documents.render import revision_pdf
from tests.documents import samples

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


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("language", "words", "from_right"), [("he", HEBREW, True), ("ar", ARABIC, True), ("zh", CHINESE, False)]
)
def test_a_face_that_was_added_is_used_from_the_next_pdf_on(
    data_dir: Path, tmp_path: Path, language: str, words: str, from_right: bool
) -> None:
    """In the paragraph and in the cell of the table the first word stands where one begins to read."""
    content = snapshot(language, words)
    with pytest.raises(MissingGlyphs) as refused:
        revision_pdf(content)
    assert set(words) - {" "} <= {entry["character"] for entry in refused.value.extra["characters"]}
    # The months, numbers and other words of the language itself are named above too.
    face_of(
        words + "".join(entry["character"] for entry in refused.value.extra["characters"]),
        data_dir / "fonts" / "added.ttf",
    )
    made = revision_pdf(content)
    shown = [word[::-1] if from_right else word for word in words.split()]  # poppler lists letters from the left
    first, second = (places(made.pdf, word, tmp_path) for word in shown)
    assert len(first) == len(second) >= 2
    for (left, right), (other_left, other_right) in zip(first, second, strict=True):
        assert (left > other_right) if from_right else (right < other_left)
