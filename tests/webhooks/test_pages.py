"""The pages of a firm's webhooks."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Firm, Membership
from proposals.actions.questions import ask
from tests import factories
from tests.proposals.deal import Deal
from tests.webhooks.conftest import Clock, Hooked
from tests.webhooks.receiver import Receiver, say
from webhooks.delivering import OVERDUE_AFTER, deliver_due
from webhooks.models import WebhookDelivery, WebhookEndpoint
from webhooks.secrets import unseal


@pytest.fixture
def firm(deal: Deal) -> Firm:
    """Maya's."""
    return deal.proposal.relationship.seller_firm


@pytest.fixture
def browser(deal: Deal) -> Client:
    """Maya's."""
    client = Client()
    client.force_login(factories.seller(deal.proposal))
    return client


def seen(answer: Any) -> str:
    """What stands on a page, without marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_adding_one_shows_its_secret_this_once(firm: Firm, browser: Client) -> None:
    page = reverse("firm_webhooks", args=[firm.id])
    assert "None yet." in seen(browser.get(page))

    fields = {"url": "https://crm.example.com/hooks", "description": "CRM", "events": ["proposal.signed"]}
    answer = browser.post(page, fields)

    endpoint = WebhookEndpoint.objects.get()
    secret = unseal(endpoint.secrets.get().sealed)
    assert (endpoint.firm, endpoint.description, endpoint.events) == (firm, "CRM", ["proposal.signed"])
    assert secret in seen(answer)
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    for shown in (browser.get(page), browser.get(reverse("firm_webhook", args=[firm.id, endpoint.id]))):
        assert "https://crm.example.com/hooks" in seen(shown)
        assert secret not in seen(shown)


def test_a_wrong_address_is_said_at_its_field_and_nothing_else_is_lost(
    firm: Firm, browser: Client, settings: Any
) -> None:
    settings.WEBHOOK_LOOPBACK = False
    fields = {"url": "https://10.0.0.1/", "description": "CRM", "events": ["proposal.signed"]}
    answer = browser.post(reverse("firm_webhooks", args=[firm.id]), fields)

    assert answer.status_code == 422
    assert "10.0.0.1 is not an address of the public internet." in seen(answer)
    form = answer.context["form"]
    assert (form["url"].value(), form["description"].value()) == ("https://10.0.0.1/", "CRM")
    assert re.search(r'value="proposal.signed"[^>]* checked', answer.content.decode())
    assert not WebhookEndpoint.objects.exists()


def test_changing_switching_rotating_and_removing(firm: Firm, browser: Client, hooked: Hooked) -> None:
    def post(name: str, **fields: Any) -> Any:
        return browser.post(reverse(name, args=[firm.id, hooked.endpoint.id]), fields)

    assert post("firm_webhook", url=hooked.endpoint.url, description="Archive").status_code == 302
    assert hooked.fresh().description == "Archive"
    post("webhook_switch")
    assert (hooked.fresh().is_enabled, hooked.fresh().disabled_why) == (False, "by_hand")
    page = reverse("firm_webhook", args=[firm.id, hooked.endpoint.id])
    assert "Switched off by hand" in seen(browser.get(page))
    answer = browser.post(reverse("webhook_test", args=[firm.id, hooked.endpoint.id]), follow=True)
    assert "Switch it on first" in seen(answer)
    post("webhook_switch", on="yes")
    assert hooked.fresh().is_enabled
    rotated = post("webhook_rotate", overlap_hours="24")
    newest = unseal(hooked.endpoint.secrets.get(ends_at__isnull=True).sealed)
    assert newest in seen(rotated)
    assert post("webhook_rotate", overlap_hours="9").status_code == 422
    assert hooked.endpoint.secrets.count() == 2
    assert post("webhook_remove").status_code == 302
    assert browser.get(page).status_code == 404


def test_a_delivery_with_what_was_sent_and_what_came_back(
    deal: Deal, firm: Firm, browser: Client, hooked: Hooked, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [say(500, b"<script>alert(1)</script>")]
    ask(by=deal.tomas, text="Who hosts it?")
    deliver_due(clock=clock)
    row = WebhookDelivery.objects.get()
    where = [firm.id, hooked.endpoint.id, row.id]

    answer = browser.get(reverse("webhook_delivery", args=where))

    for words in (
        "Attempt 1: 500",
        str(row.id),
        '"type": "question.asked"',
        "webhook-signature: v1,",
        "ms",
        "Send it now",
    ):
        assert words in seen(answer)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.content.decode()
    assert hooked.secret not in answer.content.decode()
    browser.post(reverse("webhook_redeliver", args=where))
    deliver_due(clock=clock)
    assert "Delivered" in seen(browser.get(reverse("webhook_delivery", args=where)))
    listed = reverse("firm_webhook", args=[firm.id, hooked.endpoint.id])
    assert "question.asked" in seen(browser.get(f"{listed}?state=delivered")).split("Change it")[0]
    assert "None in this state." in seen(browser.get(f"{listed}?state=failed"))


def test_the_pages_say_that_nobody_sends(
    deal: Deal, firm: Firm, browser: Client, hooked: Hooked, receiver: Receiver
) -> None:
    ask(by=deal.tomas, text="Who hosts it?")
    ask(by=deal.tomas, text="And where?")
    pages = [reverse("firm_webhooks", args=[firm.id]), reverse("firm_webhook", args=[firm.id, hooked.endpoint.id])]

    def told() -> list[bool]:
        return ["Nothing is being sent at the moment." in seen(browser.get(page)) for page in pages]

    assert told() == [False, False]
    WebhookDelivery.objects.update(due_at=timezone.now() - OVERDUE_AFTER)
    assert told() == [True, True]
    assert "1 delivery should have been sent since" in seen(browser.get(pages[0]))  # the second waits for the first
    receiver.always = say(500)
    deliver_due()
    WebhookDelivery.objects.update(due_at=timezone.now() - OVERDUE_AFTER)
    assert told() == [False, False]  # somebody sends: it is the receiver that does not take it


def test_members_are_told_that_owners_do_this(firm: Firm) -> None:
    member = factories.person("member@northlight.example")
    Membership.objects.create(firm=firm, user=member, role=Membership.Role.MEMBER)
    client = Client()
    client.force_login(member)

    answer = client.get(reverse("firm_webhooks", args=[firm.id]))

    assert answer.status_code == 403
    assert "Only an owner of the firm may manage its webhooks." in seen(answer)
