"""No line of the log has a secret, whoever writes it."""

import logging

import pytest
from django.conf import settings

from config.redacting import Formatter, redacted

LINK = "Zm9vYmFyYmF6LXF1eHF1dXgtY29yZ2U"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Unauthorized: same_dSWa3_pq-4nL8yQ0zT", "Unauthorized: same_…"),
        ("{'Authorization': 'Bearer abc.def-ghi'}", "{'Authorization': 'Bearer …'}"),
        ("sealed whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw==", "sealed whsec_…"),
        (f"Not Found: /i/{LINK}/", "Not Found: /i/…/"),
        (f'"GET /i/{LINK} HTTP/1.1" 500', '"GET /i/… HTTP/1.1" 500'),
        ("Not Found: /dev/as/abc:def:ghi/", "Not Found: /dev/as/…/"),
        ('"WebSocket /collab/1/?ticket=eyJ:a:b&v=2" 403', '"WebSocket /collab/1/?ticket=…&v=2" 403'),
        ("/api/v1/proposals/?external_id=deal-4711&limit=5", "/api/v1/proposals/?external_id=deal-4711&limit=5"),
        ("Not Found: /api/v1/firms/01980f3c-8f0e/", "Not Found: /api/v1/firms/01980f3c-8f0e/"),
    ],
)
def test_what_is_left_out_of_a_line(written: str, kept: str) -> None:
    assert redacted(written) == kept


def test_a_traceback_is_one_of_the_lines() -> None:
    try:
        raise ValueError("same_dSWa3_pq-4nL8yQ0zT")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "At %s", ("/i/abcdef/",), (ValueError, error, None))

    assert Formatter("{message}", style="{").format(record) == "At /i/…/\nValueError: same_…"


def test_every_formatter_of_this_instance_leaves_them_out() -> None:
    assert {formatter["class"] for formatter in settings.LOGGING["formatters"].values()} == {
        "config.redacting.Formatter"
    }
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"plain"}
