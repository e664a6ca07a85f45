"""Delivering what is due: claim, send, record.

Order: of the deliveries of one proposal to one endpoint the next waits until the one before it is delivered, has used
up its attempts, or was discarded. Those of different proposals and endpoints go side by side. A claim is a lease:
should the process die with it, somebody claims the delivery again and sends it under the same `webhook-id`. So a
receiver can get it twice, but never not at all.
"""

import logging
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from proposals.locking import writing
from webhooks.actions import switch_off
from webhooks.models import KEPT, DeliveryAttempt, WebhookDelivery, WebhookEndpoint, WebhookSecret
from webhooks.network import Network
from webhooks.secrets import Unreadable, signatures
from webhooks.sending import Letter, Outcome, post

LEASE: Final = timedelta(minutes=2)
"""Longer than an attempt may take."""
AT_ONCE: Final = 16
AT_ONCE_PER_ENDPOINT: Final = 4
"""So that one slow receiver does not keep all others waiting."""
OVERDUE_AFTER: Final = timedelta(minutes=5)
"""Longer than a lease, so that a deliverer that was killed and started again is not told of."""
GIVEN_UP_AFTER: Final = timedelta(days=5)
REMOVED_AT_ONCE: Final = 500
_WAIT_SECONDS: Final = 1.0

logger = logging.getLogger("sameside.webhooks")

State = WebhookDelivery.State
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours to send until its lease ends."""

    delivery: WebhookDelivery
    letter: Letter
    started_at: datetime
    problem: str = ""

    def carry_out(self, network: Network) -> Outcome:
        """Send it, unless something is in the way already."""
        return Outcome(error=self.problem) if self.problem else post(self.letter, network)


@dataclass(frozen=True)
class Overdue:
    """How many deliveries could be sent and are not, and since when."""

    count: int
    since: datetime


def deliver_due(
    *,
    network: Network | None = None,
    clock: Clock = timezone.now,
    at_once: int = AT_ONCE,
    stopping: threading.Event | None = None,
) -> int:
    """Deliver until nothing is due any more, or until told to stop; gives how many attempts were made.

    This thread alone talks to the database; the others only send.
    """
    used, count = network or Network(), 0
    running: dict[Future[Outcome], Claim] = {}
    with ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="webhook") as pool:
        while True:
            if not (stopping and stopping.is_set()):
                for claim in claim_due(clock(), at_once - len(running), busy=list(running.values())):
                    running[pool.submit(claim.carry_out, used)] = claim
            if not running:
                return count
            done, _ = wait(running, timeout=_WAIT_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                claim = running.pop(future)
                record(claim, _outcome(future, claim), clock())
                count += 1


def _outcome(future: Future[Outcome], claim: Claim) -> Outcome:
    """What came of an attempt. A fault of our own is an attempt that failed, so that it keeps no other waiting."""
    fault = future.exception()
    if fault is None:
        return future.result()
    logger.error("Delivery %s could not be sent.", claim.delivery.id, exc_info=fault)
    return Outcome(error="This server failed at sending it. Whoever runs it finds the reason in its log.")


def due(now: datetime) -> QuerySet[WebhookDelivery]:
    """What may be sent now: of each endpoint's deliveries of a proposal the first that is pending."""
    earlier = WebhookDelivery.objects.filter(
        endpoint=OuterRef("endpoint"),
        proposal=OuterRef("proposal"),
        state=State.PENDING,
        in_order=True,
        sequence__lt=OuterRef("sequence"),
    )
    return WebhookDelivery.objects.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=now),
        Q(in_order=False) | ~Exists(earlier),
        state=State.PENDING,
        due_at__lte=now,
        endpoint__is_enabled=True,
        endpoint__removed_at__isnull=True,
    ).order_by("due_at", "sequence", "id")


def overdue(endpoints: QuerySet[WebhookEndpoint], now: datetime) -> Overdue | None:
    """What of these endpoints' deliveries should have been sent long ago, while nothing at all is sent to them: nobody
    runs the deliverer. None as long as somebody sends, however slowly they answer.
    """
    before = now - OVERDUE_AFTER
    if DeliveryAttempt.objects.filter(delivery__endpoint__in=endpoints, started_at__gt=before).exists():
        return None
    since = (
        due(now).filter(endpoint__in=endpoints, due_at__lte=before).aggregate(first=Min("due_at"), count=Count("id"))
    )
    return Overdue(since["count"], since["first"]) if since["count"] else None


def claim_due(now: datetime, most: int, *, busy: list[Claim] | None = None) -> list[Claim]:
    """Lease some of what is due, without what is beyond an endpoint's share; `busy` is what is being sent already."""
    if most <= 0:
        return []
    at_work = Counter(claim.delivery.endpoint_id for claim in busy or ())
    full = [endpoint for endpoint, count in at_work.items() if count >= AT_ONCE_PER_ENDPOINT]
    with writing():
        found = due(now).exclude(endpoint__in=full).select_for_update(of=("self",), skip_locked=True)
        taken: list[WebhookDelivery] = []
        for delivery in found.select_related("endpoint")[: most * AT_ONCE_PER_ENDPOINT]:
            if len(taken) < most and at_work[delivery.endpoint_id] < AT_ONCE_PER_ENDPOINT:
                at_work[delivery.endpoint_id] += 1
                taken.append(delivery)
        lease = uuid.uuid4()
        for delivery in taken:
            delivery.lease, delivery.leased_until = lease, now + LEASE
        keys = [delivery.id for delivery in taken]
        WebhookDelivery.objects.filter(id__in=keys).update(lease=lease, leased_until=now + LEASE)
    return [_claim(delivery, now) for delivery in taken]


