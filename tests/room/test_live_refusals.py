"""Who may not write, and what is not an update. Others never notice, the log never changes."""

import contextlib

import pycrdt
import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed

from accounts.models import ApiToken
from collab.lib0 import encode_varuint
from collab.models import Update
from collab.protocol import CloseCode, FrameType, Rejection, SyncType
from proposals.access import Visitor, proposal_for
from proposals.actions import participants, proposals, sections
from proposals.exceptions import WrongState
from proposals.models import Participant, Proposal
from proposals.prose import from_markdown
from proposals.states import State
from proposals.views.visitor import SESSION_KEY
from tests import factories
from tests.room import yjs
from tests.room.client import RoomClient
from tests.room.conftest import seed, session_of


def rows_of(proposal) -> list[bytes]:
    return [bytes(row.payload) for row in Update.objects.filter(room__proposal=proposal).order_by("seq")]


def actor_of(user, proposal):
    return proposal_for(Visitor(user=user), proposal.id)[1]


# --- who may not write --------------------------------------------------------------------------------------------


def assert_refused(client: RoomClient, proposal, root: str, code: Rejection) -> None:
    """Neither an update nor a step 2 of this client changes the log; each is answered with the code."""
    client.sync()
    rows = rows_of(proposal)
    typed = client.type(root, "refused")
    assert client.wait_for_type(FrameType.REJECTED).payload[:2] == (typed, code)
    answered = client.send_update(client.document.get_update(), SyncType.STEP2)
    assert client.wait_for_type(FrameType.REJECTED).payload[:2] == (answered, code)
    assert rows_of(proposal) == rows


def test_a_reader(enter, proposal, tomas, root):
    Participant.objects.filter(user=tomas).update(role=Participant.Role.READER)
    client = enter(tomas)
    assert client.receive().payload["role"] == "reader"
    assert_refused(client, proposal, root, Rejection.READ_ONLY)


def guest_of(server, proposal, *, enters=None, **options) -> RoomClient:
    """Somebody who opened an invitation link and has not entered the code, in that room or another one."""
    invitation = factories.invitation(proposal.participants.get(side="client"))
    browser = Client()
    session = browser.session
    session[SESSION_KEY] = [str(invitation.id)]
    session.save()
    cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    room = enters or proposal
    return RoomClient(server.host, room.id, {"Cookie": cookie, "Origin": f"http://{server.host}"}, **options)


def test_a_guest_reads_and_does_not_write(server, proposal, root):
    guest = guest_of(server, proposal)
    assert guest.receive().payload["role"] == "reader"
    assert_refused(guest, proposal, root, Rejection.READ_ONLY)
    guest.close()


def test_a_guest_with_a_plain_client_is_told_in_its_own_words(server, proposal, root):
    guest = guest_of(server, proposal, extended=False).sync()
    rows = rows_of(proposal)
    guest.type(root, "refused")
    assert "read" in guest.wait_for_type(FrameType.AUTH).payload
    assert rows_of(proposal) == rows
    guest.close()


def test_a_token_that_may_only_read(server, proposal, maya, root):
    firm = proposal.relationship.seller_firm
    for scopes, code in ((["proposals:read"], Rejection.READ_ONLY), (["proposals:read", "proposals:write"], None)):
        _, secret = ApiToken.issue(firm=firm, name="t", scopes=scopes, user=maya)
        client = RoomClient(server.host, proposal.id, {"Authorization": f"Bearer {secret}"})
        if code:
            assert_refused(client, proposal, root, code)
        else:
            client.sync().type(root, "allowed")
            client.wait_until(lambda client=client: client.saved == client.sent)
        client.close()
    assert len(rows_of(proposal)) == 2


def test_a_frozen_proposal(enter, proposal, maya, tomas, root):
    Proposal.objects.filter(id=proposal.id).update(state=State.FROZEN.value)
    assert_refused(enter(maya), proposal, root, Rejection.FROZEN)
    with pytest.raises(WrongState):
        sections.write_text(
            by=actor_of(maya, proposal), section_id=root.removeprefix("section:"), text=from_markdown("x"), replace=True
        )
    plain = enter(tomas, extended=False).sync()
    plain.type(root, "refused")
    assert plain.wait_for_close() == CloseCode.FROZEN
    assert len(rows_of(proposal)) == 1


