"""The proposals app: the domain."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProposalsConfig(AppConfig):
    """Proposals, their price, agreement and signatures."""

    name = "proposals"
    verbose_name = "Proposals"

    def ready(self) -> None:
        """Connect what happens in and after the transaction of an audit event."""
        from allauth.account.signals import user_logged_in
        from django.core import checks

        from proposals import news, seam, tasks, upkeep
        from proposals.actions import agreement, exporting, firm_exports, joining, reviews
        from proposals.checks import signing_is_possible

        checks.register(signing_is_possible, checks.Tags.security, deploy=True)
        user_logged_in.connect(joining.after_login, dispatch_uid="proposals.joined")
        post_migrate.connect(upkeep.ask_for_upkeep, sender=self, dispatch_uid="proposals.upkeep")
        seam.inside_transaction(tasks.enqueue_for)
        exporting.to_worker(tasks.give_order)
        firm_exports.to_worker(tasks.give_move)
        reviews.when_asked_or_answered(tasks.ask_to_mail)
        seam.inside_transaction(news.enqueue_for)
        seam.after_commit(agreement.settle_after)
