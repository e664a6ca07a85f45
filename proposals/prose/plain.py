"""From ProseMirror JSON to plain text, as it reads in a mail or a list."""

from proposals.prose.document import ProseDocument
from proposals.prose.schema import LISTS, TEXT


def to_text(document: ProseDocument) -> str:
    """A line per block; list items with a dash or their number, what is in them indented."""
    lines: list[str] = []
    for block in document.get("content", []):
        _write(block, "", "", lines)
    return "\n".join(lines)


def _write(block: ProseDocument, first: str, rest: str, lines: list[str]) -> None:
    """Append a block's lines; the first begins with `first`, the others with `rest`."""
    name, children = block.get("type"), block.get("content", [])
    if name in LISTS:
        number = block.get("attrs", {}).get("start", 1)
        for item in children:
            label = "- " if name == "bulletList" else f"{number}. "
            number += 1
            _write_all(item.get("content", []), first + label, rest + " " * len(label), lines)
            first = rest
    elif name in ("blockquote", "listItem"):
        _write_all(children, first, rest, lines)
    else:
        letters = "".join(str(child["text"]) if child.get("type") == TEXT else "\n" for child in children)
        lines.append(first + letters.replace("\n", "\n" + rest))


def _write_all(blocks: list[ProseDocument], first: str, rest: str, lines: list[str]) -> None:
    for block in blocks:
        _write(block, first, rest, lines)
        first = rest


def has_words(document: ProseDocument) -> bool:
    """Whether there is a letter in it."""
    return document.get("type") == TEXT or any(map(has_words, document.get("content", [])))
