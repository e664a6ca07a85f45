"""Rows of price forms: discounts, rates and taxes, as many as there are and a blank one."""

from collections.abc import Iterable, Mapping
from typing import Any

from proposals.actions.values import refuse
from proposals.documents.contents import number
from proposals.documents.discount_policy import repeated_exceptions, rules_of
from proposals.documents.wording import cell_number
from proposals.exceptions import FieldProblem, Invalid
from proposals.forms.entered import PERCENT_SIGNS, Entered, cut
from proposals.forms.pricing import AN_EXCEPTION, DiscountForm
from proposals.models import Discount, Proposal

DISCOUNT_NAMES = (
    "type", "value", "reason", "text", "conditional", "within_days", "pay_by", "policy_line", "exception",
)  # fmt: skip

SAID_NAMES = ("text", "reason", "exception", "within_days", "pay_by")
"""What would be lost of a discount without a value."""


def rows_of(sent: Any, prefix: str, names: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    """Rows `<prefix><n>-<name>` of a sent form, in order, each with its own prefix."""
    rows = []
    place = 0
    while any(f"{prefix}{place}-{name}" in sent for name in names):
        own = f"{prefix}{place}"
        rows.append((own, {name: sent[f"{own}-{name}"] for name in names if f"{own}-{name}" in sent}))
        place += 1
    return rows


def discount_context(
    proposal: Proposal, rows: Iterable[Discount], *, may_be_conditional: bool = False
) -> dict[str, Any]:
    """A form for every discount, and one for another; and of which kinds the firm gave too many exceptions lately."""
    rules, language = rules_of(proposal), proposal.language
    forms = [
        DiscountForm(row, f"discount{place}", may_be_conditional=may_be_conditional, rules=rules, language=language)
        for place, row in enumerate([*rows, None])
    ]
    repeated = repeated_exceptions(proposal.relationship.seller_firm) if rules is not None else []
    return {"discount_forms": forms, "repeated": repeated}


def sent_discounts(
    sent: Any, standing: Iterable[Discount], entered: Entered
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The discounts of a form for `set_discounts`, with the prefixes of their rows. One without a value goes.

    Raises Invalid for a new one that has words but no value: it would be lost.
    """
    before = [number(row.value) for row in standing]
    discounts: list[Mapping[str, Any]] = []
    prefixes: list[str] = []
    for place, (prefix, row) in enumerate(rows_of(sent, "discount", DISCOUNT_NAMES)):
        value = row.pop("value", "").strip()
        row["conditional"] = "conditional" in row  # type: ignore[assignment]
        if not value:
            written = any(row.get(name, "").strip() for name in SAID_NAMES)
            if place >= len(before) and written:
                raise refuse(f"{prefix}-value", "bad_number", "Write how much the discount is, in percent or money.")
            continue
        name_grounds(prefix, row)
        shown = before[place] if place < len(before) else None
        same = shown is not None and value == shown_as(shown, entered)
        discounts.append({**row, "value": shown if same else _read(entered, prefix, row, value)})
        prefixes.append(prefix)
    return discounts, prefixes


def _read(entered: Entered, prefix: str, row: Mapping[str, Any], value: str) -> str:
    """A discount's number by its type. One written as the other type is asked about, not turned into this one."""
    is_percent = row.get("type") != Discount.Type.AMOUNT
    has_sign = value[-1:] in PERCENT_SIGNS
    if has_sign and not is_percent:
        raise _other_type(prefix, value, "percent", f"“{cut(value)}” is a percentage, and the discount is an amount")
    if is_percent and entered.is_money(value):
        raise _other_type(prefix, value, "amount", f"“{cut(value)}” is an amount, and the discount is a percentage")
    return entered.number(f"{prefix}-value", value, field="percent" if is_percent else "amount")


def _other_type(prefix: str, value: str, kind: str, detail: str) -> Invalid:
    """A refusal that offers the other type."""
    sentence = f"{detail}. Choose which one you mean."
    return Invalid(
        f"{sentence} Nothing was changed.",
        code="ambiguous_number",
        errors=[FieldProblem(f"{prefix}-value", "ambiguous_number", sentence)],
        extra={"choices": [{"label": f"A discount of {cut(value)}", "fields": {f"{prefix}-type": kind}, "send": True}]},
    )


def name_grounds(prefix: str, row: dict[str, str]) -> None:
    """A line that was chosen counts, and a sentence about an exception only where none was."""
    line = row.get("policy_line", "")
    if line == AN_EXCEPTION:
        row["policy_line"] = ""
        if not row.get("exception", "").strip():
            pointer = f"{prefix}-exception" if prefix else "exception"
            raise refuse(pointer, "required", "Write why it is an exception; both sides read it.")
    elif line:
        row["exception"] = ""


def shown_as(exact: str, entered: Entered) -> str:
    """An exact number as the form's control showed it."""
    return cell_number(exact, entered.language)
