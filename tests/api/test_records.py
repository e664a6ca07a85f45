"""Revisions, files, the audit trail, and checking a PDF: what leaves is exactly what is on record."""

import hashlib
from typing import Any

import pytest
import rfc8785
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from proposals.models import Revision
from proposals.states import State
from tests.api.conftest import ROOT, Answer, Api, Deal, caller, make_deal, queries_count
from tests.api.description import check_answer
from tests.api.test_life import frozen

__all__ = ["frozen"]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("role", ["seller", "client", "reader", "client_service"])
def test_a_revision_and_its_hash(frozen: Deal, role: str) -> None:
    api = caller(frozen, role)

    revision = api.get(f"{frozen.path}revisions/1/").body

    assert sha256(rfc8785.dumps(revision["content"])) == revision["sha256"] == Revision.objects.get().sha256
    assert (revision["number"], revision["reopening"]) == (1, None)
    assert api.get(f"{frozen.path}revisions/2/").status == 404


def test_the_json_of_what_is_frozen_is_its_revision(frozen: Deal) -> None:
    answer = caller(frozen, "client").get(f"{frozen.path}document.json")

    assert sha256(answer.content) == Revision.objects.get().sha256
    assert answer.headers["Content-Type"] == "application/json"


def test_the_json_of_a_draft_says_what_stands_there(deal: Deal, client: Api, seller: Api) -> None:
    seller.patch(f"{deal.path}pricing/", {"currency": "CHF"})

    content = client.get(f"{deal.path}document.json").body

    assert content["format"] == "sameside.revision.v1"
    assert content["proposal"]["currency"] == "CHF"
    assert content["pricing"]["result"]["totals"]["total"] == "1000.00"


def test_the_pdf_of_a_draft(deal: Deal, client: Api) -> None:
    answer = client.get(f"{deal.path}document.pdf")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith('can-use-without-calling-draft.pdf"')
    assert answer.content.startswith(b"%PDF-")


def trail(api: Api, deal: Deal, query: str = "") -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"{deal.path}audit-trail/{query}").body
    return body


def test_the_chain_can_be_recomputed_from_the_answer_alone(deal: Deal, seller: Api, client: Api) -> None:
    seller.patch(deal.path, {"title": "Another title"})
    caller(deal, "client_service").post(f"{deal.path}questions/", {"text": "Why?"})

    events = trail(client, deal)["results"]

    assert [(event["number"], event["type"]) for event in events] == [(1, "terms.changed"), (2, "question.asked")]
    assert events[0]["sentence"].startswith("Maya Lindqvist changed the title")
    previous = ""
    for event in events:
        actor = event["actor"] or {"id": None, "name": "", "side": ""}
        said = {"actor": actor["id"] or "", "name": actor["name"], "side": actor["side"], "facts": event["facts"]}
        assert sha256(event["salt"].encode() + rfc8785.dumps(said)) == event["content_digest"]
        names = ("epoch", "number", "type", "created_at", "content_digest", "previous_hash")
        body = {"proposal": str(deal.proposal.id), **{name: event[name] for name in names}}
        assert sha256(rfc8785.dumps(body)) == event["hash"]
        assert event["previous_hash"] == previous
        previous = event["hash"]
    assert deal.fresh().audit_hash == previous


def test_both_sides_read_the_same_trail_by_pages(deal: Deal, seller: Api, client: Api) -> None:
    for number in range(5):
        seller.patch(deal.path, {"title": f"Title {number}"})

    first = trail(client, deal, "?limit=2")
    second = client.get(first["next"]).body
    third = client.get(second["next"]).body

    numbers = [event["number"] for page in (first, second, third) for event in page["results"]]
    assert numbers == [1, 2, 3, 4, 5]
    assert third["next"] is None
    assert "verification" not in first
    assert trail(seller, deal)["results"] == trail(client, deal)["results"]


