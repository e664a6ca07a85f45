"""Input as JSON has it, strictly: a text is a string, a flag is a boolean, and a number is a string with decimals.

Limits of length and lists of words come from the models. Whether a value suits its place is the actions' to say.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any, Final

from django.db.models import Field as ModelField
from django.db.models import Model
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.settings import api_settings

from api.sentences import speak
from proposals.actions import values
from proposals.documents.contents import number
from proposals.exceptions import Invalid
from proposals.pricing import PricingError, parse_decimal
from proposals.pricing.errors import shown

speak()

NUMBER_SCHEMA: Final = {"type": "string", "pattern": r"^-?[0-9]{1,15}(\.[0-9]{1,10})?$", "examples": ["1250.50"]}


AnyField = serializers.Field[Any, Any, Any, Any]


class Strict(serializers.Serializer[Any]):
    """An object that refuses fields it does not know."""

    default_error_messages = {"null": "This must be a JSON object."}

    def to_internal_value(self, data: Any) -> Any:
        """The parsed values of the fields that were sent. Raises ValidationError naming every wrong one."""
        if not isinstance(data, dict):
            problem = serializers.ErrorDetail("This must be a JSON object.", "not_an_object")
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [problem]})
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            known = ", ".join(sorted(self.fields)) or "none"
            raise serializers.ValidationError(
                {
                    name: serializers.ErrorDetail(f"There is no field “{name[:60]}” here; known are {known}.", code)
                    for name, code in ((name, "unknown_field") for name in unknown)
                }
            )
        return super().to_internal_value(data)


class Shown(serializers.Serializer[Any]):
    """An object in an answer."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The object as JSON has it.

        What Django REST framework does field by field, with what is the same for every row found out once: a list of
        fifty takes a third of the time. Whatever is unusual (a missing value, a dotted source) goes its way.
        """
        is_dict = type(instance) is dict
        shown: dict[str, Any] = {}
        for name, source, field, plain, show in self._plan:
            try:
                value = instance[source] if is_dict else getattr(instance, source)
                if not is_dict and callable(value):
                    value = field.get_attribute(instance)
            except (KeyError, AttributeError):
                try:
                    value = field.get_attribute(instance)
                except SkipField:
                    continue
            if value is None or type(value) is plain:
                shown[name] = value
            else:
                shown[name] = show(value)
        return shown

    @cached_property
    def _plan(self) -> list[tuple[str, str, AnyField, type | None, Callable[[Any], Any]]]:
        """Name, source and field of everything that is shown, the type of values that stay as they are, and how
        others are shown.
        """
        plan: list[tuple[str, str, AnyField, type | None, Callable[[Any], Any]]] = []
        for name, field in self.fields.items():
            if not field.write_only:
                in_utc = type(field) is serializers.DateTimeField
                show = partial(_moment, field) if in_utc else field.to_representation
                plan.append((name, field.source or name, field, _PLAIN.get(type(field)), show))
        return plan


_PLAIN: Final[Mapping[type, type]] = {
    serializers.CharField: str,
    serializers.EmailField: str,
    serializers.URLField: str,
    serializers.ChoiceField: str,
    serializers.BooleanField: bool,
    serializers.IntegerField: int,
}
"""What a field shows as it is: values of exactly this type."""


def _moment(field: AnyField, value: Any) -> Any:
    """A moment, ISO 8601. One in UTC, as the database gives them, is not asked for its zone again."""
    if type(value) is datetime and value.tzinfo is UTC:
        return f"{value.isoformat()[:-6]}Z"
    return field.to_representation(value)


_SHOWERS: Final[dict[type[serializers.BaseSerializer[Any]], serializers.BaseSerializer[Any]]] = {}


def shower_of(serializer: type[serializers.BaseSerializer[Any]]) -> serializers.BaseSerializer[Any]:
    """One serializer of a kind for all answers: showing changes nothing in it, and making one copies every field."""
    if serializer not in _SHOWERS:
        _SHOWERS[serializer] = serializer()
    return _SHOWERS[serializer]


_PARSERS: Final[dict[type[serializers.BaseSerializer[Any]], serializers.BaseSerializer[Any]]] = {}


def parser_of(serializer: type[serializers.BaseSerializer[Any]]) -> serializers.BaseSerializer[Any]:
    """One serializer of a kind for all requests: `run_validation` keeps nothing in it."""
    if serializer not in _PARSERS:
        made = serializer(data=None)
        _finish(made)
        _PARSERS[serializer] = made
    return _PARSERS[serializer]


def _finish(field: Any) -> None:
    """Have everything made that the framework makes at first use: two threads at once would trip over each other."""
    for validator in field.validators:
        str(getattr(validator, "message", ""))  # a `lazy_format`, which takes itself apart while it is written
    within = list(field.fields.values()) if isinstance(field, serializers.Serializer) else []
    for inner in within if getattr(field, "child", None) is None else [field.child]:
        _finish(inner)


class Text(serializers.CharField):
    """A string. White space around it is the action's to drop."""

    default_error_messages = {"invalid": "This must be a string.", "not_a_text": "This must be a string."}

    def __init__(self, **options: Any) -> None:
        options.setdefault("trim_whitespace", False)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        """The string as sent."""
        if not isinstance(data, str):
            self.fail("not_a_text")
        return data


