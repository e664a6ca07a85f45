"""A section's text as ProseMirror JSON: its one canonical form, and refusing what the schema does not have.

Canonical: only the attributes that change what is shown, marks sorted by name, neighbouring text with equal marks
merged, no empty text, and an empty document is one empty paragraph. Equal texts are equal values, so fingerprints
are made of canonical documents (without comments).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from proposals.prose.links import safe_href
from proposals.prose.schema import (
    BLOCKS,
    DOCUMENT,
    HEADING_LEVELS,
    LISTS,
    MARKS,
    MAX_DEPTH,
    NODES,
    TEXT,
    TEXTBLOCKS,
    is_mark,
)

ProseDocument = dict[str, Any]

EMPTY: Final[ProseDocument] = {"type": DOCUMENT, "content": [{"type": "paragraph"}]}

MAX_TEXT_LENGTH: Final = 2_000_000
"""Characters in one section: far above what a person writes, low enough to refuse a flood early."""


class ProseError(ValueError):
    """A document that the schema does not have. The message is a sentence for people and names what is wrong."""


def checked(document: object) -> ProseDocument:
    """The canonical form of a document that came from outside.

    Raises `ProseError` naming the first node, mark or attribute that the schema does not have.
    """
    if not isinstance(document, Mapping) or document.get("type") != DOCUMENT:
        raise ProseError("The text must be a document: {“type”: “doc”, “content”: [...]}.")
    _Check().node(document, frozenset({DOCUMENT}), 0)
    return canonical(document)


def canonical(document: Mapping[str, Any]) -> ProseDocument:
    """The canonical form of a document that is ours already. Never refuses.

    What the schema lacks, or what two people's edits put in the wrong place, stays as its text: letters among blocks
    get a paragraph, blocks among letters give their letters, an item outside a list gives its content, what is nested
    deeper than `MAX_DEPTH` is flattened, an unknown mark is left out. A link counts only if it leads somewhere safe.
    """
    return {"type": DOCUMENT, "content": _blocks(_children(document), 1) or [{"type": "paragraph"}]}


def without_comments(document: ProseDocument) -> ProseDocument:
    """A canonical document without its comment marks: what fingerprints and the PDF are made of."""
    return _without_comments(document)


def _blocks(nodes: Iterable[Mapping[str, Any]], depth: int) -> list[ProseDocument]:
    """Nodes where blocks belong."""
    blocks: list[ProseDocument] = []
    loose: list[Mapping[str, Any]] = []
    for node in nodes:
        name = node.get("type")
        if name in (TEXT, "hardBreak"):
            loose.append(node)
            continue
        blocks += _paragraph(loose)
        loose = []
        if name in BLOCKS:
            blocks.append(_block(node, depth))
        elif depth < MAX_DEPTH:
            blocks += _blocks(_children(node), depth + 1)
        else:
            blocks += _paragraph(_letters(node))
    return blocks + _paragraph(loose)


def _block(node: Mapping[str, Any], depth: int) -> ProseDocument:
    name = node["type"]
    levels_inside = 3 if name in LISTS else 2
    if name in TEXTBLOCKS or depth + levels_inside > MAX_DEPTH:
        block: ProseDocument = {"type": name if name in TEXTBLOCKS else "paragraph"}
        content = _inline(_letters(node))
    else:
        block = {"type": name}
        content = _items(node, depth + 1) if name in LISTS else _blocks(_children(node), depth + 1)
    attributes = _attributes(block["type"], node.get("attrs"))
    if attributes:
        block["attrs"] = attributes
    if content:
        block["content"] = content
    elif name not in TEXTBLOCKS:
        block = {"type": "paragraph"} if name in LISTS else {**block, "content": [{"type": "paragraph"}]}
    return block


def _items(node: Mapping[str, Any], depth: int) -> list[ProseDocument]:
    """The items of a list; anything else in it becomes an item."""
    items = []
    for child in _children(node):
        content = _blocks(_children(child) if child.get("type") == "listItem" else [child], depth + 1)
        items.append({"type": "listItem", "content": content or [{"type": "paragraph"}]})
    return items


def _paragraph(loose: Sequence[Mapping[str, Any]]) -> list[ProseDocument]:
    content = _inline(loose)
    return [{"type": "paragraph", "content": content}] if content else []


def _letters(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The texts and line breaks in a node, however deep they stand."""
    found = []
    stack = [node]
    while stack:
        current = stack.pop()
        if current.get("type") in (TEXT, "hardBreak"):
            found.append(current)
        else:
            stack.extend(reversed(_children(current)))
    return found


def _inline(nodes: Iterable[Mapping[str, Any]]) -> list[ProseDocument]:
    """Texts with their marks in order and equal neighbours merged, and line breaks."""
    inline: list[ProseDocument] = []
    for node in nodes:
        if node.get("type") == "hardBreak":
            inline.append({"type": "hardBreak"})
            continue
        letters = str(node.get("text") or "")
        if letters:
            marks = _marks(node.get("marks"))
            inline.append({"type": TEXT, "text": letters, **({"marks": marks} if marks else {})})
    return merged(inline)


