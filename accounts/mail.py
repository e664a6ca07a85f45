"""Sending mails: plain text from a template, one way for everybody."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

logger = logging.getLogger("sameside.mail")


@dataclass(frozen=True)
class Attachment:
    """A file that goes along: its name, its bytes and its media type."""

    name: str
    content: bytes
    media_type: str


def send(
    to: str | Sequence[str],
    subject: str,
    template: str,
    context: Mapping[str, object],
    *,
    reply_to: str = "",
    attachments: Sequence[Attachment] = (),
) -> bool:
    """Send one mail; True when the mail server took it.

    `template` is the name of a text template; beside `context` it knows `base_url` (without a slash at the
    end) and `instance_name`. Each address of `to` is visible to the others. A server that can't be reached or
    refuses the mail is logged, without the address, and gives False: what the mail tells of has happened all
    the same, and the caller says so. Never call this inside a transaction.
    """
    recipients = [to] if isinstance(to, str) else list(to)
    surroundings = {"base_url": settings.BASE_URL, "instance_name": settings.INSTANCE_NAME}
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string(template, {**surroundings, **context}).strip() + "\n",
        to=recipients,
        reply_to=[reply_to] if reply_to else None,
    )
    for attachment in attachments:
        message.attach(attachment.name, attachment.content, attachment.media_type)
    try:
        message.send()
    except OSError:  # what smtplib and sockets raise
        logger.exception("A mail made from %s could not be sent.", template)
        return False
    return True
