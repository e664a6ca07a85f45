"""Comparisons kept in memory: only so many, the oldest goes first, and nothing that may be rolled back."""

import uuid
from collections.abc import Iterator

import pytest
from django.db import transaction

from proposals.documents import compared_before
from proposals.documents.compared_before import KEPT_COUNT, Between, keep, kept
from proposals.documents.word_changes import WordChanges, word_changes

PROPOSAL, SECTION = uuid.uuid4(), uuid.uuid4()


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    compared_before.forget()
    yield
    compared_before.forget()


def between(number: int) -> Between:
    return (PROPOSAL, 1, SECTION, 0, number)


def changes() -> WordChanges:
    return word_changes([], [])


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    for number in range(KEPT_COUNT):
        keep(between(number), changes())
    assert kept(between(0)) is not None
    keep(between(KEPT_COUNT), changes())
    assert [number for number in range(KEPT_COUNT + 1) if kept(between(number)) is None] == [1]


def test_another_epoch_is_another_text() -> None:
    keep(between(1), changes())
    assert kept((PROPOSAL, 2, SECTION, 0, 1)) is None


@pytest.mark.django_db
def test_what_may_be_rolled_back_is_not_kept() -> None:
    with transaction.atomic():
        keep(between(1), changes())
    assert kept(between(1)) is None
