"""The worked example of ``docs/pricing.md`` is what the core calculates."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import proposals.pricing
from proposals.pricing import FUNCTIONS, calculate, parse_document, price
from proposals.pricing.billing import MODELS
from proposals.pricing.working import explain

DOCS = Path(proposals.pricing.__file__).parents[2] / "docs" / "pricing.md"


@pytest.fixture(scope="module")
def text() -> str:
    return DOCS.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def answer(text: str) -> dict[str, Any]:
    document = json.loads(text.split("```json\n")[1].split("```")[0])
    return calculate("price", {"document": document})


def rows(text: str, first_cell: str) -> list[list[str]]:
    """The cells of the table whose heading starts with that cell, without the heading."""
    after = text.split(f"\n| {first_cell} |", 1)[1].splitlines()
    table = after[2 : after.index("", 2)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_the_lines_of_the_worked_example(text: str, answer: dict[str, Any]) -> None:
    keys = ("id", "gross", "line_discount", "section_discount", "document_discount", "amount")
    assert rows(text, "line") == [[line[key] for key in keys] for line in answer["lines"]]


def test_the_taxes_and_totals_of_the_worked_example(text: str, answer: dict[str, Any]) -> None:
    assert rows(text, "tax") == [[tax["id"], tax["base"], tax["amount"]] for tax in answer["taxes"]]
    assert rows(text, "sum") == [["amount", *answer["totals"].values()]]
    taken = answer["conditional"][0]
    assert f"Paid early: {taken['total_if_taken']}, which saves {taken['saving']}." in text


EXAMPLES = re.findall(
    r"^```json (\w+)\n(.*?)^```\n\n(.*?)\n\n", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize(("fn", "example", "table"), EXAMPLES, ids=[fn for fn, _, _ in EXAMPLES])
def test_the_table_below_an_example_is_what_its_function_answers(fn: str, example: str, table: str) -> None:
    """Each row is the path of an amount in the answer and its text; a dash is an undefined one."""
    answer = calculate(fn, json.loads(example))
    shown = re.findall(r"^\| `([\w.]+)` \| (\S+) \|$", table, re.MULTILINE)
    assert len(shown) == len(table.splitlines()) - 2 > 0
    for path, value in shown:
        found: Any = answer
        for key in path.split("."):
            found = found[int(key)] if isinstance(found, list) else found[key]
        assert (path, found) == (path, None if value == "–" else value)


def test_every_function_has_an_example() -> None:
    assert {fn for fn, _, _ in EXAMPLES} >= set(FUNCTIONS) - {"price", "allocate"}


def test_every_billing_model_is_listed(text: str) -> None:
    listed = rows(text.split("## Billing models")[1], "model")
    assert [(name, key) for name, key, *_ in listed] == [(model.name, f"`{key}`") for key, model in MODELS.items()]


def test_the_working_in_the_worked_example(text: str) -> None:
    document = parse_document(json.loads(text.split("```json\n")[1].split("```")[0]))
    tree = explain(document, price(document)).tree("line:Build.amount")
    assert rows(text, "key") == [
        [
            f"`{step.key}`",
            step.rule,
            ", ".join(f"{each.name} {each.value}" for each in step.inputs),
            step.exact,
            step.result,
        ]
        for step in tree
    ]


def test_every_error_code_of_the_core_is_listed(text: str) -> None:
    """A code is a text in lower case that is the first argument of ``PricingError``."""
    listed = text.split("## Errors")[1]
    sources = Path(proposals.pricing.__file__).parent.rglob("*.py")
    raised = {
        code
        for source in sources
        for part in source.read_text(encoding="utf-8").split("PricingError(")[1:]
        for code in part.split('"')[1:2]
        if part.lstrip().startswith('"')
    }
    assert len(raised) > 20
    assert {code for code in raised if f"`{code}`" not in listed} == set()


def test_what_is_always_true_is_a_property_test(text: str) -> None:
    """All fifteen invariants of pricing-spec 15 name tests that exist and draw their documents by chance."""
    listed = rows(text.split("## What is always true")[1], "number")
    assert [number for number, _, _ in listed] == [str(number) for number in range(1, 16)]
    named = {name for _, _, tests in listed for name in re.findall(r"`(\w+)`", tests)}
    drawn = {
        name
        for source in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(
            r"^@given\((?:(?!^def |^@given).)*?^def (\w+)", source.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
        )
    }
    assert named - drawn == set()
