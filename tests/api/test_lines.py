"""Lines: the seller's edits, the client's choices, discounts and taxes."""

import uuid
from typing import Any

import pytest

from proposals.models import LineItem, Section
from tests import factories
from tests.api.conftest import Api, Deal, caller, queries_count

GROUNDS = {"reason": "volume", "text": "You take more than eight of them."}
TEN_PERCENT = {"type": "percent", "value": "10"}
NO_REASON, NO_TEXT = "discount_reason_required", "discount_text_required"


def lines_path(deal: Deal, section: Section | None = None) -> str:
    return f"{deal.path}sections/{(section or deal.prices).id}/lines/"


def path_of(deal: Deal, line: LineItem | None = None) -> str:
    return f"{lines_path(deal)}{(line or deal.line).id}/"


def total(api: Api, deal: Deal) -> str:
    return str(api.get(f"{deal.path}pricing/").body["result"]["totals"]["total"])


def test_list_in_order_with_results(deal: Deal, client: Api) -> None:
    rows = client.get(lines_path(deal)).body["results"]

    assert [(row["title"], row["order"], row["amount"], row["result"]["included"]) for row in rows] == [
        ("Discovery", 0, "1000", True),
        ("Photo day", 1, "450", False),
    ]


KINDS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "fixed", "amount": "1250.50"}, "1250.50"),
    ({"kind": "unit", "quantity": "9", "unit_price": "420.00", "unit_label": "sessions"}, "3780.00"),
    ({"kind": "subscription", "price": "49.90", "periods": "12"}, "598.80"),
    ({"kind": "expense", "quantity": "2", "unit_cost": "100", "markup_percent": "5"}, "210.00"),
    ({"kind": "credit", "detail": "The late start", "amount": "200"}, "-200.00"),
    ({"kind": "allowance", "amount": "300"}, "300.00"),
    (
        {
            "kind": "time",
            "role": "Designer",
            "quantity": "3",
            "unit": "day",
            "rate_override": "800",
            "rate_note": "trial",
        },
        "2400.00",
    ),
]

SHORTER: dict[str, dict[str, str]] = {
    "fixed": {"amount": "1250.5"},
    "unit": {"unit_price": "420"},
    "subscription": {"price": "49.9"},
}
"""How numbers come back: without zeros that say nothing."""


@pytest.mark.parametrize(
    ("fields", "amount"), KINDS, ids=lambda value: value.get("kind") if isinstance(value, dict) else value
)
@pytest.mark.parametrize("role", ["seller", "seller_service"])
def test_add_one_of_every_kind(deal: Deal, role: str, fields: dict[str, Any], amount: str) -> None:
    api = caller(deal, role)

    answer = api.post(lines_path(deal), {"title": "New", "order": 0, "external_id": "l-1", **fields})

    made = answer.body
    assert answer.status == 201
    assert answer.headers["Location"] == f"http://testserver/api/v1/{lines_path(deal)}{made['id']}/"
    assert (made["order"], made["result"]["amount"], made["external_id"]) == (0, amount, "l-1")
    assert {name: made[name] for name in fields} == {**fields, **SHORTER.get(fields["kind"], {})}
    assert [row["id"] for row in api.get(f"{lines_path(deal)}?external_id=l-1").body["results"]] == [made["id"]]


