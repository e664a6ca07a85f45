"""What a section's text may consist of: the ProseMirror schema, as the editor in the browser has it.

The editor, the room's checks, every renderer and the importers all go by these tables. A change here is a new
`SCHEMA_VERSION`: a browser with an older schema deletes what it does not know, so the room asks it to reload.

Nodes: ``doc`` holds blocks; paragraph, heading (level 3 or 4, the section's own title being level 2), bulletList,
orderedList (start), listItem, blockquote, hardBreak, text. Marks: link (href), bold, italic, strike, code, comment (id;
may overlap with other comments). No rules, tables or pictures: the editor has none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

SCHEMA_VERSION: Final = 1

MAX_DEPTH: Final = 32
"""How deep nodes may stand in each other, the document itself not counted."""

TEXT: Final = "text"
DOCUMENT: Final = "doc"

HEADING_LEVELS: Final = (3, 4)
MAX_LIST_START: Final = 2**31 - 1
MAX_HREF_LENGTH: Final = 2048
MAX_COMMENT_ID_LENGTH: Final = 64

BLOCKS: Final = frozenset({"paragraph", "heading", "bulletList", "orderedList", "blockquote"})
INLINE: Final = frozenset({TEXT, "hardBreak"})

AttributeRule = Callable[[object], bool]


def _is_heading_level(value: object) -> bool:
    """HTML's six levels: the editor shows those it does not offer as its first one, and so do the renderers."""
    return type(value) is int and 1 <= value <= 6


def _is_list_start(value: object) -> bool:
    return type(value) is int and abs(value) <= MAX_LIST_START


def _is_list_type(value: object) -> bool:
    """``1``, ``a``, ``A``, ``i`` or ``I``: kept when pasted, shown as numbers."""
    return isinstance(value, str) and len(value) <= 1


def _is_text(value: object, max_length: int) -> bool:
    return isinstance(value, str) and len(value) <= max_length and "\x00" not in value


def _is_href(value: object) -> bool:
    return value is None or _is_text(value, MAX_HREF_LENGTH)


def _is_link_detail(value: object) -> bool:
    """``target``, ``rel``, ``class``, ``title``: the editor keeps them, nothing here shows them."""
    return value is None or _is_text(value, 256)


def _is_comment_id(value: object) -> bool:
    return bool(value) and _is_text(value, MAX_COMMENT_ID_LENGTH)


@dataclass(frozen=True, slots=True)
class NodeKind:
    """What may stand directly in a node, and which attributes it may carry."""

    children: frozenset[str] = frozenset()
    attributes: Mapping[str, AttributeRule] = field(default_factory=lambda: MappingProxyType({}))


NODES: Final[Mapping[str, NodeKind]] = MappingProxyType(
    {
        DOCUMENT: NodeKind(BLOCKS),
        "paragraph": NodeKind(INLINE),
        "heading": NodeKind(INLINE, {"level": _is_heading_level}),
        "bulletList": NodeKind(frozenset({"listItem"})),
        "orderedList": NodeKind(frozenset({"listItem"}), {"start": _is_list_start, "type": _is_list_type}),
        "listItem": NodeKind(BLOCKS),
        "blockquote": NodeKind(BLOCKS),
        "hardBreak": NodeKind(),
    }
)

MARKS: Final[Mapping[str, Mapping[str, AttributeRule]]] = MappingProxyType(
    {
        "link": {
            "href": _is_href,
            "target": _is_link_detail,
            "rel": _is_link_detail,
            "class": _is_link_detail,
            "title": _is_link_detail,
        },
        "bold": {},
        "italic": {},
        "strike": {},
        "code": {},
        "comment": {"id": _is_comment_id},
    }
)
"""Marks in the order in which their tags are nested, the outermost first, as the editor nests them."""

TEXTBLOCKS: Final = frozenset({"paragraph", "heading"})
LISTS: Final = frozenset({"bulletList", "orderedList"})


def is_mark(name: str, attributes: object) -> bool:
    """Whether this is one of our marks with attributes that it may have (``True`` stands for none)."""
    rules = MARKS.get(name)
    if rules is None:
        return False
    if attributes is True:
        return not rules
    if not isinstance(attributes, dict):
        return False
    return all(key in rules and rules[key](value) for key, value in attributes.items())
