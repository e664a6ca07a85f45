"""The demo stands where the picture of it stands: the same words, price, agreement and questions."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from proposals.actions import audit
from proposals.documents.parts import standing_of, terms_content
from proposals.documents.readiness import Readiness, readiness_of
from proposals.documents.totals import totals_of
from proposals.management.demo import content
from proposals.models import AuditEvent, Proposal, Section, Side
from proposals.states import State
from tests.prepared import copy_demo, on_file

SECTIONS = [
    ("Summary", "prose"),
    ("What we will build", "prose"),
    ("Timeline", "prose"),
    ("Pricing", "pricing"),
    ("How billing works", "billing"),
    ("Conditions", "prose"),
]

COMMON_TRAIL = [
    "proposal.shared",
    "participant.invited",
    "participant.joined",
    *["section.agreed"] * 6,
    *["section.agreed"] * 5,
    "question.asked",
    "option.chosen",
    "section.reopened",
    "section.edited",
    "section.reopened",
    "section.agreed",
    "question.asked",
    "question.replied",
    "discount.changed",
]


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """What the command told programs about the demo of the run; the database is a copy of its own."""
    folder = tmp_path_factory.mktemp("demos")
    described = copy_demo(folder)
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(on_file(folder / "sameside.sqlite3"))
        yield described
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture
def proposal(demo: dict[str, Any], db: None) -> Proposal:
    return Proposal.objects.get(id=demo["proposal"])


def readiness(of: Proposal) -> Readiness:
    """Who agrees to what now."""
    return readiness_of(of, standing_of(of))


def texts(node: dict[str, Any]) -> list[str]:
    """The text of each block of a document, in order."""
    if node["type"] in ("paragraph", "heading"):
        return ["".join(child["text"] for child in node.get("content", []))]
    return [text for child in node["content"] for text in texts(child)]


def test_the_six_sections_stand_in_order(proposal: Proposal, demo: dict[str, Any]) -> None:
    standing = list(proposal.sections.standing())
    assert [(section.title, section.kind) for section in standing] == SECTIONS
    assert demo["sections"] == [
        {"id": str(section.id), "kind": section.kind, "title": section.title} for section in standing
    ]
    assert proposal.title == "A booking portal your patients can use without calling"
    assert proposal.lifecycle is State.OPEN


def test_the_text_is_the_one_of_the_picture(proposal: Proposal) -> None:
    standing = standing_of(proposal)
    found = {section.title: texts(standing.texts.of(section.id)) for section in standing.rows.sections}
    assert found["Timeline"] == [
        "We start on 12 January and open the portal to your staff on 2 March. Patients can book from 16 March, once "
        "two weeks at the front desk have gone by without a double booking."
    ]
    assert found["How billing works"] == [
        "You pay €900 for each day we work and never more than 24 days, before VAT. The three payments stand under the "
        "prices; the last one settles the days really worked."
    ]
    assert found["What we will build"][1] == "Reminders by text and email, with a one-tap way to move a visit."
    assert len(found["What we will build"]) == 4
    assert found["Pricing"] == [""]


def test_the_price_is_the_one_of_the_picture(proposal: Proposal) -> None:
    standing = standing_of(proposal)
    totals = {name: standing.price.totals[name] for name in ("gross", "discount", "tax", "total")}
    assert totals == {"gross": "21960.00", "discount": "2920.00", "tax": "3998.40", "total": "23038.40"}
    shown = totals_of(terms_content(standing.rows, standing.price), standing.price.result)
    assert shown.amount == "€23,038.40"
    assert shown.sum == "estimate €23,038.40, at most €28,314.00"
    assert [(row.label, row.amount) for row in shown.rows] == [
        ("Before discounts", "€21,960.00"),
        ("Discounts", "−€2,920.00"),
        ("VAT 21%", "€3,998.40"),
    ]


def test_the_client_took_the_option_himself(proposal: Proposal) -> None:
    chosen = AuditEvent.objects.get(proposal=proposal, type="option.chosen")
    assert chosen.epoch == 1
    assert (chosen.content.actor_name, chosen.content.facts["title"]) == ("Tomás Reyes", "Care plan")


def test_half_of_it_is_agreed(proposal: Proposal) -> None:
    found = {part.part.title: (part.seller is not None, part.client is not None) for part in readiness(proposal).parts}
    assert found == {
        "Summary": (True, True),
        "What we will build": (True, True),
        "Timeline": (True, False),
        "Pricing": (False, False),
        "How billing works": (True, True),
        "Conditions": (True, True),
        "Terms of the whole": (False, False),
    }


def test_the_client_agreed_to_an_earlier_timeline(proposal: Proposal) -> None:
    section = Section.objects.get(proposal=proposal, title="Timeline")
    earlier = readiness(proposal).part(f"section:{section.id}").outdated(Side.CLIENT)
    assert earlier is not None
    assert earlier.name == "Tomás Reyes"


def test_two_questions_are_open(proposal: Proposal) -> None:
    export, launch = proposal.questions.order_by("created_at")
    assert (export.side, export.status, export.section.title, export.replies.count()) == (
        "seller",
        "open",
        "Pricing",
        0,
    )
    assert export.text == "Which system will the export come from? It decides the discount."
    assert (launch.side, launch.status, launch.section.title) == ("client", "open", "Timeline")
    assert launch.about == "Patients can book from 16 March"
    (reply,) = launch.replies.all()
    assert (reply.author_name, reply.text) == (
        "Maya Lindqvist",
        "Yes, if staff can start on 27 February. I’ll put it in the text.",
    )
    assert {export.blocking, launch.blocking} == {False}


def test_the_common_history_begins_with_sharing_and_is_whole(proposal: Proposal) -> None:
    common = proposal.audit_events.filter(epoch=1).order_by("number")
    assert [event.type for event in common] == COMMON_TRAIL
    assert audit.verify(proposal).whole
    assert audit.verify(proposal, epoch=0).whole


def test_the_parties_can_stand_in_a_contract(proposal: Proposal) -> None:
    for party in proposal.parties.all():
        assert party.legal_name.endswith("B.V.")
        assert party.address
        assert party.registration
    tomas = proposal.participants.get(side=Side.CLIENT)
    assert (tomas.user.name, tomas.title, tomas.is_signatory) == ("Tomás Reyes", "Practice manager", True)
    assert tomas.joined_at is not None


@pytest.mark.parametrize(
    ("today", "offer", "start"),
    [
        ("2026-11-22", "2026-12-19", "2027-01-12"),
        ("2026-12-18", "2026-12-19", "2027-01-12"),
        ("2026-12-19", "2027-12-19", "2028-01-12"),
        ("2027-01-05", "2027-12-19", "2028-01-12"),
    ],
)
def test_the_offer_ends_and_the_work_starts_after_today(today: str, offer: str, start: str) -> None:
    day = dt.date.fromisoformat(today)
    assert (content.offer_until(day).isoformat(), content.starts_on(day).isoformat()) == (offer, start)
