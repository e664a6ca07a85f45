"""Things that happen at the same moment, on SQLite and on PostgreSQL: one wins, the other is told, nothing is torn."""

import json
from collections.abc import Callable

import pytest

from proposals.actions import agreement, audit, choices, freezing, participants, questions, sections, signing
from proposals.actions.endings import decline, withdraw
from proposals.actions.export import draft_snapshot
from proposals.actions.lines import edit_line
from proposals.documents.parts import TERMS
from proposals.exceptions import Refusal, WrongState
from proposals.models import Agreement, Participant, Proposal, Revision, SigningCode
from proposals.starters.text import document
from tests import factories
from tests.proposals.deal import NOWHERE, PRICING, SUMMARY, Deal, declaration, make_deal
from tests.proposals.together import refusals, together

ROUNDS_COUNT = 4

pytestmark = pytest.mark.usefixtures("committed")


def ready() -> Deal:
    """A proposal that both agree to."""
    deal = make_deal()
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    return deal


def says(deal: Deal) -> tuple[object, object]:
    """What the proposal's rows and log say now: sections and price."""
    content = draft_snapshot(deal.proposal).content
    return content["sections"], content["pricing"]


def kept(revision: Revision) -> tuple[object, object]:
    content = json.loads(revision.content)
    return content["sections"], content["pricing"]


def reprice(deal: Deal) -> Callable[[], object]:
    by, line = deal.maya, deal.line("Portal").id
    return lambda: edit_line(by=by, line_id=line, changes={"amount": "1.00"})


def rewrite(deal: Deal) -> Callable[[], object]:
    by, section = deal.tomas, deal.section(SUMMARY).id
    return lambda: sections.write_text(by=by, section_id=section, text=document("Late."), replace=True)


def lock(deal: Deal) -> Callable[[], object]:
    by = deal.maya
    return lambda: freezing.freeze(by=by)


@pytest.mark.parametrize("edit", [reprice, rewrite])
def test_an_edit_is_either_in_the_revision_or_refused(edit: Callable[[Deal], Callable[[], object]]) -> None:
    for _ in range(ROUNDS_COUNT):
        deal = ready()
        results = together([lock(deal), edit(deal)])
        if deal.proposal.state == "frozen":
            assert refusals(results) == ["wrong_state"]
            assert kept(Revision.objects.get(proposal=deal.id)) == says(deal)
        else:
            assert refusals(results) == ["not_ready"]
            assert Revision.objects.filter(proposal=deal.id).count() == 0
        assert audit.verify(deal.proposal).whole


def test_a_proposal_is_frozen_once() -> None:
    deal = ready()
    maya, tomas = deal.maya, deal.tomas
    results = together([lambda: freezing.freeze(by=maya), lambda: freezing.freeze(by=tomas)] * 2)
    assert refusals(results) == ["wrong_state"] * 3
    assert Revision.objects.filter(proposal=deal.id).count() == 1


def test_an_agreement_is_recorded_once() -> None:
    deal = make_deal()
    tomas, part = deal.tomas, deal.part(SUMMARY)
    together([lambda: agreement.agree(by=tomas, parts={part.key: part.fingerprint})] * 4)
    assert Agreement.objects.filter(proposal=deal.id).count() == 1
    assert deal.events() == ["section.agreed"]


def agree_to(deal: Deal, seen: dict[str, str]) -> Callable[[], object]:
    by = deal.tomas
    return lambda: agreement.agree(by=by, parts=seen)


def test_an_agreement_is_to_what_was_seen_or_refused() -> None:
    for _ in range(ROUNDS_COUNT):
        deal = make_deal()
        seen = {part.key: part.fingerprint for part in deal.standing().parts}
        results = together([agree_to(deal, seen), reprice(deal)])
        rows = Agreement.objects.filter(proposal=deal.id)
        assert refusals(results) in ([], ["changed_since"])
        assert rows.count() == (0 if refusals(results) else 4)
        assert {row.fingerprint for row in rows} <= set(seen.values())
        assert deal.agreed(TERMS) == (False, False)


def test_of_two_changes_of_one_version_one_is_stale() -> None:
    deal = make_deal()
    maya, line = deal.maya, deal.line("Portal").id
    results = together(
        [
            lambda amount=amount: edit_line(by=maya, line_id=line, changes={"amount": amount}, expected_version=1)
            for amount in ("1.00", "2.00", "3.00")
        ]
    )
    assert refusals(results) == ["stale", "stale"]
    assert deal.line("Portal").version == 2
    assert deal.events() == ["line.changed"]


def test_two_choices_at_once_both_count() -> None:
    deal = make_deal()
    for title in ("Hosting", "Backup"):
        factories.line(deal.section(PRICING), title, amount="100.00", optional=True)
    tomas, lines = deal.tomas, [deal.line(title).id for title in ("Hosting", "Backup")]
    together([lambda line=line: choices.choose_option(by=tomas, line_id=line, selected=True) for line in lines])
    assert deal.total == "17503.00"
    assert deal.proposal.version == 3


def test_events_of_many_at_once_are_dense_and_chained() -> None:
    deal = make_deal()
    people = [deal.maya, deal.tomas] * 4
    together([lambda by=by, n=n: questions.ask(by=by, text=f"Question {n}?") for n, by in enumerate(people)])
    assert [event.number for event in deal.trail()] == list(range(1, 9))
    assert audit.verify(deal.proposal).length_count == 8
    assert audit.verify(deal.proposal).whole


def test_a_person_invited_by_both_sides_at_once_sits_once() -> None:
    deal = make_deal()
    maya, tomas = deal.maya, deal.tomas
    together(
        [
            lambda: participants.invite(by=maya, email="ines@example.org", side="client"),
            lambda: participants.invite(by=tomas, email="ines@example.org"),
        ]
    )
    assert Participant.objects.filter(proposal=deal.id, user__email="ines@example.org").count() == 1


def test_a_side_is_not_left_without_an_editor_by_two_at_once() -> None:
    deal = make_deal()
    ines, tomas = deal.seat("ines@example.org", "client"), deal.tomas
    results = together(
        [
            lambda: participants.remove_participant(by=tomas, participant_id=ines.participant_id),
            lambda: participants.remove_participant(by=ines, participant_id=tomas.participant_id),
        ]
    )
    assert refusals(results) in (["not_found"], ["last_one"])
    assert Participant.objects.filter(proposal=deal.id, side="client", removed_at__isnull=True).count() == 1


def test_no_more_than_five_codes_are_tried_at_once() -> None:
    deal = ready()
    freezing.freeze(by=deal.maya)
    maya = deal.maya
    signing.make_signing_code(by=maya)

    def guess(code: str) -> object:
        return signing.sign(by=maya, declaration=declaration(maya, code), circumstances=NOWHERE)

    results = together([lambda n=n: guess(f"wrong {n}") for n in range(8)])
    assert refusals(results) == ["too_many_attempts"] * 3 + ["wrong_code"] * 5
    assert SigningCode.objects.get(participant=maya.participant_id).attempts == 5


def test_of_two_ends_at_once_there_is_one() -> None:
    deal = ready()
    freezing.freeze(by=deal.maya)
    maya, tomas = deal.maya, deal.tomas
    results = together([lambda: withdraw(by=maya), lambda: decline(by=tomas)])
    assert [type(result) for result in results if isinstance(result, Refusal)] == [WrongState]
    assert Proposal.objects.get(id=deal.id).state in ("withdrawn", "declined")
