"""The form of a line: exactly the fields of its kind, and for a new line those of whichever kind is chosen."""

import copy
from collections.abc import Iterable
from datetime import date

from django import forms
from django.forms.boundfield import BoundField

from proposals.documents import wording
from proposals.documents.contents import quantity_field
from proposals.forms.fields import amount_field, choice_field, text_field, yes_field
from proposals.models import LineItem, Rate
from proposals.models.fields import plain

COUNTED = ("time", "expense", "subscription", "unit")
"""The kinds that have a quantity, which the seller may leave to the client."""

KIND_FIELDS: dict[str, tuple[str, ...]] = {
    "role": ("time",),
    "new_rate": ("time",),
    "quantity": COUNTED,
    "unit": ("time",),
    "rate_override": ("time",),
    "rate_note": ("time",),
    "rate_date": ("time",),
    "amount": ("fixed", "allowance", "credit"),
    "percent": ("allowance",),
    "percent_of": ("allowance",),
    "unit_cost": ("expense",),
    "markup_percent": ("expense",),
    "price": ("subscription",),
    "periods": ("subscription",),
    "unit_price": ("unit",),
    "unit_label": ("expense", "subscription", "unit"),
    "client_may_change_quantity": COUNTED,
    "quantity_min": COUNTED,
    "quantity_max": COUNTED,
}
"""For every field that only some kinds have: which. All others belong to every kind."""

MORE = (
    "rate_date", "certainty", "optional", "alternative_group", "alternative_option", "client_may_change_quantity",
    "quantity_min", "quantity_max",
)  # fmt: skip
"""The fields that most lines leave as they are, folded away."""

THE_CLIENTS = "The client sets it. Propose another, or take the tick below off first; the client sees either"

KIND_CHOICES = [
    ("time", "Time: a role’s rate × days or hours"),
    ("fixed", "Fixed price"),
    ("unit", "Units: a price each"),
    ("subscription", "Subscription: a price per period"),
    ("expense", "Expense: at cost, or with a markup"),
    ("allowance", "Allowance: set aside, or a share of other lines"),
    ("credit", "Credit: makes something good"),
]


def _fields() -> dict[str, forms.Field]:
    return {
        "title": text_field("What it is", length=200),
        "detail": text_field(
            "What is included, in a few words", "For a credit: what it makes good. The client reads it", length=500
        ),
        "role": text_field("Role", length=100),
        "new_rate": amount_field(
            "Rate of a new role", "Only if the role is not in the rate card yet: it is added there"
        ),
        "quantity": amount_field("Quantity"),
        "unit": choice_field("Counted in", [(Rate.Unit.DAY.value, "days"), (Rate.Unit.HOUR.value, "hours")]),
        "rate_override": amount_field(
            "Own rate", "Only if it differs from the card’s, which the client sees beside it"
        ),
        "rate_note": text_field("Why an own rate", "Compulsory with an own rate"),
        "rate_date": forms.DateField(
            label="Rate as of",
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text="Only if the card’s rate of another day applies than of the document’s price date",
        ),
        "amount": amount_field("Amount"),
        "percent": amount_field("Or a percentage of other lines", "Instead of an amount"),
        "percent_of": forms.MultipleChoiceField(
            label="Of which lines", required=False, widget=forms.CheckboxSelectMultiple
        ),
        "unit_cost": amount_field("Cost of one"),
        "markup_percent": amount_field("Markup in percent", "Nothing or 0 is shown as “at cost”"),
        "price": amount_field("Price per period"),
        "periods": amount_field("Number of periods"),
        "unit_price": amount_field("Price of one"),
        "unit_label": text_field("Unit, in words", "sessions, months, licences", length=40),
        "certainty": choice_field("How certain", [("", "As usual for this kind"), *LineItem.Certainty.choices]),
        "optional": yes_field("An option: counts only if the client takes it"),
        "alternative_group": text_field("Alternative to other lines: name of the choice", length=60),
        "alternative_option": text_field("Which option of that choice this line is", length=60),
        "client_may_change_quantity": yes_field("The client may change the quantity"),
        "quantity_min": amount_field("At least"),
        "quantity_max": amount_field("At most"),
    }


class _LineFields(forms.Form):
    """What the two forms share. `roles` are those of the rate card, `others` the lines an allowance may be for."""

    def __init__(self, names: Iterable[str], roles: list[str], others: list[LineItem]) -> None:
        super().__init__()
        known = _fields()
        for name in names:
            self.fields[name] = copy.deepcopy(known[name])
        if "role" in self.fields:
            self.fields["role"].widget.attrs["list"] = "card-roles"
            self.fields["role"].help_text = (
                f"In the rate card: {', '.join(roles)}"
                if roles
                else "There is no rate card yet; the rate below starts it"
            )
        if "percent_of" in self.fields:
            self.fields["percent_of"].choices = [  # type: ignore[attr-defined]
                (str(line.id), line.title) for line in others if line.kind not in ("allowance", "credit")
            ]

    @property
    def main(self) -> list[BoundField]:
        """The fields that stand open."""
        return [self[name] for name in self.fields if name not in MORE]

    @property
    def more(self) -> list[BoundField]:
        """The fields that are folded away."""
        return [self[name] for name in self.fields if name in MORE]


class LineForm(_LineFields):
    """A line with the fields of its kind, as they stand."""

    def __init__(
        self,
        line: LineItem,
        roles: list[str],
        others: list[LineItem],
        language: str = "en",
        *,
        clients_quantity: bool = False,
    ) -> None:
        kind = line.kind
        names = [name for name in _fields() if kind in KIND_FIELDS.get(name, (kind,)) and name != "new_rate"]
        super().__init__(names, roles, [other for other in others if other.id != line.id])
        for name, field in self.fields.items():
            field.initial = shown_value(line, name, language)
        counted = quantity_field(kind, line.quantity)
        if clients_quantity and counted in self.fields:
            self.fields[counted].widget.attrs["readonly"] = True
            self.fields[counted].help_text = THE_CLIENTS

    def changed(self, sent: dict[str, object]) -> dict[str, object]:
        """What was sent that differs from what the form showed."""
        return {name: value for name, value in sent.items() if value != (self.fields[name].initial or _nothing(value))}


class NewLineForm(_LineFields):
    """Every kind's fields; the page shows those of the chosen kind, and the others do not count."""

    def __init__(self, roles: list[str], others: list[LineItem], units: list[str]) -> None:
        super().__init__(["title", *(name for name in _fields() if name != "title")], roles, others)
        kind = choice_field("Kind", KIND_CHOICES)
        kind.initial = "fixed" if not roles else "time"
        self.fields = {"kind": kind, **self.fields}
        self.fields["quantity"].initial = "1"
        self.fields["periods"].initial = "12"
        self.fields["unit"].initial = units[0] if units else Rate.Unit.DAY.value
        for name, kinds in KIND_FIELDS.items():
            self.fields[name].widget.attrs["data_kinds"] = " ".join(kinds)

    @staticmethod
    def of_kind(kind: str, sent: dict[str, object]) -> dict[str, object]:
        """What counts of all that was sent."""
        return {name: value for name, value in sent.items() if kind in KIND_FIELDS.get(name, (kind,))}


def shown_value(line: LineItem, name: str, language: str = "en") -> object:
    """A field's value as its control shows it."""
    value = getattr(line, name)
    if isinstance(value, bool | list | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return wording.cell_number(plain(value), language) if value is not None else ""


def _nothing(value: object) -> object:
    return type(value)()
