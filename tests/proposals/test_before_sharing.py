"""What the seller sees before sharing: places left open, the client's view, and agreeing to all with it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import sections
from proposals.actions.lines import edit_line
from proposals.actions.proposals import set_terms
from proposals.documents.placeholders import placeholders_in
from tests.proposals.deal import SUMMARY, TEXTS, Deal

FILLED_IN = ("", "[]", "[ ]", "a [b\nc]", "(round)", "]upside down[", "[…]")


@pytest.fixture
def maya(preparing: Deal) -> Client:
    """Her browser."""
    client = Client()
    client.force_login(preparing.maya.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def share(client: Client, deal: Deal, **fields: Any) -> Any:
    return client.post(reverse("share", args=[deal.id]), fields, headers={"Accept": "application/json"})


def test_brackets_are_found_wherever_the_client_reads(preparing: Deal) -> None:
    set_terms(by=preparing.maya, changes={"title": "A portal for [client]"})
    preparing.write(SUMMARY, "We start on [date], with [name of the lead].")
    edit_line(by=preparing.maya, line_id=preparing.line("Portal").id, changes={"detail": "For [n] visit types"})
    assert [(place.title, place.words) for place in placeholders_in(preparing.standing())] == [
        ("Title of the proposal", "[client]"),
        (SUMMARY, "[date]"),
        (SUMMARY, "[name of the lead]"),
        ("Pricing", "[n]"),
    ]


@pytest.mark.parametrize("words", FILLED_IN)
def test_what_is_no_place_to_fill_in_is_not_counted(words: str, preparing: Deal) -> None:
    preparing.write(SUMMARY, words)
    assert placeholders_in(preparing.standing()) == []


def test_the_panel_counts_them_and_leads_there(preparing: Deal, maya: Client) -> None:
    panel = maya.get(reverse("share", args=[preparing.id])).content.decode()
    assert "[brackets]" not in panel
    preparing.write(SUMMARY, "From [date] to [date].")
    panel = maya.get(reverse("share", args=[preparing.id])).content.decode()
    assert "2 places still hold [brackets]." in panel
    assert f'href="{reverse("room", args=[preparing.id])}#section-{preparing.section(SUMMARY).id}"' in panel
    preparing.write(SUMMARY, "From [date] on.")
    assert "1 place still holds [brackets]." in maya.get(reverse("share", args=[preparing.id])).content.decode()


def test_sharing_agrees_to_nothing_unless_ticked(preparing: Deal, maya: Client) -> None:
    fingerprints = {f"fingerprint:{part.key}": part.fingerprint for part in preparing.standing().parts}
    assert share(maya, preparing, **fingerprints).status_code == 200
    assert not preparing.proposal.agreements.exists()


def test_sharing_may_say_that_we_are_fine_with_all_of_it(preparing: Deal, maya: Client) -> None:
    fingerprints = {f"fingerprint:{part.key}": part.fingerprint for part in preparing.standing().parts}
    assert share(maya, preparing, fine_with_all="on", **fingerprints).status_code == 200
    assert [preparing.agreed(title) for title in (*TEXTS, "terms")] == [(True, False)] * 4
    assert preparing.events()[0] == "proposal.shared"


def test_what_a_colleague_changed_meanwhile_is_neither_agreed_nor_shared(preparing: Deal, maya: Client) -> None:
    fingerprints = {f"fingerprint:{part.key}": part.fingerprint for part in preparing.standing().parts}
    sections.edit_section(by=preparing.maya, section_id=preparing.section(SUMMARY).id, changes={"title": "In short"})
    answer = share(maya, preparing, fine_with_all="on", **fingerprints)
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_since")
    assert (preparing.proposal.state, preparing.proposal.epoch) == ("preparing", 0)


def test_the_preview_is_the_clients_page_without_anything_to_press(preparing: Deal, maya: Client) -> None:
    answer = maya.get(reverse("preview", args=[preparing.id]))
    page = answer.content.decode()
    assert "this is what Harbour Street Clinic will see" in page
    assert TEXTS[SUMMARY] in page
    assert "<form" not in page
    assert "data-socket" not in page
    assert "data-panel" not in page
    assert "started the proposal" not in page
    assert preparing.proposal.state == "preparing"


def test_the_preview_of_a_shared_proposal_is_the_room(deal: Deal) -> None:
    client = Client()
    client.force_login(deal.maya.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("preview", args=[deal.id]))["Location"] == reverse("room", args=[deal.id])
