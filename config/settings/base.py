"""Settings common to every way of running. Chosen by environment variables only (`config/env.py`)."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from config.env import PROJECT_DIR, Environment


def database(url: str) -> dict[str, object]:
    """Django's description of the database behind a URL.

    SQLite runs in WAL mode with `synchronous=FULL`: what was acknowledged survives a power cut. Transactions
    start IMMEDIATE, so that a reader never has to turn into a writer and fail.
    """
    described: dict[str, object] = environ.Env.db_url_config(url)
    if str(described["ENGINE"]).endswith("sqlite3"):
        described["ENGINE"] = "config.sqlite"
        described["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;",
        }
    else:
        if str(described["ENGINE"]).endswith("postgresql"):
            described["ENGINE"] = "config.postgresql"
        described["CONN_MAX_AGE"] = 60
        described["CONN_HEALTH_CHECKS"] = True
    return described


def common(environment: Environment, *, development: bool) -> dict[str, object]:
    """The settings that follow from the environment, as names and values."""
    origin = urlsplit(environment.base_url)
    hosts = environment.allowed_hosts or sorted({origin.hostname or "localhost", "127.0.0.1", "localhost"})
    settings: dict[str, object] = {
        "DATA_DIR": environment.data_dir,
        "SECRET_KEY": environment.secret_key,
        "SECRET_KEY_FALLBACKS": environment.secret_key_fallbacks,
        "BASE_URL": environment.base_url,
        "ALLOWED_HOSTS": hosts,
        "CSRF_TRUSTED_ORIGINS": [environment.base_url],
        "DATABASES": {"default": database(environment.database_url)},
        "DATABASE_CONNECTIONS": environment.database_connections,
        "DATABASE_WAIT_SECONDS": environment.database_wait_seconds,
        "MEDIA_ROOT": environment.data_dir / "media",
        "DEFAULT_FROM_EMAIL": environment.default_from_email,
        "INSTANCE_NAME": environment.instance_name,
        "TIMESTAMP_URL": environment.timestamp_url,
        "SIGNING_PKCS12": environment.signing_pkcs12,
        "SIGNING_PKCS12_PASSWORD": environment.signing_pkcs12_password,
        "SIGNING_KEY_PASSPHRASE": environment.signing_key_passphrase,
        "TIMESTAMP_ROOTS": environment.timestamp_roots,
        "TIMESTAMP_OPTIONAL": environment.timestamp_optional,
        "SIGNING_PKCS11_MODULE": environment.signing_pkcs11_module,
        "SIGNING_PKCS11_TOKEN": environment.signing_pkcs11_token,
        "SIGNING_PKCS11_KEY": environment.signing_pkcs11_key,
        "SIGNING_PKCS11_PIN": environment.signing_pkcs11_pin,
        "SIGNING_PKCS11_CERTIFICATES": environment.signing_pkcs11_certificates,
        "WEBHOOK_LOOPBACK": environment.webhook_loopback,
        "WEBHOOK_RETRY_SECONDS": environment.webhook_retry_seconds,
        "DEVELOPMENT": development,
        "SESSION_COOKIE_SECURE": origin.scheme == "https",
        "CSRF_COOKIE_SECURE": origin.scheme == "https",
    }
    if environment.redis_url:
        settings["CHANNEL_LAYERS"] = {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [environment.redis_url]},
            }
        }
        settings["CACHES"] = {
            "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": environment.redis_url}
        }
    else:
        settings["CHANNEL_LAYERS"] = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
        settings["CACHES"] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    if environment.email_url:
        settings.update(environ.Env.email_url_config(environment.email_url))
    return settings


# Set by `common`; declared here so that the type checker knows them.
DATA_DIR: Path
BASE_URL = ""
INSTANCE_NAME = ""
TIMESTAMP_URL = ""
SIGNING_PKCS12 = ""
SIGNING_PKCS12_PASSWORD = ""
DATABASE_CONNECTIONS = 0
DATABASE_WAIT_SECONDS = 0
WEBHOOK_LOOPBACK = False
WEBHOOK_RETRY_SECONDS: list[int]
DEVELOPMENT = False
MAIL_DIR: Path

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "channels",
    "django_tasks",
    "django_tasks_db",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "accounts",
    "proposals",
    "webhooks",
    "collab",
    "api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.postgresql.requests.GivesBack",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "proposals.views.errors.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "proposals.views.context.instance",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# Sign-in by a mailed code (django-allauth). No password is asked anywhere.
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.reporting.ReporterFilter"
USE_TZ = True
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATICFILES_DIRS = [directory for directory in [PROJECT_DIR / "frontend" / "dist"] if Path(directory).is_dir()]
STATIC_ROOT = PROJECT_DIR / "static-root"

CSRF_FAILURE_VIEW = "proposals.views.errors.stale_form"

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024

# The REST API (docs/api.md). Rates count per token, user or address.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.BearerToken", "api.authentication.BrowserSession"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.OneForm",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "api.schema.Operation",
    "DEFAULT_THROTTLE_RATES": {
        "requests": "6000/min",
        "anonymous": "300/min",
        "refused": "60/min",
        "documents": "120/min",
        "verifications": "60/min",
    },
    "EXCEPTION_HANDLER": "api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sameside",
    "VERSION": "1",
    "DESCRIPTION": "Proposals that seller and client write, price, agree on and sign together. Everything a page can "
    "do, with the same rules. Money, hours and percentages are strings; times are ISO 8601 in UTC; unknown fields are "
    "refused; errors are `application/problem+json`.",
    "LICENSE": {"name": "MIT"},
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PREPROCESSING_HOOKS": ["api.schema.only_the_api"],
    "POSTPROCESSING_HOOKS": ["api.schema.add_problems"],
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

RENDER_LEAST_CPU_SECONDS = 10
"""What a document of ordinary length may take to be rendered; longer ones get more (`proposals.documents.pdf`)."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "config.redacting.Formatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "sameside": {"level": "INFO"},
        "django_tasks": {"level": "WARNING"},
    },
}
