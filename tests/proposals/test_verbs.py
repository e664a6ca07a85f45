"""Each verb asks for the ability that is its own, and a frozen proposal takes none that changes it."""

from dataclasses import fields

import pytest

from proposals.access import Abilities, Actor
from proposals.actions.export import draft_snapshot
from proposals.documents import told
from proposals.exceptions import ConfirmFirst, NotAllowed, NotFound, Refusal, WrongState
from proposals.models import Participant, Proposal
from proposals.states import State
from tests.kept import as_made
from tests.proposals.deal import Deal, everything
from tests.proposals.verbs import MODULES, VERBS, Verb, rich_deal, verbs_of

UNCOUNTED = (
    "change_orders.make_change_order",
    "passkey_signing.ask_passkey",
    "proposals.copy_proposal",
    "reviews.answer_colleague",
    "reviews.ask_colleague",
    "reviews.hold_for_reviews",
    "signing.make_signing_code",
    "templates.save_as_template",
    "voiding.ask_passkey_to_void",
    "voiding.confirm_to_void",
    "voiding.make_voiding_code",
)
"""Verbs that leave the proposal itself as it is."""

NEED_MORE = (
    "signing.sign",
    "freezing.freeze",
    "voiding.confirm_voiding",
    "voiding.refuse_voiding",
    "change_orders.refuse_change_order",
)
"""Verbs that work only once something else has been done."""

WORKING = (State.PREPARING, State.OPEN, State.FROZEN, State.SIGNED, State.DECLINED)
"""The states in which there are verbs."""

KEYS = {"set_keys", "set_line_keys"}
"""What programs keep is no term: it changes in every state."""

HARMLESS = ("ask", "invite", "copy", "ask_for_time", "extend", "be_reminded", "remind", "hand_over", *KEYS)
"""The abilities whose verbs leave a frozen revision as it is."""

TAKEN = {
    State.SIGNED: {"copy", "void", "change_order", "ask_change_order", "send_again", *KEYS},
    State.DECLINED: {"copy", "take_back_end", *KEYS},
    State.WITHDRAWN: {"copy", "take_back_end", *KEYS},
    State.EXPIRED: {"copy", "ask_for_time", "extend", *KEYS},
    State.VOID: {"copy", *KEYS},
    State.ARCHIVED: {"copy", "invite", *KEYS},
}
"""The abilities that somebody has once it is over."""

BY_STATE = [(state, name) for state in WORKING for name, verb in VERBS.items() if verb.state is state]


@pytest.fixture
def in_state(db: None, state: State) -> Deal:
    """A rich deal in the state that a test names."""
    return as_made(rich_deal, state)


def people(deal: Deal) -> dict[str, Actor]:
    """One actor for each way of sitting at the table; signatories who only read beside the two who also write."""
    found = {}
    for side in ("seller", "client"):
        if side == "client" and not deal.proposal.is_common:
            continue
        found[f"{side} editor"] = deal.actor(deal.proposal.participants.filter(side=side)[0].user)
        found[f"{side} reader"] = deal.seat(f"reader-{side}@example.org", side, role="reader")
        found[f"{side} token"] = deal.token(side)
    if deal.proposal.is_common:
        found["guest"] = deal.guest()
    return found


def test_the_list_of_verbs_is_complete() -> None:
    found = set().union(*(verbs_of(module) for module in MODULES)) - {"proposals.create_proposal"}
    assert set(VERBS) == found
    assert {verb.ability for verb in VERBS.values()} == {field.name for field in fields(Abilities)} - {"read", "export"}


@pytest.mark.parametrize(("state", "name"), BY_STATE)
def test_a_verb_is_refused_to_those_who_lack_its_ability(in_state: Deal, name: str) -> None:
    verb, deal = VERBS[name], in_state
    lacking = {
        role: actor for role, actor in people(deal).items() if not getattr(actor.abilities(verb.state), verb.ability)
    }
    before = everything()
    for role, actor in lacking.items():
        would = getattr(actor.abilities(verb.state, once_confirmed=True), verb.ability)
        with pytest.raises((NotAllowed, ConfirmFirst)) as caught:
            verb.call(deal, actor)
        assert would == (caught.type is ConfirmFirst), role
    assert everything() == before


@pytest.mark.parametrize(("state", "name"), [row for row in BY_STATE if row[1] not in NEED_MORE])
def test_a_verb_works_for_those_who_have_its_ability(in_state: Deal, name: str) -> None:
    verb, deal = VERBS[name], in_state
    before, version = everything(), deal.proposal.version
    verb.call(deal, actor_of(deal, verb))
    assert everything() != before
    assert all(told.sentence(event) for event in deal.trail())
    assert deal.proposal.version - version == (name not in UNCOUNTED)


