"""Old runs of one author become one row, and whoever looks back sees what there was before."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pycrdt
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from collab import condensing, history, log, reading
from collab.checking import faults_of
from collab.models import Room, Update
from collab.projection import read_section
from proposals.documents.moments import moment
from proposals.models import Agreement, AuditContent, AuditEvent
from proposals.text import port
from tests.room.aged import aged, seconds_apart
from tests.room.test_history import ROOT, Hands

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    history.forget()
    yield
    history.forget()


def ranges(room: Room) -> list[tuple[int, int]]:
    """The first and last number of each row."""
    rows = room.updates.order_by("seq").values_list("first_seq", "seq")
    return [(first or seq, seq) for first, seq in rows]


def written_at_once(count: int) -> Hands:
    """One person types so many letters, after the seed."""
    hands = Hands(random.Random(1))
    for _ in range(count):
        letter = hands.letter(1)
        hands.edit(1, lambda document, letter=letter: first_text(document).insert(0, letter))
    return hands


def first_text(document: Any) -> Any:
    return document.get(ROOT, type=pycrdt.XmlFragment).children[0].children[0]


def one_run(count: int = 6, **options: Any) -> Room:
    """A seed by the seller and letters of the client, half a second apart."""
    hands = written_at_once(count)
    return aged(hands.room, seconds_apart(count + 1, 0.5, **options), ["a"] + ["b"] * count)


def fresh(room: Room) -> Room:
    return Room.objects.get(id=room.id)


# --- which rows ---------------------------------------------------------------------------------------------------


def test_a_run_becomes_one_row_and_doing_it_again_does_nothing() -> None:
    room = one_run()
    before = history.text_at(room, ROOT, 7)
    last = Update.objects.values("id", "created_at", "actor", "session").get(room=room, seq=7)
    assert condensing.condense(room.id) == 5
    assert ranges(room) == [(1, 1), (2, 7)]
    assert Update.objects.values("id", "created_at", "actor", "session").get(room=room, seq=7) == last
    history.forget()
    assert history.text_at(fresh(room), ROOT, 7) == before
    assert faults_of(fresh(room)) == []
    assert fresh(room).condensed_seq == 7
    assert condensing.rooms_to_condense() == []
    assert condensing.condense(room.id) == 0


def test_what_is_younger_than_a_day_stays() -> None:
    room = one_run(days_ago=0.99)
    assert condensing.rooms_to_condense() == []
    assert condensing.condense(room.id) == 0
    assert len(ranges(room)) == 7
    with pytest.raises(DatabaseError, match="is final"), transaction.atomic():
        condensing.condense(room.id, now=timezone.now() + timedelta(hours=20))


@pytest.mark.parametrize("pause", [5.1, 60.0])
def test_what_was_typed_after_a_pause_is_another_run(pause: float) -> None:
    hands = written_at_once(4)
    times = seconds_apart(5, 0.5)
    times[3:] = [times[2] + timedelta(seconds=pause), times[2] + timedelta(seconds=pause + 0.5)]
    room = aged(hands.room, times, ["a"] + ["b"] * 4)
    condensing.condense(room.id)
    assert ranges(room) == [(1, 1), (2, 3), (4, 5)]


def test_sessions_and_authors_stay_apart() -> None:
    hands = Hands(random.Random(1))
    for person in (1, 1, 1, 1, 2, 2):
        hands.synchronise()
        letter = hands.letter(person)
        hands.edit(person, lambda document, letter=letter: first_text(document).insert(0, letter))
    room = aged(hands.room, seconds_apart(7, 0.1), ["a", "b", "b", "c", "c", "c", "c"])
    condensing.condense(room.id)
    assert ranges(room) == [(1, 1), (2, 3), (4, 5), (6, 7)]


@pytest.mark.parametrize("kept", ["agreement", "version", "checkpoint", "snapshot", "frozen", "event"])
def test_no_run_reaches_over_what_something_refers_to(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room = one_run()
    if kept == "agreement":
        user = room.updates.last().actor
        Agreement.objects.create(
            proposal=room.proposal, part="terms", side="client", user=user, name="T", fingerprint="f", text_seq=4
        )
    elif kept == "version":
        event_of(room, "version.named", room.updates.last().created_at, name="First", text_seq=4)
    elif kept == "checkpoint":
        monkeypatch.setattr(history, "CHECKPOINT_EVERY", 4)
    elif kept == "snapshot":
        Room.objects.filter(id=room.id).update(snapshot_seq=4)
        room.snapshots.create(seq=4, state=history.state_at(room, 4), state_vector=b"\x00")
    elif kept == "frozen":
        Room.objects.filter(id=room.id).update(frozen_at_seq=4)
    else:
        event_of(room, "document.sealed", room.updates.get(seq=4).created_at + timedelta(milliseconds=10))
    condensing.condense(room.id)
    assert ranges(room) == [(1, 1), (2, 4), (5, 7)]
    assert faults_of(fresh(room)) == []


def event_of(room: Room, kind: str, at: Any, by: Any = None, **facts: Any) -> AuditEvent:
    """An event of the trail at a moment, without a chain."""
    number = 1 + AuditEvent.objects.filter(proposal=room.proposal).count()
    event = AuditEvent.objects.create(
        proposal=room.proposal, epoch=room.epoch, number=number, type=kind, created_at=at,
        content_digest=f"{number:064}", hash=f"{number:064}",
    )  # fmt: skip
    AuditContent.objects.create(event=event, actor=by, actor_name="Maya", side="client", facts=facts)
    return event


def test_a_number_that_is_named_while_it_is_being_merged_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be merged is worked out without the lock; under it the records are asked again."""
    room = one_run()
    work_out = condensing.runs_of

    def named_meanwhile(*args: Any) -> Any:
        runs = list(work_out(*args))
        event_of(room, "version.named", timezone.now(), name="Just now", text_seq=4)
        return runs

    monkeypatch.setattr(condensing, "runs_of", named_meanwhile)
    assert condensing.condense(room.id) == 0
    assert len(ranges(room)) == 7


