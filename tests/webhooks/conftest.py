"""Receivers, endpoints and a clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Firm
from proposals.actions.questions import ask
from tests.kept import as_made
from tests.proposals.deal import Deal, make_deal
from tests.webhooks.receiver import Receiver, listening
from webhooks.actions import add_endpoint
from webhooks.delivering import deliver_due
from webhooks.models import WebhookDelivery, WebhookEndpoint


@dataclass
class Clock:
    """The time as a test sets it."""

    now: datetime

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Hooked:
    """An endpoint of a firm with its secret."""

    endpoint: WebhookEndpoint
    secret: str

    def fresh(self) -> WebhookEndpoint:
        """The row as it stands."""
        return WebhookEndpoint.objects.get(id=self.endpoint.id)


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    """The receivers listen on this machine."""
    settings.WEBHOOK_LOOPBACK = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A program that gets webhooks."""
    with listening() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    """A clock that stands, later than anything that a test writes."""
    return Clock(timezone.now() + timedelta(hours=1))


@pytest.fixture
def deal(db: None) -> Deal:
    """A shared proposal that both sides write."""
    return as_made(make_deal)


def hook(firm: Firm, url: str, **fields: Any) -> Hooked:
    """An endpoint of a firm."""
    return Hooked(*add_endpoint(firm=firm, by=None, fields={"url": url, **fields}))


@pytest.fixture
def hooked(deal: Deal, receiver: Receiver) -> Hooked:
    """An endpoint of the seller's firm at the receiver."""
    return hook(deal.proposal.relationship.seller_firm, receiver.url)


@pytest.fixture
def deliver(clock: Clock) -> Callable[[], int]:
    """Deliver what is due by the clock."""
    return lambda: deliver_due(clock=clock)


def say_something(deal: Deal, *texts: str) -> list[WebhookDelivery]:
    """Questions, each an event; the deliveries that wait, in order."""
    for text in texts:
        ask(by=deal.tomas, text=text)
    return list(WebhookDelivery.objects.order_by("sequence"))


def states() -> list[tuple[str, int]]:
    """State and number of attempts of all deliveries, in order."""
    return list(WebhookDelivery.objects.order_by("sequence", "id").values_list("state", "attempts_count"))
