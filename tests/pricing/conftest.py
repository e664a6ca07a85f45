"""Short ways to price a few lines in a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proposals.pricing import PricingError, calculate

Lines = list[dict[str, Any]]


def _document(lines: Lines, settings: dict[str, Any]) -> dict[str, Any]:
    """One section of lines, in EUR unless ``settings`` say otherwise; a setting wins over everything."""
    return {"currency": "EUR", "sections": [{"id": "s", "lines": lines}], **settings}


@pytest.fixture
def priced() -> Callable[..., dict[str, Any]]:
    """``priced(lines, **settings)``: the answer of ``calculate("price", ...)``."""
    return lambda lines, **settings: calculate("price", {"document": _document(lines, settings)})


@pytest.fixture
def refused() -> Callable[..., PricingError]:
    """``refused(lines, **settings)``: the error that pricing raises."""

    def refusal(lines: Lines, **settings: Any) -> PricingError:
        with pytest.raises(PricingError) as caught:
            calculate("price", {"document": _document(lines, settings)})
        return caught.value

    return refusal
