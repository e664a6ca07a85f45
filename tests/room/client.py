"""A client of the room for tests: speaks the protocol frame by frame and keeps a Yjs document."""

import contextlib
import json
import socket
import time
from dataclasses import dataclass
from typing import Any

import pycrdt
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from collab.lib0 import Decoder, encode_bytes, encode_string, encode_varuint
from collab.projection import read_section
from collab.protocol import SUBPROTOCOL, FrameType, SyncType

WAIT_SECONDS = 120


@dataclass(frozen=True)
class Received:
    """A frame from the server: its type, and what it says."""

    type: FrameType
    sync: SyncType | None = None
    payload: Any = None


def read_frame(frame: bytes) -> Received:
    decoder = Decoder(frame)
    kind = FrameType(decoder.read_varuint())
    if kind is FrameType.SYNC:
        received = Received(kind, SyncType(decoder.read_varuint()), decoder.read_bytes())
    elif kind is FrameType.AWARENESS:
        received = Received(kind, payload=_presence(Decoder(decoder.read_bytes())))
    elif kind is FrameType.AUTH:
        assert decoder.read_varuint() == 0
        received = Received(kind, payload=decoder.read_string())
    elif kind is FrameType.SAVED:
        received = Received(kind, payload=(decoder.read_varuint(), decoder.read_varuint()))
    elif kind is FrameType.REJECTED:
        received = Received(kind, payload=(decoder.read_varuint(), decoder.read_varuint(), decoder.read_string()))
    elif kind is FrameType.HEAD:
        received = Received(kind, payload=decoder.read_varuint())
    else:
        received = Received(kind, payload=json.loads(decoder.read_string()))
    decoder.finish()
    return received


def _presence(body: Decoder) -> dict[int, Any]:
    states = {}
    for _ in range(body.read_varuint()):
        client_id, _clock = body.read_varuint(), body.read_varuint()
        states[client_id] = json.loads(body.read_string())
    return states


class RoomClient:
    """A socket with a document. `saved` is how many frames the server has settled, at number `saved_seq`."""

    def __init__(
        self,
        host: str,
        proposal_id: object,
        headers: dict[str, str] | None = None,
        *,
        extended: bool = True,
        document: pycrdt.Doc | None = None,
        query: str = "",
        sock: socket.socket | None = None,
    ) -> None:
        self.document = document or pycrdt.Doc()
        self.sent = self.saved = self.saved_seq = self.head = 0
        self.frames: list[Received] = []
        self.presence: dict[int, Any] = {}
        self._changes: list[bytes] = []
        self.document.observe(lambda event: self._changes.append(event.update))
        self._closing = contextlib.ExitStack()
        connecting = connect(
            f"ws://{host}/ws/proposals/{proposal_id}{query}",
            additional_headers=headers or {},
            subprotocols=[SUBPROTOCOL] if extended else None,
            proxy=None,
            max_size=None,
            open_timeout=WAIT_SECONDS,
            ping_interval=None,
            compression=None,
            close_timeout=0.5,  # unread frames hide the answer to a close
            sock=sock,
        )
        self.socket = self._closing.enter_context(connecting)

    # --- sending

    def send(self, frame: bytes | str) -> None:
        self.socket.send(frame)

    def send_step1(self) -> None:
        self.send(b"\x00\x00" + encode_bytes(self.document.get_state()))

    def send_update(self, update: bytes, kind: SyncType = SyncType.UPDATE) -> int:
        """Send an update; gives which step 2 or update frame of this socket it is."""
        self.send(bytes((0, kind)) + encode_bytes(update))
        self.sent += 1
        return self.sent

    def send_presence(self, client_id: int, clock: int, state: Any) -> None:
        body = encode_varuint(1) + encode_varuint(client_id) + encode_varuint(clock) + encode_string(json.dumps(state))
        self.send(b"\x01" + encode_bytes(body))

    def edit(self, change: Any) -> int:
        """Change the document in one transaction and send it."""
        self._changes.clear()
        with self.document.transaction():
            change(self.document)
        (update,) = self._changes
        return self.send_update(update)

    def type(self, root: str, letters: str) -> int:
        """Append letters to the first paragraph of a section."""

        def change(document: pycrdt.Doc) -> None:
            text = first_text(document, root)
            text.insert(len(text), letters)

        return self.edit(change)

    # --- receiving

    def receive(self, timeout: float = WAIT_SECONDS) -> Received:
        frame = self.socket.recv(timeout)
        assert isinstance(frame, bytes)
        received = read_frame(frame)
        self.frames.append(received)
        if received.type is FrameType.SYNC and received.sync is SyncType.STEP1:
            self.send_update(self.document.get_update(received.payload), SyncType.STEP2)
        elif received.type is FrameType.SYNC:
            self.document.apply_update(received.payload)
        elif received.type is FrameType.SAVED:
            self.saved, self.saved_seq = received.payload
        elif received.type is FrameType.HEAD:
            self.head = received.payload
        elif received.type is FrameType.AWARENESS:
            self.presence.update(received.payload)
        return received

    def wait_for(self, condition: Any) -> Received:
        """Receive until `condition(frame)` holds."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            received = self.receive(deadline - time.monotonic())
            if condition(received):
                return received

    def wait_until(self, condition: Any) -> None:
        """Receive until `condition()` holds."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            self.receive(deadline - time.monotonic())

    def wait_for_type(self, kind: FrameType) -> Received:
        return self.wait_for(lambda received: received.type is kind)

    def wait_for_event(self, event_type: str) -> dict[str, Any]:
        found = self.wait_for(lambda got: got.type is FrameType.EVENT and got.payload["type"] == event_type)
        return found.payload

    def listen_for(self, seconds: float) -> None:
        """Take in what comes for a while."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            while True:
                self.receive(deadline - time.monotonic())

    def sync(self) -> "RoomClient":
        """Get what the server has, give it what it lacks, and wait until that is durable (extended mode)."""
        self.send_step1()
        self.wait_for(lambda got: got.sync is SyncType.STEP2)
        self.wait_for(lambda got: got.sync is SyncType.STEP1)
        if self.socket.subprotocol:
            self.wait_until(lambda: self.saved == self.sent)
        return self

    def wait_for_close(self) -> int:
        """Receive until the server closes; gives its code."""
        deadline = time.monotonic() + WAIT_SECONDS
        with contextlib.suppress(ConnectionClosed):
            while True:
                self.receive(deadline - time.monotonic())
        return self.socket.close_code

    def read(self, root: str) -> dict[str, Any]:
        return read_section(self.document, root)

    def close(self) -> None:
        self._closing.close()


def first_text(document: pycrdt.Doc, root: str) -> pycrdt.XmlText:
    """The first text of a section, made if the paragraph is empty."""
    paragraph = document.get(root, type=pycrdt.XmlFragment).children[0]
    if len(paragraph.children) == 0:
        paragraph.children.append(pycrdt.XmlText())
    return paragraph.children[0]
