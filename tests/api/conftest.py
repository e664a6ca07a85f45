"""Calling the API as programs do. Every answer is compared with what the description promises of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken, Firm, Membership, User
from proposals.access import ALL_SCOPES
from proposals.models import LineItem, Participant, Proposal, Section, Side
from proposals.states import State
from proposals.text import port
from tests import factories
from tests.api.description import check_answer, note
from tests.kept import as_made

ROOT = "/api/v1/"
WORDS = {
    "type": "doc",
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "We begin with two workshops."}]}],
}


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is the parsed JSON, None if there is none."""

    status: int
    body: Any
    headers: Any
    content: bytes

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.body["code"])

    @property
    def pointers(self) -> list[tuple[str, str]]:
        """Pointer and code of each wrong value of a problem."""
        return [(error["pointer"], error["code"]) for error in self.body["errors"]]


class Api:
    """A program with a token, a browser with a session, or nobody."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.token = token
        self.client = client or Client()

    def __call__(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str) -> Answer:
        """Send a request to a path below the API's root, or to a whole address of this instance."""
        address = path if path.startswith(("/", "http")) else ROOT + path
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        content_type = given.pop("Content-Type", "application/json")
        response = self.client.generic(method, address, sent, content_type=content_type, headers=given)
        content = b"".join(response) if response.streaming else response.content
        is_json = "json" in response.headers.get("Content-Type", "")
        answer = Answer(response.status_code, json.loads(content) if is_json else None, response.headers, content)
        check_answer(method, response.wsgi_request.path, body, answer)
        note(method, response.wsgi_request.path, body, answer)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST."""
        return self("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        """PUT."""
        return self("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Answer:
        """PATCH."""
        return self("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        """DELETE."""
        return self("DELETE", path, **headers)


@dataclass(frozen=True)
class Deal:
    """An open proposal with a prose section, a price section and two lines, and its people."""

    proposal: Proposal
    prose: Section
    prices: Section
    line: LineItem
    option: LineItem
    maya: User
    tomas: User

    @property
    def path(self) -> str:
        """The proposal's path below the API's root."""
        return f"proposals/{self.proposal.id}/"

    def fresh(self) -> Proposal:
        """The proposal as it stands in the database."""
        return Proposal.objects.get(id=self.proposal.id)

    def events(self) -> list[str]:
        """The types of all audit events of the current epoch, in order."""
        fresh = self.fresh()
        return list(fresh.audit_events.filter(epoch=fresh.epoch).values_list("type", flat=True))


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Limits count from nothing in every test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def deal(db: None) -> Deal:
    """Northlight and Harbour Street, with the text seeded and nothing agreed."""
    return as_made(make_deal)


def make_deal(state: State = State.OPEN, between: Any = None) -> Deal:
    """A deal in a state up to open; what comes later is reached by actions."""
    proposal = factories.proposal(between, state=state)
    prose = factories.section(proposal, "How we work")
    prices = factories.section(proposal, "Price", kind=Section.Kind.PRICING)
    line = factories.line(prices, "Discovery")
    option = factories.line(prices, "Photo day", amount="450.00", optional=True)
    port().create(proposal, {prose.id: WORDS, prices.id: WORDS}, None)
    return Deal(proposal, prose, prices, line, option, factories.seller(proposal), factories.client(proposal))


def token_of(user: User | None, firm: Firm, scopes: Any = ALL_SCOPES, **fields: Any) -> str:
    """The secret of a fresh token, used a moment ago."""
    token, secret = ApiToken.issue(firm=firm, name="Test", scopes=list(scopes), user=user)
    ApiToken.objects.filter(id=token.id).update(**{"last_used_at": timezone.now(), **fields})
    return secret


ROLES = ("seller", "client", "reader", "stranger", "seller_service", "client_service", "nobody", "bad_token")


def caller(deal: Deal, role: str, scopes: Any = ALL_SCOPES) -> Api:
    """Somebody who calls about a deal, by role."""
    between = deal.proposal.relationship
    if role in ("seller", "client"):
        user, firm = (deal.maya, between.seller_firm) if role == "seller" else (deal.tomas, between.client_firm)
        Membership.objects.get_or_create(user=user, firm=firm)
        return Api(token_of(user, firm, scopes))
    if role == "reader":
        user = factories.person("reader@harbourstreet.example", "Rea Reader")
        factories.participant(deal.proposal, user, Side.CLIENT, role=Participant.Role.READER)
        return Api(token_of(user, between.client_firm, scopes))
    if role == "stranger":
        return Api(token_of(factories.person("stranger@example.org"), factories.firm("Elsewhere"), scopes))
    if role in ("seller_service", "client_service"):
        return Api(token_of(None, between.seller_firm if role == "seller_service" else between.client_firm, scopes))
    return Api("same_wrong" if role == "bad_token" else "")


def queries_count(run: Callable[[], object]) -> int:
    """How many queries something takes."""
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


@pytest.fixture
def seller(deal: Deal) -> Api:
    """Maya's token, with every scope."""
    return caller(deal, "seller")


@pytest.fixture
def client(deal: Deal) -> Api:
    """Tomás’s token, with every scope."""
    return caller(deal, "client")


@pytest.fixture
def service(deal: Deal) -> Api:
    """A service token of the seller's firm."""
    return caller(deal, "seller_service")
