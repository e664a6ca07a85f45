"""Keys of programs: no terms, changed in every state, told by no event, and of one thing at a time."""

from collections.abc import Callable
from typing import Any

import pytest

from proposals.actions.clients import ClientContact
from proposals.actions.export import draft_snapshot
from proposals.actions.keys import set_line_keys, set_proposal_keys, set_question_keys, set_section_keys
from proposals.actions.line_blocks import add_lines
from proposals.actions.lines import add_line
from proposals.actions.price_lists import add_item, edit_item
from proposals.actions.proposals import create_proposal
from proposals.actions.questions import ask
from proposals.actions.sections import add_section
from proposals.exceptions import Invalid, NotAllowed
from proposals.models import Proposal, Side
from proposals.states import State
from tests.proposals.deal import CONDITIONS, PRICING, SUMMARY, Deal, refused

KEYS = {"external_id": "deal-7", "metadata": {"stage": "4"}}
ADA = ClientContact(name="Ada", email="ada@example.com", firm="Engines")


def fingerprints_of(deal: Deal) -> dict[str, str]:
    """What each part is agreed by."""
    return {part.key: part.fingerprint for part in deal.standing().parts}


SETTERS: dict[str, Callable[[Deal], Any]] = {
    "proposal": lambda deal: set_proposal_keys(by=deal.maya, changes=KEYS),
    "section": lambda deal: set_section_keys(by=deal.maya, section_id=deal.section(SUMMARY).id, changes=KEYS),
    "line": lambda deal: set_line_keys(by=deal.maya, line_id=deal.line("Portal").id, changes=KEYS),
    "question": lambda deal: set_question_keys(
        by=deal.maya, question_id=ask(by=deal.maya, text="Who hosts it?").id, changes=KEYS
    ),
}


@pytest.mark.parametrize("thing", SETTERS)
def test_they_are_no_event_but_a_version(deal: Deal, thing: str) -> None:
    row = SETTERS[thing](deal)

    events = deal.events()
    row.refresh_from_db()
    assert (row.external_id, row.metadata) == ("deal-7", {"stage": "4"})
    assert row.version == 2
    assert events == (["question.asked"] if thing == "question" else [])
    assert "deal-7" not in str(draft_snapshot(deal.proposal).content)


@pytest.mark.parametrize("state", [state for state in State if state is not State.PREPARING])
def test_they_change_in_every_state_and_what_is_agreed_stands(deal: Deal, state: State) -> None:
    fingerprints = fingerprints_of(deal)
    Proposal.objects.filter(id=deal.id).update(state=state)

    set_proposal_keys(by=deal.maya, changes=KEYS)
    set_section_keys(by=deal.maya, section_id=deal.section(SUMMARY).id, changes=KEYS)
    set_line_keys(by=deal.maya, line_id=deal.line("Portal").id, changes=KEYS)

    assert fingerprints_of(deal) == fingerprints
    assert (deal.proposal.state, deal.proposal.external_id) == (state, "deal-7")


def test_whose_they_are(deal: Deal) -> None:
    asked = ask(by=deal.maya, text="Who hosts it?")
    with refused(NotAllowed):
        set_proposal_keys(by=deal.tomas, changes=KEYS)
    with refused(NotAllowed):
        set_line_keys(by=deal.tomas, line_id=deal.line("Portal").id, changes=KEYS)
    set_section_keys(by=deal.maya, section_id=deal.section(SUMMARY).id, changes=KEYS)
    for changes in ({"external_id": "mine"}, {"metadata": {}}, {"external_id": ""}):
        with refused(NotAllowed):
            set_section_keys(by=deal.tomas, section_id=deal.section(SUMMARY).id, changes=changes)
    assert set_section_keys(by=deal.tomas, section_id=deal.section(SUMMARY).id, changes=KEYS).version == 2
    assert add_section(by=deal.tomas, title="Team", external_id="ours").external_id == "ours"
    with refused(NotAllowed):
        set_question_keys(by=deal.tomas, question_id=asked.id, changes=KEYS)
    with refused(Invalid, "unknown_field"):
        set_proposal_keys(by=deal.maya, changes={"title": "Another"})


TAKERS: dict[str, Callable[[Deal], Any]] = {
    "proposal": lambda deal: create_proposal(
        firm=deal.proposal.party(Side.SELLER).firm, by=None, title="Next", client=ADA, external_id="deal-7"
    ),
    "section": lambda deal: add_section(by=deal.tomas, title="Team", external_id="deal-7"),
    "another section": lambda deal: set_section_keys(
        by=deal.maya, section_id=deal.section(CONDITIONS).id, changes={"external_id": "deal-7"}
    ),
    "line": lambda deal: add_line(
        by=deal.maya, section_id=deal.section(PRICING).id, fields={"title": "L", "amount": "1", "external_id": "deal-7"}
    ),
    "another line": lambda deal: set_line_keys(
        by=deal.maya, line_id=deal.line("Design").id, changes={"external_id": "deal-7"}
    ),
    "several lines": lambda deal: add_lines(
        by=deal.maya,
        section_id=deal.section(PRICING).id,
        lines=[{"title": key, "amount": "1", "external_id": key} for key in ("a", "deal-7")],
    ),
    "twice among several lines": lambda deal: add_lines(
        by=deal.maya,
        section_id=deal.section(PRICING).id,
        lines=[{"title": "L", "amount": "1", "external_id": "a"}] * 2,
    ),
    "question": lambda deal: ask(by=deal.tomas, text="When?", external_id="deal-7"),
}


@pytest.mark.parametrize("taker", TAKERS)
def test_an_external_id_is_of_one_thing(deal: Deal, taker: str) -> None:
    for setter in SETTERS.values():
        setter(deal)
    with refused(Invalid, "taken") as caught:
        TAKERS[taker](deal)
    assert [each.pointer for each in caught.value.errors] == ["external_id"]


def test_an_external_id_is_of_one_item_of_the_catalogue(deal: Deal) -> None:
    firm = deal.proposal.party(Side.SELLER).firm
    item = {"title": "Logo", "prices": {"EUR": "300"}}
    add_item(firm=firm, fields={**item, "external_id": "sku"})
    other = add_item(firm=firm, fields=item)
    with refused(Invalid, "taken"):
        add_item(firm=firm, fields={**item, "external_id": "sku"})
    with refused(Invalid, "taken"):
        edit_item(firm=firm, item_id=other.id, changes={"external_id": "sku"})


def test_what_was_taken_out_leaves_its_external_id(deal: Deal) -> None:
    set_line_keys(by=deal.maya, line_id=deal.line("Portal").id, changes=KEYS)
    deal.line("Portal").delete()
    assert set_line_keys(by=deal.maya, line_id=deal.line("Design").id, changes=KEYS).external_id == "deal-7"
