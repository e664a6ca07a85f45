"""What was asked elsewhere is marked wherever it is read, and what is said here under it is not."""

import json

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken
from proposals.access import Visitor, proposal_for
from proposals.actions import questions
from proposals.actions.export import draft_snapshot
from proposals.documents.render import open_questions
from proposals.models import Proposal
from tests.portable.moves import brought_in, other_firm, taken_along
from tests.proposals.deal import make_deal

pytestmark = pytest.mark.django_db

MARK = "Brought in, not witnessed here"


def test_a_question_from_elsewhere_says_so_in_the_room_in_the_document_and_over_the_api() -> None:
    deal = make_deal()
    asked = questions.ask(by=deal.tomas, text="Who hosts it?")
    questions.reply(by=deal.maya, question_id=asked.id, text="We do.")
    unmarked = draft_snapshot(deal.proposal).content["questions"]
    owner = other_firm()
    brought_in(taken_along(deal.proposal.relationship.seller_firm), owner.firm, owner.user)
    made = Proposal.objects.get(relationship__seller_firm=owner.firm)
    Proposal.objects.filter(id=made.id).update(state="open", epoch=1)
    here = proposal_for(Visitor(user=owner.user), made.id)[1]
    questions.reply(by=here, question_id=made.questions.get().id, text="Still.")

    made.refresh_from_db()
    told = draft_snapshot(made).content["questions"]

    assert "imported" not in json.dumps(unmarked)
    assert [
        (question.get("imported"), [reply.get("imported") for reply in question["replies"]]) for question in told
    ] == [(True, [True, None])]
    document = render_to_string("pdf/questions.html", {"questions": open_questions(draft_snapshot(made).content)})
    assert (document.count("not witnessed here"), document.count("Brought in")) == (2, 2)
    browser = Client()
    browser.force_login(owner.user)
    assert browser.get(reverse("room", args=[made.id])).content.decode().count(MARK) == 2
    _, secret = ApiToken.issue(firm=owner.firm, name="CRM", scopes=["proposals:read"])
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get(f"/api/v1/proposals/{made.id}/questions/").json()
    [question] = answer["results"]
    assert (question["imported"], [reply["imported"] for reply in question["replies"]]) == (True, [True, False])
