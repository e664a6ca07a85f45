"""A small builder for the texts of starters: canonical ProseMirror JSON without marks."""

from typing import Any

ProseDocument = dict[str, Any]
Block = dict[str, Any]


def document(*blocks: Block | str) -> ProseDocument:
    """A text from its blocks; a plain string is a paragraph."""
    return {"type": "doc", "content": [paragraph(block) if isinstance(block, str) else block for block in blocks]}


def paragraph(words: str) -> Block:
    """A paragraph."""
    return {"type": "paragraph", "content": [{"type": "text", "text": words}]}


def heading(words: str) -> Block:
    """A heading inside a section, below the section's own title."""
    return {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": words}]}


def bullets(*items: str) -> Block:
    """A list, one paragraph to an item."""
    return {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(item)]} for item in items]}
