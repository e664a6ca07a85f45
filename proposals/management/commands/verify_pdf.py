"""`manage.py verify_pdf FILE`: is the file what was signed, and did this server make it? Exit status 0 only if both."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from proposals.actions.verifying import verify_file
from proposals.documents.verdict import Verdict
from proposals.documents.words import moment_in_words


class Command(BaseCommand):
    """Prints who signed, when, and what is wrong; `--json` prints the whole verdict for programs."""

    help = "Say of a PDF whether it is intact, which revision it is, who signed it and when."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be asked for."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="print the verdict as one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify the file and end with 1 unless it is intact and ours."""
        path: Path = options["file"]
        try:
            pdf = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        verdict = verify_file(pdf)
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(verdict), "outcome": verdict.outcome}, default=datetime.isoformat))
        else:
            self.stdout.write("\n".join(lines_of(verdict)))
        if verdict.outcome != "intact":
            sys.exit(1)


def lines_of(verdict: Verdict) -> list[str]:
    """The verdict as lines of text."""
    lines = [verdict.summary, f"SHA-256 of the file: {verdict.sha256}"]
    for signer in verdict.signers:
        when = moment_in_words(signer.signed_at) if signer.signed_at else "at an unknown time"
        who = ", ".join(part for part in (signer.name, signer.title, signer.firm, signer.email) if part)
        lines.append(f"Signed by {who} ({signer.side}) on {when}, {signer.time_sentence}")
    lines += [f"{finding.severity}: {finding.sentence}" for finding in verdict.findings]
    return lines
