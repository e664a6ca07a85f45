"""Who manages a firm's webhooks: its owners, and programs with the scope `webhooks:manage`.

Endpoints hear of every proposal of the firm, so they are as powerful as a service token, which only owners make.
"""

import uuid

from django.db.models import QuerySet

from accounts.access import memberships_of
from accounts.models import ApiToken, Firm, Membership
from proposals.access import Visitor, firm_for
from proposals.exceptions import FieldProblem, Invalid, NotAllowed, NotFound, SignInRequired
from webhooks.models import WebhookDelivery, WebhookEndpoint

SCOPE = ApiToken.Scope.WEBHOOKS_MANAGE


def firms_of(visitor: Visitor) -> list[Firm]:
    """The firms whose webhooks the visitor manages, at least one. Raises SignInRequired or NotAllowed."""
    if visitor.scopes is not None and SCOPE not in visitor.scopes:
        raise NotAllowed(f"This token lacks the scope “{SCOPE}”.", code="missing_scope")
    if visitor.user is None:
        if visitor.firm is None:
            raise SignInRequired("Sign in, or send a token, to manage webhooks.")
        return [visitor.firm]
    owned = memberships_of(visitor.user).filter(role=Membership.Role.OWNER)
    firms = [place.firm for place in owned if visitor.firm is None or place.firm_id == visitor.firm.id]
    if not firms:
        raise _owners_only()
    return firms


def firm_of(visitor: Visitor, firm_id: object = None) -> Firm:
    """One of these firms: the named one, or the only one there is.

    Raises NotFound for a firm that the visitor does not belong to, Invalid if one has to be named.
    """
    if firm_id is not None:
        belonging = firm_for(visitor, firm_id, SCOPE)
        if visitor.user is None or belonging in firms_of(visitor):
            return belonging
        raise _owners_only()
    firms = firms_of(visitor)
    if len(firms) > 1:
        detail = "You own several firms: name the one that it is for."
        raise Invalid(f"{detail} Nothing was changed.", errors=[FieldProblem("firm", "required", detail)])
    return firms[0]


def _owners_only() -> NotAllowed:
    detail = "Only an owner of the firm may manage its webhooks. Nothing was changed."
    return NotAllowed(detail, code="owner_required")


def endpoints_of(visitor: Visitor) -> QuerySet[WebhookEndpoint]:
    """The standing endpoints of the firms whose webhooks the visitor manages."""
    return WebhookEndpoint.objects.standing().filter(firm__in=firms_of(visitor))


def deliveries_of(visitor: Visitor) -> QuerySet[WebhookDelivery]:
    """The deliveries to these endpoints."""
    standing = WebhookDelivery.objects.filter(endpoint__removed_at__isnull=True, endpoint__firm__in=firms_of(visitor))
    return standing.select_related("endpoint")


def endpoint_for(visitor: Visitor, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """One endpoint, or NotFound."""
    found = endpoints_of(visitor).filter(id=endpoint_id).first()
    if found is None:
        raise NotFound()
    return found


def delivery_for(visitor: Visitor, delivery_id: uuid.UUID) -> WebhookDelivery:
    """One delivery, or NotFound."""
    found = deliveries_of(visitor).filter(id=delivery_id).first()
    if found is None:
        raise NotFound()
    return found
