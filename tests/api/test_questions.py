"""Questions: asking, replying, closing, and who may."""

import uuid
from typing import Any

import pytest

from tests import factories
from tests.api.conftest import Api, Deal, caller, queries_count


def ask(api: Api, deal: Deal, **given: Any) -> dict[str, Any]:
    answer = api.post(f"{deal.path}questions/", {"text": "Who hosts it?", **given})
    assert answer.status == 201
    body: dict[str, Any] = answer.body
    return body


@pytest.mark.parametrize(
    ("role", "name", "side"),
    [
        ("seller", "Maya Lindqvist", "seller"),
        ("reader", "Rea Reader", "client"),
        ("client_service", "Harbour Street Clinic", "client"),
    ],
)
def test_ask(deal: Deal, role: str, name: str, side: str) -> None:
    section = str(deal.prose.id)
    given = {"section": section, "about": "the hosting", "blocking": True, "external_id": "q-1", "metadata": {"a": "b"}}

    made = ask(caller(deal, role), deal, **given)

    assert (made["asked_by"], made["side"], made["status"], made["replies"]) == (name, side, "open", [])
    assert {field: made[field] for field in given} == given
    assert deal.events() == ["question.asked"]


def test_reply_and_close(deal: Deal, client: Api, seller: Api) -> None:
    path = f"{deal.path}questions/{ask(client, deal)['id']}/"

    replied = seller.post(f"{path}replies/", {"text": "We do."})
    closed = client.patch(path, {"status": "answered"}).body
    opened = client.patch(path, {"status": "open", "blocking": True}).body

    assert replied.status == 201
    assert [(reply["author"], reply["side"], reply["text"]) for reply in replied.body["replies"]] == [
        ("Maya Lindqvist", "seller", "We do.")
    ]
    assert (closed["status"], closed["closed_at"] is None) == ("answered", False)
    assert (opened["status"], opened["closed_at"], opened["blocking"]) == ("open", None, True)


def test_the_side_that_asked_decides(deal: Deal, client: Api, seller: Api) -> None:
    path = f"{deal.path}questions/{ask(client, deal, blocking=True)['id']}/"

    for change in ({"status": "waived"}, {"blocking": False}):
        answer = seller.patch(path, change)
        assert (answer.status, answer.code) == (403, "not_allowed")
    assert client.get(path).body["blocking"] is True


def test_list_the_oldest_first_with_filters(deal: Deal, client: Api) -> None:
    first, second, third = (ask(client, deal, external_id=f"q-{number}")["id"] for number in range(3))
    client.patch(f"{deal.path}questions/{second}/", {"status": "waived"})

    def listed(query: str) -> list[str]:
        return [row["id"] for row in client.get(f"{deal.path}questions/{query}").body["results"]]

    assert listed("") == [first, second, third]
    assert listed("?status=open") == [first, third]
    assert listed("?external_id=q-1") == [second]
    page = client.get(f"{deal.path}questions/?limit=2").body
    assert [row["id"] for row in client.get(page["next"]).body["results"]] == [third]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"text": ""}, "/text", "required"),
        ({"text": "x" * 4001}, "/text", "too_long"),
        ({"section": "here"}, "/section", "bad_id"),
        ({"blocking": "no"}, "/blocking", "not_a_boolean"),
        ({"status": "open"}, "/status", "unknown_field"),
    ],
)
def test_a_wrong_value_is_named(deal: Deal, client: Api, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = client.post(f"{deal.path}questions/", {"text": "Who hosts it?", **change})

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert deal.proposal.questions.count() == 0


def test_a_question_about_what_is_not_there_or_of_another_proposal(deal: Deal, client: Api) -> None:
    elsewhere = factories.proposal(deal.proposal.relationship)
    foreign = elsewhere.questions.create(text="Why?", side="client", asked_by_name="Tomás")

    about_nothing = client.post(f"{deal.path}questions/", {"text": "Why?", "section": str(uuid.uuid4())})

    assert about_nothing.status == 404
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "replies/")):
        body = None if method == "GET" else {"text": "x"} if path else {"status": "waived"}
        assert client(method, f"{deal.path}questions/{foreign.id}/{path}", body).status == 404
    foreign.refresh_from_db()
    assert (foreign.status, foreign.replies.count()) == ("open", 0)


def test_the_number_of_queries_does_not_grow(deal: Deal, client: Api, django_assert_num_queries: Any) -> None:
    client.post(f"{deal.path}questions/{ask(client, deal)['id']}/replies/", {"text": "So."})
    few = queries_count(lambda: client.get(f"{deal.path}questions/"))
    for _ in range(3):
        client.post(f"{deal.path}questions/{ask(client, deal)['id']}/replies/", {"text": "So."})

    with django_assert_num_queries(few):
        page = client.get(f"{deal.path}questions/").body

    assert len(page["results"]) == 4
