"""Expiring, more time, taking an end back and voiding over the API: what each leaves, and who is told what."""

import datetime as dt

from django.core import mail
from django.utils import timezone

from proposals.access import Visitor, proposal_for
from proposals.actions.proposals import set_terms
from proposals.models import CommandAnswer, Proposal, SigningCode
from proposals.states import State
from tests.api.conftest import Api, Deal, caller, make_deal
from tests.api.test_idempotency import at_once

PAST = dt.date(2020, 3, 1)


def date_it(deal: Deal) -> None:
    """The offer gets a last day, and a reason for it."""
    maya = proposal_for(Visitor(user=deal.maya), deal.proposal.id)[1]
    set_terms(by=maya, changes={"offer_until": "2099-11-30", "offer_reason": "A trade fair."})


def test_looking_writes_down_that_an_offer_has_expired(deal: Deal, client: Api) -> None:
    Proposal.objects.filter(id=deal.proposal.id).update(offer_until=PAST)

    shown = client.get(deal.path).body

    assert (shown["state"], deal.fresh().state, deal.events()) == ("expired", "expired", ["proposal.expired"])
    assert (shown["can"]["agree"], shown["can"]["ask_for_time"]) == (False, True)


def test_a_list_says_expired_before_anybody_wrote_it_down(deal: Deal, client: Api) -> None:
    Proposal.objects.filter(id=deal.proposal.id).update(offer_until=PAST)

    assert [row["state"] for row in client.get("proposals/").body["results"]] == ["expired"]


def test_asked_for_a_state_the_list_goes_by_the_day(deal: Deal, client: Api) -> None:
    def listed(state: str) -> list[str]:
        return [row["state"] for row in client.get(f"proposals/?state={state}").body["results"]]

    def dated(**days: dt.date | None) -> None:
        Proposal.objects.filter(id=deal.proposal.id).update(**days)

    assert (listed("open"), listed("expired")) == (["open"], [])
    dated(offer_until=PAST)
    assert (listed("open"), listed("expired"), listed("frozen")) == ([], ["expired"], [])
    dated(extended_until=dt.date(2099, 1, 1))
    assert (listed("open"), listed("expired")) == (["open"], [])
    dated(extended_until=None)
    assert client.get(deal.path).body["state"] == "expired"
    assert (listed("open"), listed("expired"), deal.fresh().state) == ([], ["expired"], "expired")


def test_the_client_asks_and_the_seller_gives_more_time(deal: Deal, seller: Api, client: Api) -> None:
    date_it(deal)

    asked = client.post(f"{deal.path}extension-requests/", {"until": "2099-12-31", "text": "The board meets."}).body
    given = seller.post(f"{deal.path}extend/", {"until": "2099-12-15", "words": "A little."}).body

    assert (asked["extension_request"]["status"], asked["extension_request"]["wished_until"]) == ("open", "2099-12-31")
    assert (given["offer_until"], given["offer_reason"], given["extended_until"]) == (
        "2099-12-15",
        "A trade fair.",
        None,
    )
    answered = given["extension_request"]
    assert (answered["status"], answered["granted_until"], answered["answer"]) == ("granted", "2099-12-15", "A little.")


def test_the_seller_gives_no_more_time_and_says_why(deal: Deal, seller: Api, client: Api) -> None:
    date_it(deal)
    client.post(f"{deal.path}extension-requests/", {"until": "2099-12-31", "text": "The board meets."})

    refused = seller.post(f"{deal.path}extension-requests/refuse/", {"words": "The fair ends."}).body

    assert (refused["extension_request"]["status"], refused["offer_until"]) == ("refused", "2099-11-30")
    assert refused["extension_request"]["answer"] == "The fair ends."


def test_a_day_that_gives_no_time_is_named(deal: Deal, seller: Api) -> None:
    date_it(deal)

    answer = seller.post(f"{deal.path}extend/", {"until": "2099-11-30"})

    assert (answer.status, answer.code, answer.body["errors"][0]["pointer"]) == (422, "not_later", "/until")


