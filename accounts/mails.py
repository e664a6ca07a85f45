"""The mails that people get about firms."""

from accounts.mail import send
from accounts.models import Membership, User


def tell_admitted(membership: Membership, *, by: User) -> bool:
    """Tell somebody that they have a place in a firm, and how to come in. False if the mail could not be sent."""
    return send(
        membership.user.email,
        f"{by.display_name} admitted you to {membership.firm.name}",
        "email/colleague_admitted.txt",
        {"membership": membership, "admitted_by": by},
        reply_to=by.email,
    )
