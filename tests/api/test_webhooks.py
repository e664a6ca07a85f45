"""Webhooks over the API: endpoints, secrets, deliveries, sending again."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiToken, Membership
from proposals.actions.questions import ask
from proposals.models import CommandAnswer
from tests import factories
from tests.api.conftest import Api, Deal, caller, queries_count, token_of
from tests.api.description import described, validator
from tests.api.test_access import actor
from webhooks.actions import add_endpoint
from webhooks.event_types import EVENTS, TEST
from webhooks.models import DeliveryAttempt, WebhookDelivery, WebhookEndpoint
from webhooks.secrets import unseal

URL = "https://crm.example.com/sameside"


def made(api: Api, **fields: Any) -> Any:
    """A fresh endpoint as it was answered."""
    answer = api.post("webhook-endpoints/", {"url": URL, **fields})
    assert answer.status == 201
    return answer


def test_an_endpoint_from_its_making_to_its_end(deal: Deal, service: Api) -> None:
    answer = made(service, description="CRM", events=["proposal.signed", "proposal.shared"])
    endpoint = WebhookEndpoint.objects.get(id=answer.body["id"])
    path = f"webhook-endpoints/{endpoint.id}/"

    assert answer.headers["Location"].endswith(f"/api/v1/{path}")
    assert answer.headers["ETag"] == '"1"'
    assert answer.body["secret"] == unseal(endpoint.secrets.get().sealed)
    assert answer.body["events"] == ["proposal.shared", "proposal.signed"]
    assert answer.body["firm"] == str(deal.proposal.relationship.seller_firm_id)
    shown = service.get(path)
    assert "secret" not in shown.body
    assert service.get("webhook-endpoints/").body["results"] == [shown.body]

    changed = service.patch(path, {"events": [], "is_enabled": False}, If_Match='"1"')
    assert (changed.body["events"], changed.body["is_enabled"], changed.body["disabled_why"]) == ([], False, "by_hand")
    assert service.patch(path, {"description": "Late"}, If_Match='"1"').status == 412
    on = service.patch(path, {"is_enabled": True})
    assert (on.body["disabled_why"], on.body["disabled_at"]) == ("", None)
    assert service.delete(path, If_Match=on.headers["ETag"]).status == 204
    assert service.get(path).status == 404
    assert service.get("webhook-endpoints/").body["results"] == []


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"url": "http://crm.example.com/"}, "/url", "bad_url"),
        ({"url": "https://127.0.0.1/"}, "/url", "bad_url"),
        ({"url": "https://crm.example.com/\r\nX-Injected: yes"}, "/url", "bad_url"),
        ({"url": ""}, "/url", "required"),
        ({"url": f"{URL}/{'a' * 1000}"}, "/url", "too_long"),
        ({"events": ["proposal.eaten"]}, "/events/0", "unknown_value"),
        ({"events": "proposal.signed"}, "/events", "not_a_list"),
        ({"secret": "whsec_mine"}, "/secret", "unknown_field"),
        ({"firm": "01980f3c-8f0e-7c3a-9b1e-5a2f0c9d4e11"}, "/firm", "unknown_firm"),
    ],
)
def test_what_can_not_be_taken_is_named(
    deal: Deal, service: Api, fields: dict[str, Any], pointer: str, code: str
) -> None:
    answer = service.post("webhook-endpoints/", {"url": URL, **fields})

    assert answer.code == code
    assert answer.pointers == [(pointer, code)]
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "https://localhost:9000/", "http://[::1]:9000/"])
def test_an_address_of_this_machine_is_refused_with_how_to_try_it(
    deal: Deal, service: Api, settings: Any, url: str
) -> None:
    hint = "To try webhooks on this machine, start it with WEBHOOK_LOOPBACK=yes make run."
    assert hint in service.post("webhook-endpoints/", {"url": url}).body["errors"][0]["detail"]
    assert hint not in service.post("webhook-endpoints/", {"url": "https://10.0.0.1/"}).body["detail"]

    settings.DEVELOPMENT = False
    refused = service.post("webhook-endpoints/", {"url": url})

    assert refused.code == "bad_url"
    assert hint not in refused.body["detail"]


def test_a_repeat_makes_no_second_endpoint_and_shows_the_same_secret(deal: Deal, service: Api) -> None:
    first = service.post("webhook-endpoints/", {"url": URL}, Idempotency_Key="one")
    again = service.post("webhook-endpoints/", {"url": URL}, Idempotency_Key="one")

    assert (again.status, again.body) == (201, first.body)
    assert WebhookEndpoint.objects.count() == 1
    assert first.body["secret"] not in json.dumps(CommandAnswer.objects.get().answer)


def test_rotating_keeps_the_old_secret_for_a_while(deal: Deal, service: Api) -> None:
    answer = made(service)
    path = f"webhook-endpoints/{answer.body['id']}/rotate-secret/"

    rotated = service.post(path, {"overlap_hours": 2}, Idempotency_Key="rotate")
    repeat = service.post(path, {"overlap_hours": 2}, Idempotency_Key="rotate")

    assert rotated.body["secret"] not in ("", answer.body["secret"])
    assert repeat.body["secret"] == rotated.body["secret"]
    endpoint = WebhookEndpoint.objects.get()
    assert [unseal(each.sealed) for each in endpoint.secrets.all()] == [rotated.body["secret"], answer.body["secret"]]
    assert service.post(path, {"overlap_hours": 169}).pointers == [("/overlap_hours", "out_of_limits")]
    for _ in range(6):
        last = service.post(path, {})
    assert endpoint.secrets.count() == 5
    service.post(path, {"overlap_hours": 0})
    assert endpoint.secrets.count() == 1
    assert unseal(endpoint.secrets.get().sealed) != last.body["secret"]


def test_deliveries_are_listed_read_and_sent_again(deal: Deal, service: Api) -> None:
    endpoint = made(service).body["id"]
    ask(by=actor(deal), text="Who hosts it?")
    [row] = WebhookDelivery.objects.all()
    DeliveryAttempt.objects.create(
        delivery=row, number=1, started_at=row.created_at, milliseconds=12, urls=[URL], status=500, response_body="no"
    )
    WebhookDelivery.objects.update(state="failed", attempts_count=1, tries_count=9, last_status=500)

    test = service.post(f"webhook-endpoints/{endpoint}/test/")
    listed = service.get("webhook-deliveries/")

    assert (test.status, test.body["type"], test.body["proposal"]) == (201, TEST, None)
    assert [each["id"] for each in listed.body["results"]] == [test.body["id"], str(row.id)]
    for query, found in (
        (f"endpoint={endpoint}", 2),
        (f"proposal={deal.proposal.id}", 1),
        ("state=failed", 1),
        ("type=question.asked", 1),
        ("state=delivered", 0),
        (f"endpoint={deal.proposal.id}", 0),
        ("limit=1", 1),
    ):
        assert len(service.get(f"webhook-deliveries/?{query}").body["results"]) == found, query
    assert service.get("webhook-deliveries/?state=lost").pointers == [("/state", "unknown_value")]
    assert service.get(service.get("webhook-deliveries/?limit=1").body["next"]).body["results"][0]["id"] == str(row.id)

    whole = service.get(f"webhook-deliveries/{row.id}/").body
    assert (whole["payload"], whole["state"]) == (row.payload, "failed")
    assert [(each["number"], each["status"], each["response_body"]) for each in whole["attempts"]] == [(1, 500, "no")]
    again = service.post(f"webhook-deliveries/{row.id}/redeliver/")
    assert (again.status, again.body["state"], again.body["attempts_count"]) == (200, "pending", 1)


def test_nothing_is_sent_to_an_endpoint_that_is_off(deal: Deal, service: Api) -> None:
    endpoint = made(service, is_enabled=False).body["id"]

    answer = service.post(f"webhook-endpoints/{endpoint}/test/")

    assert (answer.status, answer.code) == (409, "endpoint_disabled")
    assert not WebhookDelivery.objects.exists()


def test_each_firm_has_its_own(deal: Deal, service: Api) -> None:
    endpoint = made(service).body["id"]
    delivery = service.post(f"webhook-endpoints/{endpoint}/test/").body["id"]
    other = caller(deal, "client_service")

    assert other.get("webhook-endpoints/").body["results"] == []
    assert other.get("webhook-deliveries/").body["results"] == []
    for method, path in (
        ("GET", f"webhook-endpoints/{endpoint}/"),
        ("PATCH", f"webhook-endpoints/{endpoint}/"),
        ("DELETE", f"webhook-endpoints/{endpoint}/"),
        ("POST", f"webhook-endpoints/{endpoint}/test/"),
        ("POST", f"webhook-endpoints/{endpoint}/rotate-secret/"),
        ("GET", f"webhook-deliveries/{delivery}/"),
        ("POST", f"webhook-deliveries/{delivery}/redeliver/"),
    ):
        assert other(method, path, {} if method in ("PATCH", "POST") and "rotate" in path else None).status == 404, path
    foreign = {"url": URL, "firm": str(deal.proposal.party("seller").firm_id)}
    assert other.post("webhook-endpoints/", foreign).code == "unknown_firm"


def test_members_do_not_manage_webhooks_and_owners_do(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    member = factories.person("member@northlight.example")
    Membership.objects.create(firm=firm, user=member, role=Membership.Role.MEMBER)

    refused = Api(token_of(member, firm)).post("webhook-endpoints/", {"url": URL})

    assert (refused.status, refused.code) == (403, "owner_required")
    assert caller(deal, "seller").post("webhook-endpoints/", {"url": URL}).status == 201
    assert caller(deal, "seller", [ApiToken.Scope.PROPOSALS_READ]).get("webhook-endpoints/").code == "missing_scope"


def test_an_owner_of_two_firms_names_one_in_a_browser(deal: Deal) -> None:
    browser = Client()
    browser.force_login(deal.maya)
    api = Api(client=browser)
    other = factories.membership(user=deal.maya).firm

    unnamed = api.post("webhook-endpoints/", {"url": URL})
    named = api.post("webhook-endpoints/", {"url": URL, "firm": str(other.id)})

    assert unnamed.pointers == [("/firm", "required")]
    assert (named.status, named.body["firm"]) == (201, str(other.id))


def test_a_repeat_tells_of_a_firm_only_who_still_owns_it(deal: Deal) -> None:
    browser = Client()
    browser.force_login(deal.maya)
    api = Api(client=browser)
    factories.membership(user=deal.maya)
    place = factories.membership(user=deal.maya)
    endpoint = api.post("webhook-endpoints/", {"url": URL, "firm": str(place.firm_id)}).body["id"]
    path = f"webhook-endpoints/{endpoint}/test/"
    first, again = (api.post(path, Idempotency_Key="test") for _ in range(2))
    place.delete()

    late = api.post(path, Idempotency_Key="test")

    assert (first.status, again.content, late.status) == (201, first.content, 404)


def test_lists_take_the_same_number_of_queries(deal: Deal, service: Api) -> None:
    firm = deal.proposal.relationship.seller_firm
    add_endpoint(firm=firm, by=None, fields={"url": URL})
    ask(by=actor(deal), text="One?")
    few = [queries_count(lambda path=path: service.get(path)) for path in ("webhook-endpoints/", "webhook-deliveries/")]
    for number in range(5):
        add_endpoint(firm=firm, by=None, fields={"url": f"{URL}/{number}"})
        ask(by=actor(deal), text=f"Number {number}?")

    many = [
        queries_count(lambda path=path: service.get(path)) for path in ("webhook-endpoints/", "webhook-deliveries/")
    ]

    assert many == few


def test_the_description_has_every_event_and_payloads_are_as_described(deal: Deal, service: Api) -> None:
    assert set(described()["webhooks"]) == {*EVENTS, TEST}
    endpoint = made(service).body["id"]
    service.post(f"webhook-endpoints/{endpoint}/test/")
    ask(by=actor(deal), text="Who hosts it?")
    service.patch(f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/", {"amount": "1200"})
    service.post(f"{deal.path}sections/", {"title": "Next steps"})

    rows = list(WebhookDelivery.objects.order_by("created_at"))
    assert [row.type for row in rows] == [TEST, "question.asked", "line.changed", "section.added"]
    for row in rows:
        content = described()["webhooks"][row.type]["post"]["requestBody"]["content"]["application/json"]
        validator(content["schema"]).validate(json.loads(row.payload))
    example = described()["components"]["schemas"]["WebhookPayload"]["examples"][0]
    validator({"$ref": "#/components/schemas/WebhookPayload"}).validate(example)
