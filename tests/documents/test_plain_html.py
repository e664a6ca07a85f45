"""The renderer's own style for our documents: that of WeasyPrint without pseudo-elements of any element."""

import difflib

from weasyprint.html import UA

from proposals.documents.plain_html import plain_style
from proposals.documents.stylesheets import every_style


def test_it_is_the_renderers_own_style_without_notes_and_with_markers_of_list_items_only() -> None:
    changes = difflib.ndiff(UA.splitlines(), plain_style().splitlines())
    changed = [line for line in changes if line[0] in "+-" and line[2:]]
    assert [line.partition(" {")[0] for line in changed] == [
        "- ::marker",
        "+ li::marker",
        "- ::footnote-call",
        "- ::footnote-marker",
        "- ::note-call",
        "- ::note-marker",
        "- ::note-callback",
    ]


def test_no_rule_is_for_a_pseudo_element_of_any_element() -> None:
    assert not [line for line in plain_style().splitlines() if line.startswith(("::", "*::"))]


def test_our_documents_have_no_notes_and_no_other_items_of_lists() -> None:
    for style in every_style():
        assert not [word for word in ("footnote", "float: note", "list-item", "*::") if word in style]
