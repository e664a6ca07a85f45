"""An open room in this worker: its sockets, its cursors over the log and the events, and what keeps them together.

The log is the mailbox, the channel layer only a doorbell. Whatever gets lost on the way, the cure is the same: read
what came after the cursors.
"""

import asyncio
import logging
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from collab import doorbell, protocol, reading, trouble
from collab.fanout import Fanout
from collab.ingress import Ingress
from collab.limits import limits
from collab.protocol import Awareness, CloseCode, DocumentUpdate, QueryAwareness, Resume, SyncStep1
from collab.reading import in_thread
from collab.settling import Settling
from collab.socket import Socket
from collab.statements import Heads, Row
from collab.store import Writer
from collab.telling import Telling
from collab.updates import merge
from proposals.prose import SCHEMA_VERSION

PRESENCE: Final = "room.presence"
EVENT: Final = "room.event"

_SEATING: Final = frozenset({"participant", "signatory", "invitation", "proposal", "agreement", "signature"})
"""Families of events after which somebody may have other rights."""

_RENEWED_AFTER_SECONDS: Final = 60.0

logger = logging.getLogger("sameside.room")


class Hub:
    """One proposal's room in one worker.

    `text_seq` is where the log has been sent to everybody up to, `durable_seq` the highest number known to be stored.
    """

    def __init__(self, proposal_id: uuid.UUID, heads: Heads, writer: Writer) -> None:
        self.proposal_id = proposal_id
        self.epoch = heads.epoch
        self.state = heads.state
        self.text_seq = self.durable_seq = heads.text_seq
        self.event_seq = heads.event_seq
        self._loop = asyncio.get_running_loop()
        self.emptied_at: float | None = self._loop.time()
        self._worker = uuid.uuid4().hex
        self._sockets: dict[str, Socket] = {}
        self._sessions: set[str] = set()
        self._sent_early: set[int] = set()
        self._catching_up = asyncio.Lock()
        self._is_about_to_look = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._fanout = Fanout(self._sockets.values, lambda: self.text_seq, self._tell_presence)
        self._ingress = Ingress(self, writer)
        self._settling = Settling(self, self._settled)
        self._telling = Telling(self, self._start)
        self._rung_seq = heads.text_seq
        self._bell = doorbell.TextBell(proposal_id)
        if doorbell.other_workers() is not None:
            self._start(self.listen())

    # --- sockets --------------------------------------------------------------------------------------------------

    @property
    def sockets(self) -> Collection[Socket]:
        """Everybody who is connected here."""
        return self._sockets.values()

    @property
    def sent_seq(self) -> int:
        """Up to where everybody here has been sent the text."""
        return self._fanout.sent_seq

    @property
    def is_writing(self) -> bool:
        """Whether an update is on its way into the log."""
        return not self._ingress.is_idle

    def join(self, socket: Socket) -> None:
        """Greet a socket, and show it who is here."""
        self.emptied_at = None
        socket.begin_at(self.text_seq, self.event_seq)
        socket.on_caught_up = lambda: self._start(self._refill(socket))
        self._sockets[socket.id] = socket
        self._sessions.add(socket.id)
        if socket.extended:
            socket.push(protocol.encode_hello(self._hello(socket)))
        here = self._fanout.presence.everybody()
        if here:
            socket.push(protocol.encode_awareness(here))

    def leave(self, socket: Socket) -> None:
        """Forget a socket; everybody sees its carets go."""
        if self._sockets.pop(socket.id, None) is None:
            return
        self._fanout.presence.leave(socket.id)
        self._fanout.presence_changed()
        if not self._sockets:
            self.emptied_at = self._loop.time()

    async def receive(self, socket: Socket, frame: protocol.ClientFrame) -> None:
        """Act on a frame. Raises `InvalidUpdate` for a state vector that is none."""
        if isinstance(frame, DocumentUpdate):
            await self._ingress.update(socket, frame.update, answers_step1=frame.answers_step1)
        elif isinstance(frame, SyncStep1):
            await self._ingress.step1(socket, frame.state_vector)
        elif isinstance(frame, Awareness):
            self._fanout.presence.show(frame, socket.id, socket.user)
            self._fanout.presence_changed()
        elif isinstance(frame, QueryAwareness):
            socket.push(protocol.encode_awareness(self._fanout.presence.everybody()))
        elif isinstance(frame, Resume):
            await self._resume(socket, frame)

    def receive_at_once(self, socket: Socket, update: bytes) -> bool:
        """Act on an update if nothing has to be waited for. False: nothing was done."""
        return self._ingress.update_at_once(socket, update)

    def close_all(self, code: CloseCode, reason: str) -> None:
        """Close every socket here."""
        for socket in list(self._sockets.values()):
            self._dismiss(socket, code, reason)

    def dismiss_sessions(self, ended: Collection[str]) -> None:
        """Close the sockets that rest on one of these sessions."""
        for socket in list(self._sockets.values()):
            if socket.session_key in ended:
                self._dismiss(socket, CloseCode.SIGN_IN_AGAIN, "You are signed out.")

    def _hello(self, socket: Socket) -> dict[str, object]:
        return {
            "protocol": protocol.PROTOCOL_VERSION,
            "room": str(self.proposal_id),
            "epoch": self.epoch,
            "seq": self.text_seq,
            "role": "editor" if socket.abilities(self.state).write_text else "reader",
            "schema": SCHEMA_VERSION,
            "limits": {"frame_bytes": limits().frame_bytes, "updates_per_second": limits().updates_per_second},
            "event": self.event_seq,
        }

    @staticmethod
    def _dismiss(socket: Socket, code: CloseCode, reason: str) -> None:
        if socket.extended:
            socket.push(protocol.encode_bye(reason, 0))
        socket.close(code)

    # --- what this worker stored ----------------------------------------------------------------------------------

    def stored(self, seq: int, payload: bytes, sections: frozenset[str], session: str) -> None:
        """An update of ours, of the socket with this id, is durable: now everybody may see it."""
        self.durable_seq = max(self.durable_seq, seq)
        self._send_text(seq, payload, session)
        self._settling.touched(sections)

    def batch_done(self) -> None:
        """Send it; tell the other workers; if they have stored something in between, fetch it."""
        self._fanout.send_soon()
        if self.durable_seq > self._rung_seq:
            self._rung_seq = self.durable_seq
            self._bell.ring(self.durable_seq)
        if self.durable_seq > self.text_seq:
            self._look()

    def _send_text(self, seq: int, payload: bytes, session: str) -> None:
        if seq <= self.text_seq or seq in self._sent_early:
            return
        self._sent_early.add(seq)
        while self.text_seq + 1 in self._sent_early:
            self.text_seq += 1
            self._sent_early.discard(self.text_seq)
        self._fanout.text(payload, session)

    # --- what others stored ---------------------------------------------------------------------------------------

    def rung(self, text_seq: int, event_seq: int) -> None:
        """The doorbell: somebody says how far the log or the events have got."""
        if text_seq > self.durable_seq or event_seq > self.event_seq:
            self._look()

    def compare(self, heads: Heads) -> None:
        """What the poll found, about once a second."""
        moved = heads.epoch != self.epoch or heads.state != self.state
        has_text = heads.text_seq > self.text_seq and not self._ingress.is_storing  # else a hole in our numbers tells
        if moved or has_text or heads.event_seq > self.event_seq:
            self._look()

    def _look(self) -> None:
        """Catch up soon; one look that has not begun serves everybody who asks for one."""
        if not self._is_about_to_look:
            self._is_about_to_look = True
            self._start(self.catch_up())

    async def catch_up(self) -> None:
        """Read what came after the cursors, and pass it on; events follow when they are rendered."""
        async with self._catching_up:
            self._is_about_to_look = False
            while True:
                news = await in_thread(reading.read_news, self.proposal_id, self.epoch, self.text_seq, self.event_seq)
                if news.heads is None or news.heads.epoch != self.epoch:
                    self.close_all(CloseCode.EPOCH_CHANGED, "The proposal begins anew from its text as it stands.")
                    return
                before = self.text_seq
                has_moved = news.heads.state is not self.state
                self.state = news.heads.state
                self._take_rows(news.rows)
                if has_moved or any(event.type.partition(".")[0] in _SEATING for event in news.events):
                    await self.recheck_seats()
                if news.events:
                    self.event_seq = news.events[-1].number
                    self._telling.take(news.events)
                if len(news.rows) < reading.ROWS_AT_ONCE_COUNT or self.text_seq == before:
                    return

    def _take_rows(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.durable_seq = max(self.durable_seq, row.seq)
            is_told_soon = row.session in self._sessions and self._ingress.is_storing
            if row.seq <= self.text_seq or row.seq in self._sent_early or is_told_soon:
                continue
            self._settling.touched(self._ingress.apply_logged(row.payload))
            self._sent_early.update(range(max(row.first_seq, self.text_seq + 1), row.seq))  # none but for old runs
            self._send_text(row.seq, row.payload, row.session)
        self._fanout.send_soon()

    async def recheck_seats(self) -> None:
        """Look who may still be here, and as what; the others are closed."""
        sockets = list(self._sockets.values())
        actors = await in_thread(reading.seats_of, self.proposal_id, [socket.visitor for socket in sockets])
        for socket, actor in zip(sockets, actors, strict=True):
            if actor is None:
                self._dismiss(socket, CloseCode.NOT_A_PARTICIPANT, "You take part in this proposal no more.")
            else:
                socket.seated_as(actor)

    # --- sockets that missed something ----------------------------------------------------------------------------

    async def _resume(self, socket: Socket, frame: Resume) -> None:
        """Send what came after the numbers a returning client has; a client without text asks by step 1."""
        has = frame.text_seq
        while 0 < has < self.text_seq:
            sent = await self._send_rows_after(socket, has)
            if sent == has:
                break
            has = sent
        if has:
            socket.now_level(self.sent_seq)
        if frame.event_seq < self.event_seq:
            await self._send_events_after(socket, frame.event_seq)

    async def _refill(self, socket: Socket) -> None:
        """Bring a socket that lagged up to date, now that its outbox is empty."""
        if not socket.lags or not socket.is_open:
            return
        while socket.text_seq < self.text_seq:
            await self._send_rows_after(socket, socket.text_seq)
        if socket.extended and socket.event_seq < self.event_seq:
            await self._send_events_after(socket, socket.event_seq)
        if socket.text_seq >= self.text_seq:
            socket.caught_up()

    async def _send_rows_after(self, socket: Socket, text_seq: int) -> int:
        """Send the next rows after a number, a limited number at once; gives the number of the last."""
        rows = await in_thread(reading.read_rows, self.proposal_id, self.epoch, text_seq)
        if not rows:
            return text_seq
        socket.push(protocol.encode_update(merge([row.payload for row in rows])), text_seq=rows[-1].seq)
        if socket.extended:
            socket.push(protocol.encode_head(rows[-1].seq))
        return rows[-1].seq

    async def _send_events_after(self, socket: Socket, event_seq: int) -> None:
        events = await in_thread(reading.read_events, self.proposal_id, self.epoch, event_seq)
        await self._telling.tell_again(socket, events)

    # --- quiet sections -------------------------------------------------------------------------------------------

    def _settled(self, event: Mapping[str, object]) -> None:
        """A section has been quiet: everybody may agree to what stands there."""
        frame = protocol.encode_event(event)
        self._fanout.all(frame, extended_only=True)
        self._tell_others(EVENT, frame)

    # --- other workers --------------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Hear the doorbell and what other workers tell, for as long as the hub lives."""
        failures_count = 0
        while True:
            try:
                await self._listen()
                failures_count = 0
            except Exception:  # the poll goes on meanwhile
                logger.exception("Room %s does not hear the doorbell.", self.proposal_id)
                trouble.note()
                await asyncio.sleep(trouble.pause_seconds(failures_count))
                failures_count += 1

    async def _listen(self) -> None:
        """Hear for a minute, after which the group's membership is renewed."""
        layer = doorbell.other_workers()
        channel = await layer.new_channel("room")
        group = doorbell.group_of(self.proposal_id)
        await layer.group_add(group, channel)
        try:
            async with asyncio.timeout(_RENEWED_AFTER_SECONDS):
                while True:
                    self._hear(await layer.receive(channel))
        except TimeoutError:
            pass
        finally:
            await layer.group_discard(group, channel)

    def _hear(self, message: Mapping[str, Any]) -> None:
        if message["type"] == doorbell.BELL:
            self.rung(message["text_seq"], message["event_seq"])
        elif message["worker"] == self._worker:
            return
        elif message["type"] == PRESENCE:
            told = protocol.decode_client_frame(message["frame"], extended=False)
            if isinstance(told, Awareness):
                self._fanout.presence.show_foreign(told, message["worker"])
                self._fanout.presence_changed(told_by_other=True)
        elif message["type"] == EVENT:
            self._fanout.all(message["frame"], extended_only=True)

    def _tell_presence(self, frame: bytes) -> None:
        self._tell_others(PRESENCE, frame)

    def _tell_others(self, kind: str, frame: bytes) -> None:
        layer = doorbell.other_workers()
        if layer is not None:
            message = {"type": kind, "worker": self._worker, "frame": frame}
            self._start(layer.group_send(doorbell.group_of(self.proposal_id), message))

    # --- housekeeping ---------------------------------------------------------------------------------------------

    def forget_resting_document(self, used_before: float) -> None:
        """A document that nobody has asked about since then need not stay in memory."""
        self._ingress.forget_if_unused_since(used_before)

    def stop(self) -> None:
        """Let go of everything."""
        self._fanout.stop()
        self._settling.stop()
        self._bell.stop()
        self._telling.stop()
        for task in self._tasks:
            task.cancel()

    def _start(self, coroutine: Any) -> None:
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("Room %s: a task failed.", self.proposal_id, exc_info=task.exception())
