"""The currencies a document may be priced in: ISO 4217 list one, with minor units, as data with a date.

Taken from the list of active codes on ``LISTED_ON`` (drawn from CLDR, checked against the amendments up to that day:
XCG for ANG, ZWG for ZWL, XAD new, BGN gone with Bulgaria's euro). Minor units are ISO's, not those of daily practice
(pricing-spec 2): HUF, TWD, IDR, MGA and MRU have 2. Codes for which ISO gives no minor unit (XAU, XDR, XTS, XXX and
other metals and units of account) cannot carry an amount, so they are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

LISTED_ON: Final = "2026-01-01"
"""ISO date of the list that ``CURRENCIES`` follows."""

_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"

_WITH_TWO_DECIMALS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""

_WITH_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

_WITH_FOUR_DECIMALS = "CLF UYW"

CURRENCIES: Final[Mapping[str, int]] = MappingProxyType(
    dict(
        sorted(
            (code, minor_units)
            for minor_units, codes in (
                (0, _WITHOUT_DECIMALS),
                (2, _WITH_TWO_DECIMALS),
                (3, _WITH_THREE_DECIMALS),
                (4, _WITH_FOUR_DECIMALS),
            )
            for code in codes.split()
        )
    )
)
"""Alphabetic code -> number of decimals, in alphabetical order, read-only."""
