"""`ETag` and `If-Match`: nobody overwrites what they have not seen."""

from collections.abc import Callable
from typing import Any

import pytest

from proposals.access import Visitor, proposal_for
from proposals.actions.questions import ask
from tests.api.conftest import Api, Deal

Place = tuple[str, dict[str, Any]]


def proposal_of(deal: Deal) -> Place:
    return deal.path, {"title": "Another title"}


def section_of(deal: Deal) -> Place:
    return f"{deal.path}sections/{deal.prose.id}/", {"title": "How we go on"}


def line_of(deal: Deal) -> Place:
    return f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/", {"amount": "2"}


def pricing_of(deal: Deal) -> Place:
    return f"{deal.path}pricing/", {"currency": "CHF"}


def question_of(deal: Deal) -> Place:
    question = ask(by=proposal_for(Visitor(user=deal.maya), deal.proposal.id)[1], text="Why?")
    return f"{deal.path}questions/{question.id}/", {"status": "waived"}


EVERY = [proposal_of, section_of, line_of, pricing_of, question_of]


@pytest.mark.parametrize("place", EVERY)
def test_a_change_of_what_was_seen(deal: Deal, seller: Api, place: Callable[[Deal], Place]) -> None:
    path, change = place(deal)
    seen = seller.get(path)

    changed = seller.patch(path, change, If_Match=seen.headers["ETag"])

    assert seen.headers["ETag"] == f'"{seen.body["version"]}"'
    assert changed.status == 200
    assert changed.headers["ETag"] == f'"{changed.body["version"]}"'
    assert changed.body["version"] > seen.body["version"]


@pytest.mark.parametrize("place", EVERY)
def test_a_change_of_what_has_changed_is_refused(deal: Deal, seller: Api, place: Callable[[Deal], Place]) -> None:
    path, change = place(deal)
    seen = seller.get(path)
    seller.patch(path, change)
    between = seller.get(path)

    answer = seller.patch(
        path, {"external_id": "late"} if "pricing" not in path else change, If_Match=seen.headers["ETag"]
    )

    assert (answer.status, answer.code) == (412, "stale")
    assert answer.body["current_version"] == between.body["version"]
    assert seller.get(path).body == between.body


@pytest.mark.parametrize("place", [section_of, line_of])
def test_what_has_changed_is_not_taken_out(deal: Deal, seller: Api, place: Callable[[Deal], Place]) -> None:
    path, change = place(deal)
    seen = seller.get(path).headers["ETag"]
    now = seller.patch(path, change).headers["ETag"]

    assert seller.delete(path, If_Match=seen).status == 412
    assert seller.get(path).status == 200
    assert seller.delete(path, If_Match=now).status == 204


@pytest.mark.parametrize("header", ["*", ' "1"', '"7", "1"', '"1" , "x"'])
def test_conditions_that_hold(deal: Deal, seller: Api, header: str) -> None:
    assert seller.patch(deal.path, {"title": "Another title"}, If_Match=header).status == 200


@pytest.mark.parametrize("header", ['W/"1"', '"2"', '"abc"', '""', '"01x"', '"²"'])
def test_conditions_that_do_not_hold(deal: Deal, seller: Api, header: str) -> None:
    answer = seller.patch(deal.path, {"title": "Another title"}, If_Match=header.encode().decode("latin-1"))

    assert answer.status in (400, 412)
    assert deal.events() == []


@pytest.mark.parametrize("header", ["1", '"1', 'x"1"', '"1" "2"', "", ","])
def test_conditions_that_are_none(deal: Deal, seller: Api, header: str) -> None:
    answer = seller.patch(deal.path, {"title": "Another title"}, If_Match=header)

    assert (answer.status, answer.code) == (400, "bad_if_match")
    assert deal.events() == []


def test_a_tag_that_no_number_is_that_long(deal: Deal, seller: Api) -> None:
    answer = seller.patch(deal.path, {"title": "Other"}, If_Match=f'"{"9" * 5000}"')

    assert (answer.status, answer.code) == (412, "stale")
