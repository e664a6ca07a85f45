"""The outbox of a socket: order, overflow, cursors, closing."""

import asyncio
import uuid

from collab import protocol
from collab.consumer import _until_either_ends
from collab.fanout import Fanout
from collab.limits import limits
from collab.protocol import CloseCode
from collab.socket import Socket
from collab.updates import merge
from collab.wire import framed
from proposals.access import Actor, Visitor

MAYA = Actor(uuid.uuid4(), "seller", "editor", True, "Maya", "M", "Northlight Studio")


class OtherEnd:
    """Takes messages when its gate is open and it is not gone."""

    def __init__(self) -> None:
        self.messages: list = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_gone = False

    async def send(self, message) -> None:
        await self.gate.wait()
        if self.is_gone:
            raise ConnectionResetError
        self.messages.append(message.get("bytes", message.get("code")))

    async def has(self, count: int) -> list:
        async with asyncio.timeout(120):
            while len(self.messages) < count:
                await asyncio.sleep(0)
        return self.messages


def run(scenario, **options) -> None:
    async def within() -> None:
        other_end = OtherEnd()
        socket = Socket(other_end.send, visitor=Visitor(), actor=MAYA, extended=True, **options)
        try:
            await scenario(socket, other_end)
        finally:
            socket.drop()

    asyncio.run(within())


def test_frames_go_out_in_order_and_the_close_comes_last():
    async def scenario(socket, other_end):
        socket.push(b"1")
        socket.offer(b"2")
        socket.close(CloseCode.RESTART)
        socket.push(b"too late")
        assert await other_end.has(3) == [b"1", b"2", CloseCode.RESTART]
        await socket.wait_closed(120)
        assert not socket.is_open

    run(scenario)


def test_what_came_before_the_other_end_went_is_acted_on():
    async def scenario(socket, other_end):
        acted_on = []

        async def conversation() -> None:
            while socket.is_open:
                await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            acted_on.append("last words")

        other_end.is_gone = True
        socket.push(b"nobody gets this")
        await _until_either_ends(asyncio.create_task(conversation()), socket)
        assert socket.is_listened_to
        assert acted_on == ["last words"]

    run(scenario)


def test_an_outbox_that_overflows_drops_what_can_be_had_again_and_its_cursors_go_back():
    async def scenario(socket, other_end):
        asked: list[bool] = []
        socket.on_caught_up = lambda: asked.append(True)
        socket.begin_at(10, 3)
        socket.offer(b"sent", text_seq=11)
        await other_end.has(1)
        other_end.gate.clear()
        for number in range(limits().outbox_frames + 2):
            socket.offer(b"text", text_seq=12 + number, event_seq=4 + number)
        socket.push(b"saved")
        assert socket.lags
        assert (socket.text_seq, socket.event_seq) == (11, 3)
        socket.offer(b"not for a socket that lags", text_seq=999)
        assert asked == []
        other_end.gate.set()
        assert (await other_end.has(2))[-1] == b"saved" or (await other_end.has(3))[-1] == b"saved"
        async with asyncio.timeout(120):
            while not asked:
                await asyncio.sleep(0)
        socket.caught_up()
        socket.offer(b"again", text_seq=400)
        assert socket.text_seq == 400

    run(scenario)


def test_an_outbox_of_too_many_bytes_overflows_too():
    async def scenario(socket, other_end):
        other_end.gate.clear()
        socket.offer(b"x" * limits().outbox_bytes)
        await asyncio.sleep(0)
        socket.offer(b"x" * limits().outbox_bytes)
        socket.offer(b"y")
        assert socket.lags

    run(scenario)


def test_one_frame_larger_than_the_outbox_still_goes_out():
    async def scenario(socket, other_end):
        socket.offer(b"x" * (limits().outbox_bytes + 1))
        assert len((await other_end.has(1))[0]) == limits().outbox_bytes + 1

    run(scenario)


def test_a_socket_that_does_not_even_take_what_must_arrive_is_closed():
    async def scenario(socket, other_end):
        other_end.gate.clear()
        for _ in range(2 * limits().outbox_frames + 2):
            socket.push(b"saved")
        assert not socket.is_open

    run(scenario)


def test_frames_are_settled_in_order():
    async def scenario(socket, other_end):
        for frame, settled in [(1, 1), (3, 1), (4, 1), (2, 4), (0, 4), (2, 4), (5, 5)]:
            socket.settle(frame)
            assert socket.settled == settled

    run(scenario)


