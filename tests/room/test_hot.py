"""The document in memory: what it answers to those who join, and what it remembers."""

import pycrdt
import pytest

from collab.hot import HotDocument
from collab.protocol import EMPTY_STATE_VECTOR, EMPTY_UPDATE
from collab.structure import StructureIndex
from collab.validation import InvalidUpdate

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
