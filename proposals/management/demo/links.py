"""Sign-in links for the demo's people, so that two windows side by side show both of them."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.urls import reverse

from accounts.demo_sign_in import path_for
from accounts.models import User
from proposals.models import Proposal

LOOPBACK = frozenset({"127.0.0.1", "localhost", "0.0.0.0", "::1"})
SELLER_HOST = "127.0.0.1"
CLIENT_HOST = "localhost"


def link(user: User, host: str, proposal: Proposal) -> str:
    """A link that opens the room as this person, on a host of their own where the instance is on this machine.

    Two people on one host would share a cookie, and the second would sign the first out.
    """
    base = urlsplit(settings.BASE_URL)
    netloc = base.netloc
    if hosts_differ():
        netloc = host if base.port is None else f"{host}:{base.port}"
    path, _, query = path_for(user, reverse("room", args=[proposal.id])).partition("?")
    return urlunsplit((base.scheme, netloc, path, query, ""))


def hosts_differ() -> bool:
    """Whether both links can be open in one browser."""
    return (urlsplit(settings.BASE_URL).hostname or "") in LOOPBACK
