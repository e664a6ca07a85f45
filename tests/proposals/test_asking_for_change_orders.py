"""The client asks for a change order; the seller makes it or says why not. Both read the same, from the trail alone."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from proposals import news
from proposals.actions.change_orders import ask_for_change_order, make_change_order, refuse_change_order
from proposals.actions.proposals import share
from proposals.documents import told
from proposals.documents.change_order_request import request_of
from proposals.exceptions import Invalid, NotAllowed, WrongState
from proposals.models import Proposal
from proposals.states import State
from tests import factories
from tests.api.conftest import Api
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after, refused

FORM = "A second booking form for the branch in Lille."
FULL = "We are full until summer."


def mark_signed(deal: Deal) -> None:
    deal.freeze()
    Proposal.objects.filter(id=deal.id).update(state=State.SIGNED)


@pytest.fixture
def signed(db: None) -> Deal:
    return as_made(deal_after, mark_signed)


def standing(deal: Deal) -> tuple[str, str, str, str]:
    """The request as it stands: what became of it, who asked, who answered and how."""
    asked = request_of(deal.proposal)
    assert asked is not None
    return str(asked.status), asked.asked_by, asked.answered_by, asked.answer


def mailed(deal: Deal) -> list[tuple[str, str]]:
    """Who is mailed about the last event, and the subject's first words."""
    mail.outbox.clear()
    news.mail_news.call(str(deal.trail()[-1].pk))
    return [(message.to[0], message.subject.partition(":")[0]) for message in mail.outbox]


def as_user(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def page(user: User, name: str, deal: Deal) -> str:
    return as_user(user).get(reverse(name, args=[deal.id])).content.decode()


def test_the_client_asks_and_the_seller_is_mailed(signed: Deal) -> None:
    assert request_of(signed.proposal) is None
    ask_for_change_order(by=signed.tomas, text=FORM)
    assert standing(signed) == ("open", "Tomás Reyes", "", "")
    assert told.sentence(signed.trail()[-1]) == f"Tomás Reyes asked for a change order: “{FORM}”"
    assert mailed(signed) == [("maya@northlight.example", "A change order is asked for")]


def test_it_needs_a_sentence_and_one_request_waits_at_a_time(signed: Deal) -> None:
    with refused(Invalid, "required"):
        ask_for_change_order(by=signed.tomas, text=" ")
    ask_for_change_order(by=signed.tomas, text=FORM)
    with refused(WrongState, "already_asked"):
        ask_for_change_order(by=signed.tomas, text=FORM)


def test_the_seller_refuses_with_words_and_the_client_may_ask_again(signed: Deal) -> None:
    with refused(WrongState, "nothing_asked"):
        refuse_change_order(by=signed.maya, words=FULL)
    ask_for_change_order(by=signed.tomas, text=FORM)
    with refused(NotAllowed):
        refuse_change_order(by=signed.tomas, words=FULL)
    with refused(Invalid, "required"):
        refuse_change_order(by=signed.maya, words="")
    refuse_change_order(by=signed.maya, words=FULL)
    assert standing(signed) == ("refused", "Tomás Reyes", "Maya Lindqvist", FULL)
    assert told.sentence(signed.trail()[-1]) == f"Maya Lindqvist makes no change order: “{FULL}”"
    assert mailed(signed) == [("tomas@harbourstreet.example", "No change order")]
    with refused(WrongState, "nothing_asked"):
        refuse_change_order(by=signed.maya, words=FULL)
    ask_for_change_order(by=signed.tomas, text="Then in summer.")
    assert standing(signed) == ("open", "Tomás Reyes", "", "")


def test_it_waits_until_a_change_order_is_shared(signed: Deal) -> None:
    """One that is prepared in private tells the client nothing."""
    ask_for_change_order(by=signed.tomas, text=FORM)
    order = Deal(make_change_order(by=signed.maya))
    assert standing(signed)[0] == "open"
    share(by=order.maya)
    assert standing(signed) == ("shared", "Tomás Reyes", "", "")
    ask_for_change_order(by=signed.tomas, text="And one for Ghent.")
    assert standing(signed)[0] == "open"


def test_what_was_refused_may_be_made_after_all(signed: Deal) -> None:
    ask_for_change_order(by=signed.tomas, text=FORM)
    refuse_change_order(by=signed.maya, words=FULL)
    share(by=Deal(make_change_order(by=signed.maya)).maya)
    assert standing(signed)[0] == "shared"


def test_a_void_contract_has_no_request(signed: Deal) -> None:
    ask_for_change_order(by=signed.tomas, text=FORM)
    Proposal.objects.filter(id=signed.id).update(state=State.VOID)
    assert request_of(signed.proposal) is None


def test_the_pages_of_both_sides_say_it(signed: Deal) -> None:
    seller, client = factories.seller(signed.proposal), factories.client(signed.proposal)
    asking, refusing = (
        f'href="{reverse(name, args=[signed.id])}"' for name in ("ask_change_order", "refuse_change_order")
    )
    form = f'action="{reverse("ask_change_order", args=[signed.id])}"'
    assert (form in page(client, "signed", signed), form in page(seller, "signed", signed)) == (True, False)
    assert (asking in page(client, "room", signed), asking in page(seller, "room", signed)) == (True, False)

    sent = as_user(client).post(reverse("ask_change_order", args=[signed.id]), {"text": FORM})
    assert (sent.status_code, sent["Location"]) == (302, f"{reverse('signed', args=[signed.id])}#change-orders")

    for name in ("signed", "room"):
        for user in (seller, client):
            shown = page(user, name, signed)
            assert f"<b>Tomás Reyes asked for a change order:</b> <q>{FORM}</q>" in shown
            assert (refusing in shown) == (user == seller)
            assert form not in shown
            assert asking not in shown
    assert FORM in page(seller, "change_order", signed)

    refuse_change_order(by=signed.maya, words=FULL)
    for name in ("signed", "room"):
        assert f"Maya Lindqvist makes none: {FULL}" in page(client, name, signed)


def test_programs_ask_and_read_the_answer(signed: Deal) -> None:
    seller, client = (Api(client=as_user(find(signed.proposal))) for find in (factories.seller, factories.client))
    path = f"proposals/{signed.id}/"
    asked = client.post(f"{path}change-order-requests/", {"text": FORM}).body["change_order_request"]
    assert (asked["status"], asked["text"], asked["asked_by"]) == ("open", FORM, "Tomás Reyes")
    assert client.post(f"{path}change-order-requests/", {"text": FORM}).body["code"] == "already_asked"
    refusal = seller.post(f"{path}change-order-requests/refuse/", {"words": FULL})
    assert refusal.status == 200
    answered = client.get(path).body["change_order_request"]
    assert (answered["status"], answered["answered_by"], answered["answer"]) == ("refused", "Maya Lindqvist", FULL)
