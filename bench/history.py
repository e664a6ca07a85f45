"""Looking back at a proposal with 100,000 edits of two people: ``python -m bench history``.

Makes the log and a trail of its writing, lets it be tended as the task worker does (checkpoints, old runs merged), then
asks for the pages of the history, each with nothing kept in memory, as another worker would. Wall-clock milliseconds
on this machine, and the processor time of this process; `EDITS` is the number of edits.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django

django.setup()

import pycrdt  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import Count, Sum  # noqa: E402
from django.db.models.functions import Length  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from collab import condensing, history, log  # noqa: E402
from collab.models import ClientId, Room, Update  # noqa: E402
from collab.projection import root_name, write_section  # noqa: E402
from collab.updates import merge  # noqa: E402
from proposals.actions.export import write_archive  # noqa: E402
from proposals.documents import compared_before  # noqa: E402
from proposals.documents.archive import TakenFile  # noqa: E402
from proposals.locking import lock_proposal  # noqa: E402
from proposals.models import AuditContent, AuditEvent, Proposal  # noqa: E402
from proposals.starters.text import document  # noqa: E402
from tests import factories  # noqa: E402

EDITS_COUNT = int(os.environ.get("EDITS", "100000"))
SECTIONS_COUNT = 10
PARAGRAPHS_COUNT = 20
SIDES = ("seller", "client")
PROSE = (
    "the portal books visits for patients and tells the clinic when somebody comes late or cancels because of weather "
    "which the front desk confirms every morning before ten unless a doctor has written that no room is free"
)
WORDS = PROSE.split()


class Typist:
    """One person's document: words typed letter by letter at random places, some of them taken back."""

    def __init__(self, client_id: int, chance: random.Random) -> None:
        self.document: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        self.made: list[bytes] = []
        self._chance = chance
        self._subscription = self.document.observe(lambda event: self.made.append(event.update))

    def write_word(self, root: str) -> None:
        """Type or delete one word in a random paragraph of a section."""
        fragment = self.document.get(root, type=pycrdt.XmlFragment)
        text = fragment.children[self._chance.randrange(len(fragment.children))].children[0]
        written = str(text)
        place = written.find(" ", self._chance.randrange(max(1, len(written)))) + 1
        if self._chance.random() < 0.25 and len(written) > 400:
            for _ in range(min(6, len(written) - place)):
                del text[place : place + 1]
            return
        for letter in self._chance.choice(WORDS) + " ":
            text.insert(place, letter)
            place += 1

    def receive(self, update: bytes) -> None:
        """Take in what the other wrote."""
        self.document.apply_update(update)
        self.made.clear()


def make_updates(roots: list[str]) -> tuple[list[tuple[bytes, int | None]], bytes]:
    """So many updates, each with which of the two made it (None: seeded), and the state vector after them."""
    chance = random.Random(4)
    seed: pycrdt.Doc[Any] = pycrdt.Doc(client_id=3)
    text = {"type": "doc", "content": document("A first sentence stands here.")["content"] * PARAGRAPHS_COUNT}
    for root in roots:
        write_section(seed, root, text)
    updates: list[tuple[bytes, int | None]] = [(seed.get_update(), None)]
    people = [Typist(11, chance), Typist(12, chance)]
    for typist in people:
        typist.receive(updates[0][0])
    while len(updates) < EDITS_COUNT:
        turn = chance.randrange(2)
        root = chance.choice(roots)
        for _ in range(chance.randrange(1, 8)):
            people[turn].write_word(root)
        updates += [(update, turn) for update in people[turn].made]
        people[1 - turn].receive(merge(people[turn].made))
        people[turn].made.clear()
    return updates, people[0].document.get_state()


