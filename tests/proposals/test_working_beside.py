"""“How is this made?” of totals beside the one that stands: if a counter-offer were accepted, and what a change did."""

import re
from fractions import Fraction
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import offers, proposals
from proposals.actions.derivation import derivation_of
from proposals.actions.lines import edit_line
from proposals.documents.targets import Target
from proposals.exceptions import NotFound
from proposals.pricing.working import replay
from tests import factories
from tests.proposals.deal import Deal

LINK = re.compile(r'<a class="how" href="([^"]+)" data-panel aria-label="([^"]+)">([^<]+)</a>')


def browser(deal: Deal) -> Client:
    client = Client()
    client.force_login(factories.client(deal.proposal))
    return client


def propose(deal: Deal, field: str, value: str, line: str = "") -> str:
    """The name in the working of what Tomás proposes."""
    target = Target(field, str(deal.line(line).id) if line else "")
    return f"offer:{offers.propose(by=deal.tomas, target=target, value=value).id}."


def links(html: str, of: str) -> list[tuple[str, str]]:
    """The addresses of amounts with what they show, of those whose names begin so."""
    return [(unescape(at), shown) for at, _, shown in LINK.findall(html) if f"of={of.replace(':', '%3A')}" in at]


def require_open(client: Client, found: list[tuple[str, str]]) -> None:
    for address, shown in found:
        amount = re.search(r'class="working-amount num">([^<]+)<', client.get(address).content.decode())
        assert amount is not None, address
        assert amount[1].lstrip("+") == shown.lstrip("+"), address


def test_the_total_that_would_be_opens_to_its_whole_working(deal: Deal) -> None:
    of = propose(deal, "rate", "850", "Design")
    client = browser(deal)
    found = links(client.get(reverse("room", args=[deal.id])).content.decode(), of)
    assert [shown for _, shown in found] == ["€16,940.00", "€363.00"] * 2
    require_open(client, found)
    page = client.get(found[0][0]).content.decode()
    assert "If accepted: Total" in page
    assert "These are the numbers as they would be if the counter-offer were accepted now." in page
    derivation = derivation_of(deal.proposal, asked=[f"{of}totals.total"])
    words = derivation.words.words(f"{of}line:{deal.line('Design').id}.gross")
    assert "Total before tax" in page.replace("If accepted: Total before tax", "")
    assert (words.name, words.short_name, words.sentence) == (
        "If accepted: Design: amount",
        "Design: amount",
        "6 days at 850.00 a day = 5,100.00.",
    )
    assert derivation.words.words(f"{of}difference").sentence == "17,303.00 − 16,940.00 = 363.00."
    assert derivation.working.step("totals.total").result == deal.total == "17303.00"
    require_replay(derivation.working.as_dict()["steps"])


def require_replay(steps: list[dict[str, Any]]) -> None:
    results: dict[str, str] = {}
    for step in steps:
        assert replay(step) == (Fraction(step["exact"]), Fraction(step["result"])), step
        assert all(results[each["of"]] == each["value"] for each in step["inputs"] if "of" in each), step
        results[step["key"]] = step["result"]


def test_what_early_payment_would_save_is_that_of_the_offer(deal: Deal) -> None:
    of = propose(deal, "early_payment", "2%/10")
    client = browser(deal)
    found = links(client.get(reverse("room", args=[deal.id])).content.decode(), of)
    assert [shown for _, shown in found] == ["€346.06", "€16,956.94"] * 2
    require_open(client, found)


def test_an_offer_that_is_answered_or_of_another_proposal_explains_nothing(deal: Deal) -> None:
    of = propose(deal, "amount", "7000", "Portal")
    offers.decline(by=deal.maya, offer_id=of[6:-1])
    for name in (f"{of}totals.total", f"offer:{uuid4()}.totals.total", "offer:x.totals.total", "change:x.difference"):
        derivation = derivation_of(deal.proposal, asked=[name])
        with pytest.raises(NotFound):
            derivation.require(name)


def test_what_a_change_did_to_the_total_opens_to_both_totals(preparing: Deal) -> None:
    deal, portal = preparing, preparing.line("Portal").id
    edit_line(by=deal.maya, line_id=portal, changes={"amount": "9000"})
    private = deal.trail()[-1].number
    proposals.share(by=deal.maya)
    edit_line(by=deal.maya, line_id=portal, changes={"amount": "7500"})
    edit_line(by=deal.maya, line_id=portal, changes={"amount": "8000"})
    last = deal.trail()[-1].number
    client = browser(deal)
    html = client.get(reverse("price_changes", args=[deal.id])).content.decode()
    found = links(html, "change:")
    assert [shown for _, shown in found] == ["+€605.00", "−€1,815.00"]
    require_open(client, found)
    derivation = derivation_of(deal.proposal, asked=[f"change:{last}.difference", f"change:{private}.difference"])
    words = derivation.words.words(f"change:{last}.difference")
    assert (words.name, words.sentence) == ("What the change did to the total", "17,303.00 − 16,698.00 = 605.00.")
    assert f"change:{private}.difference" not in derivation.working
    require_replay(derivation.working.as_dict()["steps"])
    deal.freeze()
    require_open(client, found)
