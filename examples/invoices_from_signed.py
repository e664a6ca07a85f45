"""A billing system hears that a proposal was signed and drafts the invoices of its payment schedule.

    python examples/invoices_from_signed.py 8900 invoices/

Listens on the port for the webhook `proposal.signed` and writes `invoices/<proposal>-<instalment>.json`, one draft for
each payment that both sides agreed to. SAMESIDE_WEBHOOK_SECRET (`whsec_…`) is the endpoint's secret, shown once when
the endpoint is made; SAMESIDE_URL and SAMESIDE_TOKEN say where the prices are read, with proposals:read.

The three rules of every receiver: check the signature over the bytes as they came, before reading them; expect the
same `webhook-id` twice; answer 2xx only when the work is done, for what was not answered so comes again.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LARGEST_BYTES = 256 * 1024


def draft_invoices(api: httpx.Client, proposal_id: str, folder: Path) -> list[Path]:
    """Write a draft for each instalment of what was signed; all payments in one if there is no schedule.

    A second call for the same proposal writes the same files. Raises httpx.HTTPStatusError.
    """
    proposal = api.get(f"proposals/{proposal_id}/").raise_for_status().json()
    pricing = api.get(f"proposals/{proposal_id}/pricing/").raise_for_status().json()
    schedule = pricing["schedule"]
    planned = schedule["plan"] if schedule else []
    if schedule and len(planned) == 1 and planned[0]["share"] == "periods":
        planned = planned * len(schedule["items"])  # one plan for equal payments
    whole = {"id": "1", "amount": pricing["result"]["totals"]["total"]}
    items = schedule["items"] if schedule else [whole]
    written = []
    for number, item in enumerate(items):
        plan = planned[number] if planned else {"title": "On signature", "due": "signature"}
        draft = {
            "status": "draft",
            "proposal": proposal_id,
            "external_id": proposal["external_id"],
            "bill_to": proposal["parties"]["client"],
            "currency": proposal["currency"],
            "title": plan["title"],
            "due": plan["due"],
            "due_on": item.get("due_on"),
            "net": item.get("net", item["amount"]),
            "tax": item.get("tax", "0.00"),
            "amount": item["amount"],  # strings: exact, and they add up to the signed total
        }
        file = folder / f"{proposal_id}-{item['id']}.json"
        file.write_text(json.dumps(draft, indent=2, ensure_ascii=False))
        written.append(file)
    return written


class Receiver(BaseHTTPRequestHandler):
    """Answers the webhooks. `webhook`, `api` and `folder` are set by `main`."""

    webhook: Webhook
    api: httpx.Client
    folder: Path

    def do_POST(self) -> None:
        """Check the signature, do the work, and only then say that it is done."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BYTES:
            self.send(413, "too large")
            return
        body = self.rfile.read(length)
        try:
            event: Any = self.webhook.verify(body, dict(self.headers.items()))
        except WebhookVerificationError as error:
            self.send(401, f"not signed by our endpoint’s secret: {error}")
            return
        if event["type"] != "proposal.signed":
            self.send(204)  # not ours; without this it would come again
            return
        try:
            written = draft_invoices(self.api, event["data"]["proposal"]["id"], self.folder)
        except httpx.HTTPError as error:
            self.send(503, f"try again: {error}")
            return
        print(f"{len(written)} drafts for {event['data']['proposal']['id']}", flush=True)
        self.send(204)

    def send(self, status: int, words: str = "") -> None:
        """Answer with a status and a sentence, which Sameside shows beside the delivery."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(words.encode())))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing for each request."""


def main() -> None:
    """Listen until interrupted."""
    missing = [name for name in ("SAMESIDE_TOKEN", "SAMESIDE_WEBHOOK_SECRET") if not os.environ.get(name)]
    if len(sys.argv) != 3 or missing:
        sys.exit("\n".join([__doc__, *(f"Put {name} into the environment." for name in missing)]))
    Receiver.folder = Path(sys.argv[2])
    Receiver.folder.mkdir(parents=True, exist_ok=True)
    Receiver.webhook = Webhook(os.environ["SAMESIDE_WEBHOOK_SECRET"])
    root = os.environ.get("SAMESIDE_URL", "http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {os.environ['SAMESIDE_TOKEN']}"}
    Receiver.api = httpx.Client(base_url=f"{root}/api/v1/", headers=headers, timeout=30)
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print(f"Listening on http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