def test_the_check_of_the_chain(deal: Deal, seller: Api) -> None:
    seller.patch(deal.path, {"title": "Another title"})
    whole = trail(seller, deal, "?verify=1&limit=1")["verification"]
    type(deal.proposal).objects.filter(id=deal.proposal.id).update(audit_number=2)
    cut = trail(seller, deal, "?verify=1")["verification"]

    assert whole == {
        "whole": True,
        "length_count": 1,
        "head_hash": deal.fresh().audit_hash,
        "broken_at": None,
        "why": "",
    }
    assert (cut["whole"], cut["broken_at"], cut["why"]) == (False, 2, "The end of the trail is missing.")


def test_what_happened_before_sharing_is_in_no_answer(db: None) -> None:
    deal = make_deal(State.PREPARING)
    seller, client = caller(deal, "seller"), caller(deal, "client")
    seller.patch(f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/", {"amount": "31337.77"})
    text = {"format": "markdown", "content": "Zebrafish.", "replace": True}
    seller.patch(f"{deal.path}sections/{deal.prose.id}/", {"text": text})
    seller.patch(f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/", {"amount": "1000"})
    seller.patch(f"{deal.path}sections/{deal.prose.id}/", {"text": {**text, "content": "We begin."}})
    assert b"31337.77" in seller.get(f"{deal.path}audit-trail/").content

    seller.post(f"{deal.path}share/")

    for path in (
        "",
        "participants/",
        "signatories/",
        "sections/?text_format=prosemirror",
        f"sections/{deal.prices.id}/lines/",
        "pricing/",
        "questions/",
        "agreements/",
        "audit-trail/?verify=1",
        "document.json",
    ):
        content = client.get(f"{deal.path}{path}").content
        assert b"31337.77" not in content
        assert b"Zebrafish" not in content


def test_the_number_of_queries_does_not_grow(deal: Deal, seller: Api, django_assert_num_queries: Any) -> None:
    seller.patch(deal.path, {"title": "First"})
    few = queries_count(lambda: trail(seller, deal, "?verify=1"))
    for number in range(4):
        seller.patch(deal.path, {"title": f"Title {number}"})

    with django_assert_num_queries(few):
        assert len(trail(seller, deal, "?verify=1")["results"]) == 5


def verify(content: bytes, **headers: str) -> Answer:
    """Drop a file, as anybody may."""
    upload = SimpleUploadedFile("proposal.pdf", content, "application/pdf")
    response = Client().post(f"{ROOT}verifications/", {"file": upload}, headers=headers)
    answer = Answer(response.status_code, response.json(), response.headers, response.content)
    check_answer("POST", f"{ROOT}verifications/", None, answer)
    return answer


def test_a_file_that_is_no_pdf_is_broken(db: None) -> None:
    answer = verify(b"Dear Sir or Madam")

    assert answer.status == 200
    assert (answer.body["outcome"], answer.body["ok"], answer.body["ours"]) == ("broken", False, False)
    assert answer.body["sha256"] == sha256(b"Dear Sir or Madam")
    assert answer.body["signers"] == []


def test_a_wrong_token_is_not_passed_over(db: None) -> None:
    assert verify(b"x", Authorization="Bearer same_wrong").status == 401


def test_a_file_must_be_sent_as_a_form(db: None) -> None:
    plain = Api()("POST", "verifications/", raw=b"%PDF-1.7", Content_Type="application/pdf")
    nothing = Api()("POST", "verifications/", raw=b"--x--\r\n", Content_Type="multipart/form-data; boundary=x")
    empty = verify(b"")

    assert (plain.status, plain.code) == (415, "unsupported_media_type")
    assert (nothing.status, nothing.pointers) == (422, [("/file", "required")])
    assert (empty.status, empty.pointers) == (422, [("/file", "empty")])


def test_a_file_that_is_too_large_is_not_read(db: None) -> None:
    answer = Api()(
        "POST", "verifications/", raw=b"x", Content_Type="multipart/form-data; boundary=x", Content_Length=str(2**26)
    )

    assert (answer.status, answer.code) == (413, "too_large")
