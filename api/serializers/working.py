"""The working of a price, as the schema describes it."""

from rest_framework import serializers

from api.fields import Shown, Strict, Text, Word

EXACT = "A decimal number, or a fraction such as `400/3` where that has no end"


class WorkingQuerySerializer(Strict):
    """Which amounts, and whether in words."""

    of = Text(
        required=False,
        max_length=300,
        help_text="The name of one amount, such as `totals.total` or `line:<id>.gross`: only what it was made of",
    )
    words = Word(
        choices=["true", "false"], required=False, help_text="`true` adds to every step its name and a sentence"
    )


class RuleSerializer(Shown):
    """A rule of calculation. `source` is a section of the pricing specification, summed up in docs/pricing.md."""

    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    formula = serializers.CharField()
    rounding = serializers.ChoiceField(choices=["none", "half_away", "largest_remainder"])


class StepInputSerializer(Shown):
    """A number that went in. `of` is the key of the step that made it; without it somebody stated it."""

    name = serializers.CharField()
    value = serializers.CharField(help_text=EXACT)
    of = serializers.CharField(required=False)
    note = serializers.CharField(required=False)


class StepSerializer(Shown):
    """One amount: its inputs, put into the formula of its rule, give `exact`, which rounded gives `result`."""

    key = serializers.CharField()
    rule = serializers.CharField()
    inputs = StepInputSerializer(many=True)
    exact = serializers.CharField(help_text=EXACT)
    rounding = serializers.ChoiceField(choices=["none", "half_away", "largest_remainder"])
    result = serializers.CharField(help_text=EXACT)
    facts = serializers.DictField(child=serializers.CharField(), required=False)
    name = serializers.CharField(required=False)
    sentence = serializers.CharField(required=False)


class WorkingSerializer(Shown):
    """How amounts came about, in the order of calculation.

    `rules` are those that the steps use, by id. With `of` the last step is the amount that was asked for; without it
    `aliases` maps further names of amounts to the keys of steps. In the working of a proposal `revision` is the number
    of the revision that it describes, null for what stands there now.
    """

    currency = serializers.CharField()
    places = serializers.IntegerField(help_text="Decimals of the currency")
    of = serializers.CharField(required=False)
    rules = serializers.DictField(child=RuleSerializer())
    steps = StepSerializer(many=True)
    aliases = serializers.DictField(child=serializers.CharField(), required=False)
    revision = serializers.IntegerField(required=False, allow_null=True)
