"""Two neighbours that must never hear of each other, with one of everything that has an address of its own."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Firm, User
from proposals.access import Visitor, proposal_for
from proposals.actions.disclosed_figures import read_content
from proposals.actions.lines import edit_line
from proposals.actions.price_lists import add_item, publish_rate_card
from proposals.actions.questions import ask
from proposals.models import (
    CounterOffer,
    Disclosure,
    LineItem,
    Proposal,
    Relationship,
    Revision,
    Section,
    Side,
    Template,
)
from proposals.starters.text import document
from proposals.states import State
from proposals.text import port
from tests import factories
from tests.api.conftest import Deal, token_of
from webhooks.actions import add_endpoint, send_test

STRANGERS = "Vaultkeeper"
"""Stands in every text of the neighbours."""
SELLERS = "Backroom"
"""Stands in what only the seller’s side may see."""
BOOK = {"title": "Overhead", "context": "A small office.", "given": {"overhead_percent": "60"}}


@dataclass(frozen=True)
class World:
    """Who calls, with which token; what they have between them; and ids by the names that addresses have for them."""

    tokens: dict[str, str]
    deal: Deal
    ours: dict[str, list[str]]
    theirs: dict[str, list[str]]
    hidden: dict[str, list[str]]

    def known(self, name: str) -> list[str]:
        """The ids that may stand at this place of an address: ours more often than what must not be found."""
        ours, others = self._of(self.ours, name), self._of(self.theirs, name) + self._of(self.hidden, name)
        return ours * 3 + others

    def known_to_neighbours(self, name: str) -> list[str]:
        """The ids that must not be found by anybody who calls."""
        return self._of(self.theirs, name)

    def every(self) -> list[str]:
        """All ids, ours and those of the neighbours."""
        return sorted(
            {key for names in (self.ours, self.theirs, self.hidden) for keys in names.values() for key in keys}
        )

    @staticmethod
    def _of(names: dict[str, list[str]], name: str) -> list[str]:
        return names.get(name) or [key for keys in names.values() for key in keys]


def make_world() -> World:
    """Northlight and Harbour Street with an open proposal and one in preparation; and their neighbours."""
    ours = factories.proposal(state=State.OPEN)
    between, maya, tomas = ours.relationship, factories.seller(ours), factories.client(ours)
    factories.membership(between.client_firm, tomas)
    hidden = factories.proposal(between, state=State.PREPARING, title=f"{SELLERS} plan", people=False)
    factories.participant(hidden, maya, Side.SELLER, is_signatory=True)
    neighbours = Relationship.objects.create(
        seller_firm=factories.firm(f"{STRANGERS} Studio"), client_firm=factories.firm(f"{STRANGERS} Clinic")
    )
    theirs = factories.proposal(neighbours, title=f"{STRANGERS} portal", people=False)
    keeper = factories.person("keeper@vault.example", f"{STRANGERS} Keeper")
    factories.participant(theirs, keeper, Side.SELLER, is_signatory=True)
    stranger, elsewhere = factories.person("stranger@example.org"), factories.firm("Elsewhere")
    factories.membership(elsewhere, stranger)
    filled = _filled(ours, "Plain")
    return World(
        deal=_deal(ours, filled, maya, tomas),
        tokens={
            "seller": token_of(maya, between.seller_firm),
            "client": token_of(tomas, between.client_firm),
            "stranger": token_of(stranger, elsewhere),
            "nobody": "",
        },
        ours={**filled, **_lists_of(between.seller_firm, SELLERS)},
        theirs={**_filled(theirs, STRANGERS), **_lists_of(neighbours.seller_firm, STRANGERS)},
        hidden=_filled(hidden, SELLERS),
    )


def _filled(proposal: Proposal, word: str) -> dict[str, list[str]]:
    """One of everything in a proposal, with this word in its texts."""
    prose = factories.section(proposal, f"{word} words")
    prices = factories.section(proposal, f"{word} prices", kind=Section.Kind.PRICING)
    billing = factories.section(proposal, f"{word} billing", kind=Section.Kind.BILLING)
    factories.billing_terms(billing)
    line = factories.line(prices, f"{word} line", detail=f"{word} detail")
    sections = (prose, prices, billing)
    port().create(proposal, {section.id: document(f"{word} text") for section in sections}, None)
    seller = factories.seller(proposal)
    by = proposal_for(Visitor(user=seller), proposal.id)[1]
    edit_line(by=by, line_id=line.id, changes={"amount": "950"})
    questions = [ask(by=by, text=f"{word} question?")] if proposal.state == State.OPEN else []
    offer = CounterOffer.objects.create(
        proposal=proposal, line=line, title=line.title, field="amount", was="1000", value="2",
        currency=proposal.currency, words=f"{word} words", offered_by=seller, offered_by_name=word, side=Side.CLIENT,
    )  # fmt: skip
    card = Disclosure.objects.create(proposal=proposal, kind="overhead", title=f"{word} overhead")
    content = {**read_content("EUR", "overhead", BOOK), "context": f"{word} context."}
    card.versions.create(number=1, epoch=proposal.epoch, content=content, by_name=word)
    times = card.times.create(side=Side.CLIENT, proposed_by_name=word)
    wanted = proposal.price_requests.create(side=Side.CLIENT, asked_by_name=word)
    asked = proposal.disclosure_requests.create(kind="policy", asked_by_name=word)
    Revision(proposal=proposal, number=1, content=f'{{"title": "{word}"}}', sha256="0" * 64, text_seq=1).save()
    number = Proposal.objects.get(id=proposal.id).audit_number
    return {
        "proposal_id": [str(proposal.id)],
        "section_id": [str(section.id) for section in sections],
        "line_id": [str(line.id)],
        "question_id": [str(question.id) for question in questions],
        "offer_id": [str(offer.id)],
        "disclosure_id": [str(card.id)],
        "times_id": [str(times.id)],
        "request_id": [str(wanted.id), str(asked.id)],
        "participant_id": [str(row.id) for row in proposal.participants.all()],
        "number": ["1", str(number - 1), str(number)],
    }


def _deal(proposal: Proposal, filled: dict[str, list[str]], maya: User, tomas: User) -> Deal:
    """The open proposal as the table of `test_access` asks for things of it."""
    prose, prices, _ = (Section.objects.get(id=section) for section in filled["section_id"])
    line, option = LineItem.objects.get(id=filled["line_id"][0]), factories.line(prices, "Photo day", optional=True)
    return Deal(proposal, prose, prices, line, option, maya, tomas)


def _lists_of(firm: Firm, word: str) -> dict[str, list[str]]:
    """What a firm keeps for its proposals, with this word in it."""
    rates: Any = [{"role": word, "rate": "1", "unit": "day", "valid_from": "2026-01-01"}]
    content = {"sections": [{"title": word, "kind": "prose", "text": document(word)}]}
    endpoint, _ = add_endpoint(firm=firm, by=None, fields={"url": "https://example.com/", "description": word})
    return {
        "endpoint_id": [str(endpoint.id)],
        "delivery_id": [str(send_test(endpoint=endpoint).id)],
        "firm_id": [str(firm.id)],
        "card_id": [str(publish_rate_card(firm=firm, by=None, currency="EUR", rates=rates).id)],
        "item_id": [str(add_item(firm=firm, fields={"title": f"{word} logo", "prices": {"EUR": "300"}}).id)],
        "template_id": [str(Template.objects.create(firm=firm, title=word, currency="EUR", content=content).id)],
    }
