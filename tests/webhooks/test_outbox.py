"""Deliveries are the audit trail, entry by entry: none missed or invented, nothing private told to the other side."""

import json
import random
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from collab.noting import Edit, note_edits
from proposals.actions import questions, sections
from proposals.actions.endings import decline, take_back_end
from proposals.actions.freezing import reopen
from proposals.actions.proposals import share
from proposals.documents import told
from proposals.exceptions import Refusal
from proposals.locking import writing_plainly
from proposals.models import AuditEvent, Proposal
from proposals.states import State
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import PRICING, SUMMARY, Deal, make_deal
from tests.proposals.verbs import VERBS, rich_deal
from tests.webhooks.conftest import hook
from webhooks.actions import change_endpoint, remove_endpoint
from webhooks.event_types import EVENTS, RENAMED, event_of
from webhooks.models import WebhookDelivery, WebhookEndpoint

NOWHERE = "https://hooks.example.org/"


def entries(endpoint: WebhookEndpoint) -> list[tuple[Any, ...]]:
    """The entries of trails that an endpoint is told of, in order."""
    rows = endpoint.deliveries.order_by("sequence")
    told_of = [(row, json.loads(row.payload)["data"]["entry"]) for row in rows]
    return [(row.proposal_id, entry["epoch"], entry["number"], entry["type"]) for row, entry in told_of]


def trail(**filters: Any) -> list[tuple[Any, ...]]:
    """The entries of all trails, in order."""
    rows = AuditEvent.objects.filter(**filters).order_by("id")
    return list(rows.values_list("proposal_id", "epoch", "number", "type"))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("state", [State.PREPARING, State.OPEN])
def test_whatever_people_do_deliveries_are_the_trail(state: State, seed: int, db: None) -> None:
    deal = as_made(rich_deal, state)
    begun = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    between = deal.proposal.relationship
    seller, client = hook(between.seller_firm, NOWHERE), hook(between.client_firm, NOWHERE)
    stranger = hook(factories.firm("Elsewhere"), NOWHERE)
    chance = random.Random(seed)
    lasting = [name for name in sorted(VERBS) if not name.startswith(("endings.", "freezing.", "voiding."))]
    for name in chance.sample(lasting, k=60):
        with suppress(Refusal, ObjectDoesNotExist, MultipleObjectsReturned, StopIteration):  # what a verb needs is gone
            VERBS[name].call(deal, chance.choice(people(deal)))

    assert len(trail(id__gt=begun)) > 8
    assert entries(seller.endpoint) == trail(id__gt=begun)
    assert entries(client.endpoint) == trail(id__gt=begun, epoch__gt=0)
    assert entries(stranger.endpoint) == []
    by_type = {row.type for row in WebhookDelivery.objects.all()}
    assert by_type <= set(EVENTS)


def people(deal: Deal) -> list[Any]:
    """Those at the table now."""
    return [deal.maya, deal.tomas] if deal.proposal.is_common else [deal.maya]


def test_every_entry_that_can_be_written_is_a_published_event() -> None:
    assert {event_of(name) for name in told.SENTENCES} == set(EVENTS)
    assert set(RENAMED) <= set(told.SENTENCES)


def test_the_payload_is_thin_and_says_where_to_read_more(deal: Deal) -> None:
    hooked = hook(deal.proposal.relationship.seller_firm, NOWHERE)

    question = questions.ask(by=deal.tomas, text="Who hosts it?", section_id=deal.section(SUMMARY).id)

    [delivery] = hooked.endpoint.deliveries.all()
    [event] = deal.trail()
    root = f"http://127.0.0.1:8000/api/v1/proposals/{deal.id}/"
    assert json.loads(delivery.payload) == {
        "id": str(delivery.id),
        "type": "question.asked",
        "created_at": event.created_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "data": {
            "proposal": {
                "id": str(deal.id),
                "title": deal.proposal.title,
                "state": "open",
                "external_id": "",
                "url": f"http://127.0.0.1:8000/p/{deal.id}/",
            },
            "entry": {"epoch": 1, "number": 1, "type": "question.asked"},
            "actor": {"id": str(deal.tomas.user_id), "name": "Tomás Reyes", "side": "client"},
            "subject": {"section": str(deal.section(SUMMARY).id), "question": str(question.id)},
            "links": {
                "proposal": root,
                "audit_trail": f"{root}audit-trail/",
                "section": f"{root}sections/{deal.section(SUMMARY).id}/",
                "question": f"{root}questions/{question.id}/",
            },
        },
    }


