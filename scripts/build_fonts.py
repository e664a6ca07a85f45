"""Makes the fonts of the PDF: one TTF per face, merged from the subsets of the npm packages.

The packages of @fontsource split each face into subset files that share one family name; a PDF renderer that
loads several of them mixes their glyphs up, so every face becomes one file here. The result is named "Sameside
Serif" and "Sameside Sans", because the licence (SIL OFL 1.1, section 3) keeps the names of the originals for the
originals.

Some signs that people type in proposals are missing in the subsets: non-breaking hyphens and narrow spaces (Word
writes them), arrows, comparison signs, ticks, boxes, small digits. They are added as glyphs of their own, so that
text copied from the PDF is the text that was written.

The output is the same bytes on every run (no time stamps, pinned inputs). `manifest.json` beside the fonts, under
version control, lists what each file must be; `--write-manifest` renews it after an upgrade of fonts or fontTools.

    python scripts/build_fonts.py [--write-manifest]
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.misc.transform import Identity, Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = PROJECT / "node_modules" / "@fontsource"
FONTS = PROJECT / "proposals" / "documents" / "assets" / "fonts"

SUBSETS = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic", "cyrillic-ext")
NOT_MERGED = ["prep", "gasp", "STAT", "BASE"]
"""Tables left out: hints for screens, and tables of variable fonts that say nothing about one static face."""

MAC_EPOCH_2026_SECONDS = 3_850_000_000
"""A fixed creation time for every file, in seconds since 1904 (OpenType `head`)."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Face:
    """One output file: which package and cut it is made from, and the names it gets."""

    package: str
    weight: int
    style: str
    family: str
    subfamily: str

    @property
    def file_name(self) -> str:
        return f"{self.family}-{self.subfamily}.ttf".lower().replace(" ", "-")

    def sources(self) -> list[Path]:
        """The subset files of this face that the package has, in merging order (the first one wins)."""
        files = PACKAGES / self.package / "files"
        paths = [files / f"{self.package}-{subset}-{self.weight}-{self.style}.woff2" for subset in SUBSETS]
        return [path for path in paths if path.exists()]


FACES = (
    Face("source-serif-4", 400, "normal", "Sameside Serif", "Regular"),
    Face("source-serif-4", 400, "italic", "Sameside Serif", "Italic"),
    Face("source-serif-4", 600, "normal", "Sameside Serif", "SemiBold"),
    Face("source-serif-4", 600, "italic", "Sameside Serif", "SemiBold Italic"),
    Face("public-sans", 400, "normal", "Sameside Sans", "Regular"),
    Face("public-sans", 600, "normal", "Sameside Sans", "SemiBold"),
    Face("public-sans", 700, "normal", "Sameside Sans", "Bold"),
)

