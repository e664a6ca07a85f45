"""Proposals: their title, dates, parties, and what the caller may do there."""

from typing import Final

from rest_framework import serializers

from accounts.models import User
from api.fields import Day, Flag, Key, Limit, Metadata, Moment, Shown, Strict, Text, Word, text_of
from api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from proposals.access import RULES
from proposals.documents.change_order_request import RequestStatus
from proposals.languages import LANGUAGES
from proposals.models import ExtensionRequest, Participant, Party, Proposal, Reopening, Side, VoidRequest
from proposals.starters import STARTERS
from proposals.states import State


class ContactSerializer(Strict):
    """Whom a proposal is made with. Name or firm must be there; the address gets no mail before sharing."""

    name = text_of(User, "name", required=False)
    email = Text(max_length=254)
    firm = Text(max_length=200, allow_blank=True, required=False)


TEMPLATE_HELP: Final = f"One of {', '.join(STARTERS)}, or the id of one of the firm's own templates"


class NewProposalSerializer(Strict):
    """A proposal to start, in state `preparing`. Without `template` it is empty.

    `variables` fill those of the firm's own template, by name; what is left out stays in square brackets.

    `firm` is needed only by people who belong to several; a token always acts for its own firm.
    """

    title = text_of(Proposal, "title")
    currency = Text(help_text="ISO 4217 code")
    client = ContactSerializer()
    template = Text(max_length=40, required=False, help_text=TEMPLATE_HELP)
    variables = serializers.DictField(child=Text(max_length=300, allow_blank=True), required=False)
    firm = Key(required=False)
    external_id = text_of(Proposal, "external_id", required=False)
    metadata = Metadata(required=False)


class PutProposalSerializer(NewProposalSerializer):
    """A proposal that is to be there under an external id."""

    external_id = None  # type: ignore[assignment]


class PartyChangeSerializer(Strict):
    """How a party stands in the contract."""

    name = text_of(Party, "name", required=False)
    legal_name = text_of(Party, "legal_name", required=False)
    address = text_of(Party, "address", required=False)
    registration = text_of(Party, "registration", required=False)


class PartiesChangeSerializer(Strict):
    """Each side writes its own details; the seller may write both while preparing."""

    seller = PartyChangeSerializer(required=False)
    client = PartyChangeSerializer(required=False)


SIGNING_ORDER = (
    "`parallel` (in any order), `client_first`, `seller_first`, or whose turn it is each time, as sides joined by "
    "commas: `client,seller,client`. Each time the next signatory of that side signs; whoever is left signs at the "
    "end, the client's people first."
)


class ProposalChangeSerializer(Strict):
    """What changes; fields that are left out stay as they are."""

    title = text_of(Proposal, "title", required=False)
    starts_on = Day(allow_null=True, required=False)
    offer_until = Day(allow_null=True, required=False)
    offer_reason = text_of(Proposal, "offer_reason", required=False)
    language = Word(choices=LANGUAGES, required=False, help_text="In which numbers and dates are written, ISO 639")
    paper = Word(choices=Proposal.Paper.values, required=False)
    signing_order = Text(max_length=400, required=False, help_text=SIGNING_ORDER)
    code_before_reading = Flag(required=False)
    parties = PartiesChangeSerializer(required=False)
    external_id = text_of(Proposal, "external_id", required=False)
    metadata = Metadata(required=False)


class CopySerializer(Strict):
    """A copy's title and client; without them both are as before."""

    title = text_of(Proposal, "title", required=False)
    client = ContactSerializer(required=False)


class ChangeOrderSerializer(Strict):
    """What a change order is called; without a title it is numbered."""

    title = text_of(Proposal, "title", required=False)


class ReasonSerializer(Strict):
    """Why. Both sides read it; it may be left out."""

    reason = Text(max_length=1000, allow_blank=True, required=False)


