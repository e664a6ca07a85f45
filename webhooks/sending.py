"""One attempt to deliver: a POST, and what came of it. Knows no database, so that many can be under way at once."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpcore
import httpx

from webhooks.addresses import AddressRefused, parsed_url
from webhooks.network import Network

RESPONSE_BYTES: Final = 64 * 1024
"""How much of an answer is read."""
KEPT_CHARACTERS: Final = 4000
"""How much of it is kept, to be looked at."""
KEPT_HEADERS_COUNT: Final = 40
REDIRECTS_COUNT: Final = 3
_FOLLOWED: Final = frozenset({307, 308})
_GONE: Final = 410


@dataclass(frozen=True)
class Letter:
    """What is to be sent where."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What came back: a status with the beginning of the answer, or the sentence that says why there is none."""

    milliseconds: int = 0
    urls: tuple[str, ...] = ()
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took it: any status from 200 to 299."""
        return not self.error and self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return not self.error and self.status == _GONE


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: str


def post(letter: Letter, network: Network) -> Outcome:
    """Send it once. Never raises for what the network or the receiver does."""
    began = time.monotonic()
    urls: list[str] = []
    answer: _Answer | None = None
    error = ""
    try:
        answer = _last_answer(letter, network, began + network.timeout_seconds, urls)
    except AddressRefused as refused:
        error = str(refused)
    except httpcore.TimeoutException:
        error = f"There was no whole answer within {network.timeout_seconds:g} seconds."
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as failure:
        error = f"The connection failed: {failure or type(failure).__name__}."
    spent = int((time.monotonic() - began) * 1000)
    if answer is None:
        return Outcome(spent, tuple(urls), error=error[:300])
    return Outcome(spent, tuple(urls), answer.status, answer.headers, answer.body)


def _last_answer(letter: Letter, network: Network, deadline: float, urls: list[str]) -> _Answer:
    """The answer of the endpoint, or of where it redirects to with 307 or 308, which keep method and body.

    Each address is checked as the endpoint's own was, and nothing leads from https to http. A redirect that is not
    followed is the answer.
    """
    url = parsed_url(letter.url, loopback=network.loopback)
    while True:
        urls.append(str(url))
        answer = _asked(url, letter, network, deadline)
        place = answer.headers.get("location", "")
        if answer.status not in _FOLLOWED or not place or len(urls) > REDIRECTS_COUNT:
            return answer
        try:
            onward = str(url.join(place))
        except (httpx.InvalidURL, ValueError) as error:
            raise AddressRefused("It redirected to what is not a web address.") from error
        was, url = url, parsed_url(onward, loopback=network.loopback)
        if was.scheme == "https" and url.scheme != "https":
            raise AddressRefused("It redirected from https to http. Nothing was sent there.")


def _asked(url: httpx.URL, letter: Letter, network: Network, deadline: float) -> _Answer:
    raw = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    with (
        network.pool(deadline) as pool,
        pool.stream("POST", raw, headers=list(letter.headers.items()), content=letter.body) as response,
    ):
        read = b""
        for chunk in response.iter_stream():
            read += chunk
            if len(read) >= RESPONSE_BYTES:
                break
        return _Answer(response.status, _headers(response), _text(read[:RESPONSE_BYTES])[:KEPT_CHARACTERS])


def _headers(response: httpcore.Response) -> dict[str, str]:
    """The first headers, with names in lower case."""
    kept = response.headers[:KEPT_HEADERS_COUNT]
    return {_text(name).lower(): _text(value)[:KEPT_CHARACTERS] for name, value in kept}


def _text(read: bytes) -> str:
    """Bytes as text that can be kept: PostgreSQL takes no NUL."""
    return read.decode(errors="replace").replace("\x00", "�")