# --- what stays true ----------------------------------------------------------------------------------------------


def rehearsed(seed: int, steps: int) -> tuple[Hands, Room]:
    """Three people who each write for a while, with pauses, windows opened anew, and moments that were named."""
    chance = random.Random(seed)
    hands = Hands(chance)
    person, session = 0, 0
    sessions = ["0-0"] * len(hands.updates)
    gaps = [0.0] * len(hands.updates)
    for _ in range(steps):
        if chance.random() < 0.15:
            person = chance.randrange(3)
            hands.synchronise()
        session += chance.random() < 0.05
        hands.write(person)
        new = len(hands.updates) - len(sessions)
        sessions += [f"{person}-{session}"] * new
        gaps += [chance.choice([0.1, 0.1, 0.2, 0.4, 2.0, 7.0])] * new
    at = seconds_apart(1, 0)[0]
    times = []
    for gap in gaps:
        at += timedelta(seconds=gap)
        times.append(at)
    room = aged(hands.room, times, sessions)
    for number in chance.sample(range(1, len(times)), 3):
        event_of(room, "version.named", times[-1], name=f"v{number}", text_seq=number)
    for number in chance.sample(range(1, len(times)), 3):
        event_of(room, "document.sealed", times[number] + timedelta(milliseconds=30))
    return hands, room


