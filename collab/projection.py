"""Between Yjs fragments and texts: reading a fragment as ProseMirror JSON, seeding one, editing one forward.

Reading never writes (y-prosemirror does) and does not use pycrdt's `str(fragment)`, which neither escapes nor
survives deep trees. Marks are formatting attributes of the text: `{"bold": {}}`, overlapping comments as
`comment--<id>`.
"""

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from proposals.prose import EMPTY, ProseDocument
from proposals.prose.document import merged
from proposals.prose.schema import BLOCKS, INLINE, MARKS, MAX_DEPTH, NODES, TEXT, TEXTBLOCKS, is_mark

INTEGER_ATTRIBUTES = frozenset({"level", "start"})


def fragment_name(section_id: object) -> str:
    """The name of a section's fragment in its room's document."""
    return f"section:{section_id}"


def fragment_of(doc: Doc[Any], section_id: object) -> XmlFragment:
    """A section's fragment; an empty one if the document does not have it."""
    return doc.get(fragment_name(section_id), type=XmlFragment)


def read(fragment: XmlFragment) -> ProseDocument:
    """The text of a fragment in canonical form.

    Nodes and marks that the schema does not have degrade: an unknown block becomes a paragraph of its text,
    unknown inline nodes and marks go and their text stays.
    """
    content = _blocks(fragment.children, BLOCKS, 1)
    return {"type": "doc", "content": content} if content else dict(EMPTY)


def seed(fragment: XmlFragment, text: ProseDocument) -> None:
    """Write a text into an empty fragment."""
    for block in text.get("content", []):
        _append(fragment, block)


def replace(fragment: XmlFragment, text: ProseDocument) -> bool:
    """Turn a fragment's text into another by deleting and inserting whole blocks; equal blocks stay untouched.

    A block whose kind stays and whose text changes is edited letter by letter between its equal ends, so that
    somebody typing in it loses nothing. Gives whether anything changed.
    """
    old, new = read(fragment)["content"], text.get("content", [])
    if len(fragment.children) == 0:
        old = []
    matcher = difflib.SequenceMatcher(
        None, [_key(block) for block in old], [_key(block) for block in new], autojunk=False
    )
    changed = False
    for tag, first, last, start, end in reversed(matcher.get_opcodes()):
        if tag == "equal":
            continue
        changed = True
        kept = 0
        if tag == "replace":
            while kept < min(last - first, end - start) and _edit_text(
                fragment.children[first + kept], old[first + kept], new[start + kept]
            ):
                kept += 1
        if last > first + kept:
            del fragment.children[first + kept : last]
        for offset, block in enumerate(new[start + kept : end]):
            _insert(fragment, first + kept + offset, block)
    return changed


def _key(block: ProseDocument) -> str:
    return json.dumps(block, sort_keys=True)


def _edit_text(element: Any, old: ProseDocument, new: ProseDocument) -> bool:
    """Edit a text block of plain text in place; False if it is not one or has marks or breaks."""
    if not isinstance(element, XmlElement) or old["type"] != new["type"] or old["type"] not in TEXTBLOCKS:
        return False
    if old.get("attrs") != new.get("attrs") or len(element.children) != 1:
        return False
    before, after = _plain(old), _plain(new)
    leaf = element.children[0]
    if before is None or after is None or not isinstance(leaf, XmlText):
        return False
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[len(before) - 1 - end] == after[len(after) - 1 - end]:
        end += 1
    start_bytes = len(before[:start].encode())
    gone_bytes = len(before[start : len(before) - end].encode())
    if gone_bytes:
        del leaf[start_bytes : start_bytes + gone_bytes]
    added = after[start : len(after) - end]
    if added:
        leaf.insert(start_bytes, added)
    return True


def _plain(block: ProseDocument) -> str | None:
    content = block.get("content", [])
    if len(content) != 1 or content[0]["type"] != TEXT or content[0].get("marks"):
        return None
    return str(content[0]["text"])


def _append(parent: XmlFragment | XmlElement, node: ProseDocument) -> None:
    _insert(parent, len(parent.children), node)


