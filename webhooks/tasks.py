"""Mails about webhooks."""

from django.conf import settings
from django.urls import reverse
from django_tasks import task

from accounts.mail import send
from accounts.models import Membership
from webhooks.models import WebhookEndpoint


@task()
def mail_switched_off(endpoint_id: str) -> None:
    """Tell the owners of the firm that an endpoint was switched off, why, and how to go on."""
    endpoint = WebhookEndpoint.objects.select_related("firm").get(id=endpoint_id)
    if endpoint.is_enabled or endpoint.removed_at is not None:
        return
    owners = endpoint.firm.memberships.filter(role=Membership.Role.OWNER, user__is_active=True).select_related("user")
    for place in owners:
        send(
            to=place.user.email,
            subject=f"Webhooks to {endpoint.url[:120]} are switched off",
            template="email/webhook_switched_off.txt",
            context={
                "person": place.user,
                "endpoint": endpoint,
                "gone": endpoint.disabled_why == WebhookEndpoint.Disabled.GONE,
                "link": f"{settings.BASE_URL}{reverse('firm_webhook', args=[endpoint.firm_id, endpoint.id])}",
            },
        )
