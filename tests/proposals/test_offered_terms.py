"""Counter-offers about a section's discount, a discount for early payment, and the payment schedule."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import offers
from proposals.actions.disclosures import publish
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line
from proposals.actions.schedule import set_schedule
from proposals.actions.sections import remove_section
from proposals.actions.undoing import undo_price_change
from proposals.documents import contents, told
from proposals.documents.targets import Target
from proposals.exceptions import Invalid, NotAllowed, NotFound
from proposals.fragments import audience_of, render_events
from proposals.models import CounterOffer
from tests.proposals.deal import PRICING, REASON, SUMMARY, Deal, refused
from tests.proposals.test_discount_grounds import LIST, WHY

EARLY, SCHEDULE = Target("early_payment"), Target("schedule")
AT_START = {"title": "At the start", "share": "percent", "value": "30", "due": "on_signature", "net_days": 14}
AT_END = {
    "title": "Done",
    "share": "remainder",
    "due": "milestone",
    "net_days": 30,
    "acceptance": "Your front desk has booked a day in it",
}
PLAN = [AT_START, AT_END]
OTHER = [{**AT_START, "value": "20"}, {**AT_END, "acceptance": "Two weeks without a double booking"}]


def propose(deal: Deal, target: Target, value: str, why: str = "", *, seller: bool = False) -> CounterOffer:
    by = deal.maya if seller else deal.tomas
    return offers.propose(by=by, target=target, value=value, why=why)


def of_section(deal: Deal) -> Target:
    return Target("discount", section=str(deal.section(PRICING).id))


def discounts(deal: Deal) -> list[dict[str, Any]]:
    return [contents.discount_content(row) for row in deal.proposal.discounts.all()]


def state_of(offer: CounterOffer) -> str:
    return CounterOffer.objects.get(id=offer.id).state


def test_a_client_proposes_a_discount_on_a_section_and_the_seller_accepts(deal: Deal) -> None:
    offer = propose(deal, of_section(deal), "5%", why=REASON)
    assert (offer.words, offer.title) == ("a discount on the section of 5% instead of no discount", PRICING)
    assert deal.last("offer.made")["then"] == "16437.85"
    with refused(Invalid, "discount_reason_required"):
        offers.accept(by=deal.maya, offer_id=offer.id)
    offers.accept(by=deal.maya, offer_id=offer.id, reason="negotiated")
    assert discounts(deal) == [{"type": "percent", "value": "5", "reason": "negotiated", "text": REASON}]
    assert (deal.proposal.discounts.get().section, deal.total) == (deal.section(PRICING), "16437.85")
    assert [told.sentence(event) for event in deal.trail()] == [
        f"Tomás Reyes proposed a discount on the section of 5% instead of no discount for Pricing (“{REASON}”)",
        f"Maya Lindqvist added a discount to Pricing: −5%, {REASON} (“as Tomás Reyes proposed: {REASON}”)",
        "Maya Lindqvist accepted the counter-offer of Tomás Reyes, a discount on the section of 5% instead of no "
        "discount for Pricing",
    ]
    undo_price_change(by=deal.maya)
    assert (discounts(deal), deal.total) == ([], "17303.00")


def test_an_accepted_discount_cites_the_list_or_is_an_exception(deal: Deal) -> None:
    publish(by=deal.maya, kind="discounts", fields=LIST)
    set_discounts(
        by=deal.maya,
        discounts=[{"type": "percent", "value": "13", "reason": "volume", "text": REASON, "exception": WHY}],
    )
    offer = propose(deal, EARLY, "2%/10", why="it saves you a reminder")
    with refused(Invalid, "line_or_exception"):
        offers.accept(by=deal.maya, offer_id=offer.id)
    offers.accept(by=deal.maya, offer_id=offer.id, exception="this client always pays")
    first, second = discounts(deal)
    assert (first["value"], first["exception"]) == ("13", WHY)
    assert second == {
        "type": "percent",
        "value": "2",
        "reason": "early_payment",
        "text": "it saves you a reminder",
        "conditional": True,
        "within_days": 10,
        "exception": "this client always pays",
    }
    offer = propose(deal, of_section(deal), "12%", why=REASON)
    offers.accept(by=deal.maya, offer_id=offer.id, reason="volume", policy_line="2")
    assert deal.section(PRICING).discounts.get().policy_line == "2"


@pytest.mark.parametrize(
    ("value", "stored", "words"),
    [
        ("2 %/ 10", "2%/10", "2% less if paid within 10 days of the invoice"),
        ("400/2027-01-12", "400/2027-01-12", "€400.00 less if paid by 12 January 2027"),
        ("1.50%", "1.5%", "1.5% less if paid early"),
    ],
)
def test_a_client_proposes_less_for_early_payment(deal: Deal, value: str, stored: str, words: str) -> None:
    offer = propose(deal, EARLY, value, why="we pay at once")
    assert (offer.value, offer.words) == (stored, f"{words} instead of no discount for early payment")
    offers.accept(by=deal.maya, offer_id=offer.id, text=REASON)
    (standing,) = discounts(deal)
    assert (standing["conditional"], standing["text"], deal.total) == (True, REASON, "17303.00")
    again = propose(deal, EARLY, "0")
    assert again.words == f"no discount for early payment instead of {words}"
    offers.accept(by=deal.maya, offer_id=again.id)
    assert discounts(deal) == []


def test_the_seller_answers_with_another_day_and_the_client_accepts(deal: Deal) -> None:
    first = propose(deal, EARLY, "3%/30", why="we pay at once")
    answer = propose(deal, EARLY, "3%/10", why="within ten days we can", seller=True)
    assert (state_of(first), answer.answers_id) == ("answered", first.id)
    offers.accept(by=deal.tomas, offer_id=answer.id)
    (standing,) = discounts(deal)
    assert (standing["within_days"], standing["text"]) == (10, "within ten days we can")
    changed = next(event for event in deal.trail() if event.type == "discount.changed")
    assert changed.content.actor_name == "Maya Lindqvist"


def test_a_client_proposes_another_payment_schedule(deal: Deal) -> None:
    set_schedule(by=deal.maya, instalments=PLAN)
    offer = propose(deal, SCHEDULE, json.dumps(OTHER), why="our year begins in March")
    assert offer.words == (
        "another payment schedule: At the start 20% of the total, 14 days after signature; Done what is left, 30 days "
        "after acceptance"
    )
    offers.accept(by=deal.maya, offer_id=offer.id)
    assert [contents.instalment_content(row) for row in deal.proposal.instalments.all()] == OTHER
    assert deal.last("schedule.changed")["why"] == "as Tomás Reyes proposed: our year begins in March"
    assert deal.events()[-2:] == ["schedule.changed", "offer.accepted"]
    undo_price_change(by=deal.maya)
    assert [contents.instalment_content(row) for row in deal.proposal.instalments.all()] == PLAN


def test_a_schedule_is_proposed_where_there_is_none_and_to_take_it_out(deal: Deal) -> None:
    offers.accept(by=deal.maya, offer_id=propose(deal, SCHEDULE, json.dumps(PLAN)).id)
    assert deal.proposal.instalments.count() == 2
    out = propose(deal, SCHEDULE, "")
    assert out.words == "to take the payment schedule out"
    offers.accept(by=deal.maya, offer_id=out.id)
    assert deal.proposal.instalments.count() == 0


@pytest.mark.parametrize(
    ("target", "value", "code"),
    [
        (EARLY, "2%/soon", "bad_date"),
        (EARLY, "2%/400", "bad_number"),
        (EARLY, "cheap", "bad_number"),
        (EARLY, "101%/10", "discount_value_range"),
        (EARLY, "0", "same_value"),
        (SCHEDULE, "[]", "same_value"),
        (SCHEDULE, "{}", "bad_schedule"),
        (SCHEDULE, "[1]", "bad_schedule"),
        (SCHEDULE, "half and half", "bad_schedule"),
        (SCHEDULE, json.dumps([AT_START]), "percent_sum"),
        (SCHEDULE, json.dumps([AT_START, {**AT_END, "acceptance": ""}]), "required"),
    ],
)
def test_what_could_not_stand_is_refused_when_it_is_proposed(deal: Deal, target: Target, value: str, code: str) -> None:
    with refused(Invalid, code):
        propose(deal, target, value)


def test_only_a_price_section_has_a_discount(deal: Deal) -> None:
    for section in (deal.section(SUMMARY).id, "no id"):
        with refused(NotFound):
            propose(deal, Target("discount", section=str(section)), "5%")
    with refused(Invalid, "unknown_field"):
        propose(deal, Target("schedule", section=str(deal.section(PRICING).id)), "[]")


def test_nobody_proposes_what_is_theirs_and_only_the_other_side_accepts(deal: Deal) -> None:
    for target, value in ((EARLY, "2%"), (SCHEDULE, json.dumps(PLAN)), (of_section(deal), "5%")):
        with refused(Invalid, "yours_to_change"):
            propose(deal, target, value, seller=True)
        offer = propose(deal, target, value, why=REASON)
        with refused(NotAllowed):
            offers.accept(by=deal.tomas, offer_id=offer.id, reason="volume")
        offers.decline(by=deal.maya, offer_id=offer.id, why="not this year")
        assert state_of(offer) == "declined"
    assert discounts(deal) == []


def test_what_changes_meanwhile_overtakes_it(deal: Deal) -> None:
    section, early, plan = (
        propose(deal, of_section(deal), "5%"),
        propose(deal, EARLY, "2%"),
        propose(deal, SCHEDULE, json.dumps(OTHER)),
    )
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "9000"})
    assert [state_of(row) for row in (section, early, plan)] == ["open"] * 3
    set_schedule(by=deal.maya, instalments=PLAN)
    assert [state_of(row) for row in (section, early, plan)] == ["open", "open", "overtaken"]
    off = {"type": "percent", "value": "2", "reason": "early_payment", "text": REASON, "conditional": True}
    set_discounts(by=deal.maya, discounts=[off])
    assert [state_of(row) for row in (section, early)] == ["open", "accepted"]
    remove_section(by=deal.maya, section_id=deal.section(PRICING).id)
    assert state_of(section) == "overtaken"


def test_both_see_them_in_their_places_and_what_they_would_lead_to(deal: Deal) -> None:
    set_schedule(by=deal.maya, instalments=PLAN)
    propose(deal, of_section(deal), "5%")
    propose(deal, EARLY, "2%/10")
    plan = propose(deal, SCHEDULE, json.dumps(OTHER))
    for who in (deal.maya, deal.tomas):
        page = seen(deal, who)
        foot = re.sub("<[^>]+>", "", page.split('<tfoot id="totals-')[1].split("</tfoot>")[0])
        assert "The total would be €16,437.85, €865.15 less." in foot
        assert "2% less, €346.06, if paid within 10 days of the invoice: €16,956.94." in foot
        schedule = page.split('class="schedule" id="schedule-')[1].split('id="terms-part"')[0]
        assert '<b class="num">€3,460.60</b> At the start, 20% of the total; 14 days after signature' in schedule
        assert "Accepted when: Two weeks without a double booking" in schedule
        assert f'id="whole-offer-{plan.id}"' not in page
    assert "Propose a change" in seen(deal, deal.tomas)
    assert "Propose a change" not in seen(deal, deal.maya)


def test_each_comes_with_its_event(deal: Deal) -> None:
    pieces = {}
    for name, target, value in (
        ("section", of_section(deal), "5%"),
        ("early", EARLY, "2%"),
        ("schedule", SCHEDULE, json.dumps(PLAN)),
    ):
        number = deal.number
        propose(deal, target, value)
        audience = audience_of(deal.maya, deal.proposal.lifecycle)
        rendered = render_events(deal.id, deal.trail(since=number), audience)
        in_place = [each["id"].partition("-")[0] for each in rendered if 'class="offer"' in each["html"]]
        pieces[name] = set(in_place)
    assert pieces == {
        "section": {"prices", "offers"},
        "early": {"totals", "offers"},
        "schedule": {"schedule", "offers"},
    }


def test_the_forms_begin_with_what_stands_or_was_proposed(deal: Deal) -> None:
    set_schedule(by=deal.maya, instalments=PLAN)
    tomas, maya = browser(deal.tomas), browser(deal.maya)
    address = reverse("offer_schedule", args=[deal.id])
    assert 'value="At the start"' in tomas.get(address).content.decode()
    sent = {}
    for number, planned in enumerate(OTHER):
        sent |= {f"i{number}-{name}": str(value) for name, value in planned.items()}
    tomas.post(address, {**sent, "kind": "list", "why": "our year begins in March"})
    offer = CounterOffer.objects.get(field="schedule")
    assert (json.loads(offer.value), offer.why) == (OTHER, "our year begins in March")
    shown = maya.get(address).content.decode()
    assert 'value="Two weeks without a double booking"' in shown
    early = reverse("offer_early", args=[deal.id])
    tomas.post(early, {"value": "2,5%", "within_days": "10", "pay_by": ""}, headers={"Accept-Language": "de"})
    assert CounterOffer.objects.get(field="early_payment").value == "2.5%/10"
    assert 'value="2.5%"' in maya.get(early).content.decode()
    answer = tomas.post(
        early, {"value": "2%", "within_days": "10", "pay_by": "2027-01-12"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "two_by_whens")


def browser(who: Any) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def seen(deal: Deal, who: Any) -> str:
    return browser(who).get(reverse("room", args=[deal.id])).content.decode()
