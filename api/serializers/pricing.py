"""Lines, discounts, taxes, rates, the settings of the whole document, and what it all comes to."""

from typing import Any, NoReturn

from rest_framework import serializers

from api.fields import Day, Flag, Key, Metadata, Number, Shown, Strict, Text, Whole, Word, text_of
from api.serializers.proposals import PageQuerySerializer
from api.serializers.results import LineResult, PriceResult
from api.serializers.schedule import InstalmentInputSerializer, Schedule
from proposals.actions.changing import WHY_LENGTH
from proposals.actions.line_rows import LINES_COUNT
from proposals.models import Discount, LineItem, Proposal, Rate, Tax
from proposals.pricing import LINE_KINDS
from proposals.pricing.discounts import MINIMUM_TEXT_LENGTH

WHY_HELP = "Why the price changes, in a sentence that both sides read in the ledger"


class Reason(Word):
    """Why there is a discount. Whatever is wrong with it has the one code of pricing-spec 16."""

    def fail(self, key: str, **_: Any) -> NoReturn:
        """Refuse it."""
        detail = "Choose the reason of the discount; the client reads it beside the amount."
        raise serializers.ValidationError(detail, code="discount_reason_required")


class ReasonText(Text):
    """The sentence that the client reads beside a discount."""

    def fail(self, key: str, **_: Any) -> NoReturn:
        """Refuse it, with the one code of pricing-spec 16."""
        detail = (
            "Write in a sentence why this client gets the discount and what would end it: "
            f"{MINIMUM_TEXT_LENGTH} characters at least."
        )
        raise serializers.ValidationError(detail, code="discount_text_required")

    def to_internal_value(self, data: Any) -> str:
        """The sentence as sent."""
        if not isinstance(data, str) or len(data.strip()) < MINIMUM_TEXT_LENGTH:
            self.fail("short")
        return data


class DiscountInputSerializer(Strict):
    """A discount. The client reads reason and text; both must be there, the text with ten characters or more."""

    type = Word(choices=Discount.Type.values)
    value = Number(help_text="Percent, or an amount in the document's currency")
    reason = Reason(choices=Discount.Reason.values)
    text = text_of(Discount, "text", kind=ReasonText)
    policy_line = text_of(
        Discount,
        "policy_line",
        required=False,
        help_text="The number of the line of the published discount list that it follows; without it and without an "
        "exception the first line that allows it",
    )
    policy_version = Whole(
        min_value=1,
        allow_null=True,
        required=False,
        help_text="The version of the list that was read; refused if it is another one by now",
    )
    exception = text_of(Discount, "exception", required=False, help_text="Why it is an exception from the list")


class DocumentDiscountInputSerializer(DiscountInputSerializer):
    """A discount on the whole. A `conditional` one is not deducted but shown as what early payment saves."""

    conditional = Flag(required=False)
    within_days = Whole(
        min_value=1, max_value=365, allow_null=True, required=False, help_text="Days after the invoice to pay within"
    )
    pay_by = Day(allow_null=True, required=False, help_text="The day to pay by, instead of `within_days`")


class DiscountSerializer(Shown):
    """A discount on a line or a section."""

    type = serializers.ChoiceField(choices=Discount.Type.values)
    value = Number()
    reason = serializers.ChoiceField(choices=Discount.Reason.values)
    text = serializers.CharField()
    policy_line = serializers.CharField(required=False)
    policy_version = serializers.IntegerField(required=False)
    exception = serializers.CharField(required=False)


class DocumentDiscountSerializer(DiscountSerializer):
    """A discount on the whole document."""

    conditional = serializers.BooleanField()
    within_days = serializers.IntegerField(required=False)
    pay_by = serializers.DateField(required=False)


class Asks(serializers.ListField):
    """What the seller alone is asked after a change."""

    def __init__(self) -> None:
        super().__init__(
            child=serializers.CharField(),
            required=False,
            help_text="After a change, to the seller's side only: questions about discounts that were exceptions from "
            "its list too often. The change was made all the same",
        )


class TaxInputSerializer(Strict):
    """A tax. With the `id` of a tax that is there it is changed, without one it is new."""

    id = Key(required=False)
    label = text_of(Tax, "label")  # type: ignore[assignment]
    jurisdiction = text_of(Tax, "jurisdiction", required=False)
    category = Word(choices=Tax.Category.values, required=False)
    rate = Number(help_text="Percent")
    note = text_of(Tax, "note", required=False)


