"""The door to a firm: a person's place in it, or nothing."""

import uuid

from django.db.models import QuerySet

from accounts.exceptions import NotYourFirm, OwnersOnly
from accounts.models import ApiToken, Firm, Membership, User


def memberships_of(user: User) -> QuerySet[Membership]:
    """A person's places in firms, the oldest first, with the firms loaded."""
    return user.memberships.select_related("firm").order_by("created_at", "id")


def place_in(firm_id: uuid.UUID, user: User) -> Membership:
    """The person's place in a firm. Raises NotYourFirm if there is none."""
    place = memberships_of(user).filter(firm_id=firm_id).first()
    if place is None:
        raise NotYourFirm()
    return place


def require_owner(firm: Firm, user: User, does: str) -> Membership:
    """The person's place in a firm. Raises NotYourFirm, or OwnersOnly for those who are members only."""
    place = place_in(firm.id, user)
    if place.role != Membership.Role.OWNER:
        raise OwnersOnly(does)
    return place


def tokens_seen_by(place: Membership) -> QuerySet[ApiToken]:
    """The standing and past tokens of a firm, the newest first: all of them for owners, else one's own."""
    tokens = place.firm.api_tokens.select_related("user", "made_by").order_by("-created_at", "-id")
    return tokens if place.role == Membership.Role.OWNER else tokens.filter(user=place.user)
