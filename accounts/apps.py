"""The accounts app: firms, people, memberships, sign-in, API tokens."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and the firms they act for."""

    name = "accounts"
    verbose_name = "People and firms"
