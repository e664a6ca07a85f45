"""What is wrong with a value is said in our own words, by whichever field of the framework it was refused."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.utils.formatting import lazy_format

from api import urls  # noqa: F401  (every serializer is known once the views are)
from api.fields import Strict, parser_of
from tests.api.conftest import Api, Deal

FRAMEWORK = re.compile(
    r"^(Ensure|This field|This list may|This dictionary|Not a valid|Enter a|A valid|Must be|Value must|Expected|Invalid"
    r"|String value|No file|No filename|The submitted|Upload|Date has|Datetime has|Time has|“?.* is not a valid|\".*\")"
)
"""How sentences of Django and of Django REST framework begin."""


def kinds(kind: type[Strict]) -> Iterator[type[Strict]]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


def fields_of(field: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A field with all within it, each with where it stands."""
    yield path, field
    if getattr(field, "child", None) is not None:
        yield from fields_of(field.child, f"{path}/0")
    if isinstance(field, serializers.Serializer):
        for name, within in field.fields.items():
            yield from fields_of(within, f"{path}/{name}")


def said(field: Any) -> list[str]:
    """Every sentence that a field can say, but for those its own `to_internal_value` makes."""
    own = [str(sentence) for sentence in field.error_messages.values()]
    bounds = [str(each.message) for each in field.validators if hasattr(each, "limit_value")]
    return own + bounds


def test_no_field_that_reads_says_a_sentence_of_the_framework() -> None:
    found = [pair for kind in set(kinds(Strict)) for pair in fields_of(kind(), kind.__name__)]
    kinds_seen = {type(field) for _, field in found}

    left = {f"{path}: {sentence}" for path, field in found for sentence in said(field) if FRAMEWORK.match(sentence)}

    assert left == set()
    assert kinds_seen > {serializers.ListField, serializers.ListSerializer, serializers.DictField}


@pytest.mark.parametrize(
    ("path", "pointer", "code", "sentence"),
    [
        ("proposals/?limit=1000", "/limit", "out_of_limits", "1000 is too large: it is 100 at most."),
        ("proposals/?limit=0", "/limit", "out_of_limits", "0 is too small: it is 1 at least."),
        ("proposals/?limit=many", "/limit", "not_whole", "“many” is not a whole number."),
        ("proposals/?state=eaten", "/state", "unknown_value", "“eaten” is not one of: "),
        ("schema/?format=xml", "/format", "unknown_value", "“xml” is not one of: json, yaml."),
    ],
)
def test_a_query_that_is_refused_names_value_and_bound(
    deal: Deal, seller: Api, path: str, pointer: str, code: str, sentence: str
) -> None:
    answer = seller.get(path)

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert answer.body["detail"].startswith(sentence)
    assert answer.body["detail"].endswith("Nothing was changed.")


@pytest.mark.parametrize(
    ("body", "pointer", "code", "sentence"),
    [
        ({}, "/text", "required", "This is missing: it has to be sent. Nothing was changed."),
        ({"text": None}, "/text", "required", "This can’t be null. Nothing was changed."),
        ({"text": ""}, "/text", "required", "This can’t be empty. Nothing was changed."),
        ({"text": "When?", "section": "x"}, "/section", "bad_id", "“x” is not an id. Nothing was changed."),
        (
            {"text": "When?", "external_id": "x" * 201},
            "/external_id",
            "too_long",
            "This has 201 characters; at most 200 are taken. Nothing was changed.",
        ),
    ],
)
def test_a_body_that_is_refused_says_what_to_do(
    deal: Deal, seller: Api, body: dict[str, Any], pointer: str, code: str, sentence: str
) -> None:
    answer = seller.post(f"{deal.path}questions/", body)

    assert (answer.status, answer.pointers, answer.body["detail"]) == (422, [(pointer, code)], sentence)


def test_lists_and_their_items_are_named(deal: Deal, seller: Api) -> None:
    answer = seller.post(f"{deal.path}sections/{deal.prices.id}/from-catalogue/", {"items": [{"item": "x"}]})
    other = seller.post(f"{deal.path}sections/{deal.prices.id}/from-catalogue/", {"items": "x"})
    none = seller.post(f"{deal.path}sections/{deal.prices.id}/lines/remove/", {"lines": []})

    assert (answer.pointers, answer.body["detail"]) == (
        [("/items/0/item", "bad_id")],
        "“x” is not an id. Nothing was changed.",
    )
    assert (other.pointers, other.body["detail"]) == (
        [("/items", "not_a_list")],
        "This must be a list. Nothing was changed.",
    )
    assert none.pointers == [("/lines", "empty")]
    assert none.body["detail"] == "This list can’t be empty. Nothing was changed."


def test_sentences_of_parsers_that_threads_share_are_written_before_anybody_needs_them() -> None:
    shared = [field for kind in set(kinds(Strict)) for _, field in fields_of(parser_of(kind), "")]
    waiting = [each.message for field in shared for each in field.validators if hasattr(each, "message")]
    assert {each.result is None for each in waiting if isinstance(each, lazy_format)} == {False}
