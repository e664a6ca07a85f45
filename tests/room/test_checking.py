"""A stored room is checked against itself: the log is the truth, the rest must follow from it."""

from typing import Any

import pycrdt
import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from collab import log
from collab.checking import faults_of
from collab.models import ClientId, Room, Snapshot, Update
from proposals.locking import lock_proposal
from proposals.models import Proposal
from tests import factories
from tests.room.conftest import seed

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    """A section that the seller has written in three times, with a snapshot after the first."""
    proposal = factories.proposal()
    root = seed(proposal)
    seller = factories.seller(proposal)
    with lock_proposal(proposal.id):
        room = Room.objects.get(proposal=proposal)
        write(room, root, seller, "one")
        log.take_snapshot(room)
        write(room, root, seller, "two")
        write(room, root, seller, "three")
    return room


def write(room: Room, root: str, user: User, letters: str) -> None:
    """Append a paragraph."""
    document: pycrdt.Doc[Any] = log.document_at(room)
    known = document.get_state()
    before = dict(log.parse_state_vector(known))
    fragment = document.get(root, type=pycrdt.XmlFragment)
    paragraph = fragment.children.append(pycrdt.XmlElement("paragraph"))
    paragraph.children.append(pycrdt.XmlText(letters))
    after = log.parse_state_vector(document.get_state())
    inserted = {client: (before.get(client, 0), end) for client, end in after.items() if end != before.get(client, 0)}
    entry = log.Entry(document.get_update(known), inserted, log.Author(user), "", Update.Origin.WS)
    log.append(room, [entry])


def said(room: Room) -> list[str]:
    return faults_of(Room.objects.get(id=room.id))


def test_a_room_that_was_written_in_is_whole(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(room) == []
    call_command("check_rooms", str(room.proposal_id))
    assert capsys.readouterr().out == "1 room(s) are whole.\n"


def test_a_head_that_is_not_the_logs_end(room: Room) -> None:
    Room.objects.filter(id=room.id).update(head_seq=9, bytes=1, state_vector=b"\x00")
    held = sum(len(row.payload) for row in room.updates.all())
    assert said(room) == [
        "the log ends at number 4, the room says 9",
        f"the log holds {held} bytes, the room says 1",
        "the room's state vector is not that of the log",
    ]


def test_a_hole_in_the_numbers(room: Room) -> None:
    row = room.updates.last()
    Update.objects.create(room=room, seq=6, origin="ws", actor=row.actor, payload=b"\x00\x00")
    assert said(room)[0] == "number 5 is missing, 6 follows 4"


def test_a_log_that_lacks_its_beginning(room: Room) -> None:
    cut = Room.objects.create(proposal=factories.proposal(), epoch=1, head_seq=4)
    rows = [Update(room=cut, seq=row.seq, origin="ws", payload=row.payload) for row in room.updates.filter(seq__gt=1)]
    Update.objects.bulk_create(rows)
    assert said(cut)[0] == "the log begins at number 2, where none begins"


def test_bytes_that_are_no_update(room: Room) -> None:
    Update.objects.create(room=room, seq=5, origin="ws", payload=b"\x07")
    assert said(room)[0].startswith("number 5 is no update: ")


def test_items_of_a_client_id_that_belongs_to_another(room: Room) -> None:
    client = factories.client(room.proposal)
    taken = ClientId.objects.filter(room=room, user__isnull=False).last()
    ClientId.objects.filter(id=taken.id).update(user=client)
    assert said(room) == [
        f"client id {taken.client_id} belongs to user {client.pk}, its items were written by user {taken.user_id}"
    ]


def test_a_snapshot_that_is_not_what_the_log_makes_is_made_anew(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    other = seeded_elsewhere()
    Snapshot.objects.filter(room=room).update(state=other)
    fault = "the snapshot at 2 is not what the log makes"
    assert said(room) == [fault]
    with pytest.raises(CommandError, match="1 of 1 room"):
        call_command("check_rooms", str(room.proposal_id))
    assert fault in capsys.readouterr().err
    before = [bytes(row.payload) for row in room.updates.all()]
    call_command("check_rooms", str(room.proposal_id), "--renew-caches")
    assert said(room) == []
    assert [bytes(row.payload) for row in room.updates.all()] == before


def test_a_log_with_a_hole_is_not_made_into_a_snapshot(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    Room.objects.filter(id=room.id).update(state_vector=b"\x00")
    before = Snapshot.objects.values().get(room=room)
    with pytest.raises(CommandError):
        call_command("check_rooms", "--renew-caches")
    assert "nothing was made anew" in capsys.readouterr().err
    assert Snapshot.objects.values().get(room=room) == before


def seeded_elsewhere() -> bytes:
    proposal: Proposal = factories.proposal()
    seed(proposal)
    return log.state_at(Room.objects.get(proposal=proposal))


def test_an_unknown_proposal_is_named() -> None:
    with pytest.raises(CommandError, match="no room of a proposal “nonsense”"):
        call_command("check_rooms", "nonsense")
