"""Taking back changes of prices: by any number of steps, and never over what somebody else has done since."""

from collections.abc import Callable
from typing import Any

import pytest

from proposals.actions import choices
from proposals.actions.discounts import set_discounts
from proposals.actions.keys import set_line_keys
from proposals.actions.lines import add_line, edit_line, remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.actions.undoing import undo_choice, undo_price_change
from proposals.documents import told
from proposals.documents.parts import standing_of
from proposals.exceptions import Invalid, StaleVersion
from proposals.models import LineItem
from tests import factories
from tests.proposals.deal import PRICING, REASON, Deal, refused

OFF = {"type": "percent", "value": "5", "reason": "volume", "text": REASON}


def edit(deal: Deal, title: str = "Portal", **changes: Any) -> None:
    edit_line(by=deal.maya, line_id=deal.line(title).id, changes=changes)


def fingerprints(deal: Deal) -> list[str]:
    return [part.fingerprint for part in standing_of(deal.proposal).parts]


CHANGES: dict[str, Callable[[Deal], object]] = {
    "a number": lambda deal: edit(deal, amount="7000"),
    "an emptied number": lambda deal: edit(deal, "Training", quantity_max=""),
    "words and a flag": lambda deal: edit(deal, detail="On two servers", optional=True, certainty="ceiling"),
    "taxes": lambda deal: edit(deal, taxes=[]),
    "a kind": lambda deal: edit(deal, kind="credit", detail="The late start"),
    "a line more": lambda deal: add_line(
        by=deal.maya, section_id=deal.section(PRICING).id, fields={"title": "Logo", "amount": "300"}
    ),
    "a discount": lambda deal: set_discounts(by=deal.maya, line_id=deal.line("Portal").id, discounts=[OFF]),
    "a discount on the section": lambda deal: set_discounts(
        by=deal.maya, section_id=deal.section(PRICING).id, discounts=[OFF, OFF]
    ),
    "a discount on the whole": lambda deal: set_discounts(by=deal.maya, discounts=[OFF]),
    "the rate card": lambda deal: set_rate_card(
        by=deal.maya, rates=[{"role": "Designer", "rate": "950", "unit": "day"}]
    ),
    "settings": lambda deal: edit_price_settings(
        by=deal.maya, changes={"hours_per_day": "7", "price_date": "2026-02-01"}
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_taken_back_exactly_and_then_made_again(name: str, deal: Deal) -> None:
    before = fingerprints(deal)
    CHANGES[name](deal)
    after = fingerprints(deal)
    assert after != before
    made = deal.number
    undo_price_change(by=deal.maya)
    assert fingerprints(deal) == before
    assert deal.trail()[-1].content.facts["undoes"] == made
    if name != "a line more":
        undo_price_change(by=deal.maya, number=deal.number)
        assert fingerprints(deal) == after


def test_a_removed_line_comes_back_with_all_it_had(deal: Deal) -> None:
    training = deal.line("Training")
    set_discounts(by=deal.maya, line_id=training.id, discounts=[OFF])
    before, place = deal.total, training.position
    remove_line(by=deal.maya, line_id=training.id)
    undo_price_change(by=deal.maya)
    again = deal.line("Training")
    assert (deal.total, again.position, again.quantity_max, again.unit_label) == (before, place, 5, "sessions")
    assert again.discounts.get().text == REASON


def test_a_removed_line_comes_back_with_what_programs_kept_with_it(deal: Deal) -> None:
    keys = {"external_id": "crm-7", "metadata": {"phase": "2"}}
    set_line_keys(by=deal.maya, line_id=deal.line("Training").id, changes=keys)
    remove_line(by=deal.maya, line_id=deal.line("Training").id)
    undo_price_change(by=deal.maya)
    again = deal.line("Training")
    assert (again.external_id, again.metadata) == ("crm-7", {"phase": "2"})

    remove_line(by=deal.maya, line_id=again.id)
    set_line_keys(by=deal.maya, line_id=deal.line("Portal").id, changes={"external_id": "crm-7"})
    undo_price_change(by=deal.maya)
    again = deal.line("Training")
    assert (again.external_id, again.metadata) == ("", {"phase": "2"})


def test_step_by_step_backwards_and_no_further(deal: Deal) -> None:
    edit(deal, amount="7000")
    edit(deal, amount="6000")
    undo_price_change(by=deal.maya)
    assert str(deal.line("Portal").amount) == "7000"
    undo_price_change(by=deal.maya)
    assert str(deal.line("Portal").amount) == "8000"
    with refused(Invalid, "nothing_to_undo"):
        undo_price_change(by=deal.maya)
    assert told.sentence(deal.trail()[-1]) == "Maya Lindqvist changed Portal: amount from 7000 to 8000"


def test_only_ones_own_changes_are_taken_back(deal: Deal) -> None:
    nina, ola = (deal.seat(f"{name}@northlight.example", "seller") for name in ("nina", "ola"))
    edit(deal, "Design", quantity="7")
    edit_line(by=nina, line_id=deal.line("Design").id, changes={"quantity": "8"})
    with refused(StaleVersion, "stale") as caught:
        undo_price_change(by=deal.maya)
    assert caught.value.detail == (
        "“Design” was changed since: its quantity is 8 now, and you had made it 7. Taking that back would have made "
        "it 6. Nothing was changed."
    )
    with refused(Invalid, "nothing_to_undo"):
        undo_price_change(by=ola)
    undo_price_change(by=nina)
    assert str(deal.line("Design").quantity) == "7"


def test_a_client_takes_a_choice_back(deal: Deal) -> None:
    choices.change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity="4")
    undo_choice(by=deal.tomas)
    assert str(deal.line("Training").quantity) == "2"


@pytest.mark.parametrize(
    ("first", "since", "named"),
    [
        (CHANGES["a line more"], lambda deal: edit(deal, "Logo", amount="5"), "“Logo” was changed since you added it"),
        (
            CHANGES["a discount on the whole"],
            lambda deal: set_discounts(by=deal.seat("n@example.org", "seller"), discounts=[]),
            "The discount on the whole proposal was changed since",
        ),
    ],
)
def test_what_was_changed_since_stays(
    first: Callable[[Deal], object], since: Callable[[Deal], object], named: str, deal: Deal
) -> None:
    first(deal)
    made = deal.number
    since(deal)
    with refused(StaleVersion, "stale") as caught:
        undo_price_change(by=deal.maya, number=made)
    assert named in caught.value.detail


def test_taxes_are_not_taken_back_in_one_step(deal: Deal) -> None:
    edit(deal, amount="7000")
    set_taxes(by=deal.maya, taxes=[])
    with refused(Invalid, "not_undoable"):
        undo_price_change(by=deal.maya)


def test_choices_are_taken_back(deal: Deal) -> None:
    hosting = factories.line(deal.section(PRICING), "Hosting", optional=True)
    for option in ("Gold", "Silver"):
        factories.line(deal.section(PRICING), option, alternative_group="Plan", alternative_option=option)
    choices.choose_option(by=deal.tomas, line_id=hosting.id, selected=True)
    choices.choose_alternative(by=deal.tomas, group="Plan", option="Gold")
    undo_choice(by=deal.tomas)
    assert deal.proposal.choices == {}
    undo_choice(by=deal.tomas)
    assert not LineItem.objects.get(id=hosting.id).selected


def test_a_change_from_what_was_not_seen_is_refused_with_both_values(deal: Deal) -> None:
    choices.change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity="4")
    line = deal.line("Training")
    with refused(StaleVersion, "stale") as caught:
        edit_line(by=deal.maya, line_id=line.id, changes={"quantity": "3"}, seen={"quantity": "2"})
    assert caught.value.detail == (
        "“Training”: the quantity is 4 now, set by Tomás Reyes a moment ago; you saw 2 and wrote 3. Choose which one "
        "stands. Nothing was changed."
    )
    assert (caught.value.extra["current"], caught.value.extra["sent"]) == ("4", "3")
    edit_line(by=deal.maya, line_id=line.id, changes={"quantity": "4"}, seen={"quantity": "2"})
    with refused(StaleVersion, "stale"):
        choices.change_quantity(by=deal.tomas, line_id=line.id, quantity="1", seen="2.5")
    edit_line(by=deal.maya, line_id=line.id, changes={"unit_price": "1"}, seen={"unit_price": "450.00"})


def test_a_stale_version_names_both_values(deal: Deal) -> None:
    edit(deal, amount="7000")
    with refused(StaleVersion, "stale") as caught:
        edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "9000"}, expected_version=1)
    assert "There it has: amount 7000, you sent 9000." in caught.value.detail
    assert caught.value.extra == {
        "current_version": 2,
        "current": {"amount": "7000"},
        "sent": {"amount": "9000"},
    }
