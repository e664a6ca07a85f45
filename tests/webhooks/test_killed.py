"""A deliverer that is killed in the middle of a delivery: what it was sending comes again, under the same id."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import connection
from django.utils import timezone

from proposals.actions.questions import ask
from tests.live import PROJECT
from tests.proposals.deal import make_deal
from tests.webhooks.conftest import hook
from tests.webhooks.receiver import Got, Receiver
from webhooks.delivering import LEASE, deliver_due
from webhooks.models import WebhookDelivery

WAIT_SECONDS = 180.0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_a_killed_deliverer_was_sending_comes_again_under_the_same_id(committed: str, receiver: Receiver) -> None:
    deal = make_deal()
    hooked = hook(deal.proposal.relationship.seller_firm, receiver.url)
    ask(by=deal.tomas, text="One?")
    ask(by=deal.tomas, text="Two?")
    arrived = threading.Event()

    def say_nothing(_: BaseHTTPRequestHandler, __: Got) -> None:
        arrived.set()
        receiver.over.wait(WAIT_SECONDS)

    receiver.answers = [say_nothing]
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST")},
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "WEBHOOK_LOOPBACK": "yes",
    }
    command = [sys.executable, "manage.py", "deliver_webhooks"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True) as deliverer:
        try:
            assert arrived.wait(WAIT_SECONDS)
        finally:
            os.kill(deliverer.pid, signal.SIGKILL)
    assert deliverer.returncode == -signal.SIGKILL
    first, second = WebhookDelivery.objects.order_by("sequence")
    assert (first.state, first.attempts_count) == ("pending", 0)
    assert deliver_due(clock=lambda: timezone.now()) == 0

    later = timezone.now() + LEASE + timedelta(seconds=1)
    assert deliver_due(clock=lambda: later) == 2

    assert [got.id for got in receiver.got] == [str(first.id), str(first.id), str(second.id)]
    assert all(got.is_signed_with(hooked.secret) for got in receiver.got)
    assert set(WebhookDelivery.objects.values_list("state", "attempts_count")) == {("delivered", 1)}
