"""What would keep people from signing is said before anybody tries."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from proposals.checks import signing_is_possible
from proposals.documents import fonts, signing_checks
from proposals.documents.authority import instance_authority, root_fingerprint
from proposals.documents.errors import SigningUnavailable
from proposals.documents.sealing import require_validity
from proposals.documents.signing_checks import Problem, in_the_way, problems
from tests.documents.timestamping import TimestampAuthority

OVER = datetime(2035, 1, 1, tzinfo=UTC)
"""A time at which the signing authority of the tests has expired and its root has not."""


def codes(found: list[Problem]) -> list[tuple[str, bool]]:
    return [(problem.code, problem.blocks) for problem in found]


def said() -> tuple[int, str]:
    """Exit status and output of the command."""
    out = StringIO()
    try:
        call_command("check_signing", stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_a_server_on_which_people_can_sign_says_so_with_its_fingerprint() -> None:
    assert problems() == []
    assert in_the_way() == ""
    status, text = said()
    assert (status, root_fingerprint() in text.replace(" ", "")) == (0, True)


def test_keys_that_cannot_be_opened_are_told_with_a_remedy(settings: LazySettings) -> None:
    settings.SIGNING_PKCS12 = "/nowhere/authority.p12"
    [problem] = problems()
    assert (problem.code, problem.blocks) == ("keys", True)
    assert problem.sentence.startswith("The file SIGNING_PKCS12 can't be opened")
    assert "docs/signing.md" in problem.remedy
    status, text = said()
    assert (status, text.splitlines()[0]) == (1, f"error: {problem.sentence}")
    [message] = signing_is_possible(None)
    assert (message.id, message.hint, message.is_serious()) == ("sameside.keys", problem.remedy, True)
    assert in_the_way().startswith("Signing is not possible on this server: The file SIGNING_PKCS12")


def test_a_certificate_that_is_over_or_soon_will_be() -> None:
    assert codes(problems(now=datetime(2034, 12, 10, tzinfo=UTC))) == [("certificate_expires", False)]
    [over] = problems(now=OVER)
    assert (over.code, over.blocks) == ("certificate_expired", True)
    assert "CN=Signing authority of Sameside" in over.sentence
    assert "expired on 28 December 2034" in over.sentence
    assert codes(problems(now=datetime(2019, 1, 1, tzinfo=UTC))) == [("certificate_not_yet", True)] * 2


def test_with_an_expired_certificate_nothing_is_signed() -> None:
    with pytest.raises(SigningUnavailable, match=r"expired on 28 December 2034.*Nothing was signed"):
        require_validity(instance_authority(), OVER)
    with pytest.raises(SigningUnavailable, match="valid only from"):
        require_validity(instance_authority(), datetime(2019, 1, 1, tzinfo=UTC))


def test_storage_that_refuses_files(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where a folder should be")
    [problem] = signing_checks.of_storage(FileSystemStorage(tmp_path / "media"))
    assert (problem.code, problem.blocks) == ("storage", True)
    assert "can’t be written: " in problem.sentence


@pytest.fixture
def no_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder in which the fonts of the manifest are missing."""
    (tmp_path / "manifest.json").write_text('{"Sameside-Sans.ttf": "00"}')
    monkeypatch.setattr(fonts, "FONTS", tmp_path)
    fonts.verified_folder.cache_clear()
    yield
    fonts.verified_folder.cache_clear()


def test_missing_fonts(no_fonts: None) -> None:
    [problem] = problems()
    assert (problem.code, problem.remedy) == ("fonts", "Run “make build”.")


def test_a_timestamp_authority_that_is_down_or_not_known(
    settings: LazySettings, timestamp_authority: TimestampAuthority, tmp_path: Path
) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    [down] = problems()
    assert (down.code, down.blocks) == ("timestamp", True)
    assert down.sentence == "The timestamp authority did not answer."
    settings.TIMESTAMP_OPTIONAL = True
    assert codes(problems()) == [("timestamp", False)]
    settings.TIMESTAMP_URL = timestamp_authority.url
    assert codes(problems()) == [("timestamp_root_unknown", False)]
    settings.TIMESTAMP_ROOTS = timestamp_authority.roots
    assert problems() == []
    settings.TIMESTAMP_ROOTS = str(tmp_path / "none.pem")
    assert codes(problems()) == [("timestamp_roots", False)]


def test_the_worst_comes_first(settings: LazySettings, tmp_path: Path) -> None:
    settings.TIMESTAMP_ROOTS = str(tmp_path / "none.pem")
    settings.SIGNING_PKCS12 = "/nowhere/authority.p12"
    assert codes(signing_checks.problems()) == [("keys", True), ("timestamp_roots", False)]
