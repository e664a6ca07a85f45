"""From ProseMirror JSON to Markdown (CommonMark, with ``~~struck~~``), such that `from_markdown` reads it back.

Lost on the way, because Markdown has no way to say it: empty paragraphs, comments, and marks on spaces at the edge
of marked words.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from proposals.prose.document import ProseDocument, without_comments
from proposals.prose.schema import LISTS, MARKS, TEXT

_DELIMITERS: Final = {"bold": "**", "italic": "*", "strike": "~~"}
_NESTING: Final = [name for name in MARKS if name != "code"]

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>~&])")
_SPECIAL_AT_START: Final = re.compile(r"^(#|[-+=]|\d{1,9}(?=[.)]))")
_CLOSING_HASHES: Final = re.compile(r"(?<=[ \t])#+$")
_BACKTICKS: Final = re.compile(r"`+")


def to_markdown(document: ProseDocument) -> str:
    """Markdown of a canonical document, without a newline at the end."""
    return "\n".join(_blocks(without_comments(document).get("content", [])))


def _blocks(blocks: Sequence[ProseDocument]) -> list[str]:
    """The lines of several blocks, an empty line between them."""
    lines: list[str] = []
    alternate = False
    for number, block in enumerate(blocks):
        before = blocks[number - 1]["type"] if number else None
        alternate = block["type"] == before and block["type"] in LISTS and not alternate
        written = _block(block, alternate)
        if written:
            lines += ([""] if lines else []) + written
    return lines


def _block(block: ProseDocument, alternate: bool) -> list[str]:
    """The lines of one block. `alternate`: a list right behind another of its kind needs another sign."""
    name, content = block["type"], block.get("content", [])
    if name == "blockquote":
        return [f"> {line}".rstrip() for line in _blocks(content)]
    if name in LISTS:
        return _list(block, alternate)
    lines = _inline(content)
    if name == "heading":
        line = _CLOSING_HASHES.sub(r"\\\g<0>", " ".join(lines))
        return ["#" * block.get("attrs", {}).get("level", 3) + " " + line] if any(lines) else []
    return [line + "\\" for line in lines[:-1]] + lines[-1:] if any(lines) else []


def _list(block: ProseDocument, alternate: bool) -> list[str]:
    number = block.get("attrs", {}).get("start", 1)
    lines: list[str] = []
    for item in block.get("content", []):
        if block["type"] == "bulletList":
            label = "* " if alternate else "- "
        else:
            label = f"{max(0, number)}{')' if alternate else '.'} "
            number += 1
        written = _blocks(item.get("content", [])) or [""]
        lines.append((label + written[0]).rstrip())
        lines += [(" " * len(label) + line).rstrip() for line in written[1:]]
    return lines


def _inline(nodes: Sequence[ProseDocument]) -> list[str]:
    """The lines of a paragraph, which its line breaks separate."""
    groups: list[list[ProseDocument]] = [[]]
    for node in nodes:
        if node["type"] == TEXT:
            groups[-1].append(node)
        else:
            groups.append([])
    return [_line(group) for group in groups]


def _line(texts: Sequence[ProseDocument]) -> str:
    line = ""
    opened: list[dict[str, Any]] = []
    for letters, marks in _with_spaces_outside(texts):
        wanted = [mark for name in _NESTING for mark in marks if mark["type"] == name]
        kept = 0
        while kept < min(len(opened), len(wanted)) and opened[kept] == wanted[kept]:
            kept += 1
        line += "".join(_closing(mark) for mark in reversed(opened[kept:]))
        line += "".join(_opening(mark) for mark in wanted[kept:])
        line += _code(letters) if any(mark["type"] == "code" for mark in marks) else _SPECIAL.sub(r"\\\1", letters)
        opened = wanted
    line += "".join(_closing(mark) for mark in reversed(opened))
    return _guard_edges(_SPECIAL_AT_START.sub(_escape_start, line))


def _with_spaces_outside(texts: Sequence[ProseDocument]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Runs of letters with their marks, where no marked run begins or ends with a space."""
    runs: list[tuple[str, list[dict[str, Any]]]] = []
    for node in texts:
        letters = node["text"].replace("\n", " ")
        marks = node.get("marks", [])
        inner = letters.strip()
        if not marks or not inner:
            runs.append((letters, []))
            continue
        start = letters.index(inner)
        runs += [(letters[:start], []), (inner, marks), (letters[start + len(inner) :], [])]
    return [(letters, marks) for letters, marks in runs if letters]


def _opening(mark: dict[str, Any]) -> str:
    return "[" if mark["type"] == "link" else _DELIMITERS[mark["type"]]


def _closing(mark: dict[str, Any]) -> str:
    if mark["type"] != "link":
        return _DELIMITERS[mark["type"]]
    href = re.sub(r"([\\<>])", r"\\\1", mark["attrs"]["href"])
    return f"](<{href}>)"


def _code(letters: str) -> str:
    """Code between more backticks than stand in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(letters)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if letters.startswith("`") or letters.endswith("`") else ""
    return f"{fence}{padding}{letters}{padding}{fence}"


def _escape_start(start: re.Match[str]) -> str:
    """At the start of a line: no heading, list, rule or underline by accident."""
    return "\\" + start[0] if not start[0].isdigit() else start[0] + "\\"


def _guard_edges(line: str) -> str:
    """Spaces at the ends of a line count in the editor, but not in Markdown unless written as entities."""
    inner = line.strip()
    if inner == line or not inner:
        return line if inner else ""
    start = line.index(inner)
    return "&#32;" * start + inner + "&#32;" * (len(line) - start - len(inner))
