"""What a program takes at the moment when an import looks for it: the import sees it, on PostgreSQL too."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Firm, Membership
from proposals.actions.clients import ClientContact
from proposals.actions.keys import lock_keys_of
from proposals.actions.price_lists import add_item, publish_rate_card
from proposals.actions.relationships import begin_relationship
from proposals.actions.templates import save_as_template
from proposals.locking import writing
from proposals.models import CatalogueItem, FirmImport, Proposal, RateCard, Relationship, Template
from proposals.states import State
from tests import factories
from tests.portable.moves import brought_in, other_firm, taken_along
from tests.proposals.deal import make_deal

KEY = "crm-7"

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def meanwhile(take: Callable[[], object], archive: bytes, owner: Membership) -> FirmImport:
    """An import that comes to something which is taken, and not committed before the import waits for it."""

    def bring() -> FirmImport:
        try:
            return brought_in(archive, owner.firm, owner.user)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as beside:
        with writing(), connection.cursor() as cursor:
            take()
            coming = beside.submit(bring)
            waiting = 0
            while not (waiting or coming.done()):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                (waiting,) = cursor.fetchone()
        return coming.result()


def outcomes(came: FirmImport, kind: str) -> list[tuple[str, str]]:
    """What became of things of a kind, and the code."""
    return [(row["outcome"], row["code"]) for row in came.report if row["kind"] == kind]


def test_a_relationship_whose_id_is_taken_comes_without_it(committed: str) -> None:
    deal = make_deal(State.PREPARING)
    between = deal.proposal.relationship
    Relationship.objects.filter(id=between.id).update(external_id=KEY)
    archive, owner = taken_along(between.seller_firm), other_firm()
    client = ClientContact(name="Bo", email="bo@bakery.example", firm="Bakery")
    came = meanwhile(
        lambda: begin_relationship(firm=owner.firm, by=owner.user, client=client, external_id=KEY), archive, owner
    )
    assert outcomes(came, "proposal") == [("draft", "")]
    (made,) = Proposal.objects.of_firm(owner.firm)
    assert made.relationship.external_id == ""
    assert Relationship.objects.get(seller_firm=owner.firm, external_id=KEY).client_firm.name == "Bakery"


def test_of_one_client_who_comes_twice_there_is_one(committed: str) -> None:
    deal = make_deal(State.PREPARING)
    between = deal.proposal.relationship
    archive, owner = taken_along(between.seller_firm), other_firm()
    client = ClientContact(name="Bo", email="bo@bakery.example", firm=between.client_firm.name)
    meanwhile(lambda: begin_relationship(firm=owner.firm, by=owner.user, client=client), archive, owner)
    assert Relationship.objects.filter(seller_firm=owner.firm).count() == 1


def with_template(key: str) -> Firm:
    """A firm with a template."""
    deal = make_deal(State.PREPARING)
    save_as_template(by=deal.maya, title="Portals", external_id=key)
    return deal.proposal.relationship.seller_firm


def test_a_template_whose_id_is_taken_comes_without_it(committed: str) -> None:
    archive, owner = taken_along(with_template(KEY)), other_firm()

    def take() -> None:
        own = {"title": "Own", "currency": "EUR", "content": {}, "made_by": owner.user}
        Template.objects.create(firm=lock_keys_of(owner.firm), external_id=KEY, **own)

    came = meanwhile(take, archive, owner)
    assert outcomes(came, "template") == [("taken", "")]
    assert dict(Template.objects.filter(firm=owner.firm).values_list("title", "external_id")) == {
        "Own": KEY,
        "Portals": "",
    }


def test_an_item_whose_id_is_taken_comes_without_it(committed: str) -> None:
    seller = factories.firm("Northlight")
    item = {"title": "Workshop", "kind": "fixed", "prices": {"EUR": "800.00"}, "external_id": KEY}
    add_item(firm=seller, fields=item)
    archive, owner = taken_along(seller), other_firm()
    own = {**item, "title": "Own"}
    came = meanwhile(lambda: add_item(firm=owner.firm, fields=own), archive, owner)
    assert outcomes(came, "catalogue") == [("taken", "")]
    assert dict(CatalogueItem.objects.filter(firm=owner.firm).values_list("title", "external_id")) == {
        "Own": KEY,
        "Workshop": "",
    }


def test_rates_that_are_published_meanwhile_stay_the_newest(committed: str) -> None:
    seller = factories.firm("Northlight")
    rates = [{"role": "Designer", "rate": "100", "unit": "hour"}]
    publish_rate_card(firm=seller, by=None, currency="EUR", rates=rates)
    archive, owner = taken_along(seller), other_firm()
    own = [{**rates[0], "rate": "120"}]
    came = meanwhile(
        lambda: publish_rate_card(firm=owner.firm, by=owner.user, currency="EUR", rates=own), archive, owner
    )
    assert outcomes(came, "rates") == [("left", "")]
    assert RateCard.objects.filter(firm=owner.firm).count() == 1
