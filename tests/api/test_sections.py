"""Sections: order, titles, and their text in and out in three formats."""

import uuid
from typing import Any

import pytest

from proposals.models import Section
from tests import factories
from tests.api.conftest import WORDS, Api, Deal, caller, queries_count

MARKDOWN = "### What you get\n\n- one **bold** word\n- a [link](<https://example.com/>)\n\nAnd *that* is ~~all~~."
HTML = (
    "<h3>What you get</h3><ul><li><p>one <strong>bold</strong> word</p></li><li><p>a "
    '<a rel="noopener nofollow" href="https://example.com/">link</a></p></li></ul>'
    "<p>And <em>that</em> is <s>all</s>.</p>"
)


def text(content: Any, written: str = "markdown") -> dict[str, Any]:
    return {"format": written, "content": content}


def instead(content: Any, written: str = "markdown") -> dict[str, Any]:
    """A text to replace whatever stands there."""
    return {**text(content, written), "replace": True}


def shown(content: Any, seq: int, written: str = "markdown") -> dict[str, Any]:
    """A text in an answer, read at a number of the log."""
    return {**text(content, written), "seq": seq}


def path_of(deal: Deal, section_id: object = None) -> str:
    return f"{deal.path}sections/{section_id or deal.prose.id}/"


def titles(api: Api, deal: Deal) -> list[str]:
    return [row["title"] for row in api.get(f"{deal.path}sections/").body["results"]]


def test_list_in_order_with_texts(deal: Deal, client: Api) -> None:
    rows = client.get(f"{deal.path}sections/").body["results"]

    assert [(row["title"], row["kind"], row["order"]) for row in rows] == [
        ("How we work", "prose", 0),
        ("Price", "pricing", 1),
    ]
    assert rows[0]["text"] == shown("We begin with two workshops.", 1)


@pytest.mark.parametrize("role", ["seller", "client", "seller_service"])
def test_add_one_between_the_others(deal: Deal, role: str) -> None:
    api = caller(deal, role)
    new = {"title": "What you get", "order": 1, "text": text(MARKDOWN), "external_id": "s-1", "metadata": {"a": "b"}}

    answer = api.post(f"{deal.path}sections/", new)

    made = answer.body
    assert answer.status == 201
    assert answer.headers["Location"] == f"http://testserver/api/v1/{path_of(deal, made['id'])}"
    assert (made["kind"], made["order"], made["external_id"], made["metadata"]) == ("prose", 1, "s-1", {"a": "b"})
    assert made["text"] == shown(MARKDOWN, 2)
    assert titles(api, deal) == ["How we work", "What you get", "Price"]
    assert [row["id"] for row in api.get(f"{deal.path}sections/?external_id=s-1").body["results"]] == [made["id"]]


def test_only_the_seller_adds_prices(deal: Deal, client: Api) -> None:
    answer = client.post(f"{deal.path}sections/", {"title": "More prices", "kind": "pricing"})

    assert (answer.status, answer.code) == (403, "not_allowed")
    assert titles(client, deal) == ["How we work", "Price"]


@pytest.mark.parametrize(
    ("written", "content"), [("markdown", MARKDOWN), ("html", HTML), ("prosemirror", WORDS)], ids=lambda value: None
)
@pytest.mark.parametrize("role", ["client", "client_service"])
def test_a_text_comes_back_as_it_was_written(deal: Deal, role: str, written: str, content: Any) -> None:
    api = caller(deal, role)
    path = f"{path_of(deal)}?text_format={written}"

    answer = api.patch(path, {"text": instead(content, written)})

    seq = 1 if written == "prosemirror" else 2
    assert (answer.status, answer.body["text"]) == (200, shown(content, seq, written))
    assert api.get(path).body["text"] == shown(content, seq, written)


def test_the_three_formats_say_the_same(deal: Deal, seller: Api) -> None:
    seller.patch(path_of(deal), {"text": instead(MARKDOWN)})
    html = seller.get(f"{path_of(deal)}?text_format=html").body["text"]
    document = seller.get(f"{path_of(deal)}?text_format=prosemirror").body["text"]

    assert html == shown(HTML, 2, "html")
    seller.patch(path_of(deal), {"text": html})
    assert seller.get(f"{path_of(deal)}?text_format=prosemirror").body["text"] == document


