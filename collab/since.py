"""What became of each node of an earlier text since then, so that an edit of that text loses no letter written later.

A node that an edit of the earlier text deletes takes with it what others wrote in it since; an edit in a node that
others deleted since is never seen. Both are asked of the two documents themselves: in a copy of the earlier one every
node is given a number and loses its letters, and what of that is left in the later one, is there still.
"""

from typing import Any, Final, NamedTuple

import pycrdt

from collab.projection import Container, read_attributes

_NUMBER: Final = "sameside-number"
"""The name of an attribute that never leaves the copies."""


class Since(NamedTuple):
    """What became of a node: whether it is gone, whether letters were written in it, and the same of its children."""

    is_gone: bool = False
    has_letters: bool = False
    children: tuple["Since", ...] = ()


UNCHANGED: Final = Since()


def since(then: bytes, now: bytes, root: str) -> Since:
    """What became of a section's fragment between two states of the document."""
    numbered: pycrdt.Doc[Any] = pycrdt.Doc()
    numbered.apply_update(then)
    tree = _number(numbered.get(root, type=pycrdt.XmlFragment), [0])
    later: pycrdt.Doc[Any] = pycrdt.Doc()
    later.apply_update(now)
    later.apply_update(numbered.get_update(later.get_state()))
    found: dict[int, bool] = {}
    _find(later.get(root, type=pycrdt.XmlFragment), found)
    return _since(tree, found)


class _Numbered(NamedTuple):
    number: int
    children: tuple["_Numbered", ...]


def _number(node: Container | pycrdt.XmlText, last: list[int]) -> _Numbered:
    """Number the nodes below this one in the order of the text, and take their letters away."""
    number, children = last[0], []
    if isinstance(node, pycrdt.XmlText):
        del node[0 : len(node)]
        return _Numbered(number, ())
    stored: Any = node.children
    for child in stored:
        last[0] += 1
        child.attributes[_NUMBER] = last[0]
        children.append(_number(child, last))
    return _Numbered(number, tuple(children))


def _find(node: Container | pycrdt.XmlText, found: dict[int, bool]) -> bool:
    """Note which numbers are there and whether letters are in them; whether there are letters in this node."""
    if isinstance(node, pycrdt.XmlText):
        has_letters = any(isinstance(letters, str) and letters for letters, _ in node.diff())
    else:
        has_letters = sum(_find(child, found) for child in node.children) > 0
    if not isinstance(node, pycrdt.XmlFragment):
        number = read_attributes(node).get(_NUMBER)
        if number is not None:
            found[int(number)] = has_letters
    return has_letters


def _since(tree: _Numbered, found: dict[int, bool]) -> Since:
    is_root = tree.number == 0
    children = tuple(_since(child, found) for child in tree.children)
    return Since(not is_root and tree.number not in found, found.get(tree.number, False), children)


def of_child(parents: Since, index: int) -> Since:
    """What became of the child that was the `index`-th then."""
    return parents.children[index] if index < len(parents.children) else UNCHANGED
