"""The proposals app: the domain."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Proposals, their price, agreement and signatures."""

    name = "proposals"
    verbose_name = "Proposals"
