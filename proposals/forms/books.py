"""Forms of the open books. A figure is a text; what it means the calculation says."""

from collections.abc import Mapping
from typing import Any

from django import forms

from proposals.documents.talk_times import LONGEST_ZONE
from proposals.models import Discount, LineItem, Proposal
from proposals.models.disclosure import DisclosureKind

ROWS_COUNT = 6
"""How many roles or lines a form has room for, or as many as there are."""

ROWS_SHOWN_COUNT = 3
"""How many of them are there at first; the others unfold."""

_TEXT = {"rows": 5}
CONTEXT_HELP = "Why it is like this, what it is good for, how it compares. The other side reads the card with it."


def _number(label: str, help_text: str = "", *, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


def _moment_field(label: str) -> forms.CharField:
    """A date with a time of day."""
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs={"type": "datetime-local"}))


class CardForm(forms.Form):
    """What every card has: a title and the context."""

    title = forms.CharField(label="Title", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = forms.Textarea(attrs=_TEXT)
        self.fields["context"] = forms.CharField(label="Context", help_text=CONTEXT_HELP, widget=area)

    def content(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What was sent, as `actions.disclosures.publish` takes it."""
        return {"title": sent["title"], "context": sent["context"], "given": self.given(sent), **self.more(sent)}

    def given(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The figures."""
        return {}

    def more(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Pay and basis, where the kind has them."""
        return {}


class BuildUpForm(CardForm):
    """A rate build-up, from pay or from the direct cost of an hour."""

    title = forms.CharField(label="Role", max_length=200, help_text="Never a person’s name")
    direct_cost_per_hour = _number("Direct cost of an hour", "Leave empty to start from pay")
    salary = _number("Pay of a year", "Gross, the average of the role; empty for a band")
    pay_basis = forms.ChoiceField(
        label="Pay may be shown, because",
        required=False,
        choices=[
            ("", "No pay in this card"),
            ("role", "It is the average of at least three people"),
            ("band", "It is a band"),
            ("consent", "The person consented in writing"),
        ],
    )
    people_count = _number("People in this role", "For an average: three at least")
    low = _number("Lower end of the band")
    high = _number("Upper end of the band")
    consent = forms.CharField(label="The consent: when and how it was given", max_length=300, required=False)
    benefits_percent = _number("Benefits", "Per cent of pay: pension, insurance, leave")
    benefits_amount = _number("Or benefits as an amount of a year")
    capacity_hours = _number("Hours of work in a year")
    paid_hours = _number("Hours paid for in a year", "If they are more than the hours of work")
    utilization_percent = _number("Of these for clients", "Per cent")
    overhead_percent = _number("Overhead", "Per cent of direct cost")
    basis = forms.CharField(
        label="What counts as direct cost, what as overhead",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    target = forms.ChoiceField(
        label="The rate comes from",
        choices=[
            ("bill_rate", "the rate itself"),
            ("target_margin_percent", "a margin, per cent of the price"),
            ("markup_percent", "a markup, per cent on the cost"),
        ],
    )
    target_value = _number("Rate, margin or markup", required=True)
    increment = _number("Rounded to multiples of", "With a margin or markup; empty for no rounding")
    mode = forms.ChoiceField(label="Rounded", choices=[("up", "up"), ("nearest", "to the nearest")])

    PLAIN = (
        "direct_cost_per_hour",
        "salary",
        "benefits_percent",
        "benefits_amount",
        "capacity_hours",
        "paid_hours",
        "utilization_percent",
        "overhead_percent",
    )

    def given(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The figures of `build_up`."""
        figures: dict[str, Any] = {name: sent[name].strip() for name in self.PLAIN}
        target = sent["target"] if sent["target"] in ("target_margin_percent", "markup_percent") else "bill_rate"
        figures[target] = sent["target_value"].strip()
        if sent["increment"].strip():
            figures["round_rate"] = {"increment": sent["increment"].strip(), "mode": sent["mode"]}
        return figures

    def more(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """How pay may be shown, and the basis."""
        pay = {name: sent[name] for name in ("people_count", "low", "high", "consent")}
        return {"pay": {"basis": sent["pay_basis"], **pay}, "basis": sent["basis"]}

    @classmethod
    def stands(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """The initial values from what stands."""
        given, pay = content["given"], content.get("pay", {})
        target = next(name for name in ("bill_rate", "target_margin_percent", "markup_percent") if name in given)
        return {
            **{name: given.get(name, "") for name in cls.PLAIN},
            "salary": "" if pay.get("basis") == "band" else given.get("salary", ""),
            "pay_basis": pay.get("basis", ""),
            **{name: pay.get(name, "") for name in ("people_count", "low", "high", "consent")},
            "basis": content.get("basis", ""),
            "target": target,
            "target_value": given[target],
            "increment": given.get("round_rate", {}).get("increment", ""),
            "mode": given.get("round_rate", {}).get("mode", "up"),
        }


class OverheadForm(CardForm):
    """The overhead rate and what is in it."""

    overhead_percent = _number("Overhead", "Per cent of direct cost", required=True)
    basis = forms.CharField(
        label="What counts as direct cost, what as overhead",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def given(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The rate."""
        return {"overhead_percent": sent["overhead_percent"].strip()}

    def more(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The basis."""
        return {"basis": sent["basis"]}

    @classmethod
    def stands(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """The initial values from what stands."""
        return {"overhead_percent": content["given"]["overhead_percent"], "basis": content.get("basis", "")}


class RowsForm(CardForm):
    """A card of several rows; rows that are left empty are no rows."""

    columns: tuple[tuple[str, forms.Field], ...] = ()
    rows_key = "lines"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        context = self.fields.pop("context")
        first = self.columns[0][0]
        self.rows_count = max(ROWS_COUNT, sum(name.startswith(f"{first}-") for name in self.initial))
        for row in range(self.rows_count):
            for name, field in self.columns:
                copied = type(field)(**self._options(field, row))
                self.fields[f"{name}-{row}"] = copied
        self.fields["context"] = context

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields row by row."""
        return [[self[f"{name}-{row}"] for name, _ in self.columns] for row in range(self.rows_count)]

    @property
    def rows_shown(self) -> list[list[forms.BoundField]]:
        """The rows to begin with: what is filled in, and room for more."""
        return self.rows[: self._shown_count]

    @property
    def rows_folded(self) -> list[list[forms.BoundField]]:
        """The others."""
        return self.rows[self._shown_count :]

    @property
    def _shown_count(self) -> int:
        first = self.columns[0][0]
        filled = [row for row in range(self.rows_count) if self[f"{first}-{row}"].value()]
        return max(ROWS_SHOWN_COUNT, filled[-1] + 2 if filled else 0)

    @property
    def head(self) -> list[forms.BoundField]:
        """What stands over the rows."""
        return [self["title"]]

    @property
    def tail(self) -> list[forms.BoundField]:
        """What stands under them: whatever is no column."""
        columns = {name for name, _ in self.columns}
        return [bound for bound in self if bound.name != "title" and bound.name.rpartition("-")[0] not in columns]

    def _options(self, field: forms.Field, row: int) -> dict[str, Any]:
        options: dict[str, Any] = {"label": f"{field.label} {row + 1}", "required": False, "widget": field.widget}
        return options | ({"choices": field.choices} if isinstance(field, forms.ChoiceField) else {})

    def given(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The rows in which something was written."""
        names = [name for name, _ in self.columns]
        rows = [{name: sent[f"{name}-{row}"].strip() for name in names} for row in range(self.rows_count)]
        written = [name for name, field in self.columns if not isinstance(field, forms.ChoiceField)]
        return {self.rows_key: [row for row in rows if any(row[name] for name in written)]}

    @classmethod
    def stands(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """The initial values from what stands."""
        rows = content["given"][cls.rows_key]
        return {f"{name}-{place}": row.get(name, "") for place, row in enumerate(rows) for name, _ in cls.columns}


class PolicyForm(RowsForm):
    """How prices are set, line by line."""

    columns = (
        ("title", forms.CharField(label="Rule")),
        ("text", forms.CharField(label="In a sentence", widget=forms.Textarea(attrs={"rows": 2}))),
    )


class DiscountListForm(RowsForm):
    """When which discount is given."""

    columns = (
        ("reason", forms.ChoiceField(label="Reason", choices=Discount.Reason.choices)),
        ("up_to_percent", _number("Up to, per cent")),
        ("text", forms.CharField(label="For whom, and what ends it")),
    )


class LeverageForm(RowsForm):
    """Who does which share of the work at what rate."""

    rows_key = "staffing"
    columns = (
        ("role", forms.CharField(label="Role")),
        (
            "tier",
            forms.ChoiceField(label="Level", choices=[("senior", "Senior"), ("mid", "Mid"), ("junior", "Junior")]),
        ),
        ("hours", _number("Hours")),
        ("rate", _number("Rate an hour")),
    )


FORMS: dict[str, type[CardForm]] = {
    DisclosureKind.BUILD_UP: BuildUpForm,
    DisclosureKind.OVERHEAD: OverheadForm,
    DisclosureKind.LEVERAGE: LeverageForm,
    DisclosureKind.POLICY: PolicyForm,
    DisclosureKind.DISCOUNTS: DiscountListForm,
}


def starting_values(proposal: Proposal, kind: str) -> dict[str, Any]:
    """What a new card can begin with: the roles of the proposal's own time lines, in hours."""
    if kind != DisclosureKind.LEVERAGE:
        return {"title": str(DisclosureKind(kind).label) if kind != DisclosureKind.BUILD_UP else ""}
    lines = LineItem.objects.filter(
        section__proposal=proposal, section__removed_at__isnull=True, kind=LineItem.Kind.TIME, unit="hour"
    )
    values: dict[str, Any] = {"title": "Who works on this"}
    for place, line in enumerate(lines.order_by("section__position", "position")[:ROWS_COUNT]):
        values |= {f"role-{place}": line.role, f"tier-{place}": "mid", f"hours-{place}": f"{line.quantity:f}"}
    return values


class RequestForm(forms.Form):
    """What the client wants to see."""

    kind = forms.ChoiceField(label="What we would like to see", choices=DisclosureKind.choices)
    text = forms.CharField(label="Why, or what exactly (may be empty)", max_length=500, required=False)


class AnswerForm(forms.Form):
    """A date, or a reason."""

    promised_on = forms.DateField(label="We show it by", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    answer = forms.CharField(
        label="Or: why we don’t",
        required=False,
        max_length=1000,
        help_text="With a date it may be empty.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TimesForm(forms.Form):
    """Up to three times for a talk of a quarter of an hour, on the clock of the one who proposes them."""

    at1 = _moment_field("First time")
    at2 = _moment_field("Second time")
    at3 = _moment_field("Third time")
    zone = forms.CharField(
        label="Your time zone",
        help_text="Such as Europe/Amsterdam or America/New_York. The other side sees it beside the time, and UTC.",
        max_length=LONGEST_ZONE,
        widget=forms.TextInput(attrs={"data-own-zone": "", "autocapitalize": "none", "spellcheck": "false"}),
    )


class WithdrawForm(forms.Form):
    """Why a card is taken back."""

    reason = forms.CharField(label="Why (both read it)", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
