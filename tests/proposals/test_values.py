"""What people and programs write, and what rows keep of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from proposals.actions import values
from proposals.exceptions import Invalid


def refusal(parse: values.Parse, value: Any) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse("lines/7/unit_price", value)
    assert [error.pointer for error in caught.value.errors] == ["lines/7/unit_price"]
    assert caught.value.errors[0].code == caught.value.code
    assert caught.value.detail.endswith("Nothing was changed.")
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "Tomás Реєс-Łukasz",
        "株式会社 港通り診療所",
        "عيادة شارع الميناء",
        "می\u200cخواهم",  # zero-width non-joiner, part of the spelling
        "ශ්\u200dරී ලංකා",  # zero-width joiner
        "Prix\u00a0: 10\u00a0000\u202f€",  # spaces that don't break
        "👩\u200d⚕️ Clinic",
        "हार्बर स्ट्रीट",
    ],
)
def test_names_in_any_script_stay_as_they_were_written(name: str) -> None:
    assert values.text(300)("name", name) == name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Portal\n", "Portal"),
        ("A\r\nlong\n\ttitle", "A long title"),
        ("nul\x00 bell\x07", "nul bell"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("Price \u202e00.1\u202c", "Price 00.1"),
    ],
)
def test_a_text_is_one_line_without_what_harms(written: str, kept: str) -> None:
    assert values.text(300)("title", written) == kept


def test_a_text_that_may_have_lines_keeps_them() -> None:
    assert values.text(100, lines=True)("address", "Lichtkade 18\r\n1234 AB\u2028NL\n") == "Lichtkade 18\n1234 AB\nNL"


@pytest.mark.parametrize("empty", ["", "  \n ", "\u200b", "\u00a0"])
def test_a_text_that_shows_nothing_is_empty(empty: str) -> None:
    assert refusal(values.text(10, required=True), empty).code == "required"


def test_a_text_has_a_greatest_length() -> None:
    assert values.text(300)("title", "é" * 300) == "é" * 300
    refused = refusal(values.text(300), "é" * 301)
    assert refused.code == "too_long"
    assert "301 characters" in refused.detail
    assert refusal(values.text(300), 7).code == "not_a_text"


@pytest.mark.parametrize(("written", "number"), [("12.50", Decimal("12.50")), (" 7 ", Decimal(7)), ("-3", Decimal(-3))])
def test_numbers_are_exact(written: str, number: Decimal) -> None:
    assert values.number()("amount", written) == number


@pytest.mark.parametrize("bad", ["1.2.3", "1,250.50", "1e3", "+1", "٣", "NaN", "0x1", "1250.50 €", 7, 1.5, True, ["1"]])
def test_a_bad_number_is_named(bad: Any) -> None:
    refused = refusal(values.number(), bad)
    assert refused.code == "bad_number"
    assert f"“{bad}”" in refused.detail


def test_a_number_may_be_missing_where_it_may_be_missing() -> None:
    assert values.number(required=False)("percent", " ") is None
    assert refusal(values.number(), "").code == "bad_number"


def test_a_refused_value_is_said_back_in_short() -> None:
    assert len(refusal(values.number(), "1" * 5000).detail) < 200
    assert len(refusal(values.one_of(["a"]), "b" * 5000).detail) < 200


def test_days_are_iso_dates() -> None:
    assert values.day("starts_on", "2027-01-12") == dt.date(2027, 1, 12)
    assert values.day("starts_on", "") is None
    assert refusal(values.day, "12.1.2027").code == "bad_date"
    assert refusal(values.day, 5).code == "bad_date"


@pytest.mark.parametrize(("written", "meant"), [(True, True), ("on", True), ("false", False), ("", False)])
def test_yes_and_no_come_from_json_and_forms(written: Any, meant: bool) -> None:
    assert values.yes_or_no("optional", written) is meant


@pytest.mark.parametrize("bad", ["maybe", 1, None, []])
def test_anything_else_is_neither(bad: Any) -> None:
    assert refusal(values.yes_or_no, bad).code == "not_a_boolean"


def test_metadata_is_texts_by_name() -> None:
    assert values.metadata("metadata", {"deal": "7"}) == {"deal": "7"}
    for bad in ("text", ["list"], {"n": 1}, {"deep": {"er": "x"}}):
        assert refusal(values.metadata, bad).code == "bad_metadata"
    for bad in ({str(n): "" for n in range(51)}, {"k" * 101: ""}, {"k": "v" * 1001}):
        assert refusal(values.metadata, bad).code == "too_long"


def test_currencies_are_iso_codes() -> None:
    assert values.currency("currency", "KWD") == "KWD"
    for bad in ("eur", "EURO", "XAU", "", None):
        assert refusal(values.currency, bad).code == "unknown_currency"


def test_addresses_are_kept_in_lower_case() -> None:
    assert values.email("email", " Maya@Northlight.Example ") == "maya@northlight.example"
    assert refusal(values.email, "maya@").code == "bad_email"
    assert refusal(values.email, None).code == "bad_email"
    assert refusal(values.email, f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.org").code == "bad_email"


def test_an_unknown_field_is_named_with_those_there_are() -> None:
    with pytest.raises(Invalid) as caught:
        values.parse_all({"title": values.text(9), "kind": values.text(9)}, {"titel": "x"})
    assert caught.value.code == "unknown_field"
    assert "“titel”" in caught.value.detail
    assert "kind, title" in caught.value.detail
