"""The fonts of the PDF: where they are, whether they are the right ones, and the font configuration of the renderer.

Only two folders count: ours, made by `scripts/build_fonts.py`, and one in which an operator may put more faces
(TTF or OTF, say for Arabic or Chinese). Fonts installed on the machine are never seen, so the same revision looks
the same everywhere.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

FONTS = Path(__file__).resolve().parent / "assets" / "fonts"


class FontsNotBuilt(RuntimeError):
    """The fonts are missing or not the files that the manifest describes; `make build` makes them."""


@lru_cache(maxsize=1)
def verified_folder() -> Path:
    """The folder of our fonts, after checking once per process that each file has the SHA-256 of the manifest.

    The check is not a formality: without any font the renderer crashes, and with another font the line breaks of a
    contract move.
    """
    manifest = json.loads((FONTS / "manifest.json").read_text(encoding="utf-8"))
    for name, expected in manifest.items():
        path = FONTS / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise FontsNotBuilt(f"The font {name} is missing or different. Run “make build”.")
    return FONTS


def configuration(*, extra_folder: Path | None, cache_folder: Path) -> str:
    """A fontconfig file (XML) that lists our folder, the operator's if it exists, and nothing of the machine."""
    folders = [verified_folder()]
    if extra_folder is not None and extra_folder.is_dir():
        folders.append(extra_folder)
    listed = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in folders)
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig>{listed}<cachedir>{escape(str(cache_folder))}</cachedir></fontconfig>"
    )
