"""What a proposed value would lead to: a copy of the document that is calculated, never a row."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

from proposals.documents.contents import ProposalRows
from proposals.documents.offered_terms import NO_PLAN, early_discount, plan_of
from proposals.documents.payment import require_fit
from proposals.documents.price_document import Price, price_of_document
from proposals.documents.targets import NONE, YES, Target, deducted, first_conditional, kind_of

PLACEHOLDER: Final = "As it was proposed by the other side."
"""The sentence of a discount that is only tried out; the real one is written when it is accepted."""


def price_with(rows: ProposalRows, price: Price, target: Target, value: str) -> Price:
    """The price if the value stood there. Raises Invalid, as for a change, if it could not be calculated.

    So it does for a payment schedule that would not hold for the total.
    """
    document = copy.deepcopy(price.document)
    shape = kind.shape if (kind := kind_of(target)) else ""
    _TRIALS.get(shape, _try_number)(document, target, value)
    then = price_of_document(document, rows)
    if shape == "schedule" and value != NO_PLAN:
        require_fit(plan_of(value), rows, then)
    return then


def split_discount(value: str) -> tuple[str, str]:
    """The type and the number of a discount: “10%” is 10 percent, “400” an amount."""
    return ("percent", value[:-1]) if value.endswith("%") else ("amount", value)


def replaced_discounts(discounts: list[dict[str, Any]], value: str, reason: str, text: str) -> list[dict[str, Any]]:
    """The discounts with another value for the first that is deducted; “0” takes that one out."""
    first = next(iter(deducted(discounts)), None)
    rest = [row for row in discounts if row is not first]
    if value == NONE:
        return rest
    kind, number = split_discount(value)
    return [{"type": kind, "value": number, "reason": reason, "text": text}, *rest]


def replaced_early(discounts: list[dict[str, Any]], value: str, text: str) -> list[dict[str, Any]]:
    """The discounts with another first one for early payment; “0” takes that one out."""
    standing = first_conditional(discounts)
    if value == NONE:
        return [row for row in discounts if row is not standing]
    proposed = {**early_discount(value), "text": text}
    return [proposed if row is standing else row for row in discounts] + ([] if standing else [proposed])


Trial = Callable[[dict[str, Any], Target, str], None]


def _lines(document: Mapping[str, Any], target: Target) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    for section in document["sections"]:
        for line in section["lines"]:
            if line["id"] == target.line:
                return section["lines"], line
    raise LookupError(target.line)


def _try_number(document: dict[str, Any], target: Target, value: str) -> None:
    if not target.line:
        document[target.field] = value
        return
    _, line = _lines(document, target)
    line["rate_override" if target.field == "rate" else target.field] = value


def _try_discount(document: dict[str, Any], target: Target, value: str) -> None:
    place = document
    if target.line:
        place = _lines(document, target)[1]
    elif target.section:
        place = next(section for section in document["sections"] if section["id"] == target.section)
    place["discounts"] = replaced_discounts(place["discounts"], value, "other", PLACEHOLDER)


def _try_early(document: dict[str, Any], target: Target, value: str) -> None:
    document["discounts"] = replaced_early(document["discounts"], value, PLACEHOLDER)


def _try_removal(document: dict[str, Any], target: Target, value: str) -> None:
    lines, line = _lines(document, target)
    lines.remove(line)


def _try_option(document: dict[str, Any], target: Target, value: str) -> None:
    _lines(document, target)[1]["selected"] = value == YES


def _try_alternative(document: dict[str, Any], target: Target, value: str) -> None:
    document["choices"] = {**document["choices"], target.group: value}
    if not value:
        del document["choices"][target.group]


def _try_nothing(document: dict[str, Any], target: Target, value: str) -> None:
    """The start and the end of the offer are in no price, and a schedule shares out the total as it is."""


_TRIALS: Final[dict[str, Trial]] = {
    "discount": _try_discount,
    "early": _try_early,
    "removal": _try_removal,
    "option": _try_option,
    "alternative": _try_alternative,
    "day": _try_nothing,
    "schedule": _try_nothing,
}
