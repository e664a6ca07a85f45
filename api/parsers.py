"""Reading JSON from outside: whole, once, and nothing that could hurt later."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from proposals import strict_json

MAX_DEPTH: Final = 100
"""Levels of nesting; a section's text as ProseMirror JSON has 64 at most."""

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class StrictJson(BaseParser):
    """JSON in UTF-8, without `NaN` and `Infinity`, each name once in its object, nested 100 levels at most.

    The size is limited by `settings.DATA_UPLOAD_MAX_MEMORY_SIZE`, in bytes.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value. Raises ParseError, or Django's RequestDataTooBig."""
        body: bytes = (parser_context or {})["request"].body
        return read_json(body)


def read_json(body: bytes) -> Any:
    """The JSON value of a body. Raises ParseError naming what is wrong with it."""
    try:
        value = strict_json.loads(body.decode())
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise ParseError(f"The body is not JSON in UTF-8: {error}. Nothing was changed.", code="bad_json") from error
    _refuse_depth(value)
    if _SURROGATE.search(body):
        _refuse_lone_surrogates(value)
    return value


def _refuse_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> ParseError:
    return ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.", code="too_deep")


def _refuse_lone_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ParseError("The body has half of a character (a lone surrogate).", code="bad_json") from error
