"""Counter-offers: who proposes what, what it would lead to, and every answer."""

from typing import Any

import pytest

from proposals.actions import choices, freezing, offers, proposals, sections
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line, remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.documents import told
from proposals.documents.targets import Target
from proposals.exceptions import Invalid, NotAllowed, NotFound, WrongState
from proposals.models import CounterOffer, LineItem
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import PRICING, REASON, Deal, deal_after, refused


def propose(deal: Deal, title: str, field: str, value: str, *, seller: bool = False, why: str = "") -> CounterOffer:
    """A counter-offer of Tomás for a line; of Maya if it is the seller's."""
    target = Target(field, str(deal.line(title).id))
    return offers.propose(by=deal.maya if seller else deal.tomas, target=target, value=value, why=why)


def state_of(offer: CounterOffer) -> str:
    return CounterOffer.objects.get(id=offer.id).state


def enrich(deal: Deal) -> None:
    priced = deal.section(PRICING)
    factories.line(priced, "Hosting", amount="600.00", optional=True)
    for option in ("Gold", "Silver"):
        factories.line(
            priced, option, amount="200.00" if option == "Gold" else "150.00", alternative_group="Plan",
            alternative_option=option,
        )  # fmt: skip
    factories.line(priced, "Travel", kind="expense", quantity="2", unit_cost="100", markup_percent="10")
    factories.line(priced, "Care", kind="subscription", price="240", periods="12")
    factories.line(priced, "Reserve", kind="allowance", percent="10", percent_of=[str(deal.line("Portal").id)])


@pytest.fixture
def rich(db: None) -> Deal:
    """The deal with an option, a choice of two, and a line of every other kind."""
    return as_made(deal_after, enrich)


def test_a_client_proposes_and_the_seller_accepts(deal: Deal) -> None:
    offer = propose(deal, "Design", "rate", "850", why="we write the texts ourselves")
    assert (offer.was, offer.value, offer.words) == ("900", "850", "a rate of 850.00 instead of 900.00")
    assert {name: deal.last("offer.made")[name] for name in ("before", "then", "currency", "why")} == {
        "before": "17303.00",
        "then": "16940.00",
        "currency": "EUR",
        "why": "we write the texts ourselves",
    }
    assert deal.total == "17303.00"
    accepted = offers.accept(by=deal.maya, offer_id=offer.id)
    assert (accepted.state, accepted.closed_by_name, deal.total) == ("accepted", "Maya Lindqvist", "16940.00")
    line = deal.line("Design")
    assert str(line.rate_override) == "850"
    assert line.rate_note == "we write the texts ourselves"
    assert [told.sentence(event) for event in deal.trail()] == [
        "Tomás Reyes proposed a rate of 850.00 instead of 900.00 for Design (“we write the texts ourselves”)",
        "Maya Lindqvist changed Design: rate from nothing to 850 and note on the rate from nothing to we write the "
        "texts ourselves (“as Tomás Reyes proposed: we write the texts ourselves”)",
        "Maya Lindqvist accepted the counter-offer of Tomás Reyes, a rate of 850.00 instead of 900.00 for Design",
    ]
    assert deal.last("offer.accepted")["event"] == 2


CLIENTS = [
    ("Portal", "amount", "7000", "an amount of 7,000.00 instead of 8,000.00", {"amount": "7000"}),
    ("Design", "quantity", "5.5", "a quantity of 5.5 instead of 6", {"quantity": "5.5"}),
    ("Training", "unit_price", "420.50", "a unit price of 420.50 instead of 450.00", {"unit_price": "420.5"}),
    ("Training", "quantity", "8", "a quantity of 8 instead of 2", {"quantity": "8", "quantity_max": "8"}),
    ("Training", "quantity", "0", "a quantity of 0 instead of 2", {"quantity": "0", "quantity_min": "0"}),
    ("Travel", "unit_cost", "90", "a cost per unit of 90.00 instead of 100.00", {"unit_cost": "90"}),
    ("Travel", "markup_percent", "0%", "a markup of 0% instead of 10%", {"markup_percent": "0"}),
    ("Care", "price", "200", "a price per period of 200.00 instead of 240.00", {"price": "200"}),
    ("Care", "periods", "6", "a number of periods of 6 instead of 12", {"periods": "6"}),
    ("Reserve", "percent", "5", "a percentage of 5% instead of 10%", {"percent": "5"}),
]


