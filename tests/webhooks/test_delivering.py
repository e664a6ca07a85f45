"""Deliveries to a real receiver: signed, in order, and again after failures."""

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project_settings
from standardwebhooks import Webhook

from config.env import RETRY_SECONDS
from proposals.actions.questions import ask
from tests import factories
from tests.proposals.deal import Deal, make_deal
from tests.webhooks.conftest import Clock, Hooked, hook, say_something, states
from tests.webhooks.receiver import Receiver, say
from webhooks.actions import add_endpoint, redeliver, rotate_secret, send_test
from webhooks.delivering import LEASE, claim_due, deliver_due, forget_old
from webhooks.models import KEPT, DeliveryAttempt, WebhookDelivery
from webhooks.network import Network

Deliver = Callable[[], int]
DAY = 86400


def test_what_arrives_is_signed_and_is_what_was_written(deal: Deal, hooked: Hooked, receiver: Receiver) -> None:
    [delivery] = say_something(deal, "Who hosts it?")

    assert deliver_due() == 1
    assert deliver_due() == 0

    [got] = receiver.got
    assert Webhook(hooked.secret).verify(got.body, got.headers) == json.loads(delivery.payload)
    assert got.body == delivery.payload.encode()
    assert (got.path, got.id, got.headers["content-type"]) == ("/hooks", str(delivery.id), "application/json")
    assert states() == [("delivered", 1)]
    [attempt] = delivery.attempts.all()
    assert (attempt.number, attempt.status, attempt.response_body, attempt.error) == (1, 200, "ok", "")
    assert attempt.urls == [receiver.url]
    assert attempt.request_headers["webhook-signature"] == got.headers["webhook-signature"]
    assert hooked.secret not in json.dumps(attempt.request_headers)


