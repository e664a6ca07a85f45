"""Values as people and programs write them, turned into what rows keep. Every refusal names the value."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sized
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model

from proposals.documents.signing_order import MOST_TURNS_COUNT
from proposals.exceptions import FieldProblem, Invalid
from proposals.models import Proposal, Side
from proposals.models.fields import plain
from proposals.pricing import PricingError
from proposals.pricing.currencies import CURRENCIES
from proposals.pricing.money import parse_decimal

Parse = Callable[[str, Any], Any]

METADATA_KEYS_COUNT: Final = 50
METADATA_KEY_LENGTH: Final = 100
METADATA_VALUE_LENGTH: Final = 1000
EMAIL_LENGTH: Final = 254
SHOWN_LENGTH: Final = 60
"""How much of a refused value is said back."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BREAKS = re.compile("[\t\n]+")
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows: a name must not rewrite the sentence it stands in."""


def refuse(pointer: str, code: str, detail: str) -> Invalid:
    """A refusal of one field."""
    sentence = f"{detail} Nothing was changed."
    return Invalid(sentence, code=code, errors=[FieldProblem(pointer, code, detail)])


def text(maximum_length: int, *, required: bool = False, lines: bool = False) -> Parse:
    """A text of limited length in any script; on one line unless it may have `lines`.

    White space around it goes, and so do control characters. Joiners and non-breaking spaces stay: other scripts
    need them.
    """

    def parse(pointer: str, value: Any) -> str:
        if not isinstance(value, str):
            raise refuse(pointer, "not_a_text", f"“{shown(value)}” is not a text.")
        cleaned = _cleaned(value) if lines else _BREAKS.sub(" ", _cleaned(value))
        if required and not any(unicodedata.category(letter)[0] not in "CZ" for letter in cleaned):
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
            detail = f"“{shown(written)}” is not a number we can use. Write it like 1250.50, without separators."
            raise refuse(pointer, "bad_number", detail) from error
        return Decimal(written)

    return parse


def whole(*, least: int, most: int) -> Parse:
    """A whole number that counts things, from `least` to `most`, or nothing."""

    def parse(pointer: str, value: Any) -> int | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        written = value.strip() if isinstance(value, str) else str(value)
        if isinstance(value, bool) or not re.fullmatch("[0-9]{1,9}", written) or not least <= int(written) <= most:
            detail = (
                f"“{shown(value)}” can’t be used for {label(pointer)}: write a whole number from {least} to {most}."
            )
            raise refuse(pointer, "bad_number", detail)
        return int(written)

    return parse


def currency(pointer: str, value: Any) -> str:
    """An ISO 4217 code of a currency with minor units."""
    if not isinstance(value, str) or value not in CURRENCIES:
        detail = f"“{shown(value)}” is not a currency we know. Write its ISO 4217 code in capitals, such as EUR."
        raise refuse(pointer, "unknown_currency", detail)
    return value


def metadata(pointer: str, value: Any) -> dict[str, str]:
    """What a program keeps with a row: texts by name, 50 at most."""
    texts = isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(kept, str) for name, kept in value.items()
    )
    if not texts:
        raise refuse(pointer, "bad_metadata", "Metadata is an object whose values are texts.")
    too_long = any(len(name) > METADATA_KEY_LENGTH or len(kept) > METADATA_VALUE_LENGTH for name, kept in value.items())
    if too_long or len(value) > METADATA_KEYS_COUNT:
        detail = (
            f"Metadata takes {METADATA_KEYS_COUNT} names of {METADATA_KEY_LENGTH} characters at most, and "
            f"{METADATA_VALUE_LENGTH} characters for each."
        )
        raise refuse(pointer, "too_long", detail)
    return {_cleaned(name): _cleaned(kept) for name, kept in value.items()}


KEY_EDITS: Final[dict[str, Parse]] = {"external_id": text(200), "metadata": metadata}
"""What programs keep with a row to find it again."""


def one_of(options: Mapping[str, str] | list[str]) -> Parse:
    """One of a few words."""

    def parse(pointer: str, value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            known = ", ".join(option for option in options if option)
            raise refuse(pointer, "unknown_value", f"“{shown(value)}” is not one of: {known}.")
        return value

    return parse


def order_of_signing(pointer: str, value: Any) -> str:
    """In any order, which side first, or whose turn it is each time: “client, seller, client”, at most 40 turns."""
    words = value.lower().replace(",", " ").split() if isinstance(value, str) else []
    if len(words) == 1 and words[0] in Proposal.SigningOrder.values:
        return words[0]
    if set(words) == set(Side.values) and len(words) <= MOST_TURNS_COUNT:
        return ",".join(words)
    raise refuse(
        pointer,
        "unknown_value",
        f"“{shown(value)}” is not one of: {', '.join(Proposal.SigningOrder.values)}; nor turns of both sides such as "
        f"“client, seller, client”, at most {MOST_TURNS_COUNT}.",
    )


def day(pointer: str, value: Any) -> date | None:
    """A date as ISO text, or nothing."""
    if value is None or value == "":
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise refuse(pointer, "bad_date", f"“{shown(value)}” is not a date. Write it like 2027-01-12.") from error


def yes_or_no(pointer: str, value: Any) -> bool:
    """A boolean, as JSON or as a form sends it."""
    known = {True: True, False: False, "true": True, "on": True, "1": True, "false": False, "": False, "0": False}
    if not isinstance(value, bool | str) or value not in known:
        raise refuse(pointer, "not_a_boolean", f"“{shown(value)}” is neither true nor false.")
    return known[value]


def parse_all(fields: Mapping[str, Parse], given: Mapping[str, Any], *, within: str = "") -> dict[str, Any]:
    """Parse every given field. Raises Invalid for an unknown one, naming it and what there is.

    `within` is the place of the fields in what was sent (`taxes/0/`); it stands before their names in a refusal.
    """
    parsed = {}
    for name, value in given.items():
        if name not in fields:
            raise refuse(
                f"{within}{name}",
                "unknown_field",
                f"There is no field “{shown(name)}” here; known are {', '.join(sorted(fields))}.",
            )
        parsed[name] = fields[name](f"{within}{name}", value)
    return parsed


def nothing_said(model: type[Model], names: Iterable[str]) -> dict[str, Any]:
    """What fields of a model say of which nothing was said, by name."""
    columns: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    return {name: column.get_default() for name, column in columns.items()}


def require_few(pointer: str, rows: Sized, most: int) -> None:
    """Refuse a list that is longer than anybody needs, before anything is done with it."""
    if len(rows) > most:
        raise refuse(pointer, "too_many", f"There are {len(rows)} {label(pointer)}; {most} are taken at most.")


def label(pointer: str) -> str:
    """A field's name for people."""
    return pointer.rsplit("/", 1)[-1].replace("_", " ")


