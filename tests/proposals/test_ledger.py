"""The ledger of price changes: every change with from, to, why and effect, from sharing on, the same for both."""

import re
from typing import Any

import pytest
from django.test import Client

from proposals.actions import billing, choices, offers, proposals, sections
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line, remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.documents import ledger
from proposals.documents.ledger import Move, PriceChange
from proposals.documents.targets import Target
from tests import factories
from tests.proposals.deal import PRICING, REASON, SUMMARY, Deal


def entries(deal: Deal, line: str = "") -> list[PriceChange]:
    return ledger.price_changes(deal.proposal, ledger.price_events(deal.proposal, line))


def effects(deal: Deal) -> list[str]:
    return [ledger.effect(change) for change in entries(deal)]


def test_each_change_with_from_to_why_and_what_it_did(preparing: Deal) -> None:
    deal, portal = preparing, preparing.line("Portal").id
    edit_line(by=deal.maya, line_id=portal, changes={"amount": "9000"}, why="a private thought")
    edit_line(by=deal.maya, line_id=portal, changes={"amount": "8000"})
    proposals.share(by=deal.maya)
    edit_line(by=deal.maya, line_id=portal, changes={"amount": "7500"}, why="one page less")
    choices.change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity="3")
    set_discounts(
        by=deal.maya,
        line_id=portal,
        discounts=[{"type": "percent", "value": "10", "reason": "volume", "text": REASON}],
    )
    set_rate_card(by=deal.maya, rates=[{"role": "Designer", "rate": "950", "unit": "day"}])
    set_taxes(by=deal.maya, taxes=[])
    remove_line(by=deal.maya, line_id=portal)
    deal.agree(deal.maya, SUMMARY)

    assert [(change.type, change.name, change.moves) for change in entries(deal)] == [
        ("proposal.shared", "Maya Lindqvist", ()),
        ("line.changed", "Maya Lindqvist", (Move("amount", "8000", "7500"),)),
        ("line.changed", "Tomás Reyes", (Move("quantity", "2", "3"),)),
        ("discount.changed", "Maya Lindqvist", (Move("discount", "", "−10%"),)),
        ("rate_card.changed", "Maya Lindqvist", (Move("Designer", "900 a day", "950 a day"),)),
        ("taxes.changed", "Maya Lindqvist", (Move("taxes", "VAT 21%", ""),)),
        ("line.removed", "Maya Lindqvist", (Move("amount", "6750.00", ""),)),
    ]
    assert [change.why for change in entries(deal)][:3] == ["", "one page less", ""]
    assert effects(deal) == [
        "€17,303.00",
        "€17,303.00 → €16,698.00 (−€605.00)",
        "€16,698.00 → €17,242.50 (+€544.50)",
        "€17,242.50 → €16,335.00 (−€907.50)",
        "€16,335.00 → €16,698.00 (+€363.00)",
        "€16,698.00 → €13,800.00 (−€2,898.00)",
        "€13,800.00 → €7,050.00 (−€6,750.00)",
    ]


