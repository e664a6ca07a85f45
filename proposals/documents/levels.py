"""What a signature's level says about its time, in words (PAdES baselines, ETSI EN 319 142-1)."""

from __future__ import annotations

from typing import Final

BASELINE_B: Final = "B-B"
BASELINE_T: Final = "B-T"
BASELINE_LTA: Final = "B-LTA"

LEVEL_SENTENCES: Final = {
    BASELINE_B: "The time is stated by this server; no timestamp authority confirmed it.",
    BASELINE_T: "The time is confirmed by a timestamp authority (RFC 3161).",
    BASELINE_LTA: (
        "The time is confirmed by a timestamp authority (RFC 3161), and the file carries what is needed to check its "
        "signatures in later years, under a timestamp over the whole file."
    ),
}
"""For pages, mails and the evidence. The first also holds where an authority is configured and did not answer."""

STATED_BY_SERVER: Final = "time stated by the server"
"""What the visible signature adds to a time that no authority has confirmed."""


TECHNICAL_NAMES: Final = {level: f"PAdES {level}" for level in LEVEL_SENTENCES}
"""What specialists call the levels."""


def level_in_words(level: str | None) -> str:
    """The level with its meaning, such as "PAdES B-T. The time is ..."; "" for none."""
    return f"PAdES {level}. {LEVEL_SENTENCES[level]}" if level in LEVEL_SENTENCES else ""
