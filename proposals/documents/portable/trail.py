"""The audit trail of a proposal as it stood elsewhere: read when it comes, given as one JSON file."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, Final

from django.core.files.storage import default_storage

from proposals import strict_json
from proposals.documents.chain_steps import CHAIN_STEPS
from proposals.documents.portable.nouns import as_json
from proposals.documents.portable.package import bad
from proposals.models import Origin

HOW_TO_VERIFY: Final = (
    """\
The server that this file comes from witnessed none of these events. `events` are as they stood in the file of the
server that did. No program of ours is needed to check that they belong together, only one that computes SHA-256 and
one that writes JSON in the canonical form of RFC 8785.

"""
    + CHAIN_STEPS
    + """\
The last hash fixes all events before it. Compare it with the hash that stands in mails from there, in the signed PDF
(the hash as it was when the revision was locked: look for the event with this hash), and with the hash that the other
side sees there. If they agree, nobody has rewritten the trail.
"""
)


def written_trail(origin: Origin, into: IO[bytes]) -> None:
    """Write the trail of an origin that has one: `{proposal, instance, ..., how_to_verify, events}`, each event on
    a line of its own, byte for byte.

    Raises Invalid with code `damaged` for one that can't be read.
    """
    key = str(origin.key)
    head = {
        "proposal": key,
        "instance": origin.instance,
        "exported_at": as_json(origin.exported_at),
        "witnessed": False,
        "how_to_verify": HOW_TO_VERIFY.format(proposal=key),
    }
    into.write(json.dumps(head, ensure_ascii=False).encode().removesuffix(b"}") + b', "events": [')
    with default_storage.open(origin.trail) as kept:
        for number, event in enumerate(_events_in(kept)):
            into.write((b",\n" if number else b"\n") + event)
    into.write(b"\n]}\n")


def require_trail(written: bytes) -> None:
    """Raise Invalid unless every line is an event that can be given again. Its hashes are for those who read it."""
    for _ in _events_in(io.BytesIO(written)):
        pass


def _events_in(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Each event as it is written, without the end of its line."""
    for number, line in enumerate(lines, start=1):
        event = line.removesuffix(b"\n")
        try:
            told = strict_json.loads(event.decode())
            strict_json.require_shallow(told)
            if not isinstance(told, dict) or b"\r" in event:
                raise ValueError("an event is an object on one line")
        except (ValueError, RecursionError) as error:
            raise bad("damaged", f"Line {number} of its audit trail is not an event that can be read.") from error
        yield event
