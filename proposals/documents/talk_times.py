"""Times proposed for a talk: kept as RFC 9557 texts, “2027-01-12T10:00:00+01:00[Europe/Amsterdam]”, and told in words.

The time zone is the proposer's, so that both read the clock that was meant; UTC stands beside it for the other one.
"""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date

LONGEST_ZONE: Final = 60


def kept_time(moment: datetime, zone: str) -> str:
    """An aware moment with the name of its zone as one text."""
    return f"{moment.isoformat(timespec='seconds')}[{zone}]"


def moment_of(text: str) -> datetime | None:
    """The moment of such a text; None for words, as they were proposed before times had zones."""
    at, bracket, zone = text.rstrip("]").partition("[")
    if not bracket or zone not in available_timezones():
        return None
    try:
        return datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    except ValueError:
        return None


def in_words(text: str, language: str = "en") -> str:
    """“Tuesday 12 January 2027, 10:00 in Europe/Amsterdam (09:00 UTC)”; words stay as they are."""
    moment = moment_of(text)
    if moment is None:
        return text
    zone = text.rstrip("]").partition("[")[2]
    day = format_date(moment.date(), "EEEE d MMMM y", locale=language)
    utc = moment.astimezone(UTC)
    other_day = "" if utc.date() == moment.date() else f"{format_date(utc.date(), 'd MMMM', locale=language)}, "
    beside = "" if zone == "UTC" else f" ({other_day}{utc:%H:%M} UTC)"
    return f"{day}, {moment:%H:%M} in {zone}{beside}"
