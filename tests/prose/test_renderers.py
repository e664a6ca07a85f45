"""HTML as the editor shows it, plain text, and links that lead somewhere safe."""

import json
from pathlib import Path

import pytest

from proposals.prose import canonical, safe_href, to_html, to_text

CORPUS = Path(__file__).parents[1] / "room" / "corpus" / "editing.json"
SESSIONS = json.loads(CORPUS.read_text())["sessions"]


@pytest.mark.parametrize("session", SESSIONS, ids=["1", "2", "3"])
def test_html_is_what_tiptap_shows(session):
    assert to_html(canonical(session["json"]), comments=True) == session["html"]


@pytest.mark.parametrize("session", SESSIONS, ids=["1", "2", "3"])
def test_no_letter_is_lost_in_plain_text(session):
    def letters(written):
        return [letter for letter in written if letter.isalpha()]

    assert letters(to_text(canonical(session["json"]))) == letters(session["text"])


def test_comments_are_left_out_of_html():
    mark = {"type": "comment", "attrs": {"id": '"><script>'}}
    document = {
        "type": "doc",
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": [mark]}]}],
    }
    assert to_html(document) == "<p>x</p>"
    assert to_html(document, comments=True) == '<p><span data-comment="&quot;&gt;&lt;script&gt;">x</span></p>'


def test_everything_is_escaped():
    link = {"type": "link", "attrs": {"href": 'https://example.org/?"><script>'}}
    content = [{"type": "text", "text": "<script>alert('1')</script> &amp;", "marks": [link]}]
    html = to_html({"type": "doc", "content": [{"type": "paragraph", "content": content}]})
    assert html == (
        '<p><a rel="noopener nofollow" href="https://example.org/?&quot;&gt;&lt;script&gt;">'
        "&lt;script&gt;alert('1')&lt;/script&gt; &amp;amp;</a></p>"
    )


@pytest.mark.parametrize(
    "href", ["https://example.org/ü?a=1", "http://x", "mailto:ann@example.org", "tel:+4912345", "HTTPS://X.ORG"]
)
def test_links_that_lead_somewhere(href):
    assert safe_href(f" {href} ") == href


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "JaVaScRiPt:x", "java\nscript:x", "\x01javascript:x", "data:text/html,x", "vbscript:x",
     "/home", "x.org", "//x.org", "", "http://[", None, 5, "https://x.org/a b"],
)  # fmt: skip
def test_links_that_do_not(href):
    assert safe_href(href) is None


def test_plain_text_of_lists_and_quotes():
    def item(*blocks):
        return {"type": "listItem", "content": list(blocks)}

    def paragraph(letters):
        return {"type": "paragraph", "content": [{"type": "text", "text": letters}]}

    inner = {"type": "bulletList", "content": [item(paragraph("deep")), item(paragraph("er"), paragraph("more"))]}
    broken = {
        "type": "paragraph",
        "content": [{"type": "text", "text": "one"}, {"type": "hardBreak"}, {"type": "text", "text": "two"}],
    }
    document = {
        "type": "doc",
        "content": [
            {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": "Fees"}]},
            {"type": "orderedList", "attrs": {"start": 9}, "content": [item(paragraph("nine")), item(broken, inner)]},
            {"type": "blockquote", "content": [paragraph("said")]},
        ],
    }
    assert to_text(document) == ("Fees\n9. nine\n10. one\n    two\n    - deep\n    - er\n      more\nsaid")
