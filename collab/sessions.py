"""Whether people are still signed in: their sessions' rows, asked with every commit and about once a second."""

from collections.abc import Collection

from django.db import connection
from django.utils import timezone


def standing(keys: Collection[str]) -> set[str]:
    """Those of these session keys whose session has neither ended nor expired. One plain query: writers wait for it."""
    if not keys:
        return set()
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT session_key FROM django_session WHERE expire_date > %s AND session_key IN ({marks})", [now, *keys]
        )
        return {key for (key,) in cursor.fetchall()}
