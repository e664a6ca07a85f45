"""Mails: plain text from a template, and what each of ours says."""

import datetime as dt
import logging

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import override_settings

from accounts.mail import Attachment, send
from accounts.models import User
from proposals.models import Proposal

TOMAS = User(email="tomas@harbourstreet.example", name="Tomás Reyes")
INVITATION = {
    "person": TOMAS,
    "proposal": Proposal(title="Booking & records <portal>"),
    "inviter": "Maya Lindqvist",
    "seller": "Northlight Studio",
    "client": "Harbour Street Clinic",
    "message": "",
    "link": "http://testserver/i/abc:def/",
    "expires_at": dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
    "audit_hash": "",
}


def test_a_mail_is_text_with_the_instance_around_it() -> None:
    attachment = Attachment("proposal.pdf", b"%PDF-1.7", "application/pdf")

    sent = send(
        ["maya@northlight.example", "tomas@harbourstreet.example"],
        "Signed:\n a portal",
        "email/invitation.txt",
        INVITATION,
        reply_to="maya@northlight.example",
        attachments=[attachment],
    )

    message = mail.outbox[0]
    assert sent is True
    assert message.to == ["maya@northlight.example", "tomas@harbourstreet.example"]
    assert message.subject == "Signed: a portal"
    assert message.reply_to == ["maya@northlight.example"]
    assert message.content_subtype == "plain"
    assert message.attachments == [("proposal.pdf", b"%PDF-1.7", "application/pdf")]


@override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9)
def test_a_mail_server_that_is_away_is_logged_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="sameside.mail"):
        sent = send("tomas@harbourstreet.example", "Hello", "email/invitation.txt", INVITATION)

    assert sent is False
    assert [record.getMessage() for record in caplog.records] == [
        "A mail made from email/invitation.txt could not be sent."
    ]
    assert "tomas@harbourstreet.example" not in caplog.text


def test_an_invitation_says_who_to_what_and_what_will_happen() -> None:
    text = render_to_string("email/invitation.txt", INVITATION)

    assert text.startswith(
        "Hello Tomás Reyes,\n\nMaya Lindqvist invites you to a proposal that Northlight Studio and "
        "Harbour Street Clinic write together:\n\n    Booking & records <portal>\n\n"
        "Open it here:\n\nhttp://testserver/i/abc:def/\n\n"
    )
    assert "You can read it at once." in text
    assert "nothing to install" in text
    assert "until 1 February 2026" in text
    assert "writes:" not in text
    assert "Audit trail" not in text


def test_an_invitation_may_carry_a_message_and_ask_for_the_code_first() -> None:
    proposal = Proposal(title="A portal", code_before_reading=True)
    changes = {"proposal": proposal, "message": "As we said on Monday.", "audit_hash": "9f2c"}
    text = render_to_string("email/invitation.txt", {**INVITATION, **changes})

    assert "Maya Lindqvist writes:\n\nAs we said on Monday.\n\nOpen it here:" in text
    assert "We first mail a code to this address" in text
    assert "at once" not in text
    assert "\nAudit trail: 9f2c\n" in text
