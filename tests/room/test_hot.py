"""The document in memory: what it answers to those who join, and what it remembers."""

import json
import random

import pycrdt
import pytest

from collab.hot import HotDocument, index_of
from collab.projection import read_section
from collab.protocol import EMPTY_STATE_VECTOR, EMPTY_UPDATE
from collab.ranges import Range
from collab.structure import StructureIndex
from collab.validation import InvalidUpdate
from tests.room.test_live_convergence import edit_at_random

ROOTS = frozenset({"section:a"})


def anybody(client_id: int) -> bool:
    return True


class Typist:
    """Writes one paragraph; `strokes` are the updates."""

    def __init__(self) -> None:
        self.document: pycrdt.Doc = pycrdt.Doc(client_id=7)
        self.text = pycrdt.XmlText()
        self.first = self._made(
            lambda: self.document.get("section:a", type=pycrdt.XmlFragment).children.append(
                pycrdt.XmlElement("paragraph", {}, [self.text])
            )
        )

    def types(self, letters: str) -> bytes:
        return self._made(lambda: self.text.insert(len(str(self.text)), letters))

    def types_first(self, letters: str) -> bytes:
        return self._made(lambda: self.text.insert(0, letters))

    def deletes_all(self) -> bytes:
        return self._made(lambda: self.document.get("section:a", type=pycrdt.XmlFragment).children.__delitem__(0))

    def deletes_first(self) -> bytes:
        return self._made(lambda: self.text.__delitem__(0))

    def _made(self, change) -> bytes:
        before = self.document.get_state()
        change()
        return self.document.get_update(before)


@pytest.fixture
def typist() -> Typist:
    return Typist()


@pytest.fixture
def hot(typist: Typist) -> HotDocument:
    document = HotDocument(b"\x00\x00", StructureIndex(), 0)
    for update in (typist.first, typist.types("Hello")):
        assert document.accept(update, ROOTS, anybody).payload
    return document


def content(update: bytes) -> str:
    document: pycrdt.Doc = pycrdt.Doc()
    document.apply_update(update)
    paragraph = document.get("section:a", type=pycrdt.XmlFragment).children[0]
    return str(paragraph.children[0])


def test_whoever_joins_gets_the_document_as_it_stands_then(hot: HotDocument, typist: Typist) -> None:
    assert content(hot.missing_in(EMPTY_STATE_VECTOR)) == "Hello"
    assert hot.missing_in(EMPTY_STATE_VECTOR) is hot.missing_in(EMPTY_STATE_VECTOR)
    hot.accept(typist.types("!"), ROOTS, anybody)
    assert content(hot.missing_in(EMPTY_STATE_VECTOR)) == "Hello!"
    hot.apply_logged(typist.deletes_first())
    assert content(hot.missing_in(EMPTY_STATE_VECTOR)) == "ello!"


def test_what_brings_nothing_is_known_however_often_it_comes(hot: HotDocument, typist: Typist) -> None:
    deletion = typist.deletes_first()
    assert not hot.is_known(deletion, ROOTS)
    assert hot.accept(deletion, ROOTS, anybody).sections == {"section:a"}
    step2 = typist.document.get_update()
    for _ in range(3):
        assert hot.accept(step2, ROOTS, anybody).payload is None
        assert hot.is_known(step2, ROOTS)
        assert hot.accept(EMPTY_UPDATE, ROOTS, anybody).payload is None
    assert hot.accept(typist.types("!"), ROOTS, anybody).payload


def test_what_is_refused_is_refused_each_time(hot: HotDocument, typist: Typist) -> None:
    unknown = typist.types("!")
    for _ in range(2):
        with pytest.raises(InvalidUpdate):
            hot.accept(unknown[:-1], ROOTS, anybody)
        assert not hot.is_known(unknown, ROOTS)


def loaded_later(document: HotDocument) -> HotDocument:
    """The same document as another worker loads it, from what stands now."""
    state = document.missing_in(EMPTY_STATE_VECTOR)
    return HotDocument(state, index_of(state), 0)


def test_what_was_typed_into_a_paragraph_that_went_is_taken_in_by_a_worker_that_loaded_since(typist, hot):
    """What it knows of the letters between which it was typed is that they were collected, not how they stood."""
    hot.accept(typist.types_first("b"), ROOTS, anybody)
    offline: pycrdt.Doc = pycrdt.Doc(client_id=8)
    offline.apply_update(hot.missing_in(EMPTY_STATE_VECTOR))
    offline.get("section:a", type=pycrdt.XmlFragment).children[0].children[0].insert(1, "x")
    hot.accept(typist.deletes_all(), ROOTS, anybody)
    worker = loaded_later(hot)
    taken = hot.accept(offline.get_update(), ROOTS, anybody)
    assert taken.inserted == {8: Range(0, 1)}
    worker.apply_logged(taken.payload)
    assert worker.state_vector == hot.state_vector
    assert worker.missing_in(EMPTY_STATE_VECTOR) == hot.missing_in(EMPTY_STATE_VECTOR)
    assert not list(loaded_later(hot).accept(offline.get_update(), ROOTS, anybody).inserted)


@pytest.mark.parametrize("seed", range(40))
def test_whenever_a_worker_loads_it_takes_in_what_the_others_took_in(seed):
    """Three people type, split and delete at random, mostly apart; workers load in between."""
    chance = random.Random(seed)
    first = HotDocument(b"\x00\x00", StructureIndex(), 0)
    workers = [first]
    people: list[pycrdt.Doc] = [pycrdt.Doc() for _ in range(3)]
    for _ in range(150):
        document = chance.choice(people)
        if chance.random() < 0.7:
            with document.transaction():
                edit_at_random(document, "section:a", chance)
            continue
        taken = chance.choice(workers).accept(document.get_update(), ROOTS, anybody)
        if taken.payload:
            for worker in workers:
                worker.apply_logged(taken.payload)
        document.apply_update(first.missing_in(document.get_state()))
        if chance.random() < 0.5:
            workers.append(loaded_later(chance.choice(workers)))
    assert len({read(worker) for worker in workers}) == 1


def read(document: HotDocument) -> str:
    """The text, with its marks."""
    copy: pycrdt.Doc = pycrdt.Doc()
    copy.apply_update(document.missing_in(EMPTY_STATE_VECTOR))
    return json.dumps(read_section(copy, "section:a"))
