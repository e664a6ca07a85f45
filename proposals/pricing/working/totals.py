"""The steps of taxes, sums and totals, of the range over undecided alternatives, and of early payment."""

from __future__ import annotations

from collections.abc import Sequence

from ..lines import CERTAINTIES
from ..taxes import Tax
from .discounts import Level, share_out
from .lines import percentage
from .record import Amount, PriceRecord, stated
from .steps import NO_FACTS, ratio_text


def section_sums(record: PriceRecord, grosses: Sequence[Amount], amounts: Sequence[Amount]) -> list[Amount]:
    """Gross, discount and amount of every section; the answer is the amounts."""
    sums = []
    for section, span in record.document.line_spans():
        key = f"section:{section.id}"
        included = [number for number in span if record.result.lines[number].included]
        gross = record.summed(f"{key}.gross", [grosses[number] for number in included])
        amount = record.summed(f"{key}.amount", [amounts[number] for number in included])
        record.less(f"{key}.discount", gross, amount)
        sums.append(amount)
    return sums


def totals(record: PriceRecord, prefix: str, amounts: Sequence[Amount], sums: Sequence[Amount]) -> Amount:
    """Steps 5 and 6: taxes on the amounts of lines, net and total. ``sums`` are the sections' amounts."""
    taxes = [_tax(record, prefix, tax, amounts) for tax in _named_taxes(record)]
    tax = record.summed(f"{prefix}totals.tax", taxes)
    if record.document.inclusive:
        total = record.summed(f"{prefix}totals.total", sums)
        record.less(f"{prefix}totals.net", total, tax.called("tax"))
        return total
    net = record.summed(f"{prefix}totals.net", sums)
    return record.summed(f"{prefix}totals.total", (net.called("net"), tax.called("tax")))


def whole_sums(record: PriceRecord, amounts: Sequence[Amount]) -> None:
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


def early_payment(record: PriceRecord, numbers: Sequence[int], amounts: Sequence[Amount]) -> None:
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
        record.less(f"{key}.saving", record.amount("totals.total", now.minor), total.called("total_if_taken"))


def total_range(record: PriceRecord) -> None:
    """The totals of all combinations of the undecided alternatives, of which the least and the greatest are named."""
    found = record.result.range
    if found is None:
        return
    inputs = [
        {
            **stated("total", str(total)),
            "note": "; ".join(f"{group}: {option}" for group, option in choices.items()),
        }
        for choices, total in found.combinations
    ]
    for key, rule, end in (("min", "least", found.least), ("max", "greatest", found.greatest)):
        record.add(f"range.{key}", rule, list(inputs), str(end), end.minor)


def _named_taxes(record: PriceRecord) -> list[Tax]:
    return [priced.tax for priced in record.result.taxes]


def _tax(record: PriceRecord, prefix: str, tax: Tax, amounts: Sequence[Amount]) -> Amount:
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
        taxed = record.summed(f"{key}.amount", parts).called("tax")
    else:
        taxed = _rounded(record, f"{key}.amount", tax, whole)
    if inclusive:
        record.less(f"{key}.base", whole, taxed)
    return taxed


def _rounded(record: PriceRecord, key: str, tax: Tax, subject: Amount) -> Amount:
    facts = {"label": tax.label} if tax.label else NO_FACTS
    percent = stated("percent", f"{tax.rate:f}")
    if record.document.inclusive:
        minor = tax.within_gross_minor(subject.minor)
        numerator, denominator = tax.rate.as_integer_ratio()
        divisor = (100 * denominator + numerator) * record.document.currency.minor_per_major
        exact = ratio_text(subject.minor * numerator, divisor, record.places)
        inputs = [subject.called("price").given, percent]
        return record.add(key, "tax_within", inputs, exact, minor, facts).called("tax")
    exact = percentage(subject.text, tax.rate, record.places)
    inputs = [subject.called("base").given, percent]
    return record.add(key, "tax", inputs, exact, tax.on_net_minor(subject.minor), facts).called("tax")