def test_a_line_with_discounts_and_taxes(deal: Deal, seller: Api) -> None:
    tax = deal.proposal.taxes.create(position=0, label="VAT 21%", rate="21")
    discount = {"type": "percent", "value": "10", **GROUNDS}

    made = seller.post(
        lines_path(deal),
        {"kind": "fixed", "title": "New", "amount": "100", "discounts": [discount], "taxes": [str(tax.id)]},
    ).body

    assert (made["discounts"], made["taxes"]) == ([discount], [str(tax.id)])
    assert made["result"]["amount"] == "90.00"
    assert seller.get(f"{deal.path}pricing/").body["result"]["totals"]["tax"] == "18.90"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"amount": "1.2.3"}, "/amount", "bad_number"),
        ({"amount": "1,000.00"}, "/amount", "bad_number"),
        ({"amount": "1e5"}, "/amount", "bad_number"),
        ({"amount": 1000}, "/amount", "bad_number"),
        ({"amount": 0.1}, "/amount", "bad_number"),
        ({"amount": True}, "/amount", "bad_number"),
        ({"amount": ["1"]}, "/amount", "bad_number"),
        ({"amount": "NaN"}, "/amount", "bad_number"),
        ({"kind": "gift"}, "/kind", "unknown_value"),
        ({"title": ""}, "/title", "required"),
        ({"optional": "true"}, "/optional", "not_a_boolean"),
        ({"optional": 1}, "/optional", "not_a_boolean"),
        ({"selected": True}, "/selected", "unknown_field"),
        ({"order": "0"}, "/order", "not_whole"),
        ({"order": -1}, "/order", "out_of_limits"),
        ({"taxes": ["x"]}, "/taxes/0", "bad_id"),
        ({"taxes": [str(uuid.UUID(int=1))]}, "/taxes", "unknown_tax"),
        ({"taxes": "all"}, "/taxes", "not_a_list"),
        ({"discounts": [{**TEN_PERCENT, "text": GROUNDS["text"]}]}, "/discounts/0/reason", NO_REASON),
        ({"discounts": [{**TEN_PERCENT, **GROUNDS, "reason": "mood"}]}, "/discounts/0/reason", NO_REASON),
        ({"discounts": [{**TEN_PERCENT, "reason": "volume"}]}, "/discounts/0/text", NO_TEXT),
        ({"discounts": [{**TEN_PERCENT, "reason": "volume", "text": "short"}]}, "/discounts/0/text", NO_TEXT),
        ({"discounts": [{"type": "percent", "value": 10, **GROUNDS}]}, "/discounts/0/value", "bad_number"),
        ({"discounts": [{"type": "gift", "value": "10", **GROUNDS}]}, "/discounts/0/type", "unknown_value"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_and_nothing_is_added(
    deal: Deal, seller: Api, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = seller.post(lines_path(deal), {"kind": "fixed", "title": "New", "amount": "1", **change})

    assert (answer.status, answer.pointers) == (422, [(pointer, code)])
    assert deal.prices.lines.count() == 2
    assert deal.events() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"discounts": [{"type": "percent", "value": "101", **GROUNDS}]}, "discount_value_range"),
        ({"discounts": [{"type": "amount", "value": "1000.01", **GROUNDS}]}, "discount_exceeds_base"),
        ({"amount": None}, "missing_field"),
        ({"kind": "time", "quantity": "1", "unit": "day", "role": "Nobody"}, "no_rate"),
    ],
)
def test_what_can_not_be_calculated_changes_nothing(deal: Deal, seller: Api, change: dict[str, Any], code: str) -> None:
    before = seller.get(path_of(deal)).body

    answer = seller.patch(path_of(deal), {"title": "Another title", **change})

    assert (answer.status, answer.code) == (422, code)
    assert answer.body["line"] == str(deal.line.id)
    assert answer.body["detail"].startswith("“Another title”")
    assert seller.get(path_of(deal)).body == before


def test_lines_belong_into_price_sections(deal: Deal, seller: Api) -> None:
    answer = seller.post(lines_path(deal, deal.prose), {"kind": "fixed", "title": "New", "amount": "1"})

    assert (answer.status, answer.code) == (422, "not_pricing")


@pytest.mark.parametrize("role", ["seller", "seller_service"])
def test_edit_discount_and_move_at_once(deal: Deal, role: str) -> None:
    api = caller(deal, role)
    discount = {"type": "amount", "value": "100", **GROUNDS}

    answer = api.patch(path_of(deal), {"amount": "2000", "detail": "Two days", "discounts": [discount], "order": 1})

    line = answer.body
    assert (line["amount"], line["detail"], line["order"], line["discounts"]) == ("2000", "Two days", 1, [discount])
    assert line["result"]["amount"] == "1900.00"
    assert total(api, deal) == "1900.00"
    assert deal.events() == ["line.changed", "discount.changed", "line.moved"]


