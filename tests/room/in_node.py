"""Yjs as browsers have it, in a Node process: what a log of updates reads as there; see ``reader.mjs``."""

import json
import subprocess
from typing import Any

from tests.forks import PROJECT


class YjsInNode:
    """One Node process that reads any number of logs, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "tests/room/reader.mjs"], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def read(self, root: str, log: list[bytes]) -> dict[str, Any]:
        """Apply the updates in their order: {text, clocks, waits, tidied, browser}, or {error}."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"root": root, "updates": [update.hex() for update in log]}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Node has ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """Let Node end."""
        self._process.communicate()