@pytest.mark.parametrize(
    "end", [State.SIGNED, State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.VOID, State.ARCHIVED]
)
@pytest.mark.parametrize("state", [State.FROZEN])
def test_what_is_over_takes_no_verb_but_those_that_follow(in_state: Deal, end: State) -> None:
    deal = in_state
    maya, tomas = deal.maya, deal.tomas
    Proposal.objects.filter(id=deal.id).update(state=end)
    before = everything()
    for name, verb in VERBS.items():
        if verb.ability not in TAKEN[end]:
            assert refusal_of(verb, deal, maya if verb.side == "seller" else tomas) is WrongState, name
    assert everything() == before


@pytest.mark.parametrize("state", [State.FROZEN])
def test_a_frozen_proposal_says_the_same_after_every_verb(in_state: Deal) -> None:
    """People, who signs, and questions may still change; what was agreed, priced and written may not, whoever asks."""
    deal = in_state
    revision = deal.proposal.revisions.get()
    before, actors = content(deal), people(deal)
    for name, verb in VERBS.items():
        if verb.ability in ("reopen", "decline", "withdraw", "sign"):
            continue
        for role, actor in actors.items():
            done = refusal_of(verb, deal, actor) is None
            assert not done or verb.ability in HARMLESS, (name, role)
        assert content(deal) == before, name
    assert deal.proposal.state == "frozen"
    kept = deal.proposal.revisions.get()
    assert (kept.content, kept.sha256) == (revision.content, revision.sha256)


def refusal_of(verb: Verb, deal: Deal, actor: Actor) -> type[Refusal] | None:
    """Call a verb; gives how it was refused, None if it was not."""
    try:
        verb.call(deal, actor)
    except Refusal as refusal:
        return type(refusal)
    return None


UNSETTLED = ("questions", "audit", "revision", "signature_slots")
"""What a draft says of a locked proposal that may differ from its revision: people come and go."""


def content(deal: Deal) -> dict[str, object]:
    """What the proposal says."""
    snapshot = draft_snapshot(deal.proposal).content
    return {name: value for name, value in snapshot.items() if name not in UNSETTLED}


@pytest.mark.parametrize("state", WORKING)
def test_somebody_taken_out_meanwhile_does_nothing_more(in_state: Deal, state: State) -> None:
    deal = in_state
    verbs = [verb for verb in VERBS.values() if verb.state is state]
    actors = {verb.side: actor_of(deal, verb) for verb in verbs}
    Participant.objects.filter(id__in=[actor.participant_id for actor in actors.values()]).update(
        removed_at=deal.proposal.created_at
    )
    before = everything()
    for verb in verbs:
        assert refusal_of(verb, deal, actors[verb.side]) is NotFound, verb.ability
    assert everything() == before


ADDRESSED = [
    "billing.choose_clauses",
    "billing.choose_model",
    "billing.disclose_cost",
    "billing.set_comparison",
    "billing.set_cost",
    "billing.set_estimate",
    "billing.set_figures",
    "choices.change_quantity",
    "choices.choose_option",
    "offers.accept",
    "offers.answer",
    "offers.decline",
    "offers.withdraw",
    "participants.link_for",
    "participants.remove_participant",
    "participants.set_participant",
    "participants.withdraw_invitation",
    "price_requests.answer_price",
    "lines.add_line",
    "lines.edit_line",
    "lines.move_line",
    "lines.remove_line",
    "keys.set_line_keys",
    "keys.set_question_keys",
    "keys.set_section_keys",
    "questions.close",
    "questions.edit_question",
    "questions.reply",
    "sections.edit_section",
    "sections.move_section",
    "sections.remove_section",
    "sections.write_text",
    "value_worksheet.confirm_value",
    "value_worksheet.fill_worksheet",
    "value_worksheet.state_own_value",
    "value_worksheet.take_back_confirmation",
]
"""The verbs that are given the id of a row."""


def test_rows_of_another_proposal_are_not_found(db: None) -> None:
    mine, other = rich_deal(), rich_deal()
    before = everything()
    for name in ADDRESSED:
        assert refusal_of(VERBS[name], other, actor_of(mine, VERBS[name])) is NotFound, name
    assert everything() == before


def actor_of(deal: Deal, verb: Verb) -> Actor:
    return deal.maya if verb.side == "seller" else deal.tomas
