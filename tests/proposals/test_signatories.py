"""Who signs and in which order: naming, turns, handing over, and a place that somebody left."""

import json
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
from proposals.actions.proposals import set_terms, share
from proposals.actions.signatories import hand_over, name_signatory, order_signatories
from proposals.actions.signing import make_signing_code, sign
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.documents.render import signature_blocks
from proposals.documents.signing_order import order_in_words, ordinal_number
from proposals.documents.signing_round import round_of
from proposals.exceptions import Invalid, NotAllowed, NotFound, WrongState
from proposals.fragments.progress import progress_of
from proposals.models import Invitation, Participant, Revision, Signature, SigningCode
from proposals.views.signatories import signers_words
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import NOWHERE, Deal, deal_after, declaration, make_deal, refused
from tests.proposals.together import refusals, together

LEO = {"name": "Leo Baum", "email": "leo@example.org", "title": "Director", "why": "I am away until March"}


def four_in_order(deal: Deal) -> None:
    """Two sign for each side, the client's first: Ines and Tomás, then Maya and Kofi."""
    set_terms(by=deal.maya, changes={"signing_order": "client_first"})
    name_signatory(by=deal.tomas, name="Ines Duarte", email="ines@example.org", title="CFO")
    name_signatory(by=deal.maya, name="Kofi Mensah", email="kofi@example.org")
    order_signatories(by=deal.tomas, participant_ids=[place(deal, "ines").id, deal.tomas.participant_id or ""])
    deal.freeze()


@pytest.fixture
def in_order(db: None) -> Deal:
    """Locked; four sign one after the other."""
    return as_made(deal_after, four_in_order)


@pytest.fixture
def frozen(db: None) -> Deal:
    """Locked; Maya and Tomás sign in any order."""
    return as_made(deal_after, Deal.freeze)


def place(deal: Deal, name: str) -> Participant:
    return deal.proposal.participants.select_related("user").get(user__email__startswith=name)


def at(deal: Deal, name: str) -> Actor:
    return deal.actor(place(deal, name).user)


def revision(deal: Deal) -> Revision:
    return deal.proposal.revisions.order_by("-number")[0]


def signed(deal: Deal, name: str) -> None:
    """A signature's row in the place of somebody, without the file."""
    row = place(deal, name)
    slot = revision(deal).signing_places.get(participant=row).slot
    factories.signature(revision(deal), row.id, slot=slot)


def mailed(deal: Deal, *arguments: str) -> list[str]:
    """Who is told that it is their turn."""
    mail.outbox.clear()
    tasks.mail_ready_to_sign.call(str(deal.id), *arguments)
    return [message.to[0] for message in mail.outbox]


# The order


def test_in_any_order_nothing_is_said_of_it_and_no_fingerprint_changes(deal: Deal) -> None:
    before = deal.part(TERMS)
    assert "signing_order" not in before.content
    set_terms(by=deal.tomas, changes={"signing_order": "client_first"})
    assert told.sentence(deal.trail()[-1]) == (
        "Tomás Reyes changed the order of signing from in any order to in order, the client first"
    )
    after = deal.part(TERMS)
    assert (after.content["signing_order"], after.fingerprint != before.fingerprint) == ("client_first", True)
    set_terms(by=deal.maya, changes={"signing_order": "parallel"})
    assert deal.part(TERMS) == before
    with refused(Invalid, "unknown_value"):
        set_terms(by=deal.maya, changes={"signing_order": "by age"})


def test_the_frozen_order_is_the_clients_people_as_the_client_put_them_then_the_sellers(in_order: Deal) -> None:
    content = json.loads(revision(in_order).content)
    assert content["proposal"]["signing_order"] == "client_first"
    assert [slot["slot"] for slot in content["signature_slots"]] == ["seller-1", "seller-2", "client-1", "client-2"]
    places = [(row.position, row.slot, row.participant.user.name) for row in round_of(revision(in_order)).places]
    assert places == [
        (1, "client-1", "Ines Duarte"),
        (2, "client-2", "Tomás Reyes"),
        (3, "seller-1", "Maya Lindqvist"),
        (4, "seller-2", "Kofi Mensah"),
    ]


def test_the_page_of_signatures_names_the_order_only_where_there_is_one(in_order: Deal, db: None) -> None:
    content = json.loads(revision(in_order).content)
    assert order_in_words(content) == ("They sign in this order: Harbour Street Clinic first, then Northlight Studio.")
    assert [block.turn for block in signature_blocks(content)] == ["signs 3rd", "signs 4th", "signs 1st", "signs 2nd"]
    del content["proposal"]["signing_order"]
    assert (order_in_words(content), [block.turn for block in signature_blocks(content)]) == ("", [""] * 4)
    assert [ordinal_number(number) for number in (11, 12, 13, 21, 22, 103)] == [
        "11th", "12th", "13th", "21st", "22nd", "103rd",
    ]  # fmt: skip


def test_before_their_turn_nobody_gets_a_code_or_signs(in_order: Deal) -> None:
    for by in (in_order.tomas, in_order.maya, at(in_order, "kofi")):
        with refused(WrongState, "not_your_turn") as caught:
            make_signing_code(by=by)
        assert caught.value.detail == (
            "It is Ines Duarte’s turn to sign. You will be told by mail when it is yours. Nothing was signed."
        )
        with refused(WrongState, "not_your_turn"):
            sign(by=by, declaration=declaration(by, "000000"), circumstances=NOWHERE)
    make_signing_code(by=at(in_order, "ines"))
    signed(in_order, "ines")
    make_signing_code(by=in_order.tomas)
    with refused(WrongState, "already_signed"):
        make_signing_code(by=at(in_order, "ines"))


