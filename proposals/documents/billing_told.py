"""What both sides are told about how the work is billed: explanation, not a term.

Plain JSON values beside the agreed ones: the model in words with these numbers, its risks and incentive, the points of
the comparison's lines, who carries the difference, and where two models cost the same.
"""

from collections.abc import Mapping
from typing import Any, Final

from proposals.documents.billing_compared import Beside, Json, lines_of, results_of, shown_rows
from proposals.documents.billing_crossings import crossings_said
from proposals.documents.billing_curve import curve_told
from proposals.documents.billing_terms import Words, proposal_facts, read_terms
from proposals.documents.value_worksheet import UNCONFIRMED, is_unconfirmed, worksheet_told
from proposals.models import BillingTerms, Proposal
from proposals.pricing import Currency
from proposals.pricing.billing import MODELS
from proposals.pricing.billing.piecewise import Line
from proposals.pricing.side_by_side import ends

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
        told["crossings"] = crossings_said(str(terms.section_id), rows, lines, content, facts)
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
