"""Whether an update fits into the document that is there, and what it changes in it."""

import pycrdt
import pytest

from collab.ranges import Range
from collab.structure import MissingDependencies, StructureIndex
from collab.validation import InvalidUpdate, parse_state_vector, parse_update
from tests.room import hostile, yjs
from tests.room.hostile import deep
from tests.room.yjs import (
    ROOT,
    after,
    attribute,
    before,
    between,
    element,
    in_node,
    in_root,
    letters,
    mark,
    tombstone,
    update,
)

OTHER = "section:b"
MISSING = hostile.updates_that_miss_something(ROOT)
MISFITS = hostile.misfits(ROOT)


def admit(index: StructureIndex, content: bytes):
    return index.admit(parse_update(content, roots={ROOT, OTHER}))


@pytest.fixture
def index() -> StructureIndex:
    """A document with one paragraph (7, 0), its text (7, 1) and the letters "a😀b" (7, 2 to 5)."""
    made = StructureIndex()
    admit(made, yjs.paragraph(7, "a😀b"))
    return made


def state(index: StructureIndex) -> tuple:
    """All that an admission may change."""
    return index.encode_state_vector(), index.roots, {client: list(held) for client, held in index._deleted.items()}


def test_new_text_touches_its_section(index):
    admission = admit(index, update((8, 0, [letters("x", after(7, 5))])))
    assert admission.inserted == {8: Range(0, 1)}
    assert admission.sections == {ROOT}
    assert not admission.is_duplicate
    assert parse_state_vector(index.encode_state_vector()) == {7: 6, 8: 1}


def test_the_same_again_is_a_duplicate(index):
    admission = admit(index, yjs.paragraph(7, "a😀b"))
    assert admission.is_duplicate
    assert admission.sections == frozenset()


def test_a_run_known_in_part_is_cut(index):
    admission = admit(index, update((7, 2, [letters("a😀b and more", in_node(7, 1))])))
    assert admission.inserted == {7: Range(6, 15)}
    assert index.next_clock(7) == 15


def test_deletions_count_once(index):
    first = admit(index, update(deleted={7: [(2, 1)]}))
    assert first.deleted == {7: [Range(2, 3)]}
    assert first.sections == {ROOT}
    again = admit(index, update(deleted={7: [(2, 1), (5, 1)]}))
    assert again.deleted == {7: [Range(5, 6)]}
    assert admit(index, update(deleted={7: [(2, 1), (5, 1)]})).is_duplicate


def test_what_goes_with_its_paragraph_is_no_news(index):
    admit(index, update((8, 0, [letters("x", after(7, 5))])))
    admit(index, update(deleted={7: [(0, 6)]}))
    late = admit(index, update((9, 0, [letters("y", after(8, 0))])))
    assert late.inserted == {9: Range(0, 1)}
    assert late.sections == frozenset()
    assert admit(index, update(deleted={7: [(0, 6)], 8: [(0, 1)], 9: [(0, 1)]})).is_duplicate


def test_letters_of_several_clients_may_come_in_any_order(index):
    content = update(
        (9, 0, [letters("a", after(8, 0)), letters("c", after(8, 1))]),
        (8, 0, [letters("x", after(7, 5)), letters("b", after(9, 0))]),
    )
    assert admit(index, content).inserted == {9: Range(0, 2), 8: Range(0, 2)}


def test_an_update_touches_the_sections_it_changes(index):
    admit(index, yjs.paragraph(8, "other", root=OTHER))
    both = update((9, 0, [letters("x", after(7, 5))]), deleted={8: [(2, 1)]})
    assert admit(index, both).sections == {ROOT, OTHER}


@pytest.mark.parametrize("content", MISSING.values(), ids=MISSING.keys())
def test_what_builds_on_unknown_items_is_refused(index, content):
    unchanged = state(index)
    with pytest.raises(MissingDependencies):
        admit(index, content)
    assert state(index) == unchanged


@pytest.mark.parametrize("content", MISFITS.values(), ids=MISFITS.keys())
def test_what_does_not_fit_is_refused(index, content):
    unchanged = state(index)
    with pytest.raises(InvalidUpdate):
        admit(index, content)
    assert state(index) == unchanged


