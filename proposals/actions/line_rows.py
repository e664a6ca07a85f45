"""Lines as rows of a price section: where they may stand, what each needs, and what a proposal has room for."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from proposals.actions import values
from proposals.actions.changing import GONE, Change
from proposals.actions.keys import lines_of
from proposals.actions.price_fields import NEW_LINE_EDITS, require_words
from proposals.documents import left
from proposals.documents.contents import ProposalRows
from proposals.documents.price_document import Price, price_of, require_few_combinations
from proposals.exceptions import Invalid, NotFound
from proposals.models import LineItem, Section
from proposals.models.fields import plain

LINES_COUNT = 2000
"""How many lines a proposal may have."""


def pricing_section(change: Change, section_id: uuid.UUID | str) -> Section:
    section = change.section(section_id)
    if section.kind != Section.Kind.PRICING:
        raise Invalid(
            "Lines belong into a price section; this one is text only. Nothing was changed.", code="not_pricing"
        )
    return section


def made_line(section: Section, fields: Mapping[str, Any], place: int) -> LineItem:
    """A line that is not saved yet, of fields as they were given."""
    parsed = values.parse_all(NEW_LINE_EDITS, fields)
    line = LineItem(section=section, position=place, **{"kind": "fixed", "title": "", **parsed})
    if not line.title:
        raise values.refuse("title", "required", "A line needs a title.")
    require_sense(line)
    require_words(line)
    return line


def require_free_keys(change: Change, lines: Sequence[LineItem]) -> None:
    """Refuse an external id that another line of the proposal has, or that stands twice among these."""
    given = [line.external_id for line in lines if line.external_id]
    known = lines_of(change.proposal).filter(external_id__in=given)
    twice = next((key for number, key in enumerate(given) if key in given[:number]), "")
    standing = twice or known.values_list("external_id", flat=True).first()
    if standing:
        detail = f"“{values.shown(standing)}” is the external id of another line already. Choose another id."
        raise values.refuse("external_id", "taken", detail)


def require_room(change: Change, count: int) -> None:
    if LineItem.objects.filter(section__proposal=change.proposal).count() + count > LINES_COUNT:
        raise Invalid(f"A proposal takes {LINES_COUNT} lines at most. Nothing was changed.", code="too_many")


def require_sense(line: LineItem) -> None:
    """Refuse limits in the wrong order and half an alternative: no calculation would, or not in these words."""
    if bool(line.alternative_group) != bool(line.alternative_option):
        missing = "alternative_option" if line.alternative_group else "alternative_group"
        detail = "An alternative has two names: what there is to choose, and which option this line is. Write both."
        raise values.refuse(missing, "required", detail)
    low, high = line.quantity_min, line.quantity_max
    if low is not None and high is not None and low > high:
        detail = f"“{line.title}” would take at least {plain(low)} and at most {plain(high)}. Exchange the two."
        raise values.refuse("quantity_max", "bad_limits", detail)


def require_unnamed(change: Change, line: LineItem) -> None:
    """Refuse to take out a line that an allowance is a percentage of, and name the allowance."""
    allowances = LineItem.objects.filter(
        section__proposal=change.proposal, section__removed_at__isnull=True, kind=LineItem.Kind.ALLOWANCE
    )
    for allowance in allowances.order_by("position", "id"):
        if str(line.id) in allowance.percent_of:
            detail = f"“{allowance.title}” is a percentage of “{line.title}”. Take it out of there first."
            raise values.refuse("of", "bad_allowance_base", detail)


def renumber(lines: list[LineItem]) -> None:
    for place, line in enumerate(lines):
        if line.position != place:
            line.position = place
            line.save(update_fields=["position"])


def line_of(rows: ProposalRows, line_id: uuid.UUID | str) -> LineItem:
    """A line among the rows of a proposal, or NotFound."""
    try:
        key = str(uuid.UUID(str(line_id)))
    except ValueError as error:
        raise NotFound() from error
    if key not in rows.lines_by_id:
        raise NotFound(GONE)
    return rows.lines_by_id[key]


def checked_price(change: Change, rows: ProposalRows | None = None) -> Price:
    """The price after a change. Raises Invalid where it can't be calculated or has too many combinations.

    `rows` are those of the change if they were read before, with all that was changed since.
    """
    rows = change.rows() if rows is None else rows
    price = price_of(rows, with_range=False)
    require_few_combinations(price)
    left.leave(rows, price)
    return price
