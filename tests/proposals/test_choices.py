"""The client's choices: options, alternatives, quantities. A choice is never trapped by a discount."""

from typing import Any

import pytest

from proposals import fragments
from proposals.actions.choices import change_quantity, choose_alternative, choose_option
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line, remove_line
from proposals.documents import told
from proposals.exceptions import Invalid, NotFound, StaleVersion
from proposals.models import LineItem
from tests import factories
from tests.proposals.deal import PRICING, REASON, Deal, refused


def amount_off(value: str, **more: Any) -> dict[str, Any]:
    return {"type": "amount", "value": value, "reason": "goodwill", "text": REASON, **more}


@pytest.fixture
def hosting(deal: Deal) -> LineItem:
    """An option of 600.00 that the client has taken, not taxed."""
    return factories.line(deal.section(PRICING), "Hosting", amount="600.00", optional=True, selected=True)


@pytest.fixture
def plans(deal: Deal) -> None:
    """Gold for 500.00 or Silver for 300.00, undecided."""
    for option, amount in (("Gold", "500.00"), ("Silver", "300.00")):
        factories.line(
            deal.section(PRICING), option, amount=amount, alternative_group="Plan", alternative_option=option
        )


def test_an_option_is_taken_and_left_out(deal: Deal, hosting: LineItem) -> None:
    assert deal.total == "17903.00"
    left = choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
    assert (left.selected, left.version, deal.total) == (False, 2, "17303.00")
    choose_option(by=deal.tomas, line_id=str(hosting.id), selected=True)
    assert deal.total == "17903.00"
    assert [told.sentence(event) for event in deal.trail()] == [
        "Tomás Reyes left out the option Hosting",
        "Tomás Reyes took the option Hosting",
    ]


def test_the_same_choice_again_is_no_change(deal: Deal, hosting: LineItem, plans: None) -> None:
    choose_option(by=deal.tomas, line_id=hosting.id, selected=True)
    choose_alternative(by=deal.tomas, group="Plan", option="")
    change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity="2.0")
    assert (deal.events(), deal.proposal.version) == ([], 1)


def test_what_is_no_option_always_counts(deal: Deal) -> None:
    with refused(Invalid, "not_optional"):
        choose_option(by=deal.tomas, line_id=deal.line("Portal").id, selected=False)
    with refused(NotFound):
        choose_option(by=deal.tomas, line_id="no id", selected=False)


def test_one_alternative_is_chosen_changed_and_left_open(deal: Deal, plans: None) -> None:
    assert (deal.total, deal.standing().price.result["range"]) == ("17303.00", {"min": "17603.00", "max": "17803.00"})
    for option, total in (("Gold", "17803.00"), ("Silver", "17603.00"), ("", "17303.00")):
        choose_alternative(by=deal.tomas, group="Plan", option=option)
        assert deal.total == total
    assert [told.predicate(event) for event in deal.trail()] == [
        "chose Gold for Plan",
        "chose Silver for Plan",
        "left Plan open",
    ]
    assert deal.proposal.choices == {}


@pytest.mark.parametrize(
    ("group", "option"), [("Plan", "Bronze"), ("Pan", "Gold"), ("", ""), ("", "Gold"), ("Pan", "")]
)
def test_an_unknown_option_is_refused(group: str, option: str, deal: Deal, plans: None) -> None:
    with refused(Invalid, "unknown_option"):
        choose_alternative(by=deal.tomas, group=group, option=option)


def test_a_chosen_option_is_not_taken_out_under_the_client(deal: Deal, plans: None) -> None:
    choose_alternative(by=deal.tomas, group="Plan", option="Gold")
    with refused(Invalid, "unknown_option"):
        remove_line(by=deal.maya, line_id=deal.line("Gold").id)


def test_a_client_may_always_leave_a_group_open_again(deal: Deal) -> None:
    """Also if there are more combinations then than are calculated: the range is left out."""
    for group in "abcdefg":
        for option in ("1", "2"):
            factories.line(
                deal.section(PRICING), group, amount="1.00", alternative_group=group, alternative_option=option
            )
    proposal = deal.proposal
    proposal.choices = {"a": "1"}
    proposal.save()
    choose_alternative(by=deal.tomas, group="a", option="")
    assert "range" not in deal.standing().price.result