def test_an_end_that_is_gone_ends_the_sending():
    async def scenario(socket, other_end):
        async def gone(message):
            raise RuntimeError("the other end is gone")

        socket._send = gone
        socket.push(b"1")
        await socket.wait_closed(120)
        assert not socket.is_open
        socket.push(protocol.KEEP_ALIVE)

    run(scenario)


def test_the_head_is_told_to_nobody_who_lacks_what_came_before():
    async def scenario(socket, other_end):
        head = protocol.encode_head(7)
        socket.offer(b"update 7")
        socket.tell_head(head)
        socket.push(b"what it asked for")
        socket.now_level(7)
        socket.tell_head(protocol.encode_head(8))
        socket.now_level(8)
        assert await other_end.has(4) == [b"update 7", b"what it asked for", head, protocol.encode_head(8)]

    run(scenario)


class WireEnd:
    """Takes framed messages at once, as long as it is open."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.is_open = True

    def write(self, frame: bytes) -> bool:
        if self.is_open:
            self.writes.append(frame)
        return self.is_open


async def at_rest(socket) -> None:
    """Until its sender has nothing to do, so that frames go out at once."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_what_is_held_goes_out_with_one_write():
    wire = WireEnd()

    async def scenario(socket, other_end):
        await at_rest(socket)
        assert socket.hold()
        assert not socket.hold()
        socket.push(b"saved")
        socket.offer(b"text", text_seq=7)
        assert wire.writes == []
        socket.release()
        assert wire.writes == [framed(b"saved") + framed(b"text")]
        socket.release()
        socket.hold()
        socket.release()
        socket.push(b"alone")
        assert wire.writes[1:] == [framed(b"alone")]
        assert (socket.text_seq, other_end.messages) == (7, [])

    run(scenario, write=wire.write)


def test_what_was_held_and_cannot_be_written_goes_out_in_order_before_the_close():
    wire = WireEnd()

    async def scenario(socket, other_end):
        await at_rest(socket)
        wire.is_open = False
        socket.hold()
        socket.push(b"1")
        socket.push(b"2")
        socket.close(CloseCode.RESTART)
        socket.release()
        assert await other_end.has(3) == [b"1", b"2", CloseCode.RESTART]
        assert wire.writes == []

    run(scenario, write=wire.write)


def test_an_only_author_is_not_sent_what_is_its_own():
    """It is told that it is saved, and how far the text goes; everybody else gets the text."""

    async def within() -> None:
        wires = [WireEnd(), WireEnd()]
        sockets = [
            Socket(OtherEnd().send, visitor=Visitor(), actor=MAYA, extended=True, write=wire.write) for wire in wires
        ]
        author, reader = sockets
        seqs = [0]
        fanout = Fanout(lambda: sockets, lambda: seqs[0], lambda frame: None)
        for socket in sockets:
            await at_rest(socket)
            socket.now_level(0)
        first, second = b"\x00\x00", b"\x00\x00"
        seqs[0] = 1
        fanout.text(first, author.id)
        fanout.send_soon()
        head = framed(protocol.encode_head(1))
        assert wires[0].writes == [head]
        assert wires[1].writes == [framed(protocol.encode_update(first)) + head]
        assert (author.text_seq, reader.text_seq) == (1, 1)
        seqs[0] = 3
        fanout.text(first, author.id)
        fanout.text(second, reader.id)
        fanout.send_soon()
        async with asyncio.timeout(30):
            while reader.text_seq < 3:
                await asyncio.sleep(0.001)
        text = framed(protocol.encode_update(merge([first, second])))
        assert [wire.writes[1][: len(text)] for wire in wires] == [text, text]  # the head may follow at once
        fanout.stop()
        for socket in sockets:
            socket.drop()

    asyncio.run(within())


def test_a_socket_that_lags_is_owed_what_it_wrote_with_the_rest():
    async def scenario(socket, other_end):
        socket.begin_at(10, 3)
        other_end.gate.clear()
        for _ in range(limits().outbox_frames + 2):
            socket.offer(b"text", text_seq=11)
        assert socket.lags
        socket.wrote(12)
        assert socket.text_seq == 10
        other_end.gate.set()

    run(scenario)
