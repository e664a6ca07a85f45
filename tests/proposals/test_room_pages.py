"""What pages say at turning points: inviting again, signing not yet done, what is still in the way."""

from django.test import Client
from django.urls import reverse

from proposals.actions import freezing, questions
from proposals.actions.agreement import agree
from proposals.documents.parts import standing_of
from proposals.models import Participant
from tests.proposals.deal import Deal


def at_browser(deal: Deal) -> Client:
    """Maya's browser."""
    client = Client()
    client.force_login(deal.maya.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def agree_to_all(deal: Deal) -> None:
    parts = {part.key: part.fingerprint for part in standing_of(deal.proposal).parts}
    for actor in (deal.maya, deal.tomas):
        agree(by=actor, parts=parts)


def test_inviting_somebody_who_takes_part_changes_nothing(deal: Deal) -> None:
    before = list(Participant.objects.values("id", "role", "is_signatory"))
    answer = at_browser(deal).post(
        reverse("invite", args=[deal.proposal.id]),
        {"email": deal.maya.user.email, "side": "seller", "role": "editor"},
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "takes_part_already")
    assert list(Participant.objects.values("id", "role", "is_signatory")) == before


def test_the_bar_says_what_is_in_the_way_when_all_is_agreed(deal: Deal) -> None:
    questions.ask(by=deal.tomas, text="Who hosts it?", blocking=True)
    agree_to_all(deal)
    page = at_browser(deal).get(reverse("room", args=[deal.proposal.id])).content.decode()
    assert "A blocking question is open: “Who hosts it?”" in page
    assert "Lock for signing" not in page


def test_the_signed_page_leads_to_signing_until_one_has_signed(deal: Deal) -> None:
    agree_to_all(deal)
    freezing.freeze(by=deal.maya)
    answer = at_browser(deal).get(reverse("signed", args=[deal.proposal.id]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("sign", args=[deal.proposal.id]))