def test_the_entries_of_one_line_know_the_total_before_them(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Design").id, changes={"quantity": "7"})
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7000"})
    (change,) = entries(deal, str(deal.line("Portal").id))
    assert (change.before, change.after) == ("18392.00", "17182.00")
    assert ledger.lines_named(deal.proposal) == [
        (str(deal.line("Design").id), "Design"),
        (str(deal.line("Portal").id), "Portal"),
    ]


def test_a_choice_and_what_follows_from_it(deal: Deal) -> None:
    hosting = factories.line(deal.section(PRICING), "Hosting", amount="600.00", optional=True, selected=True)
    set_discounts(by=deal.maya, discounts=[{"type": "amount", "value": "14500", "reason": "goodwill", "text": REASON}])
    choices.choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
    assert [(change.name, change.moves) for change in entries(deal)[1:]] == [
        ("Tomás Reyes", (Move("option", "taken", "left out"),)),
        ("", (Move("discount", "14500", "14300"),)),
    ]
    assert effects(deal)[1:] == ["€480.62 → €0.00 (−€480.62)", ""]


def test_counter_offers_stand_in_it_with_what_would_be(deal: Deal) -> None:
    target = Target("amount", str(deal.line("Portal").id))
    first = offers.propose(by=deal.tomas, target=target, value="7000", why="it is our limit")
    second = offers.answer(by=deal.maya, offer_id=first.id, value="7500")
    offers.accept(by=deal.tomas, offer_id=second.id)
    assert [(change.type, ledger.effect(change)) for change in entries(deal)] == [
        ("offer.made", "€17,303.00 → €16,093.00 (−€1,210.00)"),
        ("offer.answered", "€17,303.00 → €16,698.00 (−€605.00)"),
        ("line.changed", "€16,698.00"),
        ("offer.accepted", ""),
    ]
    assert entries(deal)[2].why == "as Maya Lindqvist proposed"


def test_two_queries_for_any_number_of_entries(deal: Deal, django_assert_num_queries: object) -> None:
    for amount in ("7000", "7100", "7200"):
        edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": amount})
    proposal = deal.proposal
    events = list(ledger.price_events(proposal))
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(ledger.price_changes(proposal, events)) == 3


@pytest.mark.parametrize("in_room", [True, False])
def test_page_and_panel_say_the_same_to_both(deal: Deal, in_room: bool) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7500"}, why="<one> page less")
    pages = []
    for actor in (deal.maya, deal.tomas):
        client = Client()
        assert actor.user is not None
        client.force_login(actor.user)
        answer = client.get(f"/p/{deal.id}/prices/changes/", headers={"X-Panel": "1"} if in_room else {})
        pages.append(answer.content.decode().partition("<ol")[2].partition("</ol>")[0])
    asked = re.compile(r'<p><a class="link" href="[^"]*/why/" data-panel>.*?</p>')
    assert [len(asked.findall(page)) for page in pages] == [1, 0], "only who changed it is asked why"
    pages = [asked.sub("", page) for page in pages]
    assert pages[0] == pages[1]
    assert "&lt;one&gt; page less" in pages[0]
    assert "€16,698.00" in pages[0]
    answer = client.get(f"/p/{deal.id}/prices/changes/?line={deal.line('Design').id}")
    assert "No price was changed" in answer.content.decode()


def test_how_the_work_is_billed_stands_there_with_from_to_and_why(deal: Deal) -> None:
    section = sections.add_section(by=deal.maya, title="Billing", kind="billing")
    where: dict[str, Any] = {"by": deal.maya, "section_id": section.id}
    billing.choose_model(**where, model="tm")
    billing.choose_model(by=deal.tomas, section_id=section.id, model="tm_cap", why="our board wants a limit")
    billing.set_figures(**where, params={"rates": {"Designer": "112.5"}, "cap": "20000"})
    figures = {"rates": {"Designer": "112.5"}, "cap": "21600.00", "cap_scope": "fees_and_expenses"}
    billing.set_figures(**where, params=figures, why="two days more for the export")
    billing.choose_clauses(by=deal.tomas, section_id=section.id, clauses=["finish"])
    billing.set_estimate(**where, changes={"unit": "day", "low": "18", "likely": "21", "high": "27"})

    assert [(change.name.partition(" ")[0], change.moves, change.why) for change in entries(deal)] == [
        ("Maya", (Move("billing model", "", "Time and materials"),), ""),
        (
            "Tomás",
            (Move("billing model", "Time and materials", "Time and materials with a limit"),),
            "our board wants a limit",
        ),
        (
            "Maya",
            (
                Move("Rates by role", "", "Designer €112.50"),
                Move("Limit", "", "€20,000.00"),
                Move("the most the total can become", "not said", "€33,880.00"),
            ),
            "",
        ),
        (
            "Maya",
            (
                Move("Limit", "€20,000.00", "€21,600.00"),
                Move("What the limit covers", "The fees; expenses come on top", "Fees and expenses"),
                Move("the most the total can become", "€33,880.00", "€35,816.00"),
            ),
            "two days more for the export",
        ),
        ("Tomás", (Move("clause “Duty to finish”", "not chosen", "chosen"),), ""),
        (
            "Maya",
            (Move("unit", "hour", "day"), Move("low", "", "18"), Move("likely", "", "21"), Move("high", "", "27")),
            "",
        ),
    ]
    assert entries(deal)[3].said == (
        "changed the figures of Billing: limit from €20,000.00 to €21,600.00 and what the limit covers from The fees; "
        "expenses come on top to Fees and expenses"
    )
    assert effects(deal)[-1] == "€17,303.00, unchanged"
    billing.choose_model(**where, model="")
    assert entries(deal)[-1].moves[1:] == (Move("the most the total can become", "€35,816.00", "not said"),)


def test_days_are_written_out(preparing: Deal) -> None:
    edit_price_settings(by=preparing.maya, changes={"price_date": "2027-02-01"})
    (move,) = entries(preparing)[-1].moves
    assert (move.field, move.now) == ("price date", "1 February 2027")
