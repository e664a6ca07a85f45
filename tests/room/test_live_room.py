"""Two people in a room, against a real server: text, acknowledgement, presence, events, returning."""

import uuid

import pycrdt

from accounts.tickets import make_room_ticket
from collab.models import ClientId, Update
from collab.protocol import FrameType, SyncType
from proposals.access import Visitor, proposal_for
from proposals.actions import sections
from proposals.models import AuditEvent
from proposals.prose import from_markdown, to_text
from proposals.text import port
from tests.room.client import RoomClient


def log_of(proposal) -> list[tuple]:
    rows = Update.objects.filter(room__proposal=proposal).order_by("seq")
    return [(row.seq, row.actor, row.side, row.origin) for row in rows]


def test_what_one_types_the_other_sees(enter, proposal, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.type(root, "Hello ")
    other.wait_until(lambda: other.read(root) == from_markdown("Hello&#32;"))
    other.type(root, "there")
    one.wait_until(lambda: one.read(root) == other.read(root) == from_markdown("Hello there"))
    other.wait_until(lambda: other.saved == other.sent)
    assert log_of(proposal) == [(1, None, "", "system"), (2, maya, "seller", "ws"), (3, tomas, "client", "ws")]


def test_the_greeting(enter, proposal, maya, root):
    hello = enter(maya).receive()
    assert hello.type is FrameType.HELLO
    assert {key: hello.payload[key] for key in ("protocol", "room", "epoch", "seq", "role", "schema", "event")} == {
        "protocol": 1, "room": str(proposal.id), "epoch": 1, "seq": 1, "role": "editor", "schema": 1, "event": 0,
    }  # fmt: skip
    assert hello.payload["limits"]["frame_bytes"] == 1024 * 1024


def test_saved_counts_every_frame_and_means_durable(enter, proposal, maya, root):
    client = enter(maya).sync()
    before = client.sent
    for letter in "durable":
        client.type(root, letter)
    client.send_update(b"\x00\x00")
    client.send_update(client.document.get_update())
    client.wait_until(lambda: client.saved == before + 9)
    assert client.saved_seq == 8
    assert len(log_of(proposal)) == 8


def test_the_head_follows_the_text(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    for letter in "abc":
        one.type(root, letter)
    other.wait_until(lambda: other.head == 4)
    assert other.read(root) == from_markdown("abc")


def test_a_returning_document_brings_what_was_written_offline(enter, proposal, maya, tomas, root):
    one = enter(maya).sync()
    one.type(root, "first ")
    one.wait_until(lambda: one.saved == one.sent)
    one.close()
    other = enter(tomas).sync()
    other.type(root, "second ")
    offline = one.document
    with offline.transaction():
        text = offline.get(root, type=pycrdt.XmlFragment).children[0].children[0]
        text.insert(len(text), "offline ")
    back = enter(maya, document=offline).sync()
    other.wait_until(lambda: "offline" in str(other.read(root)))
    assert back.read(root) == other.read(root)
    assert sorted(back.read(root)["content"][0]["content"][0]["text"].split()) == ["first", "offline", "second"]
    rows = log_of(proposal)
    enter(maya, document=back.document).sync()
    assert log_of(proposal) == rows


def test_a_plain_client_needs_nothing_but_the_plain_protocol(enter, maya, tomas, root):
    plain, other = enter(maya, extended=False), enter(tomas).sync()
    plain.sync()
    plain.type(root, "plain")
    other.wait_until(lambda: other.read(root) == from_markdown("plain"))
    other.type(root, " too")
    plain.wait_until(lambda: plain.read(root) == from_markdown("plain too"))
    assert {frame.type for frame in plain.frames} <= {FrameType.SYNC, FrameType.AWARENESS}


def test_identity_comes_from_the_session(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.send_presence(77, 1, {"user": {"name": "Tomás", "id": str(tomas.id)}, "cursor": {"at": 5}})
    other.wait_until(lambda: 77 in other.presence)
    assert other.presence[77] == {
        "cursor": {"at": 5},
        "user": {
            "id": str(maya.id), "name": "Maya Lindqvist", "initials": "ML", "side": "seller", "color": "#24509e",
        },
    }  # fmt: skip


def test_nobody_speaks_for_anothers_carets(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.send_presence(77, 1, {"cursor": 1})
    other.wait_until(lambda: 77 in other.presence)
    other.send_presence(77, 9, {"cursor": "stolen"})
    other.send_presence(88, 1, {"cursor": 2})
    one.wait_until(lambda: 88 in one.presence)
    assert one.presence[77]["cursor"] == 1
    latecomer = enter(tomas)
    latecomer.wait_until(lambda: {77, 88} <= latecomer.presence.keys())
    assert latecomer.presence[77]["user"]["id"] == str(maya.id)


def test_carets_go_with_the_socket(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.send_presence(77, 1, {"cursor": 1})
    other.wait_until(lambda: other.presence.get(77) is not None)
    one.close()
    other.wait_until(lambda: other.presence[77] is None)


def test_a_change_by_form_arrives_as_an_event_with_fragments(enter, proposal, maya, tomas, root):
    client = enter(tomas).sync()
    _, actor = proposal_for(Visitor(user=maya), proposal.id)
    sections.add_section(by=actor, title="A new section")
    event = client.wait_for_event("section.added")
    assert (event["seq"], event["actor"]["name"], event["actor"]["side"]) == (1, "Maya Lindqvist", "seller")
    assert "A new section" in "".join(fragment["html"] for fragment in event["fragments"])
    assert "A new section" in event["announce"]


def test_text_written_by_form_is_merged_into_open_documents(enter, proposal, maya, tomas, root):
    client = enter(tomas).sync()
    client.type(root, "One. Two.")
    client.wait_until(lambda: client.saved == client.sent)
    _, actor = proposal_for(Visitor(user=maya), proposal.id)
    sections.write_text(
        by=actor, section_id=root.removeprefix("section:"), text=from_markdown("One. **2**. Three."), replace=True
    )
    client.wait_until(lambda: client.read(root) == from_markdown("One. **2**. Three."))
    assert log_of(proposal)[-1] == (3, maya, "seller", "rest")


def test_no_letter_is_lost_of_what_is_typed_while_a_program_writes(enter, proposal, maya, tomas, root):
    client = enter(tomas).sync()
    client.type(root, "We begin.")
    client.wait_until(lambda: client.saved == client.sent)
    _, actor = proposal_for(Visitor(user=maya), proposal.id)
    key, read_at = uuid.UUID(root.removeprefix("section:")), port().head(proposal)
    for letter in "typed":
        client.type(root, letter)
    text = from_markdown("We begin **in May**.")
    sections.write_text(by=actor, section_id=key, text=text, seq=read_at)
    for letter in "meanwhile":
        client.type(root, letter)
    client.wait_until(lambda: client.saved == client.sent and "in May" in to_text(client.read(root)))
    committed = port().read(proposal, [key]).of(key)
    client.wait_until(lambda: client.read(root) == committed)
    assert to_text(committed).startswith("We begin in May")
    assert sorted(to_text(committed).strip()) == sorted("We begin in May.typedmeanwhile")


def test_a_quiet_section_tells_its_fingerprint(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.type(root, "settled")
    for client in (one, other):
        event = client.wait_for_event("section.settled")
        assert (event["section"], event["text_seq"]) == (root, 2)
        assert event["fingerprint"].startswith("v1:")
        assert "seq" not in event


def test_editing_is_noted_once_a_minute_for_each_author_and_section(enter, proposal, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    for client in (one, other, one, other):
        client.type(root, "x")
        client.wait_until(lambda client=client: client.saved == client.sent)
    told = AuditEvent.objects.filter(proposal=proposal, type="section.edited")
    minutes = {event.created_at.replace(second=0, microsecond=0) for event in told}
    authors = [event.content.actor for event in told.order_by("number")[:2]]
    assert authors == [maya, tomas]
    assert told.count() <= 2 * len(minutes)


def test_a_returning_client_gets_the_events_it_missed(enter, proposal, maya, tomas, root):
    _, actor = proposal_for(Visitor(user=maya), proposal.id)
    for title in ("One", "Two", "Three"):
        sections.add_section(by=actor, title=title)
    client = enter(tomas)
    assert client.receive().payload["event"] == 3
    client.send(b"\x7e\x00\x01")
    assert [client.wait_for_event("section.added")["seq"] for _ in range(2)] == [2, 3]


def test_a_returning_client_may_resume_the_text(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.type(root, "a")
    other.wait_until(lambda: other.head == 2)
    other.close()
    one.type(root, "b")
    one.wait_until(lambda: one.saved == one.sent)
    back = enter(tomas, document=other.document)
    back.wait_for_type(FrameType.HELLO)
    back.send(b"\x7e\x02\x00")
    back.wait_until(lambda: back.head == 3)
    assert back.read(root) == from_markdown("ab")
    assert not any(frame.sync is SyncType.STEP2 for frame in back.frames)


def test_a_ticket_and_a_token_open_the_room_without_a_page(server, proposal, maya, root):
    ticket, _ = make_room_ticket(proposal_id=proposal.id, user_id=maya.id)
    by_ticket = RoomClient(server.host, proposal.id, query=f"?ticket={ticket}").sync()
    by_ticket.type(root, "by ticket")
    by_ticket.wait_until(lambda: by_ticket.saved == by_ticket.sent)
    by_ticket.close()
    assert Update.objects.get(room__proposal=proposal, seq=2).actor == maya


def test_a_client_id_belongs_to_the_person_not_the_socket(enter, proposal, maya, root):
    one = enter(maya).sync()
    one.type(root, "a")
    one.wait_until(lambda: one.saved == one.sent)
    again = enter(maya, document=one.document).sync()
    again.type(root, "b")
    again.wait_until(lambda: again.saved == again.sent)
    owners = ClientId.objects.filter(room__proposal=proposal, user=maya)
    assert [owner.client_id for owner in owners] == [one.document.client_id]


def test_an_update_before_its_forerunners_is_asked_for_again(enter, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one._changes.clear()
    text = one.document.get(root, type=pycrdt.XmlFragment).children[0]
    text.children.append(pycrdt.XmlText("a"))
    text.children[0].insert(1, "b")
    number = one.send_update(one._changes[-1])
    rejected = one.wait_for_type(FrameType.REJECTED)
    assert rejected.payload[:2] == (number, 2)
    one.wait_for(lambda got: got.sync is SyncType.STEP1)
    other.wait_until(lambda: other.read(root) == from_markdown("ab"))
    one.wait_until(lambda: one.saved == one.sent)
