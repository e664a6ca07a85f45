"""Whatever fits the description, and whatever does not, sent to every operation by everybody who may call.

schemathesis makes the requests from the committed description: half of them as it wants them, half of them broken in
one place. Ids in addresses and bodies are replaced by those of things that exist: one's own, the other side's, and a
neighbour's. No answer may be a fault of ours, undescribed, or hold a word that is not for the caller.
"""

import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from django.core.cache import cache as counters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from proposals.pricing import FUNCTIONS
from tests.api.attacked import SELLERS, STRANGERS, World, make_world
from tests.api.conftest import Api
from tests.api.description import described, operation_of
from tests.api.test_access import undone
from tests.kept import as_made

SEARCHING = os.environ.get("HYPOTHESIS_PROFILE") == "searching"
EXAMPLES = 100 if SEARCHING else 4
RENDERED = {"get_document_pdf", "get_document_docx", "get_export"}
"""Each takes seconds of CPU, and its only input is an id: quick runs ask for the neighbours' documents alone."""
SECRETS = {
    "seller": (STRANGERS,),
    "client": (STRANGERS, SELLERS),
    "stranger": (STRANGERS, SELLERS, "Plain"),
    "nobody": (STRANGERS, SELLERS, "Plain"),
}
"""The words that must never be in an answer to them."""
OTHERS = ("client", "stranger", "nobody")
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
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    known = world.known_to_neighbours if name in RENDERED and not SEARCHING else world.known

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def attack(data: st.DataObject) -> None:
        request = _request(data.draw(cases), data, known, world.every())
        for role in ("seller", *(OTHERS if SEARCHING else [data.draw(st.sampled_from(OTHERS))])):
            with undone():
                counters.clear()
                _send(Api(world.tokens[role]), request, SECRETS[role])

    attack()


def _request(
    case: Case, data: st.DataObject, known: Callable[[str], list[str]], ids: list[str]
) -> tuple[requests.PreparedRequest, Any]:
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


def _send(api: Api, request: tuple[requests.PreparedRequest, Any], secrets: tuple[str, ...]) -> None:
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
