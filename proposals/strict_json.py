"""JSON without what two readers would read differently: no `NaN` or `Infinity`, and each name once in its object."""

import json
from collections import Counter
from typing import Any


def loads(text: str) -> Any:
    """The JSON value. Raises ValueError, or RecursionError for what is nested too deep."""
    return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_with_each_name_once)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value.")


def _with_each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object. Of two values for one name each reader takes another, and one of them may be an amount."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"“{twice[:40]}” stands twice in one object.")
    return found
