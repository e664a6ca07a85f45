"""The table of `test_access` for methods and more people: a reader of the seller’s, a colleague without a place."""

import re
import uuid

import pytest

from accounts.models import Membership
from proposals.models import Participant, Side
from tests import factories
from tests.api.conftest import Api, token_of
from tests.api.description import described
from tests.api.test_access import ROWS, P, Table, make_table, send, undone
from tests.kept import as_made

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def table(db: None) -> Table:
    """See `make_table`."""
    return as_made(make_table)


def member(table: Table, *, takes_part: bool) -> Api:
    """Somebody of the seller's firm who owns nothing of it; with a place to read, or none."""
    user = factories.person("colleague@northlight.example", "Cleo")
    firm = table.deal.proposal.relationship.seller_firm
    Membership.objects.create(user=user, firm=firm, role="member")
    if takes_part:
        factories.participant(table.deal.proposal, user, Side.SELLER, role=Participant.Role.READER)
    return Api(token_of(user, firm))


def test_who_only_reads_for_the_seller_changes_no_offer(table: Table) -> None:
    api, done = member(table, takes_part=True), set()
    for row in (row for row in ROWS if row.path.startswith(P) and row.method != "GET"):
        with undone():
            done |= {row.operation} if send(row, table.deal, api).status < 300 else set()

    assert done == {
        "ask_question", "reply_to_question", "change_question", "make_room_ticket", "propose_times", "answer_times",
        "answer_disclosure_request", "set_reminder",
    }  # fmt: skip


def test_a_colleague_without_a_place_finds_no_proposal_of_the_firm(table: Table) -> None:
    api = member(table, takes_part=False)
    found = {
        row.operation: api(row.method, filled(row.path, table.deal.proposal.id)).status
        for row in ROWS
        if row.path.startswith(P)
    }

    assert set(found.values()) == {404}
    assert len(found) > 100


def test_no_address_takes_another_method(table: Table) -> None:
    api = table.api("seller")
    for template, item in described()["paths"].items():
        taken = {method.upper() for method in item}
        address = filled(template.replace("{fn}", "allocate"), table.deal.proposal.id)
        for method in set(METHODS) - taken:
            answer = api(method, address)
            assert (method, address, answer.status, answer.code) == (method, address, 405, "method_not_allowed")
            assert set(answer.headers["Allow"].split(", ")) == taken | ({"HEAD"} if "GET" in taken else set())


def filled(template: str, proposal_id: object) -> str:
    """An address with this proposal's id, and with ids of nothing."""
    known = {"proposal": proposal_id, "proposal_id": proposal_id, "number": 1, "sha256": "0" * 64}
    return re.sub(r"{(\w+)}", lambda match: str(known.get(match[1], uuid.UUID(int=7))), template)
