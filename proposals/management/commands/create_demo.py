"""`manage.py create_demo`: the demo with a sign-in link for each side. Development settings only."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from proposals.management.demo import cast as casting
from proposals.management.demo import links, story
from proposals.management.demo.cast import Cast, Member
from proposals.management.demo.story import Room
from proposals.models import Proposal

ROOMS_COUNT = 10_000
"""How many small proposals may be asked for at once."""


class Command(BaseCommand):
    """Builds the demo and prints who can open it by which link; `--json` prints one line for programs."""

    help = "Make the demo proposal between Northlight Studio and Harbour Street Clinic, with a link for each side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be asked for."""
        parser.add_argument("--signed", action="store_true", help="carry it through to the sealed PDF")
        parser.add_argument("--json", action="store_true", help="print one line of JSON, with API tokens")
        parser.add_argument("--if-missing", action="store_true", help="use the demo that is there, if there is one")
        parser.add_argument("--rooms", type=int, default=0, metavar="N", help="also make N small shared proposals")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what was asked for and print it."""
        if not settings.DEVELOPMENT:
            raise CommandError(
                "create_demo makes people with open sign-in links, so it runs with development settings only. "
                "Nothing was changed."
            )
        if not 0 <= options["rooms"] <= ROOMS_COUNT:
            raise CommandError(f"--rooms takes a number from 0 to {ROOMS_COUNT}, not {options['rooms']}.")
        cast = casting.assemble()
        mark, tell = (story.SIGNED_MARK, story.tell_to_the_end) if options["signed"] else (story.MARK, story.tell)
        proposal = (story.standing_demo(cast, mark) if options["if_missing"] else None) or tell(cast)
        rooms = story.make_rooms(cast, options["rooms"])
        if options["json"]:
            self.stdout.write(json.dumps(_described(cast, proposal, rooms), ensure_ascii=False))
        else:
            self._tell(cast, proposal, rooms)

    def _tell(self, cast: Cast, proposal: Proposal, rooms: list[Room]) -> None:
        write = self.stdout.write
        write(f"The demo is ready: “{proposal.title}”.\n\n")
        for member, host, side in _sides(cast):
            write(
                f"  {member.user.name}, {member.firm.name} ({side}):\n    {links.link(member.user, host, proposal)}\n\n"
            )
        if links.hosts_differ():
            write("Open both, side by side. The links can be opened again.")
        else:
            write("Open the second one in a private window: in one window the two would share a cookie.")
        pdf = story.write_signed_pdf(proposal)
        if pdf is not None:
            write(f"The signed PDF: {pdf}")
        if rooms:
            write(f"And {len(rooms)} small proposals between the two.")


def _sides(cast: Cast) -> list[tuple[Member, str, str]]:
    return [(cast.maya, links.SELLER_HOST, "seller"), (cast.tomas, links.CLIENT_HOST, "client")]


def _described(cast: Cast, proposal: Proposal, rooms: list[Room]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "proposal": str(proposal.id),
        "sections": [
            {"id": str(section.id), "kind": section.kind, "title": section.title}
            for section in proposal.sections.standing()
        ],
    }
    for member, host, side in _sides(cast):
        described[side] = {
            "url": links.link(member.user, host, proposal),
            "token": member.new_token(),
            "email": member.user.email,
        }
    pdf = story.write_signed_pdf(proposal)
    if pdf is not None:
        described["signed_pdf"] = str(pdf)
    if rooms:
        described["rooms"] = [{"proposal": str(room.proposal.id), "section": str(room.section.id)} for room in rooms]
    return described