def text_of(model: type[Model], name: str, *, kind: type[Text] = Text, **options: Any) -> Text:
    """A text as long as the model's field of that name takes. It may be empty if the model's may."""
    column: ModelField[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    return kind(max_length=column.max_length, allow_blank=column.blank, **options)


class ExternalIdSerializer(Strict):
    """Under which id of the caller's own a PUT creates or replaces."""

    external_id = Text(max_length=200, help_text="Your own id: what has it is replaced, else it is created")


MOST_WORDS: Final = 24
"""A refusal lists as many words that would have been taken; of more it names those that are most alike."""


class Word(serializers.ChoiceField):
    """One of a few words."""

    default_error_messages = {"invalid_choice": "“{input}” is not one of: {known}."}

    def to_internal_value(self, data: Any) -> str:
        """The word as sent."""
        if not isinstance(data, str) or (data not in self.choices and not (data == "" and self.allow_blank)):
            self.fail("invalid_choice", input=str(data)[:60], known=self._known(str(data)))
        return data

    def _known(self, word: str) -> str:
        """The words that are taken; of many only those that are most like the one that was sent."""
        words = [str(each) for each in self.choices]
        if len(words) <= MOST_WORDS:
            return ", ".join(words)
        alike = get_close_matches(word, words, n=3, cutoff=0.7) or words[:3]
        return f"{', '.join(alike)} and {len(words) - len(alike)} more, which the description of the API lists"


class Flag(serializers.BooleanField):
    """`true` or `false`."""

    default_error_messages = {"invalid": "This must be true or false.", "not_a_boolean": "This must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """The boolean as sent."""
        if not isinstance(data, bool):
            self.fail("not_a_boolean")
        return data


class Whole(serializers.IntegerField):
    """A whole number that counts things; money and hours are `Number`."""

    default_error_messages = {"not_whole": "This must be a whole number."}

    def to_internal_value(self, data: Any) -> int:
        """The number as sent."""
        if type(data) is not int:
            self.fail("not_whole")
        return super().to_internal_value(data)


class Limit(serializers.IntegerField):
    """A whole number in a query."""

    default_error_messages = {"not_whole": "“{input}” is not a whole number."}

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if not isinstance(data, str) or not data.isdecimal() or len(data) > 9:
            self.fail("not_whole", input=str(data)[:40])
        return int(data)


@extend_schema_field(NUMBER_SCHEMA)
class Number(serializers.Field[Any, Any, Any, Any]):
    """Money, hours or a percentage: an exact decimal in a string (pricing-spec N1). Null or "" empties it."""

    def to_internal_value(self, data: Any) -> str | None:
        """The string as sent, None for an empty one that may be empty."""
        if isinstance(data, str) and not data.strip() and self.allow_null:
            return None
        if not isinstance(data, str):
            raise serializers.ValidationError(
                f"{shown(data)} can’t be used here. Send numbers as strings, such as “1250.50”.",
                code="bad_number",
            )
        try:
            parse_decimal(data.strip())
        except PricingError as error:
            raise serializers.ValidationError(error.detail, code=error.code) from error
        return data.strip()

    def to_representation(self, value: Any) -> str | None:
        """The number as a string without an exponent."""
        return number(value)


@extend_schema_field(OpenApiTypes.DATE)
class Day(serializers.Field[Any, Any, Any, Any]):
    """A date, ISO 8601."""

    def to_internal_value(self, data: Any) -> date:
        """The date."""
        try:
            return date.fromisoformat(data)
        except (TypeError, ValueError) as error:
            raise serializers.ValidationError(
                f"“{str(data)[:40]}” is not a date. Write it like 2027-01-12.", code="bad_date"
            ) from error

    def to_representation(self, value: date) -> str:
        """ISO text."""
        return value.isoformat()


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field[Any, Any, Any, Any]):
    """A moment with its offset, ISO 8601."""

    def to_internal_value(self, data: Any) -> datetime:
        """The moment."""
        try:
            moment = parse_datetime(data)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo is None:
            raise serializers.ValidationError(
                f"“{str(data)[:40]}” is not a moment with an offset. Write it like 2027-01-12T09:30:00Z.",
                code="bad_time",
            )
        return moment


@extend_schema_field(OpenApiTypes.BINARY)
class Upload(serializers.FileField):
    """A file in a form."""


@extend_schema_field(OpenApiTypes.UUID)
class Key(serializers.Field[Any, Any, Any, Any]):
    """The id of something: a UUID."""

    def to_internal_value(self, data: Any) -> str:
        """The id in its usual form."""
        try:
            return str(uuid.UUID(data))
        except (TypeError, ValueError, AttributeError) as error:
            raise serializers.ValidationError(f"“{str(data)[:40]}” is not an id.", code="bad_id") from error

    def to_representation(self, value: Any) -> str:
        """The id as text."""
        return str(value)


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "string", "maxLength": values.METADATA_VALUE_LENGTH},
        "maxProperties": values.METADATA_KEYS_COUNT,
        "examples": [{"crm_deal": "4711"}],
    }
)
class Metadata(serializers.Field[Any, Any, Any, Any]):
    """The caller's own notes: a map from strings to strings."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """The map, as the domain keeps it."""
        try:
            parsed: dict[str, str] = values.metadata(self.field_name or "metadata", data)
        except Invalid as refusal:
            raise serializers.ValidationError(refusal.errors[0].detail, code=refusal.code) from refusal
        return parsed

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        """The map."""
        return value
