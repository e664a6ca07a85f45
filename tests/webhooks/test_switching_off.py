"""What switches an endpoint off, what becomes of what waited, and switching it on again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from proposals.exceptions import NotFound, WrongState
from tests.proposals.deal import Deal
from tests.webhooks.conftest import Clock, Hooked, hook, say_something, states
from tests.webhooks.receiver import Receiver, say
from webhooks.actions import change_endpoint, redeliver, remove_endpoint, rotate_secret, send_test
from webhooks.delivering import claim_due, discard_stranded, forget_old, record
from webhooks.models import KEPT, WebhookDelivery, WebhookEndpoint
from webhooks.sending import Outcome
from webhooks.tasks import mail_switched_off

Deliver = Callable[[], int]
DAY = 86400


def test_gone_switches_the_endpoint_off_and_tells_its_owners(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    receiver.always = say(410)
    say_something(deal, "One?", "Two?")

    assert deliver() == 1

    endpoint = hooked.fresh()
    assert (endpoint.is_enabled, endpoint.disabled_why, endpoint.version) == (False, "gone", 2)
    assert states() == [("discarded", 1), ("discarded", 0)]
    say_something(deal, "Three?")
    assert len(states()) == 2

    mail_switched_off.call(str(endpoint.id))
    [told] = mail.outbox
    assert told.to == ["maya@northlight.example"]
    assert receiver.url in told.subject
    assert "410 Gone" in told.body
    assert f"/firm/{endpoint.firm_id}/webhooks/{endpoint.id}/" in told.body


def test_five_days_of_failures_switch_it_off(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [2 * DAY, 2 * DAY, DAY - 1, 1]
    receiver.always = say(500)
    say_something(deal, "One?", "Two?")

    for seconds in (2 * DAY, 2 * DAY, DAY - 1):
        assert deliver() == 1
        clock.pass_by(seconds)
    assert deliver() == 1
    assert hooked.fresh().is_enabled
    clock.pass_by(1)
    assert deliver() == 1

    assert (hooked.fresh().is_enabled, hooked.fresh().disabled_why) == (False, "failing")
    assert [state for state, _ in states()] == ["failed", "discarded"]


def test_another_address_begins_with_a_clean_record(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [6 * DAY, 1]
    receiver.always = say(500)
    say_something(deal, "One?")
    assert deliver() == 1
    change_endpoint(endpoint=hooked.endpoint, changes={"url": f"{receiver.url}/new"})
    assert hooked.fresh().failing_since is None
    clock.pass_by(6 * DAY)

    assert deliver() == 1

    assert (hooked.fresh().is_enabled, hooked.fresh().failing_since) == (True, clock())


def test_what_the_old_address_answers_does_not_switch_the_new_one_off(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver
) -> None:
    say_something(deal, "One?")
    [claim] = claim_due(clock(), 1)
    change_endpoint(endpoint=hooked.endpoint, changes={"url": f"{receiver.url}/new"})

    record(claim, Outcome(status=410), clock())

    assert (hooked.fresh().is_enabled, states()) == (True, [("pending", 1)])
    clock.pass_by(5)
    assert deliver() == 1
    assert (receiver.got[0].path, states()) == ("/hooks/new", [("delivered", 2)])


def test_switched_on_again_it_hears_nothing_of_before(deal: Deal, hooked: Hooked, deliver: Deliver) -> None:
    say_something(deal, "One?")
    change_endpoint(endpoint=hooked.endpoint, changes={"is_enabled": False})
    WebhookDelivery.objects.update(state="pending", finished_at=None)  # as by who wrote it at that very moment

    change_endpoint(endpoint=hooked.endpoint, changes={"is_enabled": True})

    assert (deliver(), states()) == (0, [("discarded", 0)])


def test_one_success_begins_the_five_days_anew(
    deal: Deal, hooked: Hooked, receiver: Receiver, clock: Clock, deliver: Deliver, settings: Any
) -> None:
    settings.WEBHOOK_RETRY_SECONDS = [3 * DAY, 3 * DAY]
    receiver.answers = [say(500), say(200), say(500)]
    say_something(deal, "One?", "Two?")

    assert deliver() == 1
    clock.pass_by(3 * DAY)
    assert deliver() == 2
    assert hooked.fresh().failing_since == clock()
    clock.pass_by(3 * DAY)
    assert deliver() == 1
    assert (hooked.fresh().is_enabled, hooked.fresh().failing_since) == (True, None)


def test_switching_off_sets_aside_what_waits_and_it_can_be_sent_later(
    deal: Deal, hooked: Hooked, receiver: Receiver, deliver: Deliver
) -> None:
    [delivery] = say_something(deal, "One?")
    change_endpoint(endpoint=hooked.endpoint, changes={"is_enabled": False})

    assert deliver() == 0
    assert states() == [("discarded", 0)]
    with pytest.raises(WrongState, match="switched off"):
        redeliver(delivery=delivery)
    with pytest.raises(WrongState, match="switched off"):
        send_test(endpoint=hooked.endpoint)
    assert mail.outbox == []

    change_endpoint(endpoint=hooked.endpoint, changes={"is_enabled": True})
    redeliver(delivery=delivery)
    assert deliver() == 1
    assert states() == [("delivered", 1)]


def test_a_removed_endpoint_gets_nothing_more(deal: Deal, hooked: Hooked, deliver: Deliver) -> None:
    [delivery] = say_something(deal, "One?")
    remove_endpoint(endpoint=hooked.endpoint)

    assert deliver() == 0
    assert states() == [("discarded", 0)]
    assert hooked.endpoint.secrets.count() == 0
    for call in (lambda: redeliver(delivery=delivery), lambda: rotate_secret(endpoint=hooked.endpoint)):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("is_removed", [False, True], ids=["off", "removed"])
def test_what_was_appended_while_an_endpoint_went_off_does_not_wait_for_ever(
    deal: Deal, hooked: Hooked, clock: Clock, is_removed: bool
) -> None:
    standing = hook(deal.proposal.relationship.client_firm, "https://hooks.example.org/")
    say_something(deal, "One?")
    seen_on = WebhookEndpoint.objects.filter(id=hooked.endpoint.id)
    seen_on.update(is_enabled=False, removed_at=clock() if is_removed else None)

    assert discard_stranded(clock()) == 1
    [stranded], [waiting] = hooked.endpoint.deliveries.all(), standing.endpoint.deliveries.all()
    assert (stranded.state, stranded.finished_at) == ("discarded", clock())
    assert waiting.state == "pending"
    assert forget_old(clock() + KEPT + timedelta(seconds=1)) == 1