def _insert(parent: XmlFragment | XmlElement, index: int, node: ProseDocument) -> None:
    element = XmlElement(node["type"], dict(node.get("attrs", {})))
    parent.children.insert(index, element)
    placed = parent.children[index]
    leaf: XmlText | None = None
    for child in node.get("content", []):
        if child["type"] != TEXT:
            leaf = None
            _append(placed, child)
            continue
        if leaf is None:
            placed.children.append(XmlText(""))
            leaf = placed.children[len(placed.children) - 1]
        leaf.insert(len(leaf), child["text"], _formatting(child.get("marks", [])))


def _formatting(marks: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    formatting: dict[str, Any] = {}
    for mark in marks:
        attributes = dict(mark.get("attrs", {}))
        name = f"comment--{attributes['id']}" if mark["type"] == "comment" else str(mark["type"])
        formatting[name] = attributes
    return formatting or None


def _blocks(children: Any, allowed: frozenset[str], depth: int) -> list[ProseDocument]:
    nodes: list[ProseDocument] = []
    if depth > MAX_DEPTH:
        return nodes
    for child in children:
        if isinstance(child, XmlText):
            inline = _texts(child)
            if inline:
                nodes.append({"type": "paragraph", "content": inline})
            continue
        name = child.tag or ""
        if name not in allowed:
            inner = _blocks(child.children, allowed, depth + 1) if name not in TEXTBLOCKS else []
            inner = inner or _as_paragraph(child, depth, allowed)
            nodes.extend(inner)
            continue
        nodes.append(_node(child, name, depth))
    return nodes


def _as_paragraph(child: Any, depth: int, allowed: frozenset[str]) -> list[ProseDocument]:
    inline = _inline(child, depth)
    return [{"type": "paragraph", "content": inline}] if inline and "paragraph" in allowed else []


def _node(element: Any, name: str, depth: int) -> ProseDocument:
    node: ProseDocument = {"type": name}
    attributes = _attributes(element, name)
    if attributes:
        node["attrs"] = attributes
    kind = NODES[name]
    if name in TEXTBLOCKS:
        content = _inline(element, depth)
    else:
        content = _blocks(element.children, kind.children, depth + 1) if kind.children else []
        if not content and kind.children == BLOCKS:
            content = [{"type": "paragraph"}]
    if content:
        node["content"] = content
    return node


def _attributes(element: Any, name: str) -> dict[str, Any]:
    rules = NODES[name].attributes
    found = {}
    for key, value in dict(element.attributes).items():
        if key in INTEGER_ATTRIBUTES:
            value = _integer(value)
        if key in rules and value is not None and rules[key](value):
            found[key] = value
    if name == "orderedList":
        found.pop("type", None)
        if found.get("start") == 1:
            found.pop("start")
    return found


def _integer(value: object) -> int | None:
    """A number however it was stored: 3, 3.0 or "3"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else None
    return int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else None


def _inline(element: Any, depth: int) -> list[ProseDocument]:
    nodes: list[ProseDocument] = []
    for child in element.children:
        if isinstance(child, XmlText):
            nodes.extend(_texts(child))
        elif child.tag in INLINE:
            nodes.append({"type": child.tag})
        elif depth < MAX_DEPTH:
            nodes.extend(_inline(child, depth + 1))
    return merged(nodes)


def _texts(leaf: XmlText) -> list[ProseDocument]:
    nodes: list[ProseDocument] = []
    for piece, formatting in leaf.diff():
        if not isinstance(piece, str) or not piece:
            continue
        node: ProseDocument = {"type": TEXT, "text": piece}
        marks = _marks(formatting or {})
        if marks:
            node["marks"] = marks
        nodes.append(node)
    return merged(nodes)


def _marks(formatting: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, value in formatting.items():
        name = key.partition("--")[0]
        attributes = dict(value) if isinstance(value, Mapping) else {}
        kept = {name_: given for name_, given in attributes.items() if given is not None}
        if value is None or name not in MARKS or not is_mark(name, kept):
            continue
        sort_key = f"comment--{kept.get('id', '')}" if name == "comment" else name
        found[sort_key] = {"type": name, "attrs": kept} if kept else {"type": name}
    return [found[key] for key in sorted(found)]