class TaxSerializer(Shown):
    """A tax that lines may carry."""

    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    jurisdiction = serializers.CharField()
    category = serializers.ChoiceField(choices=Tax.Category.values)
    rate = Number()
    note = serializers.CharField()


class RateInputSerializer(Strict):
    """An entry of the rate card; without `valid_from` it holds from the price date on."""

    role = text_of(Rate, "role")
    rate = Number()
    unit = Word(choices=Rate.Unit.values)
    valid_from = Day(allow_null=True, required=False)
    valid_to = Day(allow_null=True, required=False)


class RateSerializer(Shown):
    """An entry of the rate card."""

    role = serializers.CharField()
    rate = Number()
    unit = serializers.ChoiceField(choices=Rate.Unit.values)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class LineChangeSerializer(Strict):
    """What changes; fields that are left out stay as they are. Which numbers count depends on `kind`.

    The seller changes everything but `selected`. The client changes `selected` of options and `quantity` where
    the seller left it open. `discounts` and `taxes` replace those of the line.
    """

    kind = Word(choices=list(LINE_KINDS), required=False)
    title = text_of(LineItem, "title", required=False)
    order = Whole(min_value=0, required=False, help_text="Place within the section, counted from 0")
    detail = text_of(LineItem, "detail", required=False)
    role = text_of(LineItem, "role", required=False)
    quantity = Number(allow_null=True, required=False)
    unit = Word(choices=["", *Rate.Unit.values], required=False)
    unit_label = text_of(LineItem, "unit_label", required=False)
    rate_override = Number(allow_null=True, required=False)
    rate_note = text_of(LineItem, "rate_note", required=False)
    rate_date = Day(
        allow_null=True, required=False, help_text="Of time: the day whose rate applies, instead of `price_date`"
    )
    amount = Number(allow_null=True, required=False)
    unit_cost = Number(allow_null=True, required=False)
    markup_percent = Number(allow_null=True, required=False)
    price = Number(allow_null=True, required=False)
    periods = Number(allow_null=True, required=False)
    unit_price = Number(allow_null=True, required=False)
    percent = Number(allow_null=True, required=False)
    percent_of = serializers.ListField(child=Key(), required=False, max_length=2000)
    certainty = Word(choices=["", *LineItem.Certainty.values], required=False)
    discountable = Flag(allow_null=True, required=False)
    optional = Flag(required=False)
    selected = Flag(required=False)
    alternative_group = text_of(LineItem, "alternative_group", required=False)
    alternative_option = text_of(LineItem, "alternative_option", required=False)
    client_may_change_quantity = Flag(required=False)
    quantity_min = Number(allow_null=True, required=False)
    quantity_max = Number(allow_null=True, required=False)
    taxes = serializers.ListField(child=Key(), required=False, max_length=100)
    discounts = DiscountInputSerializer(many=True, required=False)
    why = Text(max_length=WHY_LENGTH, allow_blank=True, required=False, help_text=WHY_HELP)
    external_id = text_of(LineItem, "external_id", required=False)
    metadata = Metadata(required=False)


class NewLineSerializer(LineChangeSerializer):
    """A line to add, at the end unless `order` says where. Without `taxes` it carries the standard ones."""

    kind = Word(choices=list(LINE_KINDS))
    title = text_of(LineItem, "title")
    selected = None  # type: ignore[assignment]


class PutLineSerializer(NewLineSerializer):
    """A line as it is to stand."""

    external_id = None  # type: ignore[assignment]


class BatchLineSerializer(NewLineSerializer):
    """One of several lines: it stands after those before it and carries the standard taxes."""

    order = None  # type: ignore[assignment]
    taxes = None  # type: ignore[assignment]
    discounts = None  # type: ignore[assignment]
    why = None  # type: ignore[assignment]


class NewLinesSerializer(Strict):
    """Lines to add at the end of a section, all of them or none."""

    lines = BatchLineSerializer(many=True, allow_empty=False)
    why = Text(max_length=WHY_LENGTH, allow_blank=True, required=False, help_text=WHY_HELP)


class LineKeysSerializer(Strict):
    """Lines of a section to take out, all of them or none."""

    lines = serializers.ListField(child=Key(), allow_empty=False, max_length=LINES_COUNT)
    why = Text(max_length=WHY_LENGTH, allow_blank=True, required=False, help_text=WHY_HELP)


