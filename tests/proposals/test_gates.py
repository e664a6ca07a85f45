"""Before a part that was agreed to is changed, the page says what that undoes, and prices are read until then."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from proposals import fragments
from proposals.actions.lines import edit_line
from proposals.documents.gates import price_keys, undone_by
from proposals.documents.parts import TERMS
from proposals.fragments.shown import SectionView
from tests import factories
from tests.proposals.deal import PRICING, SUMMARY, Deal

BOTH = "Agreed by both. A change undoes the agreements of Maya Lindqvist and Tomás Reyes."
ONE = "Maya Lindqvist agrees to this as it stands. A change undoes the agreement of Maya Lindqvist."


def section(deal: Deal, title: str = PRICING, opened: str = "") -> SectionView:
    proposal = deal.proposal
    page = fragments.room_page(proposal, fragments.audience_of(deal.maya, proposal.lifecycle), opened=opened)
    return next(view for view in page.sections if view.title == title)


def shown(deal: Deal, address: str, **query: str) -> str:
    client = Client()
    client.force_login(factories.seller(deal.proposal))
    return client.get(address, query).content.decode()


def cells(page: str) -> list[str]:
    return re.findall(r'<input class="cell[^>]*>', page)


def test_the_gate_names_whose_agreements_a_change_undoes(deal: Deal) -> None:
    assert (section(deal).part.gate, section(deal).is_locked) == ("", False)
    deal.agree(deal.maya, PRICING)
    assert (section(deal).part.gate, section(deal).is_locked) == (ONE, False)
    deal.agree(deal.tomas, PRICING, TERMS)
    assert section(deal).part.gate == BOTH.removesuffix(".") + (
        ", and if it moves the total the agreement of Tomás Reyes to the terms of the whole."
    )
    assert section(deal).is_locked
    assert not section(deal, opened=str(deal.section(PRICING).id)).is_locked
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7000"})
    assert (section(deal).part.gate, section(deal).is_locked) == ("", False)


def test_a_text_says_so_where_it_is_locked(deal: Deal) -> None:
    deal.agree(deal.maya, SUMMARY, TERMS)
    assert section(deal, SUMMARY).part.gate == ""
    deal.agree(deal.tomas, SUMMARY)
    assert section(deal, SUMMARY).part.gate == BOTH


def test_agreed_cells_are_read_until_change_this_also_without_script(deal: Deal) -> None:
    room = reverse("room", args=[deal.id])
    assert [("readonly" in cell) for cell in cells(shown(deal, room))] == [False, False, False]
    deal.agree(deal.maya, PRICING)
    deal.agree(deal.tomas, PRICING)
    page = shown(deal, room)
    assert [("readonly" in cell) for cell in cells(page)] == [True, True, True]
    assert BOTH in page
    key = str(deal.section(PRICING).id)
    assert f'<noscript><a class="btn sm" href="{room}?change={key}#section-{key}">' in page
    assert [("readonly" in cell) for cell in cells(shown(deal, room, change=key))] == [False, False, False]


@pytest.mark.parametrize("name", ["line_edit", "line_add", "section_discounts", "price_settings", "schedule"])
def test_a_panel_says_what_saving_undoes(name: str, deal: Deal) -> None:
    of = {"line_edit": [deal.line("Portal").id], "line_add": [deal.section(PRICING).id]}
    address = reverse(name, args=[deal.id, *of.get(name, of["line_add"] if name == "section_discounts" else [])])
    assert "undoes" not in shown(deal, address)
    deal.agree(deal.maya, SUMMARY)
    assert "undoes" not in shown(deal, address), "a text is not touched by it"
    deal.agree(deal.tomas, TERMS)
    assert "It undoes the agreements of Tomás Reyes to “Terms of the whole”." in shown(deal, address)


def test_what_saving_undoes_is_told_part_by_part(deal: Deal) -> None:
    deal.agree(deal.maya)
    deal.agree(deal.tomas, PRICING)
    assert undone_by(deal.proposal, price_keys(deal.proposal)) == (
        "What a change touches is to be agreed anew. It undoes the agreements of Maya Lindqvist and Tomás Reyes to "
        "“Pricing” and of Maya Lindqvist to “Terms of the whole”."
    )
    deal.agree(deal.tomas)
    deal.freeze()
    assert undone_by(deal.proposal, price_keys(deal.proposal)) == ""
