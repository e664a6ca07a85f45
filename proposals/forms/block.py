"""A block of cells copied from a spreadsheet, read as lines: what each row would add, or why it can't.

Nothing is guessed: a row that can't be understood is refused with its reason, and the others stand.
"""

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from proposals.actions import values
from proposals.actions.price_fields import LINE_EDITS
from proposals.exceptions import Invalid
from proposals.forms.entered import CHOOSE, Entered, cut
from proposals.models.fields import plain
from proposals.pricing import PricingError, calculate

MARKS: Final = (".", ",")
TEXT_LENGTH: Final = 200_000
ROWS_COUNT: Final = 500
COLUMNS_COUNT: Final = 20

HEADERS: Final[dict[str, str]] = {
    word: name
    for name, words in {
        "title": "title item name description position product service article artikel bezeichnung leistung "
        "beschreibung omschrijving naam désignation libellé article concepto descripción artikelnamn benämning",
        "detail": "detail details note notes includes bemerkung toelichting remarque notas",
        "quantity": "quantity qty hours days count menge anzahl aantal quantité qté cantidad antal",
        "unit": "unit units unit_label einheit eenheid unité unidad enhet",
        "price": "price unit_price rate unit_cost price_each einzelpreis preis stückpreis prijs stukprijs tarief prix "
        "prix_unitaire precio precio_unitario pris styckpris",
        "total": "total amount sum line_total subtotal betrag gesamt gesamtpreis summe bedrag totaal montant importe "
        "summa",
    }.items()
    for word in words.split()
}
"""Words of a header row, lower case with “_” for spaces, and the column each names."""

SUMS: Final = frozenset(
    {
        *("total", "totals", "subtotal", "sub_total", "grand_total", "sum", "vat", "tax"),
        *("summe", "gesamt", "gesamtsumme", "zwischensumme", "mwst", "totaal", "subtotaal", "btw"),
        *("total_ht", "total_ttc", "tva", "suma", "iva", "summa", "moms"),
    }
)
"""Titles of rows that a spreadsheet adds up and a proposal adds up by itself."""

WITHOUT_HEADER: Final[dict[int, tuple[str, ...]]] = {
    2: ("title", "price"),
    3: ("title", "quantity", "price"),
    4: ("title", "quantity", "unit", "price"),
    5: ("title", "quantity", "unit", "price", "total"),
}
"""What the columns of a block without a header row are, by their number."""

_UNREADABLE: Final = "\ufffd"
_ERROR = re.compile(r"#(REF|N/A|VALUE|DIV/0|NAME|NULL|NUM|NV|BEZUG|WERT|NAAM)[!?]{0,2}", re.IGNORECASE)


@dataclass(frozen=True)
class BlockRow:
    """One row: the fields of the line it would add and what that comes to, or why it is refused."""

    number: int
    cells: tuple[str, ...]
    fields: dict[str, Any] | None = None
    price: str = ""
    amount: str = ""
    refusal: str = ""
    note: str = ""


@dataclass(frozen=True)
class Block:
    """A block's rows in order, with the columns that were left out."""

    rows: tuple[BlockRow, ...]
    left_out: tuple[str, ...] = ()
    mark: str = ""
    """The decimal mark that the block showed by itself, "" if it did not or was not asked to."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The fields of every line that would be added."""
        return [row.fields for row in self.rows if row.fields is not None]

    @property
    def refused_count(self) -> int:
        """How many rows are refused."""
        return sum(row.fields is None for row in self.rows)

    @property
    def digest(self) -> str:
        """Stands for what would be added, so that exactly what was shown is confirmed."""
        return hashlib.sha256(json.dumps(self.lines, sort_keys=True).encode()).hexdigest()[:32]


