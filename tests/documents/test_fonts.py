"""The fonts of the PDF: exactly the files of the manifest, with the signs that proposals need."""

import hashlib
import json
import runpy
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from proposals.documents import fonts

SIGNS = "€−–—“”’…½²→←≤≥≈✓☐☑☒\u2010\u2011\u202f\u2009\u00a0ﬁﬂ₂⁴ŁőğВїΩάệ₫"


def faces() -> list[Path]:
    return sorted(fonts.verified_folder().glob("*.ttf"))


def test_each_font_is_the_file_of_the_manifest() -> None:
    manifest = json.loads((fonts.FONTS / "manifest.json").read_text())
    assert {face.name: hashlib.sha256(face.read_bytes()).hexdigest() for face in faces()} == manifest


def test_a_changed_font_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in fonts.FONTS.iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    damaged = tmp_path / "sameside-sans-regular.ttf"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    monkeypatch.setattr(fonts, "FONTS", tmp_path)
    fonts.verified_folder.cache_clear()
    with pytest.raises(fonts.FontsNotBuilt, match=r"sameside-sans-regular\.ttf"):
        fonts.verified_folder()
    fonts.verified_folder.cache_clear()


def test_every_sign_is_drawn_by_one_of_the_two_families() -> None:
    for style in ("regular", "semibold"):
        covered: set[int] = set()
        for face in faces():
            if face.stem.endswith(f"-{style}"):
                covered |= set(TTFont(face).getBestCmap())
        assert [sign for sign in SIGNS if ord(sign) not in covered] == []


def test_all_faces_of_a_family_cover_the_same_signs() -> None:
    for family in ("sameside-serif", "sameside-sans"):
        coverages = {frozenset(TTFont(face).getBestCmap()) for face in faces() if face.stem.startswith(family)}
        assert len(coverages) == 1


def test_building_again_gives_the_same_bytes() -> None:
    build_fonts = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "build_fonts.py"))
    face = build_fonts["FACES"][4]
    manifest = json.loads((fonts.FONTS / "manifest.json").read_text())
    assert hashlib.sha256(build_fonts["build"](face)).hexdigest() == manifest[face.file_name]


def test_the_configuration_lists_only_our_folder_and_the_operators(tmp_path: Path) -> None:
    operators = tmp_path / "fonts & more"
    operators.mkdir()
    text = fonts.configuration(extra_folder=operators, cache_folder=tmp_path / "cache")
    assert text.count("<dir>") == 2
    assert f"<dir>{fonts.FONTS}</dir>" in text
    assert "fonts &amp; more</dir>" in text
    assert fonts.configuration(extra_folder=tmp_path / "none", cache_folder=tmp_path).count("<dir>") == 1
