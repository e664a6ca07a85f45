"""Expire offers and send reminders now: what the task worker does every hour."""

from typing import Any

from django.core.management.base import BaseCommand

from proposals.upkeep import tend_proposals


class Command(BaseCommand):
    """Writes down expired offers and sends the reminders whose day has come."""

    help = (
        "Write down which offers have expired, and send the reminders that people asked for. Safe at any time, and "
        "when done twice. The task worker does it every hour."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and tell."""
        done = tend_proposals()
        self.stdout.write(f"{done['expired']} offer(s) expired, {done['reminded']} reminder(s) sent.")
