"""While the database is away, pages and programs are told so in words."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def away(*_: Any) -> None:
    raise OperationalError("the connection is closed")


@pytest.fixture
def signed_in() -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(factories.seller(factories.proposal()))
    return browser


def test_a_page_says_that_it_failed_and_leads_back_to_itself(signed_in: Client) -> None:
    with connection.execute_wrapper(away):
        page = signed_in.get("/firm/?from=here")
    said = page.content.decode()
    assert page.status_code == 500
    assert "Something failed on our side. Nothing you had saved is lost; try again in a moment." in said
    assert '<a class="btn primary" href="/firm/?from=here">Try again</a>' in said
    assert "Sign in" not in said


def test_what_was_sent_is_not_sent_again_by_a_link(signed_in: Client) -> None:
    with connection.execute_wrapper(away):
        page = signed_in.post("/firm/new/", {"name": "Ours"})
    assert page.status_code == 500
    assert "Try again</a>" not in page.content.decode()


def test_a_program_is_told_in_json(signed_in: Client) -> None:
    with connection.execute_wrapper(away):
        answer = signed_in.get("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
