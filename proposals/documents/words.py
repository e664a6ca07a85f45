"""How a document writes moments and hashes."""

from __future__ import annotations

from datetime import UTC, datetime

from proposals.documents.wording import short_date


def moment_in_words(moment: datetime | str, language: str = "en") -> str:
    """An aware moment (or its ISO 8601 text) to the second, in UTC: "9 December 2026, 11:20:05 UTC"."""
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    utc = aware.astimezone(UTC)
    return f"{short_date(utc.date(), language)}, {utc:%H:%M:%S} UTC"


def grouped(digest: str, *, size: int = 4) -> str:
    """A hash in groups that can be read out, such as "9f2c 41d0 7be8"."""
    return " ".join(digest[start : start + size] for start in range(0, len(digest), size))
