"""The way of a client's update into the log: checked, applied to the hot document, queued, committed, settled.

One `Ingress` per open room. Updates go in the order in which they came; while one batch is being committed the next
one gathers. What came before must be durable before anything is answered, so an answer to step 1 and an update that
brings nothing new wait in the same queue. Whenever a batch is not stored as a whole, the hot document is thrown away,
loaded from the log, and what was not stored is checked again from its first byte.
"""

import asyncio
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from collab import protocol, trouble
from collab.hot import NOTHING, Accepted, ForeignClientId, HotDocument
from collab.limits import limits
from collab.loading import LARGE_BYTES, Loading
from collab.protocol import CloseCode, Rejection
from collab.socket import Socket
from collab.store import Writer
from collab.structure import MissingDependencies
from collab.validation import InvalidUpdate
from collab.writes import Batch, Outcome, Refused, Write
from proposals.states import EDITABLE, State

_PATIENCE_SECONDS: Final = 4.0
"""How long storing is tried again while the database is away; then the sockets are closed, and keep the text."""

logger = logging.getLogger("sameside.room")


class Room(Protocol):
    """What the way in needs to know of its room, and tells it."""

    proposal_id: uuid.UUID
    epoch: int
    state: State
    durable_seq: int

    @property
    def sent_seq(self) -> int:
        """Up to where everybody of this worker has been sent the text."""

    async def catch_up(self) -> None:
        """Look into the log and the events."""

    async def recheck_seats(self) -> None:
        """Look who may still be here, and as what."""

    def stored(self, seq: int, payload: bytes, sections: frozenset[str], session: str) -> None:
        """An update of this worker, of the socket with this id, is durable."""

    def batch_done(self) -> None:
        """A batch has been dealt with."""

    def close_all(self, code: CloseCode, reason: str) -> None:
        """Close every socket of this worker."""


@dataclass(slots=True)
class Pending:
    """Something in the queue: an update to be stored (`write`), an update that brings nothing, or an answer to step 1.

    `update` is the update as it came, for another try; `state_vector` what a step 1 said; `answer` what it will get.
    """

    socket: Socket
    frame_number: int = 0
    update: bytes = b""
    answers_step1: bool = False
    write: Write | None = None
    state_vector: bytes | None = None
    answer: bytes = b""


