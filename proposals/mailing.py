"""What all mails need, and those that somebody waits for at the screen: the codes that confirm an act."""

from django.conf import settings
from django.urls import reverse

from accounts.mail import send
from proposals.access import Actor
from proposals.actions.mailed_codes import CODE_MINUTES
from proposals.exceptions import Refusal
from proposals.models import Proposal, Purpose, SigningCode

ABOUT = {Purpose.SIGN: ("to sign", "sign"), Purpose.VOID: ("to void", "room")}
"""What a code is for, in the subject, and the page on which it is entered."""


def absolute(path: str) -> str:
    """A path as a whole address, for mails."""
    return f"{settings.BASE_URL}{path}"


def mail_code(row: SigningCode, code: str, *, to: Actor, proposal: Proposal) -> str:
    """Mail a code to whoever asked for it; gives the address. Raises Refusal with code `mail_failed`."""
    purpose = Purpose(row.purpose)
    does, page = ABOUT[purpose]
    email = to.user.email if to.user else ""
    sent = send(
        to=email,
        subject=f"{code} is your code {does} “{proposal.title}”"[:200],
        template=f"email/{'signing' if purpose == Purpose.SIGN else 'voiding'}_code.txt",
        context={
            "person": to.user,
            "proposal": proposal,
            "code": code,
            "minutes": CODE_MINUTES,
            "revision": row.revision,
            "link": absolute(reverse(page, args=[proposal.id])),
            "audit_hash": proposal.audit_hash,
        },
    )
    if not sent:
        raise Refusal(
            "The mail with the code could not be sent just now. Try again in a minute; nothing is lost.",
            code="mail_failed",
        )
    return email
