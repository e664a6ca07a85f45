"""Typed parameters of billing models: one description of each value for reading, checking, forms and schemas.

A ``Parameter`` says what a value is, in which unit and between which bounds. The frozen dataclasses of the models
derive from ``Values``: their constructors check every value against its ``Parameter``, and ``Values.read`` makes
them from JSON. So the bounds of a form, of the API and of the arithmetic can't differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal, NamedTuple, TypeVar

from ..errors import Place, PricingError, shown
from ..money import Currency, Money, require_finite, require_percent, require_places, require_rate
from ..reading import JsonObject
from .kinds import READERS
from .values import Entry, Milestone, PercentTier, PriceTier

Kind = Literal[
    "money",
    "rate",
    "rates",
    "hours",
    "units",
    "percent",
    "count",
    "choice",
    "flag",
    "tiers",
    "percent_tiers",
    "milestones",
    "entries",
    "amounts",
    "hours_list",
    "units_list",
    "names",
]
"""What a value is. The last five occur only in outcomes."""

LISTS: Final = frozenset(
    {"tiers", "percent_tiers", "milestones", "entries", "amounts", "hours_list", "units_list", "names"}
)
"""Kinds that are tuples; left out they are empty."""

UNIT_PLACES: Final = 4
"""Most decimals of a number of units (billing model 7)."""

COUNT_LIMIT: Final = 10_000
"""Most periods that are billed one by one."""

V = TypeVar("V", bound="Values")


class Choice(NamedTuple):
    """One of the values that a parameter may take, and how it is called."""

    value: str
    label: str


class OnlyIf(NamedTuple):
    """A parameter that means something only while another one has one of these values. Otherwise it is ignored."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that people agree on, or that the work brings about.

    ``unit`` is in words ("hours", "per hour", "% of the fee"). ``least`` and ``most`` are numbers as text, both
    included, ``None`` where there is no bound; with ``above_least`` the least itself is too little. ``default`` is
    the JSON value used where nothing is given; without one an optional value is ``None``, or an empty tuple.
    """

    name: str
    label: str
    kind: Kind
    unit: str = ""
    help: str = ""
    least: str | None = "0"
    most: str | None = None
    above_least: bool = False
    default: str | bool | None = None
    required: bool = False
    choices: tuple[Choice, ...] = ()
    only_if: OnlyIf | None = None

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether this value means something beside the others."""
        return self.only_if is None or values.get(self.only_if.name) in self.only_if.values

    def missing(self) -> PricingError:
        """The error that this value is not there."""
        return PricingError("missing_field", f"“{self.label}” is missing. Add it.", field=self.name)

    def check(self, value: Any) -> None:
        """Refuse a value outside the bounds: ``bad_number``, ``bad_percent``, ``negative_quantity``, ``unknown_value``,
        ``too_many_decimals``; or for a tuple what its items refuse."""
        if self.kind == "money":
            self._within(_amount(value).exact, str(value))
        elif self.kind == "rate":
            require_rate(value, self.name)
        elif self.kind == "percent":
            self._check_percent(value)
        elif self.kind in ("hours", "units"):
            self._check_quantity(value, self.name)
        elif self.kind == "count":
            self._within(Decimal(value), str(value))
            self._check_count_limit(value)
        elif self.kind == "choice":
            self._check_choice(value)
        elif self.kind == "rates":
            for role, rate in value.items():
                require_rate(rate, f"{self.name}.{role}")
        elif self.kind in ("hours_list", "units_list"):
            for index, quantity in enumerate(value):
                self._check_quantity(quantity, f"{self.name}.{index}")

    def _within(self, value: Any, text: str) -> None:
        low, high = self.least, self.most
        if low is not None and (value < Decimal(low) or (self.above_least and value == Decimal(low))):
            wanted = f"more than {low}" if self.above_least else f"{low} or more"
            raise PricingError("bad_number", f"“{self.label}” is {text}. It must be {wanted}.", field=self.name)
        if high is not None and value > Decimal(high):
            raise PricingError("bad_number", f"“{self.label}” is {text}. It must be {high} or less.", field=self.name)

    def _check_percent(self, value: Decimal) -> None:
        if self.least == "0":
            require_percent(value, self.name, most=None if self.most is None else int(self.most))
            return
        require_places(value, 4, self.name)
        if self.least is not None and value < Decimal(self.least):
            self._refuse_percent(value, f"{self.least} % or more")
        if self.most is not None and value > Decimal(self.most):
            self._refuse_percent(value, f"{self.most} % or less")

    def _refuse_percent(self, value: Decimal, wanted: str) -> None:
        raise PricingError("bad_percent", f"“{self.label}” is {value:f} %. It must be {wanted}.", field=self.name)

    def _check_quantity(self, value: Decimal, field: str) -> None:
        if self.kind.startswith("units"):
            require_places(value, UNIT_PLACES, field)
        require_finite(value, field)
        if value < 0:
            raise PricingError("negative_quantity", f"{value:f} is below 0. Write 0 or more.", field=field)
        if self.kind == "hours":
            self._within(value, f"{value:f}")

    def _check_count_limit(self, value: int) -> None:
        if value > COUNT_LIMIT:
            raise PricingError(
                "bad_number", f"“{self.label}” is {value}. It must be {COUNT_LIMIT} or less.", field=self.name
            )

    def _check_choice(self, value: str) -> None:
        known = [choice.value for choice in self.choices]
        if value not in known:
            raise PricingError(
                "unknown_value", f"{shown(value)} is not known here. Use one of: {', '.join(known)}.", field=self.name
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Values that were checked: an instance with a wrong value can't be made."""

    PARAMETERS: ClassVar[tuple[Parameter, ...]] = ()

    def __post_init__(self) -> None:
        values = {parameter.name: getattr(self, parameter.name) for parameter in self.PARAMETERS}
        for parameter in self.PARAMETERS:
            value = values[parameter.name]
            if value is None:
                if parameter.required and parameter.applies(values):
                    raise parameter.missing()
            elif parameter.applies(values):
                parameter.check(value)
            else:
                object.__setattr__(self, parameter.name, None)

    @classmethod
    def read(cls: type[V], given: JsonObject, currency: Currency) -> V:
        """The values written in ``given``; fields that are not among them are ignored, ``null`` is as if left out.

        Raises ``PricingError``, its ``field`` naming the value: the codes of ``Parameter.check``, ``missing_field``,
        ``bad_document`` for another JSON type, ``bad_number``.
        """
        values: dict[str, Any] = {}
        for parameter in cls.PARAMETERS:
            values[parameter.name] = _read(parameter, given, currency) if parameter.applies(values) else None
        return cls(**values)


def _read(parameter: Parameter, given: JsonObject, currency: Currency) -> Any:
    value = given.get(parameter.name)
    if value is None:
        value = parameter.default
    if value is None:
        if parameter.required:
            raise parameter.missing()
        return () if parameter.kind in LISTS else None
    with Place(within=parameter.name):
        return READERS[parameter.kind](value, currency)


def _amount(value: Any) -> Money:
    if not isinstance(value, Money):
        raise TypeError(f"an amount must be Money, not {type(value).__name__}")
    return value


__all__ = [
    "Choice",
    "Entry",
    "Kind",
    "Milestone",
    "OnlyIf",
    "Parameter",
    "PercentTier",
    "PriceTier",
    "Values",
]
