"""What logs leave out: tokens, secrets of webhooks, personal links, tickets to rooms, signed links.

Nothing writes them on purpose; but a server writes down addresses that it could not answer, a personal link's among
them, and errors tell what they were called with.
"""

import logging
import re
from typing import Final

LEFT_OUT: Final = "…"

SECRETS: Final = re.compile(
    r"""
    (?<=\bsame_)[\w-]{8,}                    # API tokens
    | (?<=\bwhsec_)[\w+/=-]{8,}              # secrets of webhooks
    | (?i:(?<=bearer\ ))[^\s'",]+            # whatever was sent as one
    | (?<=/i/)[^/\s'"?]+                     # personal links
    | (?<=/dev/as/)[^/\s'"?]+                # links to sign in to the demo
    | (?i:(?<=[?&]ticket=)|(?<=[?&]token=)|(?<=[?&]code=)|(?<=[?&]key=))[^&\s'"]+
    """,
    re.VERBOSE,
)


def redacted(text: str) -> str:
    """A text without the secrets that it has."""
    return SECRETS.sub(LEFT_OUT, text)


class Formatter(logging.Formatter):
    """Formats as usual, tracebacks too, and leaves secrets out."""

    def format(self, record: logging.LogRecord) -> str:
        """The line or lines of a record."""
        return redacted(super().format(record))
