"""The appendix “How the numbers were made” of a document: every amount in words, as compact tables.

It is made from the revision's canonical content, so the same revision gives the same pages.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from proposals.documents.price_document import document_of_revision
from proposals.documents.working_whole import OUTCOMES, explained, whole_of_revision
from proposals.documents.working_whole import Explained as ExplainedWhole
from proposals.documents.working_words import WorkingWords
from proposals.pricing.working import Step

MOST_LINES: Final = 120
"""Longer price tables have their sums explained, not each of their lines: the appendix would outgrow the document."""

LINE_STEPS: Final = (
    "rate",
    "gross",
    "discounts",
    "after_line_discounts",
    "section_discount",
    "after_section_discounts",
    "document_discount",
    "after_document_discounts",
)
"""The steps of a line that lead to its amount, by the first word of their names."""


@dataclass(frozen=True)
class Explained:
    """An amount with the sentences that lead to it."""

    name: str
    sentences: str
    result: str


@dataclass(frozen=True)
class ExplainedTable:
    """Amounts that belong together."""

    title: str
    rows: tuple[Explained, ...]


@dataclass(frozen=True)
class Appendix:
    """The whole appendix. `lines_left_out` is how many lines are not explained one by one."""

    currency: str
    tables: tuple[ExplainedTable, ...]
    lines_left_out: int = 0


def appendix_of(content: Mapping[str, Any], language: str) -> Appendix | None:
    """The appendix of a revision or a draft.

    None if it has no prices, if it is left out, or if this version would calculate another total: it explains no
    number that it does not reach.
    """
    document = document_of_revision(content)
    lines = [line for section in document["sections"] for line in section["lines"]]
    if not lines or not content["proposal"].get("working_in_document", True):
        return None
    made = explained(whole_of_revision(content, document))
    working = made.working
    if working.step("totals.total").result != content["pricing"]["result"]["totals"]["total"]:
        return None
    maker = _Maker(WorkingWords(made, document, language), document)
    tables = (
        *maker.sections(with_lines=len(lines) <= MOST_LINES),
        maker.whole(),
        maker.paid_early(),
        maker.schedule(),
        *maker.billing(made, content),
    )
    return Appendix(
        currency=working.currency_code,
        tables=tuple(table for table in tables if table.rows),
        lines_left_out=0 if len(lines) <= MOST_LINES else len(lines),
    )


class _Maker:
    """Puts the steps of one working into tables."""

    def __init__(self, words: WorkingWords, document: Mapping[str, Any]) -> None:
        self._words = words
        self._document = document
        self._steps = words.working.steps
        self._of_lines: dict[str, list[Step]] = {}
        for step in self._steps.values():
            if step.key.startswith("line:"):
                self._of_lines.setdefault(step.key.partition(".")[0], []).append(step)

    def sections(self, *, with_lines: bool) -> list[ExplainedTable]:
        """A table for each section: its lines, its own discounts, its sum."""
        tables = []
        for section in self._document["sections"]:
            key = f"section:{section['id']}"
            counted = {each.of for each in self._steps[f"{key}.amount"].inputs}
            rows = [self._line(line["id"], counted) for line in section["lines"]] if with_lines else []
            rows += self._discounts(f"{key}.discounts")
            rows.append(self._row("In all", [self._steps[f"{key}.amount"]]))
            tables.append(ExplainedTable(section["title"], tuple(rows)))
        return tables

    def whole(self) -> ExplainedTable:
        """Discounts on the whole, taxes, totals, and how much is certain."""
        rows = self._discounts("document.discounts")
        for tax in self._document["taxes"]:
            subject = self._steps.get(f"tax:{tax['id']}.base") or self._steps.get(f"tax:{tax['id']}.price")
            if subject is not None:
                subject = self._steps.get(f"tax:{tax['id']}.price", subject)
                rows.append(self._row(tax["label"], [subject, self._steps[f"tax:{tax['id']}.amount"]]))
        if len(self._steps["totals.tax"].inputs) > 1:
            rows.append(self._row(self._words.name("totals.tax"), [self._steps["totals.tax"]]))
        for key in ("totals.gross", "totals.discount", "totals.net", "totals.total"):
            rows.append(self._row(self._words.name(key), [self._steps[key]]))
        for key in ("totals.firm", "totals.estimate", "totals.ceiling", "range.min", "range.max", "most.total"):
            step = self._steps.get(key)
            if step is not None and step.inputs:
                before = [of for name, of in self._steps.items() if key == "most.total" and name.startswith("most.")]
                rows.append(self._row(self._words.name(key), [*before, *([] if before else [step])]))
        return ExplainedTable("The whole", tuple(rows))

    def paid_early(self) -> ExplainedTable:
        """What each early-payment offer makes of the total."""
        rows: list[Explained] = []
        offers = [step for step in self._steps.values() if step.key.endswith(".saving")]
        for index, saving in enumerate(offers):
            key = f"conditional.{index}"
            rows += self._discounts(f"{key}.discounts")
            for tax in self._document["taxes"]:
                step = self._steps.get(f"{key}.tax:{tax['id']}.amount")
                if step is not None:
                    rows.append(self._row(tax["label"], [step]))
            rows.append(self._row("Total if you pay early", [self._steps[f"{key}.totals.total"]]))
            rows.append(self._row("What that saves", [saving]))
        return ExplainedTable("If you pay early", tuple(rows))

    def schedule(self) -> ExplainedTable:
        """What each instalment comes to, and the tax in it."""
        rows: list[Explained] = []
        place = 0
        while f"schedule.{place}.amount" in self._words.working:
            steps = [self._words.working.step(f"schedule.{place}.amount")]
            if f"schedule.{place}.tax" in self._words.working:
                steps += [self._words.working.step(f"schedule.{place}.{name}") for name in ("tax", "net")]
            name = self._words.name(f"schedule.{place}.amount").rpartition(": ")[0]
            rows.append(self._row(name, steps, steps[0].result))
            place += 1
        return ExplainedTable("How it is paid", tuple(rows))

    def billing(self, made: ExplainedWhole, content: Mapping[str, Any]) -> list[ExplainedTable]:
        """For each billing section the models beside each other, at low, likely and high."""
        tables = []
        for section in content["sections"]:
            owner = f"billing:{section['id']}."
            rows: list[Explained] = []
            if f"{owner}limit" in self._words.working:
                step = self._words.working.step(f"{owner}limit")
                rows.append(self._row("The most you can pay for it", [step]))
            rows += [self._row(self._words.name(step.key), [step]) for step in self._all_of(f"{owner}by_day.")]
            rows += self._worksheet(f"{owner}worksheet.")
            rows += self._hours(owner)
            for key, label in made.models.items():
                if key.startswith(owner):
                    rows += self._compared(key, label)
            rows += self._crossings(owner)
            if rows:
                tables.append(ExplainedTable(section["title"], tuple(rows)))
        return tables

    def _worksheet(self, prefix: str) -> list[Explained]:
        """The outcomes of a value worksheet: what each is worth and what the fee is then; what an hour comes to."""
        rows = []
        made_of = (step.key.removeprefix(prefix).partition(".")[0] for step in self._all_of(prefix))
        for outcome in dict.fromkeys((*OUTCOMES, *made_of)):
            here = self._all_of(f"{prefix}{outcome}.")
            for key in (f"{prefix}{outcome}.worth", f"{prefix}{outcome}.client_pays"):
                if key in self._steps:
                    made = [step for step in here if not step.key.endswith(("worth", "net_value", "multiple"))]
                    steps = [self._steps[key]] if key.endswith("worth") else made
                    rows.append(self._row(self._words.name(key), steps, self._steps[key].result))
        if f"{prefix}per_hour" in self._steps:
            hours = [self._steps[f"{prefix}hours"]] if f"{prefix}hours" in self._steps else []
            per_hour = self._steps[f"{prefix}per_hour"]
            rows.append(self._row(self._words.name(per_hour.key), [*hours, per_hour]))
        return rows

    def _all_of(self, prefix: str) -> list[Step]:
        """The steps whose names begin so, in the order they were made."""
        return [step for key, step in self._steps.items() if key.startswith(prefix)]

    def _hours(self, owner: str) -> list[Explained]:
        """The hours of each outcome, where the estimate is in days."""
        steps = [self._steps[f"{owner}hours.{name}"] for name in OUTCOMES if f"{owner}hours.{name}" in self._steps]
        return [self._row(self._words.name(step.key), [step]) for step in steps if len(step.inputs) > 1]

    def _compared(self, key: str, label: str) -> list[Explained]:
        """A model of a comparison: what each outcome costs with the steps that lead there, and their average."""
        rows = []
        for outcome in OUTCOMES:
            of = self._words.working.step(f"{key}.client_pays.{outcome}")
            steps = [step for name, step in self._steps.items() if name.startswith(f"{key}.{outcome}.")]
            rows.append(self._row(f"{label}, {outcome}", steps, of.result))
        rows.append(self._row(f"{label}, on average", [self._steps[f"{key}.expected_client_pays"]]))
        found = self._steps.get(f"{key}.break_even.taken") or self._steps.get(f"{key}.break_even.hours")
        if found is not None:
            solved = [self._steps[f"{key}.break_even.{name}"] for name in ("exact", "hours")]
            rows.append(self._row(f"{label}, break-even", [*solved, *([found] if found not in solved else [])]))
        if f"{key}.paid_of_further_cost" in self._steps:
            further = [self._steps[f"{key}.{name}"] for name in ("further_cost", "paid_of_further_cost")]
            rows.append(self._row(f"{label}, of further cost you pay", further))
        return rows

    def _crossings(self, owner: str) -> list[Explained]:
        """Where the first model costs the same as another, with the equation and a check."""
        found = [key for key in self._steps if key.startswith(f"{owner}crossings.") and key.count(".") == 2]
        return [self._row(self._words.name(key), [self._steps[f"{key}.exact"], self._steps[key]]) for key in found]

    def _line(self, line_id: str, counted: Collection[str]) -> Explained:
        """A line from its rate to its amount. A rate that is the card's as it stands is in the next sentence."""
        steps = [
            step
            for step in self._of_lines[f"line:{line_id}"]
            if step.key.removeprefix(f"line:{line_id}.").partition(".")[0] in LINE_STEPS and step.rule != "card_rate"
        ]
        base = self._steps.get(f"line:{line_id}.base")
        amount = self._words.working.step(f"line:{line_id}.amount")
        name = self._words.line_title(line_id) + ("" if amount.key in counted else " (not included)")
        return self._row(name, [*([base] if base else []), *steps], amount.result)

    def _discounts(self, key: str) -> list[Explained]:
        """The discounts of a level: what each is of, how much, and what rounding its shares down leaves over."""
        rows = []
        index = 0
        while f"{key}.{index}" in self._steps:
            here = f"{key}.{index}"
            steps = [self._steps[name] for name in (f"{here}.base", here, f"{here}.left_over") if name in self._steps]
            name = "Discount" if index == 0 else f"Discount {index + 1}"
            rows.append(self._row(name, steps, self._steps[here].result))
            index += 1
        return rows

    def _row(self, name: str, steps: Iterable[Step], result: str = "") -> Explained:
        made = list(steps)
        sentences = " ".join(self._words.sentence(step) for step in made)
        return Explained(name, sentences, self._words.figure(result) if result else self._words.bare(made[-1]))