@pytest.mark.parametrize("quantity", ["1", "5", "2.5"])
def test_a_quantity_is_changed_within_its_limits(quantity: str, deal: Deal) -> None:
    line = change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity=quantity)
    assert str(line.quantity) == quantity
    facts = deal.last("line.changed")
    assert facts["changes"] == [{"field": "quantity", "was": "2", "now": quantity}]
    assert facts["amount"] == deal.standing().price.line(line.id)["amount"]


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("0.9", "out_of_limits"),
        ("5.1", "out_of_limits"),
        ("-2", "out_of_limits"),
        ("1.2.3", "bad_number"),
        ("", "bad_number"),
    ],
)
def test_a_quantity_outside_is_refused_with_the_limits(quantity: str, code: str, deal: Deal) -> None:
    with refused(Invalid, code) as caught:
        change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity=quantity)
    assert code != "out_of_limits" or "from 1 to 5" in caught.value.detail


def test_a_quantity_with_one_limit_or_none(deal: Deal) -> None:
    rows = LineItem.objects.filter(id=deal.line("Training").id)
    rows.update(quantity_min="")
    change_quantity(by=deal.tomas, line_id=rows[0].id, quantity="0")
    with refused(Invalid, "out_of_limits"):
        change_quantity(by=deal.tomas, line_id=rows[0].id, quantity="6")
    rows.update(quantity_max="")
    change_quantity(by=deal.tomas, line_id=rows[0].id, quantity="1000")
    with refused(Invalid, "negative_quantity"):
        change_quantity(by=deal.tomas, line_id=rows[0].id, quantity="-1")


def test_the_quantity_of_a_subscription_is_its_periods(deal: Deal) -> None:
    care = factories.line(
        deal.section(PRICING), "Care", kind="subscription", price="240", periods="12", client_may_change_quantity=True
    )
    changed = change_quantity(by=deal.tomas, line_id=care.id, quantity="6")
    assert (str(changed.periods), changed.quantity) == ("6", None)
    assert deal.standing().price.line(care.id)["amount"] == "1440.00"
    assert deal.last("line.changed")["changes"] == [{"field": "periods", "was": "12", "now": "6"}]
    with refused(Invalid, "bad_number"):
        change_quantity(by=deal.tomas, line_id=care.id, quantity="6.5")


def test_the_quantity_of_a_subscription_for_several_things_is_their_number(deal: Deal) -> None:
    seats = factories.line(
        deal.section(PRICING),
        "Seats",
        kind="subscription",
        price="48",
        quantity="25",
        periods="12",
        client_may_change_quantity=True,
    )
    changed = change_quantity(by=deal.tomas, line_id=seats.id, quantity="30")
    assert (str(changed.quantity), str(changed.periods)) == ("30", "12")
    assert deal.standing().price.line(seats.id)["amount"] == "17280.00"


def test_a_quantity_the_seller_keeps_is_not_the_clients(deal: Deal) -> None:
    fixed = factories.line(deal.section(PRICING), "Logo", client_may_change_quantity=True)
    for line in (deal.line("Design"), fixed):
        with refused(Invalid, "not_allowed"):
            change_quantity(by=deal.tomas, line_id=line.id, quantity="3")


def test_a_client_who_saw_an_older_version_is_told(deal: Deal) -> None:
    line = deal.line("Training")
    edit_line(by=deal.maya, line_id=line.id, changes={"unit_price": "500"})
    with refused(StaleVersion):
        change_quantity(by=deal.tomas, line_id=line.id, quantity="3", expected_version=1)


# A discount that would be larger than what is left is cut, and both are told


def alone(deal: Deal) -> None:
    """Leave no line but the option."""
    for title in ("Portal", "Design", "Training"):
        remove_line(by=deal.maya, line_id=deal.line(title).id)


