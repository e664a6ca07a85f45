"""The network as webhooks use it: a name is resolved once, its addresses are checked, and the connection goes to
exactly one of these. So a name that leads elsewhere a moment later (DNS rebinding) leads nobody inside.

Everything has to be done by one deadline, however slowly bytes drip in.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import httpcore
import httpx
from django.conf import settings

from webhooks.addresses import AddressRefused, require_public

TIMEOUT_SECONDS: Final = 10.0
ADDRESSES_TRIED: Final = 4

Resolve = Callable[[str, int], list[str]]

_resolvers: Final = ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolve")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them, none of them twice. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


@dataclass(frozen=True)
class Network:
    """How to get out: whom to ask for addresses, whether the machine's own are open, how long all of it may take."""

    resolve: Resolve = resolve
    loopback: bool = field(default_factory=lambda: settings.WEBHOOK_LOOPBACK)
    timeout_seconds: float = TIMEOUT_SECONDS

    def pool(self, deadline: float) -> httpcore.ConnectionPool:
        """Connections for one attempt, which keep none open. `deadline` is a reading of `time.monotonic`."""
        backend = CheckedBackend(self, deadline)
        return httpcore.ConnectionPool(_ssl_context(), max_keepalive_connections=0, network_backend=backend)


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to addresses that were checked, and only until the deadline."""

    def __init__(self, network: Network, deadline: float) -> None:
        self._network = network
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, connect. Raises AddressRefused, ConnectError, ConnectTimeout."""
        addresses = self._resolved(host, port)
        require_public(host, addresses, loopback=self._network.loopback)
        failure: Exception | None = None
        for address in addresses[:ADDRESSES_TRIED]:
            left = left_until(self._deadline, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(address, port, left, None, socket_options or ())
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError("no address")

    def _resolved(self, host: str, port: int) -> list[str]:
        """The addresses; the system's resolver has no timeout of its own, so it is asked in a thread."""
        asked = _resolvers.submit(self._network.resolve, host, port)
        try:
            return asked.result(left_until(self._deadline, httpcore.ConnectTimeout))
        except TookTooLong as error:
            raise httpcore.ConnectTimeout("The name was not resolved in time.") from error
        except (OSError, UnicodeError) as error:
            raise AddressRefused(f"The name {host} can’t be resolved.") from error


class TimedStream(httpcore.NetworkStream):
    """A stream on which everything ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes."""
        return self._stream.read(max_bytes, left_until(self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All bytes."""
        self._stream.write(buffer, left_until(self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same over TLS; the certificate is that of the name, not of the address."""
        left = left_until(self._deadline, httpcore.ConnectTimeout)
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the stream knows of itself."""
        return self._stream.get_extra_info(info)


def left_until(deadline: float, late: type[Exception]) -> float:
    """The seconds left until a deadline. Raises `late` if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("The time is over.")
    return left


@cache
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
