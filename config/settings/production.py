"""For the internet: nothing has a default that would be unsafe there."""

from django.core.exceptions import ImproperlyConfigured

from config.env import read_environment
from config.settings.base import *  # noqa: F403
from config.settings.base import common

_environment = read_environment(development=False)
if not _environment.email_url:
    raise ImproperlyConfigured("EMAIL_URL must be set, e.g. smtp+tls://user:password@mail.example:587.")
globals().update(common(_environment, development=False))

DEBUG = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
