"""Where webhooks may go: web addresses outside, and nothing of the network that this instance stands in.

The networks are those of the IANA registries of special-purpose addresses (RFC 6890), and what else leads back inside:
addresses that carry an IPv4 address (mapped, 6to4, Teredo, NAT64), and services of clouds at fixed addresses.
"""

import ipaddress
import re
import socket
from typing import Final
from urllib.parse import urlsplit

import httpx

from proposals.actions import values

URL_LENGTH: Final = 1000
LEAST_OWN_PORT: Final = 1024
_USUAL_PORTS: Final = frozenset({80, 443})

_REFUSED_V4: Final = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",
    )
)  # fmt: skip
"""The last one is the host of Azure's virtual machines, an address that looks public."""

_TAKEN_V6: Final = ipaddress.IPv6Network("2000::/3")
"""All that is handed out for the internet. Loopback, private, link-local, multicast, mapped and NAT64 lie outside."""

_REFUSED_V6: Final = tuple(
    ipaddress.IPv6Network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
"""Teredo and other protocols, documentation, 6to4, AS112."""


class AddressRefused(Exception):
    """A host leads to an address that nothing is sent to. Its text is for people."""


def is_refused(address: str, *, loopback: bool = False) -> bool:
    """Whether nothing may be sent to an IP address. With `loopback` the machine's own are open, for development."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return True
    if loopback and parsed.is_loopback:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return any(parsed in network for network in _REFUSED_V4)
    return parsed.scope_id is not None or parsed not in _TAKEN_V6 or any(parsed in network for network in _REFUSED_V6)


def require_public(host: str, addresses: list[str], *, loopback: bool = False) -> None:
    """Raise AddressRefused unless all addresses of a host may be sent to."""
    if not addresses:
        raise AddressRefused(f"{values.shown(host)} has no address.")
    for address in addresses:
        if is_refused(address, loopback=loopback):
            raise AddressRefused(
                f"{values.shown(host)} leads to {address}, which is not an address of the public internet. "
                "Nothing was sent there."
            )


def parsed_url(url: str, *, loopback: bool = False) -> httpx.URL:
    """An address that webhooks may be sent to, as far as can be seen from it. Raises AddressRefused.

    Whom a name leads to is checked at each attempt, see `network.py`.
    """
    if len(url) > URL_LENGTH:
        raise AddressRefused(f"An address has at most {URL_LENGTH} characters.")
    if re.search(r"[\x00-\x20\x7f-\x9f\\]", url) or re.search(r"\s", url):
        raise AddressRefused("An address has no spaces, line breaks, backslashes or other control characters.")
    try:
        parsed, port = httpx.URL(url), urlsplit(url).port
        host = parsed.host
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(f"“{values.shown(url)}” is not a web address.") from error
    if parsed.scheme != "https" and not (loopback and parsed.scheme == "http"):
        raise AddressRefused("Webhooks are sent to addresses that begin with https://.")
    if not host:
        raise AddressRefused(f"“{values.shown(url)}” names no host.")
    if parsed.userinfo or "@" in urlsplit(url).netloc:
        raise AddressRefused("An address has no user name or password in it. Deliveries are signed instead.")
    if "#" in url:
        raise AddressRefused("An address has no part after “#”.")
    if port is not None and port not in _USUAL_PORTS and port < LEAST_OWN_PORT:
        raise AddressRefused(f"Port {port} is not for webhooks: use 443, 80, or one from {LEAST_OWN_PORT} on.")
    _require_public_name(host, loopback)
    return parsed


def leads_to_this_machine(url: str) -> bool:
    """Whether an address can be seen to be of this machine itself."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    literal = _literal(host)
    return host == "localhost" or (literal is not None and ipaddress.ip_address(literal).is_loopback)


def _require_public_name(host: str, loopback: bool) -> None:
    """Refuse what can be seen to lead inside without asking anybody."""
    bare = host.rstrip(".").lower()
    literal = _literal(bare)
    if literal is not None:
        if is_refused(literal, loopback=loopback):
            raise AddressRefused(f"{values.shown(host)} is not an address of the public internet.")
    elif loopback and bare == "localhost":
        return
    elif "." not in bare or bare.endswith((".localhost", ".local", ".internal")):
        raise AddressRefused(f"{values.shown(host)} is not a name of the public internet.")


def _literal(host: str) -> str | None:
    """The IP address that a host is, also in the forms that only old resolvers take (`127.1`, `0x7f000001`)."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
