"""Limits come from the environment, and a wrong one never starts a server."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from collab.limits import Limits


def test_defaults():
    assert Limits.from_environment({}) == Limits()


def test_a_variable_changes_its_limit():
    limits = Limits.from_environment({"ROOM_FRAME_BYTES": "2048", "ROOM_POLL_MS": "500", "OTHER": "x"})
    assert (limits.frame_bytes, limits.poll_ms, limits.document_bytes) == (2048, 500, 8 * 1024 * 1024)


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "many", ""])
def test_nonsense_is_refused_by_name(written):
    with pytest.raises(ImproperlyConfigured, match="ROOM_IDLE_SECONDS"):
        Limits.from_environment({"ROOM_IDLE_SECONDS": written})
