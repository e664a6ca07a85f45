"""The room as the domain's keeper of texts: seeding, reading, forward edits, epochs, the log's numbers."""

import uuid

import pycrdt
import pytest
from django.db import DatabaseError, connection, transaction

from collab import log
from collab.models import ClientId, Room, Snapshot, Update
from collab.projection import root_name
from collab.validation import parse_state_vector
from proposals.access import Actor
from proposals.locking import lock_proposal
from proposals.prose import EMPTY, from_markdown
from proposals.states import State
from proposals.text import port
from tests import factories

pytestmark = pytest.mark.django_db

FEES = from_markdown("### Fees\n\nPay **now**.")
SCOPE = from_markdown("We build a portal.")


@pytest.fixture
def proposal():
    return factories.proposal(state=State.PREPARING)


@pytest.fixture
def maya(proposal) -> Actor:
    return Actor(
        proposal.id, "seller", "editor", True, "Maya", "M", "Northlight Studio", user=factories.seller(proposal)
    )


def create(proposal, texts, by=None):
    with lock_proposal(proposal.id) as locked:
        port().create(locked, texts, by)


def replace(proposal, section_id, text, by) -> int:
    with lock_proposal(proposal.id) as locked:
        return port().replace(locked, section_id, text, by)


def test_a_proposal_without_text(proposal):
    section = uuid.uuid4()
    assert port().head(proposal) == 0
    assert port().read(proposal, [section]).of(section) == EMPTY
    assert port().read_at(proposal, section, 5) == EMPTY


def test_seeding_and_reading(proposal, maya):
    fees, scope = factories.section(proposal).id, factories.section(proposal).id
    create(proposal, {fees: FEES, scope: SCOPE}, maya)
    texts = port().read(proposal, [fees, scope])
    assert (texts.seq, texts.of(fees), texts.of(scope)) == (1, FEES, SCOPE)
    row = Update.objects.get()
    assert (row.seq, row.actor, row.side, row.origin) == (1, maya.user, "seller", "system")
    assert ClientId.objects.get().user == maya.user


def test_a_section_is_seeded_once(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    create(proposal, {fees: SCOPE}, maya)
    assert port().read(proposal, [fees]).of(fees) == FEES
    assert Update.objects.count() == 1


def test_a_forward_edit_and_what_stood_before(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    assert replace(proposal, fees, SCOPE, maya) == 2
    assert port().read(proposal, [fees]).of(fees) == SCOPE
    assert port().read_at(proposal, fees, 1) == FEES
    assert port().head(proposal) == 2


def test_an_edit_that_changes_nothing_adds_no_row(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    assert replace(proposal, fees, FEES, maya) == 1
    assert Update.objects.count() == 1


def test_a_new_epoch_has_nothing_of_the_old_log(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: from_markdown("a secret figure")}, maya)
    replace(proposal, fees, FEES, maya)
    proposal.epoch = 1
    proposal.save()
    with lock_proposal(proposal.id) as locked:
        port().begin_epoch(locked, {fees: FEES}, maya)
    texts = port().read(proposal, [fees])
    assert (texts.seq, texts.of(fees)) == (1_000_001, FEES)
    room = Room.objects.get(proposal=proposal, epoch=1)
    assert b"secret" not in b"".join(bytes(row.payload) for row in room.updates.all())
    assert b"secret" in b"".join(bytes(row.payload) for row in Update.objects.filter(room__epoch=0))


def test_the_room_knows_its_head_its_items_and_its_size(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    replace(proposal, fees, SCOPE, maya)
    room = Room.objects.get()
    assert room.head_seq == 2
    assert room.bytes == sum(len(bytes(row.payload)) for row in room.updates.all())
    document = log.document_at(room)
    assert parse_state_vector(bytes(room.state_vector)) == parse_state_vector(document.get_state())


def test_a_snapshot_changes_nothing_that_is_read(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    replace(proposal, fees, SCOPE, maya)
    with lock_proposal(proposal.id):
        log.take_snapshot(Room.objects.get())
    assert (Snapshot.objects.get().seq, Room.objects.get().snapshot_seq) == (2, 2)
    assert replace(proposal, fees, FEES, maya) == 3
    assert port().read(proposal, [fees]).of(fees) == FEES
    assert [port().read_at(proposal, fees, seq) for seq in (1, 2, 3)] == [FEES, SCOPE, FEES]


def test_a_snapshot_that_lacks_something_is_not_kept(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    room = Room.objects.get()
    room.state_vector = log.encode_state_vector({99: 1})
    room.save()
    with pytest.raises(AssertionError, match="lacks items"), lock_proposal(proposal.id):
        log.take_snapshot(room)
    assert not Snapshot.objects.exists()


def test_a_client_id_goes_on_where_the_log_ends(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    room = Room.objects.get()
    client_id = ClientId.objects.get().client_id
    document = pycrdt.Doc(client_id=client_id)
    document.get(root_name(fees), type=pycrdt.XmlFragment).children.append(pycrdt.XmlElement("paragraph"))
    entry = log.Entry(document.get_update(), {client_id: (0, 1)}, log.Author(), "", "rest")
    with pytest.raises(AssertionError, match="can't go on"), lock_proposal(proposal.id):
        log.append(room, [entry])
    assert Update.objects.count() == 1


@pytest.mark.parametrize("statement", ["UPDATE collab_update SET seq = 7", "DELETE FROM collab_update"])
def test_the_database_refuses_to_change_the_log(proposal, maya, statement):
    create(proposal, {factories.section(proposal).id: FEES}, maya)
    with pytest.raises(DatabaseError, match="final"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Update.objects.get().seq == 1


def test_a_frozen_room_takes_nothing_whoever_asks(proposal, maya):
    fees = factories.section(proposal).id
    create(proposal, {fees: FEES}, maya)
    with lock_proposal(proposal.id) as locked:
        port().set_frozen(locked, True)
    assert Room.objects.get().frozen_at_seq == 1
    with pytest.raises(AssertionError, match="frozen at 1"):
        replace(proposal, fees, SCOPE, maya)
    assert port().read(proposal, [fees]).of(fees) == FEES
    with lock_proposal(proposal.id) as locked:
        port().set_frozen(locked, False)
    assert Room.objects.get().frozen_at_seq is None
    assert replace(proposal, fees, SCOPE, maya) == 2


@pytest.mark.django_db(transaction=True)
def test_a_text_that_was_rolled_back_is_not_remembered_under_its_number(proposal, maya):
    section = uuid.uuid4()
    create(proposal, {section: SCOPE}, maya)
    with transaction.atomic():
        replace(proposal, section, FEES, maya)
        assert port().read(proposal, [section]).of(section) == FEES
        transaction.set_rollback(True)
    other = from_markdown("We build a bridge.")
    replace(proposal, section, other, maya)
    assert port().read(proposal, [section]).of(section) == other