def test_a_no_is_taken_back_by_who_said_it(deal: Deal, seller: Api, client: Api) -> None:
    client.post(f"{deal.path}decline/", {"reason": "Not this year."})

    assert seller.post(f"{deal.path}take-back/").code == "not_allowed"
    assert client.post(f"{deal.path}take-back/").body["state"] == "open"


def mailed(deal: Deal, api: Api) -> str:
    """Have the code mailed that voiding asks for, and read it."""
    answer = api.post(f"{deal.path}void/code/")
    sent = mail.outbox[-1]
    assert answer.body == {"sent_to": sent.to[0]}
    return sent.subject.partition(" ")[0]


def test_a_code_that_was_wrong_is_counted_and_a_repeat_needs_no_other_one(deal: Deal, client: Api) -> None:
    deal.proposal.revisions.create(number=1, content="{}", sha256="0" * 64, text_seq=1, engine_version="1")
    Proposal.objects.filter(id=deal.proposal.id).update(state=State.SIGNED)
    code = mailed(deal, client)

    wrong = client.post(f"{deal.path}void/", {"reason": "Over.", "code": "no code"}, Idempotency_Key="once")
    assert (wrong.status, wrong.code, wrong.body["errors"][0]["pointer"]) == (422, "wrong_code", "/code")
    assert SigningCode.objects.get().attempts == 1

    sent = {"reason": "Over.", "code": code}
    assert [client.post(f"{deal.path}void/", sent, Idempotency_Key="twice").status for _ in range(2)] == [200, 200]
    assert client.post(f"{deal.path}void/", sent, Idempotency_Key="thrice").code == "code_expired"
    assert deal.events() == ["voiding.proposed"]


def test_repeats_of_what_a_code_confirms_need_the_code_once_also_at_the_same_moment(committed: str) -> None:
    deal = make_deal()
    deal.proposal.revisions.create(number=1, content="{}", sha256="0" * 64, text_seq=1, engine_version="1")
    Proposal.objects.filter(id=deal.proposal.id).update(state=State.SIGNED)
    token = caller(deal, "client").token
    sent = {"reason": "Over.", "code": mailed(deal, Api(token))}

    answers = at_once(lambda _: Api(token).post(f"{deal.path}void/", sent, Idempotency_Key="once"), 6)

    assert [answer.status for answer in answers] == [200] * 6
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False] + [True] * 5
    assert deal.events() == ["voiding.proposed"]


def test_a_key_of_the_day_before_yesterday_is_a_new_one(deal: Deal, seller: Api, client: Api) -> None:
    deal.proposal.revisions.create(number=1, content="{}", sha256="0" * 64, text_seq=1, engine_version="1")
    Proposal.objects.filter(id=deal.proposal.id).update(state=State.SIGNED)
    client.post(f"{deal.path}void/", {"reason": "Over.", "code": mailed(deal, client)}, Idempotency_Key="old")
    kept = seller.post(f"{deal.path}void/refuse/", {"words": "We would rather finish it."}).body
    assert (kept["state"], kept["void_request"]["answer"]) == ("signed", "We would rather finish it.")
    CommandAnswer.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))

    again = client.post(f"{deal.path}void/", {"reason": "Again.", "code": mailed(deal, client)}, Idempotency_Key="old")

    assert (again.status, again.body["void_request"]["reason"]) == (200, "Again.")


def test_both_void_what_was_signed(deal: Deal, seller: Api, client: Api) -> None:
    deal.proposal.revisions.create(number=1, content="{}", sha256="0" * 64, text_seq=1, engine_version="1")
    Proposal.objects.filter(id=deal.proposal.id).update(state=State.SIGNED)

    proposed = client.post(f"{deal.path}void/", {"reason": "The clinic closes.", "code": mailed(deal, client)}).body
    own = client.post(f"{deal.path}void/confirm/", {"code": mailed(deal, client)})
    voided = seller.post(f"{deal.path}void/confirm/", {"code": mailed(deal, seller)}).body

    assert (proposed["state"], proposed["void_request"]["status"]) == ("signed", "open")
    assert (own.status, own.code) == (403, "not_allowed")
    assert (voided["state"], voided["void_request"]["status"], voided["revision"]) == ("void", "confirmed", 1)
