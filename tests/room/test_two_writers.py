"""A program and a person write one text at once: every letter of both is there in the end, whatever each did."""

import copy
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pycrdt
from hypothesis import given, settings
from hypothesis import strategies as st

from api.views.sections import WRITERS, prose_of
from collab.merging import edit_section
from collab.projection import append, read_section, write_section
from collab.since import since
from collab.structure import StructureIndex
from collab.validation import parse_update
from proposals.prose import from_html, from_markdown, to_text

ROOT = f"section:{uuid.UUID(int=1)}"
BEGINNINGS = (
    from_markdown("We begin with *two* workshops.\n\nשלום עולם, נתחיל במאי.\n\nAnd 😀 after it."),
    from_markdown("### Fees\n\n- one **bold** word\n- cafe\u0301 au lait\n  1. deep\n  2. deeper\n\n> said\\\ntwice"),
    from_html("<table><tr><td>Design</td><td>12</td></tr><tr><td>Build</td><td>30</td></tr></table><p></p><p>End.</p>"),
    from_markdown("One."),
)
PERSONS = ("ЖЖ", "👩\u200d👧", "דד", "x\u0308")
PROGRAMS = ("ΩΩ ", "🎉", "װ", "q\u0327")
"""What each adds: no letter of one is of the other, or of a beginning."""

Text = dict[str, Any]


def letters(of: tuple[str, ...], text: str) -> Counter[str]:
    """How often each of these letters is in a text, joiners aside."""
    return Counter(letter for letter in text if letter in set("".join(of)) - {"\u200d", " "})


def seeded(text: Text) -> bytes:
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    write_section(document, ROOT, text)
    return document.get_update()


class Person:
    """Somebody in the room, who read a state of the document."""

    def __init__(self, state: bytes) -> None:
        self.document: pycrdt.Doc[Any] = pycrdt.Doc()
        self.document.apply_update(state)
        self.fragment = self.document.get(ROOT, type=pycrdt.XmlFragment)
        self.typed = ""

    def texts(self, node: Any = None) -> Iterator[pycrdt.XmlText]:
        for child in (node or self.fragment).children:
            if isinstance(child, pycrdt.XmlText):
                yield child
            else:
                yield from self.texts(child)

    def do(self, act: str, chance: random.Random) -> None:
        texts, words = list(self.texts()), chance.choice(PERSONS)
        if act == "take a block out" and len(self.fragment.children):
            place = chance.randrange(len(self.fragment.children))
            own = read_section(self.document, ROOT)["content"][place : place + 1]
            if not letters(PERSONS, to_text({"content": own})):
                del self.fragment.children[place]
        elif act == "write a paragraph":
            append(self.fragment, from_markdown(words)["content"][0])
            self.typed += words
        elif act in ("type", "mark", "take letters out") and texts:
            text = chance.choice(texts)
            stands = "".join(run for run, _ in text.diff() if isinstance(run, str))
            first, last = sorted(chance.randrange(len(stands) + 1) for _ in range(2))
            start, end = (len(stands[:place].encode()) for place in (first, last))
            if act == "type":
                text.insert(start, words)
                self.typed += words
            elif act == "mark" and start < end:
                text.format(start, end, {"bold": {}})
            elif start < end and not letters(PERSONS, stands[first:last]):
                del text[start:end]


class Program:
    """A caller of the API, who read a text and writes another in one of the formats."""

    def __init__(self, text: Text) -> None:
        self.text = copy.deepcopy(text)
        self.added = ""

    def runs(self, node: Text) -> Iterator[Text]:
        for child in node.get("content", []):
            if child["type"] == "text":
                yield child
            yield from self.runs(child)

    def do(self, act: str, chance: random.Random) -> None:
        blocks, runs, words = self.text["content"], list(self.runs(self.text)), chance.choice(PROGRAMS)
        place = chance.randrange(len(blocks) + 1)
        if act == "write a paragraph":
            blocks.insert(place, {"type": "paragraph", "content": [{"type": "text", "text": words}]})
            self.added += words
        elif act == "type" and runs:
            run = chance.choice(runs)
            at = chance.randrange(len(run["text"]) + 1)
            run["text"] = run["text"][:at] + words + run["text"][at:]
            self.added += words
        elif act == "take a block out" and not letters(PROGRAMS, to_text({"content": blocks[place : place + 1]})):
            del blocks[place : place + 1]
        elif act == "make it a heading" and blocks[place : place + 1] and blocks[place]["type"] == "paragraph":
            blocks[place] = {**blocks[place], "type": "heading", "attrs": {"level": 3}}

    def written(self, form: str) -> Text:
        """What the API makes of it."""
        blocks = self.text["content"] or [{"type": "paragraph"}]
        document = prose_of({"format": "prosemirror", "content": {"type": "doc", "content": blocks}})
        content = document if form == "prosemirror" else WRITERS[form](document)
        return prose_of({"format": form, "content": content})


ACTS = ("type", "type", "write a paragraph", "take a block out")
PERSONS_ACTS = st.lists(st.sampled_from((*ACTS, "mark", "take letters out")), max_size=6)
PROGRAMS_ACTS = st.lists(st.sampled_from((*ACTS, "make it a heading")), min_size=1, max_size=5)


def merged(then: bytes, now: bytes, text: Text) -> bytes:
    """The update of a program that made its text of what stood then."""
    document: pycrdt.Doc[Any] = pycrdt.Doc()
    document.apply_update(then)
    updates: list[bytes] = []
    with_updates = document.observe(lambda event: updates.append(event.update))
    edit_section(document, ROOT, text, since(then, now, ROOT))
    document.unobserve(with_updates)
    return updates[0] if updates else b"\x00\x00"


@settings(deadline=None)
@given(
    st.sampled_from(BEGINNINGS), PERSONS_ACTS, PROGRAMS_ACTS, st.sampled_from(("markdown", "html", "prosemirror")),
    st.integers(0, 2**32),
)  # fmt: skip
def test_every_letter_of_both(beginning: Text, typed: list[str], sent: list[str], form: str, seed: int) -> None:
    chance, then = random.Random(seed), seeded(beginning)
    person, program = Person(then), Program(beginning)
    for act in typed:
        person.do(act, chance)
    for act in sent:
        program.do(act, chance)
    text = program.written(form)
    now = person.document.get_update()
    update = merged(then, now, text)

    results = []
    for order in ((then, now, update), (update, now, then)):
        document: pycrdt.Doc[Any] = pycrdt.Doc()
        for each in order:
            document.apply_update(each)
        results.append(read_section(document, ROOT))

    assert results[0] == results[1]
    words = to_text(results[0])
    assert letters(PERSONS, words) == letters(PERSONS, person.typed)
    assert letters(PROGRAMS, words) == letters(PROGRAMS, program.added)
    if not typed:
        assert results[0] == text
    index = StructureIndex()
    for each in (then, person.document.get_update(Person(then).document.get_state()), update):
        index.admit(parse_update(each, roots={ROOT}))
