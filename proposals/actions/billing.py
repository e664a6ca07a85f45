"""How the work is billed. The parties choose the model and its clauses together; the figures are the seller's.

Either side's editor may choose a model: like text, it counts for nobody before both have agreed to the section as it
stands. Money is the seller's to say, so a model that the client chose waits for the seller's figures, and a proposal
with such a gap can't be frozen.
"""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from proposals.access import Actor
from proposals.actions import values
from proposals.actions.billing_fields import Figures, agreed_figures, compared_figures, known_model
from proposals.actions.billing_rows import differences, record, save_terms, terms_in
from proposals.actions.changing import Change, changing, money_moved, money_told
from proposals.actions.value_worksheet import figures_beside_worksheet
from proposals.documents.value_worksheet import MODEL as VALUE_BASED
from proposals.exceptions import Invalid
from proposals.models import BillingTerms, Proposal, Rate, Side, ValueWorksheet
from proposals.models.fields import plain
from proposals.pricing import Currency, Money, PricingError
from proposals.pricing.billing import ComparableModel

COMPARED_COUNT: Final = 5
"""How many models are shown side by side, the chosen one among them."""

NAME_LENGTH: Final = 60
"""How long the name of a version of a model may be."""

_ESTIMATE: dict[str, values.Parse] = {
    "unit": values.one_of(list(Rate.Unit.values)),
    "low": values.number(required=False),
    "likely": values.number(required=False),
    "high": values.number(required=False),
}
_COST: dict[str, values.Parse] = {
    "cost_per_hour": values.number(required=False),
    "fixed_costs": values.number(required=False),
}


def choose_model(
    *, by: Actor, section_id: uuid.UUID | str, model: str, why: str = "", expected_version: int | None = None
) -> BillingTerms:
    """Choose the billing model, or none with an empty text. Figures that it was given before come back with it.

    It stands in the ledger of price changes, with a sentence `why` if there is one.
    """
    with changing(by, "choose_billing") as change:
        terms = terms_in(change, section_id, expected_version)
        chosen = known_model(model) if model else None
        if terms.model == model:
            return terms
        was, before = known_model(terms.model).name if terms.model else "", change.price()
        if chosen is not None and model not in terms.figures:
            _take_over(terms, model, change.proposal)
        save_terms(terms, model=model)
        said = {"was": was, "now": chosen.name if chosen else ""}
        record(change, terms, "billing.model_chosen", **said, **money_moved(before, change.price(), why))
        return terms


def set_figures(
    *,
    by: Actor,
    section_id: uuid.UUID | str,
    params: Mapping[str, Any],
    why: str = "",
    expected_version: int | None = None,
) -> BillingTerms:
    """Set the figures of the chosen model, all of them at once, with a sentence `why` if there is one.

    The expected value of a value-based fee is its worksheet's: left out it stays, stated it goes there.
    """
    with changing(by, "price") as change:
        terms = terms_in(change, section_id, expected_version)
        if not terms.model:
            raise values.refuse("model", "no_model", "No billing model is chosen yet, so there is nothing to fill in.")
        was, is_valued = terms.params, terms.model == VALUE_BASED
        if is_valued:
            figures = figures_beside_worksheet(change, terms, params)
        else:
            figures = agreed_figures(known_model(terms.model), params, change.proposal.currency)
        if figures == terms.params:
            return terms
        before = change.price()
        save_terms(terms, figures={**terms.figures, terms.model: figures})
        changes = differences(was, figures, but={"expected_value"} if is_valued else ())
        names = {each["field"] for each in changes}
        told = {
            side: {name: value for name, value in found.items() if name in names}
            for side, found in (("was", was), ("now", figures))
        }
        money = money_moved(before, change.price(), why)
        record(change, terms, "billing.changed", changes=changes, model=terms.model, **told, **money)
        return terms


