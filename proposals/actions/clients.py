"""Whom a firm sells to: finding the contact's person and firm, or making them."""

from dataclasses import dataclass

from accounts.models import Firm, Membership, User
from accounts.people import person_for
from proposals.actions import values
from proposals.models import Relationship


@dataclass(frozen=True)
class ClientContact:
    """Whom a proposal is made with: a person's name and e-mail, and the firm's name."""

    name: str
    email: str
    firm: str


def checked_contact(client: ClientContact) -> ClientContact:
    """The contact, its texts as they are kept. Raises Invalid."""
    name = values.text(200)("client/name", client.name)
    email = values.email("client/email", client.email)
    firm = values.text(200)("client/firm", client.firm)
    if not (name or firm):
        raise values.refuse("client/name", "required", "Write the client’s name, or their firm’s.")
    return ClientContact(name, email, firm)


def person_of(contact: ClientContact, by: User | None) -> User:
    """The person behind the address, who is not whoever asks. Raises Invalid."""
    person = person_for(contact.email, contact.name)
    if by is not None and person.id == by.id:
        raise values.refuse("client/email", "own_address", "That is your own address; the client needs another one.")
    return person


def firm_of(seller: Firm, user: User, name: str) -> Firm:
    """The contact's firm, that of this name if they belong to several."""
    places = user.memberships.exclude(firm=seller).select_related("firm").order_by("created_at", "id")
    firms = [place.firm for place in places]
    if firms:
        return next((firm for firm in firms if firm.name.casefold() == name.casefold()), firms[0])
    known = Relationship.objects.filter(seller_firm=seller, client_firm__name__iexact=name).first()
    if known is not None:
        return known.client_firm
    firm = Firm.objects.create(name=name)
    Membership.objects.create(firm=firm, user=user, role=Membership.Role.OWNER)
    return firm
