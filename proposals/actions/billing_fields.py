"""The figures of a billing model as people and programs write them, turned into what a row keeps."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

from proposals.actions import values
from proposals.models.fields import plain
from proposals.pricing import Currency, PricingError, parse_decimal
from proposals.pricing.billing import MODELS, BillingModel, ComparableModel, Parameter, model_named
from proposals.pricing.side_by_side import FREE, is_complete

ROWS_COUNT: Final = 100
"""How many rates, tiers or milestones a model takes."""

NAME_LENGTH: Final = 100
TEXT_KEYS: Final = frozenset({"id"})
"""Keys within a list of figures that hold names; the others hold numbers."""

Figures = dict[str, Any]


def known_model(key: object, pointer: str = "model") -> BillingModel[Any, Any]:
    """The model with this key, or Invalid naming those there are."""
    try:
        return model_named(key)
    except PricingError as error:
        detail = f"“{values.shown(key)}” is not a billing model we know. There are: {', '.join(MODELS)}."
        raise values.refuse(pointer, error.code, detail) from error


def parameters_of(model: BillingModel[Any, Any]) -> tuple[Parameter, ...]:
    """What is agreed on, and what only the comparison needs beside it."""
    names = {parameter.name for parameter in model.parameters}
    beside = model.comparison if isinstance(model, ComparableModel) else ()
    return (*model.parameters, *(each for each in beside if each.name not in names))


def agreed_figures(model: BillingModel[Any, Any], given: Mapping[str, Any], currency: str) -> Figures:
    """The figures of a model, complete and within their bounds. Raises Invalid naming the field and its limits."""
    figures = _cleaned(parameters_of(model), given, "params")
    with _refusing("params"):
        model.read(figures, Currency(currency))
    return figures


def compared_figures(
    model: ComparableModel[Any, Any], given: Mapping[str, Any], currency: str, pointer: str
) -> Figures:
    """The figures with which a model is compared; incomplete ones are kept and wait. Raises Invalid for wrong ones."""
    figures = _cleaned(model.comparison, given, pointer)
    if is_complete(model.comparison, figures):
        with _refusing(pointer):
            model.curve(figures, Currency(currency), FREE)
    return figures


def kept_figures(model: BillingModel[Any, Any], given: Mapping[str, Any]) -> Figures:
    """The figures of a model as a row keeps them, perhaps incomplete. Raises Invalid for wrong ones."""
    return _cleaned(parameters_of(model), given, "params")


def _cleaned(parameters: Iterable[Parameter], given: Mapping[str, Any], pointer: str) -> Figures:
    """What was given, without empty values, numbers in their shortest form. Raises Invalid for an unknown name."""
    by_name = {parameter.name: parameter for parameter in parameters}
    figures: Figures = {}
    for name, value in given.items():
        if name not in by_name:
            detail = f"There is no figure “{values.shown(name)}” here; known are {', '.join(sorted(by_name))}."
            raise values.refuse(f"{pointer}/{name}", "unknown_field", detail)
        if value not in (None, "", [], {}):
            figures[name] = _value(by_name[name], value, f"{pointer}/{name}")
    chosen = {each.name: figures.get(each.name, each.default) for each in by_name.values()}
    return {name: value for name, value in figures.items() if by_name[name].applies(chosen)}


def _value(parameter: Parameter, value: Any, pointer: str) -> Any:
    """A value of a parameter with numbers in their shortest form: equal figures are equal texts."""
    if parameter.kind == "flag":
        return values.yes_or_no(pointer, value)
    if parameter.kind == "choice":
        return values.one_of([choice.value for choice in parameter.choices])(pointer, value)
    if parameter.kind == "rates":
        rates = _object(pointer, value)
        values.require_few(pointer, rates, ROWS_COUNT)
        return {_name(pointer, role): _number(parameter, f"{pointer}/{role}", rate) for role, rate in rates.items()}
    if parameter.kind in ("tiers", "percent_tiers", "milestones"):
        if not isinstance(value, list | tuple):
            raise values.refuse(pointer, "not_a_list", f"{_called(parameter)} are written as a list.")
        values.require_few(pointer, value, ROWS_COUNT)
        return [_row(parameter, f"{pointer}/{place}", row) for place, row in enumerate(value)]
    return _number(parameter, pointer, value)


def _row(parameter: Parameter, pointer: str, value: Any) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, cell in _object(pointer, value).items():
        if cell in (None, ""):
            row[key] = None
        else:
            row[key] = _name(pointer, cell) if key in TEXT_KEYS else _number(parameter, f"{pointer}/{key}", cell)
    return row


def _object(pointer: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise values.refuse(pointer, "not_an_object", f"“{values.shown(value)}” is not an object with names.")
    return value


def _name(pointer: str, value: Any) -> str:
    name: str = values.text(NAME_LENGTH, required=True)(pointer, value)
    return name


def _number(parameter: Parameter, pointer: str, value: Any) -> str:
    written = value.strip() if isinstance(value, str) else value
    try:
        parse_decimal(written)
    except PricingError as error:
        detail = f"{_called(parameter)}: “{values.shown(value)}” is not a number we can use. Write it like 1250.50."
        raise values.refuse(pointer, "bad_number", detail) from error
    return plain(Decimal(written))


def _called(parameter: Parameter) -> str:
    return f"“{parameter.label}”"


@contextmanager
def _refusing(pointer: str) -> Iterator[None]:
    """A refusal of the pricing core as one of ours, with the place of the figure."""
    try:
        yield
    except PricingError as error:
        place = (error.field or "").replace(".", "/")
        raise values.refuse(f"{pointer}/{place}" if place else pointer, error.code, error.detail) from error
