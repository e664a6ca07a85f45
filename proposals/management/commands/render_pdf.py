"""`manage.py render_pdf PROPOSAL OUT`: writes the newest PDF of a proposal to a file: sealed, locked or a draft."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from proposals.actions.export import current_pdf
from proposals.exceptions import Refusal
from proposals.models import Proposal


class Command(BaseCommand):
    """For operators, who may read every file of their server; it changes nothing."""

    help = "Write the newest PDF of a proposal to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which proposal, and where to."""
        parser.add_argument("proposal", metavar="PROPOSAL", help="the proposal's id")
        parser.add_argument("out", metavar="OUT", type=Path, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Render or fetch the PDF and write it."""
        try:
            proposal = Proposal.objects.get(id=options["proposal"])
        except (Proposal.DoesNotExist, ValidationError) as error:
            raise CommandError(f"There is no proposal {options['proposal']}.") from error
        try:
            file = current_pdf(proposal, live_url=f"{settings.BASE_URL}/p/{proposal.id}/")
        except Refusal as error:
            raise CommandError(error.detail) from error
        options["out"].write_bytes(file.pdf)
        self.stdout.write(f"{options['out']}: {file.label}, {len(file.pdf):,} bytes")
