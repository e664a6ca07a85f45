"""The tests' settings in a process whose wall clock is wrong by what a file says, in seconds; it looks each time.

`CLOCK` names the file. The clocks that never jump are left alone, as by a jump of the system's clock.
"""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from config.settings.test import *  # noqa: F403

_CLOCK = Path(os.environ["CLOCK"])
_true_time, _true_now = time.time, timezone.now


def _ahead() -> int:
    return int(_CLOCK.read_text())


time.time = lambda: _true_time() + _ahead()
time.time_ns = lambda: int(time.time() * 1e9)
timezone.now = lambda: _true_now() + timedelta(seconds=_ahead())
