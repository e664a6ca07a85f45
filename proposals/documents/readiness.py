"""Who agrees to what, as it stands, and what is still in the way of freezing."""

from collections.abc import Iterable
from dataclasses import dataclass

from proposals.documents.billing_terms import lacking
from proposals.documents.parts import TERMS, Part, Standing, section_key
from proposals.models import Agreement, CounterOffer, Participant, Proposal, Question, Side, Voiding


@dataclass(frozen=True)
class PartReadiness:
    """A part with each side's current agreement, if there is one."""

    part: Part
    seller: Agreement | None
    client: Agreement | None
    latest: dict[str, Agreement]

    def agreement(self, side: str) -> Agreement | None:
        """A side's current agreement to this part."""
        return self.seller if side == Side.SELLER else self.client

    @property
    def agreed_by_both(self) -> bool:
        """Whether both sides agree to it as it stands."""
        return self.seller is not None and self.client is not None

    def outdated(self, side: str) -> Agreement | None:
        """A side's last agreement, if it was to other content than what stands there now."""
        last = self.latest.get(side)
        return last if last is not None and self.agreement(side) is None and last.withdrawn_at is None else None


@dataclass(frozen=True)
class Obstacle:
    """One thing in the way of freezing: a code, a sentence, and where."""

    code: str
    sentence: str
    part: str = ""


@dataclass(frozen=True)
class Readiness:
    """All parts with their agreements, what is in the way, and what freezing asks about without being held up."""

    parts: tuple[PartReadiness, ...]
    obstacles: tuple[Obstacle, ...]
    asks: tuple[Obstacle, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether the proposal can be frozen."""
        return not self.obstacles

    @property
    def agreed_by_both_count(self) -> int:
        """How many parts both sides agree to."""
        return sum(part.agreed_by_both for part in self.parts)

    def agreed_count(self, side: str) -> int:
        """How many parts a side agrees to."""
        return sum(part.agreement(side) is not None for part in self.parts)

    def part(self, key: str) -> PartReadiness:
        """A part's readiness by its key."""
        return next(part for part in self.parts if part.part.key == key)


def readiness_of(proposal: Proposal, standing: Standing) -> Readiness:
    """Compare the agreements with the parts as they stand and look for obstacles."""
    agreements = list(proposal.agreements.select_related("user").order_by("agreed_at", "id"))
    parts = tuple(_part_readiness(part, agreements) for part in standing.parts)
    return Readiness(parts, tuple(_obstacles(proposal, standing, parts)), tuple(_asks(proposal)))


def amends_void(proposal: Proposal) -> bool:
    """Whether it is a change order to what both have declared void since: there is nothing left to amend."""
    return proposal.amends_id is not None and Voiding.objects.filter(revision=proposal.amends_id).exists()


def _asks(proposal: Proposal) -> Iterable[Obstacle]:
    """Counter-offers that nobody answered. Both agreed to the values as they stand, so nothing is in doubt."""
    for offer in proposal.counter_offers.filter(state=CounterOffer.State.OPEN):
        about = f" for “{offer.title}”" if offer.title else ""
        yield Obstacle("open_offer", f"{offer.offered_by_name} still proposes {offer.words}{about}.")


def _part_readiness(part: Part, agreements: list[Agreement]) -> PartReadiness:
    current: dict[str, Agreement] = {}
    latest: dict[str, Agreement] = {}
    for agreement in agreements:
        if agreement.part != part.key:
            continue
        latest[agreement.side] = agreement
        if agreement.withdrawn_at is None and agreement.fingerprint == part.fingerprint:
            current[agreement.side] = agreement
    return PartReadiness(part, current.get(Side.SELLER), current.get(Side.CLIENT), latest)


def _obstacles(proposal: Proposal, standing: Standing, parts: Iterable[PartReadiness]) -> Iterable[Obstacle]:
    if not standing.rows.sections:
        yield Obstacle("no_sections", "The proposal has no sections yet.")
    if amends_void(proposal):
        yield Obstacle("amends_void", "Both have declared void what this change order amends. Make a new proposal.")
    for part in parts:
        for side in (Side.SELLER, Side.CLIENT):
            if part.agreement(side) is None:
                name = standing.rows.parties[side].name
                yield Obstacle(
                    "not_agreed", f"{name} has not agreed to “{part.part.title}” as it stands.", part.part.key
                )
    for terms in standing.rows.billing.values():
        for lack in lacking(terms, proposal.currency):
            title = next(section.title for section in standing.rows.sections if section.id == terms.section_id)
            yield Obstacle(lack.code, f"“{title}” is not complete: {lack.words}.", section_key(terms.section_id))
    for group in standing.price.result["unresolved"]:
        yield Obstacle("undecided", f"“{group}” is undecided: the client chooses one of its options.")
    problem = standing.part(TERMS).content.get("schedule", {}).get("problem")
    if problem:
        yield Obstacle("schedule_outdated", f"The payment schedule is not up to date: {problem['detail']}", TERMS)
    for question in proposal.questions.filter(blocking=True, status=Question.Status.OPEN):
        part_key = f"section:{question.section_id}" if question.section_id else ""
        yield Obstacle("blocking_question", f"A blocking question is open: “{question.text[:80]}”", part_key)
    signing_sides = set(
        Participant.objects.filter(proposal=proposal, is_signatory=True, removed_at__isnull=True).values_list(
            "side", flat=True
        )
    )
    for side in (Side.SELLER, Side.CLIENT):
        if side not in signing_sides:
            yield Obstacle("no_signatory", f"{standing.rows.parties[side].name} has named nobody to sign.")
