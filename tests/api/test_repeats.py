"""Every POST that can succeed has one effect under its key: repeated, and after a death or a fault."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.models.signals import post_save
from django.test import Client

from api.endpoint import Endpoint
from proposals.models import CommandAnswer
from tests.api.conftest import Api, Deal, caller, make_deal
from tests.api.test_access import ROWS, Row, Table, ids, make_table, request_of
from tests.api.test_idempotency import KEY, QUESTION
from tests.kept import as_made

TAKE_NO_KEY = {"calculate", "make_room_ticket"}
"""What they give is nothing that is kept."""
POSTS = [
    row for row in ROWS if row.method == "POST" and min(row.statuses[:2]) < 300 and row.operation not in TAKE_NO_KEY
]
"""Those that the seller or the client may do while a proposal is open."""
KILLED = -signal.SIGKILL


@pytest.fixture
def table(db: None) -> Table:
    """See `make_table`."""
    made: Table = as_made(make_table)
    return made


def role_of(row: Row) -> str:
    """Who may do it."""
    return "seller" if row.statuses[0] < 300 else "client"


def rows_count() -> Counter[str]:
    """How many rows each model has."""
    return Counter({model._meta.label: model._default_manager.count() for model in apps.get_models()})


WITH_SECRETS = {"add_webhook_endpoint", "rotate_webhook_secret", "invite_participant", "make_participant_link"}
"""Their answers are not kept: a repeat is shown anew what still stands."""


@pytest.mark.parametrize("row", POSTS, ids=ids)
def test_a_repeat_gets_the_first_answer_whatever_has_happened_since(row: Row, table: Table) -> None:
    api, (path, body) = table.api(role_of(row)), request_of(row, table.deal)
    first = api.post(path, body, **KEY)

    with connection.cursor() as cursor:  # what was made is gone, and the proposal is over
        cursor.execute("UPDATE proposals_proposal SET state = 'withdrawn', title = 'Another'")
        cursor.execute("UPDATE proposals_section SET removed_at = updated_at")
        cursor.execute("UPDATE proposals_catalogueitem SET retired_at = created_at")
        cursor.execute("UPDATE webhooks_webhookendpoint SET description = 'Another'")
    again = api.post(path, body, **KEY)

    assert (again.status, again.headers.get("Idempotency-Replayed")) == (first.status, "true")
    kept = CommandAnswer.objects.get(key=KEY["Idempotency_Key"]).shown
    assert (kept is None) == (row.operation in WITH_SECRETS)
    if kept is not None:
        assert again.content == first.content
        told = [again.headers.get(name) for name in ("Content-Type", "ETag", "Location")]
        assert told == [first.headers.get(name) for name in ("Content-Type", "ETag", "Location")]
        assert not [secret for secret in ("whsec_", "same_", "/i/") if secret in json.dumps(kept)]


@pytest.mark.parametrize("row", POSTS, ids=ids)
def test_a_repeat_leaves_everything_as_it_is(row: Row, table: Table) -> None:
    api, (path, body) = table.api(role_of(row)), request_of(row, table.deal)

    first = api.post(path, body, **KEY)
    after, events = rows_count(), table.deal.events()
    again = api.post(path, body, **KEY)

    assert first.status < 300
    assert again.status == first.status
    assert ("Idempotency-Replayed" in first.headers, again.headers.get("Idempotency-Replayed")) == (False, "true")
    assert (rows_count() - after, table.deal.events()) == (Counter(), events)


def in_a_process_that_dies(api: Api, deal: Deal, arm: Callable[[], None]) -> None:
    """Ask a question in a fork of this process, which `arm` has made to die somewhere on the way."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(120)  # so that a child which hangs fails the test
            arm()
            api.post(f"{deal.path}questions/", QUESTION, **KEY)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED


def die(*_: Any, **__: Any) -> Any:
    """The process ends here, with nothing tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_before_the_commit() -> None:
    """When the answer is kept, which is the last thing in the transaction."""

    def kept(*, created: bool, **_: Any) -> None:
        if not created:
            die()

    post_save.connect(kept, sender=CommandAnswer, weak=False)


def die_before_the_answer() -> None:
    """When the answer is rendered, which is after the commit."""
    Endpoint.shown = die  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("arm", "is_done"), [(die_before_the_commit, False), (die_before_the_answer, True)], ids=["commit", "answer"]
)
@pytest.mark.django_db(transaction=True)
def test_a_process_that_dies_has_done_all_or_nothing(arm: Callable[[], None], is_done: bool) -> None:
    deal = make_deal()
    api = caller(deal, "seller")

    in_a_process_that_dies(api, deal, arm)

    assert deal.events() == (["question.asked"] if is_done else [])
    assert CommandAnswer.objects.count() == int(is_done)
    again = api.post(f"{deal.path}questions/", QUESTION, **KEY)
    assert (again.status, "Idempotency-Replayed" in again.headers) == (201, is_done)
    assert again.body["id"] == str(deal.proposal.questions.get().id)
    assert deal.events() == ["question.asked"]


def test_an_answer_that_fails_is_given_to_the_repeat(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    api = Api(caller(deal, "seller").token, Client(raise_request_exception=False))
    with monkeypatch.context() as broken:
        broken.setattr(Endpoint, "shown", fail)
        assert api.post(f"{deal.path}questions/", QUESTION, **KEY).status == 500

    again = api.post(f"{deal.path}questions/", QUESTION, **KEY)

    assert (again.status, again.headers.get("Idempotency-Replayed")) == (201, "true")
    assert again.body["id"] == str(deal.proposal.questions.get().id)
