"""Limits: told in every answer, kept per caller, and over when their window is."""

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from rest_framework.settings import api_settings

from api import throttles
from tests.api.conftest import Api, Deal, caller
from tests.room import redis

NOON = 1_800_000_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the time that the limits go by, in seconds."""

    def at(seconds: float) -> None:
        monkeypatch.setattr(throttles.Clock, "now", staticmethod(lambda: NOON + seconds))

    at(0)
    return at


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The rates, which a test may change."""
    changed = dict(api_settings.DEFAULT_THROTTLE_RATES)
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", changed)
    return changed


def test_every_answer_says_what_is_left(deal: Deal, seller: Api, clock: Any, rates: dict[str, str]) -> None:
    rates["requests"] = "5/min"
    clock(12.5)

    first, second = seller.get("me/"), seller.get("nowhere/")
    refused = seller.post("proposals/", {})

    assert first.headers["RateLimit-Policy"] == '"requests";q=5;w=60'
    assert first.headers["RateLimit"] == '"requests";r=4;t=48'
    assert second.headers["RateLimit"] == '"requests";r=3;t=48'
    assert (refused.status, refused.headers["RateLimit"]) == (422, '"requests";r=2;t=48')


def test_one_too_many_waits_and_then_goes_on(deal: Deal, seller: Api, clock: Any, rates: dict[str, str]) -> None:
    rates["requests"] = "2/min"
    clock(50)
    question = {"text": "Who hosts it?"}
    seller.get("me/")
    seller.get("me/")

    answer = seller.post(f"{deal.path}questions/", question)

    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == "10"
    assert answer.body["retry_after_seconds"] == 10
    assert answer.headers["RateLimit"] == '"requests";r=0;t=10'
    assert deal.proposal.questions.count() == 0
    clock(60)
    assert seller.post(f"{deal.path}questions/", question).status == 201


def test_limits_are_kept_per_token(deal: Deal, seller: Api, client: Api, clock: Any, rates: dict[str, str]) -> None:
    rates["requests"] = "1/min"

    assert [seller.get("me/").status, seller.get("me/").status, client.get("me/").status] == [200, 429, 200]


def test_wrong_tokens_are_limited_by_address(deal: Deal, clock: Any, rates: dict[str, str]) -> None:
    rates["refused"] = "2/hour"
    wrong = caller(deal, "bad_token")

    assert [wrong.get("me/").status for _ in range(3)] == [401, 401, 429]
    assert wrong.get("me/").headers["Retry-After"] == "3600"
    assert caller(deal, "seller").get("me/").status == 200


def test_nobody_is_limited_by_address(db: None, clock: Any, rates: dict[str, str]) -> None:
    rates["anonymous"] = "1/min"

    assert [Api().get("schema/").status, Api().get("schema/").status] == [200, 429]


def test_what_is_costly_has_its_own_limit(deal: Deal, seller: Api, clock: Any, rates: dict[str, str]) -> None:
    rates["documents"] = "0/min"

    answer = seller.get(f"{deal.path}document.pdf")

    assert answer.status == 429
    assert answer.headers["RateLimit-Policy"] == '"requests";q=6000;w=60, "documents";q=0;w=60'


@pytest.mark.parametrize(
    ("rate", "parsed"), [("6000/min", (6000, 60)), ("1/s", (1, 1)), ("5/hour", (5, 3600)), ("9/day", (9, 86400))]
)
def test_rates(rate: str, parsed: tuple[int, int]) -> None:
    assert throttles.parse_rate(rate) == parsed


@pytest.fixture
def shared_cache() -> Iterator[None]:
    """The cache is in Redis, as where there are several workers."""
    program = redis.program()
    if program is None:
        pytest.skip("Redis is not installed")
    server = redis.Redis(program).start()
    backend = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": server.url}
    try:
        with override_settings(CACHES={"default": backend}):
            yield
    finally:
        server.stop()


def counted_in_another_process(times: int) -> tuple[int, int]:
    """Count requests of one caller in a fork of this process; gives it, and where it writes the counts it was told."""
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(120)  # so that a child which hangs fails the test
            counts = [throttles.count("requests", "token:one").used_count for _ in range(times)]
            os.write(telling, json.dumps(counts).encode())
        finally:
            os._exit(0)
    os.close(telling)
    return child, told


def test_counts_are_exact_over_processes_that_share_the_cache(clock: Any, shared_cache: None) -> None:
    others = [counted_in_another_process(100) for _ in range(2)]
    counts = []
    for child, told in others:
        with os.fdopen(told) as written:
            counts += json.load(written)
        os.waitpid(child, 0)

    assert sorted(counts) == list(range(1, 201))
    assert throttles.count("requests", "token:one").used_count == 201