def looked_back(room: Room, numbers: list[int]) -> dict[Any, Any]:
    """What is seen at some of these numbers, between neighbours and between far ones, and by every event."""
    history.forget()
    events = AuditEvent.objects.filter(proposal=room.proposal)
    pairs = [*pairwise(numbers), *zip(numbers, reversed(numbers), strict=True)][::5]
    return {
        "texts": {seq: history.authored(room, [ROOT], seq)[ROOT] for seq in numbers[::4]},
        "pairs": {pair: history.authored(room, [ROOT], pair[0], beside=pair[1])[ROOT] for pair in pairs},
        "times": {seq: port().time_of(room.proposal, seq) for seq in numbers},
        "events": {event.number: history.seq_by(room, event.created_at) for event in events},
        "moments": {event.number: moment(room.proposal, f"e{event.number}").seq for event in events},
    }


def compare_before_and_after(seed: int, steps: int) -> int:
    hands, room = rehearsed(seed, steps)
    numbers = [last for _, last in ranges(room)]
    whole = [history.text_at(room, ROOT, seq) for seq in numbers]
    assert whole == hands.texts[1:]
    named = [event.content.facts["text_seq"] for event in AuditEvent.objects.filter(type="version.named")]
    times, sessions = zip(*room.updates.order_by("seq").values_list("created_at", "session"), strict=True)
    copy = aged(room, times, sessions)
    gone = condensing.condense(room.id)
    remaining = [last for _, last in ranges(room)]
    assert gone == len(numbers) - len(remaining) > 0
    assert {*named, len(numbers)} <= set(remaining)
    after = looked_back(fresh(room), remaining)
    for event in AuditEvent.objects.filter(proposal=room.proposal).order_by("number"):
        event_of(copy, event.type, event.created_at, **event.content.facts)
    assert after == looked_back(copy, remaining)
    assert [history.text_at(fresh(room), ROOT, seq) for seq in remaining] == [whole[seq - 1] for seq in remaining]
    authors = dict(copy.updates.values_list("seq", "actor"))
    for first, last in ranges(room):
        assert len({authors[seq] for seq in range(first, last + 1)}) == 1
    starts = [first for first, _ in ranges(room)]
    assert starts == [1, *(last + 1 for last in remaining[:-1])]
    assert faults_of(fresh(room)) == []
    replayed = log.document_at(fresh(room))
    assert read_section(replayed, ROOT) == hands.texts[-1]
    return gone


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_looking_back_is_the_same_at_every_number_that_remains(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", 16)
    assert compare_before_and_after(seed, 60) > 10


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
def test_looking_back_is_the_same_for_long(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", 64)
    assert compare_before_and_after(seed, 300) > 50


def test_writing_of_a_minute_is_told_as_before() -> None:
    """The trail tells of writing once a minute, and “before” and “after” it are the ends of its author's minute."""
    hands = written_at_once(8)
    times = [moment + timedelta(seconds=57.9) for moment in seconds_apart(9, 0.5)]
    room = aged(hands.room, times, ["a"] + ["b"] * 8)
    actor = room.updates.last().actor
    edited = [event_of(room, "section.edited", times[place], by=actor, title="One") for place in (1, 5)]
    told = [moment(room.proposal, f"{end}{event.number}").seq for event in edited for end in "be"]
    condensing.condense(room.id)
    assert (
        [moment(room.proposal, f"{end}{event.number}").seq for event in edited for end in "be"] == told == [1, 5, 5, 9]
    )
    assert ranges(room) == [(1, 1), (2, 5), (6, 9)]


def test_a_number_that_went_stands_for_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    room = one_run()
    condensing.condense(room.id)
    assert [log.number_at(room, seq) for seq in (0, 1, 2, 6, 7, 9)] == [0, 1, 1, 1, 7, 7]
    shown = moment(room.proposal, "4")
    assert (shown.seq, shown.label) == (1, "number 1 of the log")
    assert history.text_at(fresh(room), ROOT, 4) == history.text_at(fresh(room), ROOT, 1)


def test_a_reader_whose_cursor_is_inside_a_run_gets_it_whole() -> None:
    room = one_run()
    condensing.condense(room.id)
    rows = reading.read_rows(room.proposal_id, room.epoch, 4)
    assert [(row.first_seq, row.seq) for row in rows] == [(2, 7)]
