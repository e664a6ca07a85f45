"""Numbers in the notations of many countries: one meaning is read, two are asked for, none is refused."""

import pytest

from proposals.forms.numbers import Ambiguous, Notations, Read, Unreadable, first_language, read_number

ENGLISH = Notations.of("en", "en-US,en;q=0.9", "EUR")
GERMAN = Notations.of("de", "de-DE,de;q=0.9,en;q=0.8", "EUR")
MIXED = Notations.of("en", "de-DE,de;q=0.9", "EUR")
ALL = (ENGLISH, GERMAN, MIXED)

SAME_EVERYWHERE = {
    "1250": "1250",
    " 7 ": "7",
    "007": "7",
    "-5": "-5",
    "\u22125": "-5",
    "+5": "5",
    "5.": "5",
    ".5": "0.5",
    ",25": "0.25",
    "0,5": "0.5",
    "0.500": "0.500",
    "1.000,50": "1000.50",
    "1,000.50": "1000.50",
    "1 000,50": "1000.50",
    "1\u202f000.5": "1000.5",
    "1'000.50": "1000.50",
    "1\u2019000": "1000",
    "12 345 678": "12345678",
    "1.000.000": "1000000",
    "1,000,000": "1000000",
    "1,00,000": "100000",
    "12,34,567.89": "1234567.89",
    "€ 1.250,-": "1250",
    "1.250,--": "1250",
    "1'250.\u2013": "1250",
    "€1.234,56": "1234.56",
    "-€ 1.234,56": "-1234.56",
    "1.234,56 €": "1234.56",
    "EUR 12": "12",
    "12 eur": "12",
    "١٢٫٥": "12.5",
    "１２": "12",
    "1 000.000": "1000.000",
}


@pytest.mark.parametrize("notations", ALL)
@pytest.mark.parametrize(("written", "value"), SAME_EVERYWHERE.items())
def test_what_means_the_same_everywhere_is_read(written: str, value: str, notations: Notations) -> None:
    found = read_number(written, notations)
    assert isinstance(found, Read)
    assert found.value == value


DECIDED_BY_LANGUAGE: list[tuple[str, Notations, str]] = [
    ("1,000", ENGLISH, "1000"),
    ("1.5", ENGLISH, "1.5"),
    ("12.505", ENGLISH, "12.505"),
    ("1234.500", ENGLISH, "1234.500"),
    ("1.000", GERMAN, "1000"),
    ("1,5", GERMAN, "1.5"),
    ("12,505", GERMAN, "12.505"),
    ("1,5", MIXED, "1.5"),
    ("1.5", MIXED, "1.5"),
    ("1234,50", MIXED, "1234.50"),
]


@pytest.mark.parametrize(("written", "notations", "value"), DECIDED_BY_LANGUAGE)
def test_the_language_decides(written: str, notations: Notations, value: str) -> None:
    assert read_number(written, notations) == Read(value, written != value)


ASKED: list[tuple[str, Notations, tuple[str, str]]] = [
    ("1.000", ENGLISH, ("1000", "1.000")),
    ("12.500", ENGLISH, ("12500", "12.500")),
    ("1,5", ENGLISH, ("1.5", "15")),
    ("1,2345", ENGLISH, ("1.2345", "12345")),
    ("-1,50", ENGLISH, ("-1.50", "-150")),
    ("1,000", GERMAN, ("1000", "1.000")),
    ("1.5", GERMAN, ("1.5", "15")),
    ("1.000", MIXED, ("1000", "1.000")),
    ("1,000", MIXED, ("1000", "1.000")),
    ("12.505", MIXED, ("12505", "12.505")),
    ("€ 1.000", ENGLISH, ("1000", "1.000")),
]


@pytest.mark.parametrize(("written", "notations", "values"), ASKED)
def test_two_meanings_are_asked_for(written: str, notations: Notations, values: tuple[str, str]) -> None:
    assert read_number(written, notations) == Ambiguous(values)


def test_three_decimals_are_no_question_where_the_currency_has_them() -> None:
    assert read_number("12.500", Notations.of("en", "", "KWD"), usual_decimals=3) == Read("12.500", False)


REFUSED = [
    "", "-", ".", ",", "1.2.3", "1,00,00", "1.00.000,5", "1,000.50,5", "1 00", "1 0000", "1'00", "10 000'000", "1e5",
    "=1+2", "1+2", "--5", "5-", "abc", "12 sessions", "1.250,5-", "12.5,-", "NaN", "1/2", "5%", "€€5", "€5€", "½", "²",
    "1\t000", "9" * 61, "\u200f" * 1000 + "5",
]  # fmt: skip


@pytest.mark.parametrize("notations", ALL)
@pytest.mark.parametrize("written", REFUSED)
def test_what_is_no_number_is_not_read(written: str, notations: Notations) -> None:
    assert isinstance(read_number(written, notations), Unreadable)


def test_another_currency_and_too_many_digits_are_named() -> None:
    assert read_number("$ 5", ENGLISH) == Unreadable("the prices are in EUR")
    assert read_number("5 USD", ENGLISH) == Unreadable("the prices are in EUR")
    assert read_number("$5", Notations.of("en", "", "USD")) == Read("5", True)
    assert read_number("1" * 16, ENGLISH) == Unreadable("it has 16 digits before the point, and 15 are taken at most")


def test_the_browsers_first_language_counts() -> None:
    assert first_language("de-CH,de;q=0.9,en;q=0.8") == "de-ch"
    assert first_language("") == first_language("*") == ""
    assert Notations.of("en", "de-CH").decimals == frozenset(".")
    assert Notations.of("en", "de-AT").decimals == frozenset(".,")
    assert Notations.of("xx", "tlh").decimals == frozenset(".")
