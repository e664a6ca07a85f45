"""Whatever fits the description, and whatever does not, sent to every operation by everybody who may call.

schemathesis makes the requests from the committed description: as it wants them, or broken in one place. Ids in
addresses and bodies are replaced by those of things that exist: one's own, the other side's, and a neighbour's. Most of
those are refused as values; so a third of the requests are likely ones, which `test_access` or the recorded examples
know to succeed, with one more field or parameter of schemathesis's. No answer may be a fault of ours, undescribed, or
hold a word that is not for the caller. `python scripts/api_attacks.py` prints how many succeed.
"""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from django.core.cache import cache as counters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from api.describing import examples
from proposals.pricing import FUNCTIONS
from tests.api.attacked import SELLERS, STRANGERS, World, make_world
from tests.api.conftest import ROOT, Api, Deal
from tests.api.description import described, operation_of
from tests.api.test_access import ROWS, Row, request_of, undone
from tests.api.test_every_route import works_for
from tests.kept import as_made

SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "searching"
NOTED = os.environ.get("ATTACKS_NOTED", "")
EXAMPLES = 100 if SEARCHING else 3
LIKELY = "likely"
RENDERED = {"get_document_pdf", "get_document_docx", "get_export"}
"""Each takes seconds of CPU, and its only input is an id: quick runs ask for the neighbours' documents alone."""
NOT_HERE = {
    "ask_colleague": "there is no colleague who reads",
    "ask_for_the_price": "it is asked for already",
    "explain_price_change": "the last event is the counter-offer that was overtaken",
    "undo_price_change": "the last event is the counter-offer that was overtaken",
}
"""What `test_access` shows to be granted, and this world has no occasion for."""
SECRETS = {
    "seller": (STRANGERS,),
    "client": (STRANGERS, SELLERS),
    "stranger": (STRANGERS, SELLERS, "Plain"),
    "nobody": (STRANGERS, SELLERS, "Plain"),
}
"""The words that must never be in an answer to them."""
OTHERS = ("client", "stranger", "nobody")
Sent = tuple[requests.PreparedRequest, Any]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OF_TRANSPORT = {"Content-Length", "Content-Type", "User-Agent", "Accept", "Accept-Encoding", "Connection", "Cookie"}


@cache
def schema() -> Any:
    """The description as schemathesis reads it. Tokens are the test's to send."""
    loaded = schemathesis.openapi.from_dict(described())
    loaded.config.generation.update(with_security_parameters=False)
    return loaded


@pytest.fixture
def world(db: None) -> World:
    """See `make_world`."""
    return as_made(make_world)


@pytest.mark.hypothesis
@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param(method, path, id=operation["operationId"])
        for path, item in described()["paths"].items()
        for method, operation in item.items()
    ],
)
def test_whatever_is_sent(method: str, path: str, world: World) -> None:
    operation = schema()[path][method.upper()]
    name = described()["paths"][path][method]["operationId"]
    cases = {mode.value: operation.as_strategy(generation_mode=mode) for mode in GenerationMode}
    row = LIKELY_ROWS.get(name)
    role_of_row = "" if row is None else works_for(row)
    kinds = [*cases, LIKELY] if role_of_row else [*cases]

    known = world.known_to_neighbours if name in RENDERED and not SEARCHING else world.known

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def attack(data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(kinds))
        case = data.draw(cases["positive" if kind == LIKELY else kind])
        added = added_by(case, data) if kind == LIKELY else None
        request = _request(case, data, known, world.every())
        for role in (role_of_row or "seller", *(OTHERS if SEARCHING else [data.draw(st.sampled_from(OTHERS))])):
            with undone():
                counters.clear()
                sent = likely(row, world.deal, added) if row and added else request
                status = _send(Api(world.tokens[role]), sent, SECRETS[role])
                if role == (role_of_row or "seller"):
                    _note(name, kind, status)

    attack()
    if row and role_of_row and name not in NOT_HERE:
        with undone():
            counters.clear()
            plain = likely(row, world.deal, Added())
            status = _send(Api(world.tokens[role_of_row]), plain, ())
        _note(name, LIKELY, status)
        assert status < 300


