"""What programs do with a signed proposal: change orders asked for and made, the sealed file mailed again."""

import pytest

from proposals.models import Proposal
from proposals.states import State
from tests import factories
from tests.api.conftest import Api, token_of
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after
from tests.proposals.test_change_orders import signed_deal
from tests.proposals.test_sending_again import mark_signed

FORM, FULL = "A second booking form for the branch in Lille.", "We are full until summer."


def both(deal: Deal) -> tuple[Api, Api]:
    """The seller's and the client's programs."""
    between = deal.proposal.relationship
    seller, client = factories.seller(deal.proposal), factories.client(deal.proposal)
    return Api(token_of(seller, between.seller_firm)), Api(token_of(client, between.client_firm))


@pytest.fixture
def signed(db: None) -> Deal:
    """See `signed_deal`."""
    return as_made(signed_deal)


def test_a_change_order_is_asked_for_and_refused(signed: Deal) -> None:
    seller, client = both(signed)
    path = f"proposals/{signed.id}/change-order-requests/"

    asked = client.post(path, {"text": FORM})
    twice = client.post(path, {"text": FORM})
    refused = seller.post(f"{path}refuse/", {"words": FULL})

    assert (asked.status, asked.body["change_order_request"]["status"], twice.code) == (200, "open", "already_asked")
    answered = refused.body["change_order_request"]
    assert (answered["status"], answered["text"], answered["answer"]) == ("refused", FORM, FULL)


def test_a_change_order_is_made_of_what_was_signed(signed: Deal) -> None:
    seller, client = both(signed)

    made = seller.post(f"proposals/{signed.id}/change-order/", {"title": "A second form"})

    assert (made.status, made.body["title"], made.body["state"]) == (201, "A second form", "preparing")
    amends = seller.get(f"proposals/{made.body['id']}/document.json").body["amends"]
    assert (amends["proposal"], amends["revision"]) == (str(signed.id), 1)
    assert client.get(f"proposals/{made.body['id']}/").status == 404


def test_the_sealed_file_is_mailed_again_to_whom_it_did_not_reach(db: None) -> None:
    unsent = as_made(deal_after, mark_signed)
    _, client = both(unsent)

    again = client.post(f"proposals/{unsent.id}/send-again/")

    assert (again.status, again.body["state"]) == (200, "signed")
    assert unsent.trail()[-1].type == "document.mailed_again"
    assert client.post(f"proposals/{unsent.id}/send-again/").code == "too_many_attempts"
    Proposal.objects.filter(id=unsent.id).update(state=State.OPEN)
    assert client.post(f"proposals/{unsent.id}/send-again/").code == "wrong_state"
