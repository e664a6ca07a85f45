"""What the process of the application and the rendering subprocess say to each other. Standard library only."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

EXIT_REFUSED = 3
"""The subprocess ends with this when it could say what is wrong; any other failure is a crash."""


SIGNATURE_FIELD_PREFIX = "sig_"
"""A form field of the page with this prefix becomes the signature field of the slot named after it."""


@dataclass(frozen=True)
class Source:
    """A file that travels inside the PDF with the relationship "Source" (PDF/A-3)."""

    name: str
    description: str
    text: str
    created: str
    """ISO 8601 in UTC; the PDF must not carry the time of rendering, or two renderings would differ."""


@dataclass(frozen=True)
class Job:
    """One rendering: what to draw and what the process may use for it."""

    html: str
    css: str
    identifier: str
    """32 hexadecimal digits: the PDF's file identifier, from the hash of the content."""
    source: Source | None = None
    must_have_glyphs: bool = True
    """Refuse characters without a glyph (sealing) instead of drawing a box (drafts)."""
    is_document: bool = True
    """A whole document (PDF/A-3a and PDF/UA-1), or just a drawing for a signature's appearance."""
    assets: dict[str, str] = field(default_factory=dict)
    """Files that the HTML or CSS may name as `asset:<name>`: SVG as text, or PNG as base64 by the end of the name."""
    cpu_limit_seconds: int = 10
    memory_limit_bytes: int = 1 << 30

    def to_json(self) -> bytes:
        """The job as UTF-8 JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Job:
        """The job that `to_json` wrote."""
        values = json.loads(content)
        source = values.pop("source")
        return cls(source=Source(**source) if source else None, **values)


@dataclass(frozen=True)
class Report:
    """What the subprocess says about its work; sent as one line of JSON before the bytes of the PDF."""

    page_count: int = 0
    refused_urls: tuple[str, ...] = ()
    missing_characters: tuple[str, ...] = ()
    failure: str = ""

    def to_line(self) -> bytes:
        """The report as one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_output(cls, output: bytes) -> tuple[Report, bytes]:
        """Report and PDF from everything the subprocess wrote; raises ValueError if it isn't that."""
        pdf = output
        while pdf.startswith(PAGE):
            _, _, pdf = pdf.partition(b"\n")
        line, separator, pdf = pdf.partition(b"\n")
        if not separator:
            raise ValueError("The renderer ended without a report.")
        values = json.loads(line)
        for name in ("refused_urls", "missing_characters"):
            values[name] = tuple(values[name])
        return cls(**values), pdf


PAGE = b"page "


def page_line(number: int) -> bytes:
    """What the subprocess says when it has laid out a page."""
    return PAGE + str(number).encode() + b"\n"


class PageListener:
    """Hears the output of the subprocess as it comes, and tells the number of the page that was just laid out."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.tell = tell
        self._unfinished = b""
        self._is_over = False

    def __call__(self, piece: bytes) -> None:
        """The next bytes. After the last page line nothing is looked at any more."""
        if self._is_over:
            return
        *lines, self._unfinished = (self._unfinished + piece).split(b"\n")
        for line in lines:
            if not line.startswith(PAGE):
                self._is_over = True
                return
            self.tell(int(line.removeprefix(PAGE)))
