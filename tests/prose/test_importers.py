"""From HTML and Markdown into the schema, and to Markdown and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.prose import ProseError, canonical, checked, from_html, from_markdown, to_html, to_markdown

HTML = {
    "paragraphs": ("<p>a <b>b</b>\n c</p><p>d</p>", "<p>a <strong>b</strong> c</p><p>d</p>"),
    "unclosed": ("<p>a<p>b<ul><li>c<li>d</ul>", "<p>a</p><p>b</p><ul><li><p>c</p></li><li><p>d</p></li></ul>"),
    "headings": ("<h1>a</h1><h4>b</h4>", "<h3>a</h3><h4>b</h4>"),
    "divs and lines": ("<div>a<br> b<div>c</div>d</div>", "<p>a<br>b</p><p>c</p><p>d</p>"),
    "nested list": (
        '<ol start="4"><li>a<ul><li>b</li></ul></li></ol>',
        '<ol start="4"><li><p>a</p><ul><li><p>b</p></li></ul></li></ol>',
    ),
    "marks across": ("<i>a<b>b</i>c</b>", "<p><em>a</em><strong><em>b</em>c</strong></p>"),
    "links": (
        '<a href="https://x.org/?a=1&amp;b=2">x</a> <a href="javascript:alert(1)">y</a>',
        '<p><a rel="noopener nofollow" href="https://x.org/?a=1&amp;b=2">x</a> y</p>',
    ),
    "table": (
        "<table><tr><th>Role</th><th>Rate</th></tr><tr><td>Lead<td>900</table>",
        "<p>Role | Rate</p><p>Lead | 900</p>",
    ),
    "code": ("<pre><code>if x:\n    y\n</code></pre>", "<p><code>if x:</code><br><code>    y</code></p>"),
    "scripts": ("<style>p{}</style><p>a<script>alert('<p>')</script>b</p>", "<p>ab</p>"),
    "whole page": ("<!doctype html><html><head><title>t</title><body><p>x</p></body></html>", "<p>x</p>"),
    "picture": ('<p>see <img src="x" alt="the plan"></p>', "<p>see the plan</p>"),
    "rule and quote": ("a<hr><blockquote>q</blockquote>", "<p>a</p><blockquote><p>q</p></blockquote>"),
    "entities": ("<p>&lt;b&gt; &amp;amp; &eacute;&#x1F600;</p>", "<p>&lt;b&gt; &amp;amp; é😀</p>"),
    "spaces": ("<p>  a \n b  </p>  \n <p> c</p>", "<p>a b</p><p>c</p>"),
    "nothing": ("", "<p></p>"),
    "text": ("just words", "<p>just words</p>"),
}


@pytest.mark.parametrize(("html", "expected"), HTML.values(), ids=HTML.keys())
def test_html_in(html, expected):
    document = from_html(html)
    assert to_html(document) == expected
    assert checked(document) == document


@given(st.text(alphabet="<>/pbuliodvrh1 =\"'&;ax\x00", max_size=200))
def test_any_html_gives_a_document(html):
    document = from_html(html)
    assert checked(document) == document


def test_html_nested_without_end_gives_a_document():
    document = from_html("<blockquote>" * 20_000 + "x")
    assert checked(document) == document


MARKDOWN = {
    "marks": ("a **b** *c* ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <s>d</s> <code>e</code></p>"),
    "headings": ("# a\n\n#### b", "<h3>a</h3><h4>b</h4>"),
    "lists": ("3. a\n   - b\n4. c", '<ol start="3"><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ol>'),
    "list from zero": ("0. a", '<ol start="0"><li><p>a</p></li></ol>'),
    "soft and hard breaks": ("a\nb\\\nc", "<p>a b<br>c</p>"),
    "html is text": ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    "links": (
        "[x](https://x.org) [y](javascript:z)",
        '<p><a rel="noopener nofollow" href="https://x.org">x</a> [y](javascript:z)</p>',
    ),
    "quote and rule": ("> q\n\n---", "<blockquote><p>q</p></blockquote>"),
    "fence": ("```py\na\nb\n```", "<p><code>a</code><br><code>b</code></p>"),
    "picture": ("![the plan](x.png)", "<p>the plan</p>"),
    "nothing": ("", "<p></p>"),
}  # fmt: skip


@pytest.mark.parametrize(("markdown", "expected"), MARKDOWN.values(), ids=MARKDOWN.keys())
def test_markdown_in(markdown, expected):
    document = from_markdown(markdown)
    assert to_html(document) == expected
    assert checked(document) == document


@given(st.text(alphabet="*_`~[]()<>#->+. \n1a\\&;", max_size=200))
def test_any_markdown_gives_a_document(markdown):
    document = from_markdown(markdown)
    assert checked(document) == document


def test_too_much_is_refused():
    for read in (from_html, from_markdown):
        with pytest.raises(ProseError):
            read("x" * 2_000_001)


WORDS = st.text(alphabet="abé😀*_`#&<1.-+~\\[]!>|", min_size=1, max_size=6)
PLAIN = st.text(alphabet="abé😀", min_size=1, max_size=6)
MARKS = st.sampled_from(
    [[{"type": "bold"}], [{"type": "italic"}], [{"type": "strike"}], [{"type": "link", "attrs": {"href": "https://x.org/(a)"}}],
     [{"type": "bold"}, {"type": "link", "attrs": {"href": "https://x.org"}}], [{"type": "code"}]]
)  # fmt: skip
RUN = st.one_of(
    st.lists(WORDS, min_size=1, max_size=4).map(lambda words: {"type": "text", "text": " ".join(words)}),
    st.builds(lambda letters, marks: {"type": "text", "text": letters, "marks": marks}, PLAIN, MARKS),
)
LINE = st.lists(RUN, min_size=1, max_size=4).map(
    lambda runs: [node for run in runs for node in (run, {"type": "text", "text": " "})][:-1]
)
PARAGRAPH = LINE.map(lambda content: {"type": "paragraph", "content": content})
BROKEN = st.tuples(LINE, LINE).map(
    lambda lines: {"type": "paragraph", "content": [*lines[0], {"type": "hardBreak"}, *lines[1]]}
)
HEADING = st.builds(
    lambda level, content: {"type": "heading", "attrs": {"level": level}, "content": content},
    st.sampled_from([3, 4]),
    LINE,
)
LEAF = st.one_of(PARAGRAPH, BROKEN, HEADING)


def containers(blocks):
    several = st.lists(blocks, min_size=1, max_size=3)
    item = st.builds(
        lambda first, rest: {"type": "listItem", "content": [first, *rest]}, PARAGRAPH, st.lists(blocks, max_size=1)
    )
    items = st.lists(item, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda content: {"type": "blockquote", "content": content}),
        items.map(lambda content: {"type": "bulletList", "content": content}),
        st.builds(
            lambda start, content: {"type": "orderedList", "attrs": {"start": start}, "content": content},
            st.integers(0, 20),
            items,
        ),
    )


DOCUMENT = st.lists(st.recursive(LEAF, containers, max_leaves=5), min_size=1, max_size=4).map(
    lambda blocks: canonical({"type": "doc", "content": blocks})
)


@pytest.mark.parametrize("letters", ["#", "##", "a #", "a#", "# #", "\\#", "a \\#", "1. #"])
def test_hashes_in_a_heading_stay_letters(letters):
    heading = {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": letters}]}
    document = {"type": "doc", "content": [heading]}
    assert from_markdown(to_markdown(document)) == document


@settings(max_examples=200, deadline=None)
@given(DOCUMENT)
def test_markdown_out_reads_back_the_same(document):
    assert from_markdown(to_markdown(document)) == document


def test_signs_that_would_mean_something_are_escaped():
    for letters in (
        "1 #",
        "# 1",
        "1. x",
        "- x",
        "+ x",
        "= x",
        "> x",
        "a_b_c",
        "[x](y)",
        "`x`",
        "&lt;",
        "<b>",
        "~~x~~",
        "\\",
    ):
        for name in ("paragraph", "heading"):
            block = {"type": name, "content": [{"type": "text", "text": letters}]}
            document = canonical({"type": "doc", "content": [block]})
            assert from_markdown(to_markdown(document)) == document


def test_markdown_out():
    document = from_markdown("### Fees\n\nPay **now** or *later*:\n\n- a\n- b\n\n1. c\n\n> q\n\n---")
    assert to_markdown(document) == "### Fees\n\nPay **now** or *later*:\n\n- a\n- b\n\n1. c\n\n> q"