def _marks(given: object) -> list[ProseDocument]:
    found: dict[tuple[str, str], ProseDocument] = {}
    for mark in given if isinstance(given, Sequence) else ():
        name = mark.get("type") if isinstance(mark, Mapping) else None
        attributes = mark.get("attrs") or {} if name else {}
        if not isinstance(name, str) or not isinstance(attributes, Mapping) or not is_mark(name, dict(attributes)):
            continue
        if name == "link":
            href = safe_href(attributes.get("href"))
            if href is not None:
                found[name, ""] = {"type": name, "attrs": {"href": href}}
        elif name == "comment":
            if "id" in attributes:
                found[name, attributes["id"]] = {"type": name, "attrs": {"id": attributes["id"]}}
        else:
            found[name, ""] = {"type": name}
    return [found[key] for key in sorted(found)]


def _attributes(name: str, given: object) -> dict[str, Any]:
    """The attributes that change what is shown: a heading's level, a list's first number if it is not 1."""
    attributes = given if isinstance(given, Mapping) else {}
    if name == "heading":
        level = attributes.get("level")
        return {"level": level if level in HEADING_LEVELS else HEADING_LEVELS[0]}
    if name == "orderedList":
        start = attributes.get("start")
        if start != 1 and NODES[name].attributes["start"](start):
            return {"start": start}
    return {}


def merged(nodes: Iterable[ProseDocument]) -> list[ProseDocument]:
    """Nodes with neighbouring texts of equal marks made one."""
    result: list[ProseDocument] = []
    for node in nodes:
        last = result[-1] if result else None
        if last and node["type"] == TEXT == last["type"] and node.get("marks") == last.get("marks"):
            result[-1] = {**last, "text": last["text"] + node["text"]}
        else:
            result.append(node)
    return result


def _without_comments(node: ProseDocument) -> ProseDocument:
    if node["type"] == TEXT:
        marks = [mark for mark in node.get("marks", []) if mark["type"] != "comment"]
        rest = {key: value for key, value in node.items() if key != "marks"}
        return {**rest, "marks": marks} if marks else rest
    if "content" not in node:
        return node
    return {**node, "content": merged(_without_comments(child) for child in node["content"])}


def _children(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = node.get("content")
    return [child for child in content if isinstance(child, Mapping)] if isinstance(content, list) else []


class _Check:
    """One strict pass over a document from outside; counts the characters on the way."""

    def __init__(self) -> None:
        self._length = 0

    def node(self, node: object, allowed: frozenset[str], depth: int) -> None:
        name = node.get("type") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(name, str) or name not in allowed:
            raise ProseError(f"“{_shown(name)}” can’t stand here; possible are {', '.join(sorted(allowed))}.")
        if depth > MAX_DEPTH:
            raise ProseError(f"The text is nested deeper than {MAX_DEPTH} levels.")
        if name == TEXT:
            self._text(node)
            return
        self._attributes(name, node.get("attrs") or {})
        content = node.get("content") or []
        if not isinstance(content, list):
            raise ProseError(f"The content of “{name}” must be a list.")
        if not content and name in LISTS:
            raise ProseError("A list needs at least one item.")
        for child in content:
            self.node(child, NODES[name].children, depth + 1)

    def _text(self, node: Mapping[str, Any]) -> None:
        letters = node.get("text")
        if not isinstance(letters, str):
            raise ProseError("A text node needs its “text” as a string.")
        if "\x00" in letters or any("\ud800" <= letter <= "\udfff" for letter in letters):
            raise ProseError("The text has a character that can’t be stored.")
        self._length += len(letters)
        if self._length > MAX_TEXT_LENGTH:
            raise ProseError(f"A section takes {MAX_TEXT_LENGTH:,} characters at most.")
        marks = node.get("marks") or []
        if not isinstance(marks, list):
            raise ProseError("Marks must be a list.")
        for mark in marks:
            self._mark(mark)

    @staticmethod
    def _mark(mark: object) -> None:
        name = mark.get("type") if isinstance(mark, Mapping) else None
        attributes = mark.get("attrs") or {} if isinstance(mark, Mapping) else None
        if not isinstance(name, str) or not isinstance(attributes, Mapping) or not is_mark(name, dict(attributes)):
            raise ProseError(f"There is no mark “{_shown(name)}” with these attributes; known are {', '.join(MARKS)}.")
        if name == "link" and safe_href(attributes.get("href")) is None:
            raise ProseError("A link may lead to an address with http, https, mailto or tel only.")

    @staticmethod
    def _attributes(name: str, attributes: object) -> None:
        if not isinstance(attributes, Mapping):
            raise ProseError(f"The attributes of “{name}” must be an object.")
        rules = NODES[name].attributes
        for key, value in attributes.items():
            if value is not None and (key not in rules or not rules[key](value)):
                raise ProseError(f"“{name}” has no attribute “{_shown(key)}” with the value “{_shown(value)}”.")


def _shown(value: object) -> str:
    return str(value)[:40]
