"""A billing section on the page and in a revision: explanation, promises, comparison, what if, choosing."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import billing, sections
from proposals.actions.export import draft_snapshot
from proposals.documents.parts import standing_of
from proposals.documents.render import Instance, charts_of, document_html
from proposals.fragments import billing_of
from proposals.pricing.billing import MODELS
from proposals.pricing.choosing import QUESTIONS, suggested
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import Deal, deal_after

HOW = "How billing works"
PROMISE = "If the work is slower, we finish what we agreed and carry the extra cost ourselves."
FIXED = {"model": "fixed", "params": {"fee": "20700"}}


def bill(deal: Deal) -> None:
    section = sections.add_section(by=deal.maya, title=HOW, kind="billing")
    where: dict[str, Any] = {"by": deal.maya, "section_id": section.id}
    billing.choose_model(**where, model="tm_cap")
    billing.set_figures(**where, params={"rates": {"Designer": "112.50"}, "cap": "21600"})
    billing.set_estimate(**where, changes={"unit": "day", "low": "18", "likely": "21", "high": "27"})
    billing.set_comparison(**where, models=[{"model": "tm", "params": {"rate": "112.50"}}, FIXED])


@pytest.fixture
def billed(db: None) -> Deal:
    """Days at 900 up to 24 of them, beside a fixed fee; 21 of 18 to 27 days are likely."""
    return as_made(deal_after, bill)


def where(deal: Deal) -> dict[str, Any]:
    return {"by": deal.maya, "section_id": deal.section(HOW).id}


def view(deal: Deal, takes: str = "") -> Any:
    return billing_of(standing_of(deal.proposal), deal.section(HOW).id, takes=takes)


def browser(deal: Deal, side: str) -> Client:
    client = Client()
    client.force_login(factories.seller(deal.proposal) if side == "seller" else factories.client(deal.proposal))
    return client


def page(deal: Deal, side: str = "client") -> str:
    return browser(deal, side).get(reverse("room", args=[deal.id])).content.decode()


def test_a_promise_is_said_only_when_its_clause_is_chosen(billed: Deal) -> None:
    assert PROMISE not in page(billed)
    assert "Explanation, not a term" in page(billed)
    billing.choose_clauses(by=billed.tomas, section_id=billed.section(HOW).id, clauses=["finish"])
    for side in ("seller", "client"):
        assert PROMISE in page(billed, side)


def test_nothing_is_ticked_in_advance(billed: Deal) -> None:
    for name in ("billing_clauses", "billing_guide"):
        address = reverse(name, args=[billed.id, billed.section(HOW).id])
        assert "checked" not in browser(billed, "client").get(address).content.decode()


def test_the_same_work_under_three_models(billed: Deal) -> None:
    rows = view(billed).rows
    assert [(row.letter, row.name, row.low, row.likely, row.high, row.exposure) for row in rows] == [
        ("A", "Time and materials with a limit", "€16,200.00", "€18,900.00", "€21,600.00", "€2,700.00"),
        ("B", "Time and materials", "€16,200.00", "€18,900.00", "€24,300.00", "€5,400.00"),
        ("C", "Fixed fee", "€20,700.00", "€20,700.00", "€20,700.00", "€0.00"),
    ]
    assert [row.carries for row in rows] == [
        "You up to the limit, then Northlight Studio",
        "You",
        "Northlight Studio",
    ]
    assert view(billed).crossings == (
        "Up to 24 days “Time and materials with a limit” and “Time and materials” cost you the same; above, “Time and "
        "materials with a limit” costs you less.",
        "Below 23 days “Time and materials with a limit” costs you less than “Fixed fee”, above more.",
    )
    assert len({line.dash for line in view(billed).wide.lines}) == 3


@pytest.mark.parametrize(
    ("takes", "says"),
    [
        ("27", "You pay €21,600.00. Northlight Studio carries 3 days, worth €2,700.00."),
        ("24", "You pay €21,600.00."),
        ("10.5", "You pay €9,450.00."),
        ("20.004", "You pay €18,003.60."),
        ("", "You pay €18,900.00."),
    ],
)
def test_what_if_it_takes(billed: Deal, takes: str, says: str) -> None:
    address = reverse("billing_what_if", args=[billed.id, billed.section(HOW).id])
    answer = browser(billed, "client").get(address, {"takes": takes}, headers={"Accept": "application/json"})
    assert answer.json()["announce"].endswith(f": {says}")
    page = browser(billed, "client").get(address, {"takes": takes}).content.decode()
    assert says in re.sub(r"<[^>]+>", "", page)


def test_beside_a_model_that_hours_do_not_matter_for_it_says_with_which_one(billed: Deal) -> None:
    billing.choose_model(**where(billed), model="unit_tiered")
    assert view(billed).what_if.says == "You pay €18,900.00 with “Time and materials”."
    assert [row.is_chosen for row in view(billed).rows] == [False, False]


@pytest.mark.parametrize("takes", ["-1", "100001", "two", "NaN", "1e999999", "24,5", "0.00000000001"])
def test_what_is_no_amount_of_work_is_named(billed: Deal, takes: str) -> None:
    address = reverse("billing_what_if", args=[billed.id, billed.section(HOW).id])
    answer = browser(billed, "client").get(address, {"takes": takes}, headers={"Accept": "application/json"})
    assert (answer.status_code, f"“{takes}”" in answer.json()["detail"]) == (422, True)


def test_the_sellers_result_is_shown_only_while_its_cost_is_disclosed(billed: Deal) -> None:
    billing.set_cost(**where(billed), changes={"cost_per_hour": "130", "fixed_costs": "0"})
    assert (view(billed).sellers_results, view(billed).hint) == (False, "")
    assert "€130" not in page(billed)
    billing.disclose_cost(**where(billed), disclosed=True)
    shown = view(billed)
    assert [row.seller.likely for row in shown.rows] == ["−€2,940.00", "−€2,940.00", "−€1,140.00"]
    assert shown.rows[2].seller.break_even == "a loss beyond 19.9 days"
    assert shown.hint.startswith("At the likely 21 days Northlight Studio loses €2,940.00")
    assert "An hour costs Northlight Studio €130.00." in page(billed)


def test_a_bill_that_would_tell_the_cost_is_left_out(billed: Deal) -> None:
    models = [{"model": "cost_plus", "params": {"fee": "3000"}}, FIXED]
    billing.set_cost(**where(billed), changes={"cost_per_hour": "70"})
    billing.set_comparison(**where(billed), models=models)
    assert [row.name for row in view(billed).rows] == ["Time and materials with a limit", "Fixed fee"]
    billing.disclose_cost(**where(billed), disclosed=True)
    assert [row.name for row in view(billed).rows][1] == "Cost-plus"


def test_a_limit_that_is_passed_at_the_likely_outcome_is_a_question_to_both(billed: Deal) -> None:
    billing.set_estimate(**where(billed), changes={"unit": "day", "low": "20", "likely": "25", "high": "30"})
    assert view(billed).hint == (
        "At the likely 25 days the limit of “Time and materials with a limit” is passed already and Northlight Studio "
        "carries the rest. Is that what you both want?"
    )


def test_a_revision_shows_the_same_from_its_own_content(billed: Deal) -> None:
    snapshot = draft_snapshot(billed.proposal).content
    section = next(each for each in snapshot["sections"] if each["title"] == HOW)
    assert section["billing"] == billed.part(HOW).content["billing"]
    assert section["fingerprint"] == billed.part(HOW).fingerprint
    html = document_html(snapshot, instance=Instance("Test", "http://test", "00"), draft=None)
    assert 'src="asset:chart-4.svg"' in html
    assert "€24,300.00" in html
    assert "estimate €17,303.00, at most €35,816.00" in html
    assert list(charts_of(snapshot)) == ["chart-4.svg"]


def test_the_cliff_of_a_price_by_the_unit_is_drawn_and_told(billed: Deal) -> None:
    tiers = [{"up_to": "100", "unit_price": "10"}, {"up_to": None, "unit_price": "8"}]
    billing.choose_model(**where(billed), model="unit_tiered")
    billing.set_figures(**where(billed), params={"mode": "volume", "tiers": tiers})
    billing.set_comparison(**where(billed), models=[])
    curve = view(billed).curve
    assert [(row.up_to, row.pays, row.beyond, row.says) for row in curve.rows] == [
        ("100 units", "€1,000.00", "€800.00", "Cliff 1: above 80, just over 100 units costs you less.")
    ]
    assert [cliff.name.text for cliff in curve.wide.cliffs] == ["Cliff 1"]
    assert "Cliff 1: above 80, just over 100 units costs you less. The table has the same numbers." in page(billed)
    snapshot = draft_snapshot(billed.proposal).content
    assert "Cliff 1" in charts_of(snapshot)["chart-4.svg"]
    assert 'src="asset:chart-4.svg"' in document_html(snapshot, instance=Instance("Test", "http://t", "00"), draft=None)


def test_every_model_shows_itself_before_and_after_its_figures(billed: Deal) -> None:
    given, maya = where(billed), browser(billed, "seller")
    panels = ("billing_figures", "billing_clauses", "billing_compare", "billing_choose", "billing_estimate")
    addresses = [reverse(name, args=[billed.id, given["section_id"]]) for name in panels]
    for key, model in MODELS.items():
        billing.choose_model(**given, model=key)
        assert f"<h3>{model.name}</h3>" in page(billed)
        assert [maya.get(address).status_code for address in addresses] == [200] * len(addresses)
        billing.set_figures(**given, params=model.example.params)
        assert view(billed).limit


def test_answers_point_to_models_with_reasons() -> None:
    assert suggested({}) == ()
    assert suggested({"result": "no-such-answer"}) == ()
    found = suggested({"result": "open", "budget": "limit"})
    assert [each.model for each in found] == ["tm_cap", "hybrid", "tm"]
    assert found[2].cautions == ("It has no upper limit of its own.",)
    assert [each.model for each in suggested({"need": "units"})] == ["unit_tiered"]
    named = {key for q in QUESTIONS for a in q.answers for key in (*a.points_to, *a.careful)}
    assert named <= set(MODELS)


def test_the_guide_leads_to_a_choice(billed: Deal) -> None:
    client = browser(billed, "client")
    guide = reverse("billing_guide", args=[billed.id, billed.section(HOW).id])
    assert "Look at these first" in client.get(guide, {"result": "testable"}).content.decode()
    chosen = client.post(reverse("billing_choose", args=[billed.id, billed.section(HOW).id]), {"model": "milestone"})
    assert chosen.status_code == 302
    assert billed.part(HOW).content["billing"]["model"] == "milestone"


def test_figures_are_read_as_the_reader_writes_them(billed: Deal) -> None:
    sent = {"rates0-role": "Designer", "rates0-rate": "112,50", "cap": "25.000,00", "cap_scope": "fees"}
    headers = {"Accept": "application/json", "Accept-Language": "de"}
    address = reverse("billing_figures", args=[billed.id, billed.section(HOW).id])
    answer = browser(billed, "seller").post(address, sent, headers=headers)
    assert answer.status_code == 200
    assert billed.part(HOW).content["billing"]["params"]["cap"] == "25000"
    assert f"billing-{billed.section(HOW).id}" in [piece["id"] for piece in answer.json()["fragments"]]
