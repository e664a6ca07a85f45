"""Sending to everybody in a room: text in merged frames, presence at most ten times a second.

An idle room sends at once. In a busy one updates gather for about ten times as long as the last round of sending
took, so a crowd gets a few frames a second instead of one per letter and person. Everybody gets the same bytes, the
sender included: a Yjs client takes no harm from its own echo.
"""

import asyncio
from collections.abc import Callable, Collection
from typing import Final

from collab import protocol
from collab.presence import Presence
from collab.socket import Socket
from collab.updates import merge

_GATHERED_FOR: Final = 10.0
"""How many times as long as the last round took to send updates gather for the next: sending to a crowd takes a tenth
of a processor, and two people wait for nothing."""

_LONGEST_GATHER_SECONDS: Final = 0.025
_UPDATES_PER_FRAME: Final = 64
_PRESENCE_PAUSE_SECONDS: Final = 0.1
_HEAD_FOLLOWS_WITHIN_SECONDS: Final = 0.2
"""A client needs the head to return and to agree, not to read: one serves all frames of a moment, and goes out with
the next frame of somebody who writes on."""


class Fanout:
    """What waits to be sent to the sockets of one room in this worker. They were sent the text up to `sent_seq`."""

    def __init__(
        self,
        sockets: Callable[[], Collection[Socket]],
        text_seq: Callable[[], int],
        tell_others: Callable[[bytes], None],
    ) -> None:
        self._sockets = sockets
        self._text_seq = text_seq
        self._tell_others = tell_others
        self._loop = asyncio.get_running_loop()
        self.presence = Presence()
        self.sent_seq = text_seq()
        self._payloads: list[bytes] = []
        self._authors: set[str] = set()
        self._text_timer: asyncio.Handle | None = None
        self._text_sent_at = 0.0
        self._text_took = 0.0
        self._head_timer: asyncio.Handle | None = None
        self._head_sent_at = 0.0
        self._presence_timer: asyncio.Handle | None = None
        self._presence_sent_at = 0.0

    def text(self, payload: bytes, author: str = "") -> None:
        """Send a committed update, of the socket with this id, when `send_soon` is called next."""
        self._payloads.append(payload)
        self._authors.add(author)

    def send_soon(self) -> None:
        """Send the text that has come, now, or after what others write meanwhile in a busy room."""
        if self._payloads and self._text_timer is None:
            pause = min(_LONGEST_GATHER_SECONDS, _GATHERED_FOR * self._text_took)
            if self._text_sent_at + pause <= self._loop.time():
                self._send_text()
            else:
                self._text_timer = self._loop.call_at(self._text_sent_at + pause, self._send_text)

    def presence_changed(self, *, told_by_other: bool = False) -> None:
        """Send changed presence soon; not back to the workers that told about it."""
        if told_by_other:
            self._send_presence_here()
        elif self.presence.has_changes and self._presence_timer is None:
            self._presence_timer = self._soon(self._presence_sent_at + _PRESENCE_PAUSE_SECONDS, self._send_presence)

    def all(self, frame: bytes, *, extended_only: bool = False) -> None:
        """Send a frame to everybody now."""
        if extended_only:
            self._send_head()
        for socket in self._sockets():
            if socket.extended or not extended_only:
                socket.offer(frame)

    def stop(self) -> None:
        """Send nothing more."""
        for timer in (self._text_timer, self._head_timer, self._presence_timer):
            if timer is not None:
                timer.cancel()

    def _soon(self, at: float, send: Callable[[], None]) -> asyncio.Handle:
        return self._loop.call_soon(send) if at <= self._loop.time() else self._loop.call_at(at, send)

    def _send_text(self) -> None:
        """Send the next frame to everybody; to an only author nothing is new in it."""
        self._text_timer = None
        started = self._loop.time()
        payloads, self._payloads = self._payloads[:_UPDATES_PER_FRAME], self._payloads[_UPDATES_PER_FRAME:]
        frame = protocol.encode_update(merge(payloads))
        text_seq = self._text_seq() if not self._payloads else None
        author = next(iter(self._authors)) if len(self._authors) == 1 else ""
        head = self._head_with(text_seq, started)
        for socket in self._sockets():
            is_holding = head is not None and socket.hold()
            if author and socket.id == author:
                socket.wrote(text_seq)
            else:
                socket.offer(frame, text_seq=text_seq)
            if head is not None and socket.extended:
                socket.tell_head(head)
            if is_holding:
                socket.release()
        self._text_sent_at = self._loop.time()
        self._text_took = self._text_sent_at - started
        if self._payloads:
            self._text_timer = self._loop.call_soon(self._send_text)
        else:
            self._authors.clear()

    def _head_with(self, text_seq: int | None, now: float) -> bytes | None:
        """The head to be sent with text up to this number, if the last one was long ago; or it follows."""
        if text_seq is None:
            return None
        self.sent_seq = text_seq
        if now - self._head_sent_at < _HEAD_FOLLOWS_WITHIN_SECONDS:
            if self._head_timer is None:
                self._head_timer = self._loop.call_later(_HEAD_FOLLOWS_WITHIN_SECONDS, self._send_head)
            return None
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self._head_sent_at = now
        return protocol.encode_head(text_seq)

    def _send_head(self) -> None:
        """Say how far the text that was sent goes, if that has not been said."""
        if self._head_timer is None:
            return
        self._head_timer.cancel()
        self._head_timer = None
        self._head_sent_at = self._loop.time()
        head = protocol.encode_head(self.sent_seq)
        for socket in self._sockets():
            if socket.extended:
                socket.tell_head(head)

    def _send_presence(self) -> None:
        self._presence_timer = None
        self._presence_sent_at = self._loop.time()
        frame = self._send_presence_here()
        if frame:
            self._tell_others(frame)

    def _send_presence_here(self) -> bytes:
        changes = self.presence.take_changes()
        if not changes:
            return b""
        frame = protocol.encode_awareness(changes)
        self.all(frame)
        return frame
