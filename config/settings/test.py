"""For the tests: a SQLite file per worker (in memory, concurrent writers fail) and mails kept in memory."""

import atexit
import os
import shutil
import tempfile

if "DATA_DIR" not in os.environ:  # workers inherit the folder of the process that started them
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="sameside-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from config.env import read_environment
from config.settings.base import *  # noqa: F403
from config.settings.base import common

_environment = read_environment(development=True)
globals().update(common(_environment, development=True))

DEBUG = False
DATABASES["default"]["TEST"] = {"NAME": str(_environment.data_dir / "test.sqlite3")}  # type: ignore[name-defined]  # noqa: F405
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
MAIL_DIR = _environment.data_dir / "mail"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
RENDER_LEAST_CPU_SECONDS = 60
"""So that a slow or busy machine fails no test; those of the limit set it themselves."""