class FreezeSerializer(Strict):
    """Open counter-offers are asked about: say that they may stay unanswered."""

    leave_offers_open = Flag(default=False)


class ReopenSerializer(Strict):
    """Why it is reopened. Both sides read it; it may be left out."""

    reason = text_of(Reopening, "reason", required=False)


class PartySerializer(Shown):
    """A party as it stands in the contract."""

    name = serializers.CharField()
    legal_name = serializers.CharField()
    address = serializers.CharField()
    registration = serializers.CharField()


class PartiesSerializer(Shown):
    """Both parties."""

    seller = PartySerializer()
    client = PartySerializer()


class ProposalSerializer(Shown):
    """A proposal. `side` is the caller's. `revision` is the number of the frozen or signed revision, else null."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=[state.value for state in State])
    side = serializers.ChoiceField(choices=Side.values)
    currency = serializers.CharField()
    language = serializers.CharField()
    paper = serializers.ChoiceField(choices=Proposal.Paper.values)
    signing_order = serializers.CharField(help_text=SIGNING_ORDER)
    starts_on = serializers.DateField(allow_null=True)
    offer_until = serializers.DateField(allow_null=True)
    offer_reason = serializers.CharField(help_text="Why the offer stands until then")
    extended_until = serializers.DateField(
        allow_null=True, help_text="A later last day that was granted beside a frozen revision"
    )
    code_before_reading = serializers.BooleanField()
    parties = PartiesSerializer()
    relationship = serializers.UUIDField()
    revision = serializers.IntegerField(allow_null=True)
    external_id = serializers.CharField()
    metadata = Metadata()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    page_url = serializers.URLField()


class AbilitiesSerializer(Shown):
    """What the caller may do now, with this token."""

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """One for each rule of the table of permissions."""
        return {name: serializers.BooleanField(help_text=rule.does.capitalize()) for name, rule in RULES.items()}


class ExtensionRequestSerializer(Shown):
    """The last request for more time, with its answer."""

    status = serializers.ChoiceField(choices=ExtensionRequest.Status.values)
    asked_by = serializers.CharField(source="asked_by_name")
    text = serializers.CharField()
    wished_until = serializers.DateField(allow_null=True)
    granted_until = serializers.DateField(allow_null=True)
    answer = serializers.CharField()
    answered_by = serializers.CharField(source="answered_by_name")
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class VoidRequestSerializer(Shown):
    """The last proposal to void what was signed, with its answer."""

    status = serializers.ChoiceField(choices=VoidRequest.Status.values)
    side = serializers.ChoiceField(choices=Side.values)
    asked_by = serializers.CharField(source="asked_by_name")
    reason = serializers.CharField()
    answer = serializers.CharField()
    answered_by = serializers.CharField(source="answered_by_name")
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class ChangeOrderRequestSerializer(Shown):
    """The last request for a change order to this signed proposal, and what became of it."""

    status = serializers.ChoiceField(choices=RequestStatus.values)
    asked_by = serializers.CharField()
    text = serializers.CharField()
    answer = serializers.CharField()
    answered_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class ProposalDetailSerializer(ProposalSerializer):
    """A proposal, and what the caller may do there."""

    role = serializers.ChoiceField(choices=Participant.Role.values)
    is_signatory = serializers.BooleanField()
    can = AbilitiesSerializer()
    extension_request = ExtensionRequestSerializer(allow_null=True)
    void_request = VoidRequestSerializer(allow_null=True)
    change_order_request = ChangeOrderRequestSerializer(allow_null=True)


class PageQuerySerializer(Strict):
    """Which page of a list."""

    cursor = Text(max_length=1000, required=False, help_text="From `next` or `previous`")
    limit = Limit(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)


class ProposalQuerySerializer(PageQuerySerializer):
    """Which proposals."""

    external_id = Text(max_length=200, required=False)
    updated_since = Moment(required=False, help_text="Changed at this moment or later")
    state = Word(choices=[state.value for state in State], required=False)
