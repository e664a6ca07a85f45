"""`manage.py check_signing`: whether people can sign on this server, and what to do if not."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from proposals.documents.authority import root_fingerprint
from proposals.documents.signing_checks import problems
from proposals.documents.words import grouped


class Command(BaseCommand):
    """Prints what is wrong with a remedy for each; exit status 1 if nobody can sign."""

    help = "Say whether people can sign on this server: keys, certificates, timestamps, storage, fonts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be asked for."""
        parser.add_argument("--quiet", action="store_true", help="print only what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and end with 1 if something is in the way."""
        found = problems()
        blocked = any(problem.blocks for problem in found)
        for problem in found:
            self.stdout.write(f"{'error' if problem.blocks else 'warning'}: {problem.sentence}\n    {problem.remedy}")
        if blocked:
            sys.exit(1)
        if not options["quiet"]:
            self.stdout.write(
                f"People can sign here. The root certificate has the SHA-256 {grouped(root_fingerprint())}; it is at "
                "/verify/root.pem."
            )
