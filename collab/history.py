"""Looking back: the text at any number of the log, and whose hand wrote and deleted its letters.

The state at a number is the nearest checkpoint before it with the updates since. Checkpoints are caches, made by
whoever first looks that far; the log is the truth.

Whose letters they are follows from the log alone: a Yjs client id belongs to one user (`collab.models.ClientId`), who
is known from the session, and a deletion to the author of the row that has it. pycrdt does not tell the ids of letters,
and putting items in order is Yjs's business, not ours. So the state is *repainted*: every letter in the bytes of an
update is replaced by one that stands for its hand. Read like any other document this gives the same tree, in which
the letters say who wrote them.
"""

import re
import uuid
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

import pycrdt
from django.db import connection
from django.db.models import Max, Min
from django.db.models.functions import Coalesce

from collab.lib0 import encode_string
from collab.log import before_first, number_at
from collab.models import Checkpoint, ClientId, Room
from collab.projection import read_section
from collab.ranges import Range
from collab.skimming import Letters, skim
from collab.updates import merge
from collab.validation import parse_state_vector
from proposals.locking import writing
from proposals.prose import ProseDocument
from proposals.text import Hand, Writer

CHECKPOINT_EVERY: Final = 5000
"""Updates between two checkpoints: replaying so many takes some 10 ms."""

_CACHED_STATES_COUNT: Final = 8
_FIRST_LETTER: Final = 0x3400
"""Letters that stand for hands: from here to the surrogates are 41,984, each one UTF-16 unit long."""

_RUNS: Final = re.compile(r"(.)\1*")

Deleted = dict[Writer, dict[int, list[Range]]]
"""Who deleted which items, by client id."""

_states: "OrderedDict[tuple[int, int], bytes]" = OrderedDict()
_guard = Lock()


def state_at(room: Room, seq: int) -> bytes:
    """One update that makes the document after update `seq`, without what was deleted by then."""
    upto = max(0, min(seq, room.head_seq))
    known = _remembered(room, upto)
    if known is None:
        checkpoint = _checkpoint_before(room, upto)
        known = _after(bytes(checkpoint.state) if checkpoint else None, room, checkpoint.seq if checkpoint else 0, upto)
        _remember(room, upto, known)
    return known


def text_at(room: Room, root: str, seq: int) -> ProseDocument:
    """One section's text after update `seq`."""
    return texts_at(room, [root], seq)[root]


def texts_at(room: Room, roots: Iterable[str], seq: int) -> dict[str, ProseDocument]:
    """The texts of sections after update `seq`."""
    document = _document(state_at(room, seq))
    return {root: read_section(document, root) for root in roots}


def authored(room: Room, roots: Iterable[str], seq: int, *, beside: int | None = None) -> dict[str, ProseDocument]:
    """The texts of sections after update `seq`, their text nodes cut by hand (see `proposals.text.TextPort`)."""
    wanted = list(roots)
    if not wanted:
        return {}
    state = state_at(room, seq)
    palette = _Palette(room)
    if beside is not None and beside < seq:
        palette.old = parse_state_vector(_document(state_at(room, beside)).get_state())
    elif beside is not None:
        palette.note_struck(deleted_between(room, seq, beside))
    plain, painted = _document(state), _document(repainted(state, palette))
    texts = {}
    for root in wanted:
        text = read_section(plain, root)
        texts[root] = palette.cut(text, read_section(painted, root))
    return texts


def deleted_between(room: Room, after: int, upto: int) -> Deleted:
    """Who deleted what in updates `after`+1 to `upto`, and perhaps in some before, which nobody sees at `after`."""
    upto = min(upto, room.head_seq)
    make_checkpoints(room, upto)
    found: Deleted = {}
    position = after
    rows = Checkpoint.objects.filter(room=room, seq__gt=after, seq__lte=upto).order_by("seq")
    for position, deleted in rows.values_list("seq", "deleted"):  # noqa: B007 (the last one counts)
        _add(found, _read_deleted(deleted))
    _add(found, _deleted_by_rows(room, position, upto))
    return found


