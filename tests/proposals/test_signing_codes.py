"""The mailed code, and everything else without which nobody signs. Nothing is sealed here."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from proposals.access import Visitor, proposal_for
from proposals.actions.freezing import freeze, reopen
from proposals.actions.mailed_codes import CODES_PER_HOUR_COUNT
from proposals.actions.signing import make_signing_code, sign
from proposals.exceptions import ChangedSince, Invalid, NotAllowed, NotFound, TooManyAttempts, WrongState
from proposals.models import Signature, SigningCode
from tests.kept import as_made
from tests.proposals.deal import NOWHERE, Deal, deal_after, declaration, refused

CODES = ("proposals.SigningCode",)


@pytest.fixture
def frozen(db: None) -> Deal:
    """Locked, ready to be signed."""
    return as_made(deal_after, Deal.freeze)


def attempt(deal: Deal, code: str, **changes: Any) -> Signature:
    """Tomás tries to sign with a code."""
    return sign(by=deal.tomas, declaration=declaration(deal.tomas, code, **changes), circumstances=NOWHERE)


def code_for(deal: Deal) -> str:
    return make_signing_code(by=deal.tomas)[1]


def test_a_code_has_six_digits_is_for_15_minutes_and_kept_as_a_digest(frozen: Deal) -> None:
    before = timezone.now()
    row, code = make_signing_code(by=frozen.tomas)
    assert len(code) == 6
    assert code.isdecimal()
    assert row.expires_at - before < dt.timedelta(minutes=15, seconds=30)
    assert row.expires_at - before >= dt.timedelta(minutes=15)
    kept = SigningCode.objects.values().get()
    assert code not in str(kept.values())
    assert (row.revision, row.participant_id) == (frozen.proposal.revisions.get(), frozen.tomas.participant_id)


def test_five_wrong_codes_end_it_and_the_right_one_comes_too_late(frozen: Deal) -> None:
    right = code_for(frozen)
    for left in (4, 3, 2, 1, 0):
        with refused(Invalid, "wrong_code", but=CODES) as caught:
            attempt(frozen, "no code")
        assert caught.value.detail.startswith(f"“no code” is not the code that was mailed. Attempts left: {left}.")
    for code in ("no code", right):
        with refused(TooManyAttempts) as late:
            attempt(frozen, code)
        assert late.value.extra["retry_after_seconds"] == 60


def test_a_new_code_ends_the_one_before_and_gives_five_new_tries(frozen: Deal) -> None:
    first = code_for(frozen)
    for _ in range(5):
        with refused(Invalid, "wrong_code", but=CODES):
            attempt(frozen, "x")
    second = code_for(frozen)
    if first != second:
        with refused(Invalid, "wrong_code", but=CODES):
            attempt(frozen, first)
    assert SigningCode.objects.filter(expires_at__gt=timezone.now()).count() == 1


def test_a_code_ends_after_15_minutes(frozen: Deal) -> None:
    code = code_for(frozen)
    SigningCode.objects.update(expires_at=timezone.now())
    with refused(Invalid, "code_expired"):
        attempt(frozen, code)


def test_a_used_code_is_no_code(frozen: Deal) -> None:
    code = code_for(frozen)
    SigningCode.objects.update(used_at=timezone.now())
    with refused(Invalid, "code_expired"):
        attempt(frozen, code)


def test_without_a_code_there_is_none_to_check(frozen: Deal) -> None:
    with refused(Invalid, "code_expired"):
        attempt(frozen, "000000")


def test_a_code_of_a_reopened_revision_signs_nothing(frozen: Deal) -> None:
    code = code_for(frozen)
    reopen(by=frozen.maya)
    freeze(by=frozen.maya)
    with refused(Invalid, "code_expired"):
        attempt(frozen, code)


def test_a_code_of_somebody_else_signs_nothing(frozen: Deal) -> None:
    _, code = make_signing_code(by=frozen.maya)
    with refused(Invalid, "code_expired"):
        attempt(frozen, code)
    code_for(frozen)
    with refused(Invalid, "wrong_code", but=CODES):
        attempt(frozen, f"{(int(code) + 1) % 10**6:06d}")


def test_ten_codes_an_hour(frozen: Deal) -> None:
    for _ in range(CODES_PER_HOUR_COUNT):
        code_for(frozen)
    with refused(TooManyAttempts) as caught:
        code_for(frozen)
    assert caught.value.extra["retry_after_seconds"] == 3600
    make_signing_code(by=frozen.maya)
    SigningCode.objects.update(created_at=timezone.now() - dt.timedelta(hours=1, seconds=1))
    assert len(code_for(frozen)) == 6


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent": False}, "consent_required"),
        ({"name": " "}, "required"),
        ({"title": ""}, "required"),
        ({"name": "x" * 201}, "too_long"),
        ({"name": "123 -"}, "name_without_letters"),
        ({"mark_kind": "drawn", "mark": ""}, "bad_mark"),
        ({"mark_kind": "drawn", "mark": "M 1 1"}, "bad_mark"),
        ({"mark_kind": "drawn", "mark": "M 1 1 L 12.9 12.9 M 3 3 L 3 3"}, "bad_mark"),
        ({"mark_kind": "drawn", "mark": "M 1 1 L -4 90"}, "bad_mark"),
        ({"mark_kind": "drawn", "mark": "M 1 1 L 4097 90"}, "bad_mark"),
        ({"mark_kind": "drawn", "mark": "M 1 1 L \u0663 90"}, "bad_mark"),
        ({"mark_kind": "drawn", "mark": "M 1 1" + " L 40 40" * 4000}, "bad_mark"),
        ({"mark_kind": "drawn", "mark": "<svg onload=x>"}, "bad_mark"),
    ],
)
def test_what_is_missing_is_said_and_costs_no_try(changes: dict[str, Any], code: str, frozen: Deal) -> None:
    right = code_for(frozen)
    with refused(Invalid, code):
        attempt(frozen, right, **changes)
    assert SigningCode.objects.get().attempts == 0


def test_everything_that_is_wrong_is_said_at_once_and_each_at_its_place(frozen: Deal) -> None:
    right = code_for(frozen)
    wrong: dict[str, Any] = {"name": "7", "title": "-", "mark_kind": "drawn", "mark": "", "consent": False}
    with refused(Invalid) as caught:
        attempt(frozen, right, **wrong)
    assert caught.value.detail == "4 things are missing or wrong, each marked at its place. Nothing was signed."
    assert [(problem.pointer, problem.code) for problem in caught.value.errors] == [
        ("name", "name_without_letters"),
        ("title", "required"),
        ("mark", "bad_mark"),
        ("consent", "consent_required"),
    ]


def test_a_wording_that_was_never_shown_or_is_not_todays_is_not_consented_to(frozen: Deal) -> None:
    right = code_for(frozen)
    for version in ("", "2020-01"):
        with refused(ChangedSince, "consent_changed") as caught:
            attempt(frozen, right, consent_version=version)
        assert [problem.pointer for problem in caught.value.errors] == ["consent"]
    assert SigningCode.objects.get().attempts == 0


def test_who_does_not_sign_is_told_before_any_code_is_checked(frozen: Deal) -> None:
    reader = frozen.seat("reads@example.org", "client", role="reader")
    editor = frozen.seat("writes@example.org", "client")
    token = frozen.token("client")
    personal = proposal_for(
        Visitor(user=frozen.tomas.user, scopes=frozenset({"proposals:read", "proposals:write"})), frozen.id
    )[1]
    for actor, code in ((reader, ""), (editor, ""), (token, "person_required"), (personal, "person_required")):
        with refused(NotAllowed, code):
            sign(by=actor, declaration=declaration(frozen.tomas, "000000"), circumstances=NOWHERE)
        with refused(NotAllowed, code):
            make_signing_code(by=actor)


def test_nobody_signs_what_is_not_locked(deal: Deal) -> None:
    with refused(WrongState):
        attempt(deal, "000000")
    with refused(WrongState):
        make_signing_code(by=deal.tomas)


def test_a_signatory_taken_out_meanwhile_does_not_sign(frozen: Deal) -> None:
    tomas, code = frozen.tomas, code_for(frozen)
    frozen.proposal.participants.filter(user=tomas.user).update(removed_at=timezone.now())
    with refused(NotFound):
        sign(by=tomas, declaration=declaration(tomas, code), circumstances=NOWHERE)


def test_who_has_no_place_in_the_revision_does_not_sign_it(frozen: Deal) -> None:
    ines = frozen.seat("ines@example.org", "client", is_signatory=True)
    with refused(NotAllowed, "no_place"):
        make_signing_code(by=ines)
    with refused(NotAllowed, "no_place"):
        sign(by=ines, declaration=declaration(ines, "000000"), circumstances=NOWHERE)
