"""Which threads share connections, and for how long: a request's, until its answer is made."""

from typing import Any

from django.core.exceptions import MiddlewareNotUsed
from django.core.signals import request_started
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin


def share_connections(size: int, wait_seconds: float) -> None:
    """From now on the requests of this process share so many connections; with 0 each opens its own."""
    from config.postgresql.pool import pool

    pool.open(size, wait_seconds)
    request_started.connect(_note)


class GivesBack(MiddlewareMixin):
    """Gives a request's connection back before its answer is sent: whoever reads slowly keeps nobody waiting.

    Stands outside of everything that uses the database, and inside of what doesn't.
    """

    def __init__(self, get_response: Any) -> None:
        if _database().vendor != "postgresql":
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Called in the request's thread."""
        database = _database()
        if getattr(database, "is_of_a_request", False):
            database.close_if_unusable_or_obsolete()
        return response


def _note(**_: object) -> None:
    """Called in the request's thread, which is new."""
    _database().is_of_a_request = True


def _database() -> Any:
    return connections[DEFAULT_DB_ALIAS]
