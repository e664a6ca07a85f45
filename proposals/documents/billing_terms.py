"""How the work is billed as plain values: what is agreed on, and what the two sides are told about it.

`agreed_content` is what the fingerprint of a billing section binds: the model, its figures, the promises of the chosen
clauses, the estimate, what is compared, the limit, the cost if it is disclosed, and the value worksheet if one is used.
`told_content` is explanation, not
a term: it stands beside it in a revision, so that the PDF of a revision is made from the revision alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from proposals.documents import contents, wording
from proposals.documents.billing_compared import agreed_rows, results_of
from proposals.documents.contents import ProposalRows
from proposals.documents.figures import WrittenFigures
from proposals.documents.value_worksheet import MODEL as VALUE_BASED
from proposals.documents.value_worksheet import Lack, lacks, worksheet_content
from proposals.models import BillingTerms, Proposal
from proposals.pricing import Currency, PricingError
from proposals.pricing.billing import MODELS, BillingModel, Limit
from proposals.pricing.money import Money
from proposals.pricing.most import FeeLimit


@dataclass(frozen=True)
class ReadTerms:
    """A chosen model with figures that could be read."""

    model: BillingModel[Any, Any]
    terms: Any
    limit: Limit


class Words(WrittenFigures):
    """Amounts and numbers as the proposal's language writes them; hourly rates also by the day, if it counts days."""

    def __init__(self, proposal: Proposal, *, unit: str = "hour") -> None:
        super().__init__(proposal.language)
        self._hours_per_day = Decimal(proposal.hours_per_day) if unit == "day" else None

    def rates(self, rates: Mapping[str, Decimal], currency: Currency) -> str:
        """“Designer €112.50 an hour (€900.00 a day)”."""
        if self._hours_per_day is None:
            return super().rates(rates, currency)
        said = [
            f"{role} {self.price(rate, currency)} an hour ({self._by_day(rate, currency)})"
            for role, rate in rates.items()
        ]
        return wording.listing(said)

    def _by_day(self, rate: Decimal, currency: Currency) -> str:
        by_day = Money.rounded(Fraction(rate) * Fraction(self._hours_per_day or 0), currency)
        return f"{self.money(by_day)} a day"


def read_terms(terms: BillingTerms, currency: str) -> ReadTerms | None:
    """The chosen model with its figures; None while one of them is missing or can't be read any more."""
    model = MODELS.get(terms.model)
    if model is None:
        return None
    try:
        read = model.read(terms.params, Currency(currency))
        return ReadTerms(model, read, model.limit(read, Currency(currency)))
    except PricingError:
        return None


def fee_limit(rows: ProposalRows) -> FeeLimit | None:
    """What the billing section says that the fees can come to; None without a model whose figures are known."""
    for terms in rows.billing.values():
        read = read_terms(terms, rows.proposal.currency)
        if read is not None:
            limit = read.limit
            return FeeLimit(limit.amount, with_expenses=limit.covers == "everything", is_fixed=limit.kind == "fixed")
    return None


def lacking(terms: BillingTerms, currency: str) -> list[Lack]:
    """Everything that a billing section lacks before it can be signed."""
    model = MODELS.get(terms.model)
    if model is None:
        return [Lack("billing_gap", "no billing model is chosen")]
    of_worksheet = lacks(terms, currency)
    if _figures_stand(terms, currency):
        return of_worksheet
    return [Lack("billing_gap", f"the figures of “{model.name}” are missing"), *of_worksheet]


def gap(terms: BillingTerms, currency: str) -> str:
    """What a billing section still lacks before it can be signed, in words; "" if nothing."""
    return "; ".join(lack.words for lack in lacking(terms, currency))


def _figures_stand(terms: BillingTerms, currency: str) -> bool:
    """Whether the seller's figures are there. An expected value that is missing is the worksheet's to tell."""
    if terms.model != VALUE_BASED or "expected_value" in terms.params:
        return read_terms(terms, currency) is not None
    try:
        MODELS[VALUE_BASED].read({**terms.params, "expected_value": "0"}, Currency(currency))
    except PricingError:
        return False
    return True


def agreed_content(terms: BillingTerms, proposal: Proposal) -> dict[str, Any]:
    """What the parties agree to. Keys are there only if there is something to say."""
    content: dict[str, Any] = {"model": terms.model, "params": terms.params}
    read = read_terms(terms, proposal.currency)
    if terms.chosen_clauses:
        content["clauses"] = _clauses(terms, read, proposal)
    if read is not None:
        content["limit"] = _limit(read.limit)
    if terms.likely is not None:
        content["estimate"] = {
            "unit": terms.unit,
            **{name: contents.number(getattr(terms, name)) for name in ("low", "likely", "high")},
        }
    if terms.compared:
        content["compared"] = terms.compared
    if terms.cost_disclosed:
        content["cost"] = {name: contents.number(getattr(terms, name)) for name in ("cost_per_hour", "fixed_costs")}
    facts = proposal_facts(proposal)
    results = results_of(agreed_rows(content, facts), content, facts)
    if results:
        content["results"] = results
    worksheet = worksheet_content(terms, proposal, read.terms if read else None)
    if worksheet:
        content["worksheet"] = worksheet
    return content


def _clauses(terms: BillingTerms, read: ReadTerms | None, proposal: Proposal) -> list[dict[str, Any]]:
    model = MODELS.get(terms.model)
    promises: dict[str, list[str]] = {}
    if read is not None:
        words = Words(proposal, unit=terms.unit)
        for said in read.model.explanation(
            read.terms, Currency(proposal.currency), frozenset(terms.chosen_clauses), words
        ):
            if said.promise:
                promises.setdefault(said.promise, []).append(said.text)
    return [
        {"key": clause.key, "title": clause.title, "text": clause.text, "sentences": promises.get(clause.key, [])}
        for clause in (model.clauses if model else ())
        if clause.key in terms.chosen_clauses
    ]


def _limit(limit: Limit) -> dict[str, Any]:
    amount = {} if limit.amount is None else {"amount": str(limit.amount)}
    return {"kind": limit.kind, "covers": limit.covers, **amount}


def proposal_facts(proposal: Proposal) -> dict[str, Any]:
    """What a comparison needs of the proposal, as a revision has it too."""
    return {
        "currency": proposal.currency,
        "language": proposal.language,
        "hours_per_day": contents.number(proposal.hours_per_day),
    }