class Ingress:
    """What is on its way into one room's log from this worker."""

    def __init__(self, room: Room, writer: Writer) -> None:
        self._room = room
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._loading = Loading(room.proposal_id, room.epoch, self._begin_again)
        self._is_in_doubt = False
        self._queued: list[Pending] = []
        self._in_flight: list[Pending] = []
        self._tasks: set[asyncio.Task[Rejection | None]] = set()
        self._failures_count = 0
        self._failing_since: float | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._queued and not self._in_flight and self._loading.is_ready and not self._loading.is_lent

    @property
    def is_storing(self) -> bool:
        """Whether a batch is with the writer."""
        return bool(self._in_flight)

    async def step1(self, socket: Socket, state_vector: bytes) -> None:
        """Answer with what the socket lacks, once everything in the answer is durable; then ask for what we lack.

        Raises `InvalidUpdate` if the state vector is none.
        """
        while True:
            document = await self._loading.get()
            try:
                answer = document.missing_in(state_vector)
                break
            except RuntimeError:
                logger.exception("Room %s: what was checked can't be applied.", self._room.proposal_id)
                self._begin_again()
        pending = Pending(socket, state_vector=state_vector, answer=answer)
        socket.promise(len(pending.answer))
        self._enqueue(pending)

    async def update(self, socket: Socket, update: bytes, *, answers_step1: bool) -> None:
        """Take an update of a socket. Whatever becomes of it is told to the socket; nothing is raised."""
        socket.received += 1
        pending = Pending(socket, socket.received, update, answers_step1)
        if answers_step1:
            socket.awaits_step2 = False
        rejection = await self._admitted(pending)
        if rejection in (Rejection.GAP, Rejection.INVALID, Rejection.FOREIGN_CLIENT_ID):
            # This worker may lag: an honest client must not suffer for it.
            await self._room.catch_up()
            await self._loading.read_rules_again()
            rejection = await self._admitted(pending)
        if rejection is not None:
            self._reject(pending, rejection)

    def update_at_once(self, socket: Socket, update: bytes) -> bool:
        """`update` without waiting. False if that is not possible, or something speaks against it: nothing was done."""
        document = self._loading.document
        if document is None or self._loading.is_lent or not self._loading.is_ready:
            return False
        pending = Pending(socket, socket.received + 1, update)
        verdict = self._judge(pending, document)
        if verdict is None:
            self._begin_again()
        if not isinstance(verdict, Accepted):
            return False
        socket.received += 1
        self._settle_on(pending, verdict)
        self._loading.note_use()
        return True

    def apply_logged(self, payload: bytes) -> frozenset[str] | None:
        """Take in an update that another worker, or the API, has stored. None: nothing is loaded to tell sections."""
        return self._loading.apply_logged(payload)

    def forget_if_unused_since(self, moment: float) -> None:
        """Let the hot document go if nobody has asked about it since then; it is loaded again when it is needed."""
        if self.is_idle:
            self._loading.forget_if_unused_since(moment)

    async def _admitted(self, pending: Pending) -> Rejection | None:
        """Check an update, apply it and queue it; or say why not. Nothing has changed then."""
        document = await self._loading.get()
        if len(pending.update) <= LARGE_BYTES:
            return self._settle_on(pending, self._judge(pending, document))
        judging = self._loop.create_task(self._admit_large(pending))
        self._tasks.add(judging)
        judging.add_done_callback(self._tasks.discard)
        return await asyncio.shield(judging)

    async def _admit_large(self, pending: Pending) -> Rejection | None:
        """The same for one that takes long. Its sender may leave meanwhile: what came is stored."""
        while True:
            document = await self._loading.get()
            verdict = await self._loading.aside(partial(self._judge, pending))
            if self._loading.document is document:
                return self._settle_on(pending, verdict)

    def _settle_on(self, pending: Pending, verdict: Accepted | Rejection | None) -> Rejection | None:
        """Queue what was accepted; None: it broke the document."""
        if verdict is None:
            self._begin_again()
            return Rejection.INVALID
        if isinstance(verdict, Rejection):
            return verdict
        pending.write = _write(pending.socket, verdict)
        self._enqueue(pending)
        return None

    def _judge(self, pending: Pending, document: HotDocument) -> Accepted | Rejection | None:
        """Check an update and apply it, or say why not; None if it broke the document. Runs in any thread."""
        socket = pending.socket
        try:
            if not socket.abilities(self._room.state).write_text:
                if document.is_known(pending.update, self._loading.roots(document)):
                    return NOTHING
                return Rejection.READ_ONLY if self._room.state in EDITABLE else Rejection.FROZEN
            if self._is_too_large(document, len(pending.update)):
                return Rejection.QUOTA
            return self._loading.accept(document, pending.update, socket.author)
        except MissingDependencies:
            return Rejection.GAP
        except ForeignClientId:
            return Rejection.FOREIGN_CLIENT_ID
        except InvalidUpdate:
            return Rejection.INVALID
        except RuntimeError:
            logger.exception("Room %s: an update broke the document.", self._room.proposal_id)
            return None

    def _begin_again(self) -> None:
        """The document is in doubt: load it anew, and check again what is not stored yet.

        If a batch is with the writer, once that is done: what it stores must be in what is loaded. If it is being put
        right, after that.
        """
        if self._in_flight or not self._loading.is_ready:
            self._is_in_doubt = True
            self._loading.hold()
        else:
            self._loading.hold()
            self._loop.create_task(self._put_right(Outcome(), []))

    def _is_too_large(self, document: HotDocument, added_bytes: int) -> bool:
        limit = limits().document_bytes
        return document.size_bytes + added_bytes > limit and document.measure() + added_bytes > limit

    def _reject(self, pending: Pending, rejection: Rejection) -> None:
        socket = pending.socket
        socket.reject(pending.frame_number, rejection, _REASONS[rejection])
        pending.update, pending.write = b"", None
        self._enqueue(pending)
        if (
            rejection is Rejection.GAP
            and not pending.answers_step1
            and not socket.awaits_step2
            and self._loading.document
        ):
            socket.awaits_step2 = True
            socket.push(protocol.encode_step1(self._loading.document.state_vector))

    def _enqueue(self, pending: Pending) -> None:
        self._queued.append(pending)
        self._submit()

    def _submit(self) -> None:
        """Hand what waits to the writer, unless it is busy with us; settle what has nothing to wait for."""
        if self._in_flight or not self._queued or not self._loading.is_ready:
            return
        batch, self._queued = self._queued, []
        writes = [pending.write for pending in batch if pending.write is not None]
        if not writes:
            for socket in self._settle(batch):
                socket.release()
            return
        self._in_flight = batch
        self._writer.submit(Batch(self._room.proposal_id, self._room.epoch, writes, self._done))

    def _done(self, outcome: Outcome) -> None:
        batch, self._in_flight = self._in_flight, []
        seqs = iter(outcome.seqs)
        stored_count = 0
        for pending in batch:
            if pending.write is not None:
                seq = next(seqs, None)
                if seq is None:
                    break
                self._room.stored(seq, pending.write.payload, pending.write.sections, pending.socket.id)
            stored_count += 1
        held = self._settle(batch[:stored_count])
        left = batch[stored_count:]
        if left or self._is_in_doubt:
            self._is_in_doubt = False
            self._loading.hold()
            self._loop.create_task(self._put_right(outcome, left))
        else:
            self._failures_count, self._failing_since = 0, None
            self._submit()
        self._room.batch_done()
        for socket in held:
            socket.release()

    def _settle(self, batch: Sequence[Pending]) -> list[Socket]:
        """Tell the senders; everything of theirs up to here is durable, or was refused.

        Gives those that are held, so that what follows goes out with it; they are to be released.
        """
        counts = {}
        for pending in batch:
            socket = pending.socket
            if pending.state_vector is not None:
                socket.promise(-len(pending.answer))
                socket.push(protocol.encode_step2(pending.answer))
                if self._loading.document is not None:
                    socket.push(protocol.encode_step1(self._loading.document.state_vector))
                socket.awaits_step2 = True
                socket.now_level(self._room.sent_seq)
            if pending.frame_number:
                socket.settle(pending.frame_number)
                counts[socket] = socket.settled
        held = [socket for socket in counts if socket.extended and socket.hold()]
        for socket, count in counts.items():
            if socket.extended:
                socket.push(protocol.encode_saved(count, self._room.durable_seq))
        return held

    async def _put_right(self, outcome: Outcome, left: list[Pending]) -> None:
        """Load the document anew and try again what was not stored, without what was refused."""
        refused = left.pop(0) if outcome.refused is not None and outcome.refused is not Refused.STALE else None
        if outcome.refused is Refused.EPOCH_CHANGED:
            self._room.close_all(CloseCode.EPOCH_CHANGED, "The proposal begins anew from its text as it stands.")
        left += self._queued
        self._queued = []
        self._loading.forget()
        if not await self._loaded_again(outcome):
            self._room.close_all(CloseCode.OVERLOAD, "The text could not be stored just now.")
            left, refused = [], None
        if refused is not None:
            self._refuse(refused, outcome.refused)
        for pending in left:
            await self._again(pending)
        self._loading.release()
        if self._is_in_doubt:
            self._is_in_doubt = False
            self._begin_again()
        else:
            self._submit()

    async def _loaded_again(self, outcome: Outcome) -> bool:
        """Load what the log holds, again and again while the database is away. False: it is away for too long."""
        has_failed = outcome.error is not None
        while True:
            if has_failed and not await self._waited():
                return False
            try:
                await self._room.catch_up()
                if outcome.refused in (Refused.FROZEN, Refused.READ_ONLY, Refused.NOT_A_PARTICIPANT):
                    await self._room.recheck_seats()
                await self._loading.load()
            except Exception:
                logger.exception("Room %s could not be loaded again.", self._room.proposal_id)
                has_failed = True
            else:
                return True

    async def _waited(self) -> bool:
        """Wait for the next try, after one that failed. False if nothing has succeeded for too long."""
        trouble.note()
        now = self._loop.time()
        self._failing_since = now if self._failing_since is None else self._failing_since
        if now - self._failing_since > _PATIENCE_SECONDS:
            return False
        await asyncio.sleep(trouble.pause_seconds(self._failures_count))
        self._failures_count += 1
        return True

    def _refuse(self, pending: Pending, refused: Refused | None) -> None:
        if refused in _CLOSING:
            pending.socket.close(_CLOSING[refused])
            return
        self._reject(pending, _REJECTIONS.get(refused, Rejection.INVALID) if refused else Rejection.INVALID)

    async def _again(self, pending: Pending) -> None:
        """Check an update again, against the document as it was loaded anew."""
        if not pending.socket.is_listened_to:
            return
        pending.write = None
        if pending.state_vector is not None:
            if self._loading.document is not None:
                pending.socket.promise(-len(pending.answer))
                pending.answer = self._loading.document.missing_in(pending.state_vector)
                pending.socket.promise(len(pending.answer))
                self._queued.append(pending)
        elif not pending.update:
            self._queued.append(pending)
        elif self._loading.document is not None:
            if len(pending.update) <= LARGE_BYTES:
                verdict = self._judge(pending, self._loading.document)
            else:
                verdict = await self._loading.aside(partial(self._judge, pending))
            rejection = self._settle_on(pending, verdict)
            if rejection is not None:
                self._reject(pending, rejection)


