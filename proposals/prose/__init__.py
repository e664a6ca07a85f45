"""The text of sections without the room: schema, canonical form, renderers. Pure Python.

A text is a ProseMirror document as JSON, with the names TipTap uses.
"""

from proposals.prose.document import EMPTY, ProseDocument, ProseError, canonical, checked, without_comments
from proposals.prose.html import safe_href, to_html, to_text
from proposals.prose.schema import SCHEMA_VERSION

__all__ = [
    "EMPTY",
    "SCHEMA_VERSION",
    "ProseDocument",
    "ProseError",
    "canonical",
    "checked",
    "safe_href",
    "to_html",
    "to_text",
    "without_comments",
]
