"""Every number of every worked example, spoilt: refused for that number, wherever it stands (pricing-spec 1 and 2)."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from proposals.pricing import FUNCTIONS, PricingError, calculate
from tests.pricing.test_pricing_vectors import VECTORS

Path = tuple[str | int, ...]
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
NAMES = {"id", "of", "taxes", "role", "group", "option", "accepted", "text", "label", "note", "choices"}
"""Keys whose values are names or texts, even if they look like numbers."""


def numbers(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The places of all numbers, with what stands there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        if key in NAMES:
            continue
        if isinstance(each, str) and NUMBER.fullmatch(each):
            yield (*path, key), each
        yield from numbers(each, (*path, key))


def spoilt(given: dict[str, Any], path: Path, value: object) -> dict[str, Any]:
    answer = copy.deepcopy(given)
    place: Any = answer
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return answer


def cases(fn: str) -> Iterator[tuple[dict[str, Any], Path, str]]:
    """One example of each place: of a kind of line, a model, a function."""
    seen = set()
    for vector in VECTORS:
        if vector["fn"] != fn or "error" in vector["expect"]:
            continue
        for path, number in numbers(vector["given"]):
            place = (kind_at(vector["given"], path), *(key for key in path if isinstance(key, str)))
            if place not in seen:
                seen.add(place)
                yield vector["given"], path, number


def kind_at(given: Any, path: Path) -> str:
    """The kind of line, discount or model that the number belongs to."""
    names = [given.get("model", "")]
    for key in path:
        given = given[key]
        if isinstance(given, dict):
            names.append(given.get("kind") or given.get("type") or given.get("model") or "")
    return " ".join(filter(None, names))


def last_name(path: Path) -> str:
    return next(key for key in reversed(path) if isinstance(key, str))


@pytest.mark.parametrize("fn", FUNCTIONS)
def test_a_number_that_is_not_one_is_refused_where_it_stands(fn: str) -> None:
    """A JSON number may have lost its value already; the others are not written as a number is."""
    tried = 0
    for given, path, number in cases(fn):
        for value in (1, 1.5, float("nan"), True, "1e3", "1,000", "+1", "01", " 1", "", "٣", "NaN", "1." + "0" * 11):
            with pytest.raises(PricingError) as caught:
                calculate(fn, spoilt(given, path, value))
            assert (path, value, caught.value.code) == (path, value, "bad_number")
            assert last_name(path) in str(caught.value.field).split(".")
            assert caught.value.detail.endswith(".")
        tried += 1
        assert calculate(fn, spoilt(given, path, number)) == calculate(fn, given)
    assert tried


RATES = {"rate", "unit_cost", "price", "unit_price", "cost_per_hour", "bill_rate", "blended_rate", "overage_rate"}
RATES |= {"rate_override", "direct_cost_per_hour", "overage_unit_price", "rates", "standard_rates"}
COUNTS = {"quantity", "periods", "weights", "weight", "hours", "tm_hours", "low", "likely", "high", "grid", "count"}
COUNTS |= {"hours_per_day", "increment_hours", "included_hours", "up_to", "capacity_hours", "share_per_project"}
COUNTS |= {"headcount", "partners", "professionals", "rollover_periods", "min_periods", "indexation_every"}
COUNTS |= {"credibility", "reliability", "intimacy", "self_orientation"}
UNITS = {"units", "included_units", "usage"}


def most_places(given: dict[str, Any], path: Path) -> int | None:
    names = [key for key in path if isinstance(key, str)]
    name = names[-1] if names[-1] not in ("senior", "junior", "lawyer", "dev") else names[-2]
    if "taxes" in path or name.endswith("percent") or (name == "value" and "percent" in kind_at(given, path)):
        return 4
    if name in RATES:
        return 6
    if name in UNITS:
        return 4
    return None if name in COUNTS else {"JPY": 0, "KRW": 0, "KWD": 3, "CLF": 4}.get(currency_of(given), 2)


def currency_of(given: dict[str, Any]) -> str:
    return str(given.get("document", given).get("currency"))


@pytest.mark.parametrize("fn", FUNCTIONS)
def test_a_decimal_too_many_is_refused_and_a_zero_carries_nothing(fn: str) -> None:
    """Money has the decimals of its currency, rates six, percentages and units four."""
    for given, path, number in cases(fn):
        most = most_places(given, path)
        if most is None:
            continue
        whole, _, decimals = number.partition(".")
        with pytest.raises(PricingError) as caught:
            calculate(fn, spoilt(given, path, f"{whole}.{decimals.ljust(most, '0')[:most]}1"))
        assert (path, caught.value.code) == (path, "too_many_decimals")
        zeros = f"{whole}.{decimals.ljust(most + 1, '0')}"
        assert without_echo(calculate(fn, spoilt(given, path, zeros))) == without_echo(calculate(fn, given))


def without_echo(answer: dict[str, Any]) -> dict[str, Any]:
    """Rates of taxes and values of discounts are told as they were written."""
    return {key: value for key, value in answer.items() if key not in ("taxes", "discounts", "lines", "sections")}
