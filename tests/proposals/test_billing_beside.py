"""Models beside each other: versions of one model, and the fixed version of a percentage that nobody asked for."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import billing, sections
from proposals.actions.export import draft_snapshot
from proposals.documents.parts import standing_of
from proposals.documents.render import Instance, document_html
from proposals.exceptions import Invalid
from proposals.fragments import billing_of
from proposals.models import BillingTerms
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after, refused

HOW = "How billing works"
RATE = {"rate": "112.5"}
LIMITS = [{"model": "tm_cap", "params": {**RATE, "cap": cap}} for cap in ("20000", "25000")]


def bill(deal: Deal) -> None:
    section = sections.add_section(by=deal.maya, title=HOW, kind="billing")
    where: dict[str, Any] = {"by": deal.maya, "section_id": section.id}
    billing.choose_model(**where, model="tm_cap")
    billing.set_figures(**where, params={"rates": {"Designer": "112.50"}, "cap": "21600"})
    billing.set_estimate(**where, changes={"unit": "day", "low": "18", "likely": "21", "high": "27"})


@pytest.fixture
def billed(db: None) -> Deal:
    """Days at 900 up to 24 of them; 21 of 18 to 27 days are likely."""
    return as_made(deal_after, bill)


def bill_by_percent(billed: Deal) -> None:
    where: dict[str, Any] = {"by": billed.maya, "section_id": billed.section(HOW).id}
    billing.choose_model(**where, model="cost_plus")
    billing.set_figures(**where, params={"fee_type": "percent", "percent": "10"})
    billing.set_cost(**where, changes={"cost_per_hour": "70"})
    billing.disclose_cost(**where, disclosed=True)


@pytest.fixture
def percent(db: None) -> Deal:
    """The same work for its cost of 70 an hour plus 10 %, which is disclosed."""
    return as_made(deal_after, bill, bill_by_percent)


def compare(deal: Deal, models: list[dict[str, Any]], *, by: str = "maya") -> BillingTerms:
    return billing.set_comparison(by=getattr(deal, by), section_id=deal.section(HOW).id, models=models)


def view(deal: Deal) -> Any:
    return billing_of(standing_of(deal.proposal), deal.section(HOW).id)


def test_one_model_stands_there_with_several_limits_told_apart_by_their_figures(billed: Deal) -> None:
    compare(billed, LIMITS)
    assert [(row.name, row.is_chosen, row.high) for row in view(billed).rows] == [
        ("Time and materials with a limit", True, "€21,600.00"),
        ("Time and materials with a limit: limit €20,000.00", False, "€20,000.00"),
        ("Time and materials with a limit: limit €25,000.00", False, "€24,300.00"),
    ]
    assert view(billed).crossings[0] == (
        "Up to 22.22 days “Time and materials with a limit” and “Time and materials with a limit: limit €20,000.00” "
        "cost you the same; above, “Time and materials with a limit” costs you more."
    )
    assert billed.part(HOW).content["billing"]["compared"] == LIMITS


def test_a_version_has_the_name_that_the_parties_gave_it(billed: Deal) -> None:
    named = {**LIMITS[0], "name": " the smaller site "}
    compare(billed, [named])
    assert view(billed).rows[1].name == "Time and materials with a limit: the smaller site"
    assert billed.last("billing.compared")["models"] == ["Time and materials with a limit: the smaller site"]
    results = billed.part(HOW).content["billing"]["results"]
    assert [result.get("name") for result in results] == [None, "the smaller site"]


def test_the_client_names_versions_and_leaves_their_figures(billed: Deal) -> None:
    compare(billed, LIMITS)
    compare(
        billed, [{**LIMITS[1], "name": "with more room"}, {"model": "tm_cap", "name": "what about 19?"}], by="tomas"
    )
    with refused(Invalid, "sellers_figures"):
        compare(billed, [{"model": "tm_cap", "params": {**RATE, "cap": "19000"}}], by="tomas")
    with refused(Invalid, "too_long"):
        compare(billed, [{**LIMITS[1], "name": "x" * 61}], by="tomas")


def test_the_same_twice_is_refused_by_its_name(billed: Deal) -> None:
    with refused(Invalid, "twice") as caught:
        compare(billed, [*LIMITS, LIMITS[0]])
    assert [error.pointer for error in caught.value.errors] == ["models/2/name"]


def test_versions_in_the_form(billed: Deal) -> None:
    client = Client()
    client.force_login(factories.seller(billed.proposal))
    address = reverse("billing_compare", args=[billed.id, billed.section(HOW).id])
    assert "Time and materials with a limit, with other figures" in client.get(address).content.decode()
    sent = {
        "models": ["fixed", "fixed2"],
        "fixed-fee": "20000", "fixed-called": "", "fixed2-fee": "23500", "fixed2-called": "with training",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    assert [row.name for row in view(billed).rows][1:] == ["Fixed fee", "Fixed fee: with training"]
    assert 'name="fixed3-fee"' in client.get(address).content.decode()
    answer = client.post(address, {**sent, "fixed2-fee": "1,2,3"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/fixed2-fee")


def test_a_percentage_has_its_fixed_version_beside_it_and_a_warning(percent: Deal) -> None:
    """168 hours at 70 are 11,760; 10 % of it is 1,176."""
    before = percent.part(HOW).fingerprint
    rows = view(percent).rows
    assert [(row.name, row.is_added, row.likely, row.high, row.seller.likely) for row in rows] == [
        ("Cost-plus", False, "€12,936.00", "€16,632.00", "€1,176.00"),
        ("Cost-plus: with the same fee as a fixed sum", True, "€12,936.00", "€16,296.00", "€1,176.00"),
    ]
    assert "FAR 16.102(c)" in view(percent).warning
    assert len(percent.part(HOW).content["billing"]["results"]) == 1
    compare(percent, [{"model": "cost_plus", "params": {"fee": "1176"}}])
    assert [row.is_added for row in view(percent).rows] == [False, False]
    compare(percent, [])
    assert percent.part(HOW).fingerprint == before


def test_the_fixed_version_stands_right_beside_it_among_five(percent: Deal) -> None:
    compare(percent, [*LIMITS, {"model": "fixed", "params": {"fee": "15000"}}, {"model": "tm", "params": RATE}])
    rows = view(percent).rows
    assert [(row.letter, row.is_added) for row in rows] == [
        ("A", False), ("B", True), ("C", False), ("D", False), ("E", False), ("F", False),
    ]  # fmt: skip
    assert len({(line.dash, line.colour) for line in view(percent).wide.lines}) == 6


def test_the_warning_stands_in_the_document_and_while_the_cost_is_hidden(percent: Deal) -> None:
    html = document_html(draft_snapshot(percent.proposal).content, instance=Instance("T", "http://t", "00"), draft=None)
    assert "FAR 16.102(c)" in html
    assert "with the same fee as a fixed sum" in html
    billing.disclose_cost(by=percent.maya, section_id=percent.section(HOW).id, disclosed=False)
    assert (view(percent).rows, view(percent).added) == ((), None)
    client = Client()
    client.force_login(factories.client(percent.proposal))
    page = client.get(reverse("room", args=[percent.id])).content.decode()
    assert "Once there is an estimate and the cost is disclosed, both stand here side by side." in page


def test_a_fixed_fee_on_the_cost_needs_no_warning(percent: Deal) -> None:
    billing.set_figures(by=percent.maya, section_id=percent.section(HOW).id, params={"fee": "1176"})
    assert (view(percent).warning, len(view(percent).rows)) == ("", 1)


def test_who_carries_how_much_of_the_further_cost(percent: Deal) -> None:
    """48 hours more at 70 are 3,360: the client pays 3,696 with the percentage, 3,360 without, 0 with a fixed fee."""
    compare(percent, [{"model": "fixed", "params": {"fee": "15000"}}])
    assert [row.seller.share for row in view(percent).rows] == [
        "of €3,360.00 more cost at high, you pay €3,696.00 (110%)",
        "of €3,360.00 more cost at high, you pay €3,360.00 (100%)",
        "of €3,360.00 more cost at high, you pay €0.00 (0%)",
    ]


def test_there_is_one_question_at_most(percent: Deal) -> None:
    compare(percent, [{"model": "fixed", "params": {"fee": fee}} for fee in ("9000", "8000")])
    assert view(percent).hint == (
        "At the likely 21 days Northlight Studio loses €2,760.00 with “Fixed fee”. What would that do to the work, "
        "and is there a fairer figure?"
    )


def test_rates_and_estimates_read_as_people_say_them(billed: Deal) -> None:
    rates = [row["value"] for row in view(billed).about["figures"] if row["label"] == "Rates by role"]
    assert rates == ["Designer €112.50 an hour (€900.00 a day)"]
    assert "Our rate: Designer €112.50 an hour (€900.00 a day)." in view(billed).about["sentences"]
    estimate = {"low": "0.5", "likely": "1", "high": "1"}
    billing.set_estimate(by=billed.maya, section_id=billed.section(HOW).id, changes=estimate)
    assert view(billed).estimate == "1 day is likely, 0.5 if all goes well, 1 if it does not"
    assert view(billed).band == "0.5 to 1 day"
