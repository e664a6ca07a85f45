"""The wordings of consent: each stays, to the letter, what somebody once agreed to."""

from proposals.documents import consent

LOCKED = {"2026-11": "6af13d1693934986cb1e3298f1b07925f4b639573a79f01788a1b4a32bf7682b"}


def test_no_wording_that_was_shown_ever_changes() -> None:
    """A failing line here means: put the old text back, and add the new one under a new version."""
    assert {wording.version: wording.sha256 for wording in consent.WORDINGS} == LOCKED


def test_each_version_stands_once_and_the_last_is_shown() -> None:
    versions = [wording.version for wording in consent.WORDINGS]
    assert versions == sorted(set(versions))
    assert versions[-1] == consent.CURRENT.version


def test_what_is_shown_names_the_firm() -> None:
    shown = consent.CURRENT.shown_to("Harbour {Street}")
    assert shown.startswith("I have read the proposal and may sign for Harbour {Street}, and I agree")
    assert consent.sentence_sha256(shown) != consent.CURRENT.sha256
