"""Numbers as people write them in their own country, read at the edge of the page (pricing-spec N1).

Two notations are in play: that of the document's language, in which the page shows its numbers, and that of the
reader's own, the first of the browser's `Accept-Language`. They differ in what the point and the comma mean; spaces
and apostrophes only ever group digits. A number that these notations leave one meaning is read, one that has two is
asked for, never guessed. The calculation itself takes exact texts only.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_symbol
from django.utils.translation.trans_real import parse_accept_lang_header

from proposals.pricing.currencies import CURRENCIES

LONGEST: Final = 60
"""Characters of the longest number that is looked at, without marks that can't be seen."""

LONGEST_WRITTEN: Final = 1000
"""Characters of the longest text in which one is looked for."""

_SPACES: Final = " \u00a0\u2009\u202f"
_APOSTROPHES: Final = "'\u2019\u02bc`\u00b4"
_DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_DASH: Final = re.escape(_DASHES)
_ARABIC_DECIMAL: Final = "\u066b"
_MARKS: Final = {_ARABIC_DECIMAL: ".", "\u066c": "'", "\uff0e": ".", "\uff0c": ","}
"""Marks of other scripts: Arabic decimal and group, full-width point and comma."""

_WHOLE_AMOUNT = re.compile(rf"[.,] ?[{_DASH}]{{1,2}}$")
"""“1.250,-” and “1’250.–”: a whole amount, so every mark before it groups digits."""

_GROUPS_OF_THREE = re.compile(r"[1-9]\d{0,2}([^\d])\d{3}(?:\1\d{3})*")
_INDIAN_GROUPS = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}")


@dataclass(frozen=True)
class Read:
    """A number as the calculation takes it. `is_translated`: it was written in another way than that."""

    value: str
    is_translated: bool


@dataclass(frozen=True)
class Ambiguous:
    """A number with two meanings, as the calculation would take them, the likelier one first."""

    values: tuple[str, str]


@dataclass(frozen=True)
class Unreadable:
    """No number at all. `why` completes “… is not a number we can use”, or is empty."""

    why: str = ""


Reading = Read | Ambiguous | Unreadable


@dataclass(frozen=True)
class Notations:
    """The decimal marks in play ("." or ","), and the words and signs of a currency that may stand at a number."""

    decimals: frozenset[str]
    currency: str = ""
    signs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, document_language: str, accept_language: str = "", currency: str = "") -> "Notations":
        """For a document's language, a browser's `Accept-Language` and a currency's code."""
        locales = [
            found for found in (locale_of(document_language), locale_of(first_language(accept_language))) if found
        ]
        marks = frozenset(decimal_mark(locale) for locale in locales) or frozenset(".")
        signs = {get_currency_symbol(currency, locale) for locale in locales} if currency else set()
        return cls(
            marks, currency, frozenset(sign.casefold() for sign in {*signs, currency, *_SHORT.get(currency, ())})
        )


_SHORT: Final[dict[str, tuple[str, ...]]] = {
    "CHF": ("Fr.", "SFr."),
    "CNY": ("\u00a5", "\uffe5"),
    "DKK": ("kr", "kr."),
    "EUR": ("\u20ac", "euro", "euros"),
    "GBP": ("\u00a3",),
    "INR": ("\u20b9", "Rs", "Rs."),
    "ISK": ("kr", "kr."),
    "JPY": ("\u00a5", "\uffe5", "円"),
    "NOK": ("kr", "kr."),
    "PLN": ("zł",),
    "SEK": ("kr", "kr."),
    "USD": ("$", "US$"),
    **dict.fromkeys(("AUD", "CAD", "HKD", "MXN", "NZD", "SGD"), ("$",)),
}
"""How people write a currency beside its code and its sign."""


def read_number(written: str, notations: Notations, *, usual_decimals: int = 2) -> Reading:
    """Read a number. `usual_decimals` are those that numbers of its field have: the currency's, or 2."""
    text = _plain(written[: LONGEST_WRITTEN + 1])
    if len(text) > LONGEST or len(written) > LONGEST_WRITTEN:
        return Unreadable("it is too long")
    core = _without_currency(text, notations)
    if isinstance(core, Unreadable):
        return core
    sign, core = ("-", core[1:].lstrip(_SPACES)) if core[:1] in _DASHES and core else ("", core)
    is_whole = _WHOLE_AMOUNT.search(core) is not None
    core = _WHOLE_AMOUNT.sub("", core).rstrip(_SPACES)
    if _ARABIC_DECIMAL in written:
        readings = [re.sub(r"[']", "", core)] if re.fullmatch(r"[\d']+\.\d+", core) else []
    else:
        readings = _readings(core, notations.decimals, usual_decimals, is_whole=is_whole)
    if not readings:
        return Unreadable()
    values = [sign + _canonical(reading) for reading in readings]
    longest = max(len(value.partition(".")[0].lstrip("-")) for value in values)
    if longest > 15:
        return Unreadable(f"it has {longest} digits before the point, and 15 are taken at most")
    if len(values) == 2 and values[0] != values[1]:
        return Ambiguous((values[0], values[1]))
    return Read(values[0], _number_text(values[0]) != _number_text(written.strip()))


