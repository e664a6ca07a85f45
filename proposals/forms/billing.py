"""Forms for the figures of billing models, made from the models' own parameters: labels, units, bounds, choices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.forms import BoundField

from proposals.documents.wording import cell_number
from proposals.forms.entered import Entered
from proposals.forms.fields import amount_field, choice_field, text_field
from proposals.models import BillingTerms, Proposal, Rate
from proposals.models.fields import plain
from proposals.pricing.billing import Parameter
from proposals.pricing.choosing import QUESTIONS
from proposals.pricing.money import finite_text

Column = tuple[str, str, str]
"""The name, the label and the kind (text, or the kind of number) of a column in a list of figures."""

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    "rates": (("role", "Role", "text"), ("rate", "Rate per hour", "rate")),
    "milestones": (("id", "Milestone", "text"), ("percent", "% of the fee", "percent")),
    "tiers": (
        ("up_to", "Up to and including", "quantity"),
        ("unit_price", "Price per unit", "rate"),
        ("flat_fee", "Flat fee", "amount"),
    ),
    "percent_tiers": (("up_to", "Up to and including", "amount"), ("percent", "%", "percent")),
}
BLANK_ROWS_COUNT: Final = 2
MOST_ROWS: Final = 100
RATE_PLACES: Final = 6


@dataclass(frozen=True)
class FieldGroup:
    """One parameter in the form: a single field, or a list of rows under a legend."""

    legend: str
    help: str
    rows: tuple[tuple[BoundField, ...], ...]
    field: BoundField | None = None


class FiguresForm(forms.Form):
    """The figures of a model. `groups` are its parameters in order, for the template."""

    def __init__(
        self,
        parameters: Iterable[Parameter],
        figures: Mapping[str, Any],
        *,
        language: str = "en",
        prefix: str | None = None,
    ) -> None:
        super().__init__(prefix=prefix)
        self._language = language
        self._groups: list[tuple[Parameter, list[list[str]]]] = []
        for parameter in parameters:
            value = figures.get(parameter.name)
            names = [[parameter.name]]
            if parameter.kind in COLUMNS:
                names = self._add_rows(parameter, rows_of(parameter.kind, value))
            else:
                self.fields[parameter.name] = field_of(parameter, value, language)
            self._groups.append((parameter, names))

    @property
    def groups(self) -> list[FieldGroup]:
        """What the template shows."""
        return [
            FieldGroup(each.label, each.help, tuple(tuple(self[name] for name in row) for row in names))
            if each.kind in COLUMNS
            else FieldGroup(each.label, "", (), self[each.name])
            for each, names in self._groups
        ]

    def _add_rows(self, parameter: Parameter, rows: list[dict[str, str]]) -> list[list[str]]:
        names = []
        for number, row in enumerate([*rows, *({} for _ in range(BLANK_ROWS_COUNT))]):
            names.append([f"{parameter.name}{number}-{key}" for key, _, _ in COLUMNS[parameter.kind]])
            for (key, label, kind), name in zip(COLUMNS[parameter.kind], names[-1], strict=True):
                self.fields[name] = text_field(label, length=100) if kind == "text" else amount_field(label)
                cell = row.get(key, "")
                self.fields[name].initial = cell if kind == "text" else cell_number(cell, self._language)
        return names


def field_of(parameter: Parameter, value: Any, language: str = "en") -> forms.Field:
    """The field of a single figure, with its unit and bounds in words."""
    said = ". ".join(part for part in (_limits(parameter), parameter.help) if part)
    if parameter.kind == "choice":
        field: forms.Field = choice_field(parameter.label, [(each.value, each.label) for each in parameter.choices])
        field.initial = value or parameter.default
    elif parameter.kind == "flag":
        field = forms.BooleanField(label=parameter.label, required=False)
        field.initial = parameter.default if value is None else value
    else:
        field = amount_field(parameter.label)
        field.initial = cell_number(value, language) if isinstance(value, str) else ""
    field.help_text = said
    return field


def _limits(parameter: Parameter) -> str:
    """“% of the fee, 0 to 100, 20 if left empty”."""
    if parameter.kind in ("choice", "flag"):
        return ""
    least, most = parameter.least, parameter.most
    if least is not None and most is not None:
        bounds = f"{least} to {most}"
    elif least is not None and (parameter.above_least or least != "0"):
        bounds = f"more than {least}" if parameter.above_least else f"{least} or more"
    else:
        bounds = f"at most {most}" if most is not None else ""
    default = f"{parameter.default} if left empty" if isinstance(parameter.default, str) else ""
    optional = "may be empty" if not parameter.required and not default else ""
    condition = "only if it applies" if parameter.only_if is not None else ""
    said = ", ".join(part for part in (parameter.unit, bounds, default, optional, condition) if part)
    return said[:1].upper() + said[1:]


def rows_of(kind: str, value: Any) -> list[dict[str, str]]:
    """A list of figures as rows of texts."""
    if kind == "rates":
        return [{"role": role, "rate": rate} for role, rate in (value or {}).items()]
    return [{key: cell for key, cell in row.items() if cell is not None} for row in value or []]


def sent_figures(
    parameters: Iterable[Parameter], sent: Mapping[str, str], entered: Entered, prefix: str = ""
) -> dict[str, Any]:
    """The figures as a browser sent them, as JSON of exact texts; empty ones are left out. Raises Invalid."""
    start = f"{prefix}-" if prefix else ""
    figures: dict[str, Any] = {}
    for parameter in parameters:
        name = f"{start}{parameter.name}"
        if parameter.kind == "flag":
            figures[parameter.name] = name in sent
        elif parameter.kind in COLUMNS:
            rows = _sent_rows(COLUMNS[parameter.kind], sent, name, entered)
            figures[parameter.name] = {row["role"]: row["rate"] for row in rows} if parameter.kind == "rates" else rows
        elif parameter.kind == "choice":
            figures[parameter.name] = sent.get(name, "")
        else:
            figures[parameter.name] = entered.number(name, sent.get(name, ""), field=_reads_as(parameter))
    return {name: value for name, value in figures.items() if value not in ("", {}, [])}


def _reads_as(parameter: Parameter) -> str:
    """The kind of number, by the name that the edge knows it by."""
    return {"money": "amount", "rate": "rate", "percent": "percent"}.get(parameter.kind, "quantity")


def _sent_rows(columns: Iterable[Column], sent: Mapping[str, str], name: str, entered: Entered) -> list[dict[str, str]]:
    known = list(columns)
    rows = []
    for number in range(MOST_ROWS):
        written = {key: sent.get(f"{name}{number}-{key}", "").strip() for key, _, _ in known}
        if any(written.values()):
            rows.append(
                {
                    key: written[key]
                    if kind == "text"
                    else entered.number(f"{name}{number}-{key}", written[key], field=kind)
                    for key, _, kind in known
                }
            )
    return rows


def card_rates(proposal: Proposal) -> dict[str, str]:
    """The proposal's rate card by the hour, to start from; rates that are not exact by the hour are left out."""
    rates: dict[str, str] = {}
    for rate in proposal.rates.all():
        hours = Fraction(proposal.hours_per_day) if rate.unit == Rate.Unit.DAY else Fraction(1)
        text = finite_text(Fraction(rate.rate) / hours, least_places=2, most_places=RATE_PLACES)
        if text is not None:
            rates.setdefault(rate.role, text)
    return rates


class EstimateForm(forms.Form):
    """What the work may take."""

    unit = choice_field("Counted in", [(unit.value, f"{unit.label}s") for unit in Rate.Unit])
    low = amount_field("Low: if all goes well")
    likely = amount_field("Likely")
    high = amount_field("High: if much goes wrong")

    def __init__(self, terms: BillingTerms, language: str) -> None:
        super().__init__(initial={name: _text(getattr(terms, name), language) for name in self.base_fields})


class CostForm(forms.Form):
    """What the work costs the seller."""

    cost_per_hour = amount_field("What an hour costs you")
    fixed_costs = amount_field("What it costs you whatever the hours")

    def __init__(self, terms: BillingTerms, language: str) -> None:
        super().__init__(initial={name: _text(getattr(terms, name), language) for name in self.base_fields})


class GuideForm(forms.Form):
    """A few questions that lead to a model. Nothing is ticked in advance."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        super().__init__(initial=dict(answers))
        for question in QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=question.text,
                required=False,
                choices=[(answer.key, answer.text) for answer in question.answers],
                widget=forms.RadioSelect,
            )


def _text(value: Any, language: str) -> str:
    return "" if value is None else value if isinstance(value, str) else cell_number(plain(value), language)
