"""Deals of a CRM become proposals, and what becomes of these flows back into the deals.

    python examples/crm_sync.py push deals/deal-4711.json   # a proposal with its lines, shared with the contact
    python examples/crm_sync.py pull deals/                 # state and total of whatever changed since the last pull

`deals/` stands for the CRM: one JSON file for each deal. SAMESIDE_URL and SAMESIDE_TOKEN say where and who; the token
needs proposals:read, proposals:write and pricing:write. The client is generated from the API's own description:

    openapi-python-client generate --path docs/openapi.yaml --config examples/openapi-python-client.yaml \
        --meta none --output-path examples/sameside_client

Both commands can be stopped anywhere and run again: a deal never becomes two proposals, nor a line two lines. The
`Idempotency-Key` takes care of a repeat within a day, `external_id` of every later one.
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from sameside_client import AuthenticatedClient
from sameside_client.api.lines import add_line, list_lines
from sameside_client.api.pricing import get_pricing
from sameside_client.api.proposals import create_proposal, list_proposals, share_proposal
from sameside_client.api.sections import add_section, list_sections
from sameside_client.models import Contact, NewLine, NewLineKind, NewProposal, NewSection, NewSectionKind, Problem
from sameside_client.types import UNSET, Response

PULLED = ".pulled"
"""Where the moment stands up to which the last pull has read."""


class Refused(Exception):
    """The API said no; the text says what and where."""


def answer(response: Response[Any]) -> Any:
    """What came back. Raises Refused with the words of the API, which are meant for people."""
    if isinstance(response.parsed, Problem):
        problem = response.parsed
        places = "".join(f"\n  {error.pointer}: {error.detail}" for error in problem.errors)
        raise Refused(f"{problem.status} {problem.code}: {problem.detail}{places}")
    if response.parsed is None:
        raise Refused(f"{int(response.status_code)}: {response.content.decode(errors='replace')[:300]}")
    return response.parsed


def every(operation: Any, *path: UUID, **query: Any) -> Any:
    """Every row of a list, page after page: the cursor of the next page stands in `next`."""
    cursor: Any = UNSET
    while True:
        page = answer(operation.sync_detailed(*path, cursor=cursor, limit=100, **query))
        yield from page.results
        if page.next_ is None:
            return
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]


def push(client: AuthenticatedClient, file: Path) -> None:
    """Make a deal's proposal, or go on where the last push stopped; share it; note its address in the deal."""
    deal = json.loads(file.read_text())
    found = list(every(list_proposals, client=client, external_id=deal["id"]))
    proposal = (
        found[0]
        if found
        else answer(
            create_proposal.sync_detailed(
                client=client,
                idempotency_key=f"proposal-{deal['id']}",
                body=NewProposal(
                    title=deal["title"],
                    currency=deal["currency"],
                    client=Contact.from_dict(deal["contact"]),
                    external_id=deal["id"],
                ),
            )
        )
    )
    push_lines(client, proposal.id, deal)
    if proposal.state == "preparing":  # the contact gets the invitation now, and sees what is there from now on
        proposal = answer(
            share_proposal.sync_detailed(proposal.id, client=client, idempotency_key=f"share-{deal['id']}")
        )
    deal["proposal"] = {"id": str(proposal.id), "state": proposal.state, "url": proposal.page_url}
    file.write_text(json.dumps(deal, indent=2, ensure_ascii=False))
    print(f"{deal['id']}: {proposal.state}, {proposal.page_url}")


def push_lines(client: AuthenticatedClient, proposal: UUID, deal: dict[str, Any]) -> None:
    """Add those lines of a deal that are not there yet, in a price section of the deal's own."""
    sections = every(list_sections, proposal, client=client, external_id=deal["id"])
    section = next(sections, None) or answer(
        add_section.sync_detailed(
            proposal,
            client=client,
            idempotency_key=f"section-{deal['id']}",
            body=NewSection(title="Price", kind=NewSectionKind.PRICING, external_id=deal["id"]),
        )
    )
    there = {line.external_id for line in every(list_lines, proposal, section.id, client=client)}
    for line in deal["lines"]:
        if line["id"] not in there:
            new = NewLine(
                kind=NewLineKind.UNIT,
                title=line["title"],
                quantity=line["quantity"],  # strings, as all numbers that count in a price
                unit_label=line["unit"],
                unit_price=line["unit_price"],
                external_id=line["id"],
            )
            key = f"line-{deal['id']}-{line['id']}"
            answer(add_line.sync_detailed(proposal, section.id, client=client, body=new, idempotency_key=key))


def pull(client: AuthenticatedClient, folder: Path) -> None:
    """Write state and total of every proposal that changed since the last pull into its deal.

    With webhooks there is no need to ask every few minutes; asking once a day is good all the same.
    """
    note = folder / PULLED
    since = dt.datetime.fromisoformat(note.read_text()) if note.exists() else None
    latest = since
    for proposal in every(list_proposals, client=client, updated_since=since or UNSET):
        latest = max(latest or proposal.updated_at, proposal.updated_at)
        file = folder / f"{proposal.external_id}.json"
        if not proposal.external_id or not file.is_file():
            continue  # nothing of this CRM's
        price = answer(get_pricing.sync_detailed(proposal.id, client=client))
        known = {
            "id": str(proposal.id),
            "state": proposal.state,
            "url": proposal.page_url,
            "total": price.total_display,
        }
        deal = json.loads(file.read_text())
        if deal.get("proposal") != known:
            file.write_text(json.dumps({**deal, "proposal": known}, indent=2, ensure_ascii=False))
            print(f"{proposal.external_id}: {proposal.state}, {price.total_display}")
    if latest:
        note.write_text(latest.isoformat())


def main() -> None:
    """Do what the command line says."""
    commands = {"push": push, "pull": pull}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    if not os.environ.get("SAMESIDE_TOKEN"):
        sys.exit("Put a token into SAMESIDE_TOKEN; people make theirs on the page of their firm.")
    client = AuthenticatedClient(
        base_url=os.environ.get("SAMESIDE_URL", "http://127.0.0.1:8000"), token=os.environ["SAMESIDE_TOKEN"]
    )
    try:
        with client:
            commands[sys.argv[1]](client, Path(sys.argv[2]))
    except Refused as refusal:
        sys.exit(f"The API refused: {refusal}")
    except httpx.TransportError as error:
        sys.exit(f"Nothing answers there: {error}. Run it again; nothing is made twice.")


if __name__ == "__main__":
    main()
