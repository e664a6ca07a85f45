"""The form in which models are set beside each other: as often as the parties like, with figures and a name."""

from dataclasses import dataclass
from typing import Any, Final

from proposals.forms.billing import FiguresForm
from proposals.models import BillingTerms
from proposals.pricing.billing import COMPARABLE, ComparableModel

SPARE_COUNT: Final = 2
"""How many further versions of a model the form has room for; it has more after saving."""


@dataclass(frozen=True)
class ComparedChoice:
    """A version of a model to tick. `prefix` names its controls; `is_first`: the others appear once it is ticked."""

    model: ComparableModel[Any, Any]
    prefix: str
    is_first: bool
    is_chosen_model: bool
    is_ticked: bool
    name: str
    standing: dict[str, Any]
    figures: FiguresForm


def compared_choices(terms: BillingTerms, language: str) -> list[ComparedChoice]:
    """Every model that can be compared: the versions that stand there, and room for further ones."""
    choices = []
    for model in COMPARABLE.values():
        rows = [row for row in terms.compared if row["model"] == model.key]
        is_chosen = model.key == terms.model
        for number, row in enumerate([*rows, *({} for _ in range(SPARE_COUNT - bool(is_chosen)))]):
            prefix = model.key if number == 0 else f"{model.key}{number + 1}"
            params = row.get("params", {})
            choices.append(
                ComparedChoice(
                    model=model,
                    prefix=prefix,
                    is_first=number == 0,
                    is_chosen_model=is_chosen,
                    is_ticked=bool(row),
                    name=row.get("name", ""),
                    standing=params,
                    figures=FiguresForm(model.comparison, params, language=language, prefix=prefix),
                )
            )
    return choices