def choose_clauses(
    *,
    by: Actor,
    section_id: uuid.UUID | str,
    clauses: Sequence[str],
    why: str = "",
    expected_version: int | None = None,
) -> BillingTerms:
    """Say which clauses of the model hold, and `why` if that is to be read. Their sentences are terms from then on."""
    with changing(by, "choose_billing") as change:
        terms = terms_in(change, section_id, expected_version)
        known = {clause.key: clause for clause in known_model(terms.model).clauses} if terms.model else {}
        for key in clauses:
            if key not in known:
                detail = f"“{values.shown(key)}” is not a clause of this model; it has: {', '.join(known) or 'none'}."
                raise values.refuse("clauses", "unknown_clause", detail)
        chosen = [key for key in known if key in clauses]
        before = terms.chosen_clauses
        if chosen == before:
            return terms
        save_terms(terms, clauses={**terms.clauses, terms.model: chosen})
        record(
            change,
            terms,
            "billing.clauses_chosen",
            added=[known[key].title for key in chosen if key not in before],
            removed=[known[key].title for key in before if key in known and key not in chosen],
            **money_told(change.price(), why),
        )
        return terms


def set_estimate(
    *,
    by: Actor,
    section_id: uuid.UUID | str,
    changes: Mapping[str, Any],
    why: str = "",
    expected_version: int | None = None,
) -> BillingTerms:
    """Say what the work may take: `low`, `likely` and `high` in `unit`; all three empty for no estimate.

    `why` it changes is a sentence in the ledger.
    """
    with changing(by, "price") as change:
        terms = terms_in(change, section_id, expected_version)
        fields = values.parse_all(_ESTIMATE, changes)
        facts = [values.fact(terms, name, value) for name, value in fields.items() if getattr(terms, name) != value]
        if not facts:
            return terms
        save_terms(terms, **fields)
        _require_order(terms)
        record(change, terms, "billing.estimate_changed", changes=facts, **money_told(change.price(), why))
        return terms


def set_cost(
    *, by: Actor, section_id: uuid.UUID | str, changes: Mapping[str, Any], expected_version: int | None = None
) -> BillingTerms:
    """Say what the work costs the seller: `cost_per_hour`, and `fixed_costs` whatever the hours.

    Everybody sees that it was entered; the amounts only while the cost is disclosed.
    """
    with changing(by, "price") as change:
        terms = terms_in(change, section_id, expected_version)
        fields = values.parse_all(_COST, changes)
        facts = [values.fact(terms, name, value) for name, value in fields.items() if getattr(terms, name) != value]
        if not facts:
            return terms
        save_terms(terms, **fields)
        _require_cost_in(terms, change.proposal.currency)
        told = {"changes": facts} if terms.cost_disclosed else {}
        record(change, terms, "billing.cost_changed", disclosed=terms.cost_disclosed, **told)
        return terms


def disclose_cost(
    *, by: Actor, section_id: uuid.UUID | str, disclosed: bool, expected_version: int | None = None
) -> BillingTerms:
    """Show both sides what the work costs the seller and what each model leaves it, or stop showing it."""
    with changing(by, "price") as change:
        terms = terms_in(change, section_id, expected_version)
        if disclosed and terms.cost_per_hour is None:
            raise values.refuse("cost_per_hour", "no_cost", "Say first what an hour costs you; then it can be shown.")
        if terms.cost_disclosed == disclosed:
            return terms
        save_terms(terms, cost_disclosed=disclosed)
        record(change, terms, "billing.cost_disclosed" if disclosed else "billing.cost_withdrawn", **_cost(terms))
        return terms


def set_comparison(
    *,
    by: Actor,
    section_id: uuid.UUID | str,
    models: Sequence[Mapping[str, Any]],
    expected_version: int | None = None,
) -> BillingTerms:
    """Say which models are shown beside the chosen one: `{model, params, name}` each, in this order.

    A model may stand there more than once, with other figures or another name. The client names models; their figures
    are the seller's, so what the client sends of them must stand there already.
    """
    with changing(by, "choose_billing") as change:
        terms = terms_in(change, section_id, expected_version)
        most = COMPARED_COUNT - (1 if terms.model else 0)
        if len(models) > most:
            raise values.refuse(
                "models", "too_many", f"{len(models)} models are too many; {most} fit beside each other."
            )
        compared = [_compared(change, row, place) for place, row in enumerate(models)]
        _require_no_twins(compared)
        if change.by.side != Side.SELLER:
            _require_known_figures(terms, compared)
        if compared == terms.compared:
            return terms
        save_terms(terms, compared=compared)
        names = [_called(row) for row in compared]
        record(change, terms, "billing.compared", models=names)
        return terms


