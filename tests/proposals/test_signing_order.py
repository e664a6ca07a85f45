"""In which order people sign: in any, one side first, or in turns; and who is told that it is theirs."""

import json

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from proposals.actions.freezing import reopen
from proposals.actions.proposals import set_terms
from proposals.actions.signatories import name_signatory
from proposals.actions.signing import make_signing_code, sign
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.documents.render import signature_blocks
from proposals.documents.signing_order import arranged, order_in_words, ordinal_number
from proposals.documents.signing_round import round_of
from proposals.exceptions import Invalid, WrongState
from proposals.fragments.progress import progress_of
from proposals.models import Invitation
from proposals.views.signatories import signers_words
from tests.kept import as_made
from tests.proposals.deal import NOWHERE, Deal, deal_after, declaration, refused
from tests.proposals.signers import at, four_in_order, mailed, place, revision, signed


@pytest.fixture
def in_order(db: None) -> Deal:
    """Locked; four sign one after the other."""
    return as_made(deal_after, four_in_order)


@pytest.fixture
def frozen(db: None) -> Deal:
    """Locked; Maya and Tomás sign in any order."""
    return as_made(deal_after, Deal.freeze)


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


# In turns over both sides


def four_in_turns(deal: Deal) -> None:
    """As `four_in_order`, but the client, the seller and the client sign in turns; then whoever is left."""
    four_in_order(deal)
    reopen(by=deal.maya)
    set_terms(by=deal.maya, changes={"signing_order": "Client, seller client"})
    deal.freeze()


@pytest.fixture
def in_turns(db: None) -> Deal:
    """Locked; four sign in turns."""
    return as_made(deal_after, four_in_turns)


def test_turns_are_a_term_and_told_in_words(deal: Deal) -> None:
    set_terms(by=deal.tomas, changes={"signing_order": " client, Seller,client "})
    assert deal.part(TERMS).content["signing_order"] == "client,seller,client"
    assert told.sentence(deal.trail()[-1]) == (
        "Tomás Reyes changed the order of signing from in any order to in turns: client, seller, client"
    )
    assert signers_words(deal.proposal) == "To sign, in turns: Tomás Reyes and Maya Lindqvist."
    for wrong in ("client", "client, client", "client, me", ",".join(["client", "seller"] * 21), 7):
        with refused(Invalid, "unknown_value"):
            set_terms(by=deal.maya, changes={"signing_order": wrong})


def test_in_turns_the_places_alternate_and_the_paper_says_so(in_turns: Deal) -> None:
    places = [(row.position, row.slot, row.participant.user.name) for row in round_of(revision(in_turns)).places]
    assert places == [
        (1, "client-1", "Ines Duarte"),
        (2, "seller-1", "Maya Lindqvist"),
        (3, "client-2", "Tomás Reyes"),
        (4, "seller-2", "Kofi Mensah"),
    ]
    content = json.loads(revision(in_turns).content)
    assert content["proposal"]["signing_order"] == "client,seller,client"
    assert [block.turn for block in signature_blocks(content)] == ["signs 2nd", "signs 4th", "signs 1st", "signs 3rd"]
    assert order_in_words(content) == (
        "They sign in this order: Harbour Street Clinic, then Northlight Studio, then Harbour Street Clinic, then "
        "Northlight Studio."
    )


def test_in_turns_nobody_signs_before_theirs_and_mails_come_when_it_is(in_turns: Deal) -> None:
    for by in (in_turns.maya, in_turns.tomas, at(in_turns, "kofi")):
        with refused(WrongState, "not_your_turn"):
            make_signing_code(by=by)
    assert mailed(in_turns, str(in_turns.maya.user_id)) == ["ines@example.org"]
    assert "It is your turn first." in mail.outbox[0].body
    turns = []
    for name in ("ines", "maya", "tomas"):
        signed(in_turns, name)
        turns.append(mailed(in_turns, "", name))
        assert "It is your turn now." in mail.outbox[0].body
    assert turns == [["maya@northlight.example"], ["tomas@harbourstreet.example"], ["kofi@example.org"]]
    make_signing_code(by=at(in_turns, "kofi"))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("client_first", "c1 c2 s1 s2 s3"),
        ("seller_first", "s1 s2 s3 c1 c2"),
        ("seller,client", "s1 c1 c2 s2 s3"),
        ("client,client,client,seller", "c1 c2 s1 s2 s3"),
    ],
)
def test_whoever_is_left_signs_at_the_end_and_turns_of_nobody_are_left_out(order: str, expected: str) -> None:
    rows = ["s1", "s2", "s3", "c1", "c2"]
    found = arranged(order, rows, lambda row: "seller" if row.startswith("s") else "client")
    assert " ".join(found) == expected


def test_the_form_of_the_terms_takes_turns(deal: Deal) -> None:
    browser = Client()
    assert deal.maya.user
    browser.force_login(deal.maya.user)
    form = reverse("terms_panel", args=[deal.id])
    written = {"title": "A", "language": "en", "paper": "a4", "signing_order": "in_turns"}
    refusal = browser.post(form, written, headers={"Accept": "application/json"})
    assert (refusal.status_code, refusal.json()["errors"][0]["pointer"]) == (422, "/signing_order")
    assert browser.post(form, {**written, "signing_turns": "seller, client"}).status_code == 302
    assert deal.proposal.signing_order == "seller,client"
    assert 'value="seller, client"' in browser.get(form).content.decode()
    people = browser.get(reverse("people", args=[deal.id])).content.decode()
    assert "One signs after the other, in turns: seller, client." in people
    assert "In turns: seller, client" in browser.get(reverse("room", args=[deal.id])).content.decode()
