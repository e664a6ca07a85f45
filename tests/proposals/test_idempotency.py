"""A command sent again under its key has one effect."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from proposals.actions import questions
from proposals.exceptions import Invalid
from proposals.idempotency import once
from proposals.models import CommandAnswer, Question
from tests import factories
from tests.proposals.deal import SUMMARY, Deal, make_deal, refused
from tests.proposals.together import refusals, together


class Counted:
    """A command that counts how often it is really run."""

    def __init__(self) -> None:
        self.runs_count = 0

    def __call__(self) -> dict[str, Any]:
        self.runs_count += 1
        return {"run": self.runs_count}


def send(run: Callable[[], dict[str, Any]], key: str = "k", request: bytes = b"{}", owner: str = "user:1") -> Any:
    return once(owner=owner, key=key, request=request, run=run)


def test_a_repeat_gets_the_answer_of_the_first_time(db: None) -> None:
    command = Counted()
    assert send(command) == ({"run": 1}, False)
    assert send(command) == ({"run": 1}, True)
    assert command.runs_count == 1


def test_other_keys_and_other_owners_are_other_commands(db: None) -> None:
    command = Counted()
    send(command)
    assert send(command, key="l") == ({"run": 2}, False)
    assert send(command, owner="user:2") == ({"run": 3}, False)


def test_the_same_key_with_another_request_is_a_conflict(db: None) -> None:
    command = Counted()
    send(command)
    with refused(Invalid, "idempotency_conflict"):
        send(command, request=b'{"more": true}')
    assert command.runs_count == 1


def test_a_refusal_is_not_kept_so_the_corrected_command_may_come(deal: Deal) -> None:
    def ask(text: str) -> dict[str, Any]:
        return {"question": str(questions.ask(by=deal.tomas, text=text).id)}

    with refused(Invalid, "required"):
        send(lambda: ask(""))
    answer, repeated = send(lambda: ask("When?"), request=b"corrected")
    assert not repeated
    assert answer == {"question": str(Question.objects.get().id)}


def test_an_error_is_not_kept_either(db: None) -> None:
    def fail() -> dict[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send(fail)
    assert send(Counted()) == ({"run": 1}, False)


def test_answers_are_kept_24_hours(db: None) -> None:
    command = Counted()
    send(command)
    rows = CommandAnswer.objects.filter(key="k")
    rows.update(created_at=timezone.now() - dt.timedelta(hours=23, minutes=59))
    assert send(command) == ({"run": 1}, True)
    rows.update(created_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    assert send(command, request=b"anything") == ({"run": 2}, False)
    assert CommandAnswer.objects.count() == 1


def test_a_key_has_a_greatest_length(db: None) -> None:
    assert send(Counted(), key="k" * 200) == ({"run": 1}, False)
    with refused(Invalid, "bad_idempotency_key"):
        send(Counted(), key="k" * 201)


def test_repeats_at_the_same_moment_have_one_effect(committed: str) -> None:
    deal = make_deal()
    tomas = deal.tomas

    def ask() -> dict[str, Any]:
        return {"question": str(questions.ask(by=tomas, text="When?").id)}

    results = together([lambda: send(ask)] * 4)
    assert Question.objects.count() == 1
    answer = {"question": str(Question.objects.get().id)}
    assert sorted(results, key=str) == [(answer, False), (answer, True), (answer, True), (answer, True)]
    assert deal.events() == ["question.asked"]


def test_of_two_different_requests_under_one_key_at_once_one_is_a_conflict(committed: str) -> None:
    command = Counted()
    results = together([lambda request=request: send(command, request=request) for request in (b"a", b"b")])
    assert refusals(results) == ["idempotency_conflict"]
    assert command.runs_count == 1


def test_the_rooms_commands_go_by_it(deal: Deal) -> None:
    browser = Client()
    browser.force_login(factories.client(deal.proposal))
    address = reverse("question_ask", args=[deal.id])
    headers = {"Accept": "application/json", "Idempotency-Key": "ask-1"}
    sent = {"text": "When?", "section": str(deal.section(SUMMARY).id)}
    answers = [browser.post(address, sent, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Question.objects.count() == 1
    conflict = browser.post(address, {**sent, "text": "Where?"}, headers=headers)
    assert (conflict.status_code, conflict.json()["code"]) == (422, "idempotency_conflict")
    assert Question.objects.count() == 1
