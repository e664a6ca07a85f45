"""The appendix “How the numbers were made”: what it says, and when it is left out."""

import copy

from proposals.documents.pdf import Rendered
from proposals.documents.working_appendix import MOST_LINES, Appendix, appendix_of
from tests.documents import samples
from tests.documents.conftest import squeezed, text_of


def told(appendix: Appendix | None) -> dict[str, dict[str, tuple[str, str]]]:
    assert appendix is not None
    return {table.title: {row.name: (row.sentences, row.result) for row in table.rows} for table in appendix.tables}


def test_every_line_discount_tax_and_total_is_told_once() -> None:
    tables = told(appendix_of(samples.rich_snapshot(), "en"))
    assert list(tables) == ["Pricing", "The whole", "If you pay early"]
    pricing = tables["Pricing"]
    assert list(pricing) == [
        "Discovery and planning",
        "Booking portal",
        "Patient record migration",
        "Staff training",
        "Care plan",
        "Second language (not included)",
        "Hosting at cost",
        "In all",
    ]
    assert pricing["Booking portal"] == (
        "14 days at 900.00 a day = 12,600.00. 10% of 12,600.00 = 1,260.00 (“Launch partner: you agree to a case "
        "study”). 12,600.00 − 1,260.00 = 11,340.00.",
        "11,340.00",
    )
    assert tables["The whole"]["VAT 21%"] == (
        "The sum of 6 amounts = 19,460.00. 21% of 19,460.00 = 4,086.60.",
        "4,086.60",
    )
    assert tables["If you pay early"]["What that saves"] == ("23,546.60 − 23,085.83 = 460.77.", "460.77")


def test_it_is_left_out_where_there_is_nothing_to_explain_or_nothing_that_it_would_reach() -> None:
    snapshot = samples.rich_snapshot()
    left_out = {**snapshot, "proposal": {**snapshot["proposal"], "working_in_document": False}}
    assert appendix_of(left_out, "en") is None
    without_prices = {**snapshot, "sections": [each for each in snapshot["sections"] if each["kind"] == "prose"]}
    assert appendix_of(without_prices, "en") is None
    older = copy.deepcopy(snapshot)
    older["pricing"]["result"]["totals"]["total"] = "23546.61"
    assert appendix_of(older, "en") is None


def test_a_very_long_price_has_its_sums_explained() -> None:
    lines = [samples.line(f"l{n}", "fixed", f"Part {n}", "", amount="10.00") for n in range(MOST_LINES + 1)]
    appendix = appendix_of(samples.snapshot([samples.priced("s", "Pricing", lines)]), "en")
    assert appendix is not None
    assert appendix.lines_left_out == MOST_LINES + 1
    assert told(appendix)["Pricing"] == {"In all": (f"The sum of {MOST_LINES + 1} amounts = 1,210.00.", "1,210.00")}


def test_the_words_stand_in_the_file(rich: Rendered, tmp_path: object) -> None:
    text = squeezed(text_of(rich.pdf, tmp_path, "-raw"))  # type: ignore[arg-type]
    assert "How the numbers were made" in text
    assert "exactly 4,006.632, rounded half away from zero to 4,006.63." in text
