"""Running `create_demo` as a person at the command line does."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

RunDemo = Callable[..., str]


@pytest.fixture
def run_demo(transactional_db: None, settings: Any, tmp_path: Path) -> RunDemo:
    """Runs the command with these options and gives what it printed."""
    settings.DATA_DIR = tmp_path
    settings.BASE_URL = "http://127.0.0.1:8123"

    def run(*options: str) -> str:
        printed = StringIO()
        call_command("create_demo", *options, stdout=printed)
        return printed.getvalue()

    return run


@pytest.fixture
def demo(run_demo: RunDemo) -> dict[str, Any]:
    """What the command tells programs about a fresh demo."""
    described: dict[str, Any] = json.loads(run_demo("--json"))
    return described
