"""Which addresses a link in a proposal may lead to."""

import re
from typing import Final
from urllib.parse import urlsplit

SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})

_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")


def safe_href(href: object) -> str | None:
    """The address if a link may lead there, else None. Relative addresses lead nowhere outside the page."""
    if not isinstance(href, str):
        return None
    address = href.strip()
    if _CONTROL.search(address):
        return None
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return None
    return address if scheme in SCHEMES else None