def seq_by(room: Room, moment: datetime) -> int:
    """The number of the last update committed by a moment: times ascend with the numbers."""
    first, last = before_first(room), room.head_seq
    while first < last:
        middle = (first + last + 1) // 2
        row = room.updates.filter(seq__gte=middle).order_by("seq").values_list("seq", "created_at").first()
        if row is not None and row[1] <= moment:
            first = row[0]
        else:
            last = middle - 1
    return first


def span_of(room: Room, writer: Writer, first: datetime, last: datetime) -> tuple[int, int] | None:
    """The numbers of a writer's first and last updates from one moment to before another; None without any."""
    tick = timedelta(microseconds=1)
    rows = room.updates.filter(
        seq__gt=seq_by(room, first - tick), seq__lte=seq_by(room, last - tick), actor=writer.user_id
    )
    if writer.user_id is None:
        rows = rows.filter(side=writer.side)
    found = rows.aggregate(first=Min(Coalesce("first_seq", "seq")), last=Max("seq"))
    return None if found["first"] is None else (found["first"], found["last"])


def repainted(state: bytes, palette: "_Palette") -> bytes:
    """The same update with every letter replaced by the one that stands for its hand."""
    written = bytearray()
    position = 0
    for run in skim(state).letters:
        written += state[position : run.start]
        written += encode_string(palette.paint(run))
        position = run.end
    return bytes(written + state[position:])


class _Palette:
    """Which letter stands for which hand in one repainted state."""

    def __init__(self, room: Room) -> None:
        rows = ClientId.objects.filter(room=room).values_list("client_id", "user", "side")
        self._owners = {client_id: Writer(user, side) for client_id, user, side in rows}
        self._hands: list[Hand] = []
        self._letters: dict[Hand, str] = {}
        self._struck: dict[int, list[tuple[int, int, Writer]]] = {}
        self.old: Mapping[int, int] | None = None

    def note_struck(self, deleted: Deleted) -> None:
        """Take in who deletes what later."""
        for writer, by_client in deleted.items():
            for client, ranges in by_client.items():
                self._struck.setdefault(client, []).extend((*each, writer) for each in ranges)
        for found in self._struck.values():
            found.sort(key=lambda each: each[:2])

    def paint(self, run: Letters) -> str:
        """Letters for a run of letters: as many as it has UTF-16 units."""
        client, start, end = run.client, run.clock, run.clock + run.length
        wrote = self._owners.get(client, Writer())
        painted = ""
        while start < end:
            until, is_new = end, False
            if self.old is not None:
                known = self.old.get(client, 0)
                is_new = start >= known
                until = end if is_new else min(end, known)
            until, struck = self._struck_at(client, start, until)
            painted += self._letter(Hand(wrote, is_new, struck)) * (until - start)
            start = until
        return painted

    def cut(self, text: ProseDocument, painted: ProseDocument) -> ProseDocument:
        """The text with its text nodes cut by hand. The schema bounds the depth."""
        if "content" not in text:
            return text
        content: list[ProseDocument] = []
        for node, shadow in zip(text["content"], painted["content"], strict=True):
            content += self._cut_letters(node, shadow["text"]) if node["type"] == "text" else [self.cut(node, shadow)]
        return {**text, "content": content}

    def _cut_letters(self, node: ProseDocument, painted: str) -> list[ProseDocument]:
        units = node["text"].encode("utf-16-le")
        return [
            {
                **node,
                "text": units[2 * run.start() : 2 * run.end()].decode("utf-16-le"),
                "hand": self._hands[ord(run[1]) - _FIRST_LETTER],
            }
            for run in _RUNS.finditer(painted)
        ]

    def _letter(self, hand: Hand) -> str:
        if hand not in self._letters:
            self._letters[hand] = chr(_FIRST_LETTER + len(self._hands))
            self._hands.append(hand)
        return self._letters[hand]

    def _struck_at(self, client: int, start: int, until: int) -> tuple[int, Writer | None]:
        """How far from `start` one and the same writer deletes, and who."""
        found = self._struck.get(client, [])
        index = bisect_right(found, start, key=lambda each: each[0]) - 1
        if index >= 0 and start < found[index][1]:
            return min(until, found[index][1]), found[index][2]
        if index + 1 < len(found):
            until = min(until, found[index + 1][0])
        return until, None


