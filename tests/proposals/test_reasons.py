"""Why a price was changed, said with the change or after it: by whoever changed it, for both to read."""

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import choices, schedule
from proposals.actions.audit import verify
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line
from proposals.actions.offers import propose
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.reasons import explain
from proposals.actions.taxes import set_taxes
from proposals.documents import told
from proposals.documents.targets import Target
from proposals.exceptions import Invalid, NotAllowed, NotFound, WrongState
from tests import factories
from tests.proposals.deal import PRICING, REASON, Deal, refused
from tests.proposals.test_ledger import entries

WHY = "one page less"
DISCOUNT = {"type": "percent", "value": "5", "reason": "volume", "text": REASON}
INSTALMENT = {"title": "All", "share": "percent", "value": "100", "due": "on_signature"}

CHANGES = {
    "Portal": lambda deal: edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7500"}),
    "the whole proposal": lambda deal: set_discounts(by=deal.maya, discounts=[DISCOUNT]),
    "the price settings": lambda deal: edit_price_settings(by=deal.maya, changes={"hours_per_day": "7.5"}),
    "the taxes": lambda deal: set_taxes(by=deal.maya, taxes=[]),
    "the rate card": lambda deal: set_rate_card(
        by=deal.maya, rates=[{"role": "Designer", "rate": "950", "unit": "day"}]
    ),
    "the payment schedule": lambda deal: schedule.set_schedule(by=deal.maya, instalments=[INSTALMENT]),
}


@pytest.mark.parametrize("about", CHANGES)
def test_whoever_changed_a_price_says_why_afterwards(about: str, deal: Deal) -> None:
    CHANGES[about](deal)
    explain(by=deal.maya, number=1, why=f" {WHY} ")
    (change,) = entries(deal)
    assert (change.number, change.why, change.whys_before) == (1, WHY, ())
    assert change.why_at == deal.trail()[-1].created_at
    assert deal.last("reason.given") == {"event": 1, "about": about, "why": WHY}
    assert told.sentence(deal.trail()[-1]) == f"Maya Lindqvist said why {about} changed (“{WHY}”)"
    assert verify(deal.proposal).whole


def test_a_client_says_why_of_a_choice(deal: Deal) -> None:
    choices.change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity="3")
    explain(by=deal.tomas, number=1, why="the new colleague comes too")
    assert [(change.name, change.why) for change in entries(deal)] == [("Tomás Reyes", "the new colleague comes too")]


def test_a_second_sentence_takes_the_place_of_the_first_which_stays_to_be_read(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7500"}, why="cheaper")
    explain(by=deal.maya, number=1, why=WHY)
    explain(by=deal.maya, number=1, why=WHY)
    explain(by=deal.maya, number=1, why="two pages less")
    (change,) = entries(deal)
    assert (change.why, change.whys_before) == ("two pages less", ("cheaper", WHY))
    assert deal.events() == ["line.changed", "reason.given", "reason.given"], "the same again is said once"
    assert deal.last("reason.given")["was"] == WHY


def test_nobody_says_why_of_what_another_changed(deal: Deal) -> None:
    hosting = factories.line(deal.section(PRICING), "Hosting", amount="600.00", optional=True, selected=True)
    set_discounts(by=deal.maya, discounts=[{"type": "amount", "value": "14500", "reason": "goodwill", "text": REASON}])
    choices.choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
    nina = deal.seat("nina@northlight.example", "seller")
    for by in (deal.tomas, nina, deal.token("seller")):
        with refused(NotAllowed) as caught:
            explain(by=by, number=1, why=WHY)
        assert caught.value.detail.startswith("Maya Lindqvist changed this, so only Maya Lindqvist says why.")
    assert deal.events()[-1] == "discount.cut"
    with refused(NotAllowed) as caught:
        explain(by=deal.tomas, number=deal.number, why=WHY)
    assert "it followed by itself" in caught.value.detail


def test_a_program_says_why_of_what_programs_of_its_firm_changed(deal: Deal) -> None:
    edit_line(by=deal.token("seller"), line_id=deal.line("Portal").id, changes={"amount": "7500"})
    explain(by=deal.token("seller"), number=1, why=WHY)
    assert entries(deal)[0].why == WHY
    with refused(NotAllowed):
        explain(by=deal.token("client"), number=1, why="other")


def test_only_changes_of_prices_have_a_why_and_it_is_a_sentence(deal: Deal) -> None:
    deal.agree(deal.maya, PRICING)
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7500"})
    propose(by=deal.tomas, target=Target("discount"), value="5%")
    for number in (1, deal.number, 99):
        with refused(NotFound):
            explain(by=deal.maya, number=number, why=WHY)
    for why, code in (("  ", "required"), ("x" * 301, "too_long")):
        with refused(Invalid, code):
            explain(by=deal.maya, number=2, why=why)


def test_what_is_locked_is_explained_no_more(deal: Deal) -> None:
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7500"})
    deal.proposal.participants.update(is_signatory=True)
    deal.freeze()
    with refused(WrongState):
        explain(by=deal.maya, number=1, why=WHY)


def test_a_cell_offers_it_and_the_list_has_it_for_both_also_without_script(deal: Deal) -> None:
    maya, tomas = Client(), Client()
    maya.force_login(factories.seller(deal.proposal))
    tomas.force_login(factories.client(deal.proposal))
    cell = reverse("cell", args=[deal.id, deal.line("Portal").id])
    answer = maya.post(cell, {"field": "amount", "value": "7500"}, headers={"Accept": "application/json"}).json()
    (own,) = answer["own"]
    address, ledger = reverse("price_why", args=[deal.id, 1]), reverse("price_changes", args=[deal.id])
    form = f'<summary class="btn sm">Add why</summary><form data-command method="post" action="{address}">'
    assert form in own["html"]
    link = f'<a class="link" href="{address}" data-panel>Add why'
    assert link in maya.get(ledger).content.decode()
    assert link not in tomas.get(ledger).content.decode()

    assert "You changed Portal: amount from 8000 to 7500." in maya.get(address).content.decode()
    assert maya.post(address, {"why": WHY}).status_code == 302
    for browser in (maya, tomas):
        assert f"<q>{WHY}</q>" in browser.get(ledger).content.decode()
    said = maya.post(address, {"why": "two pages less"}, headers={"Accept": "application/json"}).json()["own"]
    assert "Both sides read why in the list of price changes." in said[0]["html"]
    assert tomas.get(address).status_code == 403


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("rate_card", {"rate0-role": "Designer", "rate0-rate": "950", "rate0-unit": "day"}),
        ("taxes", {"tax0-label": "BTW 9%", "tax0-rate": "9", "tax0-category": "S"}),
        (
            "schedule",
            {"kind": "list", "i0-title": "All", "i0-share": "percent", "i0-value": "100", "i0-due": "on_signature"},
        ),
    ],
)
def test_the_forms_of_the_whole_take_a_why(name: str, fields: dict[str, str], deal: Deal) -> None:
    maya = Client()
    maya.force_login(factories.seller(deal.proposal))
    assert maya.post(reverse(name, args=[deal.id]), {**fields, "why": WHY}).status_code == 302
    assert [change.why for change in entries(deal)] == [WHY]
    assert (
        'name="why"'
        in maya.get(reverse("schedule" if name == "schedule" else "price_settings", args=[deal.id])).content.decode()
    )