def test_a_number_is_emptied_with_null(deal: Deal, seller: Api) -> None:
    answer = seller.patch(path_of(deal), {"quantity_min": "2"})
    emptied = seller.patch(path_of(deal), {"quantity_min": None})

    assert (answer.body["quantity_min"], emptied.body["quantity_min"]) == ("2", None)


@pytest.mark.parametrize("role", ["client", "client_service"])
def test_the_client_takes_an_option_and_leaves_it_out(deal: Deal, role: str) -> None:
    api = caller(deal, role)

    taken = api.patch(path_of(deal, deal.option), {"selected": True})
    with_it = total(api, deal)
    left = api.patch(path_of(deal, deal.option), {"selected": False})

    assert (taken.body["selected"], with_it) == (True, "1450.00")
    assert (left.body["selected"], total(api, deal)) == (False, "1000.00")


def test_the_product_ticks_for_nobody(deal: Deal, seller: Api, client: Api) -> None:
    by_seller = seller.patch(path_of(deal, deal.option), {"selected": True})
    no_option = client.patch(path_of(deal), {"selected": False})

    assert (by_seller.status, by_seller.code) == (403, "not_allowed")
    assert (no_option.status, no_option.code) == (422, "not_optional")


@pytest.mark.parametrize(
    ("fields", "name", "amount"),
    [
        ({"kind": "unit", "quantity": "9", "unit_price": "10"}, "quantity", "120.00"),
        ({"kind": "subscription", "periods": "9", "price": "10"}, "periods", "120.00"),
    ],
)
def test_the_client_changes_a_quantity_that_is_left_open(
    deal: Deal, client: Api, fields: dict[str, Any], name: str, amount: str
) -> None:
    line = factories.line(
        deal.prices, "Sessions", **fields, client_may_change_quantity=True, quantity_min="5", quantity_max="20"
    )

    answer = client.patch(path_of(deal, line), {name: "12"})
    too_many = client.patch(path_of(deal, line), {name: "21"})

    assert (answer.body[name], answer.body["result"]["amount"]) == ("12", amount)
    assert (too_many.status, too_many.pointers) == (422, [("/quantity", "out_of_limits")])
    assert client.get(path_of(deal, line)).body[name] == "12"


@pytest.mark.parametrize("change", [{"title": "Ours"}, {"amount": "1"}, {"discounts": []}, {"order": 1}, {"taxes": []}])
def test_the_client_changes_nothing_else(deal: Deal, client: Api, change: dict[str, Any]) -> None:
    answer = client.patch(path_of(deal), change)

    assert (answer.status, answer.code) == (403, "not_allowed")
    assert deal.events() == []


def test_a_quantity_that_is_not_left_open_is_the_sellers(deal: Deal, client: Api) -> None:
    line = factories.line(deal.prices, "Sessions", kind="unit", quantity="9", unit_price="10")

    answer = client.patch(path_of(deal, line), {"quantity": "12"})

    assert (answer.status, answer.pointers) == (422, [("/quantity", "not_allowed")])


def test_a_quantity_that_is_left_open_is_the_clients(deal: Deal, seller: Api) -> None:
    fields = {"kind": "unit", "quantity": "9", "unit_price": "10", "client_may_change_quantity": True}
    line = factories.line(deal.prices, "Sessions", **fields)

    answer = seller.patch(path_of(deal, line), {"quantity": "12"})

    assert (answer.status, answer.pointers) == (422, [("/quantity", "not_allowed")])
    assert "is the client’s to set. Propose another" in answer.body["detail"]
    assert seller.get(path_of(deal, line)).body["quantity"] == "9"


