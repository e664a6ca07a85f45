"""Sending the mail with the sealed file again to those whom it did not reach. Sealing never waited for it."""

from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from proposals.access import Actor
from proposals.actions.changing import changing
from proposals.actions.freezing import current_revision
from proposals.exceptions import TooManyAttempts, WrongState
from proposals.models import AuditEvent, Revision, SealedMail

MINUTES_BETWEEN: Final = 10
"""How long the next try waits: the mail server that refused it is mostly still down a moment later."""


def unsent_mails(revision: Revision) -> list[SealedMail]:
    """The mails with the sealed file that could not be sent to people who still take part, by address."""
    refused = revision.sealed_mails.filter(was_sent=False, participant__removed_at__isnull=True)
    return list(refused.select_related("participant__user").order_by("participant__user__email"))


def send_sealed_again(*, by: Actor) -> list[str]:
    """Have the sealed file mailed again to whom it could not be sent; gives their names.

    Raises WrongState with code `nothing_unsent` if it reached everybody, TooManyAttempts within ten minutes of the
    last time that somebody asked for it.
    """
    with changing(by, "send_again") as change:
        unsent = unsent_mails(current_revision(change.proposal))
        if not unsent:
            raise WrongState(
                "The mail with the sealed PDF could be sent to everybody. Nothing was changed.", code="nothing_unsent"
            )
        _require_pause(change.proposal.audit_events.filter(type="document.mailed_again"))
        names = [row.participant.user.display_name for row in unsent]
        change.record("document.mailed_again", names=names)
        return names


def _require_pause(asked: QuerySet[AuditEvent]) -> None:
    last = asked.order_by("-created_at").values_list("created_at", flat=True).first()
    until = last and last + timedelta(minutes=MINUTES_BETWEEN)
    if until and until > timezone.now():
        seconds = max(1, int((until - timezone.now()).total_seconds()))
        raise TooManyAttempts(
            f"It was sent again less than {MINUTES_BETWEEN} minutes ago. Wait a little, then try once more.",
            extra={"retry_after_seconds": seconds},
        )
