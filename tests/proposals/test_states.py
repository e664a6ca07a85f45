"""The life of a proposal as it was decided, spelled out apart from the program's own table."""

import pytest

from proposals.actions.changing import Change
from proposals.states import EDITABLE, LABELS, TRANSITIONS, State
from tests.proposals.deal import Deal

LIFE = {
    "share": ("preparing", "open"),
    "freeze": ("open", "frozen"),
    "reopen": ("frozen", "open"),
    "complete": ("frozen", "signed"),
    "decline": ("open frozen", "declined"),
    "withdraw": ("preparing open frozen", "withdrawn"),
    "expire": ("open frozen", "expired"),
    "void": ("signed", "void"),
    "archive": ("preparing", "archived"),
    "prepare_again": ("withdrawn", "preparing"),
    "resume": ("declined withdrawn expired", "open"),
    "resume_signing": ("declined withdrawn expired", "frozen"),
}


def test_the_verbs_lead_where_they_should() -> None:
    assert {
        verb: (" ".join(state for state in State if state in transition.sources), str(transition.target))
        for verb, transition in TRANSITIONS.items()
    } == LIFE


def test_what_is_editable() -> None:
    assert set(EDITABLE) == {"preparing", "open"}
    assert set(LABELS) == set(State)


def test_no_verb_starts_from_a_state_that_is_not_its_own(deal: Deal) -> None:
    """The abilities keep people from trying; a defect that lets one through stops here."""
    by = deal.maya
    for verb, (sources, target) in LIFE.items():
        for state in State:
            proposal = deal.proposal
            proposal.state = state
            proposal.save()
            if state in sources.split():
                Change(proposal, by).transition(verb)
                assert deal.proposal.state == target
            else:
                with pytest.raises(AssertionError):
                    Change(proposal, by).transition(verb)
                assert deal.proposal.state == state
