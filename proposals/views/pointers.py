"""From the place of a wrong value in what an action was given to the control of the form it came from."""

import re
from collections.abc import Mapping, Sequence

from proposals.exceptions import FieldProblem, Refusal

_ROW = re.compile(r"(?:^|/)(?P<list>taxes|rates|rate_card|discounts|schedule)/(?P<place>\d+)/(?P<name>\w+)$")
_LISTS = {"rate_card": "rates"}
_NAMES = {"from": "valid_from", "to": "valid_to", "of": "percent_of", "date": "price_date"}

Places = Mapping[str, Sequence[str]]
"""For `taxes`, `rates`, `discounts` and `schedule`: the prefixes of the form's rows that were sent on, in order."""


def at_controls(refusal: Refusal, places: Places) -> Refusal:
    """The refusal with pointers that name controls: `taxes/0/rate` becomes `tax1-rate` if row 0 came from there."""
    refusal.errors = tuple(
        FieldProblem(_control(error.pointer, places), error.code, error.detail) for error in refusal.errors
    )
    return refusal


def _control(pointer: str, places: Places) -> str:
    found = _ROW.search(pointer)
    if found is None:
        return pointer
    prefixes = places.get(_LISTS.get(found["list"], found["list"]), ())
    place = int(found["place"])
    name = _NAMES.get(found["name"], found["name"])
    return f"{prefixes[place]}-{name}" if place < len(prefixes) else pointer
