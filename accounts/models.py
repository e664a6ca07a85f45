"""Firms, people, memberships and API tokens.

A firm can be the seller in one relationship and the client in another: there is one kind of firm.
"""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.queries import Prepared


class UserManager(BaseUserManager["User"]):
    """Makes people. The e-mail address is the user name and is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person without a usable password unless one is given."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """An operator with access to the (read-only) admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Look up by e-mail, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Whether the address is verified stands in allauth's `EmailAddress`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name people see: the person's own, else the part of the address before the @."""
        return self.name or self.email.partition("@")[0]

    @property
    def initials(self) -> str:
        """One or two capitals for the small face."""
        return initials_of(self.display_name)

    def get_short_name(self) -> str:
        """The first name, for carets and mails."""
        return self.display_name.split()[0] if self.display_name.split() else self.email


def initials_of(name: str) -> str:
    """“Maya Lindqvist” gives “ML”; a single word gives its first letter; nothing gives “?”."""
    words = name.split()
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Firm(models.Model):
    """A company or practice, on either side of a table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=300, blank=True)
    address = models.TextField(max_length=1000, blank=True)
    registration = models.CharField(max_length=200, blank=True)
    logo = models.CharField(max_length=64, blank=True)
    """The SHA-256 of the logo's PNG (see `logos.py`), "" if there is none."""
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a firm. Owners may admit people and make service tokens."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        MEMBER = "member", "Member"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["firm", "user"], name="one_membership_per_firm"),)

    def __str__(self) -> str:
        return f"{self.user} of {self.firm}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Finding tokens."""

    def usable(self, secret: str, now: datetime) -> "ApiToken | None":
        """The token behind a secret, or None if it is unknown, revoked or expired.

        Found by the digest, and nothing is compared with the secret itself: how long a search takes tells of digests
        only, which nobody can choose letter by letter.
        """
        token: ApiToken | None = _TOKEN.one(ApiToken.digest_of(secret))
        if token is None or token.revoked_at is not None:
            return None
        if token.expires_at is not None and token.expires_at <= now:
            return None
        if token.user is not None and not token.user.is_active:
            return None
        return token


class ApiToken(models.Model):
    """A bearer token of a person in a firm, or of the firm itself (a service token, without a person).

    Only the SHA-256 of the secret is stored; the secret has 256 random bits, so a fast hash is enough.
    """

    class Scope(models.TextChoices):
        PROPOSALS_READ = "proposals:read", "Read proposals"
        PROPOSALS_WRITE = "proposals:write", "Change proposals"
        PRICING_WRITE = "pricing:write", "Change prices"
        DOCUMENTS_READ = "documents:read", "Fetch documents"
        WEBHOOKS_MANAGE = "webhooks:manage", "Manage webhooks"

    PREFIX = "same_"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="api_tokens")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="api_tokens")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        """SHA-256 of the secret, as hexadecimal text."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(
        cls,
        *,
        firm: Firm,
        name: str,
        scopes: list[str],
        user: User | None = None,
        expires_at: datetime | None = None,
        made_by: User | None = None,
    ) -> tuple["ApiToken", str]:
        """Make a token. Returns it with its secret, which is shown this once."""
        secret = cls.PREFIX + secrets.token_urlsafe(32)
        token = cls.objects.create(
            firm=firm,
            user=user,
            made_by=made_by or user,
            name=name,
            scopes=sorted(scopes),
            digest=cls.digest_of(secret),
            hint=secret[: len(cls.PREFIX) + 6],
            expires_at=expires_at,
        )
        return token, secret


_TOKEN: Final = Prepared(lambda digest: ApiToken.objects.select_related("user", "firm").filter(digest=digest), str)


class Passkey(models.Model):
    """A passkey (WebAuthn) of a person: one more way to show who one is, at the host it was made at.

    Only what is public of it is known here: its id and its public key.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=253)
    credential_id = models.CharField(max_length=1400, unique=True)
    """Base64 for URLs, as browsers send it."""
    credential = models.TextField()
    """Id and public key (attested credential data, WebAuthn 6.5.2), base64 for URLs."""
    sign_count = models.PositiveBigIntegerField(default=0)
    """How often it says it was used; 0 for passkeys that do not count."""
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.name


class MailedCode(models.Model):
    """A code that was mailed to somebody for one act: its digest, never itself; 15 minutes, five attempts, one use."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("-created_at", "-id")


class AccountCode(MailedCode):
    """A code mailed before an account gets one more way in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="account_codes")

    def __str__(self) -> str:
        return f"Code for {self.user}"