def test_depth_is_counted_over_all_updates(index):
    admit(index, deep(31))
    admit(index, update((9, 0, [element("blockquote", in_node(8, 30))])))
    with pytest.raises(InvalidUpdate, match="32 nodes"):
        admit(index, update((10, 0, [element("blockquote", in_node(9, 0))])))


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        (b"\x7d\x03", True),
        (b"\x7c\x40\x40\x00\x00", True),
        (b"\x7d\x07", False),
        (b"\x78", False),
        (b"\x77\x013", False),
    ],
)
def test_heading_levels(index, value, fits):
    admit(index, update((8, 0, [element("heading", after(7, 0))])))
    content = update((9, 0, [attribute(value, in_node(8, 0, key="level"))]))
    if fits:
        assert admit(index, content).sections == {ROOT}
    else:
        with pytest.raises(InvalidUpdate):
            admit(index, content)


def test_an_attribute_follows_its_predecessor(index):
    admit(index, update((8, 0, [element("heading", after(7, 0)), attribute(b"\x7d\x03", in_node(8, 0, key="level"))])))
    later = update((9, 0, [attribute(b"\x7d\x04", after(8, 1))]), deleted={8: [(1, 1)]})
    assert admit(index, later).sections == {ROOT}
    with pytest.raises(InvalidUpdate):
        admit(index, update((10, 0, [attribute(b"\x7d\x09", after(9, 0))])))


def test_letters_may_be_put_before_older_ones_of_the_same_client(index):
    admit(index, update((7, 6, [letters("z", before(7, 2))])))
    assert admit(index, update((8, 0, [letters("y", between((7, 6), (7, 2)))]))).sections == {ROOT}


def test_what_yjs_deletes_of_itself_is_no_news(index):
    """A reader's browser takes away marks that mark nothing, and values of an attribute that lost to another."""
    admit(index, update((8, 0, [element("heading", after(7, 0)), attribute(b"\x7d\x03", in_node(8, 0, key="level"))])))
    admit(index, update((8, 2, [mark("bold", "{}", after(7, 5)), mark("bold", "null", after(8, 2))])))
    tidied = parse_update(update(deleted={8: [(2, 2)]}), roots={ROOT})
    assert index.knows(tidied)
    lost = parse_update(update(deleted={8: [(1, 1)]}), roots={ROOT})
    assert not index.knows(lost)
    admit(index, update((9, 0, [attribute(b"\x7d\x04", after(8, 1))])))
    assert index.knows(lost)
    assert not index.knows(parse_update(update(deleted={7: [(5, 1)]}), roots={ROOT}))


def test_beside_garbage_everything_is_garbage(index):
    admit(index, update((8, 0, [yjs.garbage(3)])))
    assert admit(index, update((9, 0, [letters("x", after(8, 1))]))).sections == frozenset()
    assert admit(index, update((10, 0, [letters("x", in_node(8, 1))]))).sections == frozenset()
    assert admit(index, update((11, 0, [tombstone(2, after(7, 5))]))).sections == frozenset()


def test_an_invalid_client_leaves_no_trace(index):
    with pytest.raises(InvalidUpdate):
        admit(index, update((12, 0, [letters("x", in_root())])))
    assert 12 not in index._clients


@pytest.mark.parametrize("session", yjs.recorded_sessions(), ids=["1", "2", "3"])
def test_the_index_agrees_with_pycrdt(session):
    """After each recorded update: the same state vector, and "duplicate" exactly when pycrdt sees no change."""
    index, document, changes = StructureIndex(), pycrdt.Doc(), []
    document.observe(lambda event: changes.append(event.update))
    for each in session["updates"]:
        content = bytes.fromhex(each["update"])
        changes.clear()
        document.apply_update(content)
        admission = index.admit(parse_update(content, roots={session["root"]}))
        assert admission.is_duplicate == (not changes)
        assert parse_state_vector(index.encode_state_vector()) == parse_state_vector(document.get_state())
    whole = document.get_update()
    assert index.admit(parse_update(whole, roots={session["root"]})).is_duplicate
    afresh = StructureIndex()
    afresh.admit(parse_update(whole, roots={session["root"]}))
    assert parse_state_vector(afresh.encode_state_vector()) == parse_state_vector(document.get_state())
