"""A thousand webhooks to a receiver on this machine: `python -m bench webhooks`.

Fifty proposals with twenty changes each; one endpoint. First the receiver takes everything, then it refuses half of
what comes, by chance, and the waits between attempts are nothing. Checked after each run: all arrived, each event
under one `webhook-id`, in order per proposal, every signature right. What has used up its ten attempts (one of a
thousand, if half of them fail) is replayed as a person would. Seconds and CPU seconds are those of the delivering
process, with the receiver in it.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-bench-")

import django  # noqa: E402

django.setup()

from django.test.utils import override_settings, setup_databases, teardown_databases  # noqa: E402

from proposals.access import Visitor, proposal_for  # noqa: E402
from proposals.actions.lines import edit_line  # noqa: E402
from proposals.models import Section  # noqa: E402
from tests import factories  # noqa: E402
from tests.webhooks.receiver import Receiver, listening, say  # noqa: E402
from webhooks.actions import add_endpoint, redeliver  # noqa: E402
from webhooks.delivering import deliver_due  # noqa: E402
from webhooks.models import WebhookDelivery  # noqa: E402

PROPOSALS_COUNT = 50
CHANGES_COUNT = 20
RUNS_COUNT = 3


def change_all(url: str) -> str:
    """Make the proposals and an endpoint, then change a line of each in turns; the endpoint's secret."""
    between = factories.relationship()
    made = []
    for _ in range(PROPOSALS_COUNT):
        proposal = factories.proposal(between, people=False)
        factories.participant(proposal, side="seller")
        section = factories.section(proposal, kind=Section.Kind.PRICING)
        actor = proposal_for(Visitor(user=factories.seller(proposal)), proposal.id)[1]
        made.append((actor, factories.line(section)))
    _, secret = add_endpoint(firm=between.seller_firm, by=None, fields={"url": url, "events": ["line.changed"]})
    for number in range(CHANGES_COUNT):
        for actor, line in made:
            edit_line(by=actor, line_id=line.id, changes={"amount": f"{number + 1}.00"})
    return secret


def check(receiver: Receiver, secret: str, replayed: set[str]) -> None:
    """Raise AssertionError unless all arrived, signed, once each by id, and in order but for what was replayed."""
    rows = list(WebhookDelivery.objects.order_by("sequence"))
    assert len(rows) == PROPOSALS_COUNT * CHANGES_COUNT
    assert len({row.event_id for row in rows}) == len(rows)
    assert all(row.state == WebhookDelivery.State.DELIVERED for row in rows)
    assert {got.id for got in receiver.got} == {str(row.id) for row in rows}
    assert all(got.is_signed_with(secret) for got in receiver.got)
    place = {str(row.id): (row.proposal_id, row.sequence) for row in rows}
    last: dict[Any, int] = {}
    for got in receiver.got:
        proposal, sequence = place[got.id]
        if got.id not in replayed:
            assert sequence >= last.get(proposal, 0), "out of order"
            last[proposal] = sequence


def run(failing: float, seed: int) -> None:
    """One run; prints its figures."""
    chance = random.Random(seed)
    with listening() as receiver:

        class Now:
            """Refuses by chance."""

            def __call__(self, handler: Any, got: Any) -> None:
                say(500 if chance.random() < failing else 200)(handler, got)

        receiver.always = Now()
        secret = change_all(receiver.url)
        used, began = time.process_time(), time.perf_counter()
        attempts = deliver_due()
        spent, used = time.perf_counter() - began, time.process_time() - used
        failed = list(WebhookDelivery.objects.filter(state=WebhookDelivery.State.FAILED))
        for delivery in failed:
            receiver.always = say(200)
            redeliver(delivery=delivery)
            deliver_due()
        check(receiver, secret, {str(delivery.id) for delivery in failed})
        WebhookDelivery.objects.all().delete()
    count = PROPOSALS_COUNT * CHANGES_COUNT
    each = f"{attempts / spent:.0f} attempts a second, {used * 1000 / attempts:.1f} CPU ms each"
    told = f"{count} webhooks, {attempts} attempts, {len(failed)} given up and replayed"
    print(f"refusing {failing:.0%}: {told}, {spent:.1f} s, {each}", flush=True)


def main() -> None:
    """A receiver that takes everything, and one that refuses half."""
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(WEBHOOK_LOOPBACK=True, WEBHOOK_RETRY_SECONDS=[0] * 9):
            for seed in range(RUNS_COUNT):
                run(0, seed)
                run(0.5, seed)
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
