"""What people do with their account and their firm: one verb, one function, one transaction.

`by` is the person who does it. A refusal leaves everything as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import logos
from accounts.access import place_in, require_owner
from accounts.exceptions import AccountRefusal, NotYourFirm, OwnersOnly
from accounts.models import ApiToken, Firm, Membership, User
from accounts.people import person_for

LONGEST_OVERLAP = timedelta(days=7)
"""How long a token that was rotated may go on working."""


@dataclass(frozen=True)
class FirmDetails:
    """What a firm is called, and what stands about it in contracts. Only the name must be there."""

    name: str
    legal_name: str = ""
    address: str = ""
    registration: str = ""


def rename_person(*, by: User, name: str) -> User:
    """Change one's own name. What was signed or recorded under the old name keeps it."""
    by.name = name.strip()
    by.save(update_fields=["name"])
    return by


def found_firm(*, by: User, details: FirmDetails) -> Membership:
    """Make a firm; who makes it owns it."""
    with transaction.atomic():
        firm = Firm.objects.create(
            name=details.name,
            legal_name=details.legal_name,
            address=details.address,
            registration=details.registration,
        )
        return Membership.objects.create(firm=firm, user=by, role=Membership.Role.OWNER)


def change_firm(*, by: User, firm: Firm, details: FirmDetails) -> Firm:
    """Change the firm's details. Proposals that exist keep the details they were made with. Owners only."""
    with transaction.atomic():
        locked = _locked(firm)
        require_owner(locked, by, "change the firm’s details")
        locked.name = details.name
        locked.legal_name = details.legal_name
        locked.address = details.address
        locked.registration = details.registration
        locked.save()
    return locked


def change_logo(*, by: User, firm: Firm, sent: bytes | None) -> Firm:
    """Set the firm's logo from a picture that was sent, or take it away with None. Owners only.

    Drafts and revisions that are frozen from now on carry it; what is frozen stays as it is.
    """
    png = logos.drawn_anew(sent) if sent is not None else None
    with transaction.atomic():
        locked = _locked(firm)
        require_owner(locked, by, "change the firm’s logo")
        locked.logo = logos.store(png) if png is not None else ""
        locked.save(update_fields=["logo"])
    return locked


def admit_colleague(*, by: User, firm: Firm, email: str, name: str = "", role: str) -> Membership:
    """Give a person a place in the firm. They come in by a code mailed to the address. Owners only.

    Raises AccountRefusal `already_member` if the person has a place there. Telling them is the caller's part:
    `mails.tell_admitted`.
    """
    with transaction.atomic():
        locked = _locked(firm)
        require_owner(locked, by, "admit people")
        user = person_for(email, name)
        if locked.memberships.filter(user=user).exists():
            raise AccountRefusal(f"{user.email} belongs to {locked.name} already.", code="already_member")
        return Membership.objects.create(firm=locked, user=user, role=role)


def remove_colleague(*, by: User, membership: Membership) -> None:
    """End a person's place in the firm and revoke their tokens there. Owners, or the person themselves.

    Raises AccountRefusal `last_owner` if nobody would be left to admit people.
    """
    with transaction.atomic():
        locked = _locked(membership.firm)
        own = place_in(locked.id, by)
        leaving = locked.memberships.filter(id=membership.id).first()
        if leaving is None:
            raise NotYourFirm()
        if own.role != Membership.Role.OWNER and own.id != leaving.id:
            raise OwnersOnly("remove people")
        owners = locked.memberships.filter(role=Membership.Role.OWNER)
        if not owners.exclude(id=leaving.id).exists():
            raise AccountRefusal(
                f"{leaving.user} is the only owner of {locked.name}. Admit another owner first.", code="last_owner"
            )
        standing = locked.api_tokens.filter(user=leaving.user, revoked_at__isnull=True)
        standing.update(revoked_at=timezone.now())
        leaving.delete()


def issue_token(
    *, by: User, firm: Firm, name: str, scopes: Iterable[str], expires_at: datetime | None, for_firm: bool
) -> tuple[ApiToken, str]:
    """Make an API token: a person's own, or with `for_firm` a service token, which only owners may make.

    Returns it with its secret, which is kept nowhere. Raises AccountRefusal `unknown_scope` or `expired`.
    """
    wanted = set(scopes)
    if not wanted or not wanted <= set(ApiToken.Scope.values):
        raise AccountRefusal("Choose what the token may do.", code="unknown_scope")
    if expires_at is not None and expires_at <= timezone.now():
        raise AccountRefusal("The token would have expired already.", code="expired")
    with transaction.atomic():
        locked = _locked(firm)
        if for_firm:
            require_owner(locked, by, "make service tokens")
        else:
            place_in(locked.id, by)
        return ApiToken.issue(
            firm=locked,
            name=name,
            scopes=list(wanted),
            user=None if for_firm else by,
            expires_at=expires_at,
            made_by=by,
        )


def rotate_token(*, by: User, token: ApiToken, overlap: timedelta) -> tuple[ApiToken, str]:
    """Make a new secret for a token: one's own, or as an owner one of the firm's.

    The new token may what the old one may and lasts as long as that one was made for. The old one works for the
    overlap, at most `LONGEST_OVERLAP` and never longer than it would have; with none it ends at once. Raises
    AccountRefusal `not_standing` for a token that has ended, `rotated_already` for one that another took the place of,
    `bad_overlap`.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise AccountRefusal("The old token works for a week more at most.", code="bad_overlap")
    with transaction.atomic():
        locked = _locked(token.firm)
        if token.user_id is None:
            require_owner(locked, by, "rotate service tokens")
        elif token.user_id != by.id:
            raise AccountRefusal("Whoever a token acts as rotates it; an owner can revoke it.", code="not_yours")
        place_in(locked.id, by)
        old = locked.api_tokens.select_for_update().get(id=token.id)
        now = timezone.now()
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
            raise AccountRefusal("This token has ended already. Make a new one.", code="not_standing")
        if old.rotated_at is not None:
            raise AccountRefusal(
                "This token was rotated already, and ends by itself. Rotate the new one. Nothing was changed.",
                code="rotated_already",
            )
        lasts = old.expires_at - old.created_at if old.expires_at is not None else None
        fresh = ApiToken.issue(
            firm=locked,
            name=old.name,
            scopes=old.scopes,
            user=old.user,
            expires_at=now + lasts if lasts is not None else None,
            made_by=by,
        )
        old.rotated_at = now
        if overlap:
            old.expires_at = min(now + overlap, old.expires_at or now + overlap)
        else:
            old.revoked_at = now
        old.save(update_fields=["expires_at", "revoked_at", "rotated_at"])
    return fresh


def revoke_token(*, by: User, token: ApiToken) -> ApiToken:
    """End a token at once: one's own, or as an owner any of the firm's. Revoking again changes nothing."""
    with transaction.atomic():
        locked = _locked(token.firm)
        if token.user_id != by.id:
            require_owner(locked, by, "revoke this token")
        ending = locked.api_tokens.select_for_update().get(id=token.id)
        if ending.revoked_at is None:
            ending.revoked_at = timezone.now()
            ending.save(update_fields=["revoked_at"])
    return ending


def _locked(firm: Firm) -> Firm:
    """The firm's row as it stands, locked until the transaction ends."""
    locked = Firm.objects.select_for_update(no_key=True).filter(id=firm.id).first()
    if locked is None:
        raise NotYourFirm()
    return locked
