"""The command line of `create_demo`: links, tokens, its options, and where it refuses to run."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.demo_sign_in import path_for
from accounts.models import ApiToken, Firm, User
from proposals.actions.verifying import verify_file
from proposals.documents.parts import standing_of
from proposals.models import Proposal
from proposals.states import State
from tests.demo.conftest import RunDemo

MAYA = "maya@northlight.example"
TOMAS = "tomas@harbourstreet.example"


def signed_in(client: Client) -> str:
    """The address of the person of a browser's session."""
    return User.objects.get(id=client.session["_auth_user_id"]).email


def test_each_link_opens_the_room_as_its_person_on_a_host_of_its_own(demo: dict[str, Any]) -> None:
    for side, host, email in (("seller", "127.0.0.1", MAYA), ("client", "localhost", TOMAS)):
        link = urlsplit(demo[side]["url"])
        assert link.netloc == f"{host}:8123"
        browser = Client(headers={"host": link.netloc})
        for _ in range(2):
            answer = browser.get(f"{link.path}?{link.query}")
            assert (answer.status_code, answer["Location"]) == (302, parse_qs(link.query)["next"][0])
            assert demo["proposal"] in answer["Location"]
            assert signed_in(browser) == email
        assert demo[side]["email"] == email


def test_tokens_are_personal_and_have_every_scope(demo: dict[str, Any]) -> None:
    for side, email, firm in (("seller", MAYA, "Northlight Studio"), ("client", TOMAS, "Harbour Street Clinic")):
        token = ApiToken.objects.usable(demo[side]["token"], timezone.now())
        assert token is not None
        assert (token.user.email, token.firm.name) == (email, firm)
        assert token.scopes == sorted(ApiToken.Scope.values)


def test_the_people_can_also_sign_in_by_code(demo: dict[str, Any]) -> None:
    confirmed = EmailAddress.objects.filter(verified=True).values_list("email", flat=True)
    assert sorted(confirmed) == [MAYA, TOMAS]


def test_a_second_demo_stands_beside_the_first(run_demo: RunDemo) -> None:
    first, second = json.loads(run_demo("--json")), json.loads(run_demo("--json"))
    assert first["proposal"] != second["proposal"]
    assert (Proposal.objects.count(), User.objects.count(), Firm.objects.count()) == (2, 2, 2)


def test_if_missing_uses_the_demo_that_is_there(run_demo: RunDemo) -> None:
    first = json.loads(run_demo("--json", "--if-missing"))
    again = json.loads(run_demo("--json", "--if-missing"))
    assert (again["proposal"], again["sections"]) == (first["proposal"], first["sections"])
    assert Proposal.objects.count() == 1


def test_rooms_are_small_shared_proposals_of_both(run_demo: RunDemo) -> None:
    described = json.loads(run_demo("--json", "--rooms", "2"))
    assert len({room["proposal"] for room in described["rooms"]} | {described["proposal"]}) == 3
    for room in described["rooms"]:
        proposal = Proposal.objects.get(id=room["proposal"])
        assert proposal.lifecycle is State.OPEN
        assert [str(section.id) for section in proposal.sections.standing()] == [room["section"]]
        assert {seat.user.email for seat in proposal.participants.all()} == {MAYA, TOMAS}


def test_signed_ends_with_a_sealed_pdf(run_demo: RunDemo) -> None:
    described = json.loads(run_demo("--json", "--signed"))
    proposal = Proposal.objects.get(id=described["proposal"])
    assert proposal.lifecycle is State.SIGNED
    assert standing_of(proposal).price.totals["total"] == "23038.40"
    (revision,) = proposal.revisions.all()
    assert [signature.name for signature in revision.signatures.all()] == ["Maya Lindqvist", "Tomás Reyes"]
    verdict = verify_file(Path(described["signed_pdf"]).read_bytes())
    assert (verdict.ok, verdict.ours) == (True, True)
    assert [(signer.name, signer.title) for signer in verdict.signers] == [
        ("Maya Lindqvist", "Partner"),
        ("Tomás Reyes", "Practice manager"),
    ]


def test_for_people_it_prints_the_two_links(run_demo: RunDemo) -> None:
    printed = run_demo()
    (proposal,) = Proposal.objects.all()
    room = reverse("room", args=[proposal.id])
    maya, tomas = (path_for(User.objects.get(email=email), room) for email in (MAYA, TOMAS))
    assert f"Maya Lindqvist, Northlight Studio (seller):\n    http://127.0.0.1:8123{maya}\n" in printed
    assert f"Tomás Reyes, Harbour Street Clinic (client):\n    http://localhost:8123{tomas}\n" in printed
    assert ApiToken.objects.count() == 0


def test_behind_a_real_host_both_links_use_it(run_demo: RunDemo, settings: Any) -> None:
    settings.BASE_URL = "https://demo.sameside.example"
    described = json.loads(run_demo("--json"))
    assert {urlsplit(described[side]["url"]).netloc for side in ("seller", "client")} == {"demo.sameside.example"}
    assert "private window" in run_demo("--if-missing")


def test_outside_development_it_refuses(run_demo: RunDemo, settings: Any) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development settings only"):
        run_demo()
    assert User.objects.count() == 0


def test_an_impossible_number_of_rooms_is_refused(run_demo: RunDemo) -> None:
    with pytest.raises(CommandError, match="from 0 to 10000, not -1"):
        run_demo("--rooms", "-1")
    assert User.objects.count() == 0
