"""The steps of taxes, sums and totals, of the range over undecided alternatives, and of early payment."""

from __future__ import annotations

from collections.abc import Sequence

from ..lines import CERTAINTIES
from ..taxes import Tax
from .discounts import Level, share_out
from .lines import percentage
from .record import Record, called
from .steps import Input, Step, ratio_text


def section_sums(record: Record, amounts: Sequence[Input]) -> list[Input]:
    """Gross, discount and amount of every section; the answer is the amounts."""
    sums = []
    grosses = [record.amount(f"line:{line.line.id}.gross", line.gross.minor) for line in record.result.lines]
    for section, span in record.document.line_spans():
        key = f"section:{section.id}"
        included = [number for number in span if record.result.lines[number].included]
        gross = record.summed(f"{key}.gross", [grosses[number] for number in included])
        amount = record.summed(f"{key}.amount", [amounts[number] for number in included])
        record.less(f"{key}.discount", gross, amount)
        sums.append(amount)
    return sums


def totals(record: Record, prefix: str, amounts: Sequence[Input], sums: Sequence[Input]) -> Input:
    """Steps 5 and 6: taxes on the amounts of lines, net and total. ``sums`` are the sections' amounts."""
    taxes = [_tax(record, prefix, tax, amounts) for tax in _named_taxes(record)]
    tax = record.summed(f"{prefix}totals.tax", taxes)
    if record.document.inclusive:
        total = record.summed(f"{prefix}totals.total", sums)
        record.less(f"{prefix}totals.net", total, called("tax", tax))
        return total
    net = record.summed(f"{prefix}totals.net", sums)
    return record.summed(f"{prefix}totals.total", (called("net", net), called("tax", tax)))


def whole_sums(record: Record, amounts: Sequence[Input]) -> None:
    """Gross and discount of the whole, and how much of it is firm, an estimate, a ceiling."""
    steps = [f"section:{priced.id}.gross" for priced in record.result.sections]
    grosses = [
        record.amount(key, priced.gross.minor) for key, priced in zip(steps, record.result.sections, strict=True)
    ]
    gross = record.summed("totals.gross", grosses)
    priced = record.result.totals.total if record.document.inclusive else record.result.totals.net
    key = "totals.total" if record.document.inclusive else "totals.net"
    record.less("totals.discount", gross, record.amount(key, priced.minor))
    for certainty in CERTAINTIES:
        those = [
            amount
            for amount, line in zip(amounts, record.result.lines, strict=True)
            if line.included and line.line.certainty == certainty
        ]
        record.summed(f"totals.{certainty}", those)


def early_payment(record: Record, numbers: Sequence[int], amounts: Sequence[Input]) -> None:
    """Each conditional discount by itself: taken as the last one, with taxes and total calculated again."""
    for index, conditional in enumerate(record.result.conditional):
        key = f"conditional.{index}"
        left = list(amounts)
        share_out(
            record,
            Level(f"{key}.discounts", f"{key}.discount", f"{key}.amount"),
            (conditional.discount,),
            numbers,
            left,
        )
        sums = []
        for section, span in record.document.line_spans():
            counted = [left[number] for number in span if record.result.lines[number].included]
            sums.append(record.summed(f"{key}.section:{section.id}.amount", counted))
        total = totals(record, f"{key}.", left, sums)
        record.aliases[f"{key}.total_if_taken"] = total.of
        now = record.result.totals.total
        record.less(f"{key}.saving", record.amount("totals.total", now.minor), called("total_if_taken", total))


def total_range(record: Record) -> None:
    """The totals of all combinations of the undecided alternatives, of which the least and the greatest are named."""
    found = record.result.range
    if found is None:
        return
    inputs = tuple(
        Input("total", str(total), note="; ".join(f"{group}: {option}" for group, option in choices.items()))
        for choices, total in found.combinations
    )
    for key, rule, end in (("min", "least", found.least), ("max", "greatest", found.greatest)):
        record.add(Step(f"range.{key}", rule, inputs, str(end), str(end)), end.minor)


def _named_taxes(record: Record) -> list[Tax]:
    return [priced.tax for priced in record.result.taxes]


def _tax(record: Record, prefix: str, tax: Tax, amounts: Sequence[Input]) -> Input:
    """One tax: on its base, or within the price; rounded once, or on every line."""
    key, inclusive = f"{prefix}tax:{tax.id}", record.document.inclusive
    subject = [
        (line.line.id, amount)
        for amount, line in zip(amounts, record.result.lines, strict=True)
        if line.included and tax.id in line.line.taxes
    ]
    whole = record.summed(f"{key}.{'price' if inclusive else 'base'}", [amount for _, amount in subject])
    if record.document.tax_per_line:
        parts = [_rounded(record, f"{prefix}line:{line}.tax:{tax.id}", tax, amount) for line, amount in subject]
        taxed = called("tax", record.summed(f"{key}.amount", parts))
    else:
        taxed = _rounded(record, f"{key}.amount", tax, whole)
    if inclusive:
        record.less(f"{key}.base", whole, taxed)
    return taxed


def _rounded(record: Record, key: str, tax: Tax, subject: Input) -> Input:
    facts = {"label": tax.label} if tax.label else {}
    percent = Input("percent", f"{tax.rate:f}")
    if record.document.inclusive:
        minor = tax.within_gross_minor(subject.minor)
        numerator, denominator = tax.rate.as_integer_ratio()
        divisor = (100 * denominator + numerator) * record.document.currency.minor_per_major
        exact = ratio_text(subject.minor * numerator, divisor, record.places)
        inputs = (called("price", subject), percent)
        return called("tax", record.add(Step(key, "tax_within", inputs, exact, record.text(minor), facts), minor))
    minor = tax.on_net_minor(subject.minor)
    inputs = (called("base", subject), percent)
    exact = percentage(subject.value, tax.rate, record.places)
    return called("tax", record.add(Step(key, "tax", inputs, exact, record.text(minor), facts), minor))
