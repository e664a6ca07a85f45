"""Four who sign in order, and short ways to what is theirs."""

from django.core import mail

from proposals import tasks
from proposals.access import Actor
from proposals.actions.proposals import set_terms
from proposals.actions.signatories import name_signatory, order_signatories
from proposals.models import Participant, Revision
from tests import factories
from tests.proposals.deal import Deal

LEO = {"name": "Leo Baum", "email": "leo@example.org", "title": "Director", "why": "I am away until March"}


def four_in_order(deal: Deal) -> None:
    """Two sign for each side, the client's first: Ines and Tomás, then Maya and Kofi."""
    set_terms(by=deal.maya, changes={"signing_order": "client_first"})
    name_signatory(by=deal.tomas, name="Ines Duarte", email="ines@example.org", title="CFO")
    name_signatory(by=deal.maya, name="Kofi Mensah", email="kofi@example.org")
    order_signatories(by=deal.tomas, participant_ids=[place(deal, "ines").id, deal.tomas.participant_id or ""])
    deal.freeze()


def place(deal: Deal, name: str) -> Participant:
    return deal.proposal.participants.select_related("user").get(user__email__startswith=name)


def at(deal: Deal, name: str) -> Actor:
    return deal.actor(place(deal, name).user)


def revision(deal: Deal) -> Revision:
    return deal.proposal.revisions.order_by("-number")[0]


def signed(deal: Deal, name: str) -> None:
    """A signature's row in the place of somebody, without the file."""
    row = place(deal, name)
    slot = revision(deal).signing_places.get(participant=row).slot
    factories.signature(revision(deal), row.id, slot=slot)


def mailed(deal: Deal, *arguments: str) -> list[str]:
    """Who is told that it is their turn."""
    mail.outbox.clear()
    tasks.mail_ready_to_sign.call(str(deal.id), *arguments)
    return [message.to[0] for message in mail.outbox]