def test_only_whose_turn_it_is_is_told_and_told_each_time(in_order: Deal) -> None:
    assert mailed(in_order, str(in_order.maya.user_id)) == ["ines@example.org"]
    body = mail.outbox[0].body
    link = Invitation.objects.get(participant=place(in_order, "ines"))
    for words in (
        "Harbour Street Clinic named you to sign it as CFO.",
        f"/i/{link.token}/",
        "After you: Tomás Reyes, Maya Lindqvist and Kofi Mensah.",
    ):
        assert words in body
    assert in_order.events()[-1] == "proposal.frozen"
    turns = []
    for name in ("ines", "tomas", "maya"):
        signed(in_order, name)
        turns.append(mailed(in_order, "", name))
    assert turns == [["tomas@harbourstreet.example"], ["maya@northlight.example"], ["kofi@example.org"]]


def test_the_room_says_who_is_next(in_order: Deal) -> None:
    assert progress_of(in_order.proposal).next_words == (
        "Next: Ines Duarte reads it in its final form and signs, then Tomás Reyes, then Maya Lindqvist, then "
        "Kofi Mensah."
    )
    signed(in_order, "ines")
    assert progress_of(in_order.proposal).signed_words == "Ines Duarte has signed."


def test_before_locking_the_page_says_who_signs_and_in_which_order(deal: Deal) -> None:
    name_signatory(by=deal.tomas, name="Ines Duarte", email="ines@example.org")
    assert signers_words(deal.proposal) == "To sign, in any order: Maya Lindqvist, Tomás Reyes and Ines Duarte."
    set_terms(by=deal.maya, changes={"signing_order": "client_first"})
    assert signers_words(deal.proposal) == (
        "To sign, in order, the client first: Tomás Reyes, Ines Duarte and Maya Lindqvist."
    )


# Naming


def test_somebody_who_was_never_in_the_room_is_named_and_not_mailed(deal: Deal) -> None:
    row = name_signatory(by=deal.tomas, name=" Ines Duarte ", email=" Ines@Example.org ", title="CFO")
    assert (row.user.name, row.user.email, row.title, row.side) == ("Ines Duarte", "ines@example.org", "CFO", "client")
    assert (row.role, row.is_signatory, row.only_signs, row.joined_at) == ("reader", True, True, None)
    assert Invitation.objects.count() == 0
    assert told.sentence(deal.trail()[-1]) == "Tomás Reyes named Ines Duarte (CFO) to sign"
    number = deal.number
    assert name_signatory(by=deal.tomas, name="Ines", email="ines@example.org", title="CFO") == row
    assert deal.number == number
    again = name_signatory(by=deal.tomas, name="Ines", email="ines@example.org", title="Director")
    assert (again.id, again.title, deal.number) == (row.id, "Director", number + 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " ", "email": "a@example.org"}, "required"),
        ({"name": "Ines", "email": "no address"}, "bad_email"),
        ({"name": "Ines", "email": "a@example.org", "title": "x" * 201}, "too_long"),
        ({"name": "Maya", "email": "maya@northlight.example"}, "other_side"),
    ],
)
def test_who_can_not_be_named(fields: dict[str, str], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        name_signatory(by=deal.tomas, **fields)


def test_each_side_names_its_own_and_the_seller_both_only_while_preparing(preparing: Deal) -> None:
    name_signatory(by=preparing.maya, name="Ines", email="ines@example.org", side="client")
    share(by=preparing.maya)
    assert [row.participant.user.name for row in Invitation.objects.all()] == ["Tomás Reyes"]
    with refused(NotAllowed):
        name_signatory(by=preparing.maya, name="Leo", email="leo@example.org", side="client")
    with refused(Invalid, "not_the_signatories"):
        order_signatories(by=preparing.maya, participant_ids=[place(preparing, "ines").id])


def test_an_order_that_stands_is_no_event_and_who_is_named_later_signs_last(deal: Deal) -> None:
    ines = name_signatory(by=deal.tomas, name="Ines", email="ines@example.org").id
    tomas = deal.tomas.participant_id or ines
    order_signatories(by=deal.tomas, participant_ids=[ines, tomas])
    assert told.sentence(deal.trail()[-1]) == "Tomás Reyes put those who sign in order: Ines, then Tomás Reyes"
    number = deal.number
    order_signatories(by=deal.tomas, participant_ids=[ines, tomas])
    assert deal.number == number
    name_signatory(by=deal.tomas, name="Leo", email="leo@example.org")
    for wrong in ([ines, tomas], [ines, tomas, tomas], [ines, tomas, deal.maya.participant_id or ines]):
        with refused(Invalid, "not_the_signatories"):
            order_signatories(by=deal.tomas, participant_ids=wrong)
    deal.freeze()
    assert [row.participant.user.name for row in revision(deal).signing_places.filter(side="client")] == [
        "Ines", "Tomás Reyes", "Leo",
    ]  # fmt: skip


def test_after_the_lock_nobody_is_named(frozen: Deal) -> None:
    with refused(WrongState):
        name_signatory(by=frozen.tomas, name="Ines", email="ines@example.org")
    with refused(WrongState):
        order_signatories(by=frozen.tomas, participant_ids=[frozen.tomas.participant_id or ""])


# Handing over


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
