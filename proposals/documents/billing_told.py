"""What both sides are told about how the work is billed: explanation, not a term.

Plain JSON values beside the agreed ones: the model in words with these numbers, its risks and incentive, the points of
the comparison's lines, who carries the difference, and where two models cost the same.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.billing_compared import Beside, Json, in_hours, lines_of, results_of, shown_rows
from proposals.documents.billing_curve import curve_told
from proposals.documents.billing_terms import Words, proposal_facts, read_terms
from proposals.documents.value_worksheet import UNCONFIRMED, is_unconfirmed, worksheet_told
from proposals.models import BillingTerms, Proposal
from proposals.pricing import Currency
from proposals.pricing.billing import MODELS
from proposals.pricing.billing.piecewise import Line
from proposals.pricing.money import rounded_text
from proposals.pricing.side_by_side import crossings, ends

SHOWN_PLACES: Final = 2
"""Decimals of a number of hours or days that was calculated."""

UNCONFIRMED_SENTENCE: Final = "The client has not confirmed the expected value."


def told_content(terms: BillingTerms, content: Mapping[str, Any], proposal: Proposal) -> dict[str, Any]:
    """Everything that is said about a billing section beside what it agrees."""
    facts = proposal_facts(proposal)
    told: dict[str, Any] = {"facts": facts}
    model = MODELS.get(terms.model)
    if model is not None:
        told["model"] = {
            "name": model.name,
            "definition": model.definition,
            "sentences": _sentences(terms, proposal),
            **{
                name: getattr(model, name)
                for name in ("risk_client", "risk_seller", "incentive", "perverse", "good_when", "not_when")
            },
            "questions": list(model.questions),
            "figures": figures_in_words(terms, proposal),
        }
    worksheet = worksheet_told(terms, proposal)
    if worksheet:
        told["worksheet"] = worksheet
    warning = _warning(terms, proposal)
    if warning:
        told["warning"] = warning
    if "results" in content:
        rows = shown_rows(content, facts)
        lines = lines_of(rows, content, facts)
        told["compared"] = _compared(content, facts, rows, lines)
        told["crossings"] = _crossings(content, facts, rows, lines)
    else:
        curve = curve_told(terms, proposal.currency)
        if curve is not None:
            told["curve"] = curve
    return told


def _warning(terms: BillingTerms, proposal: Proposal) -> str:
    read = read_terms(terms, proposal.currency)
    return "" if read is None else read.model.warning(read.terms)


def _sentences(terms: BillingTerms, proposal: Proposal) -> list[str]:
    """The explanation without promises: those of the chosen clauses are terms, and stand there."""
    read = read_terms(terms, proposal.currency)
    if read is None:
        return []
    said = read.model.explanation(
        read.terms, Currency(proposal.currency), frozenset(), Words(proposal, unit=terms.unit)
    )
    marked = [UNCONFIRMED_SENTENCE] if is_unconfirmed(terms, proposal.currency) else []
    return [*(sentence.text for sentence in said), *marked]


def figures_in_words(terms: BillingTerms, proposal: Proposal) -> list[dict[str, str]]:
    """The figures of the chosen model, each with its label, as people read them."""
    model = MODELS.get(terms.model)
    words, currency = Words(proposal, unit=terms.unit), Currency(proposal.currency)
    read = read_terms(terms, proposal.currency)
    if model is None or read is None:
        return []
    rows = []
    for parameter in model.parameters:
        value = getattr(read.terms, parameter.name)
        if value is not None and value != () and parameter.kind not in ("tiers", "percent_tiers", "milestones"):
            written = _in_words(parameter, value, words, currency)
            if parameter.name == "expected_value" and is_unconfirmed(terms, proposal.currency):
                written = f"{written} ({UNCONFIRMED})"
            rows.append({"label": parameter.label, "value": written})
    return rows


def _in_words(parameter: Any, value: Any, words: Words, currency: Currency) -> str:
    kind = parameter.kind
    if kind == "money":
        return words.money(value)
    if kind == "rate":
        return f"{words.price(value, currency)} {parameter.unit}"
    if kind == "rates":
        return words.rates(value, currency)
    if kind == "percent":
        return words.percent(value)
    if kind == "choice":
        return str(next(choice.label for choice in parameter.choices if choice.value == value))
    if kind == "flag":
        return "yes" if value else "no"
    return words.counted(value, parameter.unit).strip()


def span_of(content: Json, facts: Json) -> tuple[Fraction, Fraction]:
    """The hours from which to which a comparison is drawn."""
    low, high = (in_hours(content["estimate"][name], content, facts) for name in ("low", "high"))
    return low / 2, high * 3 / 2


def _compared(content: Json, facts: Json, rows: list[Beside], lines: list[Line]) -> list[dict[str, Any]]:
    """What is told of each model; of one that nobody agreed to also its results."""
    told = []
    for row, line, result in zip(rows, lines, results_of(rows, content, facts, with_series=True), strict=True):
        series = result.pop("series")
        added = {"result": result} if row.is_added else {}
        told.append({"name": row.label, "series": series, "carries": _carries(line, result["client_pays"]), **added})
    return told


def _carries(line: Line, pays: Mapping[str, str]) -> str:
    """Who carries it if the work takes more than is likely: `seller`, `client`, or `both` up to a limit."""
    if pays["likely"] == pays["high"] and ends(line):
        return "seller"
    return "both" if ends(line) else "client"


def _crossings(content: Json, facts: Json, rows: list[Beside], lines: list[Line]) -> list[str]:
    """In words, up to where the first model costs the client less than each of the others."""
    first_name, first = rows[0].label, lines[0]
    return [
        _crossing(first_name, first, row.label, line, content, facts)
        for row, line in zip(rows[1:], lines[1:], strict=True)
        if line != first
    ]


def _crossing(first_name: str, first: Line, name: str, line: Line, content: Json, facts: Json) -> str:
    start, end = span_of(content, facts)
    found = [hours for hours in crossings(first, line, end) if hours > 0]
    same_until = _same_until(first, line)
    if same_until is not None and not found:
        less = first.at(end) < line.at(end)
        return (
            f"Up to {taken(same_until, content, facts)} “{first_name}” and “{name}” cost you the same; above, "
            f"“{first_name}” costs you {'less' if less else 'more'}."
        )
    if not found:
        middle = (start + end) / 2
        less = first.at(middle) < line.at(middle)
        return f"“{first_name}” costs you {'less' if less else 'more'} than “{name}” however long the work takes."
    at = found[0]
    less = first.at(at / 2) < line.at(at / 2)
    return (
        f"Below {taken(at, content, facts)} “{first_name}” costs you {'less' if less else 'more'} than “{name}”, "
        f"above {'more' if less else 'less'}."
    )


def _same_until(one: Line, other: Line) -> Fraction | None:
    """The hours from which two lines part that begin as one; None if they begin apart."""
    difference = one - other
    first = difference.pieces[0]
    return None if first.intercept or first.slope or not difference.breakpoints else difference.breakpoints[0]


def taken(hours: Fraction, content: Json, facts: Json) -> str:
    """A number of hours in the estimate's unit: “24 days”."""
    unit = content["estimate"]["unit"]
    quantity = hours / Fraction(facts["hours_per_day"]) if unit == "day" else hours
    written = _trimmed(rounded_text(quantity, SHOWN_PLACES))
    return f"{wording.quantity(written, facts['language'])} {unit}{'' if written == '1' else 's'}"


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
