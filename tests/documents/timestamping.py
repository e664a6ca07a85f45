"""A timestamp authority on this machine (RFC 3161 over HTTP), with every way to behave badly."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)

Answer = Callable[[bytes], tuple[int, str, bytes]]
"""From a request to status, media type and body."""


@dataclass(frozen=True)
class Keys:
    """The authority's root and its own certificate with the key (RSA)."""

    root: x509.Certificate
    certificate: x509.Certificate
    root_key: rsa.RSAPrivateKey
    key: rsa.RSAPrivateKey


@cache
def private_keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    """Those of root and authority, made once per process."""
    return rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)


def keys(revocation_url: str) -> Keys:
    """The certificates; that of the authority says where its revocation list is."""
    root_key, key = private_keys()
    root_name, name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("Test Time Root", "Test Time Authority")
    )
    root = (
        certificate_for(root_name, root_name, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    place = x509.DistributionPoint([x509.UniformResourceIdentifier(revocation_url)], None, None, None)
    certificate = (
        certificate_for(name, root_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(x509.CRLDistributionPoints([place]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return Keys(root, certificate, root_key, key)


def certificate_for(name: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    """What both certificates have."""
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINS)
        .not_valid_after(ENDS)
    )


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """A certificate as pyHanko takes it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


@dataclass
class TimestampAuthority:
    """An RFC 3161 server on this machine.

    It stamps `says` (the time of each request if None). `behave` takes the place of a good answer. `roots` is a PEM
    file with its root, for TIMESTAMP_ROOTS.
    """

    url: str = ""
    roots: str = ""
    says: datetime | None = None
    behave: Answer | None = None
    requests: list[bytes] = field(default_factory=list)
    keys: Keys | None = None

    @property
    def root(self) -> asn1_x509.Certificate:
        """The root, as pyHanko takes it."""
        assert self.keys is not None
        return as_asn1(self.keys.root)

    def stamp(self, request: bytes) -> bytes:
        """A good answer."""
        assert self.keys is not None
        key = self.keys.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        stamper = DummyTimeStamper(
            as_asn1(self.keys.certificate), asn1_keys.PrivateKeyInfo.load(key), fixed_dt=self.says or datetime.now(UTC)
        )
        answer: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return answer

    def revocation_list(self) -> bytes:
        """The list that the root publishes: nothing is revoked."""
        assert self.keys is not None
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.keys.root.subject)
        builder = builder.last_update(BEGINS).next_update(ENDS)
        return builder.sign(self.keys.root_key, hashes.SHA256()).public_bytes(Encoding.DER)


@contextmanager
def serving(folder: Path, *, says: datetime | None = None) -> Iterator[TimestampAuthority]:
    """An authority that answers until the end of the block."""
    authority = TimestampAuthority(says=says)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            authority.requests.append(request)
            behave = authority.behave or (lambda asked: (200, "application/timestamp-reply", authority.stamp(asked)))
            self.answer(*behave(request))

        def do_GET(self) -> None:
            self.answer(200, "application/pkix-crl", authority.revocation_list())

        def answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        authority.url = f"http://127.0.0.1:{server.server_port}/"
        authority.keys = keys(f"{authority.url}root.crl")
        roots = folder / "timestamp-roots.pem"
        roots.write_bytes(authority.keys.root.public_bytes(Encoding.PEM))
        authority.roots = str(roots)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()
