"""The fonts of the PDF: where they are, whether they are the right ones, and the font configuration of the renderer.

Only two folders count: ours, made by `scripts/build_fonts.py`, and one in which an operator may put more faces
(TTF or OTF, say for Arabic or Chinese). Fonts installed on the machine are never seen, so the same revision looks
the same everywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
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


def configuration_file(*, extra_folder: Path, cache_folder: Path) -> Path:
    """Where `configuration` stands as a file. Its name changes with the operator's fonts, as a renderer that has read
    one file does not look again.
    """
    text = configuration(extra_folder=extra_folder, cache_folder=cache_folder)
    added = sorted(path for path in extra_folder.rglob("*") if path.is_file()) if extra_folder.is_dir() else []
    state = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in added]
    digest = hashlib.sha256(json.dumps([text, state]).encode()).hexdigest()[:16]
    file = cache_folder / f"fonts-{digest}.conf"
    if not file.exists():
        cache_folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
    return file
