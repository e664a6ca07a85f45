"""Legal records and checks: revisions, the audit trail, room tickets, verdicts on files, problems."""

from rest_framework import serializers

from api.fields import Shown, Strict, Upload, Word
from api.serializers.proposals import PageQuerySerializer
from proposals.models import Side

SHA256 = "SHA-256 as hexadecimal text"


class ReopeningSerializer(Shown):
    """A revision that was reopened counts no more."""

    side = serializers.ChoiceField(choices=Side.values)
    reason = serializers.CharField()
    reopened_at = serializers.DateTimeField()


class RevisionSerializer(Shown):
    """What was frozen. `sha256` is that of `content` written as RFC 8785 JSON."""

    number = serializers.IntegerField()
    sha256 = serializers.CharField(help_text=SHA256)
    text_seq = serializers.IntegerField()
    engine_version = serializers.CharField()
    frozen_at = serializers.DateTimeField()
    reopening = ReopeningSerializer(allow_null=True)
    content = serializers.DictField()


class AuditActorSerializer(Shown):
    """Who did it. `id` is null for a firm's service token."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values)


class AuditEventSerializer(Shown):
    """One link of the chain.

    `hash` is SHA-256 over the RFC 8785 JSON of `{proposal, epoch, number, type, created_at, content_digest,
    previous_hash}`, with `created_at` as UTC with microseconds and offset. `content_digest` is SHA-256 over `salt`
    and the RFC 8785 JSON of `{actor, name, side, facts}`, where an absent actor is three empty strings.
    """

    epoch = serializers.IntegerField()
    number = serializers.IntegerField()
    type = serializers.CharField()
    created_at = serializers.DateTimeField()
    actor = AuditActorSerializer(allow_null=True)
    sentence = serializers.CharField()
    facts = serializers.DictField()
    salt = serializers.CharField()
    content_digest = serializers.CharField(help_text=SHA256)
    previous_hash = serializers.CharField(help_text=f"{SHA256}; empty for the first event")
    hash = serializers.CharField(help_text=SHA256)


class ChainVerdictSerializer(Shown):
    """Whether the whole trail is intact. `broken_at` is the first number that does not fit."""

    whole = serializers.BooleanField()
    length_count = serializers.IntegerField()
    head_hash = serializers.CharField()
    broken_at = serializers.IntegerField(allow_null=True)
    why = serializers.CharField()


class AuditTrailSerializer(Shown):
    """A page of the trail, the oldest event first; with `?verify=1` also the verdict on all of it."""

    results = AuditEventSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    verification = ChainVerdictSerializer(required=False)


class AuditQuerySerializer(PageQuerySerializer):
    """Which page of the trail."""

    verify = Word(choices=["1", "0"], default="0", help_text="1: also check the chain")


class RoomTicketSerializer(Shown):
    """A pass into the room for ten minutes. `url` is the socket's address with the ticket in it."""

    ticket = serializers.CharField()
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class VerificationInputSerializer(Strict):
    """The PDF to check. Nothing of it is kept."""

    file = Upload()


class FindingSerializer(Shown):
    """One thing noticed."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    severity = serializers.ChoiceField(choices=["broken", "warning", "note"])


class SignerSerializer(Shown):
    """A signature as the file shows it."""

    slot = serializers.CharField()
    side = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    firm = serializers.CharField()
    email = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)
    time_source = serializers.ChoiceField(choices=["server", "authority", "unconfirmed_authority"])
    time_sentence = serializers.CharField()
    level = serializers.CharField()
    certificate_serial = serializers.CharField()
    issuer = serializers.CharField()
    is_valid = serializers.BooleanField()  # type: ignore[assignment]
    issued_by_us = serializers.BooleanField()


class RevisionSeenSerializer(Shown):
    """Which revision the file says it is."""

    proposal_id = serializers.CharField()
    title = serializers.CharField()
    number = serializers.IntegerField()
    frozen_at = serializers.CharField()
    sha256 = serializers.CharField(help_text=SHA256)
    slots = serializers.ListField(child=serializers.CharField())


class VerdictSerializer(Shown):
    """Whether a file is what was signed. `outcome`: `intact` and from here, `foreign` (intact), or `broken`."""

    outcome = serializers.ChoiceField(choices=["intact", "foreign", "broken"])
    ok = serializers.BooleanField()
    ours = serializers.BooleanField()
    summary = serializers.CharField()
    sha256 = serializers.CharField(help_text=SHA256)
    findings = FindingSerializer(many=True)
    signers = SignerSerializer(many=True)
    revision = RevisionSeenSerializer(allow_null=True)
    root_fingerprint = serializers.CharField()


class ProblemErrorSerializer(Shown):
    """One wrong value: a JSON pointer into what was sent, a code, a sentence."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(Shown):
    """An error (RFC 9457). `code` is stable; `detail` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]
