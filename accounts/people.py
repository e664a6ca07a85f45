"""Finding or making the person behind an e-mail address."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import User


def person_for(email: str, name: str = "") -> User:
    """The person with this address: somebody who is known, or a new person who has yet to confirm it.

    The address is compared and kept in lower case. `name` is what others call a newcomer; it never replaces
    a name that is there already. Two callers at the same moment get the same person.
    """
    address = email.strip().lower()
    user = _known(address) or _newcomer(address, name.strip())
    if name.strip() and not user.name:
        user.name = name.strip()
        user.save(update_fields=["name"])
    EmailAddress.objects.get_or_create(user=user, email=address, defaults={"primary": address == user.email})
    return user


def _known(address: str) -> User | None:
    confirmed = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    return confirmed.user if confirmed is not None else User.objects.filter(email=address).first()


def _newcomer(address: str, name: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(address, name=name)
    except IntegrityError:
        return User.objects.get(email=address)