@pytest.mark.parametrize(("title", "field", "value", "words", "fields"), CLIENTS)
def test_what_a_client_may_propose_for_a_line(
    rich: Deal, title: str, field: str, value: str, words: str, fields: dict[str, str]
) -> None:
    offer = propose(rich, title, field, value)
    then = rich.last("offer.made")["then"]
    assert offer.words == words
    offers.accept(by=rich.maya, offer_id=offer.id)
    line = rich.line(title)
    assert {name: str(getattr(line, name)) for name in fields} == fields
    assert rich.total == then


def test_a_discount_needs_its_reason_when_it_is_accepted(deal: Deal) -> None:
    offer = propose(deal, "Design", "discount", "10 %", why=REASON)
    assert offer.words == "a discount of 10% instead of no discount"
    with refused(Invalid, "discount_reason_required"):
        offers.accept(by=deal.maya, offer_id=offer.id)
    offers.accept(by=deal.maya, offer_id=offer.id, reason="volume")
    discount = deal.line("Design").discounts.get()
    assert (str(discount.value), discount.type, discount.reason, discount.text) == ("10", "percent", "volume", REASON)
    assert deal.total == deal.last("offer.made")["then"] == "16649.60"
    out = propose(deal, "Design", "discount", "0")
    assert out.words == "no discount instead of 10%"
    offers.accept(by=deal.maya, offer_id=out.id)
    assert (deal.line("Design").discounts.count(), deal.total) == (0, "17303.00")


def test_a_line_may_be_proposed_to_go(deal: Deal) -> None:
    offer = propose(deal, "Training", "removal", "")
    assert told.predicate(deal.trail()[-1]) == "proposed to take it out: Training"
    offers.accept(by=deal.maya, offer_id=offer.id)
    assert not LineItem.objects.filter(title="Training").exists()
    kept = CounterOffer.objects.get(id=offer.id)
    assert (kept.state, kept.line, kept.title) == ("accepted", None, "Training")
    assert deal.total == "16214.00"


def test_what_holds_for_the_whole(deal: Deal) -> None:
    def whole(field: str, value: str) -> CounterOffer:
        return offers.propose(by=deal.tomas, target=Target(field), value=value)

    offer = whole("discount", "500")
    assert offer.words == "a discount on the whole of €500.00 instead of no discount"
    offers.accept(by=deal.maya, offer_id=offer.id, reason="long_term", text=REASON)
    assert deal.total == "16698.00"
    offers.accept(by=deal.maya, offer_id=whole("hours_per_day", "7.5").id)
    offer = whole("starts_on", "2027-03-01")
    assert offer.words == "1 March 2027 instead of no date as the start"
    offers.accept(by=deal.maya, offer_id=offer.id)
    assert (str(deal.proposal.hours_per_day), str(deal.proposal.starts_on)) == ("7.5", "2027-03-01")


def test_a_seller_proposes_what_only_the_client_chooses(rich: Deal) -> None:
    option = propose(rich, "Hosting", "selected", "yes", seller=True, why="you asked who hosts it")
    number = propose(rich, "Training", "quantity", "4", seller=True)
    plan = offers.propose(by=rich.maya, target=Target("alternative", group="Plan"), value="Silver")
    assert [row.words for row in (option, number, plan)] == [
        "to take the option",
        "a quantity of 4 instead of 2",
        "Silver instead of no choice yet for Plan",
    ]
    for offer in (option, number, plan):
        with refused(NotAllowed):
            offers.accept(by=rich.maya, offer_id=offer.id)
        offers.accept(by=rich.tomas, offer_id=offer.id)
    assert (rich.line("Hosting").selected, str(rich.line("Training").quantity)) == (True, "4")
    assert rich.proposal.choices == {"Plan": "Silver"}
    chosen = next(event for event in rich.trail() if event.type == "option.chosen")
    assert (chosen.content.actor_name, chosen.content.facts["why"]) == (
        "Tomás Reyes",
        "as Maya Lindqvist proposed: you asked who hosts it",
    )


@pytest.mark.parametrize(
    ("field", "value", "seller"),
    [("amount", "7000", True), ("removal", "", True), ("discount", "5%", True)],
)
def test_nobody_proposes_what_is_theirs_to_change(deal: Deal, field: str, value: str, seller: bool) -> None:
    with refused(Invalid, "yours_to_change"):
        propose(deal, "Portal", field, value, seller=seller)
    with refused(Invalid, "yours_to_change"):
        propose(deal, "Training", "quantity", "3")


