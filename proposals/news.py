"""Mails about how a proposal's life goes on: to everybody who takes part but whoever did it.

One mail per event, with the event's own sentence, what it means for the reader, and the head of the audit trail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django_tasks import task

from accounts.mail import send
from proposals.documents import told
from proposals.mailing import absolute
from proposals.models import AuditEvent, Participant, Side


@dataclass(frozen=True)
class News:
    """An event that is mailed: the subject before the title, and what follows for the reader."""

    subject: str
    meaning: str
    to_side: str = ""
    """The side that is told; both unless named."""


_OVER = (
    "Nobody can change or sign it now, and nothing binds anybody. Everything stays readable for both sides, and either "
    "side can take a full copy along."
)

NEWS: Final[dict[str, News]] = {
    "proposal.declined": News("Declined", _OVER),
    "proposal.withdrawn": News("Withdrawn", _OVER),
    "proposal.expired": News(
        "Expired", f"{_OVER} The client can ask for more time on its page; the seller can give it there."
    ),
    "proposal.resumed": News("Open again", "Both sides can write, ask and agree again, from where it was."),
    "proposal.signing_resumed": News(
        "Open for signing again",
        "It is the same revision as before; signatures that were given stand. Whose turn it is can sign on its page.",
    ),
    "proposal.reopened": News(
        "Reopened", "Both sides can change it again. Nothing binds before everybody has signed the next revision."
    ),
    "proposal.voided": News(
        "Void by both",
        "The contract is void from now on. The sealed PDF stays as it was signed and can still be verified; the record "
        "says that both sides declared it void, and when.",
    ),
    "extension.asked": News(
        "More time is asked for", "Say on its page until when the offer stands, or why it can’t.", Side.SELLER
    ),
    "extension.granted": News("More time", "The new day stands on its page.", Side.CLIENT),
    "extension.refused": News("No more time", "The offer stands until the day it had. You can ask again.", Side.CLIENT),
    "change_order.asked": News(
        "A change order is asked for", "Make it on its page, or say why not. What was signed stands.", Side.SELLER
    ),
    "change_order.refused": News("No change order", "What was signed stands. You can ask again.", Side.CLIENT),
    "voiding.proposed": News(
        "Proposal to void the contract",
        "Nothing changes unless a signatory of your side confirms it on the page of the proposal.",
    ),
    "voiding.refused": News("The contract stays valid", "Nothing has changed."),
    "voiding.taken_back": News("The contract stays valid", "Nothing has changed."),
}


def enqueue_for(event: AuditEvent) -> None:
    """The seam's hook inside the transaction: which mails an event asks for."""
    if event.type in NEWS:
        mail_news.enqueue(str(event.pk))
    elif event.type == "reminder.sent":
        mail_reminder.enqueue(event.content.facts["participant"], event.content.actor_name)


@task()
def mail_news(event_id: str) -> None:
    """Tell everybody whom an event concerns but whoever did it. What was never shared stays with the seller."""
    event = AuditEvent.objects.select_related("content__actor", "proposal").get(pk=event_id)
    news, proposal = NEWS[event.type], event.proposal
    voided = set(event.content.facts.get("voided_signatures", ()))
    for participant in _told(event, news):
        is_voided = bool(voided) and participant.id in _signers(event)
        send(
            to=participant.user.email,
            subject=f"{news.subject}: {proposal.title}"[:200],
            template="email/news.txt",
            context={
                "person": participant.user,
                "proposal": proposal,
                "sentence": told.sentence(event),
                "meaning": news.meaning,
                "voided": is_voided,
                "link": absolute(reverse("room", args=[proposal.id])),
                "audit_number": event.number,
                "audit_hash": event.hash,
            },
        )


def _told(event: AuditEvent, news: News) -> Iterable[Participant]:
    people = event.proposal.participants.filter(removed_at__isnull=True, user__is_active=True).select_related("user")
    sides = {news.to_side} if news.to_side else set(Side.values)
    if not event.proposal.is_common:
        sides &= {Side.SELLER}
    return [row for row in people if row.side in sides and row.user_id != event.content.actor_id]


def _signers(event: AuditEvent) -> set[object]:
    """Whose signatures stopped counting when this event reopened the proposal."""
    number = event.content.facts["revision"]
    revision = event.proposal.revisions.get(number=number)
    return set(revision.signatures.values_list("participant_id", flat=True))


@task()
def mail_reminder(participant_id: str, reminded_by: str) -> None:
    """Remind one person: on the day they chose (`reminded_by` is empty then), or because the other side asks for it."""
    found = Participant.objects.select_related("user", "proposal").filter(id=participant_id, removed_at__isnull=True)
    participant = found.first()
    if participant is None:
        return
    proposal = participant.proposal
    send(
        to=participant.user.email,
        subject=f"{'A reminder' if reminded_by else 'Your reminder'}: {proposal.title}"[:200],
        template="email/reminder.txt",
        context={
            "person": participant.user,
            "proposal": proposal,
            "reminded_by": reminded_by,
            "until": proposal.stands_until,
            "link": absolute(reverse("room", args=[proposal.id])),
            "pace_link": absolute(reverse("reminder", args=[proposal.id])),
        },
    )
