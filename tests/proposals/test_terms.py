"""Title, dates and parties; declining and withdrawing."""

import datetime as dt
from typing import Any

import pytest

from collab.models import Room
from proposals import fragments
from proposals.actions import endings as verbs
from proposals.actions.endings import decline, withdraw
from proposals.actions.proposals import set_party, set_terms
from proposals.documents import told
from proposals.documents.parts import TERMS
from proposals.exceptions import Invalid, NotAllowed, StaleVersion, WrongState
from proposals.states import State
from tests.kept import as_made
from tests.proposals.deal import PRICING, Deal, refused
from tests.proposals.verbs import rich_deal


def test_title_and_dates_change_and_are_told(deal: Deal) -> None:
    changed = set_terms(by=deal.tomas, changes={"title": " A portal ", "starts_on": "2027-01-12", "offer_until": ""})
    assert (changed.title, changed.starts_on, changed.offer_until) == ("A portal", dt.date(2027, 1, 12), None)
    assert changed.version == deal.proposal.version == 2
    event = deal.trail()[-1]
    assert event.type == "terms.changed"
    assert told.sentence(event) == (
        "Tomás Reyes changed the title from A booking portal your patients can use without calling to A portal and "
        "start from nothing to 12 January 2027"
    )


def test_language_and_paper_are_terms_that_both_see_change(deal: Deal) -> None:
    before = deal.part(TERMS)
    assert "paper" not in before.content
    changed = set_terms(by=deal.tomas, changes={"language": "de", "paper": "letter"})
    assert (changed.language, changed.paper) == ("de", "letter")
    assert told.sentence(deal.trail()[-1]) == (
        "Tomás Reyes changed the language from English to German and paper from A4 to US Letter"
    )
    after = deal.part(TERMS)
    assert (after.content["language"], after.content["paper"]) == ("de", "letter")
    assert after.fingerprint != before.fingerprint
    set_terms(by=deal.maya, changes={"language": "en", "paper": "a4"})
    assert deal.part(TERMS).fingerprint == before.fingerprint


def test_every_number_is_written_anew_for_another_language(deal: Deal) -> None:
    set_terms(by=deal.tomas, changes={"language": "de"})
    audience = fragments.audience_of(deal.maya, deal.proposal.lifecycle)
    pieces = fragments.render_events(deal.id, [deal.trail()[-1]], audience)
    written = " ".join(piece["html"] for piece in pieces)
    assert f"prices-{deal.section(PRICING).id}" in [piece["id"] for piece in pieces]
    assert "17.303,00\u00a0€" in written
    assert "€17" not in written


def test_what_stays_as_it_is_is_no_change(deal: Deal) -> None:
    title = deal.proposal.title
    assert set_terms(by=deal.maya, changes={"title": title, "starts_on": ""}).version == 1
    assert deal.events() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, "required"),
        ({"title": "x" * 301}, "too_long"),
        ({"starts_on": "tomorrow"}, "bad_date"),
        ({"offer_until": "2027-02-30"}, "bad_date"),
        ({"state": "signed"}, "unknown_field"),
        ({"title": "Good", "epoch": 0}, "unknown_field"),
        ({"metadata": {}}, "unknown_field"),
        ({"code_before_reading": "perhaps"}, "not_a_boolean"),
        ({"language": "tlh"}, "unknown_value"),
        ({"paper": "a5"}, "unknown_value"),
    ],
)
def test_a_wrong_value_changes_nothing(changes: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        set_terms(by=deal.maya, changes=changes)


def test_who_saw_an_older_version_is_told(deal: Deal) -> None:
    set_terms(by=deal.maya, changes={"title": "Newer"})
    with refused(StaleVersion) as caught:
        set_terms(by=deal.tomas, changes={"title": "Older"}, expected_version=1)
    assert caught.value.extra == {"current_version": 2}
    assert set_terms(by=deal.tomas, changes={"title": "Newest"}, expected_version=2).version == 3


def test_only_the_seller_decides_about_the_code_before_reading(deal: Deal) -> None:
    with refused(NotAllowed):
        set_terms(by=deal.tomas, changes={"code_before_reading": True})
    set_terms(by=deal.maya, changes={"code_before_reading": True})
    assert deal.proposal.code_before_reading
    assert told.predicate(deal.trail()[-1]) == "changed the code before reading from no to yes"


def test_each_side_writes_its_own_details(deal: Deal) -> None:
    party = set_party(by=deal.tomas, side="client", changes={"legal_name": "Clinic B.V.", "address": "Quay 4\nHarbour"})
    assert (party.legal_name, party.address) == ("Clinic B.V.", "Quay 4\nHarbour")
    assert told.sentence(deal.trail()[-1]) == (
        "Tomás Reyes changed the client’s legal name from nothing to Clinic B.V. and address from nothing to "
        "Quay 4\nHarbour"
    )
    with refused(NotAllowed):
        set_party(by=deal.maya, side="client", changes={"legal_name": "Another"})
    assert deal.part("terms").content["parties"]["client"]["legal_name"] == "Clinic B.V."


def test_the_seller_prepares_both_parties(preparing: Deal) -> None:
    assert set_party(by=preparing.maya, side="client", changes={"name": "Clinic"}).name == "Clinic"
    with refused(Invalid, "unknown_value"):
        set_party(by=preparing.maya, side="somebody", changes={})


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"name": " "}, "required"), ({"registration": "x" * 201}, "too_long"), ({"firm": "x"}, "unknown_field")],
)
def test_a_wrong_detail_changes_nothing(changes: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        set_party(by=deal.maya, side="seller", changes=changes)


def test_unchanged_details_are_no_change(deal: Deal) -> None:
    set_party(by=deal.maya, side="seller", changes={"name": "Northlight Studio"})
    assert (deal.events(), deal.proposal.version) == ([], 1)


@pytest.mark.parametrize("state", [State.OPEN, State.FROZEN])
@pytest.mark.parametrize(
    ("verb", "side", "ended"), [("decline", "client", "declined"), ("withdraw", "seller", "withdrawn")]
)
def test_an_end_is_told_with_its_reason_and_stops_the_room(
    verb: str, side: str, ended: str, state: State, db: None
) -> None:
    deal = as_made(rich_deal, state)
    by = deal.maya if side == "seller" else deal.tomas
    getattr(verbs, verb)(by=by, reason="Not this year.\nThank you.")
    assert deal.proposal.state == ended
    room = Room.objects.get(proposal=deal.id, epoch=1)
    assert room.frozen_at_seq == room.head_seq
    event = deal.trail()[-1]
    assert (event.type, event.content.facts) == (f"proposal.{ended}", {"reason": "Not this year.\nThank you."})


def test_no_reason_is_needed(deal: Deal) -> None:
    decline(by=deal.tomas)
    assert told.sentence(deal.trail()[-1]) == "Tomás Reyes declined, with thanks"


def test_what_is_being_prepared_can_be_withdrawn_and_stays_private(preparing: Deal) -> None:
    withdraw(by=preparing.maya)
    assert (preparing.proposal.lifecycle, preparing.proposal.is_common) == (State.WITHDRAWN, False)


def test_there_is_one_end(deal: Deal) -> None:
    decline(by=deal.tomas)
    for again, by in ((decline, deal.tomas), (withdraw, deal.maya)):
        with refused(WrongState):
            again(by=by)


def test_a_reason_has_a_greatest_length(deal: Deal) -> None:
    with refused(Invalid, "too_long"):
        decline(by=deal.tomas, reason="x" * 1001)
