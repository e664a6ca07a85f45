"""Every POST that can succeed, sent by several callers at the same moment under one key, to PostgreSQL.

Four callers each in `make test`, twenty in `make soak` and on both databases. `test_idempotency` has twenty for one.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from proposals.models import CommandAnswer, Participant, Side
from tests import factories
from tests.api.conftest import ROOT, Deal, caller, make_deal
from tests.api.test_access import Row, request_of
from tests.api.test_repeats import POSTS, role_of

FEW, MANY = 4, 20
PATIENCE_SECONDS = 120
GROUPS = 6
"""The operations are shared out over as many tests."""


class Crowd:
    """Threads, each with a connection of its own, which send the same request together."""

    def __init__(self, count: int) -> None:
        self._meeting = threading.Barrier(count + 1)
        self._sent: tuple[str, str, Any, str] | None = None
        self._came: list[Any] = []
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def send(self, token: str, path: str, body: Any, key: str) -> list[Any]:
        """The answers to a POST that all of them send."""
        self._sent, self._came = (token, path, body, key), []
        self._meet()
        self._meet()
        return self._came

    def go(self) -> None:
        """They close their connections."""
        self._sent = None
        self._meet()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def _meet(self) -> None:
        self._meeting.wait(PATIENCE_SECONDS)

    def _work(self) -> None:
        client = Client()
        try:
            while True:
                self._meet()
                if self._sent is None:
                    return
                self._came.append(post(client, *self._sent))
                self._meet()
        finally:
            if self._sent is not None:  # something went wrong: nobody waits for this one
                self._meeting.abort()
            connection.close()


def post(client: Client, token: str, path: str, body: Any, key: str) -> Any:
    """The answer as it is: `test_repeats` compares the same ones with the description."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    sent = b"" if body is None else json.dumps(body).encode()
    return client.post(ROOT + path, sent, content_type="application/json", headers=headers)


@contextmanager
def crowd_of(count: int) -> Iterator[Crowd]:
    """A crowd that goes when all is done."""
    crowd = Crowd(count)
    try:
        yield crowd
    finally:
        crowd.go()


TABLES = sorted({model._meta.db_table for model in apps.get_models()})


def rows_count() -> Counter[str]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM \"{table}\"" for table in TABLES))
        return Counter(dict(cursor.fetchall()))


def wanted(row: Row, deal: Deal, token: str, name: str) -> tuple[str, str, Any]:
    """Who asks for what on a deal of its own; in `name`, where the outcome would be one with that of another deal."""
    if row.operation == "ask_colleague":
        colleague = factories.person(f"{name}@harbourstreet.example", "A colleague")
        factories.participant(deal.proposal, colleague, Side.CLIENT, role=Participant.Role.READER)
    path, body = request_of(row, deal)
    if row.operation in ("begin_relationship", "create_proposal"):
        body = {**body, "client": {"name": name, "email": f"{name}@example.com"}}
    return token, path, body


def one_effect_each(rows: list[Row], count: int) -> None:
    """Each of these once by one caller, and once by a crowd: as many rows, and one answer."""
    deal = make_deal()
    tokens = {role: caller(deal, role).token for role in ("seller", "client")}
    with crowd_of(count) as crowd:
        for row in rows:
            token, between = tokens[role_of(row)], deal.proposal.relationship
            alone, beside = (wanted(row, make_deal(between=between), token, name) for name in ("ada", "bea"))
            before = rows_count()
            assert post(Client(), *alone, key=f"{row.operation} alone").status_code < 300
            after = rows_count()

            answers = crowd.send(*beside, row.operation)

            assert len(answers) == count, row.operation
            assert len({(answer.status_code, answer.content) for answer in answers}) == 1, row.operation
            assert answers[0].status_code < 300, (row.operation, answers[0].content)
            firsts = [answer for answer in answers if "Idempotency-Replayed" not in answer.headers]
            assert len(firsts) == 1, row.operation
            assert rows_count() - after <= after - before, row.operation
            assert CommandAnswer.objects.filter(key=row.operation).count() == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("group", range(GROUPS))
def test_repeats_of_every_post_at_the_same_moment_have_one_effect(committed: str, group: int) -> None:
    one_effect_each(POSTS[group::GROUPS], FEW)


@pytest.mark.soak
@pytest.mark.parametrize("group", range(GROUPS))
def test_twenty_repeats_of_every_post_at_the_same_moment_have_one_effect(committed: str, group: int) -> None:
    one_effect_each(POSTS[group::GROUPS], MANY)
