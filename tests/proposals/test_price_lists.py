"""A firm's rates and catalogue: versions, what is refused, and what a proposal takes from them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Firm
from proposals.actions.price_lists import add_item, edit_item, publish_rate_card, retire_item
from proposals.actions.proposals import copy_proposal
from proposals.actions.taking import add_from_catalogue, take_rate_card
from proposals.actions.taxes import set_taxes
from proposals.actions.undoing import undo_price_change
from proposals.documents import contents, told
from proposals.documents.parts import TERMS
from proposals.documents.price_lists import newest_card, rate_differences
from proposals.exceptions import Invalid, NotFound, StaleVersion
from proposals.models import CatalogueItem, LineItem, RateCard
from tests import factories
from tests.proposals.deal import PRICING, SUMMARY, Deal, refused

JANUARY = "2026-01-01"


def rate(role: str = "Designer", amount: str = "950", **more: Any) -> dict[str, Any]:
    return {"role": role, "rate": amount, "unit": "day", "valid_from": JANUARY, **more}


def firm_of(deal: Deal) -> Firm:
    return deal.proposal.party("seller").firm


def publish(deal: Deal, *rates: dict[str, Any], currency: str = "EUR") -> RateCard:
    return publish_rate_card(firm=firm_of(deal), by=deal.maya.user, currency=currency, rates=list(rates))


def item(deal: Deal, **fields: Any) -> CatalogueItem:
    return add_item(firm=firm_of(deal), fields={"title": "Workshop", "prices": {"EUR": "450.00"}, **fields})


def pick(deal: Deal, *picks: tuple[CatalogueItem, str]) -> list[LineItem]:
    given = [{"item": str(picked.id), "quantity": quantity} for picked, quantity in picks]
    return add_from_catalogue(by=deal.maya, section_id=deal.section(PRICING).id, picks=given)


# The firm's rates


def test_every_change_is_a_version_and_the_same_rates_are_none(deal: Deal) -> None:
    first = publish(deal, rate())
    assert publish(deal, rate(amount="950.00")).id == first.id
    second = publish(deal, rate(amount="990"), rate("Partner", "1350", valid_to="2026-12-31"))
    dollars = publish(deal, rate(), currency="USD")
    assert [card.number for card in (first, second, dollars)] == [1, 2, 3]
    assert RateCard.objects.get(id=first.id).rates == [
        {"role": "Designer", "rate": "950", "unit": "day", "from": JANUARY, "to": None}
    ]
    assert newest_card(deal.proposal) == second


@pytest.mark.parametrize(
    ("rates", "currency", "code", "pointer"),
    [
        ([rate(amount="cheap")], "EUR", "bad_number", "rates/0/rate"),
        ([rate(), rate("Partner", "-1")], "EUR", "bad_number", "rates/1/rate"),
        ([rate(amount="1.1234567")], "EUR", "too_many_decimals", "rates/0/rate"),
        ([rate(role=" ")], "EUR", "required", "rates/0/role"),
        ([rate(unit="week")], "EUR", "unknown_value", "rates/0/unit"),
        ([rate(valid_to="2026-02-30")], "EUR", "bad_date", "rates/0/valid_to"),
        ([], "EUR", "required", "rates"),
        ([rate()], "Euro", "unknown_currency", "currency"),
    ],
)
def test_a_rate_that_can_not_be_used_makes_no_version(
    rates: list[dict[str, Any]], currency: str, code: str, pointer: str, deal: Deal
) -> None:
    with refused(Invalid, code) as caught:
        publish(deal, *rates, currency=currency)
    assert [each.pointer for each in caught.value.errors] == [pointer]


def test_taking_a_version_prices_by_it_and_remembers_its_number(deal: Deal) -> None:
    card = publish(deal, rate())
    take_rate_card(by=deal.maya, number=card.number)
    assert deal.total == "17666.00"
    assert deal.proposal.rate_card_number == 1
    assert told.predicate(deal.trail()[-1]) == "took version 1 of the firm’s rates"
    assert deal.part(TERMS).content["rate_card"] == card.rates
    take_rate_card(by=deal.maya, number=1)
    assert deal.events() == ["rate_card.taken"]
    assert Deal(copy_proposal(by=deal.maya)).proposal.rate_card_number == 1


def test_taking_a_version_is_taken_back(deal: Deal) -> None:
    take_rate_card(by=deal.maya, number=publish(deal, rate()).number)
    take_rate_card(by=deal.maya, number=publish(deal, rate(amount="990")).number)
    undo_price_change(by=deal.maya)
    assert (deal.total, deal.proposal.rate_card_number) == ("17666.00", 1)


def test_a_newer_version_changes_nothing_by_itself_and_its_differences_are_told(deal: Deal) -> None:
    take_rate_card(by=deal.maya, number=publish(deal, rate()).number)
    before = deal.part(TERMS).fingerprint
    newer = publish(deal, rate(amount="990"), rate("Partner", "1350"))
    assert deal.part(TERMS).fingerprint == before
    standing = [contents.rate_content(row) for row in deal.proposal.rates.all()]
    assert rate_differences(standing, newer.rates, "EUR") == [
        "Designer: €990.00 a day instead of €950.00",
        "Partner: €1,350.00 a day from 1 January 2026, new",
    ]
    assert rate_differences(newer.rates, [{**newer.rates[0], "to": "2026-06-30"}], "EUR") == [
        "Designer: €990.00 a day from 1 January 2026 until 30 June 2026",
        "Partner: €1,350.00 a day, not on it",
    ]
    in_july = [newer.rates[0], {**newer.rates[0], "from": "2026-07-01", "rate": "999"}]
    assert rate_differences(newer.rates[:1], in_july, "EUR") == ["Designer: €999.00 a day from 1 July 2026, new"]


def test_a_version_that_does_not_fit_is_refused(deal: Deal) -> None:
    publish(deal, rate("Partner"))
    with refused(Invalid, "no_rate"):
        take_rate_card(by=deal.maya, number=1)
    publish(deal, rate(), currency="USD")
    with refused(Invalid, "other_currency"):
        take_rate_card(by=deal.maya, number=2)
    for unknown in (3, "x"):
        with refused(Invalid, "unknown_rate_card" if unknown == 3 else "bad_number"):
            take_rate_card(by=deal.maya, number=unknown)


def test_another_firms_rates_are_not_there(deal: Deal) -> None:
    publish_rate_card(firm=factories.firm("Elsewhere"), by=None, currency="EUR", rates=[rate()])
    with refused(Invalid, "unknown_rate_card"):
        take_rate_card(by=deal.maya, number=1)


# The catalogue


def test_several_items_become_lines_with_quantities_prices_and_taxes(deal: Deal) -> None:
    set_taxes(
        by=deal.maya,
        taxes=[{"label": "VAT 21%", "rate": "21"}, {"label": "Exempt", "rate": "0", "category": "E", "note": "Care"}],
    )
    made = [
        item(deal, kind="unit", unit_label="days", quantity="2", certainty="firm"),
        item(deal, title="Hosting", kind="subscription", prices={"EUR": "30", "USD": "35"}, tax_category="E"),
        item(deal, title="Advice", kind="time", role="Designer", unit="day", prices={}),
        item(deal, title="Travel", kind="expense", prices={"EUR": "99.99"}),
        item(deal, title="Logo"),
    ]
    lines = pick(deal, (made[0], ""), (made[1], "12"), (made[2], "1.5"), (made[3], ""), (made[4], "7"))
    price = deal.standing().price
    assert [(line.kind, price.line(line.id)["gross"]) for line in lines] == [
        ("unit", "900.00"),
        ("subscription", "360.00"),
        ("time", "1350.00"),
        ("expense", "99.99"),
        ("fixed", "450.00"),
    ]
    assert [line.certainty for line in lines][:2] == ["firm", ""]
    assert [[tax.label for tax in line.taxes.all()] for line in lines[:2]] == [["VAT 21%"], ["Exempt"]]
    assert deal.events()[1:] == ["line.added"] * 5


def test_all_items_are_added_or_none(deal: Deal) -> None:
    good, dollars = item(deal), item(deal, title="Abroad", prices={"USD": "10"})
    counted = item(deal, title="Day", kind="unit")
    for second, quantity, code in ((dollars, "", "no_price"), (counted, "many", "bad_number")):
        with refused(Invalid, code) as caught:
            pick(deal, (good, ""), (second, quantity))
        assert second.title in caught.value.detail
    with refused(Invalid, "not_pricing"):
        add_from_catalogue(by=deal.maya, section_id=deal.section(SUMMARY).id, picks=[{"item": good.id}])
    with refused(Invalid, "required"):
        pick(deal)
    theirs = add_item(firm=factories.firm(), fields={"title": "Theirs", "prices": {"EUR": "1"}})
    with refused(NotFound):
        pick(deal, (theirs, ""))


def test_a_changed_item_leaves_its_lines_as_they_are(deal: Deal) -> None:
    workshop = item(deal)
    (line,) = pick(deal, (workshop, ""))
    changed = edit_item(firm=firm_of(deal), item_id=workshop.id, changes={"prices": {"EUR": "500"}}, expected_version=1)
    assert (changed.version, changed.prices) == (2, {"EUR": "500"})
    assert LineItem.objects.get(id=line.id).amount == 450
    with refused(StaleVersion):
        edit_item(firm=firm_of(deal), item_id=workshop.id, changes={"title": "Older"}, expected_version=1)
    retire_item(firm=firm_of(deal), item_id=workshop.id)
    with refused(NotFound):
        pick(deal, (workshop, ""))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": ""}, "required"),
        ({"prices": {}}, "required"),
        ({"prices": {"EUR": "1.001"}}, "too_many_decimals"),
        ({"prices": {"EUR": "dear"}}, "bad_number"),
        ({"prices": {"Euro": "1"}}, "unknown_currency"),
        ({"prices": ["1"]}, "bad_prices"),
        ({"kind": "credit"}, "unknown_value"),
        ({"kind": "time", "role": "Designer"}, "required"),
        ({"kind": "unit", "quantity": "-1"}, "negative_quantity"),
        ({"colour": "red"}, "unknown_field"),
    ],
)
def test_an_item_that_could_be_no_line_is_refused(fields: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        item(deal, **fields)


# Pages


@pytest.fixture
def maya(deal: Deal, client: Client) -> Client:
    assert deal.maya.user is not None
    client.force_login(deal.maya.user)
    return client


def test_rates_are_saved_on_their_page_as_the_next_version(deal: Deal, maya: Client) -> None:
    publish(deal, rate())
    address = reverse("firm_rates", args=[firm_of(deal).id])
    sent = {"currency": "EUR", "rate0-role": "Designer", "rate0-rate": "99O", "rate0-unit": "day"}
    refused_page = maya.post(address, sent)
    assert (refused_page.status_code, RateCard.objects.count()) == (422, 1)
    said = refused_page.content.decode()
    assert "Designer: “99O” is not a number we can use." in said
    assert 'value="99O"' in said
    maya.post(address, {**sent, "rate0-rate": "990", "rate0-valid_from": JANUARY, "rate1-role": ""})
    assert RateCard.objects.get(number=2).rates[0]["rate"] == "990"
    shown = maya.get(address).content.decode()
    assert "Version 2, in EUR" in shown
    assert 'value="950"' in maya.get(f"{address}?version=1").content.decode()


def test_an_item_is_added_found_changed_and_taken_out_on_its_pages(deal: Deal, maya: Client) -> None:
    firm = firm_of(deal)
    sent = {"title": "Workshop <b>", "kind": "unit", "unit_label": "day", "price0-currency": "EUR"}
    wrong = maya.post(reverse("catalogue_item_add", args=[firm.id]), {**sent, "price0-amount": "x"})
    assert (wrong.status_code, CatalogueItem.objects.count()) == (422, 0)
    assert "Workshop &lt;b&gt;" in wrong.content.decode()
    maya.post(reverse("catalogue_item_add", args=[firm.id]), {**sent, "price0-amount": "450"})
    made = CatalogueItem.objects.get()
    listing = reverse("firm_catalogue", args=[firm.id])
    assert "EUR\xa0450.00" in maya.get(f"{listing}?q=work").content.decode()
    assert "Nothing has “nap”" in maya.get(f"{listing}?q=nap").content.decode()
    page = reverse("catalogue_item", args=[firm.id, made.id])
    stale = {**sent, "price0-amount": "500", "version": "1"}
    assert maya.post(page, stale).status_code == 302
    assert maya.post(page, stale).status_code == 412
    maya.post(reverse("catalogue_retire", args=[firm.id, made.id]))
    assert maya.get(page).status_code == 404


def test_the_rates_panel_shows_the_seller_what_differs(deal: Deal, maya: Client) -> None:
    address = reverse("price_settings", args=[deal.id])
    assert "Your firm’s rates" not in maya.get(address).content.decode()
    publish(deal, rate(valid_from=factories.PRICE_DATE))
    shown = maya.get(address).content.decode()
    assert "Designer: €950.00 a day instead of €900.00" in shown
    maya.post(reverse("rates_take", args=[deal.id]), {"number": "1"})
    assert deal.total == "17666.00"
    assert "those of your firm’s version 1" in maya.get(address).content.decode()
    room = reverse("room", args=[deal.id])
    assert "your firm has newer rates" not in maya.get(room).content.decode()
    publish(deal, rate(amount="990"))
    assert "your firm has newer rates, version 2" in maya.get(room).content.decode()
    assert deal.tomas.user is not None
    maya.force_login(deal.tomas.user)
    assert "newer rates" not in maya.get(room).content.decode()


def test_the_catalogue_panel_names_what_has_no_price_here(deal: Deal, maya: Client) -> None:
    workshop, abroad = item(deal, kind="unit", unit_label="day"), item(deal, title="Abroad", prices={"USD": "1"})
    address = reverse("catalogue_add", args=[deal.id, deal.section(PRICING).id])
    shown = maya.get(address).content.decode()
    assert "EUR\xa0450.00 per day" in shown
    assert "No price in EUR" in shown
    maya.post(address, {"item": [str(workshop.id)], f"quantity-{workshop.id}": "2"})
    assert deal.standing().price.line(deal.line("Workshop").id)["gross"] == "900.00"
    answer = maya.post(address, {"item": [str(abroad.id)]}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_price")