WRITTEN_AS = {0x2010: "-", 0x2011: "-", 0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
"""Hyphens and ligatures (pasted from Word and from PDFs) made of the letters that they look like."""

SPACES = {0x2002: "-", 0x2007: "0", 0x2009: ".", 0x200A: ".", 0x202F: "."}
"""Spaces, each as wide as a sign that is there: en, figure, thin, hair and narrow no-break space."""

SMALL_DIGITS = {**{0x2080 + digit: (str(digit), -0.14) for digit in range(10)},
                **{0x2070 + digit: (str(digit), 0.38) for digit in (0, 4, 5, 6, 7, 8, 9)}}  # fmt: skip
"""Subscripts and superscripts: the digit, and how far its smaller form is moved up, in ems."""

SMALL_DIGIT_SCALE = 0.6


def merged(face: Face) -> TTFont:
    """The face's subsets as one font, without hints."""
    sources = face.sources()
    if not sources:
        raise SystemExit(f"No files for {face.package} {face.weight} {face.style}: run npm ci first.")
    parts = []
    for source in sources:
        part = TTFont(source)
        part.flavor = None
        parts.append(io.BytesIO())
        part.save(parts[-1])
    return Merger(Options(drop_tables=NOT_MERGED)).merge(parts)


def rename(font: TTFont, face: Face) -> None:
    """Gives the font our names, the right weight class, and dates that never change."""
    full_name = f"{face.family} {face.subfamily}"
    originals = {record.nameID: record.toUnicode() for record in font["name"].names if record.nameID in (0, 13, 14)}
    font["name"].names = []
    names = {
        0: originals.get(0, ""),
        1: full_name.removesuffix(" Regular"),
        2: "Regular",
        3: f"{full_name}; merged from @fontsource/{face.package}",
        4: full_name,
        5: "Version 1.0",
        6: full_name.replace(" ", ""),
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://openfontlicense.org",
        16: face.family,
        17: face.subfamily,
    }
    for name_id, value in names.items():
        font["name"].setName(value, name_id, 3, 1, 0x409)
    italic = face.style == "italic"
    font["OS/2"].usWeightClass = face.weight
    font["OS/2"].fsSelection = (0x01 if italic else 0x40) | (font["OS/2"].fsSelection & 0x80)
    font["head"].macStyle = 0x02 if italic else 0x00
    font["head"].created = font["head"].modified = MAC_EPOCH_2026_SECONDS
    font["head"].fontRevision = 1.0
    font.recalcTimestamp = False


def add_glyph(font: TTFont, codepoint: int, draw: Callable[[TTGlyphPen], None], width: int) -> None:
    """Adds a glyph for a codepoint that the font lacks; `width` is the advance in font units."""
    name = f"uni{codepoint:04X}"
    pen = TTGlyphPen(None)
    draw(pen)
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    glyph = pen.glyph()
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[codepoint] = name


def copy_of(font: TTFont, codepoint: int, transform: Transform = Identity) -> Callable[[TTGlyphPen], None]:
    """A drawing function that repeats the outline of a codepoint, moved or turned by `transform`."""
    outline = DecomposingRecordingPen(font.getGlyphSet())
    outline.glyphSet[font.getBestCmap()[codepoint]].draw(outline)
    return lambda pen: outline.replay(TransformPen(pen, transform))


def polygons(shapes: Iterable[Iterable[Point]], scale: float) -> Callable[[TTGlyphPen], None]:
    """A drawing function for closed shapes given in thousandths of an em."""

    def draw(pen: TTGlyphPen) -> None:
        for shape in shapes:
            points = [(round(x * scale), round(y * scale)) for x, y in shape]
            pen.moveTo(points[0])
            for point in points[1:]:
                pen.lineTo(point)
            pen.closePath()

    return draw


def bounds_of(font: TTFont, codepoint: int) -> tuple[float, float, float, float]:
    """The box (left, bottom, right, top) of a codepoint's outline in font units."""
    glyphs = font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[font.getBestCmap()[codepoint]].draw(pen)
    return pen.bounds


def width_of(font: TTFont, text: str) -> int:
    """The width of a text in font units, without kerning."""
    return sum(font["hmtx"][font.getBestCmap()[ord(character)]][0] for character in text)


def add_copies(font: TTFont) -> None:
    """Adds the hyphens, ligatures, spaces and small digits that the font lacks."""
    em = font["head"].unitsPerEm
    present = set(font.getBestCmap())
    for codepoint, text in WRITTEN_AS.items():
        if codepoint not in present:
            add_glyph(font, codepoint, text_outline(font, text), width_of(font, text))
    for codepoint, measure in SPACES.items():
        if codepoint not in present:
            add_glyph(font, codepoint, lambda pen: None, width_of(font, measure))
    for codepoint, (digit, rise) in SMALL_DIGITS.items():
        if codepoint not in present:
            small = Identity.translate(0, round(rise * em)).scale(SMALL_DIGIT_SCALE)
            width = round(width_of(font, digit) * SMALL_DIGIT_SCALE)
            add_glyph(font, codepoint, copy_of(font, ord(digit), small), width)


def text_outline(font: TTFont, text: str) -> Callable[[TTGlyphPen], None]:
    """A drawing function for the letters of a text, one after the other."""
    letters = [
        copy_of(font, ord(letter), Identity.translate(width_of(font, text[:index]), 0))
        for index, letter in enumerate(text)
    ]

    def draw(pen: TTGlyphPen) -> None:
        for letter in letters:
            letter(pen)

    return draw


def add_comparisons(font: TTFont) -> None:
    """Adds "at most", "at least" and "about", made of the font's own less-than, minus and tilde."""
    left, bottom, right, top = bounds_of(font, 0x2212)
    stroke = top - bottom
    for codepoint, source in ((0x2264, 0x3C), (0x2265, 0x3E)):
        if codepoint in font.getBestCmap():
            continue
        raised = copy_of(font, source, Identity.translate(0, 1.6 * stroke))
        floor = bounds_of(font, source)[1] + 1.6 * stroke - 2.2 * stroke
        bar = polygons([[(left, floor), (left, floor + stroke), (right, floor + stroke), (right, floor)]], 1.0)

        def draw(pen: TTGlyphPen, raised: Callable = raised, bar: Callable = bar) -> None:
            raised(pen)
            bar(pen)

        add_glyph(font, codepoint, draw, font["hmtx"][font.getBestCmap()[source]][0])
    if 0x2248 not in font.getBestCmap():
        offset = 1.3 * stroke
        upper = copy_of(font, 0x7E, Identity.translate(0, offset))
        lower = copy_of(font, 0x7E, Identity.translate(0, -offset))
        add_glyph(font, 0x2248, lambda pen: (upper(pen), lower(pen)), font["hmtx"][font.getBestCmap()[0x7E]][0])


def add_symbols(font: TTFont) -> None:
    """Adds horizontal arrows, ticks, a cross and boxes, drawn in thousandths of an em."""
    scale = font["head"].unitsPerEm / 1000
    arrow = [(60, 285), (60, 345), (640, 345), (470, 515), (515, 560), (760, 315), (515, 70), (470, 115), (640, 285)]
    mirrored = [(820 - x, y) for x, y in reversed(arrow)]
    both = [(60, 315), (305, 560), (350, 515), (180, 345), (740, 345), (570, 515), (615, 560), (860, 315), (615, 70),
            (570, 115), (740, 285), (180, 285), (350, 115), (305, 70)]  # fmt: skip
    tick = [(90, 300), (150, 360), (290, 215), (620, 620), (690, 565), (300, 85)]
    cross = [(115, 130), (315, 330), (115, 530), (165, 580), (365, 380), (565, 580), (615, 530), (415, 330), (615, 130),
             (565, 80), (365, 280), (165, 80)]  # fmt: skip
    frame = [[(80, 0), (80, 700), (780, 700), (780, 0)], [(140, 60), (720, 60), (720, 640), (140, 640)]]
    small_tick = [(x * 0.72 + 150, y * 0.72 + 95) for x, y in tick]
    small_cross = [(x * 0.72 + 167, y * 0.72 + 112) for x, y in cross]
    shapes: dict[int, tuple[list[list[Point]], int]] = {
        0x2190: ([mirrored], 820),
        0x2192: ([arrow], 820),
        0x2194: ([both], 920),
        0x2713: ([tick], 780),
        0x2714: ([tick], 780),
        0x2717: ([cross], 730),
        0x2610: (frame, 860),
        0x2611: ([*frame, small_tick], 860),
        0x2612: ([*frame, small_cross], 860),
    }
    for codepoint, (outline, width) in shapes.items():
        if codepoint not in font.getBestCmap():
            add_glyph(font, codepoint, polygons(outline, scale), round(width * scale))


def build(face: Face) -> bytes:
    """The finished TTF of one face."""
    font = merged(face)
    rename(font, face)
    add_copies(font)
    add_comparisons(font)
    add_symbols(font)
    content = io.BytesIO()
    font.save(content, reorderTables=True)
    return content.getvalue()


def main(arguments: list[str]) -> int:
    """Builds what is missing or different; returns 1 if a face isn't what the manifest says."""
    parser = argparse.ArgumentParser(description="Make the fonts of the PDF.")
    parser.add_argument("--write-manifest", action="store_true", help="record the hashes instead of checking them")
    renew = parser.parse_args(arguments).write_manifest
    manifest_path = FONTS / "manifest.json"
    manifest = json.loads(manifest_path.read_text()) if manifest_path.exists() and not renew else {}
    hashes: dict[str, str] = {}
    for face in FACES:
        path = FONTS / face.file_name
        expected = manifest.get(face.file_name)
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == expected:
            hashes[face.file_name] = expected
            continue
        content = build(face)
        hashes[face.file_name] = hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
    if renew:
        manifest_path.write_text(json.dumps(hashes, indent=2, sort_keys=True) + "\n")
        return 0
    wrong = [name for name, digest in hashes.items() if manifest.get(name) != digest]
    for name in wrong:
        print(f"{name} is not the file that manifest.json describes.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
