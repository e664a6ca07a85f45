"""From the Yjs document to ProseMirror JSON, and forward edits back into it."""

import json
import time

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collab.merging import edit_section
from collab.projection import read_section, root_name, write_section
from collab.structure import StructureIndex
from collab.validation import parse_update
from proposals.prose import EMPTY, canonical, from_markdown, without_comments
from tests.room import yjs
from tests.room.yjs import ROOT

SESSIONS = yjs.recorded_sessions()


def document_of(session: dict) -> pycrdt.Doc:
    document = pycrdt.Doc()
    for each in session["updates"]:
        document.apply_update(bytes.fromhex(each["update"]))
    return document


def seeded(text: dict) -> pycrdt.Doc:
    document = pycrdt.Doc()
    write_section(document, ROOT, text)
    return document


@pytest.mark.parametrize("session", SESSIONS, ids=["1", "2", "3"])
def test_the_server_reads_what_the_editor_shows(session):
    assert read_section(document_of(session), session["root"]) == canonical(session["json"])


def test_reading_changes_nothing():
    document, changes = document_of(SESSIONS[0]), []
    document.observe(lambda event: changes.append(event.update))
    read_section(document, ROOT)
    read_section(document, "section:unknown")
    assert changes == []


def test_an_unknown_section_is_one_empty_paragraph():
    assert read_section(pycrdt.Doc(), root_name("nobody")) == EMPTY


def test_marks_of_every_writing_come_back():
    document = pycrdt.Doc()
    document.apply_update(
        yjs.update(
            (7, 0, [
                yjs.element("paragraph", yjs.in_root()),
                yjs.xml_text(yjs.in_node(7, 0)),
                yjs.mark("comment--Ab3/x=9+", '{"id":"c1"}', yjs.in_node(7, 1)),
                yjs.mark("bold", "true", yjs.after(7, 2)),
                yjs.letters("a😀", yjs.after(7, 3)),
                yjs.mark("bold", "null", yjs.after(7, 6)),
                yjs.letters("b", yjs.after(7, 7)),
            ])
        )
    )  # fmt: skip
    comment = {"type": "comment", "attrs": {"id": "c1"}}
    assert read_section(document, ROOT)["content"][0]["content"] == [
        {"type": "text", "text": "a😀", "marks": [{"type": "bold"}, comment]},
        {"type": "text", "text": "b", "marks": [comment]},
    ]


def test_a_tree_of_any_depth_is_read():
    document, last = pycrdt.Doc(), None
    fragment = document.get(ROOT, type=pycrdt.XmlFragment)
    with document.transaction():
        for _ in range(3000):
            element = pycrdt.XmlElement("blockquote")
            (last or fragment).children.append(element)
            last = element
        last.children.append(pycrdt.XmlText("deep"))
    assert "deep" in json.dumps(read_section(document, ROOT))


@pytest.mark.parametrize("session", SESSIONS, ids=["1", "2", "3"])
def test_what_is_seeded_reads_the_same(session):
    text = without_comments(canonical(session["json"]))
    assert read_section(seeded(text), ROOT) == text


def test_what_the_server_writes_passes_the_rooms_own_checks():
    text = without_comments(canonical(SESSIONS[1]["json"]))
    document, index = seeded(text), StructureIndex()
    admission = index.admit(parse_update(document.get_update(), roots={ROOT}))
    assert admission.sections == {ROOT}
    state = document.get_state()
    edit_section(document, ROOT, without_comments(canonical(SESSIONS[2]["json"])))
    index.admit(parse_update(document.get_update(state), roots={ROOT}))


def changes_of(document: pycrdt.Doc, text: dict) -> bytes:
    """The update of a forward edit."""
    changes: list[bytes] = []
    subscription = document.observe(lambda event: changes.append(event.update))
    edit_section(document, ROOT, text)
    document.unobserve(subscription)
    return changes[0] if changes else b""


BLOCKS = [
    "Plain words here.", "Plain words **here**.", "*Other* words, and 😀 [a link](https://x.org).", "a\\\nb",
    "a\\\nc **d**", "### Fees", "#### Fees", "- one\n- two", "- one\n- two\n- three **bold**", "3. three\n4. four",
    "1. three\n   - in it", "> said", "> said\n>\n> twice", "`code` ~~gone~~",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(BLOCKS), max_size=6).map(lambda blocks: from_markdown("\n\n".join(blocks)))


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_any_text_becomes_any_other(texts):
    document = seeded(texts[0])
    for text in texts[1:]:
        edit_section(document, ROOT, text)
        assert read_section(document, ROOT) == text
        assert changes_of(document, text) == b""


@pytest.mark.parametrize("session", SESSIONS, ids=["1", "2", "3"])
def test_what_an_editor_made_can_be_replaced(session):
    document = document_of(session)
    text = without_comments(canonical(SESSIONS[0]["json"]))
    edit_section(document, session["root"], text)
    assert without_comments(read_section(document, session["root"])) == text


def test_an_edit_touches_only_what_changed():
    paragraphs = [f"Paragraph number {number}, long enough to matter." for number in range(200)]
    document = seeded(from_markdown("\n\n".join(paragraphs)))
    paragraphs[100] = "Paragraph number 100, long enough to count."
    assert len(changes_of(document, from_markdown("\n\n".join(paragraphs)))) < 60


def test_typing_meanwhile_survives():
    mine = seeded(from_markdown("First paragraph.\n\nSecond paragraph with words.\n\n- one\n- two"))
    theirs = pycrdt.Doc()
    theirs.apply_update(mine.get_update())
    fragment = theirs.get(ROOT, type=pycrdt.XmlFragment)
    fragment.children[0].children[0].insert(0, "Typed! ")
    fragment.children[1].children[0].insert(7, "typed ")
    fragment.children[2].children[1].children[0].children[0].insert(3, " typed")
    edit_section(
        mine, ROOT, from_markdown("First paragraph.\n\nSecond paragraph with **better** words.\n\nNew.\n\n- one\n- two")
    )
    mine.apply_update(theirs.get_update())
    theirs.apply_update(mine.get_update())
    expected = from_markdown(
        "Typed! First paragraph.\n\nSecond typed paragraph with **better** words.\n\nNew.\n\n- one\n- two typed"
    )
    assert read_section(mine, ROOT) == read_section(theirs, ROOT) == expected


def test_comments_on_words_that_stay_stay():
    document = seeded(from_markdown("Commented words stay here."))
    text = document.get(ROOT, type=pycrdt.XmlFragment).children[0].children[0]
    text.format(0, 9, {"comment--abcdefgh": {"id": "c1"}})
    edit_section(document, ROOT, from_markdown("Commented words **stay** forever."))
    read = read_section(document, ROOT)
    assert read["content"][0]["content"][0] == {
        "type": "text", "text": "Commented", "marks": [{"type": "comment", "attrs": {"id": "c1"}}]
    }  # fmt: skip
    assert without_comments(read) == from_markdown("Commented words **stay** forever.")


def test_quite_different_long_texts_take_no_quadratic_time():
    started = time.monotonic()
    document = seeded(from_markdown(" ".join(f"a{number}" for number in range(20_000))))
    edit_section(document, ROOT, from_markdown(" ".join(f"b{number}" for number in range(20_000))))
    assert time.monotonic() - started < 30
