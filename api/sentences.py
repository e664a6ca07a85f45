"""What the framework’s own fields say when they refuse a value: in our words, with the bound and, if short, the value.

They go to programs, so no sentence of the framework is left (`tests/api/test_sentences.py` looks at every field that
reads). “Nothing was changed.” is added where a refusal becomes an answer.
"""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

SENTENCES: Final[Mapping[Any, Mapping[str, str]]] = {
    serializers.Field: {"required": "This is missing: it has to be sent.", "null": "This can’t be null."},
    serializers.CharField: {
        "invalid": "This must be a string.",
        "blank": "This can’t be empty.",
        "max_length": "This has %(show_value)d characters; at most {max_length} are taken.",
        "min_length": "This has %(show_value)d characters; at least {min_length} are needed.",
    },
    serializers.IntegerField: {
        "invalid": "This must be a whole number.",
        "max_value": "%(show_value)s is too large: it is {max_value} at most.",
        "min_value": "%(show_value)s is too small: it is {min_value} at least.",
        "max_string_length": "This number has too many digits.",
    },
    serializers.BooleanField: {"invalid": "This must be true or false."},
    serializers.ChoiceField: {"invalid_choice": "“{input}” is not one of the words that are taken here."},
    serializers.UUIDField: {"invalid": "“{value}” is not an id."},
    serializers.FileField: {
        "required": "The file is missing: send it in a form, as multipart/form-data.",
        "invalid": "This is not a file: send it in a form, as multipart/form-data.",
        "no_name": "The file has no name: send one with it.",
        "empty": "The file is empty.",
        "max_length": "The file’s name has {length} characters; at most {max_length} are taken.",
    },
    serializers.ListField: {
        "not_a_list": "This must be a list.",
        "empty": "This list can’t be empty.",
        "min_length": "This list is too short: at least {min_length} are needed.",
        "max_length": "This list is too long: at most {max_length} are taken.",
    },
    serializers.DictField: {"not_a_dict": "This must be a JSON object.", "empty": "This object can’t be empty."},
    serializers.Serializer: {"invalid": "This must be a JSON object."},
}


def speak() -> None:
    """Put these sentences in the place of the framework's, for all fields that are made from now on."""
    same: Mapping[Any, Mapping[str, str]] = {serializers.ListSerializer: SENTENCES[serializers.ListField]}
    for kind, sentences in {**SENTENCES, **same}.items():
        kind.default_error_messages = {**kind.default_error_messages, **sentences}
