"""A price row on paper: no more elements than it needs, and nothing but its words different from the next one.

The renderer keeps one style for elements that only differ in their words; a row with an id of its own, and all that
stands in it, has its own styles: 500 lines took two CPU seconds and 75 MB more.
"""

import re

from proposals.documents.render import Instance, document_html
from tests.documents import samples


def printed_rows(*lines: samples.Json) -> list[str]:
    """The rows of the lines in the HTML that is rendered."""
    snapshot = samples.snapshot([samples.priced("s4", "Pricing", list(lines))])
    html = document_html(snapshot, instance=Instance("Sameside", "https://sameside.example", "00" * 32), draft=None)
    body = re.search(r'<table class="price".*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    assert body is not None
    return re.findall(r"<tr.*?</tr>", body[1], re.DOTALL)


def unit_line(key: str, **fields: object) -> samples.Json:
    return samples.line(
        key, "unit", f"Work {key}", "Detail", quantity="3", unit_price="450.00", unit_label="days", **fields
    )


def test_a_plain_row_has_its_cells_and_what_is_set_smaller() -> None:
    first, second = printed_rows(unit_line("l1"), unit_line("l2"))
    assert re.findall(r"<(\w+)", first) == ["tr", "th", "small", "td", "small", "td", "td", "td", "small"]
    assert ' id="' not in first + second
    assert re.findall(r"<(\w+)([^>]*)>", re.sub(r' data-\w+="[^"]*"', "", first)) == re.findall(
        r"<(\w+)([^>]*)>", re.sub(r' data-\w+="[^"]*"', "", second)
    )


def test_the_amount_of_an_option_that_was_not_taken_can_be_struck_through() -> None:
    (row,) = printed_rows(unit_line("l1", optional=True))
    assert '<tr class="out"' in row
    assert '<span class="amount">€1,350.00</span>' in row
