"""One participant: reading, roles, leaving, links; and what one side settles within itself."""

import pytest

from proposals.models import ColleagueReview, Participant, Proposal, Side
from proposals.states import State
from tests import factories
from tests.api.conftest import Api, Deal, caller
from tests.api.test_life import frozen

__all__ = ["frozen"]


def colleague_of(deal: Deal, side: str = Side.SELLER, **fields: object) -> Participant:
    """A second person of a side."""
    return factories.participant(deal.proposal, factories.person(f"nia-{side}@example.com", "Nia"), side, **fields)


def test_a_role_is_changed_and_read(deal: Deal, seller: Api, client: Api) -> None:
    nia = colleague_of(deal)
    path = f"{deal.path}participants/{nia.id}/"

    before = seller.get(path)
    changed = seller.patch(path, {"role": "reader", "is_signatory": True}, If_Match=before.headers["ETag"])
    late = seller.patch(path, {"role": "editor"}, If_Match=before.headers["ETag"])

    assert (before.body["role"], before.body["may_agree"]) == ("editor", False)
    assert (changed.status, changed.body["role"], changed.body["is_signatory"]) == (200, "reader", True)
    assert (late.status, late.code) == (412, "stale")
    assert client.get(path).body == {**changed.body, "invitation_url": None}
    assert deal.events() == ["participant.changed"]


def test_each_side_decides_for_its_own(deal: Deal, client: Api) -> None:
    path = f"{deal.path}participants/{colleague_of(deal).id}/"

    assert client.patch(path, {"role": "reader"}).code == "not_allowed"
    assert client.delete(path).code == "not_allowed"
    assert deal.events() == []


def test_who_is_taken_out_is_gone_at_once(deal: Deal, seller: Api) -> None:
    nia = colleague_of(deal)
    path = f"{deal.path}participants/{nia.id}/"
    theirs = caller(deal, "seller_service")

    assert seller.delete(path).status == 204
    assert [theirs.get(path).status, seller.delete(path).status, seller.patch(path, {}).status] == [404] * 3
    assert deal.events() == ["participant.removed"]


def test_the_last_who_may_write_stays(deal: Deal, seller: Api) -> None:
    mine = deal.proposal.participants.get(user=deal.maya)

    answer = seller.delete(f"{deal.path}participants/{mine.id}/")

    assert (answer.status, answer.code, deal.events()) == (422, "last_one", [])


def test_a_link_is_made_once_and_withdrawn(deal: Deal, seller: Api) -> None:
    path = f"{deal.path}participants/{colleague_of(deal).id}/link/"

    made, again = seller.post(path), seller.post(path)
    withdrawn = seller.delete(path)
    gone = seller.delete(path)

    assert made.body == again.body
    assert made.body["url"].startswith("http://testserver/i/")
    assert [withdrawn.status, gone.status] == [204, 404]
    assert deal.events() == ["participant.invited", "invitation.withdrawn"]


def test_links_to_sign_are_for_those_whose_turn_it_is(frozen: Deal) -> None:
    deal, seller = frozen, caller(frozen, "seller")
    tomas = deal.proposal.participants.get(user=deal.tomas)
    reader = colleague_of(deal, Side.CLIENT, role="reader")

    link = seller.post(f"{deal.path}signing-links/", {"participant": str(tomas.id)})
    other = seller.post(f"{deal.path}signing-links/", {"participant": str(reader.id)})

    assert link.status == 201
    assert link.body["url"].startswith("http://testserver/i/")
    assert link.body["sign_url"] == f"http://testserver/p/{deal.proposal.id}/sign/"
    assert (other.status, other.code) == (409, "wrong_state")


