"""docs/webhooks.md: its programs check signatures, and its figures are those of the program."""

import json
import re
import subprocess
import threading
from http.server import HTTPServer
from typing import Any

import pytest
from live import PROJECT

from config.env import RETRY_SECONDS
from tests.proposals.deal import Deal
from tests.webhooks.conftest import Hooked, hook
from tests.webhooks.receiver import Receiver
from webhooks.actions import MOST_OVERLAP_HOURS, OVERLAP_HOURS, send_test
from webhooks.delivering import deliver_due
from webhooks.event_types import EVENTS
from webhooks.models import WebhookDelivery
from webhooks.network import TIMEOUT_SECONDS

DOCS = (PROJECT / "docs" / "webhooks.md").read_text()


def block(language: str) -> str:
    """The first block of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_receiver_on_the_page_takes_what_is_genuine(
    deal: Deal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {"__name__": "receive"}
    exec(compile(block("python"), "receive.py", "exec"), names)
    names["Receiver"].log_message = lambda *_: None
    server = HTTPServer(("127.0.0.1", 0), names["Receiver"])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        hooked = hook(deal.proposal.relationship.seller_firm, f"http://127.0.0.1:{server.server_port}/")
        for secret in (hooked.secret, "whsec_c29tZXRoaW5nIGVsc2U="):
            monkeypatch.setenv("SECRET", secret)
            send_test(endpoint=hooked.endpoint)
            deliver_due()
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)

    assert list(WebhookDelivery.objects.order_by("id").values_list("last_status", flat=True)) == [204, 401]
    assert capsys.readouterr().out.count("webhook.test") == 1


def test_the_check_in_node_on_the_page(deal: Deal, hooked: Hooked, receiver: Receiver) -> None:
    send_test(endpoint=hooked.endpoint)
    deliver_due()
    [got] = receiver.got
    given = {"secret": hooked.secret, "headers": got.headers, "body": got.body.decode()}
    old = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 400)}
    cases = [
        given,
        {**given, "body": f"{given['body']} "},
        {**given, "secret": "whsec_c29tZXRoaW5nIGVsc2U="},
        {**given, "headers": {**got.headers, "webhook-signature": "v1,AAAA v2"}},
        {**given, "headers": {**got.headers, "webhook-signature": f"v1,AAAA {got.headers['webhook-signature']}"}},
        {**given, "headers": old},
    ]
    asked = "JSON.parse(require('fs').readFileSync(0)).map((c) => isGenuine(c.secret, c.headers, Buffer.from(c.body)))"

    done = subprocess.run(
        ["node", "-e", f"{block('js')}\nconsole.log(JSON.stringify({asked}))"],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert json.loads(done.stdout) == [True, False, False, False, True, False]


def test_the_figures_on_the_page() -> None:
    units = {"second": 1, "minute": 60, "hour": 3600}
    rows = re.findall(r"^\| (\d+) \| (\d+) (second|minute|hour)s? \|$", DOCS, re.MULTILINE)
    assert [int(count) * units[unit] for _, count, unit in rows] == RETRY_SECONDS
    assert f"within {TIMEOUT_SECONDS:g} seconds" in DOCS
    assert f"({OVERLAP_HOURS} unless you say otherwise, 0 to {MOST_OVERLAP_HOURS})" in DOCS
    named = DOCS.split("Those that most programs want:")[1].split("\n\n")[0]
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", named)) <= set(EVENTS)
