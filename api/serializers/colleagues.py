"""Who may agree for a side, and a colleague's look before that."""

from rest_framework import serializers

from api.fields import Flag, Key, Shown, Strict, text_of
from proposals.models import ColleagueReview, Side


class AgreeingChangeSerializer(Strict):
    """Who may agree, by their ids as participants; an empty list leaves it to everybody who may write or signs.

    `holds_for_reviews`: the side agrees to nothing while a colleague has yet to answer.
    """

    participants = serializers.ListField(child=Key(), max_length=100, required=False)
    holds_for_reviews = Flag(required=False)


class AgreeingSerializer(Shown):
    """Who may agree for the caller's side: everybody who may write or signs, unless it names who does."""

    side = serializers.ChoiceField(choices=Side.values)
    names_who_agrees = serializers.BooleanField(
        help_text="Whether only those in `participants` agree. Then nobody does while that list is empty."
    )
    participants = serializers.ListField(child=serializers.UUIDField())
    holds_for_reviews = serializers.BooleanField()


class NewReviewSerializer(Strict):
    """Which colleague is asked, by their id as a participant, and what for."""

    participant = Key()
    text = text_of(ColleagueReview, "text", required=False)


class ReviewAnswerSerializer(Strict):
    """Whether it is fine. What is not fine is said in `text`."""

    is_fine = Flag()
    text = text_of(ColleagueReview, "answer", required=False)


class ReviewSerializer(Shown):
    """A colleague who was asked to look. `is_fine` is null until they have answered."""

    id = serializers.UUIDField()
    asked_by = serializers.CharField()
    participant = serializers.UUIDField()
    colleague = serializers.CharField()
    text = serializers.CharField()
    is_fine = serializers.BooleanField(allow_null=True)
    answer = serializers.CharField()
    created_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
