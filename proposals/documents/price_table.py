"""A price section as rows of display texts: one table for the page, the live fragment and the PDF.

Made from plain contents (the shapes of `contents` and of a revision), so that the PDF of a revision is made from
the revision alone. Nothing is calculated here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proposals.documents import wording
from proposals.documents.payment import ScheduleView, schedule_view
from proposals.documents.price_rows import PriceRow, price_row
from proposals.documents.said import Piece
from proposals.documents.totals import TotalRow, Totals, discount_row


@dataclass(frozen=True)
class PriceTable:
    """A price section with everything that stands in its table."""

    section_id: str
    caption: str
    currency: str
    symbol: str
    rows: tuple[PriceRow, ...]
    totals: tuple[TotalRow, ...] = ()
    total: TotalRow | None = None
    early: tuple[TotalRow, ...] = ()
    alternatives: tuple["AlternativeGroup", ...] = ()
    notes: tuple[str, ...] = ()
    schedule: ScheduleView | None = None
    offers: tuple[Any, ...] = ()
    """Counter-offers about discounts of the section and, under the totals, of the whole; in the room only."""
    schedule_offers: tuple[Any, ...] = ()
    proposable: bool = False

    @property
    def all_offers(self) -> tuple[Any, ...]:
        """Every counter-offer that stands somewhere in the section."""
        placed = [row.offers for row in self.rows] + [group.offers for group in self.alternatives]
        return (*self.offers, *self.schedule_offers, *(view for offers in placed for view in offers))


@dataclass(frozen=True)
class AlternativeGroup:
    """A pick-one: its name, the options, which one the client chose ("" while undecided), and counter-offers."""

    name: str
    options: tuple[str, ...]
    chosen: str
    shown: tuple["AlternativeOption", ...] = ()
    """The options with the lines that each would bring."""
    offers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class AlternativeOption:
    """One option of a pick-one: its name, and its lines with what each comes to, a piece that can be opened."""

    name: str
    lines: tuple[tuple[str, Piece], ...]

    @property
    def words(self) -> str:
        """“Careful: Trial €200.00, Report €80.00”, as its label is read aloud."""
        return f"{self.name}: {', '.join(f'{title} {amount.words}' for title, amount in self.lines)}"


def price_table(
    section: Mapping[str, Any],
    terms: Mapping[str, Any],
    language: str = "en",
    *,
    totals: Totals | None = None,
) -> PriceTable:
    """A section (`id, title, lines` with `result`, `discounts`) as a table; `totals` if they stand under it."""
    currency = terms["currency"]
    basis = "including tax" if terms["price_basis"] == "inclusive" else "before tax"
    rows = tuple(price_row(line, terms, language) for line in section["lines"])
    own = tuple(
        discount_row("Discount on this section", row, currency, language, section=section["id"])
        for row in section["discounts"]
    )
    return PriceTable(
        section_id=section["id"],
        caption=f"{section['title']}, prices in {currency} {basis}",
        currency=currency,
        symbol=wording.symbol(currency, language),
        rows=rows,
        totals=own + (totals.rows if totals else ()),
        total=totals.total if totals else None,
        early=totals.early if totals else (),
        alternatives=tuple(_alternatives(section["lines"], terms["choices"], {row.id: row.amount for row in rows})),
        notes=totals.notes if totals else (),
        schedule=schedule_view(terms, language) if totals else None,
    )


def _alternatives(
    lines: Sequence[Mapping[str, Any]], choices: Mapping[str, str], amounts: Mapping[str, str]
) -> list[AlternativeGroup]:
    groups: dict[str, dict[str, list[tuple[str, Piece]]]] = {}
    for line in lines:
        if line.get("alt"):
            of_option = groups.setdefault(line["alt"]["group"], {}).setdefault(line["alt"]["option"], [])
            amount = Piece(amounts[line["id"]], f"line:{line['id']}.after_line_discounts")
            of_option.append((line["title"], amount))
    return [
        AlternativeGroup(
            name,
            tuple(options),
            choices.get(name, ""),
            tuple(AlternativeOption(option, tuple(shown)) for option, shown in options.items()),
        )
        for name, options in groups.items()
    ]
