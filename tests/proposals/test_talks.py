"""“Explain it to me”: proposed times with their zone, taken by the other side or answered with others."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions.talks import answer_times, propose_times
from proposals.documents import told
from proposals.documents.talk_times import in_words
from proposals.exceptions import Invalid, NotAllowed
from proposals.models.disclosure import Disclosure, ExplanationTimes
from tests import factories
from tests.proposals.deal import Deal, refused
from tests.proposals.verbs import add_books

TUESDAY = {"at": "2090-01-10T10:00", "zone": "Europe/Amsterdam"}
FRIDAY = {"at": "2090-01-13T20:30", "zone": "America/New_York"}
KEPT = "2090-01-10T10:00:00+01:00[Europe/Amsterdam]"
IN_WORDS = "Tuesday 10 January 2090, 10:00 in Europe/Amsterdam (09:00 UTC)"


@pytest.fixture
def card(deal: Deal) -> Disclosure:
    """A disclosed card about which nobody proposed a talk yet."""
    add_books(deal)
    ExplanationTimes.objects.all().delete()
    return deal.proposal.disclosures.earliest("created_at")


def propose(deal: Deal, card: Disclosure, *times: dict[str, str], by: str = "tomas") -> ExplanationTimes:
    return propose_times(by=getattr(deal, by), disclosure_id=card.id, times=times)


def books(deal: Deal, side: str) -> str:
    client = Client()
    client.force_login(factories.seller(deal.proposal) if side == "seller" else factories.client(deal.proposal))
    return client.get(reverse("books", args=[deal.id])).content.decode()


def test_a_talk_is_proposed_and_taken_by_the_other_side(deal: Deal, card: Disclosure) -> None:
    proposed = propose(deal, card, TUESDAY, FRIDAY)
    assert proposed.times == [KEPT, "2090-01-13T20:30:00-05:00[America/New_York]"]
    assert told.sentence(deal.trail()[-1]) == (
        f"Tomás Reyes proposed to talk about Overhead: Our overhead: {IN_WORDS}; "
        "Friday 13 January 2090, 20:30 in America/New_York (14 January, 01:30 UTC)"
    )
    assert IN_WORDS in books(deal, "client")
    assert f'value="accepted:{KEPT}"' in books(deal, "seller")
    with refused(NotAllowed):
        answer_times(by=deal.tomas, times_id=proposed.id, status="skipped")
    with refused(Invalid, "unknown_value"):
        answer_times(by=deal.maya, times_id=proposed.id, status="accepted", chosen="Sunday")
    answer_times(by=deal.maya, times_id=proposed.id, status="accepted", chosen=KEPT)
    assert told.sentence(deal.trail()[-1]) == f"Maya Lindqvist will talk about Overhead: Our overhead: {IN_WORDS}"
    assert f"<b>Talk: {IN_WORDS}</b>" in books(deal, "client")


def test_other_times_take_the_place_of_the_first_ones(deal: Deal, card: Disclosure) -> None:
    first = propose(deal, card, TUESDAY)
    propose(deal, card, FRIDAY, by="maya")
    with refused(Invalid, "overtaken"):
        answer_times(by=deal.maya, times_id=first.id, status="accepted", chosen=KEPT)
    assert "Propose other times" in books(deal, "client")
    assert IN_WORDS not in books(deal, "client")


@pytest.mark.parametrize(
    ("times", "code", "pointer"),
    [
        ([], "required", "times"),
        ([TUESDAY, FRIDAY, TUESDAY, FRIDAY], "too_many", "times"),
        ([TUESDAY, TUESDAY], "twice", "times/1/at"),
        ([{**TUESDAY, "zone": "Amsterdam"}], "unknown_zone", "times/0/zone"),
        ([{**TUESDAY, "zone": ""}], "required", "times/0/zone"),
        ([TUESDAY, {**TUESDAY, "at": "Friday"}], "bad_time", "times/1/at"),
        ([{**TUESDAY, "at": "2090-01-10T10:00+02:00"}], "bad_time", "times/0/at"),
        ([{**TUESDAY, "at": "2036-03-30T02:30"}], "bad_time", "times/0/at"),
        ([{**TUESDAY, "at": "2020-01-10T10:00"}], "past", "times/0/at"),
    ],
)
def test_a_time_that_cannot_be_is_named(
    deal: Deal, card: Disclosure, times: list[Any], code: str, pointer: str
) -> None:
    with refused(Invalid, code) as caught:
        propose(deal, card, *times)
    assert [error.pointer for error in caught.value.errors] == [pointer]
    assert not card.times.exists()


def test_a_refusal_names_the_control_of_the_form(deal: Deal, card: Disclosure) -> None:
    client = Client()
    client.force_login(factories.client(deal.proposal))
    address = reverse("times_propose", args=[deal.id, card.id])
    sent = {"at1": "2090-01-10T10:00", "at2": "", "at3": "2020-01-10T10:00", "zone": "Europe/Amsterdam"}
    answer = client.post(address, sent, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/at3")
    assert client.post(address, {**sent, "at3": ""}).status_code == 302
    assert card.times.get().times == [KEPT]


def test_words_that_were_proposed_before_times_had_zones_stay_words() -> None:
    assert in_words("Friday, 9:00") == "Friday, 9:00"
    assert in_words("2090-01-10T10:00:00+00:00[UTC]", "de") == "Dienstag 10 Januar 2090, 10:00 in UTC"
