"""Requests that can't be understood: each gets a problem with a code, and nothing happens."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import ROOT, Api, Deal

QUESTION = {"text": "Who hosts it?"}


def post_raw(api: Api, deal: Deal, raw: bytes, content_type: str = "application/json", **headers: str) -> Any:
    return api("POST", f"{deal.path}questions/", raw=raw, Content_Type=content_type, **headers)


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"text", 400, "bad_json"),
        (b'{"text": NaN}', 400, "bad_json"),
        (b'{"text": Infinity}', 400, "bad_json"),
        (b'{"text": "\xff"}', 400, "bad_json"),
        (b'{"text": "a", "text": "b"}', 400, "bad_json"),
        (b'\xef\xbb\xbf{"text": "a"}', 400, "bad_json"),
        (b'{"text": "\\ud800"}', 400, "bad_json"),
        (b'{"text": ' + b"9" * 5000 + b"}", 400, "bad_json"),
        (b"[" * 101 + b"]" * 101, 400, "too_deep"),
        (b"[" * 99 + b'{"a": "b"}' + b"]" * 99, 422, "not_an_object"),
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"a":' * 200_000, 400, "too_deep"),
        (b"[]", 422, "not_an_object"),
        (b"null", 422, "not_an_object"),
        (b'"text"', 422, "not_an_object"),
        (b"7", 422, "not_an_object"),
        (b"", 422, "required"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else value,
)
def test_a_body_that_is_no_json_object(deal: Deal, client: Api, raw: bytes, status: int, code: str) -> None:
    answer = post_raw(client, deal, raw)

    assert (answer.status, answer.code) == (status, code)
    assert deal.proposal.questions.count() == 0


def test_what_json_may_say_in_two_ways_is_taken(deal: Deal, client: Api) -> None:
    answer = post_raw(client, deal, b'{"text": "\\ud83d\\ude00 caf\\u00e9 \xe6\x97\xa5"}')

    assert (answer.status, answer.body["text"]) == (201, "😀 café 日")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x" * 300]
)
def test_another_media_type(deal: Deal, client: Api, content_type: str) -> None:
    answer = post_raw(client, deal, json.dumps(QUESTION).encode(), content_type)

    assert (answer.status, answer.code) == (415, "unsupported_media_type")
    assert answer.body["detail"].startswith(
        f"Send the body as “Content-Type: application/json”; not “{content_type[:9]}"
    )
    assert answer.body["detail"].endswith(" Nothing was changed.")
    assert deal.proposal.questions.count() == 0


@pytest.mark.parametrize("path", ["share/", "freeze/", "room-tickets/"])
def test_what_takes_no_body_takes_no_body(deal: Deal, seller: Api, path: str) -> None:
    answer = seller.post(f"{deal.path}{path}", {"force": True})

    assert (answer.status, answer.pointers) == (422, [("/force", "unknown_field")])


@pytest.mark.parametrize("path", ["questions/?limit=1", "sections/?cursor=x", "share/?force=1"])
def test_a_query_that_only_a_list_has(deal: Deal, seller: Api, path: str) -> None:
    answer = seller.post(f"{deal.path}{path}", QUESTION)

    assert (answer.status, answer.code) == (422, "unknown_field")
    assert deal.events() == []


def test_a_charset_may_be_named(deal: Deal, client: Api) -> None:
    answer = post_raw(client, deal, json.dumps(QUESTION).encode(), "application/json; charset=utf-8")

    assert answer.status == 201


def test_a_huge_body(deal: Deal, client: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    answer = post_raw(client, deal, json.dumps({"text": "x" * 1000}).encode())

    assert (answer.status, answer.code) == (413, "too_large")
    assert deal.proposal.questions.count() == 0


def test_a_body_without_its_length(deal: Deal, client: Api) -> None:
    answer = post_raw(client, deal, b"", Transfer_Encoding="chunked", Content_Length="")

    assert (answer.status, answer.code) == (411, "length_required")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_a_method_that_is_not_there(deal: Deal, client: Api, method: str) -> None:
    answer = client(method, f"{deal.path}questions/")

    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST, HEAD"
    assert answer.body["detail"] == (
        f"{method} can’t be done at this address; it takes GET, POST, HEAD. Nothing was changed."
    )


def test_several_wrong_values_are_named_in_the_sentence(seller: Api) -> None:
    answer = seller.post("proposals/", {"title": 1})

    assert answer.body["detail"] == (
        "3 values can’t be taken: “/title”, “/currency”, “/client”. Nothing was changed; “errors” says why of each."
    )


def test_of_many_words_those_most_like_the_one_sent_are_named(service: Api) -> None:
    answer = service.post("webhook-endpoints/", {"url": "https://crm.example.com/", "events": ["proposal.sigend"]})

    said = answer.body["errors"][0]["detail"]
    assert said.startswith("“proposal.sigend” is not one of: proposal.signed")
    assert said.endswith(" more, which the description of the API lists.")
    assert len(said) < 200


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["", "proposal/", "proposals", "proposals/1/", "proposals/x/sections/", "../v2/"])
def test_an_address_that_is_not_there(deal: Deal, client: Api, method: str, path: str) -> None:
    answer = client(method, path)

    assert (answer.status, answer.code) == (404, "not_found")


def test_whatever_is_accepted_errors_are_problems(deal: Deal, client: Api) -> None:
    for accept in ("text/html", "application/pdf", "image/png;q=0.1", "x" * 10_000, ""):
        answer = client.get("proposals/00000000-0000-0000-0000-000000000000/", Accept=accept)
        assert (answer.status, answer.code) == (404, "not_found")
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_problem_has_every_member(deal: Deal, client: Api) -> None:
    answer = client.post(f"{deal.path}questions/", {"text": "", "a/b~c": 1})

    assert answer.body == {
        "type": "about:blank",
        "title": "That can’t be taken",
        "status": 422,
        "detail": "There is no field “a/b~c” here; known are about, blocking, external_id, metadata, section, text. "
        "Nothing was changed.",
        "code": "unknown_field",
        "errors": [
            {
                "pointer": "/a~1b~0c",
                "code": "unknown_field",
                "detail": "There is no field “a/b~c” here; known are about, blocking, external_id, metadata, section, "
                "text.",
            }
        ],
    }


def test_a_fault_of_ours_is_a_problem_too(deal: Deal, client: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("api.views.questions.shown_question", broken)
    deal.proposal.questions.create(text="Why?", side="client", asked_by_name="Tomás")
    browser = Client(raise_request_exception=False)

    answer = browser.get(f"{ROOT}{deal.path}questions/", headers={"Authorization": f"Bearer {client.token}"})

    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "on purpose" not in answer.content.decode()
