"""The one exception of the pricing core: a refused input, said in a code and in a sentence."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice


class PricingError(Exception):
    """Raised when a price cannot be calculated from what was given.

    ``code`` is one of the codes of pricing-spec 16, or for inputs of the wrong shape one of ``bad_document``,
    ``missing_field``, ``duplicate_id``, ``bad_date``, ``unknown_value``, ``too_many_combinations``,
    ``unknown_function``. ``detail`` is a sentence for people: it names the value and says what to change.
    ``line`` and ``section`` are ids, ``field`` a dotted path within the line, section or document
    (``discounts.0.value``); each is ``None`` where it does not apply. ``base`` is for programs that mend a
    ``discount_exceeds_base``: the amount, as money text, that the discount may be at most. It is not in ``as_dict``.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        line: str | None = None,
        section: str | None = None,
        field: str | None = None,
        base: str | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.line = line
        self.section = section
        self.field = field
        self.base = base

    def __str__(self) -> str:
        places = (("section", self.section), ("line", self.line), ("field", self.field))
        where = ", ".join(f"{noun} {value}" for noun, value in places if value is not None)
        return f"{self.code}: {self.detail}" + (f" ({where})" if where else "")

    def locate(self, *, line: str | None = None, section: str | None = None, within: str | None = None) -> None:
        """Fill in the place where it is still unknown.

        ``within`` is put before ``field``: an error about ``value`` within ``discounts.0`` is about
        ``discounts.0.value``. Once the line or section is known, ``field`` is complete.
        """
        if within is not None and self.line is None and self.section is None:
            self.field = f"{within}.{self.field}" if self.field else within
        self.line = line if self.line is None else self.line
        self.section = section if self.section is None else self.section

    def as_dict(self) -> dict[str, str | None]:
        """The error as JSON values: ``code, detail, line, section, field``."""
        return {
            "code": self.code,
            "detail": self.detail,
            "line": self.line,
            "section": self.section,
            "field": self.field,
        }


class Place:
    """Context manager: a ``PricingError`` raised inside it learns where it happened (see ``locate``)."""

    __slots__ = ("_line", "_section", "_within")

    def __init__(self, *, line: str | None = None, section: str | None = None, within: str | None = None) -> None:
        self._line = line
        self._section = section
        self._within = within

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PricingError):
            error.locate(line=self._line, section=self._section, within=self._within)


def listed(names: Collection[str]) -> str:
    """Names for a sentence: at most ten of them, each cut to 40 characters."""
    first = [f"{name[:40]}…" if len(name) > 40 else name for name in islice(names, 10)]
    return (", ".join(first) + (", …" if len(names) > len(first) else "")) or "none yet"


def shown(value: object) -> str:
    """A refused value as a person may read it: text in quotes, cut to 40 characters; other JSON values by name."""
    if isinstance(value, str):
        return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the JSON number {value!r}" if abs(value) < 10**20 else "a JSON number"
    return "a list" if isinstance(value, list | tuple) else "an object"
