"""Database fields that keep what money needs."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class ExactDecimalField(models.CharField):  # type: ignore[type-arg]
    """A decimal kept as text, exactly.

    SQLite gives decimal columns numeric affinity and stores long ones as floating point; text keeps
    15 digits before and 10 after the point (pricing-spec N1) on every database. Zeros that carry nothing
    are dropped, so that equal values are equal texts and give equal fingerprints.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: object) -> Decimal | None:
        """Text from the database to a decimal; the empty text is None."""
        return Decimal(value) if value else None

    def to_python(self, value: object) -> Decimal | None:
        """Text or decimal to a decimal."""
        if value is None or value == "":
            return None
        try:
            return value if isinstance(value, Decimal) else Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(f"“{value}” is not a number.") from error

    def get_prep_value(self, value: object) -> str:
        """A decimal to text without exponent; None to the empty text."""
        decimal = self.to_python(value)
        return "" if decimal is None else plain(decimal)


def plain(value: Decimal) -> str:
    """The shortest text of a decimal without an exponent: 900.00 gives "900", -0 gives "0"."""
    return format(value.normalize(), "f") if value else "0"
