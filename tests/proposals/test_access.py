"""Who may do what: every ability, role and state, spelled out here without looking at the program's own table."""

import uuid
from dataclasses import asdict, fields

import pytest

from accounts.models import ApiToken
from proposals import access
from proposals.access import Abilities, Actor, Visitor
from proposals.exceptions import ConfirmFirst, NotAllowed, NotFound, WrongState
from proposals.models import Participant, Proposal, Side
from proposals.states import State
from tests import factories
from tests.proposals.deal import Deal, make_deal

LETTERS = dict(zip("POFSDWEVA", State, strict=True))
"""preparing, open, frozen, signed, declined, withdrawn, expired, void, archived: their first letters in the table."""

EVER, COMMON = "POFSDWEVA", "OFSDWEVA"

ROLES = (
    "seller editor",
    "seller reader",
    "seller signing reader",
    "client editor",
    "client reader",
    "client signing reader",
    "client guest",
    "seller token",
    "client token",
)

# The states in which each of ROLES, in their order, may do it.
TABLE = {
    "read": (EVER, EVER, EVER, COMMON, COMMON, COMMON, COMMON, EVER, COMMON),
    "export": (EVER, EVER, EVER, COMMON, COMMON, COMMON, COMMON, EVER, COMMON),
    "write_text": ("PO", "", "", "O", "", "", "", "PO", "O"),
    "arrange": ("PO", "", "", "O", "", "", "", "PO", "O"),
    "set_terms": ("PO", "", "", "O", "", "", "", "PO", "O"),
    "set_keys": (EVER, "", "", COMMON, "", "", "", EVER, COMMON),
    "set_line_keys": (EVER, "", "", "", "", "", "", EVER, ""),
    "price": ("PO", "", "", "", "", "", "", "PO", ""),
    "choose": ("", "", "", "O", "", "", "", "", "O"),
    "choose_billing": ("PO", "", "", "O", "", "", "", "PO", "O"),
    "fill_value": ("PO", "", "", "O", "", "", "", "PO", "O"),
    "confirm_value": ("", "", "", "O", "", "O", "", "", ""),
    "explain": ("PO", "", "", "O", "", "", "", "PO", "O"),
    "ask_price": ("", "", "", "O", "O", "O", "", "", "O"),
    "propose": ("O", "", "O", "O", "", "O", "", "O", "O"),
    "disclose": ("PO", "", "", "", "", "", "", "PO", ""),
    "ask": ("OF", "OF", "OF", "OF", "OF", "OF", "", "OF", "OF"),
    "agree": ("O", "", "O", "O", "", "O", "", "", ""),
    "name_who_agrees": ("PO", "", "", "O", "", "", "", "", ""),
    "review": ("PO", "PO", "PO", "O", "O", "O", "", "", ""),
    "name_signatories": ("PO", "", "", "O", "", "", "", "PO", "O"),
    "hand_over": ("F", "", "F", "F", "", "F", "", "", ""),
    "freeze": ("O", "", "O", "O", "", "O", "", "", ""),
    "reopen": ("F", "", "F", "F", "", "F", "", "", ""),
    "sign": ("", "", "F", "", "", "F", "", "", ""),
    "share": ("P", "", "", "", "", "", "", "P", ""),
    "invite": ("POFA", "", "", "OFA", "", "", "", "POFA", "OFA"),
    "copy": (EVER, "", "", "", "", "", "", "", ""),
    "change_order": ("S", "", "", "", "", "", "", "", ""),
    "ask_change_order": ("", "", "", "S", "S", "S", "", "", "S"),
    "decline": ("", "", "", "OF", "", "OF", "", "", ""),
    "withdraw": ("POF", "", "", "", "", "", "", "", ""),
    "take_back_end": ("DW", "", "DW", "DW", "", "DW", "", "", ""),
    "ask_for_time": ("", "", "", "OFE", "OFE", "OFE", "", "", "OFE"),
    "extend": ("OFE", "", "", "", "", "", "", "OFE", ""),
    "be_reminded": ("OF", "OF", "OF", "OF", "OF", "OF", "", "", ""),
    "remind": ("OF", "", "", "OF", "", "", "", "", ""),
    "send_again": ("S", "S", "S", "S", "S", "S", "", "", ""),
    "void": ("", "", "S", "", "", "S", "", "", ""),
}

OUTSIDERS = ("stranger", "stranger with another’s link", "token of another firm", "removed editor", "nobody")


