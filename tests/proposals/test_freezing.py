"""Freezing what both agreed to, each thing that is in its way, and reopening."""

import hashlib
import json
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import Firm
from collab.models import Room
from proposals.actions import agreement, choices, participants, questions
from proposals.actions.export import current_content, draft_snapshot
from proposals.actions.freezing import current_revision, freeze, reopen
from proposals.actions.lines import edit_line, remove_line
from proposals.documents import told
from proposals.documents.fingerprints import fingerprint_of
from proposals.documents.parts import TERMS
from proposals.exceptions import Invalid, WrongState
from proposals.models import Question, Reopening, Section, Side
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import CONDITIONS, PRICING, SUMMARY, TEXTS, Deal, agree_to_everything, deal_after, refused


@pytest.fixture
def agreed(db: None) -> Deal:
    """Both agree to everything: ready to be frozen."""
    return as_made(deal_after, agree_to_everything)


def obstacles(deal: Deal) -> list[tuple[str, str]]:
    """What is in the way, as the refusal lists it: code and part."""
    with refused(WrongState, "not_ready") as caught:
        freeze(by=deal.maya)
    assert caught.value.extra["obstacles"][0]["detail"] in caught.value.detail
    return [(obstacle["code"], obstacle["part"]) for obstacle in caught.value.extra["obstacles"]]


def test_what_is_frozen_is_kept_as_canonical_json_with_its_hash(agreed: Deal) -> None:
    revision = freeze(by=agreed.tomas)
    assert (agreed.proposal.state, revision.number, revision.frozen_by) == ("frozen", 1, agreed.tomas.user)
    content = json.loads(revision.content)
    assert json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == revision.content
    assert hashlib.sha256(revision.content.encode()).hexdigest() == revision.sha256
    assert content["pricing"]["result"]["totals"]["total"] == "17303.00"
    assert [section["title"] for section in content["sections"]] == [SUMMARY, PRICING, CONDITIONS]
    assert content["signature_slots"] == [
        {"slot": "seller-1", "side": "seller"},
        {"slot": "client-1", "side": "client"},
    ]
    assert len(content["agreements"]) == 8
    assert content["revision"]["number"] == 1
    assert content["audit"]["number"] == 8
    assert agreed.last("proposal.frozen") == {"revision": 1, "sha256": revision.sha256, "total": "17303.00"}
    assert current_content(agreed.proposal) == revision.content


def test_the_logo_of_the_moment_goes_with_the_revision_and_is_no_term(agreed: Deal) -> None:
    before = agreed.part(TERMS).fingerprint
    Firm.objects.filter(id=agreed.proposal.party(Side.SELLER).firm_id).update(logo="a" * 64)
    assert agreed.part(TERMS).fingerprint == before
    revision = freeze(by=agreed.maya)
    assert json.loads(revision.content)["seller_logo"] == "a" * 64


def test_the_revision_has_the_fingerprints_that_were_agreed_to(agreed: Deal) -> None:
    seen = {part.key: part.fingerprint for part in agreed.standing().parts}
    content = json.loads(freeze(by=agreed.maya).content)
    assert {f"section:{section['id']}": section["fingerprint"] for section in content["sections"]} | {
        TERMS: content["terms_fingerprint"]
    } == seen
    assert {(entry["part"], entry["fingerprint"]) for entry in content["agreements"]} == set(seen.items())


def test_fingerprints_stay_computable() -> None:
    """The format is for ever: what was agreed on years ago must give the same text."""
    content = {"title": "Überblick", "kind": "prose", "text": {"type": "doc", "content": [{"type": "paragraph"}]}}
    canonical = '{"kind":"prose","text":{"content":[{"type":"paragraph"}],"type":"doc"},"title":"Überblick"}'
    assert fingerprint_of(content) == f"v1:{hashlib.sha256(canonical.encode()).hexdigest()}"


def test_the_room_takes_no_more(agreed: Deal) -> None:
    freeze(by=agreed.maya)
    room = Room.objects.get(proposal=agreed.id)
    assert room.frozen_at_seq == room.head_seq


# Each obstacle by itself