def test_freezing_stops_the_next_letter(enter, proposal, maya, root):
    client = enter(maya).sync()
    client.type(root, "taken")
    client.wait_until(lambda: client.saved == client.sent)
    rows = rows_of(proposal)
    Proposal.objects.filter(id=proposal.id).update(state=State.FROZEN.value)
    number = client.type(root, "refused")
    assert client.wait_for_type(FrameType.REJECTED).payload[:2] == (number, Rejection.FROZEN)
    assert rows_of(proposal) == rows


def test_somebody_who_is_removed_is_out_at_once(enter, proposal, maya, tomas, root):
    client, other = enter(tomas).sync(), enter(maya).sync()
    seat = proposal.participants.get(user=tomas)
    factories.participant(proposal)
    participants.remove_participant(by=actor_of(tomas, proposal), participant_id=seat.id)
    assert client.wait_for_close() == CloseCode.NOT_A_PARTICIPANT
    assert client.frames[-1].type is FrameType.BYE
    other.type(root, "still here")
    other.wait_until(lambda: other.saved == other.sent)
    assert not Update.objects.filter(room__proposal=proposal, actor=tomas).exists()


def test_somebody_who_is_removed_writes_no_more_row(enter, proposal, tomas, root):
    client = enter(tomas).sync()
    rows = rows_of(proposal)
    Participant.objects.filter(user=tomas).update(removed_at=proposal.created_at)
    client.type(root, "refused")
    assert client.wait_for_close() == CloseCode.NOT_A_PARTICIPANT
    assert rows_of(proposal) == rows


def signed_in(user) -> tuple[Client, str]:
    """A browser of somebody who has signed in, and its session cookie."""
    browser = Client()
    browser.force_login(user)
    return browser, browser.cookies[settings.SESSION_COOKIE_NAME].value


def test_somebody_who_signs_out_is_out_and_other_windows_are_not(server, enter, proposal, tomas, root):
    browser, key = signed_in(tomas)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "Origin": f"http://{server.host}"}
    leaving, staying = RoomClient(server.host, proposal.id, headers).sync(), enter(tomas).sync()
    rows = rows_of(proposal)
    browser.logout()
    with contextlib.suppress(ConnectionClosed):
        leaving.type(root, "refused")
    assert leaving.wait_for_close() == CloseCode.SIGN_IN_AGAIN
    assert rows_of(proposal) == rows
    staying.type(root, "still here")
    staying.wait_until(lambda: staying.saved == staying.sent)
    leaving.close()


def test_somebody_who_signs_out_and_is_silent_is_closed(server, proposal, maya, root):
    browser, key = signed_in(maya)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "Origin": f"http://{server.host}"}
    client = RoomClient(server.host, proposal.id, headers).sync()
    browser.logout()
    assert client.wait_for_close() == CloseCode.SIGN_IN_AGAIN
    assert client.frames[-1].type is FrameType.BYE
    client.close()


# --- what is not an update ----------------------------------------------------------------------------------------

GARBAGE = {
    "text": "hello",
    "empty": b"",
    "noise": b"\xfe\x12\x99\x00\x01\x02",
    "cut off": b"\x00\x02\x7fabc",
    "unknown type": b"\x40\x01",
    "two messages": b"\x03\x03",
    "presence that is not JSON": b"\x01\x06\x01\x07\x01\x02{}x"[:9],
    "state vector that is none": b"\x00\x00\x03\xff\xff\xff",
    "frames of the server": b"\x79\x01\x01",
}


