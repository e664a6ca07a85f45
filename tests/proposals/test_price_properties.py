"""Whatever the two sides do to the prices, in any order: one total everywhere, parts that add up, a whole trail."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposals import fragments
from proposals.actions import audit, choices
from proposals.actions.discounts import set_discounts
from proposals.actions.export import draft_snapshot
from proposals.actions.lines import add_line, edit_line, remove_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.taxes import set_taxes
from proposals.documents import wording
from proposals.exceptions import Refusal
from proposals.models import LineItem
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import PRICING, REASON, Deal, make_deal

Act = Callable[[Deal], object]

AMOUNTS = st.one_of(
    st.decimals(0, 100_000, places=2).map(str),
    st.sampled_from(["0", "0.01", "999999999999.99", "-1", "1.2.3", "", "0.005", "12.345678"]),
)
QUANTITIES = st.one_of(st.integers(0, 40).map(str), st.sampled_from(["0.5", "1.3333", "-1", "x"]))
PERCENTS = st.sampled_from(["0", "0.5", "7.7", "10", "19", "33.3333", "100", "101"])


def line_of(deal: Deal, place: int) -> LineItem:
    lines = list(LineItem.objects.filter(section__proposal=deal.id).order_by("section_id", "position", "id"))
    return lines[place % len(lines)]


def discount(kind: str, value: str) -> dict[str, Any]:
    return {"type": kind, "value": value, "reason": "volume", "text": REASON}


def reprice(place: int, amount: str) -> Act:
    def act(deal: Deal) -> object:
        line = line_of(deal, place)
        name = {"fixed": "amount", "unit": "unit_price", "expense": "unit_cost", "credit": "amount"}.get(
            line.kind, "quantity"
        )
        return edit_line(by=deal.maya, line_id=line.id, changes={name: amount})

    return act


def add(kind: str, amount: str, optional: bool) -> Act:
    fields = {
        "fixed": {"amount": amount},
        "credit": {"amount": amount, "detail": "The late start"},
        "expense": {"unit_cost": amount, "markup_percent": "12.5"},
        "unit": {"quantity": "3", "unit_price": amount, "client_may_change_quantity": True},
        "subscription": {"price": amount, "periods": "12"},
    }[kind]

    def act(deal: Deal) -> object:
        given_fields = {"title": "Added", "kind": kind, "optional": optional, **fields}
        return add_line(by=deal.maya, section_id=deal.section(PRICING).id, fields=given_fields)

    return act


def remove(place: int) -> Act:
    return lambda deal: remove_line(by=deal.maya, line_id=line_of(deal, place).id)


def reduce(level: str, place: int, given_discounts: list[tuple[str, str]]) -> Act:
    def act(deal: Deal) -> object:
        where: dict[str, Any] = {}
        if level == "line":
            where["line_id"] = line_of(deal, place).id
        elif level == "section":
            where["section_id"] = deal.section(PRICING).id
        rows = [discount(kind, value) for kind, value in given_discounts]
        return set_discounts(by=deal.maya, discounts=rows, **where)

    return act


def tax(rates: list[str]) -> Act:
    return lambda deal: set_taxes(
        by=deal.maya, taxes=[{"label": f"Tax {rate}", "rate": rate, "category": "S"} for rate in rates]
    )


def tick(place: int, selected: bool) -> Act:
    return lambda deal: choices.choose_option(by=deal.tomas, line_id=line_of(deal, place).id, selected=selected)


def want(place: int, quantity: str) -> Act:
    return lambda deal: choices.change_quantity(by=deal.tomas, line_id=line_of(deal, place).id, quantity=quantity)


def choose(option: str) -> Act:
    return lambda deal: choices.choose_alternative(by=deal.tomas, group="Plan", option=option)


def settle_on(changes: dict[str, str]) -> Act:
    return lambda deal: edit_price_settings(by=deal.maya, changes=changes)


PLACES = st.integers(0, 9)
ACTS = st.one_of(
    st.builds(reprice, PLACES, AMOUNTS),
    st.builds(add, st.sampled_from(["fixed", "credit", "expense", "unit", "subscription"]), AMOUNTS, st.booleans()),
    st.builds(remove, PLACES),
    st.builds(
        reduce,
        st.sampled_from(["line", "section", "document"]),
        PLACES,
        st.lists(
            st.tuples(st.just("percent"), PERCENTS) | st.tuples(st.just("amount"), AMOUNTS), min_size=0, max_size=3
        ),
    ),
    st.builds(tax, st.lists(PERCENTS, max_size=2)),
    st.builds(tick, PLACES, st.booleans()),
    st.builds(want, PLACES, QUANTITIES),
    st.builds(choose, st.sampled_from(["", "Gold", "Silver"])),
    st.builds(
        settle_on,
        st.fixed_dictionaries(
            {},
            optional={
                "currency": st.sampled_from(["EUR", "JPY", "KWD"]),
                "price_basis": st.sampled_from(["exclusive", "inclusive"]),
                "tax_rounding": st.sampled_from(["group", "line"]),
            },
        ),
    ),
)


@pytest.mark.usefixtures("db")
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=1, max_size=10))
def test_any_sequence_of_acts_keeps_prices_whole(acts: list[Act]) -> None:
    with transaction.atomic():
        deal = as_made(make_deal)
        priced = deal.section(PRICING)
        for option, amount in (("Gold", "500.00"), ("Silver", "300.00")):
            factories.line(priced, option, amount=amount, alternative_group="Plan", alternative_option=option)
        factories.line(priced, "Hosting", amount="600.00", optional=True, selected=True)
        for act in acts:
            before = deal.proposal.audit_number
            try:
                act(deal)
            except Refusal:
                assert deal.proposal.audit_number == before
            check(deal)
        assert audit.verify(deal.proposal).whole
        transaction.set_rollback(True)


def check(deal: Deal) -> None:
    """One total, in all forms; money that adds up to the last minor unit."""
    proposal = deal.proposal
    content = draft_snapshot(proposal).content
    result = content["pricing"]["result"]
    totals = {name: Decimal(amount) for name, amount in result["totals"].items()}
    lines = [line for line in result["lines"] if line["included"]]
    amounts = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    inclusive = content["proposal"]["price_basis"] == "inclusive"
    assert amounts == totals["total" if inclusive else "net"]
    assert totals["net"] + totals["tax"] == totals["total"]
    assert totals["gross"] - totals["discount"] == amounts
    assert sum((Decimal(section["amount"]) for section in result["sections"]), Decimal(0)) == amounts
    assert sum((Decimal(tax_["amount"]) for tax_ in result["taxes"]), Decimal(0)) == totals["tax"]
    assert totals["firm"] + totals["estimate"] + totals["ceiling"] == amounts
    for line in result["lines"]:
        parts = ("amount", "line_discount", "section_discount", "document_discount")
        assert sum(Decimal(line[part]) for part in parts) == Decimal(line["gross"])

    shown = wording.money(result["totals"]["total"], proposal.currency)
    for actor in (deal.maya, deal.tomas):
        page = fragments.room_page(proposal, fragments.audience_of(actor, proposal.lifecycle))
        assert page.totals.amount == shown
        html = render_to_string("proposals/room/title.html", {"page": page, "can": page.can, "proposal": proposal})
        assert html.partition("data-total>")[2].partition("</dd>")[0].count(f">{shown}<") == 1
