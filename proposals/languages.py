"""Languages that a document may be in: they decide how numbers and dates are written and where words are divided."""

from functools import cache
from typing import Final

from babel import Locale

LANGUAGES: Final = (
    *("ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "he", "hr", "hu"),
    *("id", "is", "it", "ja", "ko", "lt", "lv", "mt", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr"),
    *("sv", "tr", "uk", "vi", "zh"),
)
"""ISO 639 codes. The words of this program itself are English in all of them."""

RIGHT_TO_LEFT: Final = frozenset({"ar", "he"})


@cache
def language_choices() -> list[tuple[str, str]]:
    """Codes with the languages' own names, by name: “de”, “Deutsch”."""
    own = {code: Locale(code).get_display_name() or code for code in LANGUAGES}
    return sorted(((code, name[:1].upper() + name[1:]) for code, name in own.items()), key=lambda choice: choice[1])


def language_name(code: str) -> str:
    """A language's English name: “German” for “de”; the code itself if it is not one of ours."""
    return Locale(code).get_display_name("en") or code if code in LANGUAGES else code


def direction_of(language: str) -> str:
    """How the language is written: "rtl" from the right, otherwise "ltr"."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
