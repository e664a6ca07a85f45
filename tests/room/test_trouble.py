"""Trying again after trouble: soon, then less often, never all in the same moment."""

import random

import pytest

from collab import trouble


def test_the_pauses_double_up_to_their_cap_and_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: most)
    longest = [trouble.pause_seconds(tries) for tries in (0, 1, 2, 3, 4, 10_000)]
    monkeypatch.setattr(random, "uniform", lambda least, most: least)
    assert longest == [0.1, 0.2, 0.4, 0.8, 0.8, 0.8]
    assert [2 * trouble.pause_seconds(tries) for tries in (0, 1, 2, 3, 4, 10_000)] == longest


def test_trouble_is_fresh_for_a_quarter_of_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(trouble.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(trouble._Last, "at", float("-inf"))
    assert not trouble.is_fresh()
    trouble.note()
    now[0] += 14.9
    assert trouble.is_fresh()
    now[0] += 0.1
    assert not trouble.is_fresh()
