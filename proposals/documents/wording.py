"""Amounts, quantities and dates as people read them. The numbers arrive as exact texts and are only dressed."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency as babel_currency
from babel.numbers import format_decimal, get_currency_name, get_currency_symbol

from proposals.pricing.currencies import CURRENCIES

MINUS: Final = "\u2212"

EXACT: Final = Context(prec=100, rounding=ROUND_HALF_UP)
"""For numbers of any length that can be priced: with Python’s 28 digits long ones fail or are cut."""

LONGEST_DECIMALS: Final = 10
"""As many decimals as a number may have (pricing-spec N1)."""


def money(value: str | Decimal, currency: str, language: str = "en") -> str:
    """“23038.40” EUR gives “€23,038.40”, in German “23.038,40 €”.

    Decimals are the currency's, as ISO 4217 says, never the locale's.
    """
    amount = Decimal(value)
    digits = CURRENCIES.get(currency, 2)
    before, after = _around("¤", currency, language)
    pattern = f"{before}#,##0" + ("." + "0" * digits if digits else "") + after
    with localcontext(EXACT):
        written = babel_currency(abs(amount), currency, pattern, locale=language, currency_digits=False)
    return f"{MINUS}{written}" if amount < 0 else written


def _around(sign: str, currency: str, language: str) -> tuple[str, str]:
    """What stands before and after an amount in a language: the sign, with a space where one belongs."""
    usual = Locale.parse(language).currency_formats["standard"].pattern.partition(";")[0]
    letters = symbol(currency, language)
    if usual.strip("\u200f\u200e ").startswith("¤"):
        return sign + ("\u00a0" if "\u00a0" in usual or letters[-1:].isalpha() else ""), ""
    return "", ("\u00a0" if "\u00a0" in usual or letters[:1].isalpha() else "") + sign


def plain_money(value: str | Decimal, currency: str, language: str = "en") -> str:
    """An amount without its symbol, with at least the currency's decimals: unit prices may have more."""
    digits = CURRENCIES.get(currency, 2)
    pattern = "#,##0" + ("." + "0" * digits + "#" * (LONGEST_DECIMALS - digits))
    with localcontext(EXACT):
        return format_decimal(Decimal(value), pattern.rstrip("."), locale=language).replace("-", MINUS)


def rate(value: str | Decimal, currency: str, language: str = "en") -> str:
    """“€112.50”; a rate may have more decimals than the currency, “€0.0125”."""
    before, after = _around(symbol(currency, language), currency, language)
    return f"{before}{plain_money(value, currency, language)}{after}"


def decimals(value: str | Decimal, places: int, language: str = "en") -> str:
    """A number with exactly so many decimals, of which it has no more: nothing is rounded."""
    pattern = "#,##0." + "0" * places if places else "#,##0"
    with localcontext(EXACT):
        return format_decimal(Decimal(value), pattern, locale=language).replace("-", MINUS)


def cell_amount(value: str | Decimal, currency: str) -> str:
    """An amount as a cell holds it for editing: the currency's decimals or more, no separators."""
    amount = Decimal(value)
    digits = CURRENCIES.get(currency, 2)
    exponent = amount.as_tuple().exponent
    with localcontext(EXACT):
        return f"{amount:.{max(digits, -exponent if isinstance(exponent, int) else 0)}f}"


def decimal_mark(language: str = "en") -> str:
    """The mark before the decimals in a language: "." or ","."""
    return format_decimal(Decimal("0.5"), "0.0", locale=language).strip("05")


def cell_number(value: str, language: str = "en") -> str:
    """An exact number as a cell or a form holds it for editing: no separators, the language's decimal mark."""
    return value.replace(".", decimal_mark(language))


def quantity(value: str | Decimal, language: str = "en") -> str:
    """“12.50” gives “12.5”."""
    with localcontext(EXACT):
        return format_decimal(Decimal(value), f"#,##0.{'#' * LONGEST_DECIMALS}", locale=language)


def percent(value: str | Decimal, language: str = "en") -> str:
    """“7.50” gives “7.5%”."""
    return f"{quantity(value, language)}%"


def symbol(currency: str, language: str = "en") -> str:
    """“EUR” gives “€”."""
    return get_currency_symbol(currency, locale=language)


def currency_name(currency: str, language: str = "en") -> str:
    """“EUR” gives “Euro”."""
    return get_currency_name(currency, locale=language)


def short_date(value: date | str | None, language: str = "en") -> str:
    """“2027-01-12” gives “12 January 2027”, in German “12. Januar 2027”; nothing gives “”."""
    if not value:
        return ""
    moment = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(moment, "d MMMM y" if language == "en" else "long", locale=language)


def ago(moment: datetime, now: datetime) -> str:
    """“a moment ago”, “5 minutes ago”, “at 14:05”, or the date."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "a moment ago"
    if minutes < 60:
        return f"{minutes} minute{'' if minutes == 1 else 's'} ago"
    return f"at {moment.strftime('%H:%M')}" if moment.date() == now.date() else f"on {moment.strftime('%-d %B')}"


def clock(moment: datetime, now: datetime) -> str:
    """The time for today, the weekday for this week, the date before."""
    if moment.date() == now.date():
        return moment.strftime("%H:%M")
    if (now.date() - moment.date()).days < 7:
        return moment.strftime("%a")
    return moment.strftime("%-d %b")


def listing(words: list[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def discount(given: Mapping[str, Any], currency: str, language: str = "en") -> str:
    """“−10%” or “−€400.00”."""
    if given["type"] == "percent":
        return f"{MINUS}{percent(given['value'], language)}"
    return money(negated(given["value"]), currency, language)


def zero_like(like: str) -> str:
    """Zero with as many decimals as another amount."""
    return "0." + "0" * len(like.split(".")[1]) if "." in like else "0"


def negated(amount: str) -> str:
    """An amount with the other sign, as a string."""
    return amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
