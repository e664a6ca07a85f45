"""A place that is handed over to somebody else, and one that somebody left."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from proposals import tasks
from proposals.access import Actor
from proposals.actions import audit
from proposals.actions.files import make_base_file
from proposals.actions.freezing import freeze, reopen
from proposals.actions.participants import invite, remove_participant
from proposals.actions.signatories import hand_over, name_signatory
from proposals.actions.signing import make_signing_code, sign
from proposals.documents import told
from proposals.documents.signing_round import round_of
from proposals.exceptions import Invalid, NotAllowed, NotFound, WrongState
from proposals.fragments.progress import progress_of
from proposals.models import Signature, SigningCode
from tests.kept import as_made
from tests.proposals.deal import NOWHERE, Deal, deal_after, declaration, make_deal, refused
from tests.proposals.signers import LEO, at, four_in_order, mailed, place, revision, signed
from tests.proposals.together import refusals, together


@pytest.fixture
def in_order(db: None) -> Deal:
    """Locked; four sign one after the other."""
    return as_made(deal_after, four_in_order)


@pytest.fixture
def frozen(db: None) -> Deal:
    """Locked; Maya and Tomás sign in any order."""
    return as_made(deal_after, Deal.freeze)


def test_a_place_is_handed_over_with_a_link_and_a_code_of_ones_own(frozen: Deal) -> None:
    before, tomas = revision(frozen), frozen.tomas
    _, code = make_signing_code(by=tomas)
    handed = hand_over(by=tomas, **LEO)
    leo = place(frozen, "leo")
    assert (handed.slot, handed.participant, leo.side, leo.role, leo.only_signs) == (
        "client-1", leo, "client", "reader", True,
    )  # fmt: skip
    assert told.sentence(frozen.trail()[-1]) == (
        "Tomás Reyes handed the place to sign over to Leo Baum (Director) (“I am away until March”)"
    )
    with refused(NotAllowed):
        sign(by=tomas, declaration=declaration(tomas, code), circumstances=NOWHERE)
    with refused(NotAllowed):
        make_signing_code(by=tomas)
    assert not SigningCode.objects.filter(participant_id=tomas.participant_id, expires_at__gt=timezone.now()).exists()
    mail.outbox.clear()
    tasks.mail_handed_over.call(str(frozen.id), "client-1", "Tomás Reyes", LEO["why"])
    (message,) = mail.outbox
    assert message.to == ["leo@example.org"]
    for words in ("Tomás Reyes asks you to sign", "I am away until March", f"/i/{leo.invitations.get().token}/"):
        assert words in message.body
    assert make_signing_code(by=at(frozen, "leo"))[0].participant == leo
    after = revision(frozen)
    assert (after.content, after.sha256) == (before.content, before.sha256)
    assert audit.verify(frozen.proposal).whole


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"email": "kofi@example.org"}, "other_side"),
        ({"email": "tomas@harbourstreet.example"}, "signs_already"),
        ({"email": "ines@example.org"}, "same_person"),
        ({"why": "  "}, "required"),
        ({"why": "x" * 301}, "too_long"),
        ({"email": "leo"}, "bad_email"),
        ({"name": ""}, "required"),
    ],
)
def test_to_whom_a_place_is_not_handed_over(fields: dict[str, Any], code: str, in_order: Deal) -> None:
    with refused(Invalid, code):
        hand_over(by=at(in_order, "ines"), **{**LEO, **fields})


def test_what_is_signed_is_not_handed_over_nor_to_who_has_signed(in_order: Deal) -> None:
    signed(in_order, "ines")
    with refused(WrongState, "already_signed"):
        hand_over(by=at(in_order, "ines"), **LEO)
    with refused(Invalid, "has_signed"):
        hand_over(by=in_order.tomas, **{**LEO, "email": "ines@example.org"})


def test_nobody_hands_over_the_place_of_another(in_order: Deal) -> None:
    for slot in ("client-1", "seller-1", "client-9"):
        with refused(NotAllowed, "" if slot == "client-1" else "no_place"):
            hand_over(by=in_order.tomas, slot=slot, **LEO)
    editor = in_order.seat("writes@example.org", "client")
    with refused(NotAllowed, "no_place"):
        hand_over(by=editor, **LEO)


def test_in_order_a_delegate_hears_of_it_when_it_is_their_turn(in_order: Deal) -> None:
    hand_over(by=in_order.tomas, **LEO)
    tasks.mail_handed_over.call(str(in_order.id), "client-2", "Tomás Reyes", LEO["why"])
    assert mail.outbox == []
    signed(in_order, "ines")
    assert mailed(in_order, "", "Ines Duarte") == ["leo@example.org"]


def test_a_colleague_who_takes_part_already_keeps_the_role(frozen: Deal) -> None:
    frozen.seat("leo@example.org", "client")
    hand_over(by=frozen.tomas, **LEO)
    leo = place(frozen, "leo")
    assert (leo.role, leo.is_signatory, leo.title, leo.only_signs) == ("editor", True, "Director", False)


def test_reopened_and_locked_again_the_delegate_signs(frozen: Deal) -> None:
    hand_over(by=frozen.tomas, **LEO)
    reopen(by=frozen.maya)
    freeze(by=frozen.maya)
    assert [row.participant.user.name for row in round_of(revision(frozen)).places] == ["Maya Lindqvist", "Leo Baum"]


# Somebody was taken out meanwhile


def test_a_place_that_somebody_left_is_filled_by_their_side(in_order: Deal) -> None:
    ines = at(in_order, "ines")
    make_signing_code(by=ines)
    remove_participant(by=in_order.tomas, participant_id=place(in_order, "ines").id)
    assert told.sentence(in_order.trail()[-1]) == (
        "Tomás Reyes took Ines Duarte out of the proposal; the place to sign is vacant"
    )
    with refused(NotFound):
        sign(by=ines, declaration=declaration(ines, "000000"), circumstances=NOWHERE)
    assert mailed(in_order, "") == []
    with refused(WrongState, "not_your_turn") as caught:
        make_signing_code(by=in_order.tomas)
    assert "Harbour Street Clinic is to name somebody in place of Ines Duarte before anybody else signs." in (
        caught.value.detail
    )
    assert progress_of(in_order.proposal).vacant == (
        "Harbour Street Clinic is to name somebody in place of Ines Duarte.",
    )
    with refused(NotAllowed, "no_place"):
        hand_over(by=in_order.maya, slot="client-1", **LEO)
    hand_over(by=in_order.tomas, slot="client-1", **LEO)
    assert told.sentence(in_order.trail()[-1]) == (
        "Tomás Reyes named Leo Baum (Director) to sign in place of Ines Duarte (“I am away until March”)"
    )
    assert mailed(in_order, "") == ["leo@example.org"]


def test_who_was_taken_out_by_mistake_gets_the_place_back(in_order: Deal) -> None:
    remove_participant(by=in_order.tomas, participant_id=place(in_order, "ines").id)
    hand_over(by=in_order.tomas, slot="client-1", **{**LEO, "name": "Ines", "email": "ines@example.org"})
    make_signing_code(by=at(in_order, "ines"))


def test_who_is_let_back_in_to_sign_reads_and_agrees_to_nothing(frozen: Deal) -> None:
    """Whoever hands a place over may be a reader: it gives no right that an editor took away."""
    left = frozen.seat("leo@example.org", "client", may_agree=True)
    remove_participant(by=frozen.tomas, participant_id=left.participant_id or "")
    hand_over(by=frozen.tomas, **LEO)
    leo = place(frozen, "leo")
    assert (leo.role, leo.is_signatory, leo.may_agree, leo.removed_at) == ("reader", True, False, None)
    make_signing_code(by=at(frozen, "leo"))


def test_after_the_lock_nobody_is_let_back_in_to_sign_without_a_place(deal: Deal) -> None:
    ines = name_signatory(by=deal.tomas, name="Ines Duarte", email="ines@example.org")
    remove_participant(by=deal.tomas, participant_id=ines.id)
    deal.freeze()
    with refused(WrongState):
        invite(by=deal.tomas, email="ines@example.org", role="reader", is_signatory=True)
    assert place(deal, "ines").removed_at is not None
    invite(by=deal.tomas, email="ines@example.org", role="reader")
    assert (place(deal, "ines").removed_at, place(deal, "ines").is_signatory) == (None, False)


def test_after_the_lock_who_left_a_place_may_be_let_back_in_to_sign_in_it(in_order: Deal) -> None:
    remove_participant(by=in_order.tomas, participant_id=place(in_order, "ines").id)
    invite(by=in_order.tomas, email="ines@example.org", role="reader", is_signatory=True)
    make_signing_code(by=at(in_order, "ines"))


def test_a_signature_stays_when_its_author_leaves(in_order: Deal) -> None:
    signed(in_order, "ines")
    remove_participant(by=in_order.tomas, participant_id=place(in_order, "ines").id)
    assert in_order.last("participant.removed").get("vacant") is None
    make_signing_code(by=in_order.tomas)


# At the same moment


def test_a_person_signs_once_and_a_place_is_signed_or_handed_over_but_never_both(committed: str) -> None:
    """Maya signs from two tabs at once; then Tomás signs and hands his place over at once."""
    deal = make_deal()
    locked = deal.freeze()
    make_base_file(locked)
    maya, tomas = deal.maya, deal.tomas
    codes = {by.side: make_signing_code(by=by)[1] for by in (maya, tomas)}

    def signing(by: Actor) -> Signature:
        return sign(by=by, declaration=declaration(by, codes[by.side]), circumstances=NOWHERE)

    (second_tab,) = refusals(together([lambda: signing(maya), lambda: signing(maya)]))
    assert second_tab in {"already_signed", "code_used", "code_expired"}
    assert [signature.slot for signature in locked.signatures.all()] == ["seller-1"]
    assert list(locked.file_stages.values_list("number", flat=True)) == [0, 1]

    (late,) = refusals(together([lambda: signing(tomas), lambda: hand_over(by=tomas, **LEO)]))
    count = locked.signatures.count()
    assert late in ({"wrong_state"} if count == 2 else {"not_allowed", "no_place", "code_expired"})
    assert count - 1 + deal.events().count("signature.handed_over") == 1
    assert list(locked.file_stages.values_list("number", flat=True)) == list(range(count + 1))
    assert audit.verify(deal.proposal).whole
