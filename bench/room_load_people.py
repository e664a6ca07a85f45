"""Makes proposals with people at the table for `bench.room_load`, and prints their rooms and session cookies."""

import json
import sys

import django


def main() -> None:
    """Make as many rooms and people as asked for; everybody takes part in every room."""
    rooms_count, people_count = (int(word) for word in sys.argv[1:])
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from proposals.locking import lock_proposal
    from proposals.models import Side
    from proposals.prose import EMPTY
    from proposals.text import port
    from tests import factories

    call_command("migrate", verbosity=0)
    people = [factories.person() for _ in range(people_count)]
    rooms = []
    for _ in range(rooms_count):
        proposal = factories.proposal()
        for number, user in enumerate(people):
            factories.participant(proposal, user, side=Side.CLIENT if number % 2 else Side.SELLER)
        section = factories.section(proposal)
        with lock_proposal(proposal.id) as locked:
            port().create(locked, {section.id: EMPTY}, None)
        rooms.append(f"{proposal.id}#section:{section.id}")
    cookies = []
    for user in people:
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}")
    print(json.dumps({"rooms": rooms, "cookies": cookies}))


if __name__ == "__main__":
    main()
