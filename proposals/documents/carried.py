"""What a price table comes to so far, line by line: printed where a page ends within the table."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from proposals.documents import wording
from proposals.documents.price_rows import after_own_discounts
from proposals.documents.price_table import PriceTable


def with_subtotals(table: PriceTable, section: Mapping[str, Any], currency: str, language: str) -> PriceTable:
    """The table whose rows say what the lines so far come to, less the lines' own discounts; excluded lines add 0.

    `section` has its lines as in a revision, with their `result`. The last row says nothing when nothing follows it
    in the table.
    """
    rows, so_far = [], Decimal(0)
    for row, line in zip(table.rows, section["lines"], strict=True):
        if row.included:
            so_far = wording.EXACT.add(so_far, Decimal(after_own_discounts(line["result"])))
        rows.append(replace(row, subtotal=wording.money(format(so_far, "f"), currency, language)))
    if rows and not (table.totals or table.total):
        rows[-1] = replace(rows[-1], subtotal="")
    return replace(table, rows=tuple(rows))
