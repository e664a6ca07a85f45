"""Who may agree for a side, and a colleague's look before it, of which the other side learns nothing."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_tasks import task_backends

from proposals import tasks
from proposals.access import Actor
from proposals.actions.participants import remove_participant
from proposals.actions.reviews import answer_colleague, ask_colleague, hold_for_reviews, name_who_agrees
from proposals.documents import told
from proposals.exceptions import Invalid, NotAllowed, NotFound, WrongState
from proposals.models import ColleagueReview
from tests.kept import as_made
from tests.proposals.deal import SUMMARY, Deal, deal_after, everything, refused


def with_ines(deal: Deal) -> None:
    """Ines reads for the client, and signs nothing."""
    deal.seat("ines@example.org", "client", role="reader", title="CFO")


@pytest.fixture
def staffed(db: None) -> Deal:
    """A shared proposal with two people of the client."""
    return as_made(deal_after, with_ines)


def ines_of(deal: Deal) -> Actor:
    return deal.actor(deal.proposal.participants.get(user__email="ines@example.org").user)


def seat_of(actor: Actor) -> str:
    return str(actor.participant_id)


def test_only_those_who_are_named_agree_and_naming_nobody_leaves_it_to_all(staffed: Deal) -> None:
    tomas, ines = staffed.tomas, ines_of(staffed)
    with refused(NotAllowed):
        staffed.agree(ines, SUMMARY)
    name_who_agrees(by=tomas, participant_ids=[seat_of(ines)])
    assert told.sentence(staffed.trail()[-1]) == "Tomás Reyes named who agrees for their side: Ines"
    staffed.agree(ines_of(staffed), SUMMARY)
    for actor in (tomas, staffed.tomas):
        with refused(NotAllowed) as caught:
            staffed.agree(actor, SUMMARY)
        assert caught.value.detail == (
            "Harbour Street Clinic has named who may agree for it, and you are not among them. Somebody who may write "
            "names others on the page of colleagues. Nothing was agreed."
        )
    staffed.agree(staffed.maya, SUMMARY)
    assert staffed.agreed(SUMMARY) == (True, True)
    number = staffed.number
    name_who_agrees(by=tomas, participant_ids=[seat_of(ines)])
    assert staffed.number == number
    name_who_agrees(by=tomas, participant_ids=[])
    assert told.sentence(staffed.trail()[-1]) == (
        "Tomás Reyes left agreeing to everybody of their side who may write or sign"
    )
    staffed.agree(staffed.tomas)


def test_a_side_names_its_own_only(staffed: Deal) -> None:
    for wrong in (seat_of(staffed.maya), "nobody"):
        with refused(Invalid, "not_of_this_side"):
            name_who_agrees(by=staffed.tomas, participant_ids=[wrong])


def test_when_the_named_are_gone_nobody_agrees_before_the_side_names_anew_or_lifts_it(staffed: Deal) -> None:
    ines, tomas = ines_of(staffed), staffed.tomas
    name_who_agrees(by=tomas, participant_ids=[seat_of(ines)])
    remove_participant(by=tomas, participant_id=seat_of(ines))
    assert told.sentence(staffed.trail()[-1]) == (
        "Tomás Reyes took Ines out of the proposal; their side is to name anew who agrees for it"
    )
    with refused(NotAllowed):
        staffed.agree(staffed.tomas, SUMMARY)
    browser = Client()
    assert tomas.user
    browser.force_login(tomas.user)
    for page in ("people", "colleagues"):
        assert "takes part no more" in browser.get(reverse(page, args=[staffed.id])).content.decode()
    name_who_agrees(by=tomas, participant_ids=[])
    assert told.sentence(staffed.trail()[-1]).endswith("left agreeing to everybody of their side who may write or sign")
    staffed.agree(staffed.tomas, SUMMARY)
    assert "takes part no more" not in browser.get(reverse("people", args=[staffed.id])).content.decode()


def test_one_of_two_who_were_named_may_leave(staffed: Deal) -> None:
    ines, tomas = ines_of(staffed), staffed.tomas
    name_who_agrees(by=tomas, participant_ids=[seat_of(ines), seat_of(tomas)])
    remove_participant(by=tomas, participant_id=seat_of(ines))
    assert told.sentence(staffed.trail()[-1]) == "Tomás Reyes took Ines out of the proposal"
    staffed.agree(staffed.tomas, SUMMARY)


def test_a_colleague_answers_and_agreeing_is_not_held_up(staffed: Deal) -> None:
    review = ask_colleague(by=staffed.tomas, participant_id=seat_of(ines_of(staffed)), text=" Is it in the budget? ")
    assert (review.text, review.side, review.is_fine) == ("Is it in the budget?", "client", None)
    staffed.agree(staffed.tomas, SUMMARY)
    with refused(Invalid, "required"):
        answer_colleague(by=ines_of(staffed), review_id=review.id, is_fine=False)
    answer_colleague(by=ines_of(staffed), review_id=review.id, is_fine=False, text="The training is too dear.")
    kept = answer_colleague(by=ines_of(staffed), review_id=review.id, is_fine=True)
    assert (kept.is_fine, kept.answer) == (True, "")


def test_a_side_may_wait_for_its_colleagues(staffed: Deal) -> None:
    hold_for_reviews(by=staffed.tomas, hold=True)
    review = ask_colleague(by=staffed.tomas, participant_id=seat_of(ines_of(staffed)))
    with refused(WrongState, "review_open") as caught:
        staffed.agree(staffed.tomas, SUMMARY)
    assert caught.value.detail.startswith("Ines was asked to look first and has not answered yet.")
    staffed.agree(staffed.maya, SUMMARY)
    answer_colleague(by=ines_of(staffed), review_id=review.id, is_fine=False, text="Not quite.")
    staffed.agree(staffed.tomas, SUMMARY)


def test_whom_one_asks_and_who_answers(staffed: Deal) -> None:
    with refused(Invalid, "yourself"):
        ask_colleague(by=staffed.tomas, participant_id=seat_of(staffed.tomas))
    with refused(NotFound):
        ask_colleague(by=staffed.tomas, participant_id=seat_of(staffed.maya))
    review = ask_colleague(by=staffed.tomas, participant_id=seat_of(ines_of(staffed)))
    with refused(NotAllowed):
        answer_colleague(by=staffed.tomas, review_id=review.id, is_fine=True)
    with refused(NotFound):
        answer_colleague(by=staffed.maya, review_id=review.id, is_fine=True)


def seen_by_maya(deal: Deal) -> dict[str, Any]:
    """What the seller gets: the room, its people, history and data, and what the rows of both sides say."""
    browser = Client()
    browser.force_login(deal.maya.user, backend="django.contrib.auth.backends.ModelBackend")
    paths = [reverse(name, args=[deal.id]) for name in ("people", "history", "trail", "colleagues", "document_json")]
    paths.append(f"/api/v1/proposals/{deal.id}/")
    pages = {path: browser.get(path).content for path in paths}
    proposal = deal.proposal
    pages["head"] = repr((proposal.version, proposal.updated_at, proposal.audit_number, proposal.audit_hash)).encode()
    return pages


def test_the_other_side_learns_nothing(staffed: Deal) -> None:
    before, rows, maya = staffed.events(), everything(), seen_by_maya(staffed)
    hold_for_reviews(by=staffed.tomas, hold=True)
    review = ask_colleague(by=staffed.tomas, participant_id=seat_of(ines_of(staffed)), text="A secret of ours")
    answer_colleague(by=ines_of(staffed), review_id=review.id, is_fine=False, text="Another one")
    assert staffed.events() == before
    changed = {name for name, found in everything().items() if found != rows[name]}
    assert changed - {"accounts.User"} == {"proposals.ColleagueReview", "proposals.Party"}
    after = seen_by_maya(staffed)
    assert after["head"] == maya["head"]
    for path, page in after.items():
        assert b"secret" not in page, path
        assert b"Another one" not in page, path


def test_mails_go_to_the_colleague_and_back_and_to_nobody_else(staffed: Deal) -> None:
    task_backends["default"].clear()
    review = ask_colleague(by=staffed.tomas, participant_id=seat_of(ines_of(staffed)), text="Is it in the budget?")
    assert [(row.task.name, row.args) for row in task_backends["default"].results] == [
        ("mail_review", [str(review.id)])
    ]
    tasks.mail_review.call(str(review.id))
    answer_colleague(by=ines_of(staffed), review_id=review.id, is_fine=True, text="It is.")
    tasks.mail_review.call(str(review.id))
    asked, answered = mail.outbox
    assert (asked.to, answered.to) == (["ines@example.org"], ["tomas@harbourstreet.example"])
    assert "Is it in the budget?" in asked.body
    assert "it is fine.\n\nIt is." in answered.body
    remove_participant(by=staffed.tomas, participant_id=seat_of(ines_of(staffed)))
    ColleagueReview.objects.update(answered_at=None)
    tasks.mail_review.call(str(review.id))
    assert len(mail.outbox) == 2


def test_the_page_shows_each_what_is_asked_of_them(staffed: Deal) -> None:
    ask_colleague(by=staffed.tomas, participant_id=seat_of(ines_of(staffed)), text="Is it in the budget?")
    browser = Client()
    browser.force_login(ines_of(staffed).user, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(reverse("colleagues", args=[staffed.id])).content.decode()
    assert "Is it in the budget?" in page
    assert "It is fine" in page
    assert "Save who agrees" not in page
