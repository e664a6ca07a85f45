"""“How is this made?”: every amount of the page opens to its working, for both sides and in every state."""

import json
import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from proposals.access import Actor
from proposals.actions import freezing
from proposals.actions.discounts import set_discounts
from proposals.actions.export import current_content
from proposals.actions.lines import remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.documents import told
from proposals.documents.parts import TERMS
from tests import factories
from tests.proposals.deal import PRICING, REASON, Deal

LINK = re.compile(r'<a class="how" href="([^"]+)" data-panel aria-label="([^"]+)">([^<]+)</a>')


def at_browser(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def discounted(deal: Deal) -> None:
    """A discount of a third on the line of days, on the section, and on the whole."""
    off: dict[str, Any] = {"type": "percent", "value": "33.3333", "reason": "volume", "text": REASON}
    set_discounts(by=deal.maya, line_id=deal.line("Design").id, discounts=[off])
    set_discounts(by=deal.maya, section_id=deal.section(PRICING).id, discounts=[off])
    early = {**off, "value": "2", "reason": "early_payment", "conditional": True}
    set_discounts(by=deal.maya, discounts=[{**off, "type": "amount", "value": "100.01"}, early])


def words(html: str) -> str:
    """The words of a page, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def opened(deal: Deal, actor: Actor, of: str) -> str:
    answer = at_browser(actor).get(reverse("working", args=[deal.id]), {"of": of})
    assert answer.status_code == 200
    return words(answer.content.decode())


def test_every_amount_on_the_page_opens_to_the_working_of_that_number(deal: Deal) -> None:
    discounted(deal)
    browser = at_browser(deal.tomas)
    links = LINK.findall(browser.get(reverse("room", args=[deal.id])).content.decode())
    names = [label for _, label, _ in links]
    assert len(links) == 20
    assert len([name for name in names if name.endswith("Total: how is this made?")]) == 3
    assert [shown for address, _, shown in links if address.endswith("of=conditional.0.saving")] == ["€199.25"] * 2
    for address, label, shown in links:
        assert label.startswith(f"{shown}, ")
        panel = browser.get(unescape(address), headers={"X-Panel": "1"}).content.decode()
        amount = re.search(r'class="working-amount num">([^<]+)<', panel)
        assert amount is not None
        assert amount[1].lstrip("−€") == shown.lstrip("−€")


def test_a_line_is_told_from_the_rate_to_the_discount(deal: Deal) -> None:
    discounted(deal)
    shown = opened(deal, deal.tomas, f"line:{deal.line('Design').id}.after_line_discounts")
    assert "How is this made? Design: after its own discount €3,600.00 5,400.00 − 1,800.00 = 3,600.00." in shown
    assert "Before discounts 5,400.00 6 days at 900.00 a day = 5,400.00." in shown
    assert "Rate 900.00 900.00 a day, the rate card’s rate for Designer since" in shown
    assert f"33.3333% of 5,400.00 = exactly 1,799.9982, rounded half away from zero to 1,800.00 (“{REASON}”)." in shown


def test_shares_say_who_got_the_unit_left_over(deal: Deal) -> None:
    discounted(deal)
    shown = opened(deal, deal.maya, f"line:{deal.line('Portal').id}.document_discount")
    assert "All shares of 100.01 rounded down leave 0.01. It goes out in steps of 0.01" in shown
    shares = [
        opened(deal, deal.maya, f"line:{deal.line(title).id}.document_discount")
        for title in ("Portal", "Design", "Training")
    ]
    assert sum("for the largest fraction" in share for share in shares) == 1
    assert sum("its fraction is not the largest" in share for share in shares) == 2


def test_both_sides_read_the_same_and_it_says_what_it_describes(deal: Deal) -> None:
    address = f"{reverse('working', args=[deal.id])}?of=totals.total"
    maya, tomas = (
        at_browser(actor).get(address, headers={"X-Panel": "1"}).content for actor in (deal.maya, deal.tomas)
    )
    assert maya == tomas
    assert "These are the numbers as they stand now, the same for both sides. All amounts are in EUR." in words(
        maya.decode()
    )


def test_before_sharing_it_says_that_nobody_else_sees_it(preparing: Deal) -> None:
    assert "Until you share the proposal only your firm sees them." in opened(preparing, preparing.maya, "totals.total")
    tomas = Client()
    tomas.force_login(factories.client(preparing.proposal), backend="django.contrib.auth.backends.ModelBackend")
    assert tomas.get(reverse("working", args=[preparing.id])).status_code == 404


def test_what_is_locked_is_told_from_the_revision(deal: Deal) -> None:
    line = deal.line("Portal")
    deal.freeze()
    sign = at_browser(deal.tomas).get(reverse("sign", args=[deal.id])).content.decode()
    assert [shown for address, _, shown in LINK.findall(sign) if address.endswith("of=totals.total")] == [
        "€17,303.00"
    ] * 2
    line.amount = "1.00"
    line.save()
    shown = opened(deal, deal.tomas, f"line:{line.id}.gross")
    assert "A fixed price, stated as 8,000.00." in shown
    assert "These are the numbers of revision 1, which was locked for signing." in shown
    freezing.reopen(by=deal.maya, reason="")
    assert "A fixed price, stated as 1.00." in opened(deal, deal.tomas, f"line:{line.id}.gross")


def test_an_amount_of_a_line_taken_out_is_not_found_and_says_why(deal: Deal) -> None:
    line = deal.line("Portal")
    remove_line(by=deal.maya, line_id=line.id)
    answer = at_browser(deal.tomas).get(reverse("working", args=[deal.id]), {"of": f"line:{line.id}.gross"})
    assert answer.status_code == 404
    assert "That amount does not stand in the proposal any more" in answer.content.decode()


def test_figures_are_written_in_the_language_of_the_proposal(deal: Deal) -> None:
    proposal = deal.proposal
    proposal.language = "de"
    proposal.save()
    assert "6 days at 900,00 a day = 5.400,00." in opened(deal, deal.tomas, f"line:{deal.line('Design').id}.gross")


def test_leaving_the_appendix_out_is_a_term_that_both_agree_to(deal: Deal) -> None:
    before = deal.part(TERMS)
    assert "working_in_document" not in before.content
    deal.agree(deal.tomas, TERMS)
    edit_price_settings(by=deal.maya, changes={"working_in_document": "false"})
    assert deal.part(TERMS).content["working_in_document"] is False
    assert deal.agreed(TERMS) == (False, False)
    assert told.sentence([event for event in deal.trail() if event.type == "pricing.changed"][-1]) == (
        "Maya Lindqvist changed the price settings: the appendix “How the numbers were made” from yes to no"
    )
    page = words(at_browser(deal.tomas).get(reverse("room", args=[deal.id])).content.decode())
    assert "The PDF leaves out how the numbers were made." in page
    assert json.loads(current_content(deal.proposal))["proposal"]["working_in_document"] is False
    edit_price_settings(by=deal.maya, changes={"working_in_document": "true"})
    assert deal.part(TERMS) == before
    assert deal.agreed(TERMS) == (False, True)
    assert "working_in_document" not in json.loads(current_content(deal.proposal))["proposal"]