def shown(value: object) -> str:
    """A refused value, cut to what fits a sentence."""
    written = str(value)
    return f"{written[:SHOWN_LENGTH]}…" if len(written) > SHOWN_LENGTH else written


def fact(row: Any, name: str, value: Any) -> dict[str, str]:
    """A changed field for the audit trail: what it was and what it is now, as texts."""
    return {"field": name, "was": written(getattr(row, name)), "now": written(value)}


def as_json(value: Any) -> Any:
    """A field's value as the trail keeps it, from which it can be set again."""
    if isinstance(value, date):
        return value.isoformat()
    return plain(value) if isinstance(value, Decimal) else value


def written(value: Any) -> str:
    """A field's value as the audit trail says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, Decimal) else str(value)


def _cleaned(value: str) -> str:
    kept = (
        letter
        for letter in _LINE_ENDS.sub("\n", value)
        if letter in "\n\t" or (unicodedata.category(letter) not in ("Cc", "Cs") and letter not in _TURNING)
    )
    return "".join(kept).strip()


def email(pointer: str, value: Any) -> str:
    """An e-mail address, in lower case."""
    written = value.strip().lower() if isinstance(value, str) else ""
    try:
        if len(written) > EMAIL_LENGTH:
            raise ValidationError("too long")
        validate_email(written)
    except ValidationError as error:
        raise refuse(pointer, "bad_email", f"“{shown(value)}” is not an e-mail address.") from error
    return written