def visitors(proposal: Proposal) -> dict[str, Visitor]:
    """One visitor for each role and outsider."""
    found = {}
    for side in Side.values:
        for role, fields_ in {
            "editor": {"role": "editor"},
            "reader": {"role": "reader"},
            "signing reader": {"role": "reader", "is_signatory": True},
        }.items():
            user = factories.person(f"{side}-{role.replace(' ', '-')}@example.org")
            factories.participant(proposal, user, side, **fields_)
            found[f"{side} {role}"] = Visitor(user=user)
        scopes = frozenset(ApiToken.Scope.values)
        found[f"{side} token"] = Visitor(firm=proposal.party(side).firm, scopes=scopes)
    invited = proposal.participants.get(user__email="client-editor@example.org")
    found["client guest"] = Visitor(invitations=(factories.invitation(invited).id,))
    removed = factories.participant(proposal, removed_at=proposal.created_at)
    elsewhere = factories.proposal(
        factories.relationship(factories.firm("Other"), factories.firm("Third")), people=False
    )
    factories.participant(elsewhere, factories.person("host@example.org"), Side.SELLER)
    foreign = factories.invitation(factories.participant(elsewhere))
    found["stranger"] = Visitor(user=factories.person("stranger@example.org"))
    found["stranger with another’s link"] = Visitor(user=factories.person(), invitations=(foreign.id,))
    found["token of another firm"] = Visitor(firm=elsewhere.party(Side.SELLER).firm, scopes=access.ALL_SCOPES)
    found["removed editor"] = Visitor(user=removed.user)
    found["nobody"] = Visitor()
    return found


def seen(visitor: Visitor, proposal: Proposal) -> Actor | None:
    """The visitor's place, or None where there is none."""
    try:
        return access.proposal_for(visitor, proposal.id)[1]
    except NotFound:
        return None


def test_the_table_names_every_ability() -> None:
    assert set(TABLE) == {field.name for field in fields(Abilities)}


@pytest.mark.parametrize("letter", LETTERS)
def test_abilities_are_those_of_the_table(letter: str, db: None) -> None:
    state = LETTERS[letter]
    proposal = factories.proposal(state=state, people=False)
    by_role = visitors(proposal)
    for place, role in enumerate(ROLES):
        expected = {ability for ability, states in TABLE.items() if letter in states[place]}
        actor = seen(by_role[role], proposal)
        able = {name for name, may in asdict(actor.abilities(state)).items() if may} if actor else set()
        assert able == expected, role
        if actor is None:
            continue
        for ability in TABLE:
            if ability in expected:
                actor.require(ability, state)
            else:
                with pytest.raises((ConfirmFirst, NotAllowed, WrongState)):
                    actor.require(ability, state)


@pytest.mark.parametrize("state", State)
def test_outsiders_see_nothing(state: State, db: None) -> None:
    proposal = factories.proposal(state=state)
    by_role = visitors(proposal)
    for role in OUTSIDERS:
        assert seen(by_role[role], proposal) is None, role
        assert proposal not in access.openable_by(by_role[role]), role


def test_unknown_and_malformed_ids_look_like_those_of_others(deal: Deal) -> None:
    sentences = set()
    for visitor, key in (
        (Visitor(user=factories.person()), deal.id),
        (Visitor(user=factories.seller(deal.proposal)), uuid.uuid4()),
        (Visitor(user=factories.seller(deal.proposal)), "no-uuid"),
    ):
        with pytest.raises(NotFound) as caught:
            access.proposal_for(visitor, key)
        sentences.add((caught.value.detail, caught.value.code, tuple(caught.value.extra)))
    assert len(sentences) == 1


@pytest.mark.parametrize("state", sorted(set(State) - {State.PREPARING}))
def test_a_guest_would_have_the_abilities_of_the_invited_person(state: State, db: None) -> None:
    deal = make_deal(state)
    guest = deal.guest()
    assert not guest.confirmed
    assert guest.abilities(state, once_confirmed=True) == deal.tomas.abilities(state)


def test_a_guest_is_asked_for_the_code_and_told_that_nothing_is_lost(deal: Deal) -> None:
    with pytest.raises(ConfirmFirst) as caught:
        deal.guest().require("ask", State.OPEN)
    assert caught.value.code == "confirm_required"
    assert "Nothing was lost" in caught.value.detail