def test_a_repeat_gets_the_link_to_sign_also_when_it_is_nobodys_turn_any_more(frozen: Deal) -> None:
    deal, seller = frozen, caller(frozen, "seller")
    wanted = {"participant": str(deal.proposal.participants.get(user=deal.tomas).id)}
    link = seller.post(f"{deal.path}signing-links/", wanted, Idempotency_Key="link")
    Proposal.objects.filter(id=deal.proposal.id).update(state=State.WITHDRAWN)

    again = seller.post(f"{deal.path}signing-links/", wanted, Idempotency_Key="link")
    anew = seller.post(f"{deal.path}signing-links/", wanted, Idempotency_Key="anew")

    assert (again.status, again.body) == (201, link.body)
    assert (anew.status, anew.code) == (409, "wrong_state")


def test_a_repeat_shows_links_only_to_who_may_still_give_them_out(deal: Deal, seller: Api) -> None:
    posts: list[tuple[str, dict[str, str], str]] = [
        (f"{deal.path}participants/{colleague_of(deal).id}/link/", {}, "link"),
        (f"{deal.path}participants/", {"email": "eve@example.com"}, "invited"),
    ]
    first = [seller.post(path, body, Idempotency_Key=key).status for path, body, key in posts]
    deal.proposal.participants.filter(user=deal.maya).update(role=Participant.Role.READER)

    again = [seller.post(path, body, Idempotency_Key=key) for path, body, key in posts]

    assert first == [201, 201]
    assert [(answer.status, answer.code) for answer in again] == [(403, "not_allowed")] * 2


def test_a_side_names_who_agrees_and_waits_for_colleagues(deal: Deal, seller: Api, client: Api) -> None:
    mine = str(deal.proposal.participants.get(user=deal.maya).id)

    named = seller.patch(f"{deal.path}agreeing/", {"participants": [mine], "holds_for_reviews": True})
    wrong = client.patch(f"{deal.path}agreeing/", {"participants": [mine], "holds_for_reviews": True})

    assert named.body == {
        "side": "seller",
        "names_who_agrees": True,
        "participants": [mine],
        "holds_for_reviews": True,
    }
    assert (wrong.code, wrong.pointers) == ("not_of_this_side", [("/participants", "not_of_this_side")])
    assert client.get(f"{deal.path}agreeing/").body == {
        "side": "client",
        "names_who_agrees": False,
        "participants": [],
        "holds_for_reviews": False,
    }


def test_a_side_that_names_who_agrees_does_so_though_nobody_of_them_is_left(deal: Deal, seller: Api) -> None:
    nia = colleague_of(deal)
    named = seller.patch(f"{deal.path}agreeing/", {"participants": [str(nia.id)]}).body
    seller.delete(f"{deal.path}participants/{nia.id}/")
    left = seller.get(f"{deal.path}agreeing/").body

    assert [(body["names_who_agrees"], body["participants"]) for body in (named, left)] == [
        (True, [str(nia.id)]),
        (True, []),
    ]
    assert seller.get(deal.path).body["can"]["agree"] is False
    anybody = seller.patch(f"{deal.path}agreeing/", {"participants": []}).body
    assert (anybody["names_who_agrees"], seller.get(deal.path).body["can"]["agree"]) == (False, True)


def test_a_colleagues_look_is_the_sides_own(deal: Deal, seller: Api, client: Api) -> None:
    nia = colleague_of(deal)
    path = f"{deal.path}colleague-reviews/"

    asked = seller.post(path, {"participant": str(nia.id), "text": "Is the price right?"})
    mine = f"{path}{asked.body['id']}/answer/"

    assert (asked.status, asked.body["colleague"], asked.body["is_fine"]) == (201, "Nia", None)
    assert seller.post(mine, {"is_fine": True}).code == "not_allowed"
    assert (client.get(path).body["results"], client.post(mine, {"is_fine": True}).status) == ([], 404)
    assert seller.get(path).body["results"] == [asked.body]
    assert ColleagueReview.objects.get().answered_at is None
    assert deal.events() == []


@pytest.mark.parametrize("role", ["seller_service", "client_service"])
def test_colleagues_are_asked_by_people(deal: Deal, role: str) -> None:
    assert caller(deal, role).get(f"{deal.path}colleague-reviews/").code == "person_required"