def locale_of(language: str) -> Locale | None:
    """A language tag's locale, without its region if that is not known; None for no language."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-") if tag else None
        except (UnknownLocaleError, ValueError):
            continue
    return None


def first_language(accept_language: str) -> str:
    """The language a browser likes best: “de-ch” of “de-CH,de;q=0.9,en;q=0.8”."""
    known = parse_accept_lang_header(accept_language)
    return next((tag for tag, _ in known if tag != "*"), "")


def decimal_mark(locale: Locale) -> str:
    """The decimal mark with European digits, "." or ","."""
    symbols = locale.number_symbols
    mark = (symbols.get("latn") or symbols).get("decimal", ".")
    return "," if mark == "," else "."


def _plain(written: str) -> str:
    """Digits and marks of every script as European ones."""
    letters = []
    for letter in written.strip():
        if unicodedata.category(letter) == "Cf":
            continue
        digit = unicodedata.decimal(letter, None)
        letters.append(str(digit) if digit is not None else _MARKS.get(letter, letter))
    return "".join(letters).strip()


def _without_currency(text: str, notations: Notations) -> str | Unreadable:
    """The number without the currency's sign or code before or after it; another currency's is refused by name."""
    found = re.fullmatch(
        rf"([{_DASH}]?)([^\d{_DASH}.,'+]*?)[{_SPACES}]*([{_DASH}+]?[.,]?\d.*?)[{_SPACES}]*([^\d{_DASH}.,'\s][^\d]*)?",
        text,
    )
    if found is None:
        return Unreadable()
    minus, before, core, after = (part or "" for part in found.groups())
    for sign in (before.strip(_SPACES), (after or "").strip(_SPACES)):
        if sign and sign.casefold() not in notations.signs:
            other = sign.upper()
            is_other = other in CURRENCIES or all(unicodedata.category(letter) == "Sc" for letter in sign)
            return Unreadable(f"the prices are in {notations.currency}" if is_other and notations.currency else "")
    if (before.strip(_SPACES) and after) or (minus and core[:1] in _DASHES):
        return Unreadable()
    return minus + core.removeprefix("+")


def _readings(core: str, decimals: frozenset[str], usual_decimals: int, *, is_whole: bool) -> list[str]:
    """Every meaning of digits with marks, as text with a point; none if it is no number."""
    if not re.fullmatch(rf"[\d.,{_SPACES}{_APOSTROPHES}]*\d[.,]?", core):
        return []
    grouped = re.search(rf"[{_SPACES}{_APOSTROPHES}]", core) is not None
    if grouped:
        head, mark, tail = _split_at_last_mark(core)
        joined = re.sub(rf"[{_SPACES}]", " ", re.sub(rf"[{_APOSTROPHES}]", "'", head))
        if not _GROUPS_OF_THREE.fullmatch(joined) or not re.fullmatch(r"\d*", tail) or (is_whole and tail):
            return []
        digits = re.sub(r"\D", "", head)
        return [f"{digits}.{tail}" if mark else digits]
    marks = [letter for letter in core if letter in ".,"]
    if not marks:
        return [core]
    if len(marks) == 1:
        return _readings_of_one_mark(core, marks[0], decimals, usual_decimals, is_whole=is_whole)
    if len(set(marks)) == 1:
        return [_joined(core)] if _is_grouped(core) else []
    head, last, tail = _split_at_last_mark(core)
    if last in head or is_whole or not _is_grouped(head):
        return []
    return [f"{_joined(head)}.{tail}"]


def _readings_of_one_mark(
    core: str, mark: str, decimals: frozenset[str], usual_decimals: int, *, is_whole: bool
) -> list[str]:
    head, _, tail = core.partition(mark)
    as_decimal, as_group = f"{head or '0'}.{tail}", head + tail
    could_group = _is_grouped(core)
    if is_whole:
        return [as_group] if could_group else []
    if not tail or head in ("", "0"):
        return [as_decimal]
    if decimals == {mark}:
        looks_grouped = could_group and tail.endswith("0") and usual_decimals != len(tail)
        return [as_group, as_decimal] if looks_grouped else [as_decimal]
    if mark not in decimals:
        return [as_group] if could_group else [as_decimal, as_group]
    return [as_group, as_decimal] if could_group else [as_decimal]


def _split_at_last_mark(core: str) -> tuple[str, str, str]:
    place = max(core.rfind("."), core.rfind(","))
    return (core, "", "") if place < 0 else (core[:place], core[place], core[place + 1 :])


def _is_grouped(text: str) -> bool:
    return (_GROUPS_OF_THREE.fullmatch(text) or _INDIAN_GROUPS.fullmatch(text)) is not None


def _joined(text: str) -> str:
    return re.sub(r"\D", "", text)


def _canonical(text: str) -> str:
    whole, _, part = text.partition(".")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _number_text(text: str) -> str:
    """A plain number without what carries nothing, so that “5.0”, “05” and “5” are no translations of each other."""
    if not re.fullmatch(r"-?\d+(?:\.\d*)?", text, re.ASCII):
        return text
    whole, _, part = text.partition(".")
    return f"{whole.lstrip('0') or '0'}.{part.rstrip('0')}"