@dataclass(frozen=True)
class Added:
    """What a likely request has of schemathesis's: at most one field, and at most one parameter of the query."""

    fields: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    is_recorded: bool = False


LIKELY_ROWS = {row.operation: row for row in ROWS}


def added_by(case: Case, data: st.DataObject) -> Added:
    """One field and one parameter of what schemathesis made."""
    fields, query = (dict(each) if isinstance(each, dict) else {} for each in (case.body, case.query))
    return Added(_one_of(fields, data), _one_of(query, data), data.draw(st.booleans()))


def _one_of(values: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    chosen = data.draw(st.sampled_from(["", *sorted(values)]))
    return {chosen: values[chosen]} if chosen else {}


def likely(row: Row, deal: Deal, added: Added) -> Sent:
    """The request of a row, or the recorded one if it names nothing by its id, with what is added."""
    path, body = request_of(row, deal)
    recorded = examples().get(row.operation, {}).get("request")
    if added.is_recorded and recorded is not None and not UUID.search(json.dumps(recorded)):
        body = recorded
    if isinstance(body, dict):
        body = {**added.fields, **body}
    address = f"{ROOT}{path}"
    query = {name: value for name, value in added.query.items() if f"{name}=" not in path and value is not None}
    sent = requests.Request(row.method, f"http://testserver{address}", params=query).prepare()
    if body is not None:
        sent.prepare_headers({"Content-Type": "application/json"})
        sent.prepare_body(json.dumps(body).encode(), None)
    return sent, body


def _note(operation: str, kind: str, status: int) -> None:
    """Write a status down for `scripts/api_attacks.py`, if that asks for it."""
    if NOTED:
        with Path(NOTED).open("a") as notes:
            notes.write(f"{operation} {kind} {status}\n")


def _request(case: Case, data: st.DataObject, known: Callable[[str], list[str]], ids: list[str]) -> Sent:
    """The request of a case that asks for things which exist, and its body as JSON, None for another one."""
    places = {**{name: known(name) for name in case.path_parameters}, "fn": sorted(FUNCTIONS), "key": ["tm_cap"]}
    case.path_parameters = {name: data.draw(st.sampled_from(places[name])) for name in case.path_parameters}
    if isinstance(case.body, dict | list):
        case.body = _with_ids(case.body, data, ids)
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    is_json = case.media_type == "application/json" and isinstance(case.body, dict | list)
    return sent, case.body if is_json else None


def _with_ids(value: Any, data: st.DataObject, ids: list[str]) -> Any:
    if isinstance(value, dict):
        return {name: _with_ids(within, data, ids) for name, within in value.items()}
    if isinstance(value, list):
        return [_with_ids(within, data, ids) for within in value]
    return data.draw(st.sampled_from(ids)) if isinstance(value, str) and UUID.fullmatch(value) else value


def _send(api: Api, request: Sent, secrets: tuple[str, ...]) -> int:
    """Send it and look at the answer; gives its status."""
    prepared, body = request
    assert prepared.method
    parts = urlsplit(str(prepared.url))
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    raw = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    headers = {name: str(value) for name, value in prepared.headers.items() if name not in OF_TRANSPORT}
    if "Content-Type" in prepared.headers:
        headers["Content-Type"] = str(prepared.headers["Content-Type"])

    answer = api(prepared.method, address, body, raw=raw, **headers)

    operation = operation_of(prepared.method, parts.path)
    assert answer.status < 500
    assert operation is None or str(answer.status) in operation["responses"]
    shown = answer.content.decode(errors="replace") + str(answer.headers)
    assert not [word for word in secrets if word in shown]
    return answer.status