@pytest.mark.parametrize("frame", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("extended", [True, False])
def test_garbage_closes_its_sender_only(enter, proposal, maya, tomas, root, frame, extended):
    bad, other = enter(maya, extended=extended), enter(tomas).sync()
    bad.send(frame)
    assert bad.wait_for_close() == CloseCode.MALFORMED
    other.type(root, "undisturbed")
    other.wait_until(lambda: other.saved == other.sent)
    assert len(rows_of(proposal)) == 2


def test_a_frame_that_is_too_big(enter, proposal, maya, tomas, root):
    bad, other = enter(maya).sync(), enter(tomas).sync()
    bad.send(b"\x00\x02" + b"\x00" * (1024 * 1024 + 1))
    assert bad.wait_for_close() == CloseCode.TOO_BIG
    other.type(root, "undisturbed")
    other.wait_until(lambda: other.saved == other.sent)


def hostile_updates(root: str) -> dict[str, bytes]:
    deep = [yjs.element("blockquote", yjs.in_root(root))]
    deep += [yjs.element("blockquote", yjs.in_node(9, level)) for level in range(20_000)]
    return {
        "noise": b"\x01\x02\x03\x04",
        "a tree 20,000 deep": yjs.update((9, 0, deep)),
        "values nested 100,000 deep": yjs.update(
            (9, 0, [yjs.attribute(b"\x75\x01" * 100_000 + b"\x7e", yjs.in_root(root, key="x"))])
        ),
        "an unknown root": yjs.paragraph(9, "x", root="section:0192f0c1-2f6e-7f6e-8f6e-2f6e2f6e2f6e"),
        "another section's name": yjs.paragraph(9, "x", root="prices"),
        "letters in a section": yjs.update((9, 0, [yjs.letters("x", yjs.in_root(root))])),
    }


@pytest.mark.parametrize("name", hostile_updates("section:x"))
def test_hostile_updates_are_refused_and_passed_on_to_nobody(enter, proposal, maya, tomas, root, name):
    bad, plain, other = enter(maya).sync(), enter(maya, extended=False).sync(), enter(tomas).sync()
    rows = rows_of(proposal)
    update = hostile_updates(root)[name]
    number = bad.send_update(update)
    assert bad.wait_for_type(FrameType.REJECTED).payload[:2] == (number, Rejection.INVALID)
    plain.send_update(update)
    assert plain.wait_for_close() == CloseCode.MALFORMED
    assert rows_of(proposal) == rows
    before = len(other.frames)
    bad.type(root, "still welcome")
    other.wait_until(lambda: other.read(root) == from_markdown("still welcome"))
    assert not any(frame.payload == update for frame in other.frames[before:])


def test_nobody_goes_on_under_anothers_client_id(enter, proposal, maya, tomas, root):
    one, other = enter(maya).sync(), enter(tomas).sync()
    one.type(root, "mine")
    other.wait_until(lambda: other.read(root) == from_markdown("mine"))
    rows = rows_of(proposal)
    forged = pycrdt.Doc(client_id=one.document.client_id)
    forged.apply_update(other.document.get_update())
    text = forged.get(root, type=pycrdt.XmlFragment).children[0].children[0]
    changes: list[bytes] = []
    forged.observe(lambda event: changes.append(event.update))
    text.insert(4, " forged")
    number = other.send_update(changes[0])
    assert other.wait_for_type(FrameType.REJECTED).payload[:2] == (number, Rejection.FOREIGN_CLIENT_ID)
    assert rows_of(proposal) == rows


# --- a new beginning ----------------------------------------------------------------------------------------------


def test_sharing_begins_anew_and_nothing_from_before_gets_out(server, enter):
    prepared = factories.proposal(state=State.PREPARING)
    maya, tomas = factories.seller(prepared), factories.client(prepared)
    root = seed(prepared)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(maya)}", "Origin": f"http://{server.host}"}
    seller = RoomClient(server.host, prepared.id, headers).sync()
    seller.type(root, "our secret margin is 40 percent")
    seller.edit(lambda document: document.get(root, type=pycrdt.XmlFragment).children[0].children[0].clear())
    seller.type(root, "a fair price")
    seller.wait_until(lambda: seller.saved == seller.sent)
    before = seller.saved_seq
    proposals.share(by=actor_of(maya, prepared))
    assert seller.wait_for_close() == CloseCode.EPOCH_CHANGED
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(tomas)}", "Origin": f"http://{server.host}"}
    client = RoomClient(server.host, prepared.id, headers).sync()
    assert client.read(root) == from_markdown("a fair price")
    everything = b"".join(frame.payload for frame in client.frames if isinstance(frame.payload, bytes))
    assert b"fair" in everything
    assert b"secret" not in everything
    back = RoomClient(server.host, prepared.id, headers)
    back.send(b"\x7e" + encode_varuint(before) + b"\x00")
    back.wait_until(lambda: back.head > before)
    assert back.read(root) == from_markdown("a fair price")
    back.close()
    seller.close()
    client.close()