def _claim(delivery: WebhookDelivery, now: datetime) -> Claim:
    """The letter, signed anew with every secret that holds at the moment."""
    body = delivery.payload
    headers = {
        "content-type": "application/json",
        "user-agent": "Sameside-Webhooks/1",
        "accept-encoding": "identity",
        "webhook-id": str(delivery.id),
        "webhook-timestamp": str(int(now.timestamp())),
    }
    holding = WebhookSecret.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), endpoint=delivery.endpoint_id)
    problem = ""
    try:
        headers["webhook-signature"] = signatures(
            list(holding.values_list("sealed", flat=True)), str(delivery.id), now.astimezone(UTC), body
        )
    except Unreadable:
        problem = "The secret can’t be read: this instance’s SECRET_KEY has changed. Rotate the secret."
    return Claim(delivery, Letter(delivery.endpoint.url, body.encode(), headers), now, problem)


def record(claim: Claim, outcome: Outcome, now: datetime) -> None:
    """Write down an attempt and what follows: delivered, again later, given up, or the endpoint switched off."""
    endpoint_id, is_test = claim.delivery.endpoint_id, claim.delivery.is_test
    with writing():
        endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(id=endpoint_id)
        delivery = WebhookDelivery.objects.select_for_update().get(id=claim.delivery.id)
        delivery.attempts_count += 1
        delivery.last_status = outcome.status
        _keep_attempt(delivery, claim, outcome)
        if outcome.is_delivered:
            _end(delivery, State.DELIVERED, now)
        elif delivery.lease == claim.delivery.lease and delivery.state == State.PENDING:
            _after_failure(delivery, now)
        delivery.save()
        if endpoint.url != claim.letter.url:
            return  # it was sent to where nothing goes any more: that says nothing of where it goes now
        if outcome.is_gone:
            switch_off(endpoint, WebhookEndpoint.Disabled.GONE, now)
        elif not is_test or outcome.is_delivered:
            _note_health(endpoint, outcome, claim.started_at, now)


def _after_failure(delivery: WebhookDelivery, now: datetime) -> None:
    """Again after the next of the published times, or no more."""
    waits = settings.WEBHOOK_RETRY_SECONDS
    delivery.tries_count += 1
    if delivery.is_test or delivery.tries_count > len(waits):
        _end(delivery, State.FAILED, now)
        return
    delivery.lease = delivery.leased_until = None
    delivery.due_at = now + timedelta(seconds=waits[delivery.tries_count - 1])


def _end(delivery: WebhookDelivery, state: WebhookDelivery.State, now: datetime) -> None:
    delivery.state, delivery.finished_at = state, now
    delivery.lease = delivery.leased_until = None


def _keep_attempt(delivery: WebhookDelivery, claim: Claim, outcome: Outcome) -> None:
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=delivery.attempts_count,
        started_at=claim.started_at,
        milliseconds=outcome.milliseconds,
        urls=list(outcome.urls),
        request_headers=dict(claim.letter.headers),
        status=outcome.status,
        response_headers=dict(outcome.headers),
        response_body=outcome.body,
        error=outcome.error,
    )


def _note_health(endpoint: WebhookEndpoint, outcome: Outcome, started_at: datetime, now: datetime) -> None:
    """Note since when everything fails; after five days of that the endpoint is switched off."""
    if outcome.is_delivered:
        if endpoint.failing_since is not None:
            endpoint.failing_since = None
            endpoint.save(update_fields=["failing_since"])
    elif endpoint.failing_since is None:
        endpoint.failing_since = started_at
        endpoint.save(update_fields=["failing_since"])
    elif now - endpoint.failing_since >= GIVEN_UP_AFTER and endpoint.is_enabled:
        switch_off(endpoint, WebhookEndpoint.Disabled.FAILING, now)


def discard_stranded(now: datetime) -> int:
    """Discard what waits for an endpoint that is off or removed; gives how many.

    Switching it off discards what waits. An event that was being appended at that moment saw the endpoint still on,
    and its delivery came after that.
    """
    off = WebhookEndpoint.objects.filter(Q(is_enabled=False) | Q(removed_at__isnull=False))
    with writing():
        waiting = WebhookDelivery.objects.filter(state=State.PENDING, endpoint__in=off)
        return waiting.update(state=State.DISCARDED, finished_at=now, lease=None, leased_until=None)


def forget_old(now: datetime) -> int:
    """Delete deliveries that ended a while ago, with their attempts; gives how many."""
    count = 0
    while True:
        with writing():
            old = WebhookDelivery.objects.filter(finished_at__lt=now - KEPT).values_list("id", flat=True)
            keys = list(old[:REMOVED_AT_ONCE])
            WebhookDelivery.objects.filter(id__in=keys).delete()
        count += len(keys)
        if len(keys) < REMOVED_AT_ONCE:
            return count