@pytest.mark.parametrize(
    ("title", "field", "value", "code"),
    [
        ("Portal", "amount", "cheap", "bad_number"),
        ("Portal", "amount", "", "bad_number"),
        ("Portal", "amount", "1.005", "too_many_decimals"),
        ("Portal", "amount", "8000.00", "same_value"),
        ("Portal", "title", "Gate", "unknown_field"),
        ("Design", "discount", "101%", "discount_value_range"),
        ("Design", "discount", "6000", "discount_exceeds_base"),
        ("Design", "quantity", "-1", "negative_quantity"),
        ("Care", "periods", "1.5", "bad_number"),
    ],
)
def test_what_can_not_be_calculated_is_refused_when_it_is_proposed(
    rich: Deal, title: str, field: str, value: str, code: str
) -> None:
    with refused(Invalid, code):
        propose(rich, title, field, value)


def test_a_line_that_another_is_a_percentage_of_can_not_be_proposed_to_go(rich: Deal) -> None:
    with refused(Invalid, "bad_allowance_base"):
        propose(rich, "Portal", "removal", "")


def test_what_is_not_there_is_not_found(deal: Deal) -> None:
    for target in (Target("amount", "no id"), Target("rate", str(deal.line("Portal").id)), Target("selected", "")):
        with refused(Invalid if target.field == "selected" else NotFound, "" if target.line else "unknown_field"):
            offers.propose(by=deal.tomas, target=target, value="1")
    with refused(NotFound):
        offers.propose(by=deal.tomas, target=Target("alternative", group="Plan"), value="Gold")


def test_an_answer_by_another_value_is_accepted_with_the_rights_of_who_gave_it(deal: Deal) -> None:
    first = propose(deal, "Portal", "amount", "7000")
    with refused(Invalid, "same_value"):
        offers.answer(by=deal.maya, offer_id=first.id, value="7000.00")
    with refused(NotAllowed):
        offers.answer(by=deal.tomas, offer_id=first.id, value="7100")
    second = offers.answer(by=deal.maya, offer_id=first.id, value="7500", why="it is less to test")
    assert (state_of(first), second.answers_id, second.side) == ("answered", first.id, "seller")
    with refused(NotAllowed):
        offers.accept(by=deal.maya, offer_id=second.id)
    third = offers.answer(by=deal.tomas, offer_id=second.id, value="7250")
    fourth = offers.propose(by=deal.maya, target=Target("amount", str(deal.line("Portal").id)), value="7400")
    fifth = offers.propose(by=deal.maya, target=Target("amount", str(deal.line("Portal").id)), value="7350")
    assert [state_of(row) for row in (second, third, fourth, fifth)] == ["answered", "answered", "withdrawn", "open"]
    assert (fourth.answers_id, fifth.answers_id) == (third.id, third.id)
    offers.accept(by=deal.tomas, offer_id=fifth.id)
    assert str(deal.line("Portal").amount) == "7350"
    changed, accepted = deal.trail()[-2:]
    assert [(event.type, event.content.actor_name) for event in (changed, accepted)] == [
        ("line.changed", "Maya Lindqvist"),
        ("offer.accepted", "Tomás Reyes"),
    ]


def test_an_answer_of_somebody_who_left_is_not_accepted(deal: Deal) -> None:
    deal.seat("else@northlight.example", "seller", is_signatory=True)
    offer = offers.answer(by=deal.maya, offer_id=propose(deal, "Portal", "amount", "7000").id, value="7500")
    deal.proposal.participants.filter(user=deal.maya.user).update(removed_at=deal.proposal.created_at)
    with refused(WrongState, "not_open"):
        offers.accept(by=deal.tomas, offer_id=offer.id)


def test_declining_and_taking_back(deal: Deal) -> None:
    offer = propose(deal, "Portal", "amount", "7000")
    for verb in (offers.decline, offers.accept):
        with refused(NotAllowed):
            verb(by=deal.tomas, offer_id=offer.id)
    with refused(NotAllowed):
        offers.withdraw(by=deal.maya, offer_id=offer.id)
    declined = offers.decline(by=deal.maya, offer_id=offer.id, why="the tests cost that much")
    assert (declined.state, declined.closed_why) == ("declined", "the tests cost that much")
    again = propose(deal, "Portal", "amount", "7000")
    offers.withdraw(by=deal.tomas, offer_id=again.id)
    for verb in (offers.decline, offers.accept, offers.withdraw):
        with refused(WrongState, "not_open"):
            verb(by=deal.maya if verb is not offers.withdraw else deal.tomas, offer_id=again.id)
    assert [told.sentence(event) for event in deal.trail()][1::2] == [
        "Maya Lindqvist declined the counter-offer of Tomás Reyes, an amount of 7,000.00 instead of 8,000.00 for "
        "Portal (“the tests cost that much”)",
        "Tomás Reyes took back the counter-offer of Tomás Reyes, an amount of 7,000.00 instead of 8,000.00 for Portal",
    ]
    assert deal.total == "17303.00"


