"""The mail with the sealed file, sent again to those whom it did not reach: by either side, not too often."""

import pytest
from django.utils import timezone

from proposals.actions import sending_again
from proposals.actions.sending_again import MINUTES_BETWEEN, send_sealed_again
from proposals.documents import told
from proposals.exceptions import TooManyAttempts, WrongState
from proposals.models import Participant, Proposal
from proposals.states import State
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after, refused


def mark_signed(deal: Deal) -> None:
    revision = deal.freeze()
    Proposal.objects.filter(id=deal.id).update(state=State.SIGNED)
    for place in deal.proposal.participants.all():
        revision.sealed_mails.create(participant=place, was_sent=place.side == "seller")


@pytest.fixture
def signed(db: None) -> Deal:
    """Signed; the mail reached Maya and not Tomás."""
    return as_made(deal_after, mark_signed)


def test_either_side_has_it_sent_again_and_the_trail_says_to_whom(signed: Deal) -> None:
    assert send_sealed_again(by=signed.maya) == ["Tomás Reyes"]
    assert told.sentence(signed.trail()[-1]) == (
        "Maya Lindqvist had the signed PDF mailed again to Tomás Reyes, whom the mail had not reached"
    )


def test_the_next_try_waits_ten_minutes_whoever_asks(signed: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    send_sealed_again(by=signed.maya)
    for by in (signed.maya, signed.tomas):
        with refused(TooManyAttempts) as caught:
            send_sealed_again(by=by)
        assert 0 < caught.value.extra["retry_after_seconds"] <= MINUTES_BETWEEN * 60
    monkeypatch.setattr(sending_again, "MINUTES_BETWEEN", 0)
    assert send_sealed_again(by=signed.tomas) == ["Tomás Reyes"]


def test_there_is_nothing_to_send_once_it_reached_everybody_who_takes_part(signed: Deal) -> None:
    Participant.objects.filter(proposal=signed.id, side="client").update(removed_at=timezone.now())
    with refused(WrongState, "nothing_unsent"):
        send_sealed_again(by=signed.maya)
