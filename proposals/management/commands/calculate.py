"""`manage.py calculate FN [FILE]`: the pricing core at the command line, for whoever has a JSON file and no server."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from proposals import strict_json
from proposals.pricing import FUNCTIONS, PricingError, calculate


class Command(BaseCommand):
    """Prints the answer as JSON, the same as `POST /api/v1/calculations/FN/`; exits with 1 and the code if refused."""

    help = "Calculate: reads a JSON object from FILE or standard input and prints the answer. Numbers are strings."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to calculate, and from what."""
        parser.add_argument("fn", metavar="FN", help=f"one of: {', '.join(FUNCTIONS)}")
        parser.add_argument("file", metavar="FILE", nargs="?", help="a JSON file; standard input if left out")

    def handle(self, *args: Any, fn: str, file: str | None, **options: Any) -> None:
        """Calculate and print."""
        try:
            given = strict_json.loads(Path(file).read_text("utf-8") if file else sys.stdin.read())
        except OSError as error:
            raise CommandError(f"{file} can’t be read: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            raise CommandError(f"This is not JSON in UTF-8: {error}.") from error
        try:
            answer = calculate(fn, given)
        except PricingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
