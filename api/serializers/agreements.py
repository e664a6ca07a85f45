"""Who agrees to what, and agreeing."""

from rest_framework import serializers

from api.fields import Shown, Strict, Text


class AgreementSerializer(Shown):
    """A side's last agreement to a part. `current`: it is to what stands there now."""

    name = serializers.CharField()
    fingerprint = serializers.CharField()
    agreed_at = serializers.DateTimeField()
    current = serializers.BooleanField()


class PartSerializer(Shown):
    """A part as it stands: `section:<id>` or `terms`, the terms of the whole."""

    part = serializers.CharField()
    title = serializers.CharField()
    section = serializers.UUIDField(allow_null=True)
    fingerprint = serializers.CharField()
    seller = AgreementSerializer(allow_null=True)
    client = AgreementSerializer(allow_null=True)
    agreed_by_both = serializers.BooleanField()


class ObstacleSerializer(Shown):
    """One thing in the way of freezing. `part` is empty if it is about the whole."""

    code = serializers.CharField()
    detail = serializers.CharField()
    part = serializers.CharField()


class AgreementsSerializer(Shown):
    """Every part with its agreements, as of number `text_seq` of the text's log, and what is in the way of freezing."""

    text_seq = serializers.IntegerField()
    parts = PartSerializer(many=True)
    ready = serializers.BooleanField()
    obstacles = ObstacleSerializer(many=True)


class SeenPartSerializer(Strict):
    """A part with the fingerprint of what the person saw."""

    part = Text(max_length=60)
    fingerprint = Text(max_length=70)


class AgreeSerializer(Strict):
    """The parts to agree to: all of them, or none if one has changed."""

    parts = SeenPartSerializer(many=True, allow_empty=False)


class WithdrawAgreementSerializer(Strict):
    """The parts whose agreement is taken back."""

    parts = serializers.ListField(child=Text(max_length=60), allow_empty=False, max_length=1000)
