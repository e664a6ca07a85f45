"""Values as people and programs write them, turned into what rows keep. Every refusal names the value."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from proposals.exceptions import FieldProblem, Invalid
from proposals.pricing import PricingError
from proposals.pricing.money import parse_decimal

Parse = Callable[[str, Any], Any]


def refuse(pointer: str, code: str, detail: str) -> Invalid:
    """A refusal of one field."""
    sentence = f"{detail} Nothing was changed."
    return Invalid(sentence, code=code, errors=[FieldProblem(pointer, code, detail)])


def text(maximum_length: int, *, required: bool = False) -> Parse:
    """A text of limited length; white space around it is dropped."""

    def parse(pointer: str, value: Any) -> str:
        if not isinstance(value, str):
            raise refuse(pointer, "not_a_text", f"“{value}” is not a text.")
        cleaned = "".join(c for c in value.strip() if c in "\n\t" or c.isprintable())
        if required and not cleaned:
            raise refuse(pointer, "required", f"“{label(pointer)}” can’t be empty.")
        if len(cleaned) > maximum_length:
            detail = (
                f"“{cleaned[:40]}…” has {len(cleaned)} characters; {label(pointer)} takes {maximum_length} at most."
            )
            raise refuse(pointer, "too_long", detail)
        return cleaned

    return parse


def number(*, required: bool = True) -> Parse:
    """An exact decimal (pricing-spec N1). Whether it suits its field is the calculation's to say."""

    def parse(pointer: str, value: Any) -> Decimal | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                raise refuse(
                    pointer, "bad_number", f"{label(pointer).capitalize()} is empty: write a number such as 1250.50."
                )
            return None
        written = value.strip() if isinstance(value, str) else value
        try:
            if not isinstance(written, str):
                raise PricingError("bad_number", "")
            parse_decimal(written)
        except PricingError as error:
            detail = f"“{written}” is not a number that can be used here. Write it like 1250.50, without separators."
            raise refuse(pointer, "bad_number", detail) from error
        return Decimal(written)

    return parse


def one_of(options: Mapping[str, str] | list[str]) -> Parse:
    """One of a few words."""

    def parse(pointer: str, value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            known = ", ".join(options)
            raise refuse(pointer, "unknown_value", f"“{value}” is not one of: {known}.")
        return value

    return parse


def day(pointer: str, value: Any) -> date | None:
    """A date as ISO text, or nothing."""
    if value is None or value == "":
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise refuse(pointer, "bad_date", f"“{value}” is not a date. Write it like 2027-01-12.") from error


def yes_or_no(pointer: str, value: Any) -> bool:
    """A boolean, as JSON or as a form sends it."""
    known = {True: True, False: False, "true": True, "on": True, "1": True, "false": False, "": False, "0": False}
    if not isinstance(value, bool | str) or value not in known:
        raise refuse(pointer, "not_a_boolean", f"“{value}” is neither true nor false.")
    return known[value]


def parse_all(fields: Mapping[str, Parse], given: Mapping[str, Any]) -> dict[str, Any]:
    """Parse every given field. Raises Invalid for an unknown one, naming it and what there is."""
    parsed = {}
    for name, value in given.items():
        if name not in fields:
            raise refuse(
                name, "unknown_field", f"There is no field “{name}” here; known are {', '.join(sorted(fields))}."
            )
        parsed[name] = fields[name](name, value)
    return parsed


def label(pointer: str) -> str:
    """A field's name for people."""
    return pointer.rsplit("/", 1)[-1].replace("_", " ")


def email(pointer: str, value: Any) -> str:
    """An e-mail address, in lower case."""
    written = value.strip().lower() if isinstance(value, str) else ""
    try:
        validate_email(written)
    except ValidationError as error:
        raise refuse(pointer, "bad_email", f"“{value}” is not an e-mail address.") from error
    return written
