"""One open socket: what it may do, what it has been sent, and an outbox that can't grow without end."""

import asyncio
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Mapping
from types import coroutine
from typing import Any, NamedTuple

from collab import protocol
from collab.limits import limits
from collab.log import Author
from collab.presence import identity_of
from collab.protocol import CloseCode, Rejection
from collab.wire import Write, framed
from proposals.access import Abilities, Actor, Visitor
from proposals.states import State

Send = Callable[[Mapping[str, Any]], Coroutine[Any, Any, None]]

logger = logging.getLogger("sameside.room")


class _Outgoing(NamedTuple):
    """A frame to be sent. The numbers are the cursors once it has been sent, where it moves them."""

    frame: bytes
    is_droppable: bool
    text_seq: int | None
    event_seq: int | None


class _Stuck(NamedTuple):
    """A frame that the other end does not take yet: its sending, and what that waits for."""

    sending: Coroutine[Any, Any, None]
    waits_for: Any
    outgoing: _Outgoing


class Socket:
    """A participant's connection to a room.

    `author` is whose the Yjs client ids are that it uses (`log.Author.key`). `received` counts the step 2 and update
    frames taken from it, `settled` how many of the first of them are durable or refused. `text_seq` and `event_seq`
    are its cursors: how far it has been given the log and the events. When its outbox overflows, what can be had again
    is dropped, the cursors go back to what has really been sent, and the socket lags: once it takes frames again, the
    hub sends it what came after its cursors. As long as the other end takes what it is sent, frames go out at once;
    `sender` is the task that sends what could not, and ends when the socket is closed, or the other end is gone.
    """

    def __init__(
        self,
        send: Send,
        *,
        visitor: Visitor,
        actor: Actor,
        extended: bool,
        token_id: uuid.UUID | None = None,
        session_key: str = "",
        write: Write | None = None,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.visitor = visitor
        self.actor = actor
        self.extended = extended
        self.token_id = token_id
        self.session_key = session_key
        self.user = identity_of(actor)
        self.author = Author.of(actor).key
        self.text_seq = 0
        self.event_seq = 0
        self.received = 0
        self.settled = 0
        self.awaits_step2 = False
        self._is_level = False
        self._lacks_head = False
        self.lags_since: float | None = None
        self.on_caught_up: Callable[[], None] = lambda: None
        self._settled_early: set[int] = set()
        self._sent = (0, 0)
        self._send = send
        self._write = write
        self._outbox: deque[_Outgoing] = deque()
        self._outbox_bytes = 0
        self._in_flight_bytes = 0
        self._promised_bytes = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._wakes = asyncio.Event()
        self._rests = False
        self._stuck: _Stuck | None = None
        self._held: list[_Outgoing] | None = None
        self._is_gone = False
        self._abilities: tuple[State, Abilities] | None = None
        self._closing: int | None = None
        self.sender = asyncio.create_task(self._send_out())

    @property
    def is_open(self) -> bool:
        """Whether frames still go out."""
        return self._closing is None and not self._is_gone and not self.sender.done()

    @property
    def is_listened_to(self) -> bool:
        """Whether what came is acted on: until we close it, also when the other end is gone by now."""
        return self._closing is None

    @property
    def lags(self) -> bool:
        """Whether it is being left out until its outbox is empty."""
        return self.lags_since is not None

    @property
    def is_full(self) -> bool:
        """Whether more waits for it than its outbox should hold. It is not listened to then, as questions add up."""
        return not self._has_room.is_set()

    async def drained(self, within_seconds: float) -> bool:
        """Wait until the outbox has room again. False if that takes too long."""
        try:
            async with asyncio.timeout(within_seconds):
                await self._has_room.wait()
        except TimeoutError:
            return False
        return True

    def abilities(self, state: State) -> Abilities:
        """What the person may do in a state of the proposal."""
        if self._abilities is None or self._abilities[0] is not state:
            self._abilities = (state, self.actor.abilities(state))
        return self._abilities[1]

    def seated_as(self, actor: Actor) -> None:
        """Take over the person's role of this moment."""
        self.actor = actor
        self.user = identity_of(actor)
        self.author = Author.of(actor).key
        self._abilities = None

    def settle(self, frame_number: int) -> None:
        """Note that a frame is durable, or was refused. Frame 0 stands for none."""
        if frame_number == self.settled + 1:
            self.settled += 1
            while self.settled + 1 in self._settled_early:
                self.settled += 1
                self._settled_early.discard(self.settled)
        elif frame_number > self.settled:
            self._settled_early.add(frame_number)

    def reject(self, frame_number: int, rejection: Rejection, reason: str) -> None:
        """Tell that a frame was not taken: in words of the protocol it speaks."""
        if self.extended:
            self.push(protocol.encode_rejected(frame_number, rejection, reason))
        elif rejection is Rejection.FROZEN:
            self.close(CloseCode.FROZEN)
        elif rejection is Rejection.READ_ONLY:
            self.push(protocol.encode_permission_denied(reason))
        elif rejection is Rejection.QUOTA:
            self.close(CloseCode.QUOTA)
        elif rejection is not Rejection.GAP:
            self.close(CloseCode.MALFORMED)

    def begin_at(self, text_seq: int, event_seq: int) -> None:
        """Set the cursors: what came before is got by step 1, or is on the page."""
        self.text_seq, self.event_seq = self._sent = (text_seq, event_seq)

    def tell_head(self, frame: bytes) -> None:
        """Say how far the text goes that everybody was sent; who still lacks what came before is told then."""
        if self._is_level:
            self.offer(frame)
        else:
            self._lacks_head = True

    def now_level(self, text_seq: int) -> None:
        """It has been sent what it lacked when it came; everybody was sent the text up to this number."""
        self._is_level = True
        if self._lacks_head and self.extended:
            self._lacks_head = False
            self.push(protocol.encode_head(text_seq))

    def push(self, frame: bytes, *, text_seq: int | None = None, event_seq: int | None = None) -> None:
        """Send a frame that must arrive. A socket that does not take even those is closed."""
        self._put(_Outgoing(frame, False, text_seq, event_seq))
        if len(self._outbox) > 2 * limits().outbox_frames:
            self.close(CloseCode.TOO_SLOW)

    def offer(self, frame: bytes, *, text_seq: int | None = None, event_seq: int | None = None) -> None:
        """Send a frame that can be had again from the log or the events, unless the socket lags."""
        if self.lags:
            return
        is_full = len(self._outbox) >= limits().outbox_frames or self._outbox_bytes + len(frame) > limits().outbox_bytes
        if is_full and self._outbox:
            self._start_lagging()
        else:
            self._put(_Outgoing(frame, True, text_seq, event_seq))

    def hold(self) -> bool:
        """Gather what is sent until `release`, so that it goes out with one call of the system. False: it does."""
        if self._held is not None:
            return False
        self._held = []
        return True

    def release(self) -> None:
        """Send what was gathered."""
        held, self._held = self._held or [], None
        write = self._write if len(held) > 1 and self._rests else None
        if write is not None and write(b"".join([framed(outgoing.frame) for outgoing in held])):
            for outgoing in held:
                self._note_sent(outgoing)
            return
        for outgoing in held:
            self._send_or_keep(outgoing)

    def wrote(self, text_seq: int | None) -> None:
        """All text that is new up to this number is its own: it has that, and is not sent it."""
        if text_seq is not None and not self.lags and self.is_open:
            own = _Outgoing(b"", True, text_seq, None)
            self._move_cursors(own)
            if self._rests and not self._held:
                self._note_sent(own)

    def close(self, code: int) -> None:
        """Close once what is in the outbox, if it is not too much, has gone out."""
        if self._closing is None:
            self._closing = code
            self._wake()

    async def wait_closed(self, within_seconds: float) -> None:
        """Wait until nothing more goes out, but not for ever."""
        await asyncio.wait((self.sender,), timeout=within_seconds)

    def drop(self) -> None:
        """Forget everything: the other end is gone, or takes nothing."""
        self.sender.cancel()
        self._write, self.on_caught_up = None, lambda: None  # they hold this socket
        self._outbox.clear()
        if self._stuck is not None:
            self._stuck.sending.close()

    def close_or_drop(self, code: int) -> None:
        """Close; the second time, when even the close does not go out, drop."""
        if self._closing is None:
            self.close(code)
        else:
            self.drop()

    def caught_up(self) -> None:
        """The hub has sent what came after the cursors."""
        self.lags_since = None

    def _start_lagging(self) -> None:
        self.lags_since = time.monotonic()
        self.text_seq, self.event_seq = self._sent
        self._outbox = deque(outgoing for outgoing in self._outbox if not outgoing.is_droppable)
        self._outbox_bytes = sum(len(outgoing.frame) for outgoing in self._outbox)
        self._measure()

    def _put(self, outgoing: _Outgoing) -> None:
        if not self.is_open:
            return
        self._move_cursors(outgoing)
        if self._held is not None and self._rests:
            self._held.append(outgoing)
        else:
            self._send_or_keep(outgoing)

    def _move_cursors(self, outgoing: _Outgoing) -> None:
        if outgoing.text_seq is not None and outgoing.text_seq > self.text_seq:
            self.text_seq = outgoing.text_seq
        if outgoing.event_seq is not None and outgoing.event_seq > self.event_seq:
            self.event_seq = outgoing.event_seq

    def _send_or_keep(self, outgoing: _Outgoing) -> None:
        if self._rests:
            self._send_at_once(outgoing)
        else:
            self._outbox.append(outgoing)
            self._outbox_bytes += len(outgoing.frame)
            self._measure()

    def _send_at_once(self, outgoing: _Outgoing) -> None:
        """Write, or step the sending, here: unless the other end is slow it never waits, and a task's turn is dear."""
        if self._write is not None and self._write(framed(outgoing.frame)):
            self._note_sent(outgoing)
            return
        sending = self._send({"type": "websocket.send", "bytes": outgoing.frame})
        try:
            waits_for = sending.send(None)
        except StopIteration:
            self._note_sent(outgoing)
        except Exception:  # each server has its own way of saying that the other end is gone
            logger.debug("Socket %s is gone.", self.id, exc_info=True)
            self._is_gone = True
            self._wake()
        else:
            self._stuck = _Stuck(sending, waits_for, outgoing)
            self._in_flight_bytes = len(outgoing.frame)
            self._measure()
            self._wake()

    def _wake(self) -> None:
        self._rests = False
        self._wakes.set()

    def promise(self, answer_bytes: int) -> None:
        """Count an answer that waits for something to be durable; with a negative number, one that waits no more."""
        self._promised_bytes += answer_bytes
        self._measure()

    def _measure(self) -> None:
        if self._outbox_bytes + self._in_flight_bytes + self._promised_bytes <= limits().outbox_bytes:
            self._has_room.set()
        else:
            self._has_room.clear()

    async def _send_out(self) -> None:
        try:
            while not self._is_gone:
                await self._send_what_waits()
                if self._closing is not None:
                    await self._send({"type": "websocket.close", "code": int(self._closing)})
                    return
                if self.lags:
                    self.on_caught_up()
                self._wakes.clear()
                if not self._outbox and self._closing is None:
                    self._rests = True
                    await self._wakes.wait()
                    self._rests = False
        except Exception:  # each server has its own way of saying that the other end is gone
            logger.debug("Socket %s is gone.", self.id, exc_info=True)

    async def _send_what_waits(self) -> None:
        if self._stuck is not None:
            sending, waits_for, outgoing = self._stuck
            await _go_on(sending, waits_for)
            self._stuck = None
            self._took_in_flight(outgoing)
        while self._outbox:
            outgoing = self._outbox.popleft()
            self._in_flight_bytes = len(outgoing.frame)
            self._outbox_bytes -= self._in_flight_bytes
            await self._send({"type": "websocket.send", "bytes": outgoing.frame})
            self._took_in_flight(outgoing)

    def _took_in_flight(self, outgoing: _Outgoing) -> None:
        self._in_flight_bytes = 0
        self._measure()
        self._note_sent(outgoing)

    def _note_sent(self, outgoing: _Outgoing) -> None:
        if outgoing.text_seq is not None or outgoing.event_seq is not None:
            text_seq, event_seq = self._sent
            self._sent = (max(text_seq, outgoing.text_seq or 0), max(event_seq, outgoing.event_seq or 0))


@coroutine
def _go_on(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Carry a sending on that was stepped up to where it waits for something."""
    try:
        yield waits_for
    except BaseException:
        sending.close()
        raise
    yield from sending
