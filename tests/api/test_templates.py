"""A firm's own templates over the API: kept, listed, used, taken out."""

from tests import factories
from tests.api.conftest import Api, Deal

NEW = {"title": "Next", "currency": "EUR", "client": {"name": "Ada", "email": "ada@example.com", "firm": "Engines"}}


def test_kept_listed_used_and_taken_out(deal: Deal, seller: Api) -> None:
    factories.section(deal.proposal, "For {client} in {city} and {country}")
    address = f"firms/{deal.proposal.relationship.seller_firm_id}/templates/"
    made = seller.post(address, {"proposal": str(deal.proposal.id), "title": "Portals"})

    assert made.status == 201
    assert (made.body["variables"], made.body["currency"]) == (["client", "city", "country"], "EUR")
    assert seller.get(made.headers["Location"]).body == made.body
    assert seller.get(address).body["results"] == [made.body]
    started = seller.post("proposals/", {**NEW, "template": made.body["id"], "variables": {"city": "Utrecht"}})
    assert started.status == 201
    sections = seller.get(f"proposals/{started.body['id']}/sections/").body["results"]
    assert [section["title"] for section in sections][-1] == "For Engines in Utrecht and [country]"
    assert seller.get(f"proposals/{started.body['id']}/pricing/").body["result"]["totals"]["total"] == "1000.00"
    assert seller.delete(made.headers["Location"]).status == 204
    gone = seller.post("proposals/", {**NEW, "template": made.body["id"]})
    assert (gone.status, gone.body["code"]) == (422, "unknown_template")
