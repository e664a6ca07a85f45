"""What a template holds: taken from a proposal without the client's data, and its variables.

`content` is `{settings, rates, taxes, sections, instalments}`. A section has `title, kind, text, lines` and, where it
says how the work is billed, `billing`; a line has its `fields`, `taxes` as places in the list of taxes, and
`percent_of` as `[section, line]` places. An instalment's fixed date is kept as `after_start_days`. Discounts are left
out: their reasons are about one client. Variables stand in braces and are filled by `filled`; what nobody filled is
left in square brackets, which are counted before sharing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from proposals.documents import contents, wording
from proposals.documents.contents import ProposalRows
from proposals.documents.value_worksheet import MODEL as VALUE_BASED
from proposals.models import BillingTerms, Instalment, LineItem, Side
from proposals.prose import without_comments
from proposals.text import SectionTexts

VARIABLE: Final = re.compile(r"\{([^{}\[\]\n]{1,60})\}")

KNOWN: Final[Mapping[str, str]] = {
    "client": "The client’s firm",
    "contact": "The client’s person",
    "project": "The proposal’s title",
    "seller": "Your firm",
    "start date": "When the work starts",
}
"""Variables that a new proposal knows by itself, with what they are."""

SETTINGS: Final = ("language", "paper", "price_basis", "tax_rounding", "hours_per_day")
LINE_FIELDS: Final = (
    *("kind", "title", "detail", "role", "quantity", "unit", "unit_label", "rate_override", "rate_note", "amount"),
    *(
        "unit_cost",
        "markup_percent",
        "price",
        "periods",
        "unit_price",
        "percent",
        "certainty",
        "discountable",
        "optional",
    ),
    *("alternative_group", "alternative_option", "client_may_change_quantity", "quantity_min", "quantity_max"),
)
BILLING_FIELDS: Final = (
    *("model", "figures", "clauses", "unit", "low", "likely", "high", "cost_per_hour", "fixed_costs", "compared"),
)


def template_content(rows: ProposalRows, texts: SectionTexts, contacts: Sequence[str]) -> dict[str, Any]:
    """What stands in a proposal as a template. The client's names become variables."""
    client = rows.parties[Side.CLIENT]
    names = {name: "{client}" for name in (client.legal_name, client.name) if name}
    names |= {name: "{contact}" for name in contacts if name}
    places = {
        line.id: [at, place]
        for at, section in enumerate(rows.sections)
        for place, line in enumerate(rows.lines[section.id])
    }
    tax_places = {tax.id: place for place, tax in enumerate(rows.taxes)}
    taken = {
        "settings": {name: _plain(getattr(rows.proposal, name)) for name in SETTINGS},
        "rates": [{"role": rate.role, "rate": contents.number(rate.rate), "unit": rate.unit} for rate in rows.rates],
        "taxes": [
            {name: value for name, value in contents.tax_content(tax).items() if name != "id"} for tax in rows.taxes
        ],
        "sections": [
            {
                "title": section.title,
                "kind": section.kind,
                "text": without_comments(texts.of(section.id)),
                "lines": [_line(line, tax_places, places) for line in rows.lines[section.id]],
                "billing": _billing(rows.billing[section.id]) if section.id in rows.billing else None,
            }
            for section in rows.sections
        ],
        "instalments": [_instalment(row, rows.proposal.starts_on) for row in rows.instalments],
    }
    return _mapped(taken, lambda words: _without(words, names)) if names else taken


def _line(line: LineItem, taxes: Mapping[Any, int], places: Mapping[Any, list[int]]) -> dict[str, Any]:
    by_text = {str(key): place for key, place in places.items()}
    return {
        "fields": {name: _plain(getattr(line, name)) for name in LINE_FIELDS},
        "taxes": sorted(taxes[tax_id] for tax_id in line.tax_ids),
        "percent_of": [by_text[key] for key in line.percent_of if key in by_text],
    }


def _billing(terms: BillingTerms) -> dict[str, Any]:
    """The terms without the value worksheet: what a result is worth is one client's number."""
    figures = {
        model: {name: value for name, value in params.items() if (model, name) != (VALUE_BASED, "expected_value")}
        for model, params in terms.figures.items()
    }
    return {**{name: _plain(getattr(terms, name)) for name in BILLING_FIELDS}, "figures": figures}


def _instalment(row: Instalment, starts_on: date | None) -> dict[str, Any]:
    content = contents.instalment_content(row)
    content.pop("due_on", None)
    if row.due_on is not None:
        content["after_start_days"] = max(0, (row.due_on - starts_on).days) if starts_on else 0
    return content


def instalment_fields(content: Mapping[str, Any], starts_on: date) -> dict[str, Any]:
    """The fields of an instalment of a proposal that starts on a day."""
    fields = dict(content)
    if "after_start_days" in fields:
        fields["due_on"] = starts_on + timedelta(days=fields.pop("after_start_days"))
    return fields


def variables_of(content: Mapping[str, Any]) -> list[str]:
    """The variables that a template uses, in reading order, each once."""
    found: dict[str, None] = {}
    for words in _texts(content):
        for match in VARIABLE.finditer(words):
            found[match[1].strip()] = None
    return list(found)


def filled(content: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The content with its variables filled; what has no value stands in square brackets."""

    def value(match: re.Match[str]) -> str:
        name = match[1].strip()
        return given.get(name, "").strip() or f"[{name}]"

    done: dict[str, Any] = _mapped(content, lambda words: VARIABLE.sub(value, words))
    return done


def start_words(starts_on: date, language: str) -> str:
    """A start date as it stands in a text."""
    return wording.short_date(starts_on, language)


def _without(words: str, names: Mapping[str, str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", names[name], words)
    return words


PROSE_KEYS: Final = frozenset({"title", "detail", "text", "acceptance", "rate_note", "unit_label"})
"""Where people's words stand: in these keys, and in the `text` of a text node."""


def _mapped(value: Any, change: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _mapped(inner, change, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_mapped(inner, change) for inner in value]
    return change(value) if isinstance(value, str) and key in PROSE_KEYS else value


def _texts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and key in PROSE_KEYS:
        yield value


def _plain(value: Any) -> Any:
    """A field's value as JSON has it."""
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return contents.number(value)
