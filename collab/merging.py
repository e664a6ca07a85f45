"""Turning a section's text into another one by a forward edit, so that what others type meanwhile survives.

Blocks that stay the same are left alone; a block that changed is edited in place, word by word; only what is new or
gone is inserted or deleted. Comments on words that stay, stay. An edit of an earlier text spares what was written in
the blocks it deletes, and writes blocks anew that were deleted since and that it brings words to.
"""

import json
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, Final

import pycrdt

from collab.projection import (
    Container,
    inline_groups,
    insert,
    insert_text,
    read_attributes,
    written_attributes,
    written_marks,
)
from collab.since import UNCHANGED, Since, of_child
from collab.validation import mark_name
from proposals.prose import ProseDocument, without_comments

Stored = pycrdt.XmlElement | pycrdt.XmlText | pycrdt.XmlFragment
Wanted = ProseDocument | list[ProseDocument]
Marks = dict[str, Any]
Step = tuple[int, int, int, int]
"""The run from the first to before the second becomes the run from the third to before the fourth."""

_WORDS: Final = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_COMPARED: Final = 3000
"""Longer runs of words or blocks are compared by their beginning and end only: comparing is quadratic at worst."""


def edit_section(document: pycrdt.Doc[Any], root: str, text: ProseDocument, became: Since = UNCHANGED) -> None:
    """Edit a section's fragment until it reads like a canonical text, its comments aside.

    If the document is an earlier one, `became` says what became of the fragment since.
    """
    with document.transaction():
        fragment = document.get(root, type=pycrdt.XmlFragment)
        _edit_children(fragment, inline_groups(without_comments(text).get("content", [])), became)


def _edit_children(container: Container, wanted: Sequence[Wanted], became: Since) -> None:
    """Make the children of a node the wanted ones, from the last to the first."""
    stored = list(container.children)
    for stored_at, stored_end, wanted_at, wanted_end in reversed(
        differences([_form_of_stored(child) for child in stored], [_form(each) for each in wanted])
    ):
        pairs = min(stored_end - stored_at, wanted_end - wanted_at)
        for index in reversed(range(stored_at + pairs, stored_end)):
            _delete(container, index, of_child(became, index))
        for want in reversed(wanted[wanted_at + pairs : wanted_end]):
            _insert(container, stored_at + pairs, want)
        for place in reversed(range(pairs)):
            index, want = stored_at + place, wanted[wanted_at + place]
            child = of_child(became, index)
            if child.is_gone and not _brings_letters(stored[index], want):
                continue
            if child.is_gone or not _edit_in_place(stored[index], want, child):
                _delete(container, index, child)
                _insert(container, index, want)


