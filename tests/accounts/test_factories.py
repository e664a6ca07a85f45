"""The factories make rows that fit together."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from proposals import access
from proposals.models import Participant
from proposals.states import State
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_proposal_comes_with_both_parties_and_both_people() -> None:
    proposal = factories.proposal()

    maya, tomas = factories.seller(proposal), factories.client(proposal)
    assert [proposal.party(side).name for side in ("seller", "client")] == [
        "Northlight Studio",
        "Harbour Street Clinic",
    ]
    assert access.proposal_for(access.Visitor(user=maya), proposal.id)[1].side == "seller"
    assert access.proposal_for(access.Visitor(user=tomas), proposal.id)[1].side == "client"
    assert EmailAddress.objects.get(user=tomas).verified is False


def test_two_proposals_share_the_two_people() -> None:
    between = factories.relationship()
    factories.proposal(between)
    factories.proposal(between, state=State.PREPARING)

    assert User.objects.count() == 2
    assert Participant.objects.count() == 4


def test_sections_lines_and_people_can_be_made_again_and_again() -> None:
    proposal = factories.proposal(people=False)
    first, second = factories.section(proposal), factories.section(proposal, kind="pricing")
    lines = [factories.line(second), factories.line(second)]
    people = [factories.participant(proposal), factories.participant(proposal, side="seller")]

    assert [first.position, second.position] == [0, 1]
    assert [line.position for line in lines] == [0, 1]
    assert [person.user.email for person in people] == ["person-1@example.org", "person-2@example.org"]