def test_an_endpoint_gets_what_it_chose(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    some = hook(firm, NOWHERE, events=["section.added", "line.added"])
    none = hook(firm, NOWHERE, is_enabled=False)
    gone = hook(firm, NOWHERE)
    remove_endpoint(endpoint=gone.endpoint)

    sections.add_section(by=deal.maya, title="Next steps")
    questions.ask(by=deal.tomas, text="Why?")
    change_endpoint(endpoint=some.endpoint, changes={"events": ["question.asked"]})
    questions.ask(by=deal.tomas, text="When?")

    assert [entry[-1] for entry in entries(some.endpoint)] == ["section.added", "question.asked"]
    assert entries(none.endpoint) == entries(gone.endpoint) == []


def test_what_is_undone_is_not_told(deal: Deal) -> None:
    hooked = hook(deal.proposal.relationship.seller_firm, NOWHERE)

    with transaction.atomic():
        questions.ask(by=deal.tomas, text="Why?")
        assert len(entries(hooked.endpoint)) == 1
        transaction.set_rollback(True)

    assert entries(hooked.endpoint) == []


def test_the_state_is_the_one_after_the_event(db: None) -> None:
    deal: Deal = as_made(make_deal, State.PREPARING)
    hooked = hook(deal.proposal.relationship.seller_firm, NOWHERE)
    share(by=deal.maya)
    deal.freeze()
    reopen(by=deal.maya, reason="A line is missing.")
    decline(by=deal.tomas, reason="Not now.")
    take_back_end(by=deal.tomas)

    said = [(row.type, json.loads(row.payload)["data"]["proposal"]["state"]) for row in rows_of(hooked.endpoint)]
    assert [pair for pair in said if pair[0].startswith("proposal.")] == [
        ("proposal.shared", "open"),
        ("proposal.frozen", "frozen"),
        ("proposal.reopened", "open"),
        ("proposal.declined", "declined"),
        ("proposal.resumed", "open"),
    ]


def rows_of(endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    """An endpoint's deliveries, in order."""
    return list(endpoint.deliveries.order_by("sequence"))


def test_it_takes_one_query_and_one_more_if_somebody_wants_it(deal: Deal) -> None:
    def queries_count(text: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            questions.ask(by=deal.tomas, text=text)
        return len([query for query in captured if "webhooks_" in query["sql"]])

    firm = deal.proposal.relationship.seller_firm
    assert queries_count("Nobody listens?") == 1
    hook(firm, NOWHERE)
    assert queries_count("One?") == 2
    for _ in range(5):
        hook(firm, NOWHERE)
    assert queries_count("Six?") == 2
    assert WebhookDelivery.objects.count() == 7


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_room_that_notes_typing_tells_of_it_once_a_minute(committed: str) -> None:
    deal = make_deal()
    hooked = hook(deal.proposal.relationship.client_firm, NOWHERE)
    edits = [Edit(deal.id, deal.section(title).id, deal.maya) for title in (SUMMARY, PRICING, SUMMARY)]

    with writing_plainly():
        note_edits(edits)
        note_edits(edits[:1])

    assert [entry[1:] for entry in entries(hooked.endpoint)] == [(1, 1, "section.edited"), (1, 2, "section.edited")]
    assert Proposal.objects.get(id=deal.id).audit_number == 2
