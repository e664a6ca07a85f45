"""Timestamps from the authority that the operator has chosen (RFC 3161): asked within limits, believed after a check.

Whatever the authority does (silence, slowness, nonsense, another's timestamp, a time that can't be) ends as
`TimestampUnavailable` with a sentence; nothing has been signed then.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException, HTTPResponse
from typing import ClassVar, Final

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from proposals.documents.errors import TimestampUnavailable
from proposals.documents.words import moment_in_words

SILENCE_SECONDS: Final = 8
"""How long the authority may say nothing."""
ANSWER_SECONDS: Final = 15
"""How long its whole answer may take."""
LARGEST_ANSWER_BYTES: Final = 64 * 1024

NO_ANSWER: Final = "The timestamp authority did not answer, so nothing was signed. Try again in a few minutes."
USELESS: Final = (
    "The timestamp authority gave an answer that can’t be used ({why}), so nothing was signed. Try again in a few "
    "minutes, and tell whoever runs this server if it stays so."
)


class Answer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp of RFC 3161; the library's own can't read an answer without a token, such as every refusal."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


@dataclass(frozen=True)
class Window:
    """The time in which a signature may be made: that of its certificate."""

    begins_at: datetime
    ends_at: datetime

    def require(self, stamped_at: datetime) -> None:
        """Raises `TimestampUnavailable` for a time outside: the signature would not stand up to a check."""
        if not self.begins_at <= stamped_at <= self.ends_at:
            raise TimestampUnavailable(
                f"The timestamp authority says that it is {moment_in_words(stamped_at)}, and this server’s clock says "
                "otherwise, so nothing was signed. Tell whoever runs this server to set its clock."
            )


class TimestampClient(TimeStamper):
    """Asks the authority at `url`; every token is checked, and its time must lie in the `window`, if there is one."""

    def __init__(self, url: str, *, window: Window | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url
        self.window = window

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over the digest; raises `TimestampUnavailable`."""
        nonce, request = self.request_cms(message_digest, md_algorithm)  # type: ignore[no-untyped-call]
        answer = await asyncio.to_thread(answer_of, self.url, request.dump())
        token = checked_token(answer, int(nonce), message_digest)
        if self.window is not None:
            self.window.require(stamped_at(token))
        return token

    async def certificates(self) -> list[asn1_x509.Certificate]:
        """The authority's own certificate and those that it sends along; the first is the one that stamps."""
        token = await self.async_dummy_response("sha256")
        leaf = signer_of(token["content"])
        return [leaf, *(one for one in certificates_in(token["content"]) if one.dump() != leaf.dump())]


def answer_of(url: str, request: bytes) -> bytes:
    """What the authority answers to a request. Raises `TimestampUnavailable`."""
    asked = urllib.request.Request(
        url,
        data=request,
        headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
    )
    ends_at = time.monotonic() + ANSWER_SECONDS
    try:
        with urllib.request.urlopen(asked, timeout=SILENCE_SECONDS) as response:
            kind = response.headers.get_content_type()
            answer = read_until(response, ends_at)
    except (OSError, HTTPException) as error:
        raise TimestampUnavailable(NO_ANSWER) from error
    if kind != "application/timestamp-reply":
        raise TimestampUnavailable(USELESS.format(why=f"it is of the kind {kind[:60]}"))
    return answer


def read_until(response: HTTPResponse, ends_at: float) -> bytes:
    """The body, piece by piece as it comes; a slow or long one is given up."""
    pieces = bytearray()
    while piece := response.read1(8192):
        pieces += piece
        if time.monotonic() > ends_at:
            raise TimestampUnavailable(NO_ANSWER)
        if len(pieces) > LARGEST_ANSWER_BYTES:
            raise TimestampUnavailable(USELESS.format(why="it is too long"))
    return bytes(pieces)


def checked_token(answer: bytes, nonce: int, digest: bytes) -> cms.ContentInfo:
    """The token in an answer, if it is one for this digest and this question, soundly signed for timestamping."""
    try:
        parsed = Answer.load(answer, strict=True)
        if parsed["status"]["status"].native not in ("granted", "granted_with_mods"):
            raise TimestampUnavailable(USELESS.format(why="it refuses the request"))
        token = parsed["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        if info["message_imprint"]["hashed_message"].native != digest or info["nonce"].native != nonce:
            raise TimestampUnavailable(USELESS.format(why="it is for something else"))
        if not is_sound(token["content"]):
            raise TimestampUnavailable(USELESS.format(why="its signature is not sound"))
        stamped_at(token)
    except (ValueError, TypeError, KeyError, AttributeError, SignatureValidationError) as error:
        raise TimestampUnavailable(USELESS.format(why="it is not a timestamp")) from error
    return token


def is_sound(signed: cms.SignedData) -> bool:
    """Whether the token's signature fits its content and its certificate is one for timestamping."""
    certificate = signer_of(signed)
    usage = certificate.extended_key_usage_value
    if usage is None or "time_stamping" not in usage.native:
        return False
    [signer] = signed["signer_infos"]
    content = signed["encap_content_info"]["content"].parsed.dump()
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", digest)
    return bool(intact and valid)


def signer_of(signed: cms.SignedData) -> asn1_x509.Certificate:
    """The certificate that a token was signed with; raises ValueError if it is not inside."""
    [signer] = signed["signer_infos"]
    identifier = signer["sid"]
    for certificate in certificates_in(signed):
        if identifier.name == "issuer_and_serial_number":
            named = (identifier.chosen["issuer"].dump(), identifier.chosen["serial_number"].native)
            if (certificate.issuer.dump(), certificate.serial_number) == named:
                return certificate
        elif certificate.key_identifier == identifier.native:
            return certificate
    raise ValueError("The certificate of the timestamp is not inside it.")


def certificates_in(signed: cms.SignedData) -> list[asn1_x509.Certificate]:
    """The certificates that a token brings along."""
    return [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]


def stamped_at(token: cms.ContentInfo) -> datetime:
    """The time that a token confirms."""
    moment: datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return moment
