"""What changed in how the work is billed, as from and to that people read: for the ledger, the log and the room."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from proposals.documents import wording
from proposals.pricing.billing import MODELS, BillingModel, ComparableModel, Parameter

Facts = Mapping[str, Any]


class Moved(NamedTuple):
    """A value that changed: its name, what it was and what it is; "" for nothing."""

    field: str
    was: str
    now: str


def figures_moved(facts: Facts) -> list[Moved] | None:
    """The figures that changed: “Limit: €20,000.00 → €21,600.00”. What was left out counts as what is usual then.

    None for an event from before its figures were told by their model.
    """
    model = MODELS.get(facts.get("model", ""))
    if model is None:
        return None
    known = {parameter.name: parameter for parameter in _parameters(model)}
    moved = []
    for change in facts["changes"]:
        name = change["field"]
        parameter = known.get(name)
        usual = parameter.default if parameter else None
        was, now = (_in_words(parameter, facts[side].get(name, usual), facts["currency"]) for side in ("was", "now"))
        if was != now:
            moved.append(Moved(parameter.label if parameter else name.replace("_", " "), was, now))
    return moved


def clauses_moved(facts: Facts) -> list[Moved]:
    """Clauses that were chosen and taken out."""
    return [
        *(Moved(f"clause “{title}”", "not chosen", "chosen") for title in facts["added"]),
        *(Moved(f"clause “{title}”", "chosen", "not chosen") for title in facts["removed"]),
    ]


def changed_in_words(facts: Facts, otherwise: Callable[[Facts], str]) -> str:
    """“limit from €20,000.00 to €21,600.00”; long values by their names alone."""
    moved = figures_moved(facts)
    if moved is None:
        return otherwise(facts)
    said = []
    for name, was, now in moved:
        label, before, after = f"{name[:1].lower()}{name[1:]}", was or "nothing", now or "nothing"
        said.append(f"{label} from {before} to {after}" if len(before) + len(after) < 90 else label)
    return wording.listing(said) or "nothing that differs"


def _parameters(model: BillingModel[Any, Any]) -> list[Parameter]:
    beside = model.comparison if isinstance(model, ComparableModel) else ()
    return [*beside, *model.parameters]


def _in_words(parameter: Parameter | None, value: Any, currency: str) -> str:
    """A figure as it is kept, in words; "" for none."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, Mapping):
        return wording.listing([f"{role} {wording.rate(rate, currency)}" for role, rate in value.items()])
    if isinstance(value, list):
        return "; ".join(_row(row, currency) for row in value)
    if parameter is None:
        return str(value)
    match parameter.kind:
        case "money":
            return wording.money(value, currency)
        case "rate":
            return f"{wording.rate(value, currency)} {parameter.unit}".strip()
        case "percent":
            return wording.percent(value)
        case "choice":
            return next((choice.label for choice in parameter.choices if choice.value == value), str(value))
        case "flag":
            return "yes" if value else "no"
        case _:
            return f"{wording.quantity(value)} {parameter.unit}".strip()


def _row(row: Mapping[str, Any], currency: str) -> str:
    """A tier or a milestone: “up to 100, unit price €2.50”, “Design, 40%”."""
    said = []
    for key, value in row.items():
        if value is None:
            continue
        name = key.replace("_", " ")
        if key == "id":
            said.append(str(value))
        elif key == "percent":
            said.append(wording.percent(value))
        elif key in ("unit_price", "flat_fee"):
            said.append(f"{name} {wording.rate(value, currency)}")
        else:
            said.append(f"{name} {wording.quantity(value)}")
    return ", ".join(said)
