"""The mails that people get about firms and about their own account."""

from accounts.mail import send
from accounts.models import Membership, Passkey, User


def tell_admitted(membership: Membership, *, by: User) -> bool:
    """Tell somebody that they have a place in a firm, and how to come in. False if the mail could not be sent."""
    return send(
        membership.user.email,
        f"{by.display_name} admitted you to {membership.firm.name}",
        "email/colleague_admitted.txt",
        {"membership": membership, "admitted_by": by},
        reply_to=by.email,
    )


def tell_passkey_added(passkey: Passkey) -> bool:
    """Tell a person that a passkey was added to their account: if it was not them, they read how to remove it."""
    return send(
        passkey.user.email, "A passkey was added to your account", "email/passkey_added.txt", {"passkey": passkey}
    )


def mail_account_code(user: User, code: str, minutes: int) -> bool:
    """Mail the code without which no passkey is added. False if the mail could not be sent."""
    return send(
        user.email,
        f"{code} is your code to add a passkey",
        "email/account_code.txt",
        {"person": user, "code": code, "minutes": minutes},
    )
