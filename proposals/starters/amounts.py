"""Example amounts in any currency, and the tax that usually goes with it.

A starter states its amounts in euro. Here they become amounts of the same rough size in the document's
currency: examples to be replaced, neither an exchange rate nor advice on prices. Every result is representable
in the currency's minor units.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MAGNITUDES: Final[Mapping[str, Decimal]] = {
    code: Decimal(units)
    for units, codes in (
        ("0.025", "CLF"),
        ("0.4", "BHD KWD OMR"),
        ("0.8", "JOD"),
        ("3", "LYD TND"),
        ("4", "AED BRL GEL ILS MYR PEN PLN QAR RON SAR"),
        ("8", "BOB CNY DKK HKD MOP"),
        ("10", "MAD NOK SEK"),
        ("20", "MDL MXN MXV SZL LSL NAD ZAR ZMW"),
        ("25", "CZK"),
        ("30", "TWD UYW"),
        ("40", "THB TRY UYU"),
        ("50", "EGP MUR MKD UAH"),
        ("60", "DOP PHP"),
        ("100", "BDT INR KGS RSD RUB"),
        ("150", "DZD ISK JPY JMD KES NPR VUV XPF"),
        ("300", "LKR PKR"),
        ("400", "AMD HUF"),
        ("500", "CRC KMF KZT XAF XOF"),
        ("1000", "CLP IQD YER"),
        ("1400", "KRW"),
        ("1500", "ARS MNT NGN RWF"),
        ("3000", "BIF COP TZS"),
        ("4000", "KHR MGA MMK UGX"),
        ("8000", "PYG"),
        ("10000", "GNF"),
        ("12000", "UZS"),
        ("15000", "IDR"),
        ("25000", "LAK VND"),
        ("40000", "IRR"),
        ("100000", "LBP"),
    )
    for code in codes.split()
}
"""How many units of a currency are of the size of one euro, very roughly, in 2026; all others count as one."""

_USUAL_TAXES: Final[Mapping[str, tuple[str, str]]] = {
    "AUD": ("GST", "10"),
    "CHF": ("VAT", "8.1"),
    "DKK": ("VAT", "25"),
    "GBP": ("VAT", "20"),
    "INR": ("GST", "18"),
    "JPY": ("Consumption tax", "10"),
    "KRW": ("VAT", "10"),
    "NOK": ("VAT", "25"),
    "NZD": ("GST", "15"),
    "PLN": ("VAT", "23"),
    "SEK": ("VAT", "25"),
    "SGD": ("GST", "9"),
}
_NONE_USUAL: Final = frozenset({"BMD", "HKD", "KWD", "KYD", "LYD", "MOP", "QAR", "USD", "USN"})
"""Currencies of places without a value-added tax, or (the US dollar) where it depends on state and service."""

_ELSEWHERE: Final = ("VAT", "20")


class Amounts:
    """Example amounts and tax of one currency."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self._units = MAGNITUDES.get(currency, Decimal(1))
        self._tax = None if currency in _NONE_USUAL else _USUAL_TAXES.get(currency, _ELSEWHERE)

    def __call__(self, euros: int, times: int = 1) -> str:
        """`times` an example amount, as number text; converted ones are rounded to two significant digits first.

        `times` keeps amounts that belong together exact: two months free are twice the monthly price.
        """
        amount = Decimal(euros)
        if self._units != 1:
            converted = amount * self._units
            step = Decimal(1).scaleb(converted.adjusted() - 1)
            amount = (converted / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
        return format(amount * times, "f")

    @property
    def taxes(self) -> tuple[Mapping[str, str], ...]:
        """The usual tax to start from, or none."""
        if self._tax is None:
            return ()
        name, rate = self._tax
        label = f"{name} {rate}%"
        return ({"label": label, "jurisdiction": "", "category": "S", "rate": rate, "note": ""},)

    @property
    def tax_sentence(self) -> str:
        """What the price section says about tax until the seller has checked it."""
        if self._tax is None:
            return "Prices are without tax. [Check whether a tax applies to this work; add it or delete this line.]"
        name, rate = self._tax
        return (
            f"Prices are before tax. {name} at {rate}% is added as an example. "
            "[Check the tax and its rate for you and this client, then delete this line.]"
        )
