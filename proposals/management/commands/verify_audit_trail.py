"""Check the hash chains of audit trails."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from proposals.actions import audit
from proposals.models import AuditEvent, Proposal
from proposals.models.proposal import proposal_key


class Command(BaseCommand):
    """Checks every epoch of one proposal, or of all. Ends with status 1 if a chain is broken."""

    help = "Check the hash chains of one proposal's audit trail, or of all."

    def add_arguments(self, parser: CommandParser) -> None:
        """The proposal's id, if only one is to be checked."""
        parser.add_argument("proposal", nargs="?", help="the id of a proposal; without it all are checked")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and tell."""
        proposals = Proposal.objects.order_by("id")
        if options["proposal"]:
            key = proposal_key(options["proposal"])
            proposals = proposals.filter(id=key) if key is not None else proposals.none()
            if not proposals.exists():
                raise CommandError(f"There is no proposal “{options['proposal']}”.")
        broken = 0
        for proposal in proposals.iterator():
            epochs = AuditEvent.objects.filter(proposal=proposal).values_list("epoch", flat=True).distinct()
            for epoch in sorted({*epochs, proposal.epoch}):
                verdict = audit.verify(proposal, epoch=epoch)
                if not verdict.whole:
                    broken += 1
                    self.stderr.write(f"{proposal.id} epoch {epoch}: broken at {verdict.broken_at}. {verdict.why}")
        if broken:
            raise CommandError(f"{broken} chain(s) are broken.")
        self.stdout.write(f"{proposals.count()} trail(s) are whole.")
