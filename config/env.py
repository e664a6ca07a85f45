"""The typed environment: every setting that an operator may change, read and checked once at start.

`docs/deployment.md` lists the variables. A value that can't be used raises `ImproperlyConfigured` and names
the variable, so a wrong environment never starts a server.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

RETRY_SECONDS = [5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24))]
"""When a webhook that failed is sent again, each time counted from the attempt before."""

PROJECT_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Environment:
    """What the process was started with. Paths are absolute, durations carry their unit in the name."""

    data_dir: Path
    secret_key: str
    secret_key_fallbacks: list[str]
    database_url: str
    database_connections: int
    database_wait_seconds: int
    redis_url: str
    email_url: str
    default_from_email: str
    host: str
    port: int
    base_url: str
    allowed_hosts: list[str]
    instance_name: str
    timestamp_url: str
    signing_pkcs12: str
    signing_pkcs12_password: str
    signing_key_passphrase: str
    timestamp_roots: str
    timestamp_optional: bool
    signing_pkcs11_module: str
    signing_pkcs11_token: str
    signing_pkcs11_key: str
    signing_pkcs11_pin: str
    signing_pkcs11_certificates: str
    webhook_loopback: bool
    webhook_retry_seconds: list[int]


def read_environment(*, development: bool) -> Environment:
    """Read the environment variables. `development` allows a generated secret key kept in DATA_DIR."""
    env = environ.Env()
    data_dir = Path(env.str("DATA_DIR", default=str(PROJECT_DIR / "var"))).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    host = env.str("HOST", default="127.0.0.1")
    port = _port(env)
    served_at = _served_at(data_dir) if development and not {"HOST", "PORT"} & os.environ.keys() else ""
    base_url = env.str("BASE_URL", default=served_at or f"http://{host}:{port}").rstrip("/")
    if not base_url.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"BASE_URL must start with http:// or https://, not “{base_url}”.")
    secret_key = env.str("SECRET_KEY", default="")
    if not secret_key:
        if not development:
            raise ImproperlyConfigured("SECRET_KEY must be set: a random text of at least 50 characters.")
        secret_key = _kept_secret(data_dir / "keys" / "secret_key")
    return Environment(
        data_dir=data_dir,
        secret_key=secret_key,
        secret_key_fallbacks=env.list("SECRET_KEY_FALLBACKS", default=[]),
        database_url=env.str("DATABASE_URL", default=f"sqlite:///{data_dir / 'sameside.sqlite3'}"),
        database_connections=_whole_number(env, "DATABASE_CONNECTIONS", 16, range(1001)),
        database_wait_seconds=_whole_number(env, "DATABASE_WAIT_SECONDS", 10, range(1, 301)),
        redis_url=env.str("REDIS_URL", default=""),
        email_url=env.str("EMAIL_URL", default=""),
        default_from_email=env.str("DEFAULT_FROM_EMAIL", default="Sameside <proposals@sameside.example>"),
        host=host,
        port=port,
        base_url=base_url,
        allowed_hosts=env.list("ALLOWED_HOSTS", default=[]),
        instance_name=env.str("INSTANCE_NAME", default="Sameside"),
        timestamp_url=_web_address(env, "TIMESTAMP_URL"),
        signing_pkcs12=env.str("SIGNING_PKCS12", default=""),
        signing_pkcs12_password=env.str("SIGNING_PKCS12_PASSWORD", default=""),
        signing_key_passphrase=env.str("SIGNING_KEY_PASSPHRASE", default=""),
        timestamp_roots=env.str("TIMESTAMP_ROOTS", default=""),
        timestamp_optional=_yes_or_no(env, "TIMESTAMP_OPTIONAL"),
        signing_pkcs11_module=env.str("SIGNING_PKCS11_MODULE", default=""),
        signing_pkcs11_token=env.str("SIGNING_PKCS11_TOKEN", default=""),
        signing_pkcs11_key=env.str("SIGNING_PKCS11_KEY", default=""),
        signing_pkcs11_pin=env.str("SIGNING_PKCS11_PIN", default=""),
        signing_pkcs11_certificates=env.str("SIGNING_PKCS11_CERTIFICATES", default=""),
        webhook_loopback=_yes_or_no(env, "WEBHOOK_LOOPBACK"),
        webhook_retry_seconds=_seconds(env, "WEBHOOK_RETRY_SECONDS", RETRY_SECONDS),
    )


def _served_at(data_dir: Path) -> str:
    """Where the server that runs with this folder listens (`scripts/serve.py` writes it down), "" if none does.

    So links that a command prints beside `PORT=8001 make run` lead there.
    """
    try:
        process, address = (data_dir / "served_at").read_text().split()
        os.kill(int(process), 0)
    except (OSError, ValueError, OverflowError):
        return ""
    return address


def _web_address(env: environ.Env, name: str) -> str:
    text = str(env.str(name, default=""))
    if text and not text.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"{name} must start with http:// or https://, not “{text}”.")
    return text


def _yes_or_no(env: environ.Env, name: str) -> bool:
    text = str(env.str(name, default="no")).lower()
    if text not in ("yes", "no", "1", "0", "true", "false"):
        raise ImproperlyConfigured(f"{name} must be yes or no, not “{text}”.")
    return text in ("yes", "1", "true")


def _seconds(env: environ.Env, name: str, default: list[int]) -> list[int]:
    words = env.list(name, default=[])
    if not all(word.isdecimal() and 0 < int(word) <= 7 * 86400 for word in words):
        raise ImproperlyConfigured(
            f"{name} must be whole numbers of seconds with commas between, not “{','.join(words)}”."
        )
    return [int(word) for word in words] or default


def _whole_number(env: environ.Env, name: str, default: int, allowed: range) -> int:
    text = env.str(name, default=str(default))
    if not (text.isascii() and text.isdecimal() and int(text) in allowed):
        raise ImproperlyConfigured(f"{name} must be a whole number from {allowed[0]} to {allowed[-1]}, not “{text}”.")
    return int(text)


def _port(env: environ.Env) -> int:
    text = env.str("PORT", default="8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ImproperlyConfigured(f"PORT must be a whole number from 1 to 65535, not “{text}”.")
    return int(text)


def _kept_secret(path: Path) -> str:
    """The secret made at the first start, so that sessions and links survive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(64)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret
