"""The demo's sign-in links: whom they let in, where they lead, and that they exist in development only."""

from typing import Any

import pytest
from django.test import Client

from accounts.demo_sign_in import path_for, token_of
from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya() -> User:
    return factories.person("maya@northlight.example", "Maya Lindqvist")


def test_a_link_signs_in_and_leads_on(client: Client, maya: User) -> None:
    answer = client.get(path_for(maya, "/proposals/some/?x=1"))
    assert (answer.status_code, answer["Location"]) == (302, "/proposals/some/?x=1")
    assert client.session["_auth_user_id"] == str(maya.pk)


def test_another_person_takes_the_browser_over(client: Client, maya: User) -> None:
    tomas = factories.person("tomas@harbourstreet.example")
    client.get(path_for(maya, "/"))
    client.get(path_for(tomas, "/"))
    assert client.session["_auth_user_id"] == str(tomas.pk)


def test_opening_it_again_leaves_open_pages_their_csrf_token(client: Client, maya: User) -> None:
    client.get(path_for(maya, "/"))
    before = (client.session.session_key, client.cookies["csrftoken"].value)
    client.get(path_for(maya, "/"))
    assert (client.session.session_key, client.cookies["csrftoken"].value) == before


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_never_leads_elsewhere(client: Client, maya: User, elsewhere: str) -> None:
    assert client.get(path_for(maya, elsewhere))["Location"] == "/"


def test_a_changed_token_or_a_closed_account_is_not_found(client: Client, maya: User) -> None:
    stranger = factories.person("stranger@example.org")
    forged = stranger.id.hex + ":" + token_of(maya).partition(":")[2]
    assert client.get(path_for(maya, "/").replace(token_of(maya), forged)).status_code == 404
    maya.is_active = False
    maya.save()
    assert client.get(path_for(maya, "/")).status_code == 404
    assert "_auth_user_id" not in client.session


def test_outside_development_there_is_no_such_page(client: Client, maya: User, settings: Any) -> None:
    path = path_for(maya, "/")
    settings.DEVELOPMENT = False
    assert client.get(path).status_code == 404
    assert "_auth_user_id" not in client.session
