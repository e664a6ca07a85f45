"""`person_for` finds or makes the person behind an address, whoever asks and however often."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connections

from accounts.models import User
from accounts.people import person_for
from tests import factories


@pytest.mark.django_db
def test_a_newcomer_has_an_address_that_is_not_verified() -> None:
    user = person_for("  Tomas@HarbourStreet.example ", "Tomás Reyes")

    address = EmailAddress.objects.get()
    assert (user.email, user.name) == ("tomas@harbourstreet.example", "Tomás Reyes")
    assert user.has_usable_password() is False
    assert (address.user, address.email, address.primary, address.verified) == (user, user.email, True, False)


@pytest.mark.django_db
def test_a_known_person_keeps_the_name_and_the_verified_address() -> None:
    maya = factories.person("maya@northlight.example", "Maya Lindqvist")

    assert person_for("MAYA@northlight.example", "M. L.") == maya

    maya.refresh_from_db()
    assert maya.name == "Maya Lindqvist"
    assert EmailAddress.objects.get().verified is True


@pytest.mark.django_db
def test_a_known_person_without_a_name_gets_one() -> None:
    person_for("tomas@harbourstreet.example")
    person_for("tomas@harbourstreet.example", "Tomás Reyes")

    assert User.objects.get().name == "Tomás Reyes"


@pytest.mark.django_db
def test_a_second_confirmed_address_leads_to_the_same_person() -> None:
    maya = factories.person("maya@northlight.example")
    EmailAddress.objects.create(user=maya, email="maya@home.example", verified=True)

    assert person_for("maya@home.example") == maya
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_person_whose_address_row_is_missing_gets_it() -> None:
    user = User.objects.create_user("maya@northlight.example")

    person_for("maya@northlight.example")

    assert EmailAddress.objects.get(user=user).verified is False


@pytest.mark.django_db(transaction=True)
def test_eight_callers_at_once_get_one_person() -> None:
    start, found = threading.Barrier(8), []

    def call() -> None:
        try:
            start.wait(timeout=30)
            found.append(person_for("tomas@harbourstreet.example", "Tomás Reyes").id)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(found) == 8
    assert set(found) == {User.objects.get().id}
    assert EmailAddress.objects.count() == 1
