"""From a Yjs document to ProseMirror JSON and back, on the server.

The shapes are y-prosemirror's: a node is a Y.XmlElement of its name with its attributes, a run of text is one
Y.XmlText whose formatting attributes are the marks (``comment--<hash>`` where marks may overlap). Reading never
changes the document, takes any depth, and never uses pycrdt's ``str()``, which neither escapes nor survives deep
trees. Positions in pycrdt's texts count UTF-8 bytes.
"""

from collections.abc import Mapping
from typing import Any, Final

import pycrdt

from collab.validation import mark_name
from proposals.prose import ProseDocument, canonical

Container = pycrdt.XmlFragment | pycrdt.XmlElement

SECTION_ROOT: Final = "section:"


def root_name(section_id: object) -> str:
    """The name of a section's root fragment."""
    return f"{SECTION_ROOT}{section_id}"


def read_section(document: pycrdt.Doc[Any], root: str) -> ProseDocument:
    """The canonical text of one section."""
    with document.transaction():
        return canonical(_read(document.get(root, type=pycrdt.XmlFragment)))


def is_empty(document: pycrdt.Doc[Any], root: str) -> bool:
    """Whether a section has never been seeded, or everything in it was deleted."""
    return len(document.get(root, type=pycrdt.XmlFragment).children) == 0


def _read(fragment: pycrdt.XmlFragment) -> ProseDocument:
    """The tree as it stands, valid or not, without recursion."""
    result: ProseDocument = {"type": "doc", "content": []}
    stack: list[tuple[Container, list[ProseDocument]]] = [(fragment, result["content"])]
    while stack:
        container, content = stack.pop()
        for child in container.children:
            if isinstance(child, pycrdt.XmlText):
                content.extend(read_text(child))
            elif isinstance(child, pycrdt.XmlElement):
                inner: list[ProseDocument] = []
                content.append({"type": child.tag, "attrs": read_attributes(child), "content": inner})
                stack.append((child, inner))
    return result


def read_text(text: pycrdt.XmlText) -> list[ProseDocument]:
    """The runs of a text with their marks. What is no text is left out."""
    return [
        {"type": "text", "text": letters, "marks": read_marks(attributes or {})}
        for letters, attributes in text.diff()
        if isinstance(letters, str)
    ]


def read_marks(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The marks behind formatting attributes."""
    return [
        {"type": mark_name(key), "attrs": _plain(value) if isinstance(value, dict) else {}}
        for key, value in attributes.items()
        if value is not None
    ]


def read_attributes(element: pycrdt.XmlElement | pycrdt.XmlText) -> dict[str, Any]:
    """A node's attributes. pycrdt gives every number as a float; whole ones come back as `int`."""
    pairs: Any = element.attributes
    return _plain(dict(iter(pairs)))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value for key, value in values.items()
    }


def write_section(document: pycrdt.Doc[Any], root: str, text: ProseDocument) -> None:
    """Append a canonical text to a section's fragment: seeding, once."""
    with document.transaction():
        fragment = document.get(root, type=pycrdt.XmlFragment)
        for block in text.get("content", []):
            append(fragment, block)


def append(container: Container, node: ProseDocument) -> None:
    """Append a node (not a text) with all that is in it."""
    insert(container, len(container.children), node)


def insert(container: Container, index: int, node: ProseDocument) -> None:
    """Insert a node (not a text) with all that is in it as the `index`-th child."""
    element = pycrdt.XmlElement(node["type"], written_attributes(node))
    container.children.insert(index, element)
    for group in inline_groups(node.get("content", [])):
        if isinstance(group, list):
            insert_text(element, len(element.children), group)
        else:
            append(element, group)


def insert_text(container: Container, index: int, runs: list[ProseDocument]) -> None:
    """Insert runs of letters as one text, the `index`-th child."""
    text = pycrdt.XmlText()
    container.children.insert(index, text)
    position = 0
    for run in runs:
        text.insert(position, run["text"], written_marks(run))
        position += len(run["text"].encode())


def inline_groups(nodes: list[ProseDocument]) -> list[ProseDocument | list[ProseDocument]]:
    """Nodes as they are stored: neighbouring runs of letters form one text."""
    groups: list[ProseDocument | list[ProseDocument]] = []
    for node in nodes:
        if node["type"] != "text":
            groups.append(node)
        elif groups and isinstance(groups[-1], list):
            groups[-1].append(node)
        else:
            groups.append([node])
    return groups


def written_attributes(node: ProseDocument) -> dict[str, Any]:
    """A node's attributes as the editor stores them: a list's first number even if it is 1."""
    attributes = dict(node.get("attrs", {}))
    if node["type"] == "orderedList":
        attributes.setdefault("start", 1)
    return attributes


def written_marks(run: ProseDocument) -> dict[str, Any]:
    """A run's marks as formatting attributes. Comments are left out: only the editor can name them."""
    return {mark["type"]: mark.get("attrs", {}) for mark in run.get("marks", []) if mark["type"] != "comment"}
