"""Counter-offers and price changes."""

from rest_framework import serializers

from api.fields import Key, Shown, Strict, Text, Whole, Word, text_of
from api.serializers.proposals import PageQuerySerializer
from proposals.actions.changing import WHY_LENGTH
from proposals.documents.targets import LINE_KINDS, WHOLE_KINDS
from proposals.models import CounterOffer, Discount, Side

FIELDS = sorted({*LINE_KINDS, *WHOLE_KINDS})
VALUE_HELP = (
    "A number as text; a discount as “10%” or an amount, “0” for none; a date; “yes” or “no” for an option; the "
    "option's name for an alternative; anything for a removal. For `early_payment` “2%/10” is 2 % within 10 days of "
    "the invoice, “2%/2027-03-01” by that day. For `schedule` the JSON of its instalments, as `schedule` of the "
    "pricing takes them"
)


class NewOfferSerializer(Strict):
    """A value that the other side may change: of a line, of a section, or with neither of the whole."""

    line = Key(required=False)
    section = Key(required=False, help_text="For a discount on a section")
    field = Word(choices=FIELDS)
    group = text_of(CounterOffer, "group", required=False)
    value = text_of(CounterOffer, "value", help_text=VALUE_HELP)
    why = text_of(CounterOffer, "why", required=False)


class OfferAnswerSerializer(Strict):
    """Another value in answer to a counter-offer."""

    value = text_of(CounterOffer, "value", help_text=VALUE_HELP)
    why = text_of(CounterOffer, "why", required=False)


class OfferAcceptSerializer(Strict):
    """What a discount needs when it is accepted; nothing for other values."""

    reason = Word(choices=Discount.Reason.values, required=False)
    text = text_of(Discount, "text", required=False)
    policy_line = text_of(Discount, "policy_line", required=False)
    exception = text_of(Discount, "exception", required=False)


class OfferDeclineSerializer(Strict):
    """Why not, which may be left out."""

    why = text_of(CounterOffer, "closed_why", required=False)


class CounterOfferSerializer(Shown):
    """A counter-offer. `total_now` and `total_then` are there while it is open and in a price."""

    id = serializers.UUIDField()
    line = serializers.UUIDField(allow_null=True)
    section = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    field = serializers.ChoiceField(choices=FIELDS)
    group = serializers.CharField()
    was = serializers.CharField()
    value = serializers.CharField()
    currency = serializers.CharField()
    words = serializers.CharField()
    why = serializers.CharField()
    offered_by = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.values)
    answers = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=CounterOffer.State.values)
    closed_by = serializers.CharField()
    closed_why = serializers.CharField()
    total_now = serializers.CharField(allow_null=True, help_text="Money text")
    total_then = serializers.CharField(allow_null=True, help_text="Money text")
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class OfferQuerySerializer(PageQuerySerializer):
    """Which counter-offers."""

    state = Word(choices=CounterOffer.State.values, required=False)
    line = Text(max_length=36, required=False)


class MoveSerializer(Shown):
    """A value that changed; empty texts for nothing."""

    field = serializers.CharField()
    was = serializers.CharField()
    now = serializers.CharField()


class PriceChangeSerializer(Shown):
    """One entry of the ledger. For a counter-offer that was made, the totals are without and with it.

    `total_before` is null where no earlier event told one, both totals where nothing was moved.
    """

    number = serializers.IntegerField(help_text="The number of its event in the audit trail")
    type = serializers.CharField()
    at = serializers.DateTimeField()
    name = serializers.CharField(help_text="Empty for what follows by itself")
    side = serializers.ChoiceField(choices=Side.values, allow_blank=True)
    title = serializers.CharField()
    sentence = serializers.CharField()
    line = serializers.UUIDField(allow_null=True)
    moves = MoveSerializer(many=True)
    why = serializers.CharField(help_text="What was said last about why; empty for nothing")
    why_at = serializers.DateTimeField(allow_null=True, help_text="When it was said, if later than the change")
    whys_before = serializers.ListField(child=serializers.CharField(), help_text="What had been said before, in order")
    currency = serializers.CharField()
    total_before = serializers.CharField(allow_null=True, help_text="Money text")
    total_after = serializers.CharField(allow_null=True, help_text="Money text")


class UndoSerializer(Strict):
    """Which of one's own changes is taken back; without `number` the last of the past hour."""

    number = Whole(min_value=1, max_value=2_000_000_000, required=False)


class WhySerializer(Strict):
    """Why a price was changed."""

    why = Text(max_length=WHY_LENGTH, help_text="Both sides read it in the ledger")


class PriceChangeQuerySerializer(PageQuerySerializer):
    """Which changes."""

    line = Text(max_length=36, required=False)