def overtakers(deal: Deal) -> dict[str, tuple[tuple[str, str, str], Any]]:
    """Offers with a change that leaves them behind."""
    portal = deal.line("Portal").id
    section = deal.section(PRICING).id
    return {
        "amount": (("Portal", "amount", "7000"), lambda: edit_line(
            by=deal.maya, line_id=portal, changes={"amount": "7900"})),
        "kind": (("Portal", "amount", "7000"), lambda: edit_line(
            by=deal.maya, line_id=portal, changes={"kind": "unit", "quantity": "1", "unit_price": "8000"})),
        "line": (("Portal", "amount", "7000"), lambda: remove_line(by=deal.maya, line_id=portal)),
        "rate card": (("Design", "rate", "850"), lambda: set_rate_card(
            by=deal.maya, rates=[{"role": "Designer", "rate": "950", "unit": "day"}])),
        "currency": (("Portal", "amount", "7000"), lambda: edit_price_settings(
            by=deal.maya, changes={"currency": "USD"})),
        "discount": (("Portal", "discount", "3%"), lambda: set_discounts(
            by=deal.maya, line_id=portal, discounts=[
                {"type": "percent", "value": "5", "reason": "volume", "text": REASON}])),
        "section": (("Portal", "amount", "7000"), lambda: sections.remove_section(by=deal.maya, section_id=section)),
    }  # fmt: skip


@pytest.mark.parametrize("how", ["amount", "kind", "line", "rate card", "currency", "discount", "section"])
def test_a_value_that_changes_meanwhile_overtakes_the_offer(deal: Deal, how: str) -> None:
    (title, field, value), change = overtakers(deal)[how]
    offer = propose(deal, title, field, value)
    version = deal.proposal.version
    change()
    assert (state_of(offer), deal.events()[-1]) == ("overtaken", "offer.overtaken")
    assert told.sentence(deal.trail()[-1]) == (
        f"The value changed meanwhile, so the counter-offer of Tomás Reyes is overtaken: {offer.words} for {title}"
    )
    assert deal.proposal.version == version + 1


def test_other_changes_leave_an_offer_open(deal: Deal) -> None:
    offer = propose(deal, "Portal", "amount", "7000")
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"title": "Booking portal"})
    edit_line(by=deal.maya, line_id=deal.line("Design").id, changes={"quantity": "7"})
    choices.change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity="3")
    proposals.set_terms(by=deal.tomas, changes={"title": "Another"})
    assert state_of(offer) == "open"


def test_a_value_that_is_set_to_what_was_proposed_is_accepted(deal: Deal) -> None:
    offer = propose(deal, "Portal", "amount", "7000")
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7000.00"})
    assert (state_of(offer), deal.events()[-1]) == ("accepted", "offer.met")


def test_as_many_are_open_as_anybody_needs(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "OPEN_COUNT", 1)
    propose(deal, "Portal", "amount", "7000")
    with refused(Invalid, "too_many"):
        propose(deal, "Design", "quantity", "5")
    propose(deal, "Portal", "amount", "7100")


def test_a_signatory_who_only_reads_may_propose_and_a_reader_may_not(deal: Deal) -> None:
    boss = deal.seat("boss@harbourstreet.example", "client", role="reader", is_signatory=True)
    reader = deal.seat("reader@harbourstreet.example", "client", role="reader")
    target = Target("amount", str(deal.line("Portal").id))
    assert offers.propose(by=boss, target=target, value="7000").side == "client"
    with refused(NotAllowed):
        offers.propose(by=reader, target=target, value="6000")


def test_freezing_asks_about_open_counter_offers_and_is_not_held_up_by_them(deal: Deal) -> None:
    offer = propose(deal, "Portal", "amount", "7000")
    deal.agree(deal.maya)
    deal.agree(deal.tomas)
    with refused(WrongState, "open_offers") as caught:
        freezing.freeze(by=deal.maya)
    assert caught.value.extra["asks"] == [
        {
            "code": "open_offer",
            "detail": "Tomás Reyes still proposes an amount of 7,000.00 instead of 8,000.00 for “Portal”.",
        }
    ]
    freezing.freeze(by=deal.maya, leave_offers_open=True)
    with refused(WrongState):
        offers.accept(by=deal.maya, offer_id=offer.id)
    freezing.reopen(by=deal.tomas)
    offers.accept(by=deal.maya, offer_id=offer.id)
    assert str(deal.line("Portal").amount) == "7000"
