"""How often somebody may call: fixed windows counted in the cache, told in every answer.

Rates are `settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]`, such as `"6000/min"`. Headers are those of
draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` says the limits, `RateLimit` what is left. Counts are
exact across processes if the cache is shared, and per process otherwise.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from rest_framework.settings import api_settings

from api.problems import TooManyRequests

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Limit:
    """What a caller has left in a window: of `limit_count` requests, until `reset_seconds` from now."""

    scope: str
    limit_count: int
    window_seconds: int
    used_count: int
    reset_seconds: int

    @property
    def is_exceeded(self) -> bool:
        """Whether the request that was counted last is one too many."""
        return self.used_count > self.limit_count

    @property
    def policy_item(self) -> str:
        """The limit as an item of `RateLimit-Policy`."""
        return f'"{self.scope}";q={self.limit_count};w={self.window_seconds}'

    @property
    def state_item(self) -> str:
        """What is left as an item of `RateLimit`."""
        return f'"{self.scope}";r={max(0, self.limit_count - self.used_count)};t={self.reset_seconds}'


class Clock:
    """Where the throttles get the time from, in seconds; a test sets its own."""

    now: Callable[[], float] = staticmethod(time.time)


def count(scope: str, key: str) -> Limit:
    """Count a request of a caller against the rate of a scope."""
    limit_count, window_seconds = parse_rate(str(api_settings.DEFAULT_THROTTLE_RATES[scope]))
    now = Clock.now()
    window = int(now // window_seconds)
    name = f"throttle:{scope}:{key}:{window}"
    cache.add(name, 0, timeout=window_seconds + 1)
    try:
        used_count = cache.incr(name)
    except ValueError:  # the cache dropped it in between
        used_count = 1
    reset_seconds = math.ceil((window + 1) * window_seconds - now)
    return Limit(scope, limit_count, window_seconds, used_count, max(1, reset_seconds))


def require_room(limits: Iterable[Limit]) -> None:
    """Raise TooManyRequests if a limit is exceeded."""
    exceeded = [limit.reset_seconds for limit in limits if limit.is_exceeded]
    if exceeded:
        wait = max(exceeded)
        raise TooManyRequests(
            f"Too many requests. Wait {wait} seconds, then go on; nothing was changed.",
            extra={"retry_after_seconds": wait},
        )


def parse_rate(rate: str) -> tuple[int, int]:
    """“6000/min” gives (6000, 60): how many requests, in how many seconds."""
    number, _, period = rate.partition("/")
    return int(number), SECONDS[period[0]]
