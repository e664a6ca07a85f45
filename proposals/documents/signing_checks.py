"""What would keep people from signing on this server, said before anybody tries.

`manage.py check_signing` and `check --deploy` print it, and the panel before locking shows what is in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage

from proposals.documents import fonts
from proposals.documents.authority import instance_authority
from proposals.documents.errors import SigningUnavailable
from proposals.documents.timestamp_roots import read_timestamp_roots
from proposals.documents.timestamp_watch import Watch
from proposals.documents.words import moment_in_words

SOON_DAYS: Final = 30


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a stable code, what it is, what to do, and whether nobody can sign because of it."""

    code: str
    sentence: str
    remedy: str
    blocks: bool


def problems(*, now: datetime | None = None) -> list[Problem]:
    """Everything that is wrong, the worst first. Asks the timestamp authority, which may take some seconds."""
    moment = now or datetime.now(UTC)
    found = [*of_keys(moment), *of_storage(), *of_fonts(), *of_timestamps()]
    return sorted(found, key=lambda problem: not problem.blocks)


def in_the_way() -> str:
    """What the page says before locking: nothing, or why nobody could sign afterwards.

    It waits for no timestamp authority: what the last look at it found is said.
    """
    found = [*of_keys(datetime.now(UTC)), *of_storage(), *of_fonts()]
    if settings.TIMESTAMP_URL:
        found += _watch.found(f"{settings.TIMESTAMP_URL} {settings.TIMESTAMP_ROOTS} {settings.TIMESTAMP_OPTIONAL}")
    blocking = [problem for problem in found if problem.blocks]
    if not blocking:
        return ""
    sentences = " ".join(problem.sentence for problem in blocking)
    return f"Signing is not possible on this server: {sentences} Whoever runs this server can mend that."


def of_keys(now: datetime) -> Iterator[Problem]:
    """The authority can be opened, may issue, and its certificates are valid, also next month."""
    try:
        authority = instance_authority()
    except SigningUnavailable as refusal:
        yield Problem(
            "keys",
            refusal.detail.removesuffix(" Nothing was signed."),
            "See “Keys” in docs/signing.md; the settings are SIGNING_PKCS12 or SIGNING_PKCS11_... or none of them.",
            blocks=True,
        )
        return
    for certificate in authority.chain:
        name, ends_at = certificate.subject.rfc4514_string(), certificate.not_valid_after_utc
        remedy = "Renew it and put the new one in its place; files that are signed already stay valid."
        if now > ends_at:
            sentence = f"The certificate {name} expired on {moment_in_words(ends_at)}."
            yield Problem("certificate_expired", sentence, remedy, blocks=True)
        elif now > ends_at - timedelta(days=SOON_DAYS):
            sentence = f"The certificate {name} expires on {moment_in_words(ends_at)}; then nobody can sign."
            yield Problem("certificate_expires", sentence, remedy, blocks=False)
        if now < certificate.not_valid_before_utc:
            begins_at = moment_in_words(certificate.not_valid_before_utc)
            sentence = f"The certificate {name} is valid only from {begins_at} on."
            yield Problem("certificate_not_yet", sentence, "Set this server’s clock, or wait.", blocks=True)


def of_storage(storage: Storage = default_storage) -> Iterator[Problem]:
    """A file can be written, read again and deleted where the PDFs go."""
    try:
        name = storage.save("pdf/check/writable.txt", ContentFile(b"signed"))
        with storage.open(name) as file:
            content = file.read()
        storage.delete(name)
        why = "" if content == b"signed" else "what is read is not what was written"
    except OSError as error:
        why = error.strerror or str(error)
    if why:
        yield Problem(
            "storage",
            f"The storage for PDFs can’t be written: {why}.",
            f"Give the server’s user the right to write in {settings.MEDIA_ROOT}, and free space.",
            blocks=True,
        )


def of_fonts() -> Iterator[Problem]:
    """The fonts of the PDF are there."""
    try:
        fonts.verified_folder()
    except (OSError, fonts.FontsNotBuilt) as error:
        yield Problem("fonts", f"The fonts of the PDF are missing: {error}", "Run “make build”.", blocks=True)


def of_timestamps() -> Iterator[Problem]:
    """The authority answers and is believed here."""
    try:
        roots = read_timestamp_roots()
    except SigningUnavailable as refusal:
        yield Problem("timestamp_roots", refusal.detail, "Name a PEM file with its root certificate.", blocks=False)
        return
    if not settings.TIMESTAMP_URL:
        return
    from proposals.documents import archiving, timestamps  # pyHanko takes most of a second to import

    try:
        leads_to_root = archiving.leads_to_known_root(timestamps.TimestampClient(settings.TIMESTAMP_URL))
    except SigningUnavailable as refusal:
        yield Problem(
            "timestamp",
            refusal.detail.replace(", so nothing was signed", "").partition(" Try again")[0],
            "Look at TIMESTAMP_URL and whether this server may reach it; TIMESTAMP_OPTIONAL=yes signs without it.",
            blocks=not settings.TIMESTAMP_OPTIONAL,
        )
        return
    if not leads_to_root:
        yield Problem(
            "timestamp_root_unknown",
            "The certificate of the timestamp authority leads to no root that this server knows"
            f"{' in TIMESTAMP_ROOTS' if roots else ''}; its times are shown as unconfirmed, and files get no "
            "long-term level.",
            "Put the authority’s root certificate, as its operator publishes it, into the file TIMESTAMP_ROOTS.",
            blocks=False,
        )


_watch: Final = Watch(of_timestamps)