def keep_what_is_common(locked: Proposal) -> None:
    """Forget figures and clauses of models that are not chosen: what was before sharing stays with the seller."""
    ValueWorksheet.objects.filter(terms__section__proposal=locked).exclude(terms__model=VALUE_BASED).delete()
    for terms in BillingTerms.objects.filter(section__proposal=locked):
        for name in ("figures", "clauses"):
            kept = {key: value for key, value in getattr(terms, name).items() if key == terms.model}
            setattr(terms, name, kept)
        terms.save(update_fields=["figures", "clauses"])


def _take_over(terms: BillingTerms, model: str, proposal: Proposal) -> None:
    """Start with the figures under which the model was compared, if they are all it needs."""
    compared: Figures = next((row["params"] for row in terms.compared if row["model"] == model), {})
    try:
        known_model(model).read(compared, Currency(proposal.currency))
    except PricingError:
        return
    terms.figures = {**terms.figures, model: compared}


def _compared(change: Change, row: Mapping[str, Any], place: int) -> dict[str, Any]:
    pointer = f"models/{place}"
    model = known_model(row.get("model"), f"{pointer}/model")
    if not isinstance(model, ComparableModel):
        detail = f"“{model.name}” does not depend on hours, so it can’t be compared with the others."
        raise values.refuse(f"{pointer}/model", "not_comparable", detail)
    params = row.get("params") or {}
    if not isinstance(params, Mapping):
        raise values.refuse(f"{pointer}/params", "not_an_object", "Figures are an object with their names.")
    figures = compared_figures(model, params, change.proposal.currency, f"{pointer}/params")
    name = values.text(NAME_LENGTH)(f"{pointer}/name", row.get("name") or "")
    return {"model": model.key, "params": figures, **({"name": name} if name else {})}


def _called(row: Mapping[str, Any]) -> str:
    """“Fixed fee” or “Fixed fee: with training”."""
    name = known_model(row["model"]).name
    return f"{name}: {row['name']}" if row.get("name") else name


def _require_no_twins(compared: Sequence[Mapping[str, Any]]) -> None:
    for place, row in enumerate(compared):
        if row in compared[:place]:
            detail = f"“{_called(row)}” stands there twice. Give one of them other figures or another name."
            raise values.refuse(f"models/{place}/name", "twice", detail)


def _require_known_figures(terms: BillingTerms, compared: Sequence[Mapping[str, Any]]) -> None:
    standing = [(row["model"], row["params"]) for row in terms.compared]
    for place, row in enumerate(compared):
        if row["params"] and (row["model"], row["params"]) not in standing:
            detail = "The figures of a model are the seller’s to say. Name the model, and ask for its figures."
            raise values.refuse(f"models/{place}/params", "sellers_figures", detail)


def _require_order(terms: BillingTerms) -> None:
    given = [terms.low, terms.likely, terms.high]
    if all(value is None for value in given):
        return
    for name, value in zip(("low", "likely", "high"), given, strict=True):
        if value is None:
            raise values.refuse(name, "bad_estimate", "An estimate has three numbers: low, likely and high.")
    low, likely, high = (Decimal(value) for value in given if value is not None)
    if not 0 <= low <= likely <= high:
        detail = f"{plain(low)}, {plain(likely)}, {plain(high)} do not rise: low, likely and high go up from 0."
        raise values.refuse("low" if low > likely or low < 0 else "high", "bad_estimate", detail)
    if high == 0:
        raise values.refuse("high", "bad_estimate", "Work that takes nothing can’t be compared. Write more than 0.")


def _require_cost_in(terms: BillingTerms, currency: str) -> None:
    if terms.cost_disclosed and terms.cost_per_hour is None:
        raise Invalid("The cost is disclosed; stop disclosing it first. Nothing was changed.", code="disclosed")
    for name in ("cost_per_hour", "fixed_costs"):
        value = getattr(terms, name)
        if value is not None and Decimal(value) < 0:
            raise values.refuse(name, "bad_number", f"{plain(value)} is negative; a cost is 0 or more.")
    try:
        if terms.fixed_costs is not None:
            Money.stated(Decimal(terms.fixed_costs), Currency(currency), "fixed_costs")
    except PricingError as error:
        raise values.refuse("fixed_costs", error.code, error.detail) from error


def _cost(terms: BillingTerms) -> dict[str, str]:
    return {name: values.written(getattr(terms, name)) for name in ("cost_per_hour", "fixed_costs")}
