"""A block of spreadsheet cells: what each row would add, and why it can't; then all of it at once, or nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions.line_blocks import add_lines
from proposals.actions.lines import edit_line
from proposals.actions.undoing import undo_price_change
from proposals.documents import told
from proposals.exceptions import Invalid, StaleVersion
from proposals.forms.block import Block, decimal_marks, read_block
from proposals.forms.entered import Entered
from proposals.models import Proposal
from tests.proposals.deal import PRICING, Deal, refused

ENGLISH = "en-US"


def read(text: str, language: str = ENGLISH) -> Block:
    proposal = Proposal(language="en", currency="EUR")
    return read_block(text, Entered(proposal, language))


def shown(block: Block) -> list[Any]:
    """Each row as what it would come to, or as why not."""
    return [row.amount or row.refusal for row in block.rows]


def test_a_header_row_names_the_columns_in_any_order() -> None:
    block = read("SKU\tUnit price\tQty\tItem\tUnit\nA1\t10.50\t3\tCups\tpieces\nA2\t200\t1\tTable\t\n\n")
    assert block.left_out == ("SKU",)
    assert block.lines == [
        {
            "title": "Cups",
            "detail": "",
            "kind": "unit",
            "quantity": "3",
            "unit_price": "10.5",
            "unit_label": "pieces",
        },
        {"title": "Table", "detail": "", "kind": "fixed", "amount": "200"},
    ]
    assert [row.number for row in block.rows] == [2, 3]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Design\t1200", ["1200.00"]),
        ("Design\t3\t400", ["1200.00"]),
        ("Design\t3\tdays\t400\r\nBuild\t2\tdays\t400\r\n", ["1200.00", "800.00"]),
        ("Design\t3\t400\t1200", ["1200.00"]),
        ("Design\t3\tdays\t400\t1200", ["1200.00"]),
        ("Design;3;400", ["1200.00"]),
        ('"Two\nlines"\t5', ["5.00"]),
        ("Bezeichnung\tMenge\tEinzelpreis\nEntwurf\t1,5\t€ 1.000,00", ["1500.00"]),
    ],
)
def test_blocks_without_and_with_header(text: str, amounts: list[str]) -> None:
    assert shown(read(text)) == amounts


def test_numbers_show_by_themselves_how_they_are_written() -> None:
    assert decimal_marks("a\t12,50\t1.000") == {","}
    assert decimal_marks("a\t1.250,00") == {","}
    assert decimal_marks("a\t12.50\t1,000") == {"."}
    assert decimal_marks("a\t1.000\t2,000") == set()
    assert decimal_marks("a\t1,5\t1.5") == {".", ","}


REFUSED_ROWS = [
    ("\t5", "It does not say what the line is."),
    ("Cups\t", "It has no price."),
    ("Cups\tmany", "“many” is not a number we can use. Write it like 1,250.50."),
    ("Cups\t1.000", "“1.000” can mean 1,000 or 1.000. Choose the decimal mark below."),
    ("Cups\t=B2*3", "“=B2*3” is a formula. Copy its value instead."),
    ("+SUM(A1)\t5", "“+SUM(A1)” is a formula. Copy its value instead."),
    ("Cups\t#REF!", "“#REF!” is an error of the spreadsheet."),
    ("Total\t500", "It is a sum or a tax, which the table makes by itself."),
    ("Cu\x07ps\t5", "It has characters that can’t be shown. Type the cell anew."),
    ("Cups\t$5", "“$5” is not a number we can use: the prices are in EUR. Write it like 1,250.50."),
    ("C" * 201 + "\t5", "has 201 characters; title takes 200 at most."),
    ("Cups\t5.001", "too many decimals"),
    ("Cups\t-5", "negative"),
]


@pytest.mark.parametrize(("row", "why"), REFUSED_ROWS)
def test_a_row_is_refused_with_its_reason_and_the_others_stand(row: str, why: str) -> None:
    block = read(f"Design\t100\n{row}\nBuild\t200")
    assert (len(block.lines), block.refused_count) == (2, 1)
    assert why.lower() in block.rows[1].refusal.lower() or block.rows[1].refusal == why


def test_a_total_that_differs_is_noted() -> None:
    (row,) = read("Item\tQty\tPrice\tTotal\nCups\t3\t10\t31.00").rows
    assert row.note == "comes to 30.00; the sheet says 31.00"


REFUSED_BLOCKS = [
    ("", "There is nothing to add"),
    ("just words", "one column only"),
    ("Item\tPrice", "no row below it"),
    ("a\t1\n" * 10_000, "There are 10,000 rows; 500 are taken at once."),
    ("a\t1\t" * 90_000, "characters; 200,000 are taken at once."),
    ("\t".join("abcdefg"), "There are 7 columns and no header row"),
    ("\t".join("a" * 21), "21 columns"),
    ('"' + "a" * 140_000 + "\t5", "quotation mark"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED_BLOCKS)
def test_what_is_no_block_is_refused_as_a_whole(text: str, why: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text)
    assert why in caught.value.detail
    assert caught.value.code == "bad_block"


def post(deal: Deal, **fields: str) -> Any:
    browser = Client()
    browser.force_login(deal.maya.user)  # type: ignore[arg-type]
    answer = browser.post(
        reverse("lines_paste", args=[deal.id, deal.section(PRICING).id]), fields, headers={"Accept": "application/json"}
    )
    return answer.status_code, answer.json()


def test_the_empty_panel_says_nothing_of_what_would_be_added(deal: Deal) -> None:
    browser = Client()
    browser.force_login(deal.maya.user)  # type: ignore[arg-type]
    page = browser.get(reverse("lines_paste", args=[deal.id, deal.section(PRICING).id])).content.decode()
    assert "Show what will be added" in page
    assert "line will be added" not in page
    assert "lines will be added" not in page


def test_a_block_is_shown_first_and_then_added_as_shown_and_undone_as_one(deal: Deal) -> None:
    cells = "Item\tQty\tUnit\tPrice\nLogo\t1\t\t300\nTotal\t\t\t300\nCards\t5\tpacks\t20.50"
    before = deal.total
    status, answer = post(deal, cells=cells)
    html = answer["own"][0]["html"]
    assert status == 200
    assert "2 lines will be added" in html
    assert "It is a sum or a tax" in html
    assert deal.total == before
    digest = html.partition('name="digest" value="')[2].partition('"')[0]
    status, answer = post(deal, cells=cells.replace("300", "301"), digest=digest)
    assert (status, answer["code"], deal.total) == (422, "changed_since", before)
    assert post(deal, cells=cells, digest=digest)[0] == 200
    assert deal.events() == ["lines.added"]
    assert told.sentence(deal.trail()[-1]) == "Maya Lindqvist added 2 lines: Logo and Cards"
    assert [tax.label for tax in deal.line("Cards").taxes.all()] == ["VAT 21%"]
    assert deal.standing().price.line(deal.line("Cards").id)["amount"] == "102.50"
    undo_price_change(by=deal.maya)
    assert (deal.total, deal.events()) == (before, ["lines.added", "lines.removed"])


def test_all_lines_or_none(deal: Deal) -> None:
    section = deal.section(PRICING)
    good = {"title": "Good", "amount": "1"}
    with refused(Invalid, "too_many_decimals"):
        add_lines(by=deal.maya, section_id=section.id, lines=[good, {"title": "Bad", "amount": "1.001"}])
    with refused(Invalid, "too_many"):
        add_lines(by=deal.maya, section_id=section.id, lines=[good] * 1998)


def test_added_lines_that_were_changed_stay(deal: Deal) -> None:
    add_lines(by=deal.maya, section_id=deal.section(PRICING).id, lines=[{"title": "Logo", "amount": "1"}])
    made = deal.number
    edit_line(by=deal.maya, line_id=deal.line("Logo").id, changes={"amount": "2"})
    with refused(StaleVersion, "stale"):
        undo_price_change(by=deal.maya, number=made)
