"""`manage.py portable_schema`: prints the JSON Schema of exports, as `docs/portable.schema.json` has it."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from proposals.documents.portable.schema import whole


class Command(BaseCommand):
    """For those who read or write exports with programs of their own."""

    help = "Print the JSON Schema of the files in an export of a firm."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(json.dumps(whole(), indent=1, ensure_ascii=True))