def test_a_guest_reads_only_after_the_code_where_the_seller_wants_it(db: None) -> None:
    deal = make_deal(code_before_reading=True)
    with pytest.raises(ConfirmFirst):
        deal.guest()
    assert deal.tomas.confirmed


def test_a_withdrawn_link_opens_nothing(deal: Deal) -> None:
    place = deal.proposal.participants.get(side=Side.CLIENT)
    withdrawn = factories.invitation(place, withdrawn_at=deal.proposal.created_at)
    assert seen(Visitor(invitations=(withdrawn.id,)), deal.proposal) is None


def test_an_inactive_person_gets_in_by_no_way(deal: Deal) -> None:
    user = factories.client(deal.proposal)
    invitation = factories.invitation(deal.proposal.participants.get(user=user))
    user.is_active = False
    user.save()
    assert seen(Visitor(user=user), deal.proposal) is None
    assert seen(Visitor(invitations=(invitation.id,)), deal.proposal) is None


@pytest.mark.parametrize(
    ("scope", "abilities"),
    [
        ("proposals:read", {"read"}),
        ("proposals:read webhooks:manage", {"read"}),
        ("proposals:read documents:read", {"read", "export"}),
        (
            "proposals:read pricing:write",
            {"read", "set_line_keys", "price", "choose_billing", "explain", "fill_value", "propose", "disclose"},
        ),
        (
            "proposals:read proposals:write",
            {"read", "write_text", "arrange", "set_terms", "set_keys", "ask", "invite", "extend", "name_signatories"},
        ),
    ],
)
def test_a_token_does_what_its_scopes_say(scope: str, abilities: set[str], deal: Deal) -> None:
    able = asdict(deal.token("seller", *scope.split()).abilities(State.OPEN))
    assert {name for name, may in able.items() if may} == abilities


@pytest.mark.parametrize("scope", ["documents:read", "pricing:write", "webhooks:manage", "proposals:write"])
def test_a_token_that_may_not_read_sees_nothing_at_all(scope: str, deal: Deal) -> None:
    with pytest.raises(NotAllowed) as caught:
        deal.token("seller", scope)
    assert caught.value.code == "missing_scope"


def test_a_personal_token_has_its_owners_place_and_never_signs(deal: Deal) -> None:
    visitor = Visitor(user=factories.seller(deal.proposal), scopes=access.ALL_SCOPES)
    actor = access.proposal_for(visitor, deal.id)[1]
    assert actor.abilities(State.OPEN).agree
    assert deal.maya.abilities(State.FROZEN).sign
    with pytest.raises(NotAllowed) as caught:
        actor.require("sign", State.FROZEN)
    assert caught.value.code == "person_required"


@pytest.mark.parametrize("side", Side.values)
def test_what_was_never_shared_stays_with_the_seller_when_it_is_withdrawn(side: str, db: None) -> None:
    """A proposal withdrawn in preparation is over, and still nobody of the client's side ever sees it."""
    proposal = factories.proposal(state=State.WITHDRAWN, epoch=0)
    place = proposal.participants.get(side=side)
    invitation = factories.invitation(place)
    ways = [
        Visitor(user=place.user),
        Visitor(invitations=(invitation.id,)),
        Visitor(firm=proposal.party(side).firm, scopes=access.ALL_SCOPES),
    ]
    for visitor in ways:
        assert (seen(visitor, proposal) is not None) == (side == Side.SELLER)
    for visitor in (ways[0], ways[2]):
        assert (proposal in access.openable_by(visitor)) == (side == Side.SELLER)


def test_lists_hold_what_one_takes_part_in_once(deal: Deal) -> None:
    user = factories.seller(deal.proposal)
    deal.seat("anna@example.org", "seller")
    preparing = factories.proposal(deal.proposal.relationship, state=State.PREPARING)
    assert list(access.openable_by(Visitor(user=user)).order_by("created_at")) == [deal.proposal, preparing]
    assert list(access.openable_by(Visitor(user=factories.client(deal.proposal)))) == [deal.proposal]
    assert list(access.openable_by(Visitor(firm=deal.proposal.party("client").firm))) == [deal.proposal]


def test_the_role_of_the_moment_counts(deal: Deal) -> None:
    before = deal.maya
    Participant.objects.filter(id=before.participant_id).update(role="reader", is_signatory=False)
    assert not deal.maya.abilities(State.OPEN).write_text
