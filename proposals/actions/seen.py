"""A price is changed from what the person saw. Where somebody has changed it meanwhile, both values are told."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from proposals.actions import values
from proposals.documents import wording
from proposals.documents.field_words import FIELD_WORDS
from proposals.documents.price_history import settings_of
from proposals.exceptions import FieldProblem, StaleVersion
from proposals.models import LineItem, Proposal


def require_seen(locked: Proposal, line: LineItem, seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse a change of values that are not those the person saw; `extra` has what stands and what was wanted.

    Both mappings are parsed values by the name of the field. A value that is what is wanted already is no conflict.
    """
    for name, value in seen.items():
        stands = getattr(line, name)
        if stands == value or stands == wanted.get(name):
            continue
        stands_text, wanted_text = values.written(stands), values.written(wanted.get(name))
        word = FIELD_WORDS.get(name, name.replace("_", " "))
        now = f"{stands_text or 'empty'} now{_by_whom(locked, line, name, stands_text)}"
        detail = (
            f"“{line.title}”: the {word} is {now}; you saw {values.written(value) or 'nothing'} and wrote "
            f"{wanted_text or 'nothing'}. Choose which one stands."
        )
        raise StaleVersion(
            f"{detail} Nothing was changed.",
            errors=[FieldProblem(name, "stale", detail)],
            extra={"current_version": line.version, "field": name, "current": stands_text, "sent": wanted_text},
        )


def check_line_version(line: LineItem, expected: int | None, wanted: Mapping[str, Any]) -> None:
    """Refuse a change of a line that the caller saw in another version, with both values of what differs."""
    if expected is None or expected == line.version:
        return
    differing = {name: value for name, value in wanted.items() if hasattr(line, name) and getattr(line, name) != value}
    told = [
        f"{FIELD_WORDS.get(name, name.replace('_', ' '))} {values.written(getattr(line, name)) or 'nothing'}, you sent "
        f"{values.written(value) or 'nothing'}"
        for name, value in differing.items()
    ]
    both = f" There it has: {'; '.join(told)}." if told else ""
    raise StaleVersion(
        f"This line was changed meanwhile (it is at version {line.version}, you saw {expected}).{both} "
        "Nothing was changed.",
        extra={
            "current_version": line.version,
            "current": {name: values.written(getattr(line, name)) for name in differing},
            "sent": {name: values.written(value) for name, value in differing.items()},
        },
    )


def _by_whom(locked: Proposal, line: LineItem, field: str, stands: str) -> str:
    last = next(iter(settings_of(locked, line, field)), None)
    if last is None or last.now != stands or not last.name:
        return ""
    return f", set by {last.name} {wording.ago(last.at, timezone.now())}"
