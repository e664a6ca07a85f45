"""A firm's rate cards and catalogue."""

from rest_framework import serializers

from api.fields import Key, Metadata, Number, Shown, Strict, Text, Word, text_of
from api.serializers.pricing import RateInputSerializer
from api.serializers.proposals import PageQuerySerializer
from proposals.models import CatalogueItem, LineItem, Rate, RateCard, Tax


class RateCardQuerySerializer(PageQuerySerializer):
    """Which versions."""

    currency = Text(max_length=3, required=False)


class NewRateCardSerializer(Strict):
    """The rates of a new version; without `valid_from` a rate holds from today on."""

    currency = text_of(RateCard, "currency")
    rates = RateInputSerializer(many=True)


class CardRateSerializer(Shown):
    """A rate of a version. Both days are included; without `to` it has no end."""

    role = serializers.CharField()
    rate = Number()
    unit = serializers.ChoiceField(choices=Rate.Unit.values)
    valid_from = serializers.CharField()
    valid_to = serializers.CharField(allow_null=True)


class RateCardSerializer(Shown):
    """A version of the firm's rates in one currency. It never changes."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    currency = serializers.CharField()
    rates = CardRateSerializer(many=True)
    made_at = serializers.DateTimeField()


class CatalogueQuerySerializer(PageQuerySerializer):
    """Which items."""

    external_id = Text(max_length=200, required=False)
    q = Text(max_length=100, required=False, help_text="Words in title or description")


class CatalogueChangeSerializer(Strict):
    """What changes. `prices` maps currencies to the amount, or to the price of one unit or period; it replaces all.

    `tax_category` chooses which of a proposal's taxes the line carries; empty, its standard ones.
    """

    title = text_of(CatalogueItem, "title", required=False)
    detail = text_of(CatalogueItem, "detail", required=False)
    kind = Word(choices=CatalogueItem.Kind.values, required=False)
    quantity = Number(allow_null=True, required=False)
    unit_label = text_of(CatalogueItem, "unit_label", required=False)
    role = text_of(CatalogueItem, "role", required=False)
    unit = Word(choices=["", *Rate.Unit.values], required=False)
    prices = serializers.DictField(child=Number(), required=False)
    certainty = Word(choices=["", *LineItem.Certainty.values], required=False)
    tax_category = Word(choices=["", *Tax.Category.values], required=False)
    external_id = text_of(CatalogueItem, "external_id", required=False)
    metadata = Metadata(required=False)


class NewCatalogueItemSerializer(CatalogueChangeSerializer):
    """An item to add."""

    title = text_of(CatalogueItem, "title")


class PutCatalogueItemSerializer(NewCatalogueItemSerializer):
    """An item as it is to stand; what is left out is empty."""

    external_id = None  # type: ignore[assignment]


class CatalogueItemSerializer(Shown):
    """An item of the catalogue. A line that was made from it keeps what it says."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    detail = serializers.CharField()
    kind = serializers.ChoiceField(choices=CatalogueItem.Kind.values)
    quantity = Number(allow_null=True)
    unit_label = serializers.CharField()
    role = serializers.CharField()
    unit = serializers.ChoiceField(choices=["", *Rate.Unit.values])
    prices = serializers.DictField(child=Number())
    certainty = serializers.ChoiceField(choices=["", *LineItem.Certainty.values])
    tax_category = serializers.ChoiceField(choices=["", *Tax.Category.values])
    external_id = serializers.CharField()
    metadata = Metadata()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class PickSerializer(Strict):
    """An item to add as a line; without `quantity`, with its usual one."""

    item = Key()
    quantity = Number(required=False)


class PicksSerializer(Strict):
    """Items of the seller's catalogue to add to a price section, all of them or none."""

    items = PickSerializer(many=True)


class AddedLinesSerializer(Shown):
    """The lines that were made."""

    lines = serializers.ListField(child=serializers.UUIDField())
