"""How every amount of a price came about (pricing-spec 8): made after the fact, and only when somebody asks.

``explain(document, result)`` walks through the order of calculation once more and writes each amount down as a named
step: what went in, by which rule, the exact value, the rounding, the result. Steps name the steps they depend on, so
the working of any amount is a tree; amounts that several others need stand in it once. Each step can be recalculated
from its own inputs alone (``replay``).

Keys follow the names of ``PriceResult``: ``line:<id>.gross``, ``section:<id>.amount``, ``tax:<id>.base``,
``totals.total``, ``range.min``, ``conditional.0.saving``. Where nothing was taken off or added, a key stands for the
step before: the ``amount`` of a line without discounts is its ``gross``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..calculation import price
from ..document import PriceDocument
from ..errors import PricingError, shown
from ..lines import Line
from ..result import PriceResult
from .discounts import Level, Shares, share_out
from .lines import line_amounts
from .record import NOTHING, Amount, PriceRecord, Record
from .steps import RULES, Step, StepJson
from .totals import early_payment, section_sums, total_range, totals, whole_sums


class Working:
    """All steps in the order of calculation, by key. ``aliases`` maps further names of amounts to steps.

    Steps are kept in their JSON form; ``Step`` objects are made of those that somebody looks at.
    """

    def __init__(
        self, currency_code: str, places: int, kept: dict[str, StepJson], aliases: Mapping[str, str] | None = None
    ) -> None:
        self.currency_code = currency_code
        self.places = places
        self.aliases = aliases or {}
        self._kept = kept

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Every step by its key."""
        return {key: Step.of(kept) for key, kept in self._kept.items()}

    def step(self, key: str) -> Step:
        """The step of an amount. Raises ``PricingError`` with ``unknown_amount`` if there is none of that name."""
        return Step.of(self._found(key))

    def __contains__(self, key: str) -> bool:
        """Whether there is an amount of that name."""
        return self.aliases.get(key, key) in self._kept

    def tree(self, key: str) -> tuple[Step, ...]:
        """The step of an amount and all it depends on, in the order of calculation, the amount itself last."""
        return tuple([Step.of(kept) for kept in self._tree(key)])

    def as_dict(self, of: str | None = None) -> dict[str, Any]:
        """The whole, or the tree of one amount, as JSON values: ``currency, places, rules, steps``, and ``of``.

        The steps are those of the working itself, not copies: whoever adds to one makes a copy first.
        """
        kept = list(self._kept.values()) if of is None else self._tree(of)
        used = dict.fromkeys([step["rule"] for step in kept])
        answer: dict[str, Any] = {"currency": self.currency_code, "places": self.places}
        if of is not None:
            answer["of"] = self._found(of)["key"]
        answer["rules"] = {rule: RULES[rule].as_dict() for rule in used}
        answer["steps"] = kept
        if of is None:
            answer["aliases"] = dict(self.aliases)
        return answer

    def joined(self, *others: Working) -> Working:
        """One working of all, in this order. Keys and further names must differ."""
        kept, aliases = dict(self._kept), dict(self.aliases)
        for other in others:
            kept |= {key: step for key, step in other._kept.items() if key != NOTHING}
            aliases |= other.aliases
        return Working(self.currency_code, self.places, kept, aliases)

    def under(self, prefix: str) -> Working:
        """The same with all names beginning with ``prefix``, to stand beside another working."""

        def named(step: StepJson) -> StepJson:
            inputs = [{**each, "of": prefix + each["of"]} if "of" in each else each for each in step["inputs"]]
            return {**step, "key": prefix + step["key"], "inputs": inputs}

        kept = {prefix + key: named(step) for key, step in self._kept.items()}
        aliases = {prefix + name: prefix + key for name, key in self.aliases.items()}
        return Working(self.currency_code, self.places, kept, aliases)

    def _found(self, key: str) -> StepJson:
        found = self._kept.get(self.aliases.get(key, key))
        if found is None:
            raise PricingError(
                "unknown_amount",
                f"There is no amount {shown(key)} in this price. Its line may have been removed,"
                ' or the name may be misspelt; "totals.total" always exists.',
                field="of",
            )
        return found

    def _tree(self, key: str) -> list[StepJson]:
        wanted = {self._found(key)["key"]}
        needed = []
        for kept in reversed(self._kept.values()):
            if kept["key"] in wanted:
                needed.append(kept)
                wanted.update([each["of"] for each in kept["inputs"] if "of" in each])
        return needed[::-1]


