"""The embedded default: one process, SQLite, mails to the console and to a page, everything in DATA_DIR."""

from config.env import read_environment
from config.settings.base import *  # noqa: F403
from config.settings.base import common

_environment = read_environment(development=True)
globals().update(common(_environment, development=True))

DEBUG = False
MAIL_DIR = _environment.data_dir / "mail"
if not _environment.email_url:
    EMAIL_BACKEND = "accounts.mailbox.MailboxBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
