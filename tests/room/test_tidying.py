"""When memory is given back: some seconds after rooms were let go, once for all of them, and rarely."""

import gc
import weakref

import pytest

from collab import tidying
from collab.tidying import Tidying


class Clock:
    """A clock that stands still until it is moved, and a tidying that takes 20 ms of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.times_count = 1000.0, 0
        monkeypatch.setattr(tidying.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(tidying, "tidy", self._tidy)

    def _tidy(self) -> None:
        self.times_count += 1
        self.now += 0.02


def test_once_for_all_that_are_let_go_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, keeper = Clock(monkeypatch), Tidying()
    keeper.tidy_if_due()
    for _ in range(5):
        keeper.rooms_let_go()
        clock.now += 0.9
        keeper.tidy_if_due()
    assert clock.times_count == 0
    clock.now += 0.5
    keeper.tidy_if_due()
    clock.now += 1000
    keeper.tidy_if_due()
    assert clock.times_count == 1


def test_not_again_too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 ms are a thousandth of 20 seconds."""
    clock, keeper = Clock(monkeypatch), Tidying()
    for seconds, times_count in ((5, 1), (6, 1), (13.9, 1), (0.2, 2)):
        keeper.rooms_let_go()
        clock.now += seconds
        keeper.tidy_if_due()
        assert clock.times_count == times_count


class Ring:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.other = self


def test_what_only_holds_itself_is_freed() -> None:
    gc.disable()
    try:
        ring = weakref.ref(Ring())
        assert ring() is not None
        tidying.tidy()
        assert ring() is None
    finally:
        gc.enable()
