"""Who may change which value: every field of prices and billing, for both sides, in every state, spelled out here.

`seller` and `client` are the letters of the states in which a value changes for that side's editor; in all others it is
refused and stands as before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from proposals.access import Actor
from proposals.actions import billing, choices, schedule
from proposals.actions.disclosures import publish
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line, edit_line, move_line, remove_line
from proposals.actions.offers import propose
from proposals.actions.price_fields import DISCOUNT_EDITS, LINE_EDITS, RATE_EDITS, SETTINGS_EDITS, TAX_EDITS
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.proposals import set_terms
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.documents import contents
from proposals.documents.targets import Target
from proposals.exceptions import Invalid, Refusal
from proposals.models import LineItem
from proposals.states import State
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import PRICING, REASON, Deal, refused
from tests.proposals.test_access import LETTERS
from tests.proposals.verbs import HOW, rich_deal

Call = Callable[[Deal, Actor], object]


@dataclass(frozen=True)
class Value:
    """A value: the call that changes it, and the states in which it changes for each side."""

    change: Call
    seller: str = "PO"
    client: str = ""


def line(which: str, /, **changes: Any) -> Call:
    return lambda deal, by: edit_line(by=by, line_id=deal.line(which).id, changes=changes)


def quantity(title: str, value: str) -> Call:
    return lambda deal, by: choices.change_quantity(by=by, line_id=deal.line(title).id, quantity=value)


def settings(**changes: Any) -> Call:
    return lambda deal, by: edit_price_settings(by=by, changes=changes)


def tax(**changes: Any) -> Call:
    def change(deal: Deal, by: Actor) -> object:
        standing = deal.proposal.taxes.get()
        return set_taxes(by=by, taxes=[{"id": str(standing.id), **changes}])

    return change


def rate(**changes: Any) -> Call:
    card = {"role": "Designer", "rate": "900", "unit": "day", "valid_from": factories.PRICE_DATE}
    other = {"role": "Writer", "rate": "500", "unit": "day"}
    return lambda deal, by: set_rate_card(
        by=by, rates=[{**card, **changes}] if "role" not in changes else [card, other]
    )


def discount(**changes: Any) -> Call:
    given = {"type": "percent", "value": "5", "reason": "volume", "text": REASON, **changes}
    return lambda deal, by: set_discounts(by=by, discounts=[given])


def listed_discount(**changes: Any) -> Call:
    """A discount where a list of discounts is published."""

    def change(deal: Deal, by: Actor) -> object:
        publish(by=deal.maya, kind="discounts", fields=DISCOUNTS)
        return discount(**changes)(deal, by)

    return change


def how(change: Callable[..., object], **given: Any) -> Call:
    return lambda deal, by: change(by=by, section_id=deal.section(HOW).id, **given)


DISCOUNTS = {
    "title": "Our discounts",
    "context": "They follow what a long order saves us.",
    "given": {"lines": [{"reason": "volume", "up_to_percent": "9", "text": "from 100 hours in a year"}]},
}
INSTALMENT = {"title": "All", "share": "percent", "value": "100", "due": "on_signature"}
LEFT = ("P", "")
"""A value that was left to the client: the seller's before sharing, nobody's by editing the line afterwards."""

LINES: dict[str, Value] = {
    "kind": Value(line("Hosting", kind="allowance")),
    "title": Value(line("Portal", title="Booking portal")),
    "detail": Value(line("Portal", detail="With a calendar")),
    "role": Value(line("Portal", role="Designer")),
    "quantity": Value(line("Design", quantity="7")),
    "rate_date": Value(line("Design", rate_date="2030-02-01")),
    "unit": Value(line("Portal", unit="hour")),
    "unit_label": Value(line("Training", unit_label="afternoons")),
    "rate_override": Value(line("Design", rate_override="850", rate_note="A quiet month")),
    "rate_note": Value(line("Design", rate_note="A quiet month")),
    "amount": Value(line("Portal", amount="7000")),
    "unit_cost": Value(line("Travel", unit_cost="90")),
    "markup_percent": Value(line("Travel", markup_percent="5")),
    "price": Value(line("Care", price="90")),
    "periods": Value(line("Care", periods="6")),
    "unit_price": Value(line("Training", unit_price="400")),
    "percent": Value(line("Reserve", percent="12")),
    "percent_of": Value(
        lambda deal, by: edit_line(
            by=by, line_id=deal.line("Reserve").id, changes={"percent_of": [str(deal.line("Design").id)]}
        )
    ),
    "certainty": Value(line("Portal", certainty="estimate")),
    "discountable": Value(line("Portal", discountable=False)),
    "optional": Value(line("Portal", optional=True)),
    "alternative_group": Value(line("Portal", alternative_group="Site", alternative_option="Ours")),
    "alternative_option": Value(line("Small", alternative_option="Smaller")),
    "client_may_change_quantity": Value(line("Training", client_may_change_quantity=False)),
    "quantity_min": Value(line("Training", quantity_min="0")),
    "quantity_max": Value(line("Training", quantity_max="9")),
}
LEFT_TO_THE_CLIENT: dict[str, Value] = {
    "a quantity by the seller": Value(line("Training", quantity="3"), *LEFT),
    "periods by the seller": Value(line("Hours", periods="6"), *LEFT),
    "a quantity instead of periods": Value(line("Hours", quantity="6"), *LEFT),
    "a kind without it": Value(line("Training", kind="fixed", amount="900"), *LEFT),
    "taken back and changed at once": Value(line("Training", quantity="3", client_may_change_quantity=False), *LEFT),
    "a limit that shuts it out": Value(line("Training", quantity_min="4.5"), *LEFT),
    "a quantity": Value(quantity("Training", "3"), "", "O"),
    "periods": Value(quantity("Hours", "6"), "", "O"),
    "a quantity of the seller": Value(quantity("Design", "7"), "", ""),
    "an option": Value(
        lambda deal, by: choices.choose_option(by=by, line_id=deal.line("Hosting").id, selected=True), "", "O"
    ),
    "one of several": Value(lambda deal, by: choices.choose_alternative(by=by, group="Plan", option="Silver"), "", "O"),
    "what was chosen, called otherwise": Value(line("Gold", alternative_option="Silver"), "", ""),
    "what was not chosen, called as what was": Value(line("Silver", alternative_option="Gold"), *LEFT),
}
WHOLE: dict[str, Value] = {
    "currency": Value(settings(currency="USD")),
    "price_basis": Value(settings(price_basis="inclusive")),
    "tax_rounding": Value(settings(tax_rounding="line")),
    "price_date": Value(settings(price_date="2030-01-01")),
    "hours_per_day": Value(settings(hours_per_day="7.5")),
    "working_in_document": Value(settings(working_in_document=False)),
    "tax.label": Value(tax(label="BTW 21%")),
    "tax.jurisdiction": Value(tax(jurisdiction="BE")),
    "tax.category": Value(tax(category="E", rate="0", note="Exempt under Article 132")),
    "tax.rate": Value(tax(rate="19")),
    "tax.note": Value(tax(note="As the law says")),
    "rate.role": Value(rate(role="Writer")),
    "rate.rate": Value(rate(rate="950")),
    "rate.unit": Value(rate(unit="hour")),
    "rate.valid_from": Value(rate(valid_from="2020-01-01")),
    "rate.valid_to": Value(rate(valid_to="2031-01-01")),
    "discount.type": Value(discount(type="amount")),
    "discount.value": Value(discount(value="4")),
    "discount.reason": Value(discount(reason="goodwill")),
    "discount.text": Value(discount(text="they come again next year")),
    "discount.conditional": Value(discount(reason="early_payment", conditional=True)),
    "discount.within_days": Value(discount(reason="early_payment", conditional=True, within_days="10")),
    "discount.pay_by": Value(discount(reason="early_payment", conditional=True, pay_by="2030-03-01")),
    "discount.policy_line": Value(listed_discount(policy_line="1")),
    "discount.policy_version": Value(listed_discount(policy_line="1", policy_version="1")),
    "discount.exception": Value(listed_discount(exception="a first order in a new country")),
    "the schedule": Value(lambda deal, by: schedule.set_schedule(by=by, instalments=[INSTALMENT])),
    "a new line": Value(
        lambda deal, by: add_line(by=by, section_id=deal.section(PRICING).id, fields={"title": "Logo", "amount": "1"})
    ),
    "a line less": Value(lambda deal, by: remove_line(by=by, line_id=deal.line("Design").id)),
    "the order of lines": Value(lambda deal, by: move_line(by=by, line_id=deal.line("Portal").id, position=1)),
    "starts_on": Value(lambda deal, by: set_terms(by=by, changes={"starts_on": "2030-02-01"}), "PO", "O"),
    "language": Value(lambda deal, by: set_terms(by=by, changes={"language": "nl"}), "PO", "O"),
    "signing_order": Value(lambda deal, by: set_terms(by=by, changes={"signing_order": "client_first"}), "PO", "O"),
    "paper": Value(lambda deal, by: set_terms(by=by, changes={"paper": "letter"}), "PO", "O"),
}
BILLING: dict[str, Value] = {
    "the model": Value(how(billing.choose_model, model="tm"), "PO", "O"),
    "the clauses": Value(how(billing.choose_clauses, clauses=["limits"]), "PO", "O"),
    "the models beside it": Value(how(billing.set_comparison, models=[{"model": "tm"}]), "PO", "O"),
    "the figures": Value(how(billing.set_figures, params={"share_percent": "12"})),
    "the estimate": Value(how(billing.set_estimate, changes={"low": "8"})),
    "the cost": Value(how(billing.set_cost, changes={"cost_per_hour": "75"})),
    "whether the cost is shown": Value(how(billing.disclose_cost, disclosed=True)),
}
ALL = {**{f"line.{name}": value for name, value in LINES.items()}, **LEFT_TO_THE_CLIENT, **WHOLE, **BILLING}


def table_deal(state: State) -> Deal:
    """A proposal with a line of every kind, in a state. It gets there as fast as it can, which is not by its verbs."""
    deal = rich_deal(State.PREPARING if state is State.PREPARING else State.OPEN)
    priced = deal.section(PRICING)
    factories.line(priced, "Travel", kind="expense", quantity="1", unit_cost="100")
    factories.line(priced, "Care", kind="subscription", price="100", periods="12")
    factories.line(
        priced,
        "Hours",
        kind="subscription",
        price="10",
        periods="12",
        client_may_change_quantity=True,
        quantity_max="24",
    )
    of = [str(deal.line("Portal").id)]
    factories.line(priced, "Reserve", kind="allowance", percent="10", percent_of=of)
    for option in ("Small", "Large"):
        factories.line(priced, option, amount="1.00", alternative_group="Size", alternative_option=option)
    proposal = deal.proposal
    proposal.state = state.value
    proposal.save()
    return deal


def test_the_table_names_every_field() -> None:
    assert set(LINES) == set(LINE_EDITS)
    fields = {"tax": TAX_EDITS, "rate": RATE_EDITS, "discount": DISCOUNT_EDITS}
    named = {f"{thing}.{name}" for thing, edits in fields.items() for name in edits}
    assert set(WHOLE) >= {*SETTINGS_EDITS, *named}
    assert set(schedule.INSTALMENT_EDITS) >= set(INSTALMENT)


@pytest.mark.parametrize("letter", "POF")
def test_each_value_changes_for_whom_it_is_in_the_states_where_it_may(letter: str, db: None) -> None:
    """In the states that are not here nobody has an ability that changes anything (`test_access`)."""
    deal = as_made(table_deal, LETTERS[letter])
    found, expected = {}, {}
    for side in ("seller", "client") if deal.proposal.is_common else ("seller",):
        by = deal.maya if side == "seller" else deal.tomas
        for name, value in ALL.items():
            expected[name, side] = letter in getattr(value, side)
            found[name, side] = changed(deal, by, value.change)
    assert found == expected


def changed(deal: Deal, by: Actor, change: Call) -> bool:
    """Whether a change works and leaves something else than before. All is put back."""
    before = deal.proposal.version
    try:
        with transaction.atomic():
            change(deal, by)
            moved = deal.proposal.version > before
            transaction.set_rollback(True)
    except Refusal:
        return False
    return moved


@pytest.mark.parametrize(
    ("changes", "code", "field", "words"),
    [
        ({"quantity": "3"}, "not_allowed", "quantity", "The quantity of “Training”, 2, is the client’s to set."),
        ({"kind": "fixed", "amount": "9"}, "not_allowed", "kind", "is the client’s to set. Propose another, or first"),
        ({"quantity_max": "1.5"}, "out_of_limits", "quantity_max", "“1.5” would shut out the 2 that stands"),
        ({"quantity_min": "3"}, "out_of_limits", "quantity_min", "Choose at least 2, or propose another quantity."),
    ],
)
def test_the_seller_is_told_what_to_do_instead(
    changes: dict[str, str], code: str, field: str, words: str, deal: Deal
) -> None:
    with refused(Invalid, code) as caught:
        edit_line(by=deal.maya, line_id=deal.line("Training").id, changes=changes)
    assert words in caught.value.detail
    assert caught.value.detail.endswith("Nothing was changed.")
    assert caught.value.errors[0].pointer == field


def test_the_right_is_taken_back_openly_and_then_the_quantity_is_the_sellers(deal: Deal) -> None:
    row = deal.line("Training")
    edit_line(by=deal.maya, line_id=row.id, changes={"client_may_change_quantity": False})
    assert deal.last("line.changed")["changes"] == [
        {"field": "client_may_change_quantity", "was": "yes", "now": "no"},
    ]
    edit_line(by=deal.maya, line_id=row.id, changes={"quantity": "3"})
    assert deal.last("line.changed")["changes"] == [{"field": "quantity", "was": "2", "now": "3"}]


def test_a_quantity_outside_its_limits_is_not_the_clients(deal: Deal) -> None:
    """No client could have set it, and none could be asked to: the seller puts it right."""
    LineItem.objects.filter(id=deal.line("Training").id).update(quantity="9")
    edit_line(by=deal.maya, line_id=deal.line("Training").id, changes={"quantity": "5"})
    assert contents.number(deal.line("Training").quantity) == "5"


def test_a_seller_who_proposes_beyond_the_limits_is_told_that_they_are_the_sellers(deal: Deal) -> None:
    with refused(Invalid, "out_of_limits") as caught:
        propose(by=deal.maya, target=Target("quantity", str(deal.line("Training").id)), value="8")
    assert "beyond the limits of “Training”, which are yours: widen them, then propose it." in caught.value.detail
