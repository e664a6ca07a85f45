"""The proposals app: the domain."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Proposals, their price, agreement and signatures."""

    name = "proposals"
    verbose_name = "Proposals"

    def ready(self) -> None:
        """Connect what happens in and after the transaction of an audit event."""
        from allauth.account.signals import user_logged_in

        from proposals import seam, tasks
        from proposals.actions import agreement, joining

        user_logged_in.connect(joining.after_login, dispatch_uid="proposals.joined")
        seam.inside_transaction(tasks.enqueue_for)
        seam.after_commit(agreement.settle_after)