def test_an_option_is_left_out_though_a_discount_needed_it(deal: Deal, hosting: LineItem) -> None:
    set_discounts(by=deal.maya, discounts=[amount_off("14500.00")])
    since = deal.proposal.audit_number
    choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
    assert str(deal.proposal.discounts.get().value) == "14300"
    assert deal.total == "0.00"
    chosen, cut = deal.trail(since=since)
    assert (chosen.type, cut.type, cut.content.actor_name) == ("option.left_out", "discount.cut", "")
    assert cut.content.facts == {
        "line": "",
        "section": "",
        "title": "the whole proposal",
        "text": REASON,
        "was": "14500",
        "now": "14300",
    }
    assert told.sentence(cut) == (
        "The discount on the whole proposal was cut from 14500 to 14300, all that it can apply to"
    )


def test_a_discount_of_which_nothing_is_left_is_taken_out_and_told(deal: Deal, hosting: LineItem) -> None:
    alone(deal)
    set_discounts(by=deal.maya, section_id=hosting.section_id, discounts=[amount_off("100.00")])
    choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
    assert deal.proposal.discounts.count() == 0
    assert told.sentence(deal.trail()[-1]) == (
        "The discount of 100 on Pricing was taken out: nothing is left that it applies to"
    )


def test_a_smaller_quantity_cuts_the_lines_discount(deal: Deal) -> None:
    training = deal.line("Training")
    set_discounts(by=deal.maya, line_id=training.id, discounts=[amount_off("100.00"), amount_off("700.00")])
    change_quantity(by=deal.tomas, line_id=training.id, quantity="1")
    assert [str(row.value) for row in training.discounts.all()] == ["100", "350"]
    cut = deal.last("discount.cut")
    assert (cut["line"], cut["section"], cut["title"]) == (str(training.id), str(training.section_id), "Training")
    assert deal.last("line.changed")["amount"] == "0.00"
    audience = fragments.audience_of(deal.maya, deal.proposal.lifecycle)
    told_last = [event for event in deal.trail() if event.type == "discount.cut"]
    pieces = {fragment["id"] for fragment in fragments.render_events(deal.id, told_last, audience)}
    assert f"line-{training.id}" in pieces


def test_every_level_is_cut_in_one_choice(deal: Deal, plans: None) -> None:
    alone(deal)
    choose_alternative(by=deal.tomas, group="Plan", option="Gold")
    gold = deal.line("Gold")
    set_discounts(by=deal.maya, section_id=gold.section_id, discounts=[amount_off("150.00"), amount_off("250.00")])
    set_discounts(by=deal.maya, discounts=[amount_off("90.00")])
    since = deal.proposal.audit_number
    choose_alternative(by=deal.tomas, group="Plan", option="Silver")
    assert deal.events(since=since) == ["alternative.chosen", "discount.cut", "discount.cut"]
    assert [(row.section, str(row.value)) for row in deal.proposal.discounts.all()] == [
        (gold.section, "150"),
        (gold.section, "150"),
    ]
    assert deal.total == "0.00"


def test_an_early_payment_offer_is_cut_as_well(deal: Deal, hosting: LineItem) -> None:
    offer = amount_off("14900.00", reason="early_payment", conditional=True)
    set_discounts(by=deal.maya, discounts=[offer])
    choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
    assert str(deal.proposal.discounts.get().value) == "14300"
    assert deal.proposal.discounts.get().conditional


def test_percentages_need_no_cut(deal: Deal, hosting: LineItem) -> None:
    percent = {"type": "percent", "value": "100", "reason": "goodwill", "text": REASON}
    set_discounts(by=deal.maya, discounts=[percent])
    choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
    assert deal.events()[-1] == "option.left_out"


def test_a_choice_that_fails_for_another_reason_is_refused(deal: Deal, hosting: LineItem) -> None:
    deal.proposal.rates.all().delete()
    with refused(Invalid, "no_rate"):
        choose_option(by=deal.tomas, line_id=hosting.id, selected=False)