def forget() -> None:
    """Drop what is kept in this process's memory, as a measurement or a test wants it."""
    with _guard:
        _states.clear()


def _checkpoint_before(room: Room, seq: int) -> Checkpoint | None:
    make_checkpoints(room, seq)
    return Checkpoint.objects.filter(room=room, seq__lte=seq).order_by("-seq").first()


def lacks_checkpoints(room: Room, seq: int) -> bool:
    """Whether `make_checkpoints` would have something to do."""
    last = Checkpoint.objects.filter(room=room).aggregate(last=Max("seq"))["last"]
    return (before_first(room) if last is None else last) + CHECKPOINT_EVERY <= seq


def make_checkpoints(room: Room, seq: int) -> None:
    """Make the checkpoints up to a number that are not there yet. What the log says up to a number never changes."""
    if not lacks_checkpoints(room, seq):
        return
    last = Checkpoint.objects.filter(room=room).order_by("-seq").first()
    position, state = (last.seq, bytes(last.state)) if last else (before_first(room), None)
    while position + CHECKPOINT_EVERY <= seq:
        upto = number_at(room, position + CHECKPOINT_EVERY)
        state = _after(state, room, position, upto)
        deleted = _written_deleted(_deleted_by_rows(room, position, upto))
        with writing():
            Checkpoint.objects.bulk_create(
                [Checkpoint(room=room, seq=upto, state=state, deleted=deleted)], ignore_conflicts=True
            )
        position = upto


def _after(state: bytes | None, room: Room, after: int, upto: int) -> bytes:
    """The state at `upto`, from the one at `after`."""
    rows = room.updates.filter(seq__gt=after, seq__lte=upto).order_by("seq").values_list("payload", flat=True)
    payloads = [bytes(payload) for payload in rows]
    if state is not None and not payloads:
        return state
    document = _document(state)
    document.apply_update(merge(payloads))
    return document.get_update()


def _document(state: bytes | None) -> "pycrdt.Doc[Any]":
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    if state:
        document.apply_update(state)
    return document


def _deleted_by_rows(room: Room, after: int, upto: int) -> Deleted:
    rows = room.updates.filter(seq__gt=after, seq__lte=upto).order_by("seq").values_list("actor", "side", "payload")
    payloads: dict[Writer, list[bytes]] = {}
    for user_id, side, payload in rows:
        payloads.setdefault(Writer(user_id, side), []).append(bytes(payload))
    return {writer: skim(merge(each)).deleted for writer, each in payloads.items()}


def _add(found: Deleted, more: Deleted) -> None:
    for writer, by_client in more.items():
        mine = found.setdefault(writer, {})
        for client, ranges in by_client.items():
            mine.setdefault(client, []).extend(ranges)


def _written_deleted(deleted: Deleted) -> list[dict[str, Any]]:
    return [
        {
            "user": None if writer.user_id is None else str(writer.user_id),
            "side": writer.side,
            "ranges": {str(client): [list(each) for each in ranges] for client, ranges in by_client.items()},
        }
        for writer, by_client in deleted.items()
    ]


def _read_deleted(written: Sequence[Mapping[str, Any]]) -> Deleted:
    return {
        Writer(each["user"] and uuid.UUID(each["user"]), each["side"]): {
            int(client): [Range(*pair) for pair in ranges] for client, ranges in each["ranges"].items()
        }
        for each in written
    }


def _remembered(room: Room, seq: int) -> bytes | None:
    with _guard:
        return _states.get((room.pk, seq))


def _remember(room: Room, seq: int, state: bytes) -> None:
    if connection.in_atomic_block:  # what was read may be rolled back, and its number used again
        return
    with _guard:
        _states[room.pk, seq] = state
        _states.move_to_end((room.pk, seq))
        while len(_states) > _CACHED_STATES_COUNT:
            _states.popitem(last=False)