def test_a_text_is_on_record_and_asks_for_no_version(deal: Deal, client: Api) -> None:
    before = client.get(path_of(deal)).headers["ETag"]

    client.patch(path_of(deal), {"text": instead("Another beginning.")})
    after = client.patch(path_of(deal), {"text": instead("And another.")}, If_Match=before)

    assert after.status == 200
    assert after.headers["ETag"] == before
    assert deal.events() == ["section.edited"]


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"format": "docx", "content": ""}, "/text/format", "unknown_value"),
        ({"content": "x"}, "/text/format", "required"),
        ({"format": "markdown"}, "/text/content", "required"),
        (text({"type": "doc"}), "/text/content", "not_a_text"),
        (text(None, "html"), "/text/content", "required"),
        (text("words", "prosemirror"), "/text", "bad_text"),
        (text({"type": "doc", "content": [{"type": "table"}]}, "prosemirror"), "/text", "bad_text"),
        (text({"type": "doc", "content": "x"}, "prosemirror"), "/text", "bad_text"),
    ],
)
def test_a_text_that_can_not_be_is_refused(
    deal: Deal, client: Api, given: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.patch(path_of(deal), {"title": "Another title", "text": given})

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert client.get(path_of(deal)).body["title"] == "How we work"
    assert deal.events() == []


def test_dangerous_html_comes_back_harmless(deal: Deal, client: Api) -> None:
    evil = '<p onclick="x()">Hello<script>alert(1)</script> <a href="javascript:x()">there</a></p>'

    answer = client.patch(f"{path_of(deal)}?text_format=html", {"text": instead(evil, "html")})

    assert answer.body["text"]["content"] == "<p>Hello there</p>"


def test_rename_move_and_write_at_once(deal: Deal, seller: Api) -> None:
    answer = seller.patch(path_of(deal), {"title": "How we go on", "order": 1, "text": instead("New."), "metadata": {}})

    assert (answer.body["title"], answer.body["order"], answer.body["text"]) == ("How we go on", 1, shown("New.", 2))
    assert titles(seller, deal) == ["Price", "How we go on"]
    assert deal.events() == ["section.renamed", "section.moved", "section.edited"]


def test_the_sellers_discount_on_a_section(deal: Deal, seller: Api, client: Api) -> None:
    discount = {"type": "percent", "value": "10", "reason": "volume", "text": "You take both, so we save a journey."}

    answer = seller.patch(path_of(deal, deal.prices.id), {"discounts": [discount]})
    refused = client.patch(path_of(deal, deal.prices.id), {"title": "Ours", "discounts": []})

    assert answer.body["discounts"] == [discount]
    assert client.get(f"{deal.path}pricing/").body["result"]["totals"]["discount"] == "100.00"
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert client.get(path_of(deal, deal.prices.id)).body["title"] == "Price"


def test_take_one_out(deal: Deal, client: Api) -> None:
    answer = client.delete(path_of(deal))

    assert (answer.status, answer.content) == (204, b"")
    assert titles(client, deal) == ["Price"]
    assert client.get(path_of(deal)).status == 404
    assert client.delete(path_of(deal)).status == 404


def test_only_the_seller_takes_prices_out(deal: Deal, client: Api, seller: Api) -> None:
    refused = client.delete(path_of(deal, deal.prices.id))

    assert refused.status == 403
    assert seller.delete(path_of(deal, deal.prices.id)).status == 204


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_section_of_another_proposal_is_not_here(deal: Deal, seller: Api, method: str) -> None:
    other = factories.section(factories.proposal(deal.proposal.relationship), "Elsewhere")

    assert seller(method, path_of(deal, other.id), {} if method == "PATCH" else None).status == 404
    assert seller(method, path_of(deal, uuid.uuid4()), {} if method == "PATCH" else None).status == 404
    assert Section.objects.get(id=other.id).removed_at is None


def test_pages_of_sections(deal: Deal, seller: Api) -> None:
    for number in range(3):
        factories.section(deal.proposal, f"Number {number}")

    first = seller.get(f"{deal.path}sections/?limit=2&text_format=html").body
    second = seller.get(first["next"]).body
    third = seller.get(second["next"]).body

    pages = [first, second, third]
    assert [row["order"] for page in pages for row in page["results"]] == [0, 1, 2, 3, 4]
    assert second["results"][0]["text"]["format"] == "html"
    assert seller.get(third["previous"]).body["results"] == second["results"]


def test_the_number_of_queries_does_not_grow(deal: Deal, client: Api, django_assert_num_queries: Any) -> None:
    client.get(f"{deal.path}sections/")
    few = queries_count(lambda: client.get(f"{deal.path}sections/"))
    for _ in range(6):
        factories.section(deal.proposal)
    client.get(f"{deal.path}sections/")

    with django_assert_num_queries(few):
        page = client.get(f"{deal.path}sections/").body

    assert len(page["results"]) == 8


def test_a_text_that_was_made_of_an_earlier_one_keeps_what_was_written_since(
    deal: Deal, seller: Api, client: Api
) -> None:
    path = path_of(deal)
    read = seller.get(path).body["text"]
    client.patch(path, {"text": instead("We begin with two *long* workshops.")})

    merged = seller.patch(path, {"text": {**text("We now begin with two workshops."), "seq": read["seq"]}})
    replaced = seller.patch(path, {"text": instead("We begin.")})
    unknown = seller.patch(path, {"text": {**text("We end."), "seq": 99}})

    assert merged.body["text"]["content"] == "We now begin with two *long* workshops."
    assert (replaced.body["text"]["content"], replaced.body["text"]["seq"]) == ("We begin.", read["seq"] + 3)
    assert (unknown.status, unknown.pointers) == (422, [("/text/seq", "unknown_moment")])


def test_a_text_is_not_made_of_one_that_was_not_there_yet(deal: Deal, seller: Api) -> None:
    made = seller.post(f"{deal.path}sections/", {"title": "Team", "text": text("One.\n\nTwo.")}).body
    path, seq = f"{deal.path}sections/{made['id']}/", made["text"]["seq"]

    refused = [seller.patch(path, {"text": {**text("One."), "seq": early}}) for early in (0, seq - 1)]

    assert [answer.pointers for answer in refused] == [[("/text/seq", "unknown_moment")]] * 2
    assert seller.get(path).body["text"] == made["text"]
    assert seller.patch(path, {"text": {**text("One."), "seq": seq}}).body["text"]["content"] == "One."


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_text_that_somebody_may_have_written_in_is_not_overwritten_by_accident(
    deal: Deal, seller: Api, method: str
) -> None:
    key = {"external_id": "s-1"}
    made = seller.post(f"{deal.path}sections/", {"title": "Team", "text": text("Four of us."), **key}).body
    path = f"{deal.path}sections/?external_id=s-1" if method == "PUT" else path_of(deal, made["id"])
    fields = {"title": "The team"}

    same = seller(method, path, {**fields, "text": text("Four of us.")})
    refused = seller(method, path, {**fields, "title": "We", "text": text("Five of us.")})
    both = seller(method, path, {**fields, "title": "We", "text": {**instead("Five of us."), "seq": 2}})
    merged = seller(method, path, {**fields, "text": {**text("Five of us."), "seq": made["text"]["seq"]}})
    replaced = seller(method, path, {**fields, "text": instead("")})
    written = seller(method, path, {**fields, "text": text("Six of us.")})

    assert (same.status, same.body["text"]) == (200, made["text"])
    assert (refused.status, refused.pointers) == (422, [("/text/seq", "seq_required")])
    assert "or replace: true to replace what stands there now. Nothing was changed." in refused.body["detail"]
    assert (both.status, both.pointers) == (422, [("/text/replace", "seq_or_replace")])
    assert (merged.body["title"], merged.body["text"]["content"]) == ("The team", "Five of us.")
    assert (replaced.body["text"]["content"], written.body["text"]["content"]) == ("", "Six of us.")


def test_what_one_takes_out_and_the_other_writes_in_stays(deal: Deal, seller: Api, client: Api) -> None:
    path = path_of(deal)
    seller.patch(path, {"text": instead("First.\n\nSecond.\n\nThird.")})
    seq = seller.get(path).body["text"]["seq"]

    client.patch(path, {"text": {**text("First.\n\nSecond, typed.\n\nThird."), "seq": seq}})
    without_second = seller.patch(path, {"text": {**text("First.\n\nThird."), "seq": seq}})
    client.patch(path, {"text": instead("First.")})
    changed_third = seller.patch(path, {"text": {**text("First.\n\nSecond.\n\nThird, made."), "seq": seq}})

    assert without_second.body["text"]["content"] == "First.\n\n, typed\n\nThird."
    assert changed_third.body["text"]["content"] == "First.\n\nThird, made."
