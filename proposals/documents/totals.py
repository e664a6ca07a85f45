"""The document's totals as display texts: one string for each sum, and how certain it is. Calculates nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from proposals.documents import wording
from proposals.documents.discount_words import early_label, grounds_words
from proposals.documents.said import Piece, Said


@dataclass(frozen=True)
class TotalRow:
    """A row under the table: a label, an amount, and sometimes a note. `of` is the amount's name in the working.

    `grounds` is what a discount rests on, `about` the field that a counter-offer about the row is for, and `section`
    whose it is; `offers` are such counter-offers, in the room only.
    """

    label: str
    amount: str
    note: str = ""
    of: str = ""
    grounds: str = ""
    about: str = ""
    section: str = ""
    offers: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Totals:
    """The document's totals: rows, the one total string used everywhere, and what it means.

    `sum` says the same with how certain it is: “€23,038.40” if all is firm, “estimate €23,038.40, at most €28,314.00”.
    `early` is what the total is if it is paid early.
    """

    rows: tuple[TotalRow, ...]
    total: TotalRow
    amount: str
    notes: tuple[str, ...] = field(default=())
    sum: str = ""
    early: tuple[TotalRow, ...] = ()

    @property
    def is_firm(self) -> bool:
        """Whether the total will not change by itself."""
        return self.sum == self.amount

    @property
    def certainty(self) -> str:
        """The sum as a sentence (`Said`); "" if all is firm."""
        return "" if self.is_firm or not isinstance(self.sum, Said) else self.sum.as_sentence()


def totals_of(terms: Mapping[str, Any], result: Mapping[str, Any], language: str = "en") -> Totals:
    """The totals. `terms` has currency, price_basis, tax_rounding, taxes, discounts; `result` is the price's."""
    currency = terms["currency"]
    inclusive = terms["price_basis"] == "inclusive"
    sums = result["totals"]
    whole = [row for row in terms["discounts"] if not row.get("conditional")]
    rows = [discount_row("Discount on the whole", row, currency, language) for row in whole]
    if sums["discount"] != wording.zero_like(sums["discount"]):
        rows.append(TotalRow("Before discounts", wording.money(sums["gross"], currency, language), of="totals.gross"))
        off = wording.money(wording.negated(sums["discount"]), currency, language)
        rows.append(TotalRow("Discounts", off, of="totals.discount"))
    taxes = {tax["id"]: tax for tax in terms["taxes"]}
    for group in result["taxes"]:
        tax = taxes[group["id"]]
        label = f"{tax['label']}, included" if inclusive else tax["label"]
        tax_amount = wording.money(group["amount"], currency, language)
        rows.append(TotalRow(label, tax_amount, tax["note"], of=f"tax:{group['id']}.amount"))
    complete = result["complete"]
    amount = wording.money(sums["total"], currency, language)
    label = "Total" if complete else "Total so far"
    said = sum_in_words(result, amount, currency, language)
    note = "" if said == amount else said.as_sentence()
    return Totals(
        tuple(rows),
        TotalRow(label, amount, note, of="totals.total"),
        amount,
        tuple(_notes(terms, result, language)),
        said,
        tuple(_early(terms, result, language)),
    )


def discount_row(
    label: str, discount: Mapping[str, Any], currency: str, language: str, *, section: str = ""
) -> TotalRow:
    """A discount with its sentence and what it rests on; its amount is in the sums."""
    how_much = wording.discount(discount, currency, language)
    grounds = grounds_words(discount)
    return TotalRow(f"{label}: {how_much}", "", discount["text"], grounds=grounds, about="discount", section=section)


def _early(terms: Mapping[str, Any], result: Mapping[str, Any], language: str) -> Iterator[TotalRow]:
    """The total beside the total: “2% less, €378.00, if paid within 10 days of the invoice”, €18,522.00."""
    currency = terms["currency"]
    offered = [discount for discount in terms["discounts"] if discount.get("conditional")]
    for place, (discount, taken) in enumerate(zip(offered, result.get("conditional", ()), strict=False)):
        label = early_label(discount, taken["saving"], currency, language, of=f"conditional.{place}.saving")
        total = wording.money(taken["total_if_taken"], currency, language)
        of = f"conditional.{place}.total_if_taken"
        yield TotalRow(label, total, discount["text"], of, grounds=grounds_words(discount), about="early_payment")


def sum_in_words(result: Mapping[str, Any], amount: str, currency: str, language: str) -> Said:
    """How certain the total is, and what it can become (`pricing.most`), in one string."""
    sums = result["totals"]
    most = result.get("most") or {"kind": "no_upper_limit" if _present(sums.get("estimate")) else "at_most", **sums}
    stands = Piece(amount, "totals.total")
    if most["kind"] == "no_upper_limit":
        return Said.of("estimate ", stands, ", no upper limit")
    of_most = "most.total" if "most" in result else "totals.total"
    at_most = Said.of("at most ", Piece(wording.money(most["total"], currency, language), of_most))
    if most["kind"] == "firm" or not (_present(sums.get("estimate")) or _present(sums.get("ceiling"))):
        return Said.of(stands) if most["total"] == sums["total"] else at_most
    if not _present(sums.get("estimate")) or Decimal(most["total"]) < Decimal(sums["total"]):
        return at_most
    return Said.of("estimate ", stands, ", ", at_most)


def _notes(terms: Mapping[str, Any], result: Mapping[str, Any], language: str) -> list[str]:
    currency = terms["currency"]
    notes: list[str] = []
    if not result["complete"]:
        undecided = wording.listing([f"“{group}”" for group in result["unresolved"]])
        if "range" in result:
            low, high = (
                Piece(wording.money(result["range"][end], currency, language), f"range.{end}") for end in ("min", "max")
            )
            chosen = f"{undecided} is still to be chosen: the total will be between "
            notes.append(Said.of(chosen, low, " and ", high, "."))
        else:
            notes.append(f"{undecided} is still to be chosen and not in the total.")
    sums = result["totals"]
    certain = (("firm", "firm"), ("estimate", "an estimate"), ("ceiling", "at most"))
    present = [(name, words) for name, words in certain if _present(sums.get(name))]
    if [name for name, _ in present if name != "firm"]:
        said = [
            Said.of(Piece(wording.money(sums[name], currency, language), f"totals.{name}"), f" {words}")
            for name, words in present
        ]
        basis = "" if terms["price_basis"] == "inclusive" else ", before tax"
        notes.append(Said.of("Of this ", Said.listing(said), f"{basis}."))
    most = result.get("most")
    if most and "total" in most and Decimal(most["total"]) < Decimal(sums["total"]):
        stands, limit = (wording.money(each["total"], currency, language) for each in (sums, most))
        notes.append(
            Said.of(
                "The lines come to ", Piece(stands, "totals.total"), ", but how it is billed allows at most ",
                Piece(limit, "most.total"), ". One of the two wants changing."
            )
        )  # fmt: skip
    if result["taxes"]:
        rounding = "once per rate" if terms["tax_rounding"] == "group" else "on every line"
        notes.append(f"Tax is rounded {rounding}.")
    return notes


def _present(amount: str | None) -> bool:
    return amount is not None and amount != wording.zero_like(amount)
