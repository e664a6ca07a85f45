"""The outbox of a socket: order, overflow, cursors, closing."""

import asyncio
import uuid

from collab import protocol
from collab.limits import limits
from collab.protocol import CloseCode
from collab.socket import Socket
from proposals.access import Actor, Visitor

MAYA = Actor(uuid.uuid4(), "seller", "editor", True, "Maya", "M", "Northlight Studio")


class OtherEnd:
    """Takes messages when its gate is open."""

    def __init__(self) -> None:
        self.messages: list = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, message) -> None:
        await self.gate.wait()
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
