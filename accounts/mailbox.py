"""The development mailbox: mails are printed and kept as files instead of being sent.

Each mail is one `.eml` file in `settings.MAIL_DIR`, under a name that sorts by time. A file appears whole
or not at all.
"""

import email
import email.policy
import os
import re
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NAME = re.compile(r"(?P<nanoseconds>[0-9]{20})-[0-9a-f]{8}\.eml")
CODE = re.compile(r"^[ \t]*([0-9]{3,4}[- ]?[0-9]{3,4})[ \t]*$", re.MULTILINE)
"""A line that holds nothing but a code of six to eight digits."""

SHOWN_COUNT = 100


class MailboxBackend(BaseEmailBackend):
    """Prints each mail to the console and writes it to `settings.MAIL_DIR`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the mails; returns how many there were."""
        for message in email_messages:
            source = message.message().as_bytes()
            _write(Path(settings.MAIL_DIR), source)
            sys.stdout.write(_for_console(parse(source)))
        sys.stdout.flush()
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """A kept mail as the page shows it. `code` is the mailed code or empty; sizes are in bytes."""

    name: str
    sent_at: datetime
    to: str
    subject: str
    text: str
    code: str
    attachments: tuple[tuple[str, int], ...]


def kept_mails() -> list[Mail]:
    """The last mails, the newest first."""
    directory = Path(settings.MAIL_DIR)
    if not directory.is_dir():
        return []
    names = sorted((entry.name for entry in directory.iterdir() if NAME.fullmatch(entry.name)), reverse=True)
    return [_read(directory / name) for name in names[:SHOWN_COUNT]]


def kept_mail(name: str) -> Mail | None:
    """One mail by its file name; None for anything that is not a mail of this mailbox."""
    path = Path(settings.MAIL_DIR) / name
    if not NAME.fullmatch(name) or not path.is_file():
        return None
    return _read(path)


def parse(source: bytes) -> ParsedMessage:
    """The source of a mail, decoded."""
    return email.message_from_bytes(source, policy=email.policy.default)


def _write(directory: Path, source: bytes) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
    unfinished = directory / f"{name}.part"
    unfinished.write_bytes(source)
    os.replace(unfinished, directory / name)


def _read(path: Path) -> Mail:
    message = parse(path.read_bytes())
    text = _text(message)
    found = CODE.search(text)
    return Mail(
        name=path.name,
        sent_at=datetime.fromtimestamp(int(path.name[:20]) / 1_000_000_000, tz=UTC),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=text,
        code=found[1] if found else "",
        attachments=tuple(
            (part.get_filename() or "file", len(part.get_payload(decode=True) or b""))
            for part in message.iter_attachments()
        ),
    )


def _text(message: ParsedMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    return body.get_content() if body is not None else ""


def _for_console(message: ParsedMessage) -> str:
    rule = "-" * 72
    return f"{rule}\nMail to {message['To']}: {message['Subject']}\n\n{_text(message).rstrip()}\n{rule}\n"