class LineSerializer(Shown):
    """A line, and in `result` what it comes to. Numbers that do not count for its kind are null."""

    id = serializers.UUIDField()
    section = serializers.UUIDField()
    order = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=list(LINE_KINDS))
    title = serializers.CharField()
    detail = serializers.CharField()
    role = serializers.CharField()
    quantity = Number(allow_null=True)
    unit = serializers.ChoiceField(choices=["", *Rate.Unit.values])
    unit_label = serializers.CharField()
    rate_override = Number(allow_null=True)
    rate_note = serializers.CharField()
    rate_date = serializers.DateField(allow_null=True)
    amount = Number(allow_null=True)
    unit_cost = Number(allow_null=True)
    markup_percent = Number(allow_null=True)
    price = Number(allow_null=True)
    periods = Number(allow_null=True)
    unit_price = Number(allow_null=True)
    percent = Number(allow_null=True)
    percent_of = serializers.ListField(child=serializers.CharField())
    certainty = serializers.ChoiceField(choices=["", *LineItem.Certainty.values])
    discountable = serializers.BooleanField(allow_null=True)
    optional = serializers.BooleanField()
    selected = serializers.BooleanField()
    alternative_group = serializers.CharField()
    alternative_option = serializers.CharField()
    client_may_change_quantity = serializers.BooleanField()
    quantity_min = Number(allow_null=True)
    quantity_max = Number(allow_null=True)
    taxes = serializers.ListField(child=serializers.UUIDField())
    discounts = DiscountSerializer(many=True)
    result = LineResult()
    external_id = serializers.CharField()
    metadata = Metadata()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()
    asks = Asks()


class LineQuerySerializer(PageQuerySerializer):
    """Which lines."""

    external_id = Text(max_length=200, required=False)


class PricingChangeSerializer(Strict):
    """What changes, in this order: settings, taxes, rate card, discounts, choices, payment schedule. Lists replace what
    stands there.

    The seller changes everything but `choices`, which are the client's; an empty option leaves a group undecided.
    """

    currency = Text(required=False, help_text="ISO 4217 code")
    price_basis = Word(choices=Proposal.PriceBasis.values, required=False)
    tax_rounding = Word(choices=Proposal.TaxRounding.values, required=False)
    price_date = Day(required=False)
    hours_per_day = Number(required=False)
    working_in_document = Flag(
        required=False, help_text="Whether the PDF has the appendix “How the numbers were made”; it has by default"
    )
    taxes = TaxInputSerializer(many=True, required=False)
    rate_card_number = Whole(
        min_value=1, required=False, help_text="The version of the seller's rates to put in place of the rate card"
    )
    rate_card = RateInputSerializer(many=True, required=False)
    discounts = DocumentDiscountInputSerializer(many=True, required=False)
    choices = serializers.DictField(child=Text(max_length=60, allow_blank=True), required=False)
    schedule = InstalmentInputSerializer(
        many=True, required=False, help_text="The whole payment schedule; an empty list takes it out"
    )
    why = Text(max_length=WHY_LENGTH, allow_blank=True, required=False, help_text=WHY_HELP)


class AlternativesSerializer(Shown):
    """A group of which the client takes exactly one option; `chosen` is empty while undecided."""

    group = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    chosen = serializers.CharField()


class PricingSerializer(Shown):
    """The settings of the whole document and what it comes to.

    `result` is the whole calculation. `total_display` is the total as every page and PDF writes it.
    """

    currency = serializers.CharField()
    price_basis = serializers.ChoiceField(choices=Proposal.PriceBasis.values)
    tax_rounding = serializers.ChoiceField(choices=Proposal.TaxRounding.values)
    price_date = serializers.DateField()
    hours_per_day = Number()
    working_in_document = serializers.BooleanField()
    taxes = TaxSerializer(many=True)
    rate_card = RateSerializer(many=True)
    rate_card_number = serializers.IntegerField(
        allow_null=True, help_text="The version of the seller's rates that was taken last"
    )
    discounts = DocumentDiscountSerializer(many=True)
    choices = serializers.DictField(child=serializers.CharField())
    alternatives = AlternativesSerializer(many=True)
    schedule = Schedule(allow_null=True)
    result = PriceResult()
    total_display = serializers.CharField()
    version = serializers.IntegerField()
    asks = Asks()
