"""What pages say of the timestamp authority: what was found lately, without waiting for one that is silent."""

import threading

from django.conf import LazySettings
from django.views.debug import get_default_exception_reporter_filter

from proposals.documents.signing_checks import in_the_way
from proposals.documents.timestamp_watch import Watch
from tests.ports import free_port


def test_a_silent_authority_is_not_waited_for_and_what_it_says_is_told_later() -> None:
    answers = threading.Event()
    looks: list[threading.Thread] = []

    def look() -> list[str]:
        looks.append(threading.current_thread())
        answers.wait()
        return [f"look {len(looks)}"]

    watch = Watch(look, patience_seconds=0)
    assert (watch.found("a"), watch.found("a"), len(looks)) == ([], [], 1)
    answers.set()
    looks[0].join()
    assert (watch.found("a"), watch.found("a"), len(looks)) == (["look 1"], ["look 1"], 1)


def test_other_settings_are_looked_at_anew() -> None:
    watch = Watch(lambda: [threading.current_thread().name], patience_seconds=60)
    assert watch.found("a") == ["timestamp-watch"]
    looked: list[int] = []
    other = Watch(lambda: looked.append(1) or list(looked), patience_seconds=60)  # type: ignore[func-returns-value]
    assert (other.found("a"), other.found("b"), other.found("b")) == ([1], [1, 1], [1, 1])


def test_the_panel_before_locking_knows_an_authority_that_is_down(settings: LazySettings) -> None:
    settings.TIMESTAMP_URL = f"http://127.0.0.1:{free_port()}"
    settings.TIMESTAMP_OPTIONAL = True
    assert in_the_way() == ""


def test_the_pin_of_the_token_stands_in_no_error_page(settings: LazySettings) -> None:
    settings.SIGNING_PKCS11_PIN = "4711"
    shown = get_default_exception_reporter_filter().get_safe_settings()
    assert (shown["SIGNING_PKCS11_PIN"], shown["TIME_ZONE"]) == ("********************", "UTC")
