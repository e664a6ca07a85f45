"""Rows made once for many tests, each of which finds them as they were made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def kept_rows(django_db_blocker: Any) -> Iterator[Callable[..., Any]]:
    """For a fixture of a module or a class; gives what calls a function that may write.

    What it writes stands until the fixture's tests are over. They use `db`, which undoes what each of them does, and
    never `transactional_db`.
    """

    def write(make: Callable[..., Any], *arguments: Any) -> Any:
        with django_db_blocker.unblock():
            return make(*arguments)

    outer = transaction.atomic()
    outer._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase says of its own
    write(outer.__enter__)
    yield write
    write(transaction.set_rollback, True)
    write(outer.__exit__, None, None, None)