def read_block(text: str, entered: Entered, mark: str = "") -> Block:
    """Read a block, with `mark` before the decimals of its numbers, or the one that they show by themselves.

    Raises Invalid where it is no block at all, or too large.
    """
    shown = decimal_marks(text[:TEXT_LENGTH])
    if mark in MARKS:
        entered.with_decimal_mark(mark, is_decided=True)
    elif len(shown) == 1:
        entered.with_decimal_mark(*shown, is_decided=False)
    table = _cells(text)
    columns = _header(table[0])
    left_out: tuple[str, ...] = ()
    first = 1
    if columns is not None:
        left_out = tuple(
            cell.strip() for cell, name in zip(table[0], columns, strict=True) if not name and cell.strip()
        )
        table, first = table[1:], 2
    else:
        columns = _columns_by_place(table)
    rows = [
        _row(number, cells, columns, entered)
        for number, cells in enumerate(table, start=first)
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise _refused("There is a header row, and no row below it. Copy the rows, too.")
    return Block(tuple(rows), left_out, "" if mark in MARKS or len(shown) != 1 else next(iter(shown)))


def decimal_marks(text: str) -> frozenset[str]:
    """The decimal marks that a block shows beyond doubt: “12,50” does, “1.000” does not."""
    point = re.search(r"(?<![\d.,])\d+(,\d{3})*\.(\d{1,2}|\d{4,})(?![\d.,])|\d,\d{3}\.\d", text)
    comma = re.search(r"(?<![\d.,])\d+(\.\d{3})*,(\d{1,2}|\d{4,})(?![\d.,])|\d\.\d{3},\d", text)
    return frozenset(mark for mark, found in ((".", point), (",", comma)) if found)


def _refused(detail: str) -> Invalid:
    return values.refuse("cells", "bad_block", detail)


def _cells(text: str) -> list[list[str]]:
    if len(text) > TEXT_LENGTH:
        raise _refused(f"The block has {len(text):,} characters; {TEXT_LENGTH:,} are taken at once.")
    readable = "".join(
        _UNREADABLE if unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\t\n" else letter
        for letter in text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    )
    if not readable.strip():
        raise _refused("There is nothing to add: paste cells from a spreadsheet here.")
    delimiter = "\t" if "\t" in readable else ";"
    if delimiter not in readable:
        raise _refused("This is one column only. Copy at least what each line is and its price.")
    try:
        table = list(csv.reader(io.StringIO(readable), delimiter=delimiter))
    except csv.Error as error:
        raise _refused("The cells can’t be told apart: a quotation mark is not closed.") from error
    if len(table) > ROWS_COUNT + 1:
        raise _refused(f"There are {len(table):,} rows; {ROWS_COUNT} are taken at once.")
    width = max(len(row) for row in table)
    if width > COLUMNS_COUNT:
        raise _refused(f"There are {width} columns; {COLUMNS_COUNT} are taken at most.")
    return [row + [""] * (width - len(row)) for row in table]


def _header(cells: Sequence[str]) -> list[str] | None:
    """The column each cell names, “” for one that means nothing here; None if this is no header row."""
    words = [re.sub(r"\W+", "_", cell.strip().lower()).strip("_") for cell in cells]
    names = [HEADERS.get(word, "") for word in words]
    if "title" not in names or not {"price", "total"} & set(names):
        return None
    return [name if name not in names[:place] else "" for place, name in enumerate(names)]


def _columns_by_place(table: list[list[str]]) -> list[str]:
    width = len(table[0])
    columns = WITHOUT_HEADER.get(width)
    if columns is None:
        named = "Name them in the first row: title, quantity, unit, price"
        detail = f"There are {width} columns and no header row that is understood. {named}."
        raise _refused(detail)
    if width == 4 and all(re.search(r"\d", row[2]) for row in table):
        columns = ("title", "quantity", "price", "total")
    return list(columns)


def _row(number: int, cells: list[str], columns: list[str], entered: Entered) -> BlockRow:
    row = BlockRow(number, tuple(cells))
    given = {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if name}
    reason = _obvious_fault(cells, given)
    if reason:
        return replace(row, refusal=reason)
    try:
        fields = values.parse_all(LINE_EDITS, _fields(given, entered))
        exact = {name: plain(value) if isinstance(value, Decimal) else value for name, value in fields.items()}
        amount = _amount(exact, entered.currency)
        total = entered.number("total", given.get("total", ""), field="amount")
    except Invalid as refusal:
        detail = refusal.errors[0].detail if refusal.errors else refusal.detail
        asked = refusal.code == "ambiguous_number"
        return replace(row, refusal=detail.replace(CHOOSE, "Choose the decimal mark below.") if asked else detail)
    except PricingError as error:
        return replace(row, refusal=error.detail)
    differs = bool(total) and Decimal(total) != Decimal(amount)
    note = f"comes to {entered.in_cell('amount', amount)}; the sheet says {given['total']}" if differs else ""
    price = entered.in_cell("price", exact.get("unit_price") or exact["amount"])
    return replace(row, fields=exact, price=price, amount=amount, note=note)


def _obvious_fault(cells: Sequence[str], given: dict[str, str]) -> str:
    title = given.get("title", "")
    if any(_UNREADABLE in cell for cell in cells):
        return "It has characters that can’t be shown. Type the cell anew."
    for cell in (cell.strip() for cell in cells):
        if cell[:1] in ("=", "@") or re.match(r"[+-][A-Za-z(]", cell):
            return f"“{cut(cell)}” is a formula. Copy its value instead."
        if _ERROR.fullmatch(cell):
            return f"“{cut(cell)}” is an error of the spreadsheet."
    if not title:
        return "It does not say what the line is."
    if re.sub(r"\W+", "_", title.lower()).strip("_") in SUMS:
        return "It is a sum or a tax, which the table makes by itself."
    return ""


def _fields(given: dict[str, str], entered: Entered) -> dict[str, Any]:
    """The fields of the line: units if there is a quantity, else a fixed price."""
    read = {name: entered.number(name, given.get(name, ""), field=kind) for name, kind in _NUMBERS}
    words = {"title": given["title"], "detail": given.get("detail", "")}
    unit = given.get("unit", "")
    if not read["price"]:
        if not read["total"] or read["quantity"] not in ("", "1"):
            raise values.refuse("price", "required", "It has no price.")
        return {**words, "kind": "fixed", "amount": read["total"]}
    if read["quantity"] in ("", "1") and not unit:
        return {**words, "kind": "fixed", "amount": read["price"]}
    quantity = read["quantity"] or "1"
    return {**words, "kind": "unit", "quantity": quantity, "unit_price": read["price"], "unit_label": unit}


_NUMBERS: Final = (("quantity", "quantity"), ("price", "unit_price"), ("total", "amount"))


def _amount(fields: dict[str, Any], currency: str) -> str:
    """What the line comes to, before discounts. Raises PricingError if it can't be calculated."""
    line = {"id": "row", **{name: value for name, value in fields.items() if value}}
    given = {"document": {"currency": currency, "sections": [{"id": "block", "lines": [line]}]}}
    answer: dict[str, Any] = calculate("price", given)
    return str(answer["lines"][0]["gross"])
