"""A passkey in place of the mailed code: for this person, this revision, once, and soon."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Passkey
from proposals.access import Actor
from proposals.actions import confirming
from proposals.actions.freezing import freeze, reopen
from proposals.actions.passkey_signing import QUESTIONS_PER_HOUR_COUNT, ask_passkey
from proposals.actions.signatories import hand_over
from proposals.actions.signing import make_signing_code, sign
from proposals.exceptions import Invalid, TooManyAttempts
from proposals.models import PasskeyChallenge, Signature, SigningCode
from tests.accounts.authenticator import HOST, Authenticator
from tests.kept import as_made
from tests.proposals.deal import NOWHERE, Deal, deal_after, declaration, refused

CHALLENGES = ("proposals.PasskeyChallenge",)


@pytest.fixture
def frozen(db: None) -> Deal:
    """Locked, ready to be signed."""
    return as_made(deal_after, Deal.freeze)


def device_of(actor: Actor) -> Authenticator:
    """A passkey of somebody."""
    assert actor.user is not None
    device = Authenticator()
    device.registered(actor.user)
    return device


def attempt(by: Actor, answer: str, **changes: Any) -> Signature:
    return sign(by=by, declaration=declaration(by, "", passkey=answer, **changes), circumstances=NOWHERE)


def test_a_passkey_confirms_a_signature_once_and_the_answer_is_kept(frozen: Deal) -> None:
    tomas = frozen.tomas
    device = device_of(tomas)
    answer = device.answer(ask_passkey(by=tomas, host=HOST))
    with refused(Invalid, "name_without_letters"):
        attempt(tomas, answer, name="7")
    signature = attempt(tomas, answer)
    assert signature.method == "passkey"
    challenge = PasskeyChallenge.objects.get()
    assert (challenge.answer, challenge.used_at is not None) == (answer, True)
    assert challenge.revision_id == signature.revision_id
    assert Passkey.objects.get().last_used_at is not None
    maya = frozen.maya
    with refused(Invalid, "passkey_expired"):
        attempt(maya, answer)


def test_an_answer_of_anothers_passkey_signs_nothing(frozen: Deal) -> None:
    tomas, maya = frozen.tomas, frozen.maya
    device_of(tomas)
    hers = device_of(maya)
    asked = ask_passkey(by=tomas, host=HOST)
    with refused(Invalid, "bad_passkey") as caught:
        attempt(tomas, hers.answer(asked))
    assert [problem.pointer for problem in caught.value.errors] == ["passkey"]
    with refused(Invalid, "bad_passkey"):
        attempt(tomas, "no answer")


def test_an_answer_to_an_earlier_question_or_revision_or_after_five_minutes_signs_nothing(frozen: Deal) -> None:
    tomas = frozen.tomas
    device = device_of(tomas)
    first = device.answer(ask_passkey(by=tomas, host=HOST))
    second = device.answer(ask_passkey(by=tomas, host=HOST))
    with refused(Invalid, "bad_passkey"):
        attempt(tomas, first)
    PasskeyChallenge.objects.update(expires_at=timezone.now())
    with refused(Invalid, "passkey_expired"):
        attempt(tomas, second)
    third = device.answer(ask_passkey(by=tomas, host=HOST))
    reopen(by=frozen.maya)
    freeze(by=frozen.maya)
    with refused(Invalid, "passkey_expired"):
        attempt(tomas, third)
    ask_passkey(by=tomas, host=HOST)
    with refused(Invalid, "bad_passkey"):
        attempt(tomas, third)


def test_without_a_passkey_at_this_host_there_is_nothing_to_ask(frozen: Deal) -> None:
    device_of(frozen.tomas)
    for host in ("elsewhere.example", "127.0.0.1"):
        with refused(Invalid, "no_passkey"):
            ask_passkey(by=frozen.tomas, host=host)
    assert [one["id"] for one in ask_passkey(by=frozen.tomas, host=HOST)["publicKey"]["allowCredentials"]] == [
        Passkey.objects.get().credential_id
    ]


def test_a_used_answer_is_no_answer_also_when_it_was_used_while_this_one_was_sealed(frozen: Deal) -> None:
    tomas = frozen.tomas
    device = device_of(tomas)
    answer = device.answer(ask_passkey(by=tomas, host=HOST))
    place = frozen.proposal.participants.select_related("user").get(id=tomas.participant_id)
    confirmation = confirming.by_passkey(place, frozen.proposal.revisions.get(), answer)
    confirmation.use()
    with refused(Invalid, "passkey_used"):
        confirmation.use()
    with refused(Invalid, "passkey_expired"):
        attempt(tomas, answer)


def test_passkeys_are_asked_twenty_times_an_hour_over_all_of_a_person_s_proposals(frozen: Deal) -> None:
    tomas, maya = frozen.tomas, frozen.maya
    for one in (tomas, maya):
        device_of(one)
    for _ in range(QUESTIONS_PER_HOUR_COUNT):
        ask_passkey(by=tomas, host=HOST)
    with refused(TooManyAttempts) as caught:
        ask_passkey(by=tomas, host=HOST)
    assert caught.value.extra["retry_after_seconds"] == 3600
    ask_passkey(by=maya, host=HOST)
    PasskeyChallenge.objects.filter(participant=tomas.participant_id).update(
        created_at=timezone.now() - timedelta(minutes=61)
    )
    ask_passkey(by=tomas, host=HOST)


def test_a_place_that_is_handed_over_ends_the_question_and_the_code_that_wait(frozen: Deal) -> None:
    tomas = frozen.tomas
    device_of(tomas)
    make_signing_code(by=tomas)
    ask_passkey(by=tomas, host=HOST)
    hand_over(by=tomas, name="Ana Reyes", email="ana@harbourstreet.example", why="She signs.")
    now = timezone.now()
    assert PasskeyChallenge.objects.get().expires_at <= now
    assert SigningCode.objects.get().expires_at <= now
