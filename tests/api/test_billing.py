"""How the work is billed, over the API."""

from typing import Any

import pytest

from proposals.access import Visitor, proposal_for
from proposals.actions import sections
from tests.api.conftest import Api, Deal

CHANGES: dict[str, Any] = {
    "model": "tm_cap",
    "params": {"rates": {"Designer": "112.50"}, "cap": "21600.00"},
    "clauses": ["finish"],
    "estimate": {"unit": "day", "low": "18", "likely": "21", "high": "27"},
    "compared": [{"model": "fixed", "params": {"fee": "20700"}}],
    "cost": {"cost_per_hour": "70"},
}


@pytest.fixture
def path(deal: Deal) -> str:
    _, maya = proposal_for(Visitor(user=deal.maya), deal.proposal.id)
    return f"{deal.path}sections/{sections.add_section(by=maya, title='Billing', kind='billing').id}/billing/"


def test_terms_are_set_and_read(path: str, seller: Api, client: Api) -> None:
    assert client.get(path).body == {"model": "", "params": {}, "missing": "no billing model is chosen"}
    answer = seller.patch(path, CHANGES)
    assert answer.status == 200
    body = client.get(path).body
    assert body == answer.body
    assert body["params"] == {"rates": {"Designer": "112.5"}, "cap": "21600"}
    assert body["limit"] == {"kind": "at_most", "covers": "fees", "amount": "21600.00"}
    assert body["clauses"][0]["sentences"] == [
        "If the work is slower, we finish what we agreed and carry the extra cost ourselves."
    ]
    assert [row["client_pays"]["high"] for row in body["results"]] == ["21600.00", "20700.00"]
    assert "cost" not in body
    assert "seller_profit" not in body["results"][0]
    assert body["missing"] == ""


def test_a_disclosed_cost_is_read_by_both(path: str, seller: Api, client: Api) -> None:
    seller.patch(path, {**CHANGES, "cost_disclosed": True})
    body = client.get(path).body
    assert body["cost"] == {"cost_per_hour": "70", "fixed_costs": None}
    assert body["results"][1]["seller_profit"]["likely"] == "8940.00"


def test_all_or_nothing(path: str, deal: Deal, seller: Api, client: Api) -> None:
    answer = seller.patch(path, {**CHANGES, "params": {"rates": {}, "cap": "0"}})
    assert (answer.status, answer.code) == (422, "missing_field")
    assert client.get(path).body["model"] == ""
    assert client.patch(path, {"model": "tm"}).status == 200
    refused = client.patch(path, {"params": {"rates": {"Designer": "1"}}})
    assert (refused.status, refused.code) == (403, "not_allowed")
    stale = seller.patch(path, {"model": "fixed"}, If_Match='"77"')
    assert stale.status == 412


def test_other_sections_have_none(deal: Deal, seller: Api) -> None:
    assert seller.get(f"{deal.path}sections/{deal.prose.id}/billing/").status == 404


def test_versions_of_a_model_and_the_fixed_version_of_a_percentage(path: str, seller: Api, client: Api) -> None:
    limits = [{"model": "fixed", "params": {"fee": fee}, "name": fee} for fee in ("20000", "25000")]
    percent = {"model": "cost_plus", "params": {"fee_type": "percent", "percent": "10"}, "clauses": []}
    seller.patch(path, {**CHANGES, **percent, "compared": limits, "cost_disclosed": True})
    body = client.get(path).body
    assert [row.get("name") for row in body["results"]] == [None, "20000", "25000"]
    assert "FAR 16.102(c)" in body["warning"]
    assert [(row["name"], row["result"]["client_pays"]["high"]) for row in body["beside"]] == [
        ("Cost-plus: with the same fee as a fixed sum", "16296.00")
    ]
    twice = seller.patch(path, {"compared": [limits[0], limits[0]]})
    assert (twice.status, twice.code) == (422, "twice")


def test_a_value_worksheet_is_filled_in_and_confirmed(path: str, seller: Api, client: Api) -> None:
    sheet = {"measure": "Bookings", "unit": "a month", "without_us": "1900", "likely": "300", "worth_of_one": "80"}
    answer = seller.patch(
        path, {"model": "value_based", "params": {"share_percent": "15"}, "worksheet": sheet, "confirm_value": ""}
    )
    assert (answer.status, answer.code) == (403, "not_allowed")
    body = seller.patch(path, {"model": "value_based", "params": {"share_percent": "15"}, "worksheet": sheet}).body
    assert body["params"] == {"share_percent": "15", "expected_value": "24000"}
    assert body["worksheet"]["results"]["half"]["client_net_value"] == "8400.00"
    confirmation = body["value_confirmation"]
    assert (confirmation["confirmed"], confirmation["says"]) == (False, "not confirmed by the client")
    assert body["missing"] == "the client has not confirmed the expected value of €24,000.00"
    stale = client.patch(path, {"confirm_value": "v1:00"})
    assert (stale.status, stale.code) == (409, "changed_since")
    body = client.patch(
        path, {"confirm_value": confirmation["fingerprint"], "own_value": {"value": "20000.00", "note": "A guess"}}
    ).body
    assert body["value_confirmation"]["confirmed"] is True
    assert body["worksheet"]["own_estimate"] == {"value": "20000", "by": "Tomás Reyes", "note": "A guess"}
    assert body["missing"] == ""
    body = seller.patch(path, {"worksheet": {"likely": "400"}}).body
    assert body["value_confirmation"]["confirmed"] is False
    assert body["value_confirmation"]["differs"] == [
        {"field": "likely", "was": "300", "now": "400"},
        {"field": "expected_value", "was": "24000.00", "now": "32000.00"},
    ]


def test_changes_stand_in_the_list_of_price_changes_with_why(path: str, deal: Deal, seller: Api, client: Api) -> None:
    assert seller.patch(path, {**CHANGES, "why": "as we said on Monday"}).status == 200
    shown = client.get(f"{deal.path}price-changes/").body
    changes = [change for change in shown["results"] if change["type"].startswith("billing.")]
    assert [(change["type"], change["why"]) for change in changes] == [
        (f"billing.{name}", "as we said on Monday")
        for name in ("model_chosen", "changed", "clauses_chosen", "estimate_changed")
    ]
    assert changes[1]["moves"][1] == {"field": "Limit", "was": "", "now": "€21,600.00"}
    assert seller.patch(path, {"model": "fixed", "why": "x" * 301}).status == 422
