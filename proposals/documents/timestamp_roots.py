"""The roots of timestamp authorities that this server believes."""

from __future__ import annotations

import logging
from pathlib import Path

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from django.conf import settings

from proposals.documents.errors import SigningUnavailable

logger = logging.getLogger("sameside.documents")


def timestamp_roots() -> list[asn1_x509.Certificate]:
    """The certificates in the PEM file named by `TIMESTAMP_ROOTS`; none, and a line in the log, if it can't be read."""
    try:
        return read_timestamp_roots()
    except SigningUnavailable as refusal:
        logger.error("%s", refusal.detail)
        return []


def read_timestamp_roots() -> list[asn1_x509.Certificate]:
    """The same for whoever wants to know: raises `SigningUnavailable` if the file can't be read."""
    path = settings.TIMESTAMP_ROOTS
    if not path:
        return []
    try:
        blocks = list(pem.unarmor(Path(path).read_bytes(), multiple=True))
        return [asn1_x509.Certificate.load(content, strict=True) for _, _, content in blocks]
    except (OSError, ValueError) as error:
        raise SigningUnavailable(
            f"The file TIMESTAMP_ROOTS ({path}) can’t be read as certificates in PEM: {error}."
        ) from error
