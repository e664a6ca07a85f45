"""Invitation links: they open for reading, change nothing, and say plainly when they lead nowhere."""

import datetime as dt
import logging
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from proposals.models import Invitation, Participant, Proposal
from proposals.states import State
from proposals.views.visitor import REMEMBERED_COUNT, SESSION_KEY, remember
from tests import factories

pytestmark = pytest.mark.django_db

PAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def link(invitation: Invitation) -> str:
    """The address in the mail."""
    return reverse("invitation", args=[invitation.token])


def room(invitation: Invitation) -> str:
    """Where the link leads."""
    return reverse("room", args=[invitation.participant.proposal_id])


def every_row() -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database but the sessions."""
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != "django_session":
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                rows[table] = sorted(cursor.fetchall(), key=repr)
    return rows


def test_opening_a_link_leads_to_the_proposal_and_changes_nothing(client: Client) -> None:
    invitation = factories.invitation()
    before = every_row()

    answers = [client.get(link(invitation)) for _ in range(3)]

    assert [answer["Location"] for answer in answers] == [room(invitation)] * 3
    assert every_row() == before
    assert client.session[SESSION_KEY] == [str(invitation.id)]


@pytest.mark.parametrize("headers", [{}, {"HTTP_SEC_PURPOSE": "prefetch"}])
def test_a_scanner_that_opens_and_submits_everything_consumes_nothing(headers: dict[str, str]) -> None:
    invitation = factories.invitation()
    before = every_row()
    scanner = Client(**headers)

    scanner.get(link(invitation))
    scanner.head(link(invitation))
    scanner.post(link(invitation))
    scanner.post(reverse("confirm", args=[invitation.participant.proposal_id]))

    assert every_row() == before
    assert Client().get(link(invitation))["Location"] == room(invitation)


def test_head_leaves_no_session_behind(client: Client) -> None:
    invitation = factories.invitation()

    response = client.head(link(invitation))

    assert response["Location"] == room(invitation)
    assert SESSION_KEY not in client.session
    assert response.cookies.get("sessionid") is None


def test_the_link_stays_out_of_caches_referrers_and_search_engines(client: Client) -> None:
    response = client.get(link(factories.invitation()))

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_posting_to_a_link_is_refused(client: Client) -> None:
    assert client.post(link(factories.invitation())).status_code == 405


def test_the_invited_person_signed_in_goes_straight_to_the_proposal(client: Client) -> None:
    invitation = factories.invitation()
    client.force_login(invitation.participant.user)

    for change in ({}, {"expires_at": PAST}, {"withdrawn_at": PAST}):
        Invitation.objects.filter(id=invitation.id).update(**change)
        assert client.get(link(invitation))["Location"] == room(invitation)


@pytest.mark.parametrize(
    ("change", "heading"),
    [
        ({"expires_at": PAST}, "This invitation has expired"),
        ({"withdrawn_at": PAST}, "This invitation was withdrawn"),
    ],
)
def test_a_link_that_ended_says_so_and_offers_two_ways_on(
    client: Client, change: dict[str, dt.datetime], heading: str
) -> None:
    invitation = factories.invitation(**change)

    response = client.get(link(invitation))

    page = response.content.decode()
    assert response.status_code == 410
    assert f"<h1>{heading}</h1>" in page
    assert "Maya Lindqvist of Northlight Studio" in page
    assert 'href="mailto:maya@northlight.example?subject=Please%20send' in page
    assert f'href="/accounts/login/?next={room(invitation).replace("/", "%2F")}"' in page
    assert invitation.participant.proposal.title not in page
    assert SESSION_KEY not in client.session


def test_a_person_who_was_removed_is_offered_no_sign_in(client: Client) -> None:
    invitation = factories.invitation()
    Participant.objects.filter(id=invitation.participant_id).update(removed_at=timezone.now())
    client.force_login(invitation.participant.user)

    response = client.get(link(invitation))

    assert response.status_code == 410
    assert room(invitation).replace("/", "%2F") not in response.content.decode()


def test_a_colleague_who_invited_is_named_with_their_own_firm(client: Client) -> None:
    proposal = factories.proposal()
    ana = factories.participant(proposal, factories.person("ana@example.org", "Ana Costa"))
    invitation = factories.invitation(ana, invited_by=factories.client(proposal), expires_at=PAST)

    assert "Tomás Reyes of Harbour Street Clinic" in client.get(link(invitation)).content.decode()


def test_a_link_without_an_inviter_names_the_firm(client: Client) -> None:
    invitation = factories.invitation(invited_by=None, expires_at=PAST)

    page = client.get(link(invitation)).content.decode()

    assert "Northlight Studio invited you" in page
    assert "mailto:" not in page


def test_before_sharing_the_client_learns_only_that_the_seller_is_preparing(client: Client) -> None:
    proposal = factories.proposal(state=State.PREPARING)
    invitation = factories.invitation(proposal.participants.get(side="client"))

    for visitor in (None, invitation.participant.user):
        if visitor is not None:
            client.force_login(visitor)
        page = client.get(link(invitation)).content.decode()
        assert "Northlight Studio is still preparing this proposal." in page
        assert proposal.title not in page
        assert SESSION_KEY not in client.session

    Proposal.objects.filter(id=proposal.id).update(state=State.OPEN.value, epoch=1)
    assert client.get(link(invitation))["Location"] == room(invitation)


def test_before_sharing_a_colleague_of_the_seller_comes_in(client: Client) -> None:
    proposal = factories.proposal(state=State.PREPARING)
    colleague = factories.participant(proposal, side="seller", joined_at=None)
    invitation = factories.invitation(colleague)

    assert client.get(link(invitation))["Location"] == room(invitation)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: f"{uuid.uuid4().hex}:{token.partition(':')[2]}",
        lambda token: token.partition(":")[0],
        lambda token: "%00",
    ],
)
def test_a_tampered_link_opens_nothing_and_is_not_logged(
    client: Client, caplog: pytest.LogCaptureFixture, tamper: object
) -> None:
    invitation = factories.invitation()
    token = tamper(invitation.token)  # type: ignore[operator]

    with caplog.at_level(logging.DEBUG):
        response = client.get(f"/i/{token}/")

    assert response.status_code == 404
    assert "This link is not complete" in response.content.decode()
    assert SESSION_KEY not in client.session
    assert "/i/" not in caplog.text


@pytest.mark.parametrize("change", [{"expires_at": PAST}, {"withdrawn_at": PAST}, {}])
def test_no_link_is_ever_logged(
    client: Client, caplog: pytest.LogCaptureFixture, change: dict[str, dt.datetime]
) -> None:
    invitation = factories.invitation(**change)

    with caplog.at_level(logging.DEBUG):
        client.get(link(invitation))

    assert invitation.token not in caplog.text


def test_a_session_remembers_a_limited_number_of_links(client: Client) -> None:
    session = client.session
    invitation = factories.invitation()
    session[SESSION_KEY] = [str(uuid.uuid4()) for _ in range(REMEMBERED_COUNT + 5)]

    remember(session, invitation)

    assert len(session[SESSION_KEY]) == REMEMBERED_COUNT
    assert session[SESSION_KEY][-1] == str(invitation.id)


def test_links_of_two_people_in_one_browser_lead_each_to_its_own_proposal(client: Client) -> None:
    first = factories.invitation()
    between = factories.relationship(factories.firm("Quay Partners"), factories.firm("Mill House"))
    other = factories.proposal(between, people=False)
    factories.participant(other, side="seller")
    second = factories.invitation(factories.participant(other))

    assert client.get(link(first))["Location"] == room(first)
    assert client.get(link(second))["Location"] == room(second)
    assert client.session[SESSION_KEY] == [str(first.id), str(second.id)]
    assert User.objects.filter(last_login__isnull=False).count() == 0
