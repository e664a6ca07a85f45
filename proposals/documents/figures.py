"""Amounts and numbers in the sentences of billing models, as people read them in a language."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from proposals.documents import wording
from proposals.pricing import Currency, Money
from proposals.pricing.billing import Figures
from proposals.pricing.money import rounded_text


class WrittenFigures(Figures):
    """“€14,000.00” instead of “EUR 14,000.00”."""

    def __init__(self, language: str = "en") -> None:
        self.language = language

    def money(self, amount: Money) -> str:
        """An amount with its symbol."""
        return wording.money(str(amount), amount.currency.code, self.language)

    def price(self, price: Decimal, currency: Currency) -> str:
        """A rate or unit price with its symbol."""
        return wording.rate(price, currency.code, self.language)

    def number(self, value: Decimal | Fraction | int) -> str:
        """A number with as many decimals as it needs, at most four."""
        return wording.quantity(rounded_text(Fraction(value), 4), self.language)

    def percent(self, value: Decimal | Fraction) -> str:
        """“12.5%”."""
        return f"{self.number(value)}%"

    def rates(self, rates: Mapping[str, Decimal], currency: Currency) -> str:
        """“senior €200.00 and junior €90.00 an hour”."""
        return f"{wording.listing([f'{role} {self.price(rate, currency)}' for role, rate in rates.items()])} an hour"
