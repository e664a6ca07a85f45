"""Reading how the numbers of a proposal came about: of what stands there now, or of the revision that is locked."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from proposals.actions.export import WITH_REVISION
from proposals.actions.freezing import current_revision
from proposals.actions.values import refuse
from proposals.documents import contents
from proposals.documents.price_document import document_of_revision, price_of
from proposals.documents.snapshot import content_of
from proposals.documents.working_beside import with_changes, with_offers
from proposals.documents.working_names import CHANGE, OFFER
from proposals.documents.working_whole import Explained, Whole, explained, whole_of_revision, whole_of_rows
from proposals.documents.working_words import WorkingWords
from proposals.exceptions import NotFound
from proposals.models import Proposal, Revision
from proposals.pricing import PricingError
from proposals.pricing.working import Working


@dataclass(frozen=True)
class Derivation:
    """The working of a proposal's price. `revision` is the one it describes; None for what stands there now."""

    proposal: Proposal
    working: Working
    words: WorkingWords
    revision: Revision | None

    def require(self, key: str) -> str:
        """The key of an amount's step. Raises NotFound, which says what to do, for one that is not there (any more)."""
        try:
            return self.working.step(key).key
        except PricingError as error:
            raise NotFound(
                "That amount does not stand in the proposal any more: its line, section or tax was taken out, or the "
                "address is not complete. Go back to the proposal and open the amount from there."
            ) from error

    def sums(self) -> list[str]:
        """The further amounts of the whole: before tax, by certainty, the range, and what early payment makes of it."""
        wanted = ("totals.net", "totals.firm", "totals.estimate", "totals.ceiling", "range.min", "range.max")
        found = [key for key in wanted if key in self.working.steps and self.working.steps[key].inputs]
        if "most.total" in self.working.steps:
            found.append("most.total")
        return found + [key for key in self.working.steps if key.startswith("conditional.") and key.endswith(".saving")]

    def describes(self, key: str) -> str:
        """Which state of the proposal the numbers that lead to an amount are of, in a sentence."""
        if key.startswith(OFFER):
            return "These are the numbers as they would be if the counter-offer were accepted now."
        if key.startswith(CHANGE):
            return "These are the totals after the change and before it, as the list of price changes has them."
        if self.revision is not None:
            return f"These are the numbers of revision {self.revision.number}, which was locked for signing."
        if not self.proposal.is_common:
            return "These are the numbers as they stand now. Until you share the proposal only your firm sees them."
        return "These are the numbers as they stand now, the same for both sides."


def derivation_of(proposal: Proposal, asked: Collection[str] = ()) -> Derivation:
    """How every amount of a proposal came about. Reads and calculates; changes nothing.

    `asked` are names that somebody looks for: amounts of “what if it takes ...?” are there only if they are asked for.
    Raises Invalid for a time in them that is no number, and NotFound for a revision whose numbers this version would
    calculate otherwise: it explains none that differ.
    """
    if proposal.lifecycle not in WITH_REVISION:
        rows = contents.load(proposal)
        price = price_of(rows)
        made = _explained(whole_of_rows(rows, price), asked)
        working = with_changes(with_offers(made.working, asked, rows, price), asked, proposal)
        made = replace(made, working=working)
        return Derivation(proposal, working, WorkingWords(made, price.document, proposal.language), None)
    revision = current_revision(proposal)
    content = content_of(revision.content)
    document = document_of_revision(content)
    made = _explained(whole_of_revision(content, document), asked)
    made = replace(made, working=with_changes(made.working, asked, proposal))
    working = made.working
    if working.step("totals.total").result != content["pricing"]["result"]["totals"]["total"]:
        raise NotFound(
            f"Revision {revision.number} was calculated by engine version {content['revision']['engine_version']}. "
            "This server calculates in another way and explains no number that it would not reach itself."
        )
    return Derivation(proposal, working, WorkingWords(made, document, content["proposal"]["language"]), revision)


def _explained(whole: Whole, asked: Collection[str]) -> Explained:
    try:
        return explained(whole, asked)
    except PricingError as error:
        raise refuse("of", error.code, error.detail) from error
