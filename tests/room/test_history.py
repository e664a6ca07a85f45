"""Looking back: the text at every number of the log, and whose hand wrote and deleted each letter."""

import random

import pycrdt
import pytest
from django.utils import timezone

from collab import history, log
from collab.hot import HotDocument
from collab.models import Checkpoint, Room
from collab.projection import read_section, root_name, write_section
from collab.ranges import RangeSet
from collab.skimming import skim
from collab.structure import StructureIndex
from collab.validation import Content, parse_logged
from proposals.locking import lock_proposal
from proposals.models import Proposal
from proposals.prose import canonical
from proposals.text import Writer
from tests import factories

pytestmark = pytest.mark.django_db

ROOT = root_name("a")
ALPHABETS = [0x61, 0x391, 0x1F300]
"""Where the letters of each person begin; the last need two UTF-16 units. No letter is typed twice."""


class Hands:
    """People writing at once into one section, with what the log should know of every letter."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.proposal: Proposal = factories.proposal()
        self.users = [factories.seller(self.proposal), factories.client(self.proposal), factories.person()]
        self.sides = ["seller", "client", "client"]
        self.documents = [pycrdt.Doc(client_id=10 + number) for number in range(3)]
        self.letters = [iter(map(chr, range(first, first + 400))) for first in ALPHABETS]
        self.live: pycrdt.Doc = pycrdt.Doc()
        self.hot = HotDocument(b"\x00\x00", StructureIndex(), 0)
        self.wrote: dict[str, Writer] = {}
        self.struck: dict[str, tuple[int, Writer]] = {}
        self.texts = [read_section(self.live, ROOT)]
        self.updates: list[bytes] = []
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "."}]}
        self.edit(0, lambda document: write_section(document, ROOT, {"type": "doc", "content": [paragraph] * 2}))
        self.synchronise()

    def writer(self, number: int) -> Writer:
        """As the log knows one of them."""
        return Writer(self.users[number].pk, self.sides[number])

    def edit(self, number: int, change) -> None:
        """One person changes their document; the update goes into the log at once."""
        document, made = self.documents[number], []
        subscription = document.observe(lambda event: made.append(event.update))
        before = letters_in(document)
        with document.transaction():
            change(document)
        document.unobserve(subscription)
        gone = before - letters_in(document)
        for update in made:
            self._store(number, update)
        for letter in gone:
            self.struck.setdefault(letter, (len(self.updates), self.writer(number)))

    def _store(self, number: int, update: bytes) -> None:
        """As the room stores it: without what is known."""
        accepted = self.hot.accept(update, {ROOT}, lambda client_id: True)
        if accepted.payload is None:
            return
        author = log.Author(self.users[number], self.sides[number])
        with lock_proposal(self.proposal.id) as locked:
            entry = log.Entry(accepted.payload, accepted.inserted, author, "", "ws")
            log.append(log.room_for_writing(locked), [entry])
        self.live.apply_update(accepted.payload)
        self.updates.append(accepted.payload)
        self.texts.append(read_section(self.live, ROOT))

    def write(self, number: int) -> None:
        """Type a letter, delete some, split off a paragraph or take one away."""
        fragment = self.documents[number].get(ROOT, type=pycrdt.XmlFragment)
        act = self.chance.random()
        if act < 0.1 or len(fragment.children) == 0:
            letter = self.letter(number)
            text = {"type": "paragraph", "content": [{"type": "text", "text": letter}]}
            self.edit(number, lambda document: write_section(document, ROOT, {"type": "doc", "content": [text]}))
            return
        place = self.chance.randrange(len(fragment.children))
        if act < 0.15 and len(fragment.children) > 1:
            self.edit(number, lambda document: fragment.children.__delitem__(place))
            return
        text = fragment.children[place].children[0]
        words = "".join(piece for piece, _ in text.diff())
        first = self.chance.randrange(len(words) + 1)
        start = len(words[:first].encode())
        if act < 0.4 and first < len(words):
            end = start + len(words[first : first + 3].encode())
            self.edit(number, lambda document: text.__delitem__(slice(start, end)))
        elif act < 0.5 and first < len(words):
            self.edit(number, lambda document: text.format(start, start + len(words[first].encode()), {"bold": {}}))
        else:
            letter = self.letter(number)
            self.edit(number, lambda document: text.insert(start, letter, {}))

    def letter(self, number: int) -> str:
        """A letter that nobody has typed yet."""
        letter = next(self.letters[number])
        self.wrote[letter] = self.writer(number)
        return letter

    def synchronise(self) -> None:
        """Everybody gets what is in the log."""
        for document in self.documents:
            document.apply_update(self.live.get_update())

    @property
    def room(self) -> Room:
        """The room as it stands."""
        return Room.objects.get(proposal=self.proposal)


def letters_in(document: pycrdt.Doc) -> set[str]:
    return {letter for letter, _ in letters_of(read_section(document, ROOT))} - {"."}


def letters_of(node) -> list:
    """All letters of a text with their hand, in order."""
    if node["type"] == "text":
        return [(letter, node.get("hand")) for letter in node["text"]]
    return [letter for child in node.get("content", []) for letter in letters_of(child)]


def rehearse(seed: int, steps: int) -> Hands:
    hands = Hands(random.Random(seed))
    for _ in range(steps):
        hands.write(hands.chance.randrange(3))
        if hands.chance.random() < 0.3:
            hands.synchronise()
    return hands


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_is_what_stood_there_and_every_letter_is_its_writers(seed, monkeypatch):
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", 16)
    compare_all(rehearse(seed, 60))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
def test_every_number_is_what_stood_there_for_long(seed, monkeypatch):
    monkeypatch.setattr(history, "CHECKPOINT_EVERY", 16)
    compare_all(rehearse(seed, 300))


def compare_all(hands: Hands) -> None:
    """Every number against the live document, and some pairs of numbers letter by letter."""
    room, last = hands.room, len(hands.updates)
    assert [history.text_at(room, ROOT, seq) for seq in range(last + 1)] == hands.texts
    assert Checkpoint.objects.filter(room=room).count() == last // 16
    for _ in range(6):
        then, now = sorted(hands.chance.sample(range(last + 1), 2))
        before = history.authored(room, [ROOT], then, beside=now)[ROOT]
        after = history.authored(room, [ROOT], now, beside=then)[ROOT]
        assert canonical(before) == hands.texts[then]
        assert canonical(after) == hands.texts[now]
        stood, stands = (dict(letters_of(text)) for text in (before, after))
        for letter, hand in stood.items():
            if letter != ".":
                struck = hands.struck.get(letter, (last + 1, None))
                assert (hand.wrote, hand.struck) == (hands.wrote[letter], struck[1] if struck[0] <= now else None)
        for letter, hand in stands.items():
            if letter != ".":
                assert (hand.wrote, hand.is_new, hand.struck) == (hands.wrote[letter], letter not in stood, None)


def test_skimming_sees_what_reading_sees():
    hands = rehearse(7, 80)
    for update in (*hands.updates, log.merge(hands.updates), hands.live.get_update()):
        read = parse_logged(update)
        skimmed = skim(update)
        assert [run[:3] for run in skimmed.letters] == [
            (struct.client, struct.clock, struct.length) for struct in read.structs if struct.content is Content.STRING
        ]
        assert {client: RangeSet(ranges) for client, ranges in skimmed.deleted.items()} == read.deleted


def test_a_moment_leads_to_the_number_that_was_stored_by_then():
    before = timezone.now()
    hands = rehearse(1, 12)
    room = hands.room
    times = list(room.updates.order_by("seq").values_list("created_at", flat=True))
    assert history.seq_by(room, before) == 0
    assert [history.seq_by(room, moment) for moment in times] == [
        max(number for number, other in enumerate(times, 1) if other <= moment) for moment in times
    ]
    assert history.seq_by(room, timezone.now()) == len(times)
