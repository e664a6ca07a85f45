"""JSON without what two readers would read differently: no `NaN` or `Infinity`, and each name once in its object."""

import json
from collections import Counter
from typing import Any, Final

MAX_DEPTH: Final = 100
"""Levels of nesting that are taken; a section's text as ProseMirror JSON has 64 at most."""


class TooDeep(ValueError):
    """A value nested deeper than is taken."""


def loads(text: str) -> Any:
    """The JSON value. Raises ValueError, or RecursionError for what is nested too deep."""
    return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_with_each_name_once)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _with_each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object. Of two values for one name each reader takes another, and one of them may be an amount."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"“{twice[:40]}” stands twice in one object")
    return found


def require_shallow(value: Any) -> None:
    """Raise TooDeep for what is nested in more than `MAX_DEPTH` levels, counted without recursion."""
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
    raise TooDeep(f"it is nested deeper than {MAX_DEPTH} levels")
