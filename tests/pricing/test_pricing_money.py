"""Numbers, currencies, money and the one rounding."""

from __future__ import annotations

import ast
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from babel.core import get_global
from hypothesis import given, settings
from hypothesis import strategies as st

import proposals.pricing
from proposals.pricing import Currency, Money, PricingError, parse_decimal
from proposals.pricing.currencies import CURRENCIES
from proposals.pricing.money import finite_text, fits_places, round_half_away, rounded_text

EUR = Currency("EUR")
JPY = Currency("JPY")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Decimal(0)),
        ("-0", Decimal(0)),
        ("12.50", Decimal("12.50")),
        ("-3", Decimal(-3)),
        ("999999999999999.9999999999", Decimal("999999999999999.9999999999")),
    ],
)
def test_a_number_is_read_exactly(text: str, value: Decimal) -> None:
    assert parse_decimal(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", " ", " 1", "1 ", "1\n", "+1", "01", "-01", "00", "1e3", "1E3", "NaN", "Infinity", "-Infinity", "1,000",
        "1_000", "1.", ".5", "-", "--1", "1.2.3", "0x10", "١", "1.٢", "1234567890123456", "1.12345678901",
    ],
)  # fmt: skip
def test_any_other_writing_is_refused(text: str) -> None:
    with pytest.raises(PricingError) as caught:
        parse_decimal(text, "quantity")
    assert (caught.value.code, caught.value.field) == ("bad_number", "quantity")


@pytest.mark.parametrize("value", [1, 1.5, True, None, ["1"], {"a": "1"}])
def test_a_number_that_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(PricingError) as caught:
        parse_decimal(value)
    assert caught.value.code == "bad_number"


def test_the_refusal_names_the_value_and_says_what_to_write() -> None:
    with pytest.raises(PricingError) as caught:
        parse_decimal("1.2.3")
    assert caught.value.detail == (
        '"1.2.3" is not a number we can read. Write digits with at most one point, such as 1200.50.'
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (1, 2, 1),
        (-1, 2, -1),
        (3, 2, 2),
        (-5, 2, -3),
        (1, 3, 0),
        (-1, 3, 0),
        (2, 3, 1),
        (-2, 3, -1),
        (0, 7, 0),
        (14, 7, 2),
    ],
)
def test_an_exact_half_goes_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_away(numerator, denominator) == rounded


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=8), st.integers(0, 4))
@settings(deadline=None)
def test_rounding_is_half_up_of_the_absolute_amount(value: Decimal, places: int) -> None:
    with localcontext() as context:
        context.prec = 60
        expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = rounded_text(Fraction(value), places)
    assert Decimal(text) == expected
    assert not text.startswith("-0") or Decimal(text) != 0


@pytest.mark.parametrize(
    ("minor", "code", "text"),
    [
        (1000, "JPY", "1000"),
        (0, "JPY", "0"),
        (1250, "EUR", "12.50"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (1500, "KWD", "1.500"),
        (-333333, "CLF", "-33.3333"),
        (7, "CLF", "0.0007"),
    ],
)
def test_money_prints_with_the_decimals_of_its_currency(minor: int, code: str, text: str) -> None:
    assert str(Money(minor, Currency(code))) == text


@pytest.mark.parametrize(
    ("exact", "code", "text"),
    [("-0.005", "EUR", "-0.01"), ("-0.004", "EUR", "0.00"), ("1000.5", "JPY", "1001"), ("100.0005", "KWD", "100.001")],
)
def test_money_is_rounded_to_the_minor_unit(exact: str, code: str, text: str) -> None:
    assert str(Money.rounded(Fraction(exact), Currency(code))) == text


def test_a_stated_amount_is_refused_rather_than_rounded() -> None:
    assert Money.stated(Decimal("1000.00"), JPY, "amount") == Money(1000, JPY)
    with pytest.raises(PricingError) as caught:
        Money.stated(Decimal("1000.5"), JPY, "amount")
    assert (caught.value.code, caught.value.field) == ("too_many_decimals", "amount")


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1", None])
def test_money_is_whole_minor_units(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, EUR)  # type: ignore[arg-type]


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="EUR and JPY"):
        Money(1, EUR) + Money(1, JPY)
    with pytest.raises(ValueError, match="EUR and JPY"):
        Money(1, EUR) - Money(1, JPY)
    assert Money(3, EUR) - Money(5, EUR) == -Money(2, EUR)


@pytest.mark.parametrize("code", ["XAU", "XAG", "XDR", "XTS", "XXX", "eur", "Eur", "EURO", "", "DEM", "XYZ", None, 978])
def test_a_currency_without_minor_units_is_unknown(code: object) -> None:
    with pytest.raises(PricingError) as caught:
        Currency(code)  # type: ignore[arg-type]
    assert caught.value.code == "unknown_currency"


@pytest.mark.parametrize(
    ("decimals", "codes"),
    [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ],
)
def test_the_currencies_with_other_than_two_decimals(decimals: int, codes: str) -> None:
    assert [code for code, minor_units in CURRENCIES.items() if minor_units == decimals] == codes.split()


def test_the_table_has_every_currency_in_use() -> None:
    """CLDR's currencies in use, with ISO's funds codes; BGN left the list when Bulgaria took the euro."""
    in_use = {
        code
        for currencies in get_global("territory_currencies").values()
        for code, _start, end, tender in currencies
        if end is None and tender
    }
    funds = {"BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW", "VED", "SVC", "XAD"}
    assert set(CURRENCIES) == (in_use - {"BGN"}) | funds
    assert {CURRENCIES[code] for code in ("HUF", "TWD", "IDR", "MGA", "MRU", "EUR", "USD")} == {2}
    assert list(CURRENCIES) == sorted(CURRENCIES)


ISO_RATHER_THAN_CLDR = {"IQD": 3} | dict.fromkeys(
    ["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"], 2
)
"""Where ISO has minor units that are out of use, so that CLDR counts none: ISO's are right here (pricing-spec 2)."""


def test_the_decimals_are_those_of_cldr_except_where_iso_differs() -> None:
    fractions = get_global("currency_fractions")
    in_cldr = {code: fractions.get(code, fractions["DEFAULT"])[0] for code in CURRENCIES}
    assert {code: most for code, most in CURRENCIES.items() if most != in_cldr[code]} == ISO_RATHER_THAN_CLDR
    assert {in_cldr[code] for code in ISO_RATHER_THAN_CLDR} == {0}


def test_trailing_zeros_are_not_decimals() -> None:
    assert fits_places(Decimal("1.500"), 1)
    assert not fits_places(Decimal("1.501"), 2)


def test_a_number_without_end_has_no_finite_text() -> None:
    assert finite_text(Fraction(180), least_places=2, most_places=10) == "180.00"
    assert finite_text(Fraction("723.375"), least_places=2, most_places=10) == "723.375"
    assert finite_text(Fraction(1, 2**10), least_places=2, most_places=10) == "0.0009765625"
    assert finite_text(Fraction(1, 2**11), least_places=2, most_places=10) is None
    assert finite_text(Fraction(400, 3), least_places=2, most_places=10) is None


def test_no_float_and_no_built_in_rounding_in_the_core() -> None:
    """``float`` is only ever named to be refused, and ``round`` never."""
    for path in Path(proposals.pricing.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        literals = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is float]
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert literals == []
        assert called & {"float", "round"} == set(), path.name
