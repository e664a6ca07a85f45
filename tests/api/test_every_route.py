"""What holds for every route: a repeat has no effect, the number of queries does not grow, no log has a token."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import ApiToken
from proposals.actions.clients import ClientContact
from proposals.actions.price_lists import add_item, publish_rate_card
from proposals.actions.questions import ask, reply
from proposals.actions.relationships import begin_relationship
from proposals.models import Template
from tests import factories
from tests.api.conftest import Api, Deal, caller, make_deal, queries_count
from tests.api.description import described
from tests.api.test_access import (
    CARD,
    ITEM,
    ROWS,
    WITHIN,
    Row,
    Table,
    actor,
    changed,
    disclosed,
    ids,
    make_table,
    offered,
    request_of,
)
from tests.kept import as_made
from tests.proposals.deal import everything

WITHOUT_KEY = {
    "calculate": "changes nothing",
    "verify_pdf": "changes nothing",
    "make_room_ticket": "a ticket is for ten minutes and kept nowhere",
    "mail_voiding_code": "a code that is asked for again takes the place of the one before",
    "resume_import": "what goes on already is refused by what it is",
    "import_file": "what came before is refused by what it is",
}
"""The POSTs that take no key, and why."""


@pytest.fixture
def table(db: None) -> Table:
    """A deal and everybody's tokens."""
    return as_made(make_table)


def taking_keys() -> set[str]:
    """The operations that take an `Idempotency-Key`."""
    return {
        operation["operationId"]
        for item in described()["paths"].values()
        for operation in item.values()
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", []))
    }


def works_for(row: Row) -> str:
    """The first role for which a row's request works; "" for none."""
    return next((role for role, status in zip(WITHIN, row.statuses, strict=False) if status < 300), "")


def test_every_post_takes_a_key_or_changes_nothing() -> None:
    posts = {item["post"]["operationId"] for item in described()["paths"].values() if "post" in item}
    assert posts - taking_keys() == set(WITHOUT_KEY)
    assert taking_keys() <= posts


POSTS = [row for row in ROWS if row.method == "POST" and row.operation not in WITHOUT_KEY and works_for(row)]


@pytest.mark.parametrize("row", POSTS, ids=ids)
def test_a_repeat_of_every_post_has_no_effect(row: Row, table: Table) -> None:
    path, body = request_of(row, table.deal)
    api = table.api(works_for(row))

    first = api(row.method, path, body, Idempotency_Key="once")
    before = everything()
    again = api(row.method, path, body, Idempotency_Key="once")

    assert first.status < 300
    assert again.status == first.status
    assert again.headers["Idempotency-Replayed"] == "true"
    assert everything() == before


UNCOUNTED = {"get_document_pdf", "get_document_docx", "get_export", "get_evidence", "get_document_json"}
"""Files are made as a whole; their rows are read once (`test_export`)."""

READS = [row for row in ROWS if row.method == "GET" and row.operation not in UNCOUNTED and works_for(row)]


def grow(deal: Deal) -> None:
    """One more of each thing that a list shows."""
    number = str(deal.prices.lines.count())
    firm = deal.proposal.relationship.seller_firm
    section = factories.section(deal.proposal, f"Section {number}", kind="pricing")
    factories.line(section, f"Line {number}", amount="1")
    factories.line(deal.prices, f"Another {number}", amount="1")
    place = factories.participant(deal.proposal, factories.person(f"p{number}@example.org"), "client")
    factories.invitation(place)
    deal.proposal.participants.filter(id=place.id).update(is_signatory=True)
    asked = ask(by=actor(deal), text="Why?")
    reply(by=actor(deal), question_id=asked.id, text="Because.")
    changed(deal)
    offered(deal)
    disclosed(deal).times.create(side="client", proposed_by_name="Tomás")
    deal.proposal.disclosure_requests.create(kind="policy", asked_by_name="Tomás")
    deal.proposal.price_requests.create(side="client", asked_by_name="Tomás")
    add_item(firm=firm, fields=ITEM)
    publish_rate_card(firm=firm, by=None, **{**CARD, "rates": [{**CARD["rates"][0], "rate": number}]})
    Template.objects.create(firm=firm, title=number, currency="EUR", content={"sections": []})
    begin_relationship(firm=firm, by=None, client=ClientContact(f"Ada {number}", f"ada{number}@example.com", ""))
    other = make_deal(between=deal.proposal.relationship)
    assert other.maya == deal.maya


def reading(deal: Deal, rows: list[Row]) -> dict[str, str]:
    """The path of each row's request."""
    return {row.operation: request_of(row, deal)[0] for row in rows}


def test_the_number_of_queries_of_no_read_grows(table: Table) -> None:
    deal, api = table.deal, table.api("seller")
    grow(deal)
    paths = reading(deal, [row for row in READS if row.statuses[0] < 300])

    def counted() -> dict[str, int]:
        return {name: queries_count(lambda path=path: answered(api, path)) for name, path in paths.items()}  # type: ignore[misc]

    few = counted()
    for _ in range(2):
        grow(deal)
    many = counted()

    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}


def answered(api: Api, path: str) -> None:
    """Read, and be answered."""
    answer = api.get(path)
    assert answer.status == 200, (path, answer.body)


@pytest.mark.parametrize(
    "send",
    [
        lambda api, secret: api.get("me/"),
        lambda api, secret: Api(secret + "x").get("me/"),
        lambda api, secret: api.get(f"me/?token={secret}"),
        lambda api, secret: api.get(f"proposals/?cursor={secret}"),
        lambda api, secret: api.post("calculations/allocate/", {secret: secret}),
        lambda api, secret: api("POST", "proposals/", raw=f'{{"{secret}"'.encode()),
    ],
    ids=["header", "wrong header", "query", "cursor", "body", "broken body"],
)
def test_no_log_has_a_token(deal: Deal, caplog: pytest.LogCaptureFixture, send: Callable[[Api, str], Any]) -> None:
    api = caller(deal, "seller")
    with caplog.at_level(logging.DEBUG):
        send(api, api.token)

    assert api.token not in caplog.text
    assert api.token.removeprefix(ApiToken.PREFIX) not in caplog.text
