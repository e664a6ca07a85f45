"""Who calls, who takes part, who signs."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiToken, Membership, User
from api.fields import Flag, Key, Shown, Strict, Text, Word, text_of
from proposals.actions.signatories import WHY_LENGTH
from proposals.models import Invitation, Participant, Side

INVITATION_MESSAGE_LENGTH = 2000


class PersonSerializer(Shown):
    """A person."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()


@extend_schema_field({"oneOf": [{"type": "string", "enum": Membership.Role.values}]})
class FirmRole(serializers.ChoiceField):
    """A role or null, described in the one way of which generators of clients make a single type."""


class FirmSerializer(Shown):
    """A firm that the caller acts for. `role` is null for the firm's own service token."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    role = FirmRole(choices=Membership.Role.values, allow_null=True)


class TokenSerializer(Shown):
    """The token that was sent."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    firm = serializers.UUIDField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ApiToken.Scope.values))
    expires_at = serializers.DateTimeField(allow_null=True)


class MeSerializer(Shown):
    """Who calls. `person` is null for a service token, `token` is null in a browser."""

    person = PersonSerializer(allow_null=True)
    firms = FirmSerializer(many=True)
    token = TokenSerializer(allow_null=True)


class InviteSerializer(Strict):
    """Whom to invite. The seller may invite to both sides, the client to its own."""

    email = Text(max_length=254)
    name = text_of(User, "name", required=False)
    side = Word(choices=Side.values, required=False, help_text="The caller's own unless said otherwise")
    role = Word(choices=Participant.Role.values, default=Participant.Role.EDITOR.value)
    is_signatory = Flag(default=False)
    title = text_of(Participant, "title", required=False)
    message = text_of(Invitation, "message", required=False)


class NameSignatorySerializer(Strict):
    """Somebody who is to sign. The seller may name the client's only while preparing."""

    name = text_of(User, "name")
    email = Text(max_length=254)
    title = text_of(Participant, "title", required=False)
    side = Word(choices=Side.values, required=False, help_text="The caller's own unless said otherwise")


class SignatoriesOrderSerializer(Strict):
    """The signatories of the caller's side, who signs first first."""

    participants = serializers.ListField(child=Key(), max_length=100)


class HandOverSerializer(Strict):
    """To whom a place is handed over, and why; both sides read it."""

    name = text_of(User, "name")
    email = Text(max_length=254)
    title = text_of(Participant, "title", required=False)
    why = Text(max_length=WHY_LENGTH)
    slot = Text(max_length=40, required=False, help_text="The caller's own place unless said otherwise")


class ParticipantSerializer(Shown):
    """Somebody who takes part.

    `invitation_url` is the personal link, for those who may invite: the seller, and each side for its own people;
    else null. It opens the proposal for reading.
    """

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    side = serializers.ChoiceField(choices=Side.values)
    role = serializers.ChoiceField(choices=Participant.Role.values)
    is_signatory = serializers.BooleanField()
    may_agree = serializers.BooleanField(help_text="Whether their side named them; nobody named: editors, signatories")
    title = serializers.CharField()
    joined_at = serializers.DateTimeField(allow_null=True)
    invitation_url = serializers.URLField(allow_null=True)


class ParticipantChangeSerializer(Strict):
    """What changes; fields that are left out stay as they are."""

    role = Word(choices=Participant.Role.values, required=False)
    is_signatory = Flag(required=False)


class LinkSerializer(Shown):
    """A personal link. Whoever has it reads the proposal; more takes the code that is mailed to its owner."""

    participant = serializers.UUIDField()
    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class NewSigningLinkSerializer(Strict):
    """Who is to sign, by their id as a participant."""

    participant = Key()


class SigningLinkSerializer(LinkSerializer):
    """A personal link of somebody who is to sign; `sign_url` is for those who are signed in already."""

    sign_url = serializers.URLField()


class SignatorySerializer(Shown):
    """Somebody who is to sign.

    `state`: `waiting` until the proposal is frozen and it is their turn, then `to_sign`, then `signed`; `vacant` is the
    place of somebody who was taken out. `slot` is null until the proposal is frozen.

    A token never signs: signing is a person's act in a browser.
    """

    participant = serializers.UUIDField()
    name = serializers.CharField()
    title = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values)
    slot = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=["waiting", "to_sign", "signed", "vacant"])
    signed_at = serializers.DateTimeField(allow_null=True)
