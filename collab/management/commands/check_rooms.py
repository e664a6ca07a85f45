"""Check stored rooms against themselves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from collab.checking import faults_of, renew_caches
from collab.models import Room
from proposals.locking import lock_proposal
from proposals.models.proposal import proposal_key


class Command(BaseCommand):
    """Checks the rooms of one proposal, or all. Ends with status 1 if something is wrong."""

    help = (
        "Check the log of rooms (dense numbers, sizes, client ids, nothing missing) and that snapshots and "
        "checkpoints are what the log makes. Each proposal is locked while it is checked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The proposal's id, if only one is to be checked; whether to make caches anew."""
        parser.add_argument("proposal", nargs="?", help="the id of a proposal; without it all are checked")
        parser.add_argument(
            "--renew-caches",
            action="store_true",
            help="make the snapshots and checkpoints of faulty rooms anew from their logs, which are never changed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and tell."""
        rooms = Room.objects.order_by("proposal_id", "epoch")
        if options["proposal"]:
            key = proposal_key(options["proposal"])
            rooms = rooms.filter(proposal_id=key) if key is not None else rooms.none()
            if not rooms.exists():
                raise CommandError(f"There is no room of a proposal “{options['proposal']}”.")
        faulty = sum(self._check(room_id, renews=options["renew_caches"]) for room_id in rooms.values_list("id"))
        if faulty:
            raise CommandError(f"{faulty} of {rooms.count()} room(s) are faulty.")
        self.stdout.write(f"{rooms.count()} room(s) are whole.")

    def _check(self, room_id: tuple[int], *, renews: bool) -> bool:
        """Whether this room is faulty, after what could be renewed was."""
        proposal_id = Room.objects.values_list("proposal_id", flat=True).get(id=room_id[0])
        with lock_proposal(proposal_id):
            room = Room.objects.get(id=room_id[0])
            faults = faults_of(room)
            for fault in faults:
                self.stderr.write(f"{room.proposal_id} epoch {room.epoch}: {fault}")
            if faults and renews:
                faults = self._renewed(room, faults)
        return bool(faults)

    def _renewed(self, room: Room, faults: list[str]) -> list[str]:
        """The faults that are left when the caches have been made anew."""
        named = f"{room.proposal_id} epoch {room.epoch}"
        try:
            renew_caches(room)
        except AssertionError as error:
            self.stderr.write(f"{named}: nothing was made anew, because the log itself is faulty: {error}")
            return faults
        left = faults_of(room)
        self.stderr.write(f"{named}: the snapshot was made anew, {len(left)} fault(s) are left")
        return left
