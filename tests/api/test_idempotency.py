"""A request repeated with its Idempotency-Key has one effect, also when the repeats come at the same moment."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from proposals.models import CommandAnswer, Proposal
from proposals.states import State
from tests.api.conftest import Answer, Api, Deal, caller, make_deal

KEY = {"Idempotency_Key": "9f2c41d0"}
NEW = {"title": "Next", "currency": "EUR", "client": {"name": "Ada", "email": "ada@example.com"}}
QUESTION = {"text": "Who hosts it?"}

Count = Callable[[Deal], int]
MAKERS: list[tuple[str, dict[str, Any], Count]] = [
    ("proposals/", NEW, lambda deal: Proposal.objects.count()),
    ("{deal}copy/", {}, lambda deal: Proposal.objects.count()),
    ("{deal}sections/", {"title": "Next steps"}, lambda deal: deal.proposal.sections.count()),
    ("{lines}", {"kind": "fixed", "title": "New", "amount": "1"}, lambda deal: deal.prices.lines.count()),
    ("{deal}questions/", QUESTION, lambda deal: deal.proposal.questions.count()),
    ("{deal}participants/", {"email": "eve@example.com"}, lambda deal: deal.events().count("participant.invited")),
]


@pytest.mark.parametrize(("path", "body", "count"), MAKERS, ids=[maker[0] for maker in MAKERS])
def test_a_repeat_gets_the_same_answer_and_makes_nothing(
    deal: Deal, seller: Api, path: str, body: dict[str, Any], count: Count
) -> None:
    address = path.format(deal=deal.path, lines=f"{deal.path}sections/{deal.prices.id}/lines/")
    before = count(deal)

    first = seller.post(address, body, **KEY)
    again = seller.post(address, body, **KEY)

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert count(deal) == before + 1


def test_sharing_again_with_the_key_is_no_error(db: None) -> None:
    deal = make_deal(State.PREPARING)
    seller = caller(deal, "seller")

    first = seller.post(f"{deal.path}share/", **KEY)
    again = seller.post(f"{deal.path}share/", **KEY)

    assert (first.status, again.status, again.body["state"]) == (200, 200, "open")
    assert deal.events().count("proposal.shared") == 1
    assert deal.fresh().epoch == 1


@pytest.mark.parametrize("other", [{"text": "Who pays?"}, {"text": "Who hosts it?", "blocking": False}])
def test_the_key_of_another_request_is_refused(deal: Deal, seller: Api, other: dict[str, Any]) -> None:
    seller.post(f"{deal.path}questions/", QUESTION, **KEY)

    body = seller.post(f"{deal.path}questions/", other, **KEY)
    address = seller.post(f"{deal.path}sections/", {"title": "Next"}, **KEY)

    for answer in (body, address):
        assert (answer.status, answer.code) == (422, "idempotency_conflict")
    assert deal.events() == ["question.asked"]


def test_a_key_is_the_callers_own(deal: Deal, seller: Api, client: Api) -> None:
    mine = seller.post(f"{deal.path}questions/", QUESTION, **KEY).body
    theirs = client.post(f"{deal.path}questions/", QUESTION, **KEY).body

    assert mine["id"] != theirs["id"]
    assert (mine["side"], theirs["side"]) == ("seller", "client")


def test_a_refusal_is_not_kept(deal: Deal, seller: Api) -> None:
    refused = seller.post(f"{deal.path}questions/", {"text": ""}, **KEY)
    corrected = seller.post(f"{deal.path}questions/", QUESTION, **KEY)

    assert (refused.status, corrected.status) == (422, 201)


def test_a_refusal_by_the_domain_is_not_kept_either(deal: Deal, seller: Api) -> None:
    lines = f"{deal.path}sections/{deal.prices.id}/lines/"
    line = {"kind": "time", "title": "Design", "role": "Designer", "quantity": "1", "unit": "day"}

    refused = seller.post(lines, line, **KEY)
    seller.patch(f"{deal.path}pricing/", {"rate_card": [{"role": "Designer", "rate": "900", "unit": "day"}]})
    possible = seller.post(lines, line, **KEY)

    assert (refused.status, refused.code, possible.status) == (422, "no_rate", 201)


def test_a_key_that_is_too_long(deal: Deal, seller: Api) -> None:
    answer = seller.post(f"{deal.path}questions/", QUESTION, Idempotency_Key="x" * 201)

    assert (answer.status, answer.code) == (422, "bad_idempotency_key")
    assert deal.events() == []


def test_a_repeat_by_somebody_who_was_taken_out_meanwhile(deal: Deal, client: Api) -> None:
    client.post(f"{deal.path}questions/", QUESTION, **KEY)
    deal.proposal.participants.filter(user=deal.tomas).update(removed_at=deal.proposal.created_at)

    assert client.post(f"{deal.path}questions/", QUESTION, **KEY).status == 404


def test_calculations_keep_nothing(deal: Deal, seller: Api) -> None:
    for total in ("1", "2"):
        given = {"currency": "EUR", "total": total, "weights": ["1"]}
        assert seller.post("calculations/allocate/", given, **KEY).body == {"parts": [f"{total}.00"]}
    assert CommandAnswer.objects.count() == 0


def test_what_is_kept_is_no_more_than_ids(deal: Deal, seller: Api) -> None:
    made = seller.post(f"{deal.path}questions/", QUESTION, **KEY).body

    assert json.dumps(CommandAnswer.objects.get().answer) == json.dumps({"question": made["id"]})


def at_once(run: Callable[[int], Answer], count: int) -> list[Answer]:
    """Several threads that start together; gives their answers."""
    barrier, answers = threading.Barrier(count), []

    def work(number: int) -> None:
        barrier.wait(timeout=120)
        try:
            answers.append(run(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(answers) == count
    return answers


def test_repeats_at_the_same_moment_have_one_effect(committed: str) -> None:
    deal = make_deal()
    token = caller(deal, "seller").token

    answers = at_once(lambda _: Api(token).post(f"{deal.path}questions/", QUESTION, **KEY), 20)

    assert [answer.status for answer in answers] == [201] * 20
    assert len({answer.body["id"] for answer in answers}) == 1
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False] + [True] * 19
    assert deal.events().count("question.asked") == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_key_at_the_same_moment_are_not_both_taken() -> None:
    deal = make_deal()
    token = caller(deal, "seller").token

    answers = at_once(
        lambda number: Api(token).post(f"{deal.path}questions/", {"text": f"Question {number}"}, **KEY), 4
    )

    assert sorted(answer.status for answer in answers) == [201, 422, 422, 422]
    assert deal.events().count("question.asked") == 1


@pytest.mark.django_db(transaction=True)
def test_of_changes_at_the_same_moment_to_the_same_version_one_is_taken() -> None:
    deal = make_deal()
    token = caller(deal, "seller").token
    path = f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/"

    answers = at_once(lambda number: Api(token).patch(path, {"amount": f"{number + 1}"}, If_Match='"1"'), 4)

    assert sorted(answer.status for answer in answers) == [200, 412, 412, 412]
    assert deal.events().count("line.changed") == 1


@pytest.mark.django_db(transaction=True)
def test_settling_follows_a_change_over_the_api() -> None:
    deal = make_deal()
    seller, client = caller(deal, "seller"), caller(deal, "client")
    parts = client.get(f"{deal.path}agreements/").body["parts"]
    seen = [{"part": part["part"], "fingerprint": part["fingerprint"]} for part in parts]
    client.post(f"{deal.path}agree/", {"parts": seen})

    seller.patch(f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/", {"amount": "2000"})

    assert deal.events()[-3:] == ["line.changed", "section.reopened", "section.reopened"]
