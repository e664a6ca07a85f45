"""The rows of a billing section within a change: finding them, writing them, telling what differs."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from proposals.actions import values
from proposals.actions.billing_fields import Figures
from proposals.actions.changing import Change, bump, check_version
from proposals.models import BillingTerms


def terms_in(change: Change, section_id: uuid.UUID | str, expected_version: int | None) -> BillingTerms:
    """The terms of a standing billing section. Raises NotFound, and StaleVersion for another version than expected."""
    terms = change.billing(section_id)
    check_version(terms.section.version, expected_version, "section")
    return terms


def save_terms(terms: BillingTerms, **fields: Any) -> None:
    """Write fields of the terms with the next version of their section."""
    for name, value in fields.items():
        setattr(terms, name, value)
    terms.save()
    bump(terms.section, {})


def record(change: Change, terms: BillingTerms, event: str, **facts: Any) -> None:
    """Append an event about a billing section."""
    change.record(event, section=str(terms.section.id), title=terms.section.title, **facts)


def differences(was: Figures, now: Figures, *, but: Collection[str] = ()) -> list[dict[str, str]]:
    """The figures that differ, `but` some, as texts for the audit trail."""
    names = [*was, *(name for name in now if name not in was)]
    return [
        {"field": name, "was": _written(was.get(name)), "now": _written(now.get(name))}
        for name in names
        if was.get(name) != now.get(name) and name not in but
    ]


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_written(cell)}" for key, cell in value.items() if cell is not None)
    if isinstance(value, list):
        return "; ".join(_written(row) for row in value)
    return values.written(value)
