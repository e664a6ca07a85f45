"""`manage.py import_firm FILE --firm FIRM [--by EMAIL]`: brings a firm's export into a firm of this server, at once."""

import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Firm, Membership
from proposals.actions.firm_imports import import_now
from proposals.exceptions import Invalid


class Command(BaseCommand):
    """For operators, and for files that are too large to be sent. Exits with 1 if nothing could be used."""

    help = "Bring a file that was exported by another server into a firm: drafts, records, rates, catalogue, templates."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, into which firm, for whom."""
        parser.add_argument("file", metavar="FILE", type=Path, help="the ZIP archive")
        parser.add_argument("--firm", required=True, help="the id or the exact name of the firm")
        parser.add_argument("--by", default="", metavar="EMAIL", help="who gets a place in what comes (an owner)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring it in and tell what came."""
        owner = _owner(_firm(options["firm"]), options["by"])
        try:
            with options["file"].open("rb") as file:
                done = import_now(firm=owner.firm, by=owner.user, file=file)
        except OSError as error:
            raise CommandError(f"{options['file']} can’t be read: {error.strerror}.") from error
        except Invalid as refusal:
            raise CommandError(refusal.detail) from refusal
        for row in done.report:
            self.stdout.write(f"{row['outcome']:7} {row['title']}{': ' if row['why'] else ''}{row['why']}")
        if done.problem:
            raise CommandError(done.problem)


def _firm(named: str) -> Firm:
    try:
        found = list(Firm.objects.filter(id=uuid.UUID(named)))
    except ValueError:
        found = list(Firm.objects.filter(name=named)[:2])
    if len(found) != 1:
        raise CommandError(f"There {'are several firms' if found else 'is no firm'} called {named}. Name it by its id.")
    return found[0]


def _owner(firm: Firm, email: str) -> Membership:
    owners = firm.memberships.filter(role=Membership.Role.OWNER).select_related("user", "firm").order_by("created_at")
    found = (owners.filter(user__email=email.lower()) if email else owners).first()
    if found is None:
        raise CommandError(f"{firm.name} has no owner{f' {email}' if email else ''}: somebody has to see what comes.")
    return found
