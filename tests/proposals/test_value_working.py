"""How the amounts of a value worksheet are made: on the page, in words and in the appendix."""

import re
from fractions import Fraction
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import billing
from proposals.actions.derivation import derivation_of
from proposals.actions.export import draft_snapshot
from proposals.documents.working_appendix import appendix_of
from proposals.pricing.working import replay
from tests import factories
from tests.proposals.deal import Deal
from tests.proposals.valued import FILLED, HOW, SHARE, fill, view


def test_the_working_of_each_fee_is_said(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    billing.set_figures(
        by=valued.maya, section_id=valued.section(HOW).id, params={**SHARE, "mode": "measured", "ceiling": "5000"}
    )
    assert [row.working for row in view(valued).worksheet.outcomes] == [
        "150 × €80.00 = €12,000.00; 15% of €12,000.00 is €1,800.00; the floor makes it €3,000.00.",
        "300 × €80.00 = €24,000.00; 15% of €24,000.00 is €3,600.00.",
        "450 × €80.00 = €36,000.00; 15% of €36,000.00 is €5,400.00; the ceiling makes it €5,000.00.",
    ]


@pytest.mark.parametrize(
    ("mode", "emptied", "count"),
    [
        ("agreed", [], 2 + 3 * 4 + 3 * 3),
        ("measured", ["low", "high"], 2 + 2 * 4 + 2 * 2 + 1),
        ("measured", ["worth_of_one"], 2 + 3 * 4 + 3 * 2 + 2),
    ],
)
def test_every_amount_of_the_worksheet_opens_to_how_it_is_made(
    valued: Deal, mode: str, emptied: list[str], count: int
) -> None:
    """The value, the hourly fee, four amounts of each outcome, and those of the sentences under them."""
    where: dict[str, Any] = {"by": valued.maya, "section_id": valued.section(HOW).id}
    fill(valued, valued.maya, **{**FILLED, **dict.fromkeys(emptied, "")})
    billing.set_figures(**where, params={**SHARE, "mode": mode, "floor": "60"})
    billing.set_estimate(**where, changes={"unit": "day", "low": "2", "likely": "4", "high": "6"})
    client = Client()
    client.force_login(factories.client(valued.proposal))
    html = client.get(reverse("room", args=[valued.id])).content.decode()
    links = re.findall(r'<a class="how" href="([^"]+\.worksheet\.[^"]+)"[^>]*>([^<]+)</a>', html)
    assert len(links) == count
    for address, shown in links:
        page = client.get(unescape(address)).content.decode()
        amount = re.search(r'class="working-amount num">([^<]+)<', page)
        assert amount is not None, address
        assert amount[1] == shown, address


def test_an_outcome_of_the_worksheet_says_each_step(valued: Deal) -> None:
    where: dict[str, Any] = {"by": valued.maya, "section_id": valued.section(HOW).id}
    fill(valued, valued.maya, **FILLED)
    billing.set_figures(**where, params={**SHARE, "mode": "measured"})
    billing.set_estimate(**where, changes={"unit": "day", "low": "2", "likely": "4", "high": "6"})
    derivation = derivation_of(valued.proposal)
    of = f"billing:{valued.section(HOW).id}.worksheet."

    def said(rest: str) -> tuple[str, str]:
        words = derivation.words.words(of + rest)
        return words.name, words.sentence

    assert [
        said(name) for name in ("low.worth", "low.share", "low.share.floored", "low.value_multiple", "per_hour")
    ] == [
        ("What comes of it, low: what it is worth", "150 × 80.00 = 12,000.00."),
        ("What comes of it, low: share of the value", "15% of 12,000.00 = 1,800.00."),
        (
            "What comes of it, low: share of the value, not below the floor",
            "The larger of 1,800.00 and the floor of 3,000.00: 3,000.00.",
        ),
        ("What comes of it, low: worth by fee", "12,000.00 ÷ 3,000.00 = 4.00."),
        ("What an hour of the likely fee comes to", "3,600.00 ÷ 32 = 112.50."),
    ]
    for step in derivation.working.as_dict()["steps"]:
        assert replay(step)[1] == Fraction(step["result"]), step
        assert "_" not in derivation.words.words(step["key"]).name, step


def test_the_appendix_tells_each_outcome_of_the_worksheet(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    billing.set_figures(
        by=valued.maya, section_id=valued.section(HOW).id, params={**SHARE, "mode": "measured", "floor": "2000"}
    )
    estimate = {"low": "2", "likely": "4", "high": "6", "unit": "day"}
    billing.set_estimate(by=valued.maya, section_id=valued.section(HOW).id, changes=estimate)
    appendix = appendix_of(draft_snapshot(valued.proposal).content, "en")
    assert appendix is not None
    (table,) = [table for table in appendix.tables if table.title == HOW]
    assert [row.name for row in table.rows] == [
        "The most you can pay for it",
        "What comes of it, low: what it is worth",
        "What comes of it, low: what you pay",
        "What comes of it, likely: what it is worth",
        "What comes of it, likely: what you pay",
        "What comes of it, high: what it is worth",
        "What comes of it, high: what you pay",
        "What an hour of the likely fee comes to",
    ]
    assert (table.rows[1].sentences, table.rows[1].result) == ("150 × 80.00 = 12,000.00.", "12,000.00")
    assert "15% of 12,000.00 = 1,800.00. The larger of 1,800.00 and the floor of 2,000.00: 2,000.00." in (
        table.rows[2].sentences
    )
    assert table.rows[-1].sentences == "4 days × 8 hours a day = 32 hours. 3,600.00 ÷ 32 = 112.50."
