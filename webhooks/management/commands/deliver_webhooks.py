"""`manage.py deliver_webhooks`: sends webhooks as they come due, until it is stopped."""

import signal
import threading
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from webhooks.delivering import deliver_due, discard_stranded, forget_old

FORGET_SECONDS: Final = 3600.0


class Command(BaseCommand):
    """A process of its own, so that slow receivers keep no mail and no PDF waiting. Several may run side by side."""

    help = "Send webhooks as they come due, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often to look, or only once."""
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks (default: 1)")
        parser.add_argument("--once", action="store_true", help="send what is due and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, send, wait. What is being sent when it is told to stop is still recorded."""
        stopping = threading.Event()
        if options["once"]:
            deliver_due()
            return

        def stop(number: int, frame: FrameType | None) -> None:
            stopping.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        forgot_at = -FORGET_SECONDS
        while not stopping.is_set():
            close_old_connections()
            try:
                deliver_due(stopping=stopping)
                if time.monotonic() - forgot_at >= FORGET_SECONDS:
                    discard_stranded(timezone.now())
                    forget_old(timezone.now())
                    forgot_at = time.monotonic()
            except OperationalError as error:  # a locked or restarting database: leases bring back what was claimed
                self.stderr.write(f"The database could not be used: {error}")
                close_old_connections()
            stopping.wait(options["interval"])