def _write(socket: Socket, accepted: Accepted) -> Write | None:
    if accepted.payload is None:
        return None
    return Write(
        payload=accepted.payload,
        inserted=accepted.inserted,
        sections=accepted.sections,
        actor=socket.actor,
        session=socket.id,
        token_id=socket.token_id,
        session_key=socket.session_key,
    )


_REASONS: Final = {
    Rejection.READ_ONLY: "You may read here, but not write. Nothing was changed.",
    Rejection.GAP: "Something before this is missing; it was asked for.",
    Rejection.INVALID: "This is not a text the editor makes. Nothing was changed.",
    Rejection.FOREIGN_CLIENT_ID: "This Yjs client id belongs to somebody else. Nothing was changed.",
    Rejection.FROZEN: "The proposal takes no changes now. Nothing was changed.",
    Rejection.QUOTA: "The proposal is as long as it may get. Nothing was changed.",
}

_CLOSING: Final = {
    Refused.NOT_A_PARTICIPANT: CloseCode.NOT_A_PARTICIPANT,
    Refused.SIGNED_OUT: CloseCode.SIGN_IN_AGAIN,
}

_REJECTIONS: Final = {
    Refused.FROZEN: Rejection.FROZEN,
    Refused.READ_ONLY: Rejection.READ_ONLY,
    Refused.FOREIGN_CLIENT_ID: Rejection.FOREIGN_CLIENT_ID,
}
