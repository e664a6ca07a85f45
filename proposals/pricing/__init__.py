"""The pure pricing core: exact arithmetic for proposals, without Django, in the standard library alone.

``calculate`` goes from JSON to JSON. Programs that hold typed values use ``parse_document`` and ``price``.
The rules and the names of all amounts are those of ``docs/pricing.md``.
"""

from .calculation import COMBINATION_LIMIT, price
from .discounts import DISCOUNT_REASONS
from .document import PRICE_BASES, TAX_ROUNDINGS, PriceDocument, Section
from .errors import PricingError
from .functions import ENGINE_VERSION, FUNCTIONS, calculate
from .instalment_plan import Periods
from .lines import CERTAINTIES, LINE_KINDS
from .money import Currency, Money, parse_decimal
from .parse import parse_document
from .rate_card import TIME_UNITS
from .result import PriceResult
from .schedule import Instalment, payment_schedule
from .taxes import TAX_CATEGORIES

__all__ = [
    "CERTAINTIES",
    "COMBINATION_LIMIT",
    "DISCOUNT_REASONS",
    "ENGINE_VERSION",
    "FUNCTIONS",
    "LINE_KINDS",
    "PRICE_BASES",
    "TAX_CATEGORIES",
    "TAX_ROUNDINGS",
    "TIME_UNITS",
    "Currency",
    "Instalment",
    "Money",
    "Periods",
    "PriceDocument",
    "PriceResult",
    "PricingError",
    "Section",
    "calculate",
    "parse_decimal",
    "parse_document",
    "payment_schedule",
    "price",
]
