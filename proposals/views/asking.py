"""Changes that do what nobody expects are asked about first: the form is refused once, with a box to tick."""

from collections.abc import Mapping
from typing import Final

from django import forms

from proposals.exceptions import FieldProblem, Invalid

EVEN_SO: Final = "even_so"


def even_so_field() -> forms.BooleanField:
    """The box. It is seen once the form was refused for want of it; without script always."""
    return forms.BooleanField(label="Yes, save it even so", required=False)


def ask_first(sent: Mapping[str, str], sentence: str) -> None:
    """Refuse with a sentence that says what would happen, unless the box is ticked."""
    if EVEN_SO in sent:
        return
    raise Invalid(
        f"{sentence} Nothing was changed: tick “Yes, save it even so” and save again if you mean it.",
        code="asks_first",
        errors=[FieldProblem(EVEN_SO, "asks_first", sentence)],
    )