def make_log(proposal: Proposal) -> None:
    """Store the updates one second apart, straight into the tables, with an event for each author and minute."""
    sections = [factories.section(proposal, f"Part {number + 1}") for number in range(SECTIONS_COUNT)]
    updates, state_vector = make_updates([root_name(section.id) for section in sections])
    users = [factories.seller(proposal), factories.client(proposal)]
    began = timezone.now() - timedelta(days=2, seconds=len(updates))
    with lock_proposal(proposal.id) as locked:
        room = log.room_for_writing(locked)
        rows = [
            Update(
                room=room,
                seq=seq,
                actor=None if turn is None else users[turn],
                side="" if turn is None else SIDES[turn],
                origin="ws",
                session="" if turn is None else SIDES[turn],
                payload=payload,
                created_at=began + timedelta(seconds=seq),
            )
            for seq, (payload, turn) in enumerate(updates, 1)
        ]
        Update.objects.bulk_create(rows, batch_size=5000)
        ClientId.objects.bulk_create(
            ClientId(room=room, client_id=11 + turn, user=users[turn], side=SIDES[turn]) for turn in range(2)
        )
        room.head_seq, room.state_vector = len(updates), state_vector
        room.bytes = sum(len(payload) for payload, _ in updates)
        room.save()
    make_trail(proposal, users, began, len(updates) // 60)


def make_trail(proposal: Proposal, users: list[User], began: datetime, minutes_count: int) -> None:
    """`section.edited` of both people once a minute, without a chain: nobody checks it here."""
    section = proposal.sections.earliest("position")
    facts = {"section": str(section.id), "title": section.title}
    for number in range(2 * minutes_count):
        turn = number % 2
        event = AuditEvent.objects.create(
            proposal=proposal,
            epoch=proposal.epoch,
            number=number + 1,
            type="section.edited",
            created_at=began + timedelta(minutes=number // 2, seconds=5 + turn),
            content_digest=f"{number:064}",
            hash=f"{number:064}",
        )
        AuditContent.objects.create(
            event=event, actor=users[turn], actor_name=users[turn].display_name, side=SIDES[turn], facts=facts
        )


def print_size(room: Room) -> None:
    """Print what the log holds."""
    held = room.updates.aggregate(rows=Count("id"), length=Sum(Length("payload")))
    print(f"{'(the log)':48} {held['rows']:8,} rows, {held['length'] / 1024:,.0f} KiB of updates")


def timed(name: str, act: Callable[[], Any]) -> None:
    """Run and print how long it took."""
    started, started_cpu = time.perf_counter(), time.process_time()
    act()
    took, worked = time.perf_counter() - started, time.process_time() - started_cpu
    print(f"{name:48} {took * 1000:8.0f} ms, of which this process worked {worked * 1000:8.0f} ms")


def take_along(proposal: Proposal) -> None:
    """Write the archive of everything on record to disk."""
    pdf = TakenFile("proposal-draft.pdf", "A stand-in.", [b"%PDF-"])
    with tempfile.TemporaryFile() as file:
        write_archive(Proposal.objects.get(id=proposal.id), file, live_url="", document=pdf)


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    proposal = factories.proposal()
    timed(f"(making {EDITS_COUNT:,} edits)", lambda: make_log(proposal))
    browser = Client()
    browser.force_login(factories.client(proposal), backend="django.contrib.auth.backends.ModelBackend")

    def page(name: str, **asked: str) -> None:
        history.forget()
        compared_before.forget()
        show(name, **asked)

    def show(name: str, **asked: str) -> None:
        answer = browser.get(reverse(name, args=[proposal.id]), asked)
        if answer.status_code != 200:
            raise AssertionError(f"{name}: {answer.status_code}")

    head, one = EDITS_COUNT, str(proposal.sections.earliest("position").id)
    room = proposal.rooms.get(epoch=proposal.epoch)
    timed("(the task worker makes the checkpoints)", lambda: history.make_checkpoints(room, head))
    print_size(room)
    timed("(the task worker merges old runs)", lambda: condensing.condense(room.id))
    print_size(room)
    timed("text at 77,777, the first view of all", lambda: page("history_text", at=str(head * 7 // 9)))
    timed("text at 77,777, then", lambda: page("history_text", at=str(head * 7 // 9)))
    timed("text now, whose words", lambda: page("history_text"))
    timed("the timeline", lambda: page("history"))
    timed("compare the last minute", lambda: page("history_compare", **{"from": str(head - 60)}))
    timed("compare the last tenth", lambda: page("history_compare", **{"from": str(head * 9 // 10)}))
    timed("compare everything, one section", lambda: page("history_compare", section=one))
    timed("compare everything, all sections", lambda: page("history_compare"))
    timed("everything taken along, but the PDF", lambda: take_along(proposal))
    timed("the same once more, by the same worker", lambda: show("history_compare"))


if __name__ == "__main__":
    main()
