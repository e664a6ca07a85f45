"""A number of the log names one moment for ever: sharing begins a new log, whose numbers are none of the old one's."""

from dataclasses import replace
from typing import Any

import pytest

from collab import history, log, tending
from collab.checking import faults_of
from collab.models import Checkpoint, Room
from collab.store import Writer
from proposals.access import Visitor, actor_for
from proposals.actions import looking_back, proposals, sections
from proposals.documents.moments import moment
from proposals.exceptions import Invalid
from proposals.prose import from_markdown, to_text
from proposals.states import State
from proposals.text import port
from tests import factories
from tests.api.conftest import Deal, caller, make_deal
from tests.room.typists import Typist

pytestmark = pytest.mark.usefixtures("committed")

BEFORE, THEN = "Our margin is thirty percent.", "We begin with two workshops."


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Both databases give their rooms the same keys."""
    history.forget()


def actor(deal: Deal, user: Any) -> Any:
    return actor_for(Visitor(user=user), deal.fresh())


def prepared(writes_count: int) -> tuple[Deal, int]:
    """A deal in which the seller wrote so often before sharing, and the number of the old log at which all is read."""
    deal = make_deal(State.PREPARING)
    for number in range(writes_count):
        text = from_markdown(THEN if number % 2 else BEFORE)
        sections.write_text(by=actor(deal, deal.maya), section_id=deal.prose.id, text=text, replace=True)
    return deal, port().head(deal.proposal)


def share(deal: Deal) -> Room:
    proposals.share(by=actor(deal, deal.maya))
    return room_of(deal)


def room_of(deal: Deal) -> Room:
    return Room.objects.get(proposal=deal.proposal, epoch=1)


def typist(deal: Deal) -> Typist:
    """The client, who has come into the room."""
    return Typist(deal.fresh(), actor(deal, deal.tomas), f"section:{deal.prose.id}")


def type_in(typing: Typist, letters: str) -> list[bool]:
    """Store a keystroke for each letter; gives after each whether a snapshot is due."""
    outcomes = [Writer().commit([typing.batch(letter)])[0] for letter in letters]
    assert [(outcome.refused, len(outcome.seqs)) for outcome in outcomes] == [(None, 1)] * len(letters)
    return [outcome.wants_snapshot for outcome in outcomes]


def test_what_a_program_made_of_a_text_of_before_takes_no_letter_of_those_typed_since() -> None:
    deal, _ = prepared(4)
    seller, path = caller(deal, "seller"), f"{deal.path}sections/{deal.prose.id}/"
    read = seller.get(path).body["text"]
    made = {"format": "markdown", "content": "We begin with two *long* workshops."}
    assert (read["content"], seller.post(f"{deal.path}share/").status) == (THEN, 200)
    type_in(typist(deal), " And then we go on.")

    refused = seller.patch(path, {"text": {**made, "seq": read["seq"]}})
    stands = seller.get(path).body["text"]
    merged = seller.patch(path, {"text": {**made, "seq": stands["seq"] - len(" And then we go on.")}})

    assert (refused.status, refused.pointers) == (422, [("/text/seq", "unknown_moment")])
    assert "Sharing the proposal gave its texts new numbers. Read the section again" in refused.body["detail"]
    assert stands["content"] == f"{THEN} And then we go on."
    assert merged.body["text"]["content"] == "We begin with two *long* workshops. And then we go on."


@pytest.mark.parametrize(("written", "begins_after"), [(None, 1_000_000), (7, 1_000_000), (1_000_000, 2_000_000)])
def test_the_new_numbers_are_above_the_old_and_do_not_tell_how_many_there_were(
    written: int | None, begins_after: int
) -> None:
    deal, _ = prepared(1)
    if written is None:
        deal = replace(deal, proposal=factories.proposal(deal.proposal.relationship, state=State.PREPARING))
    Room.objects.filter(proposal=deal.proposal).update(head_seq=written)
    room = share(deal)
    first = begins_after if written is None else begins_after + 1
    assert (room.head_seq, port().first(deal.fresh()), log.before_first(room)) == (first, first, begins_after)
    assert (log.number_at(room, 7), history.seq_by(room, deal.proposal.created_at)) == (begins_after,) * 2
    assert faults_of(room) == []


def test_no_path_of_the_history_takes_a_number_of_before() -> None:
    deal, old = prepared(4)
    room = share(deal)
    type_in(typist(deal), " On.")
    proposal = deal.fresh()
    for by in (deal.maya, deal.tomas):
        for attempt in (
            lambda: moment(proposal, str(old)),
            lambda: moment(proposal, str(room.head_seq - 1)),
            lambda by=by: looking_back.name_version(by=actor(deal, by), name="Old", seq=old),
            lambda by=by: looking_back.bring_back(by=actor(deal, by), section_id=deal.prose.id, seq=old),
        ):
            with pytest.raises(Invalid) as refused:
                attempt()
            assert refused.value.code == "unknown_moment"
    assert [moment(proposal, key).seq for key in ("start", "e1", "b1")] == [room.head_seq] * 3
    assert to_text(port().read(proposal, [deal.prose.id]).of(deal.prose.id)) == f"{THEN} On."


def test_looking_back_and_bringing_back_go_on_after_sharing() -> None:
    deal, _ = prepared(4)
    first = share(deal).head_seq
    type_in(typist(deal), " On.")
    proposal, by = deal.fresh(), actor(deal, deal.maya)
    stood = [to_text(port().read_at(proposal, deal.prose.id, first + number)) for number in range(5)]
    assert stood == [THEN + " On."[:number] for number in range(5)]
    looking_back.bring_back(by=by, section_id=deal.prose.id, seq=first, seen=first + 4)
    assert to_text(port().read(proposal, [deal.prose.id]).of(deal.prose.id)) == THEN
    looking_back.bring_back(by=by, section_id=deal.prose.id, seq=first + 4)
    assert to_text(port().read(proposal, [deal.prose.id]).of(deal.prose.id)) == f"{THEN} On."
    assert faults_of(room_of(deal)) == []


def test_checkpoints_and_snapshots_are_due_as_the_new_log_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", 5)
    deal, _ = prepared(2)
    room, typing = share(deal), typist(deal)
    assert type_in(typing, "abc") == [False] * 3
    assert not history.lacks_checkpoints(room, room.head_seq + 3)
    assert tending.rooms_to_tend() == []
    type_in(typing, "d")
    assert tending.rooms_to_tend() == [room.id]
    history.forget()
    assert to_text(port().read_at(deal.fresh(), deal.prose.id, room.head_seq + 4)) == f"{THEN}abcd"
    assert list(Checkpoint.objects.values_list("room", "seq")) == [(room.id, room.head_seq + 4)]
    assert tending.rooms_to_tend() == []
    assert faults_of(room_of(deal)) == []
