"""The text of sections without the room: schema, canonical form, renderers and importers. Pure Python.

A text is a ProseMirror document as JSON, with the names TipTap uses.
"""

from proposals.prose.document import EMPTY, ProseDocument, ProseError, canonical, checked, without_comments
from proposals.prose.from_html import from_html
from proposals.prose.from_markdown import from_markdown
from proposals.prose.html import to_html
from proposals.prose.links import safe_href
from proposals.prose.markdown import to_markdown
from proposals.prose.plain import has_words, to_text
from proposals.prose.schema import SCHEMA_VERSION

__all__ = [
    "EMPTY",
    "SCHEMA_VERSION",
    "ProseDocument",
    "ProseError",
    "canonical",
    "checked",
    "from_html",
    "from_markdown",
    "has_words",
    "safe_href",
    "to_html",
    "to_markdown",
    "to_text",
    "without_comments",
]
