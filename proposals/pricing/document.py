"""What is priced: sections of lines with the settings of the whole document (pricing-spec 3).

A document that names a tax, line or option that does not exist cannot be constructed. What may still fail when it is
priced is what needs the card or amounts: ``no_rate`` and ``discount_exceeds_base``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from .discounts import Discount
from .errors import Place, PricingError, listed, shown
from .lines import AllowanceLine, CreditLine, Line, PercentAllowanceLine, require_unconditional
from .money import Currency, require_finite
from .options import options_by_group
from .rate_card import RateEntry
from .taxes import Tax

PRICE_BASES: Final = ("exclusive", "inclusive")
"""Whether every price of the document is before or after tax."""

TAX_ROUNDINGS: Final = ("group", "line")
"""Whether tax is rounded once per tax, or on every line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines under one heading. Its discounts apply to its included, discountable lines."""

    id: str
    lines: tuple[Line, ...] = ()
    discounts: tuple[Discount, ...] = ()

    def __post_init__(self) -> None:
        for index, discount in enumerate(self.discounts):
            require_unconditional(discount, index)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDocument:
    """Everything a price depends on, checked as a whole when it is constructed.

    ``choices`` maps a group of alternatives to the option taken; groups without an entry are undecided.
    ``lines`` are the lines of all sections in document order, and ``line_numbers`` their places in it, by id;
    ``percent_allowances`` come with the id of their section.
    """

    currency: Currency
    sections: tuple[Section, ...]
    taxes: tuple[Tax, ...] = ()
    rate_card: tuple[RateEntry, ...] = ()
    discounts: tuple[Discount, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    price_basis: str = "exclusive"
    tax_rounding: str = "group"
    price_date: date | None = None
    hours_per_day: Decimal = Decimal(8)

    lines: tuple[Line, ...] = field(init=False, repr=False, compare=False)
    line_numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)
    taxes_by_id: Mapping[str, Tax] = field(init=False, repr=False, compare=False)
    options: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    percent_allowances: tuple[tuple[str, PercentAllowanceLine], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = tuple(line for section in self.sections for line in section.lines)
        alternatives = (line.alternative for line in lines if line.alternative is not None)
        object.__setattr__(self, "lines", lines)
        object.__setattr__(self, "line_numbers", {line.id: number for number, line in enumerate(lines)})
        object.__setattr__(self, "taxes_by_id", {tax.id: tax for tax in self.taxes})
        object.__setattr__(self, "options", options_by_group(alternatives))
        object.__setattr__(
            self,
            "percent_allowances",
            tuple(
                (section.id, line)
                for section in self.sections
                for line in section.lines
                if isinstance(line, PercentAllowanceLine)
            ),
        )
        self._require_settings()
        _require_unique("section", "sections", (section.id for section in self.sections))
        _require_unique("line", "sections", (line.id for line in lines))
        _require_unique("tax", "taxes", (tax.id for tax in self.taxes))
        self._require_choices()
        for section in self.sections:
            for line in section.lines:
                with Place(section=section.id, line=line.id):
                    self._require_taxes(line)
                    if isinstance(line, PercentAllowanceLine):
                        self._require_allowance_base(line)

    @property
    def inclusive(self) -> bool:
        """Whether the prices include tax."""
        return self.price_basis == "inclusive"

    @property
    def tax_per_line(self) -> bool:
        """Whether tax is rounded on every line."""
        return self.tax_rounding == "line"

    @property
    def undecided(self) -> dict[str, tuple[str, ...]]:
        """The groups of alternatives without a choice, in alphabetical order, with their options."""
        return {group: self.options[group] for group in sorted(self.options) if group not in self.choices}

    def line_spans(self) -> Iterator[tuple[Section, range]]:
        """Every section with the numbers of its lines in ``lines``."""
        start = 0
        for section in self.sections:
            yield section, range(start, start + len(section.lines))
            start += len(section.lines)

    def _require_settings(self) -> None:
        _require_one_of(PRICE_BASES, self.price_basis, "price_basis")
        _require_one_of(TAX_ROUNDINGS, self.tax_rounding, "tax_rounding")
        require_finite(self.hours_per_day, "hours_per_day")
        if not 0 < self.hours_per_day <= 24:
            raise PricingError(
                "bad_number",
                f"A day of {self.hours_per_day:f} hours is not possible. Give a number above 0 and at most 24.",
                field="hours_per_day",
            )

    def _require_choices(self) -> None:
        for group, option in self.choices.items():
            options = self.options.get(group, ())
            if option not in options:
                known = f"Choose one of: {listed(options)}." if options else "There is no such choice to make."
                raise PricingError(
                    "unknown_option",
                    f"{shown(option)} is not an option of {shown(group)}. {known}",
                    field=f"choices.{group}",
                )

    def _require_taxes(self, line: Line) -> None:
        for tax_id in line.taxes:
            if tax_id not in self.taxes_by_id:
                raise PricingError(
                    "unknown_tax",
                    f"The document has no tax {shown(tax_id)}. Add it to the document, or take it off the line.",
                    field="taxes",
                )
        if self.inclusive and len(line.taxes) > 1:
            raise PricingError(
                "inclusive_multi_tax",
                "A line whose price includes tax can carry one tax only."
                " Take the others off, or price the document before tax.",
                field="taxes",
            )

    def _require_allowance_base(self, allowance: PercentAllowanceLine) -> None:
        for line_id in allowance.of:
            number = self.line_numbers.get(line_id)
            if number is None or isinstance(self.lines[number], AllowanceLine | PercentAllowanceLine | CreditLine):
                why = "is not a line of this document" if number is None else "is an allowance or a credit"
                raise PricingError(
                    "bad_allowance_base",
                    f"{shown(line_id)} {why}, so no percentage of it can be taken. Name another line.",
                    field="of",
                )


def _require_one_of(known: tuple[str, ...], value: str, field: str) -> None:
    if value not in known:
        raise PricingError(
            "unknown_value", f"{shown(value)} is not known here. Use one of: {', '.join(known)}.", field=field
        )


def _require_unique(noun: str, field: str, ids: Iterable[str]) -> None:
    for found, count in Counter(ids).items():
        if count > 1:
            raise PricingError(
                "duplicate_id",
                f"Two {noun}s have the id {shown(found)}. Give each {noun} an id of its own.",
                line=found if noun == "line" else None,
                section=found if noun == "section" else None,
                field=field,
            )
