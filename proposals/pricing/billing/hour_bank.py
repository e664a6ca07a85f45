"""Hours that were paid for and not used yet, with the period in which they end."""

from __future__ import annotations

from collections import deque
from fractions import Fraction


class HourBank:
    """Unused hours, oldest first; an hour lives on for ``lifetime_periods`` after the period it came with."""

    def __init__(self, lifetime_periods: int) -> None:
        self._lifetime_periods = lifetime_periods
        self._period = 0
        self._left: deque[tuple[int, Fraction]] = deque()
        self.hours = Fraction(0)

    def use(self, used: Fraction, included: Fraction) -> Fraction:
        """A period that brings ``included`` hours and takes ``used``, oldest first; the hours beyond the bank."""
        self._period += 1
        self._left.append((self._period, included))
        self.hours += included
        while used and self._left:
            period, hours = self._left.popleft()
            taken = min(hours, used)
            used -= taken
            self.hours -= taken
            if taken < hours:
                self._left.appendleft((period, hours - taken))
        return used

    def expire(self) -> Fraction:
        """The hours that end with the period."""
        ended = Fraction(0)
        while self._left and self._left[0][0] <= self._period - self._lifetime_periods:
            ended += self._left.popleft()[1]
        self.hours -= ended
        return ended
