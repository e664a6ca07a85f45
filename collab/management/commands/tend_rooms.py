"""Tend the logs of rooms now: what the task worker does every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from collab.models import Room
from collab.tending import rooms_to_tend, tend
from proposals.models.proposal import proposal_key


class Command(BaseCommand):
    """Makes checkpoints and merges old runs, in the rooms of one proposal or of all."""

    help = (
        "Make the checkpoints that looking back needs, and merge runs of one author's updates that are older than a "
        "day. Safe at any time, and when done twice. The task worker does it every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The proposal's id, if only one is to be tended."""
        parser.add_argument("proposal", nargs="?", help="the id of a proposal; without it all are tended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tend and tell."""
        room_ids = rooms_to_tend()
        if options["proposal"]:
            key = proposal_key(options["proposal"])
            own = set(Room.objects.filter(proposal_id=key).values_list("id", flat=True)) if key else set()
            if not own:
                raise CommandError(f"There is no room of a proposal “{options['proposal']}”.")
            room_ids = [room_id for room_id in room_ids if room_id in own]
        gone = sum(tend(room_id) for room_id in room_ids)
        self.stdout.write(f"{len(room_ids)} room(s) tended, {gone} row(s) merged into others.")
