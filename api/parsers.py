"""Reading JSON from outside: whole, once, and nothing that could hurt later."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from proposals import strict_json

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
        strict_json.require_shallow(value)
    except (RecursionError, strict_json.TooDeep) as error:
        raise ParseError(f"The body is nested deeper than {strict_json.MAX_DEPTH} levels.", code="too_deep") from error
    except ValueError as error:
        raise ParseError(f"The body is not JSON in UTF-8: {error}. Nothing was changed.", code="bad_json") from error
    if _SURROGATE.search(body):
        _refuse_lone_surrogates(value)
    return value


def _refuse_lone_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ParseError("The body has half of a character (a lone surrogate).", code="bad_json") from error