def working_of(record: Record) -> Working:
    """The working that was written into a record."""
    return Working(record.currency.code, record.places, record.steps, record.aliases)


def explain(document: PriceDocument, result: PriceResult) -> Working:
    """The working of a document that ``price`` gave this result for.

    Raises ``ValueError`` for the price of another document, or if the steps do not lead to the result, which would
    be a defect of this program.
    """
    lines = zip(document.lines, result.lines, strict=True)
    if any(line is not priced.line for line, priced in lines):
        raise ValueError("this is the price of another document")
    record = PriceRecord(document, result)
    grosses, amounts = line_amounts(record)
    discounted = _shared_out(record, amounts)
    sums = section_sums(record, grosses, amounts)
    total = totals(record, "", amounts, sums)
    if total.minor != result.totals.total.minor:
        raise ValueError("the working does not lead to the total")
    _line_names(record, amounts, discounted)
    whole_sums(record, amounts)
    total_range(record)
    _ends_of_range(record)
    early_payment(record, _reached(record), amounts)
    return working_of(record)


def _ends_of_range(record: PriceRecord) -> None:
    """The least and the greatest total once more with all that leads to them: their keys begin with ``range.min.``."""
    found = record.result.range
    if found is None:
        return
    for end, total in (("min", found.least), ("max", found.greatest)):
        number, choices = next((n, made) for n, (made, each) in enumerate(found.combinations) if each == total)
        chosen = replace(record.document, choices=choices)
        steps = explain(chosen, price(chosen, with_range=False)).as_dict("totals.total")["steps"]
        named = {step["key"]: f"range.{end}.{step['key']}" for step in steps}
        summary = record.steps.pop(f"range.{end}")
        for step in steps:
            inputs = [{**each, "of": named[each["of"]]} if "of" in each else each for each in step["inputs"]]
            record.steps[named[step["key"]]] = {**step, "key": named[step["key"]], "inputs": inputs}
        summary["inputs"][number] = {**summary["inputs"][number], "of": named["totals.total"]}
        record.steps[summary["key"]] = summary


def _reached(record: PriceRecord) -> list[int]:
    """The lines that section and document discounts reach."""
    return [number for number, line in enumerate(record.result.lines) if line.included and line.line.discountable]


def _shared_out(record: PriceRecord, amounts: list[Amount]) -> dict[str, Shares]:
    """Steps 3 and 4. Changes ``amounts`` to the amounts after all discounts."""
    reached = set(_reached(record))
    of_sections: Shares = {}
    for section, span in record.document.line_spans():
        if section.discounts:
            level = Level(f"section:{section.id}.discounts", "section_discount", "after_section_discounts")
            numbers = [number for number in span if number in reached]
            of_sections |= share_out(record, level, section.discounts, numbers, amounts)
    level = Level("document.discounts", "document_discount", "after_document_discounts")
    taken = [discount for discount in record.document.discounts if not discount.conditional]
    of_document = share_out(record, level, taken, sorted(reached), amounts)
    return {"section_discount": of_sections, "document_discount": of_document}


def _line_names(record: PriceRecord, amounts: list[Amount], discounted: dict[str, Shares]) -> None:
    """The names of a line's amounts in ``PriceResult``, where no step has them already."""
    for number, key in enumerate(record.line_keys):
        for name, shares in discounted.items():
            if key + name not in record.steps:
                record.gather(key + name, shares.get(number, ()))
        record.aliases[f"{key}amount"] = amounts[number].of
        if record.result.lines[number].tax is not None:
            record.gather(f"{key}tax", _taxes_of_line(record, record.document.lines[number]))


def _taxes_of_line(record: PriceRecord, line: Line) -> list[Amount]:
    """The taxes of a line, each rounded by itself."""
    keys = [f"line:{line.id}.tax:{priced.tax.id}" for priced in record.result.taxes if priced.tax.id in line.taxes]
    return [record.amount(key, int(record.steps[key]["result"].replace(".", ""))) for key in keys]