OBSTACLES: dict[str, tuple[Callable[[Deal], object], list[tuple[str, str]]]] = {
    "blocking question": (
        lambda deal: questions.ask(by=deal.tomas, text="Where is the data?", blocking=True),
        [("blocking_question", "")],
    ),
    "nobody signs for the client": (
        lambda deal: participants.set_participant(
            by=deal.tomas, participant_id=deal.tomas.participant_id, is_signatory=False
        ),
        [("no_signatory", "")],
    ),
    "one side took back the terms": (
        lambda deal: agreement.withdraw_agreement(by=deal.tomas, parts=[TERMS]),
        [("not_agreed", TERMS)],
    ),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_one_obstacle_is_enough(obstacle: str, agreed: Deal) -> None:
    put, expected = OBSTACLES[obstacle]
    put(agreed)
    assert obstacles(agreed) == expected


def test_every_part_that_changed_is_named_for_both(agreed: Deal) -> None:
    agreed.write(SUMMARY, "Another text.")
    assert obstacles(agreed) == [("not_agreed", agreed.key(SUMMARY))] * 2


def test_an_undecided_alternative_is_in_the_way_even_if_agreed(deal: Deal) -> None:
    for option in ("Gold", "Silver"):
        factories.line(
            deal.section(PRICING), option, amount="1.00", alternative_group="Plan", alternative_option=option
        )
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    assert obstacles(deal) == [("undecided", "")]
    choices.choose_alternative(by=deal.tomas, group="Plan", option="Gold")
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    assert freeze(by=deal.maya).number == 1


def test_a_proposal_without_sections_is_not_frozen(deal: Deal) -> None:
    Section.objects.filter(proposal=deal.id).update(removed_at=deal.proposal.created_at)
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    assert obstacles(deal) == [("no_sections", "")]


def test_a_blocking_question_says_where_and_is_cleared_by_an_answer(agreed: Deal) -> None:
    asked = questions.ask(by=agreed.tomas, text="When?", section_id=agreed.section(SUMMARY).id, blocking=True)
    assert obstacles(agreed) == [("blocking_question", agreed.key(SUMMARY))]
    for status in ("answered", "waived"):
        questions.close(by=agreed.tomas, question_id=asked.id, status=status)
        questions.close(by=agreed.tomas, question_id=asked.id, status="open")
    assert obstacles(agreed) == [("blocking_question", agreed.key(SUMMARY))]
    questions.close(by=agreed.tomas, question_id=asked.id, status="waived")
    assert freeze(by=agreed.maya).number == 1


def test_an_open_question_that_does_not_block_is_kept_with_the_revision(agreed: Deal) -> None:
    questions.ask(by=agreed.tomas, text="When?", section_id=agreed.section(SUMMARY).id)
    content = json.loads(freeze(by=agreed.maya).content)
    assert [(question["text"], question["state"], question["side"]) for question in content["questions"]] == [
        ("When?", "open", "client")
    ]


def test_many_obstacles_are_counted(deal: Deal) -> None:
    with refused(WrongState, "not_ready") as caught:
        freeze(by=deal.maya)
    assert len(caught.value.extra["obstacles"]) == 8
    assert caught.value.detail.endswith("And 3 more.")


def test_a_free_proposal_can_be_frozen(agreed: Deal) -> None:
    for title in ("Design", "Training"):
        remove_line(by=agreed.maya, line_id=agreed.line(title).id)
    edit_line(by=agreed.maya, line_id=agreed.line("Portal").id, changes={"amount": "0"})
    agreed.agree(agreed.maya)
    agreed.agree(agreed.tomas)
    assert json.loads(freeze(by=agreed.maya).content)["pricing"]["result"]["totals"]["total"] == "0.00"


# Reopening


def test_reopening_voids_the_revision_and_keeps_it(agreed: Deal) -> None:
    revision = freeze(by=agreed.maya)
    assert reopen(by=agreed.tomas, reason=" One more\nthing ").state == "open"
    kept = Reopening.objects.get(revision=revision)
    assert (kept.side, kept.reopened_by, kept.reason) == ("client", agreed.tomas.user, "One more\nthing")
    assert Room.objects.get(proposal=agreed.id).frozen_at_seq is None
    assert told.sentence(agreed.trail()[-1]) == "Tomás Reyes reopened the proposal: “One more\nthing”"
    with pytest.raises(WrongState) as caught:
        current_revision(agreed.proposal)
    assert caught.value.code == "not_frozen"


def test_agreements_stay_and_a_second_freeze_makes_revision_two(agreed: Deal) -> None:
    first = freeze(by=agreed.maya)
    reopen(by=agreed.maya)
    assert all(agreed.agreed(title) == (True, True) for title in (*TEXTS, TERMS))
    second = freeze(by=agreed.tomas)
    assert (first.number, second.number) == (1, 2)
    assert current_revision(agreed.proposal) == second
    first_content, second_content = json.loads(first.content), json.loads(second.content)
    assert first_content["sections"] == second_content["sections"]
    assert first.sha256 != second.sha256


def test_what_is_not_frozen_is_not_reopened(agreed: Deal) -> None:
    with refused(WrongState):
        reopen(by=agreed.maya)
    freeze(by=agreed.maya)
    with refused(WrongState):
        freeze(by=agreed.tomas)
    with refused(Invalid, "too_long"):
        reopen(by=agreed.maya, reason="x" * 501)


def test_a_draft_is_numbered_as_the_revision_it_would_become(agreed: Deal) -> None:
    assert draft_snapshot(agreed.proposal).content["revision"]["number"] == 1
    frozen = json.loads(freeze(by=agreed.maya).content)
    reopen(by=agreed.maya)
    draft = draft_snapshot(agreed.proposal).content
    assert draft["revision"]["number"] == 2
    assert draft["sections"] == frozen["sections"]
    assert Question.objects.count() == 0


def test_before_locking_the_page_says_if_nobody_could_sign(
    agreed: Deal, client: Client, settings: LazySettings
) -> None:
    client.force_login(factories.seller(agreed.proposal))
    address = reverse("freeze", args=[agreed.id])
    assert "Signing is not possible" not in client.get(address).content.decode()
    settings.SIGNING_PKCS12 = "/nowhere/authority.p12"
    page = client.get(address).content.decode()
    assert "Signing is not possible on this server: The file SIGNING_PKCS12" in page
    assert "You can lock now and sign once it is mended." in page