def test_the_published_times_of_the_attempts(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    receiver.always = say(500, b"not now")
    [delivery] = say_something(deal, "Who hosts it?")

    assert project_settings.WEBHOOK_RETRY_SECONDS == RETRY_SECONDS
    assert RETRY_SECONDS == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert deliver() == 1
    for seconds in RETRY_SECONDS:
        clock.pass_by(seconds - 1)
        assert deliver() == 0
        clock.pass_by(1)
        assert deliver() == 1
    clock.pass_by(10 * DAY)
    assert deliver() == 0

    assert states() == [("failed", 10)]
    assert {got.id for got in receiver.got} == {str(delivery.id)}
    assert {got.body for got in receiver.got} == {delivery.payload.encode()}
    assert len({got.headers["webhook-signature"] for got in receiver.got}) == 10
    assert all(got.is_signed_with(hooked.secret) for got in receiver.got)
    assert hooked.fresh().is_enabled


def test_the_next_of_a_proposal_waits_and_other_proposals_do_not(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    other = Deal(factories.proposal(deal.proposal.relationship))
    receiver.answers = [say(503)]
    first, second = say_something(deal, "One?", "Two?")

    assert deliver() == 1
    ask(by=other.tomas, text="Of the other one?")
    clock.pass_by(4)
    assert deliver() == 1
    clock.pass_by(1)
    assert deliver() == 2

    of_one = [got.id for got in receiver.got if got.id in (str(first.id), str(second.id))]
    assert of_one == [str(first.id), str(first.id), str(second.id)]
    assert states() == [("delivered", 2), ("delivered", 1), ("delivered", 1)]


def test_the_next_proceeds_once_one_is_given_up(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [1]
    receiver.answers = [say(500), say(500)]
    say_something(deal, "One?", "Two?")

    assert deliver() == 1
    clock.pass_by(1)
    assert deliver() == 2
    assert states() == [("failed", 2), ("delivered", 1)]


def test_a_killed_worker_leaves_a_lease_and_the_same_id_is_sent_again(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    say_something(deal, "One?", "Two?")
    [claim] = claim_due(clock(), 10)  # and the worker dies here

    assert deliver() == 0
    clock.pass_by(LEASE.total_seconds())
    assert deliver() == 2

    assert receiver.got[0].id == str(claim.delivery.id)
    assert states() == [("delivered", 1), ("delivered", 1)]


def test_no_endpoint_keeps_the_others_waiting(deal: Deal, receiver: Receiver, clock: Clock) -> None:
    between = deal.proposal.relationship
    slow, quick = hook(between.seller_firm, receiver.url), hook(between.client_firm, receiver.url)
    for number in range(6):
        ask(by=Deal(factories.proposal(between)).tomas, text=f"Number {number}?")

    claims = claim_due(clock(), 16)
    more = claim_due(clock(), 8, busy=claims)

    of = [claim.delivery.endpoint_id for claim in claims]
    assert (of.count(slow.endpoint.id), of.count(quick.endpoint.id), len(more)) == (4, 4, 0)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_every_other_attempt_fails_and_all_arrive_in_order(
    committed: str, receiver: Receiver, clock: Clock, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [1] * 9
    deals = [make_deal()]
    deals += [Deal(factories.proposal(deals[0].proposal.relationship)) for _ in range(3)]
    hooked = hook(deals[0].proposal.relationship.seller_firm, receiver.url)
    for number in range(4):
        for deal in deals:
            ask(by=deal.tomas, text=f"Number {number}?")
    receiver.answers = [say(500 if number % 2 else 204, b"") for number in range(16)]

    attempts_count = deliver_due(clock=clock)
    while WebhookDelivery.objects.filter(state="pending").exists():
        clock.pass_by(1)
        attempts_count += deliver_due(clock=clock)

    expected = defaultdict(list)
    for row in WebhookDelivery.objects.order_by("sequence"):
        expected[row.proposal_id].append(str(row.id))
    arrived = defaultdict(list)
    for got in receiver.got:
        about = json.loads(got.body)["data"]["proposal"]["id"]
        if got.id not in arrived[about]:
            arrived[about].append(got.id)
    assert {str(key): ids for key, ids in expected.items()} == arrived
    assert attempts_count == len(receiver.got) == DeliveryAttempt.objects.count() == 16 + 8
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert hooked.fresh().failing_since is None


def test_a_receiver_can_not_end_the_deliverer_with_a_redirect_to_nonsense(
    deal: Deal, hooked: Hooked, receiver: Receiver, deliver: Deliver
) -> None:
    receiver.answers = [say(307, b"", Location="https://xn--a.example.com/")]
    [delivery] = say_something(deal, "One?")

    assert deliver() == 1

    assert "is not a web address" in delivery.attempts.get().error
    assert states() == [("pending", 1)]


def test_a_fault_of_this_server_is_a_failed_attempt_and_keeps_no_other_waiting(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    other = hook(deal.proposal.relationship.client_firm, "http://localhost:4711/broken")
    say_something(deal, "One?")

    def resolve(host: str, port: int) -> list[str]:
        if host == "localhost":
            raise KeyError(host)
        return [host]

    assert deliver_due(network=Network(resolve=resolve), clock=clock) == 2

    assert hooked.endpoint.deliveries.get().state == "delivered"
    [failed] = DeliveryAttempt.objects.filter(delivery__endpoint=other.endpoint)
    assert (failed.status, failed.error[:31]) == (None, "This server failed at sending i")
    [logged] = [each for each in caplog.records if each.name == "sameside.webhooks"]
    assert str(failed.delivery_id) in logged.getMessage()


def test_a_test_is_tried_once_and_counts_for_nothing(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    receiver.answers = [say(500)]
    sent = send_test(endpoint=hooked.endpoint)

    assert deliver() == 1
    clock.pass_by(10)
    assert deliver() == 0

    sent.refresh_from_db()
    assert (sent.state, sent.type, hooked.fresh().failing_since) == ("failed", "webhook.test", None)
    body = json.loads(receiver.got[0].body)
    assert (body["id"], body["type"]) == (str(sent.id), "webhook.test")
    assert receiver.got[0].is_signed_with(hooked.secret)


def test_redelivering_goes_beside_the_order_under_the_same_id(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    first, second = say_something(deal, "One?", "Two?")
    receiver.answers = [say(200), say(500)]
    assert deliver() == 2

    again = redeliver(delivery=first)

    assert (again.state, again.attempts_count, again.tries_count) == ("pending", 1, 0)
    assert deliver() == 1
    assert [got.id for got in receiver.got] == [str(first.id), str(second.id), str(first.id)]
    assert states() == [("delivered", 2), ("pending", 1)]
    redeliver(delivery=second)
    assert deliver() == 1
    assert states() == [("delivered", 2), ("delivered", 2)]


def test_what_is_under_way_is_not_sent_twice(deal: Deal, hooked: Hooked, clock: Clock, deliver: Deliver) -> None:
    [delivery] = say_something(deal, "One?")
    [claim] = claim_due(clock(), 1)

    assert redeliver(delivery=delivery).lease == claim.delivery.lease
    assert deliver() == 0


def test_both_secrets_sign_until_the_old_one_ends(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    _, new = rotate_secret(endpoint=hooked.endpoint, overlap_hours=2)
    say_something(deal, "One?")
    assert deliver() == 1
    clock.pass_by(2 * 3600 + 1)
    say_something(deal, "Two?")
    assert deliver() == 1
    _, newest = rotate_secret(endpoint=hooked.endpoint, overlap_hours=0)
    say_something(deal, "Three?")
    assert deliver() == 1

    signed = [[got.is_signed_with(each) for each in (hooked.secret, new, newest)] for got in receiver.got]
    assert signed == [[True, True, False], [False, True, False], [False, False, True]]


def test_a_secret_of_another_instance_says_so(
    deal: Deal, hooked: Hooked, receiver: Receiver, deliver: Deliver, settings: Any
) -> None:
    [delivery] = say_something(deal, "One?")
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another key than the one it was sealed with, fifty characters long"

    assert deliver() == 1

    assert "Rotate the secret" in delivery.attempts.get().error
    settings.SECRET_KEY_FALLBACKS = [before]
    redeliver(delivery=delivery)
    assert deliver() == 1
    assert receiver.got[0].is_signed_with(hooked.secret)


def test_what_ended_a_month_ago_is_forgotten(deal: Deal, hooked: Hooked, clock: Clock, deliver: Deliver) -> None:
    say_something(deal, "One?")
    deliver()
    say_something(deal, "Two?")

    assert forget_old(clock() + KEPT) == 0
    assert forget_old(clock() + KEPT + timedelta(seconds=1)) == 1
    assert states() == [("pending", 0)]
    assert DeliveryAttempt.objects.count() == 0


def test_secrets_are_kept_encrypted(deal: Deal) -> None:
    endpoint, secret = add_endpoint(
        firm=deal.proposal.relationship.seller_firm, by=None, fields={"url": "https://hooks.example.org/"}
    )
    kept = endpoint.secrets.get()
    assert secret.startswith("whsec_")
    assert secret[6:] not in kept.sealed
    assert kept.hint == secret[:10]