def differences(old: Sequence[str], new: Sequence[str]) -> list[Step]:
    """The runs that differ, in order."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    rest = 0
    while rest < min(len(old), len(new)) - start and old[-1 - rest] == new[-1 - rest]:
        rest += 1
    old_end, new_end = len(old) - rest, len(new) - rest
    if max(old_end, new_end) - start > _MOST_COMPARED:
        return [(start, old_end, start, new_end)]
    matcher = SequenceMatcher(None, old[start:old_end], new[start:new_end], autojunk=False)
    return [(start + a, start + b, start + c, start + d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _insert(container: Container, index: int, wanted: Wanted) -> None:
    if isinstance(wanted, list):
        insert_text(container, index, wanted)
    else:
        insert(container, index, wanted)


def _delete(container: Container, index: int, became: Since) -> None:
    """Delete a child, but for what was written in it since: only the letters and the nodes beside that go."""
    child = container.children[index]
    if not became.has_letters:
        del container.children[index]
    elif isinstance(child, pycrdt.XmlText):
        del child[0 : len(child)]
    else:
        for place in reversed(range(len(child.children))):
            _delete(child, place, of_child(became, place))


def _brings_letters(stored: Stored, wanted: Wanted) -> bool:
    """Whether words are wanted that are not stored."""
    old, new = _WORDS.findall(_letters_of_stored(stored)), _WORDS.findall(_letters(wanted))
    return any(new_at < new_end for _, _, new_at, new_end in differences(old, new))


def _letters(wanted: Wanted) -> str:
    if isinstance(wanted, list):
        return "".join(run["text"] for run in wanted)
    return " ".join(_letters(group) for group in inline_groups(wanted.get("content", [])))


def _letters_of_stored(child: Stored) -> str:
    if isinstance(child, pycrdt.XmlText):
        return "".join(letters for letters, _ in _runs(child))
    return " ".join(_letters_of_stored(each) for each in child.children)


def _edit_in_place(stored: Stored, wanted: Wanted, became: Since) -> bool:
    """Edit a child into the wanted one if they are of one kind; else False."""
    if isinstance(stored, pycrdt.XmlText) and isinstance(wanted, list):
        _edit_letters(stored, wanted)
        _edit_marks(stored, wanted)
        return True
    if isinstance(wanted, list) or not isinstance(stored, pycrdt.XmlElement) or stored.tag != wanted["type"]:
        return False
    attributes, current = written_attributes(wanted), read_attributes(stored)
    for key in current.keys() - attributes.keys():
        del stored.attributes[key]
    for key, value in attributes.items():
        if current.get(key) != value:
            stored.attributes[key] = value
    _edit_children(stored, inline_groups(wanted.get("content", [])), became)
    return True


def _form(wanted: Wanted) -> str:
    """How a wanted child is stored, as a text to compare."""
    return json.dumps(_wanted_form(wanted), sort_keys=True)


def _wanted_form(wanted: Wanted) -> list[Any]:
    if isinstance(wanted, list):
        return [[run["text"], written_marks(run)] for run in wanted]
    groups = inline_groups(wanted.get("content", []))
    return [wanted["type"], written_attributes(wanted), [_wanted_form(group) for group in groups]]


def _form_of_stored(child: Stored) -> str:
    """How a child is stored, comments and empty texts aside, as a text to compare."""
    return json.dumps(_stored_form(child), sort_keys=True, default=str)


def _stored_form(child: Stored) -> list[Any]:
    """The depth is bounded: the room admits no deeper tree than the schema allows."""
    if isinstance(child, pycrdt.XmlText):
        return [[letters, marks] for letters, marks in _runs(child)]
    children = [_stored_form(each) for each in child.children]
    name = child.tag if isinstance(child, pycrdt.XmlElement) else None
    attributes = read_attributes(child) if isinstance(child, pycrdt.XmlElement) else {}
    return [name, attributes, [form for form in children if form]]


def _runs(text: pycrdt.XmlText) -> list[tuple[str, Marks]]:
    """Letters with their marks but for comments, equal neighbours merged."""
    runs: list[tuple[str, Marks]] = []
    for letters, attributes in text.diff():
        if not isinstance(letters, str):
            continue
        marks = {
            key: value for key, value in (attributes or {}).items() if value is not None and mark_name(key) != "comment"
        }
        if runs and runs[-1][1] == marks:
            runs[-1] = (runs[-1][0] + letters, marks)
        else:
            runs.append((letters, marks))
    return runs


def _edit_letters(text: pycrdt.XmlText, wanted: Sequence[ProseDocument]) -> None:
    """Make the letters of a text the wanted ones, word by word, from the last to the first."""
    old = _WORDS.findall("".join(letters for letters, _ in _runs(text)))
    new = _WORDS.findall("".join(run["text"] for run in wanted))
    offsets = _offsets(old)
    for old_at, old_end, new_at, new_end in reversed(differences(old, new)):
        if old_at < old_end:
            del text[offsets[old_at] : offsets[old_end]]
        if new_at < new_end:
            text.insert(offsets[old_at], "".join(new[new_at:new_end]), {})


def _edit_marks(text: pycrdt.XmlText, wanted: Sequence[ProseDocument]) -> None:
    """Set the marks of a text that has the wanted letters already."""
    position = 0
    for letters, have, want in _side_by_side(_runs(text), [(run["text"], written_marks(run)) for run in wanted]):
        end = position + len(letters.encode())
        changes = dict.fromkeys(have.keys() - want.keys())
        changes |= {key: value for key, value in want.items() if have.get(key) != value}
        if changes:
            text.format(position, end, changes)
        position = end


def _side_by_side(old: Sequence[tuple[str, Marks]], new: Sequence[tuple[str, Marks]]) -> list[tuple[str, Marks, Marks]]:
    """The same letters in pieces that have one set of marks in both."""
    pieces = []
    left, right = list(reversed(old)), list(reversed(new))
    while left and right:
        (have_letters, have), (want_letters, want) = left.pop(), right.pop()
        length = min(len(have_letters), len(want_letters))
        pieces.append((have_letters[:length], have, want))
        if len(have_letters) > length:
            left.append((have_letters[length:], have))
        if len(want_letters) > length:
            right.append((want_letters[length:], want))
    return pieces


def _offsets(words: Sequence[str]) -> list[int]:
    """Where each word begins, in UTF-8 bytes, and where the last one ends."""
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word.encode()))
    return offsets
