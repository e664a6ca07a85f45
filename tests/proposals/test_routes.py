"""Every address, method and role: who gets what status. A route without a row fails.

Django's test client carries no CSRF token and is not asked for one, except in the test of that, so that no refusal
here is CSRF's doing.
"""

import hashlib
import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from proposals.actions.files import keep_stage
from proposals.models import Participant, Proposal
from proposals.states import State
from proposals.views.visitor import SESSION_KEY
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import Deal
from tests.proposals.routes import (
    ACCOUNTS,
    NEVER,
    NOT_FOR_PEOPLE,
    NOT_THERE,
    PROPOSALS,
    ROLES,
    ROUTES,
    address,
    arguments,
    routes,
)
from tests.proposals.verbs import rich_deal

UNSIGNED = b"%PDF-1.7 a file that nobody looks into"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Limits on codes are kept in the cache."""
    cache.clear()
    yield
    cache.clear()


def staged(state: State) -> Deal:
    """The proposal in a state; a frozen one has its file already, as nothing here looks into it."""
    deal = rich_deal(state)
    for side in ("seller", "client"):
        user = factories.person(f"reader-{side}@example.org")
        factories.participant(deal.proposal, user, side, role="reader")
    for revision in deal.proposal.revisions.all():
        keep_stage(revision, 0, UNSIGNED, hashlib.sha256(UNSIGNED).hexdigest())
    return deal


@pytest.fixture
def deal(db: None) -> Deal:
    """An open one."""
    return as_made(staged, State.OPEN)


def browser(deal: Deal, role: str, **options: Any) -> Client:
    """A browser in which somebody of this role has come to the proposal."""
    client = Client(**options)
    proposal = deal.proposal
    if role == "guest":
        session = client.session
        place = Participant.objects.get(proposal=proposal, user=factories.client(proposal))
        session[SESSION_KEY] = [str(place.invitations.get().id)]
        session.save()
        client.cookies["sessionid"] = session.session_key or ""
    elif role == "stranger":
        client.force_login(factories.person())
    elif role.endswith("editor"):
        client.force_login(factories.seller(proposal) if role.startswith("seller") else factories.client(proposal))
    elif role.endswith("reader"):
        client.force_login(proposal.participants.get(user__email=f"reader-{role.split()[0]}@example.org").user)
    return client


def test_every_route_has_a_row() -> None:
    assert all(isinstance(route, URLPattern) for route in routes())
    assert [route.name for route in routes() if route.name not in ROUTES] == []
    assert [name for name in ROUTES if name not in {route.name for route in routes()}] == []


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("method", ["get", "post"])
def test_each_role_gets_what_the_row_says(method: str, part: int, db: None) -> None:
    """Whatever a request does is undone before the next one. In four parts, so that two processes share the work.

    A part has the routes of one state or two, as making the proposal takes longer than many a request.
    """
    names = sorted(ROUTES, key=lambda name: (ROUTES[name].state, name))
    names = names[len(names) * part // 4 : len(names) * (part + 1) // 4]
    found, said = {}, {}
    for state in {ROUTES[name].state for name in names}:
        with transaction.atomic():
            deal = as_made(staged, state)
            browsers = {role: browser(deal, role) for role in ROLES}
            for name, role in itertools.product(names, ROLES):
                if ROUTES[name].state is state:
                    found[name, role] = status_of(method, name, role, deal, browsers[role])
                    said[name, role] = int(getattr(ROUTES[name], method).split()[ROLES.index(role)])
            transaction.set_rollback(True)
    assert len(found) == len(names) * len(ROLES)
    assert {key: status for key, status in found.items() if status != said[key]} == {}


def status_of(method: str, name: str, role: str, deal: Deal, come: Client) -> int:
    """The status of the answer to the browser in which somebody has come. What the request has done is undone."""
    script = {"Accept": "application/json"} if method == "post" and name in PROPOSALS else {}
    with transaction.atomic():
        client = Client()
        client.cookies = come.cookies.copy()
        sent = ROUTES[name].fields(deal, role) if method == "post" else {}
        status: int = getattr(client, method)(address(name, deal, role), sent, headers=script).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_there(method: str, deal: Deal) -> None:
    client = browser(deal, "seller editor")
    allauth = {name for name in ACCOUNTS if name.startswith("account_")}
    found = {name: getattr(client, method)(address(name, deal, "seller editor")).status_code for name in ROUTES}
    assert {name for name, status in found.items() if status != 405} - allauth == set()


def test_every_form_is_protected_against_other_sites(deal: Deal) -> None:
    client = browser(deal, "seller editor", enforce_csrf_checks=True)
    before = Proposal.objects.values().get(id=deal.id)
    posted = [name for name, row in ROUTES.items() if row.post != NEVER and row.post != NOT_FOR_PEOPLE]
    for name in posted:
        answer = client.post(address(name, deal, "seller editor"), ROUTES[name].fields(deal, "seller editor"))
        assert (name, answer.status_code) == (name, 403)
    assert Proposal.objects.values().get(id=deal.id) == before


def test_an_unknown_proposal_is_not_there(deal: Deal) -> None:
    client = browser(deal, "seller editor")
    for name in (name for name in PROPOSALS if "proposal_id" in arguments(name)):
        kwargs = {"proposal_id": uuid.uuid4()} | ROUTES[name].path(deal, "seller editor")
        for method in ("get", "post"):
            if getattr(ROUTES[name], method) not in (NEVER, NOT_THERE):
                assert getattr(client, method)(reverse(name, kwargs=kwargs)).status_code == 404, (name, method)
