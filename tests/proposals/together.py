"""Doing several things at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence

from django.db import connections

from proposals.exceptions import Refusal

PATIENCE_SECONDS = 30


def together(calls: Sequence[Callable[[], object]]) -> list[object]:
    """Start all calls at once; gives their results in order, a refusal in place of a result.

    Anything else that goes wrong in one of them is raised here.
    """
    start = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)
    faults: list[BaseException] = []

    def run(place: int) -> None:
        try:
            start.wait(PATIENCE_SECONDS)
            results[place] = calls[place]()
        except Refusal as refusal:
            results[place] = refusal
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "a thread is stuck"
    if faults:
        raise faults[0]
    return results


def refusals(results: list[object]) -> list[str]:
    """The codes of the refusals among results, sorted."""
    return sorted(result.code for result in results if isinstance(result, Refusal))