def test_take_one_out(deal: Deal, seller: Api) -> None:
    answer = seller.delete(path_of(deal))

    assert (answer.status, answer.content) == (204, b"")
    assert seller.get(path_of(deal)).status == 404
    assert total(seller, deal) == "0.00"


def test_a_line_stands_in_its_own_section_only(deal: Deal, seller: Api) -> None:
    other = factories.section(deal.proposal, "More", kind=Section.Kind.PRICING)
    foreign = factories.line(factories.section(factories.proposal(deal.proposal.relationship), kind="pricing"))

    for path in (f"{lines_path(deal, other)}{deal.line.id}/", f"{lines_path(deal)}{foreign.id}/"):
        assert seller.get(path).status == 404
        assert seller.patch(path, {"amount": "1"}).status == 404
        assert seller.delete(path).status == 404
    assert LineItem.objects.filter(id__in=[deal.line.id, foreign.id]).count() == 2


def test_pages_where_some_stand_at_the_same_place(deal: Deal, client: Api) -> None:
    lines = [*deal.prices.lines.order_by("id"), *(factories.line(deal.prices) for _ in range(3))]
    for line, position in zip(lines, (2, 1, 1, 0, 0), strict=True):
        LineItem.objects.filter(id=line.id).update(position=position)

    first = client.get(f"{lines_path(deal)}?limit=2").body
    second = client.get(first["next"]).body
    third = client.get(second["next"]).body

    got = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert third["next"] is None
    assert got == [str(lines[number].id) for number in (3, 4, 1, 2, 0)]


def test_pages_of_lines(deal: Deal, client: Api) -> None:
    for _ in range(3):
        factories.line(deal.prices)

    first = client.get(f"{lines_path(deal)}?limit=3").body
    second = client.get(first["next"]).body

    assert [row["order"] for row in first["results"] + second["results"]] == [0, 1, 2, 3, 4]
    assert second["next"] is None


def test_the_number_of_queries_does_not_grow(deal: Deal, client: Api, django_assert_num_queries: Any) -> None:
    tax = deal.proposal.taxes.create(position=0, label="VAT 21%", rate="21")
    deal.line.taxes.add(tax)
    few = queries_count(lambda: client.get(lines_path(deal)))
    for _ in range(6):
        factories.line(deal.prices).taxes.add(tax)

    with django_assert_num_queries(few):
        page = client.get(lines_path(deal)).body

    assert len(page["results"]) == 8


def test_several_lines_are_added_and_taken_out_whole(deal: Deal, seller: Api) -> None:
    path = f"{deal.path}sections/{deal.prices.id}/lines/"
    two = [{"kind": "fixed", "title": title, "amount": "100"} for title in ("One", "Two")]

    added = seller.post(f"{path}batch/", {"lines": two, "why": "From the list"}).body["lines"]
    half = seller.post(f"{path}batch/", {"lines": [two[0], {**two[1], "alternative_group": "Plan"}]})
    elsewhere = seller.post(f"{path}remove/", {"lines": [added[0], str(deal.prose.id)]})
    gone = seller.post(f"{path}remove/", {"lines": added})

    assert len(added) == 2
    assert (half.status, half.pointers) == (422, [("/lines/1/alternative_option", "required")])
    assert [elsewhere.status, gone.status] == [404, 204]
    assert deal.prices.lines.count() == 2
    assert deal.events() == ["lines.added", "lines.removed"]


def test_ones_own_change_is_taken_back(deal: Deal, seller: Api, client: Api) -> None:
    line, undo = f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/", f"{deal.path}price-changes/undo/"
    before = seller.get(line).body["amount"]
    seller.patch(line, {"amount": "4321"})

    others = client.post(undo, {})
    taken_back = seller.post(undo, {})
    nothing = seller.post(undo, {})

    assert (others.code, taken_back.status, nothing.code) == ("nothing_to_undo", 200, "nothing_to_undo")
    assert seller.get(line).body["amount"] == before
    assert (taken_back.body["type"], deal.events()) == ("line.changed", ["line.changed", "line.changed"])
