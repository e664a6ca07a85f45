"""Price forms as they are sent: numbers of other countries, and the control that a refusal names."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import choices
from proposals.actions.lines import edit_line
from proposals.models import Proposal
from tests import factories
from tests.proposals.deal import PRICING, REASON, Deal

GERMAN = "de-DE,de;q=0.9"
AMERICAN = "en-US,en;q=0.9"


class Sent:
    """Maya's browser, with a language of its own."""

    def __init__(self, deal: Deal, language: str = AMERICAN) -> None:
        self.deal = deal
        self.language = language
        self.client = Client()
        self.client.force_login(deal.maya.user)  # type: ignore[arg-type]

    def post(self, name: str, path: dict[str, Any] | None = None, **fields: Any) -> Any:
        """The status and the answer to a form, sent as the room's script sends it."""
        answer = self.client.post(
            reverse(name, kwargs={"proposal_id": self.deal.id, **(path or {})}),
            fields,
            headers={"Accept": "application/json", "Accept-Language": self.language},
        )
        return answer.status_code, answer.json()

    def cell(self, title: str, value: str, field: str = "quantity", **more: str) -> Any:
        """A cell that was left."""
        return self.post("cell", {"line_id": self.deal.line(title).id}, field=field, value=value, **more)

    def add(self, **fields: Any) -> Any:
        """A new line."""
        return self.post("line_add", {"section_id": self.deal.section(PRICING).id}, title="New", **fields)


def said(answer: dict[str, Any]) -> str:
    """What the one who did it is told."""
    return next((piece["html"] for piece in answer.get("own", []) if piece["id"] == "price-said"), "")


def pointers(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer["errors"]]


def test_a_foreign_number_is_read_and_shown_back(deal: Deal) -> None:
    status, answer = Sent(deal).cell("Training", "1.000,50", "unit_price")
    assert status == 200
    assert str(deal.line("Training").unit_price) == "1000.5"
    assert "“1.000,50” read as 1,000.50." in said(answer)


def test_the_readers_language_decides(deal: Deal) -> None:
    assert Sent(deal, GERMAN).cell("Training", "450,25", "unit_price")[0] == 200
    assert str(deal.line("Training").unit_price) == "450.25"


@pytest.mark.parametrize(
    ("written", "language", "choices"),
    [
        ("1.000", GERMAN, [("1000", "1,000"), ("1", "1.000")]),
        ("1,5", AMERICAN, [("1.5", "1.5"), ("15", "15")]),
        ("12.505", GERMAN, [("12505", "12,505"), ("12.5050", "12.505")]),
    ],
)
def test_a_number_with_two_meanings_is_asked_for(
    written: str, language: str, choices: list[tuple[str, str]], deal: Deal
) -> None:
    browser = Sent(deal, language)
    status, answer = browser.cell("Training", written, "unit_price")
    assert (status, answer["code"], pointers(answer)) == (
        422,
        "ambiguous_number",
        [("/value", "ambiguous_number")],
    )
    assert [(choice["fields"]["value"], choice["label"]) for choice in answer["choices"]] == choices
    assert str(deal.line("Training").unit_price) == "450"
    for value, _ in choices:
        assert browser.cell("Training", value, "unit_price")[0] == 200


def test_too_large_and_unreadable_numbers_get_a_plain_sentence(deal: Deal) -> None:
    _, answer = Sent(deal).cell("Training", "9" * 16, "unit_price")
    assert answer["detail"] == (
        "“9999999999999999” is not a number we can use: it has 16 digits before the point, and 15 are taken at most. "
        "Write it like 1,250.50. Nothing was changed."
    )
    _, answer = Sent(deal).cell("Training", "$5", "unit_price")
    assert "“$5” is not a number we can use: the prices are in EUR." in answer["detail"]
    _, answer = Sent(deal).cell("Training", " ", "unit_price")
    assert answer["detail"] == "The cell is empty: write a number such as 1,250.50. Nothing was changed."


NEW_LINES: list[tuple[dict[str, Any], str]] = [
    ({"kind": "time", "role": "Designer", "quantity": "1,5", "unit": "day", "amount": "7"}, "1350.00"),
    ({"kind": "fixed", "amount": "1.250,-", "quantity": "5"}, "1250.00"),
    ({"kind": "unit", "quantity": "3", "unit_price": "€ 10", "unit_label": "pieces"}, "30.00"),
    ({"kind": "subscription", "price": "240", "periods": "12", "quantity": "1"}, "2880.00"),
    ({"kind": "expense", "quantity": "2", "unit_cost": "10", "markup_percent": "10 %"}, "22.00"),
    ({"kind": "credit", "amount": "50", "detail": "For the late start"}, "-50.00"),
]


@pytest.mark.parametrize(("fields", "amount"), NEW_LINES)
def test_a_line_of_any_kind_is_added_with_its_fields_only(fields: dict[str, Any], amount: str, deal: Deal) -> None:
    status, _ = Sent(deal, GERMAN).add(**fields)
    assert status == 200
    assert deal.standing().price.line(deal.line("New").id)["amount"] == amount


def test_an_allowance_is_a_share_of_chosen_lines(deal: Deal) -> None:
    status, _ = Sent(deal).add(kind="allowance", percent="10", percent_of=[str(deal.line("Portal").id)])
    assert status == 200
    assert deal.standing().price.line(deal.line("New").id)["amount"] == "800.00"


def test_a_time_line_brings_its_rate_where_there_is_no_rate_card(deal: Deal) -> None:
    deal.line("Design").delete()
    deal.proposal.rates.all().delete()
    browser = Sent(deal)
    status, answer = browser.add(kind="time", role="Writer", quantity="2", unit="hour")
    assert (status, answer["code"]) == (422, "no_rate")
    assert pointers(answer)[0][0].endswith("/role")
    assert browser.add(kind="time", role="Writer", quantity="2", unit="hour", new_rate="95")[0] == 200
    assert deal.standing().price.line(deal.line("New").id)["amount"] == "190.00"
    assert [(rate.role, rate.unit) for rate in deal.proposal.rates.all()] == [("Writer", "hour")]
    _, answer = browser.add(kind="time", role="Writer", quantity="2", unit="hour", new_rate="99")
    assert pointers(answer) == [("/new_rate", "has_rate")]


def test_saving_a_line_unchanged_changes_nothing(deal: Deal) -> None:
    line = deal.line("Training")
    line.unit_price = "12.505"
    line.save()
    browser = Sent(deal, GERMAN)
    fields = {
        "title": "Training",
        "quantity": "2",
        "unit_price": "12.505",
        "unit_label": "sessions",
        "client_may_change_quantity": "on",
        "quantity_min": "1",
        "quantity_max": "5",
        "taxes": [str(tax.id) for tax in deal.proposal.taxes.all()],
    }
    assert browser.post("line_edit", {"line_id": line.id}, **fields)[0] == 200
    assert (deal.events(), deal.proposal.version) == ([], 1)


def discount(place: int, **fields: str) -> dict[str, str]:
    whole = {"type": "percent", "value": "5", "reason": "volume", "text": REASON, **fields}
    return {f"discount{place}-{name}": value for name, value in whole.items()}


def test_several_discounts_are_edited_and_taken_out(deal: Deal) -> None:
    browser = Sent(deal)
    assert (
        browser.post("document_discount", **discount(0), **discount(1, value="2"), **discount(2, value="1"))[0] == 200
    )
    emptied = {**discount(0), **discount(1, value=""), **discount(2, value="3")}
    assert browser.post("document_discount", **emptied)[0] == 200
    assert [str(row.value) for row in deal.proposal.discounts.all()] == ["5", "3"]
    blank = {**discount(0), **discount(1, value="3"), **discount(2, value="")}
    status, answer = browser.post("document_discount", **blank)
    assert (status, pointers(answer)) == (422, [("/discount2-value", "bad_number")])


SETTINGS = {
    "currency": "EUR",
    "price_basis": "exclusive",
    "tax_rounding": "group",
    "price_date": factories.PRICE_DATE.isoformat(),
}

REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("taxes", {"tax0-label": "", "tax1-label": "GST", "tax1-rate": "-5", "tax1-category": "S"}, "/tax1-rate"),
    ("taxes", {"tax0-label": "Exempt", "tax0-rate": "0", "tax0-category": "E"}, "/tax0-note"),
    ("rate_card", {"rate0-role": "", "rate0-rate": "5", "rate0-unit": "day"}, "/rate0-role"),
    (
        "rate_card",
        {"rate0-role": "", "rate1-role": "Designer", "rate1-rate": "-5", "rate1-unit": "day"},
        "/rate1-rate",
    ),
    ("document_discount", discount(0, text="short"), "/discount0-text"),
    ("document_discount", discount(0, value="101"), "/discount0-value"),
    ("price_settings", {**SETTINGS, "hours_per_day": "25"}, "/hours_per_day"),
]


@pytest.mark.parametrize(("name", "fields", "pointer"), REFUSED)
def test_a_refusal_names_the_control(name: str, fields: dict[str, str], pointer: str, deal: Deal) -> None:
    status, answer = Sent(deal).post(name, **fields)
    assert (status, pointers(answer)[0][0]) == (422, pointer)


def test_a_cell_tells_what_it_did_and_takes_it_back(deal: Deal) -> None:
    browser = Sent(deal)
    _, answer = browser.cell("Design", "7", seen="6")
    assert "You changed Design: quantity from 6 to 7." in said(answer)
    assert ">Undo</button>" in said(answer)
    number = str(deal.number)
    status, answer = browser.post("price_undo", number=number)
    assert (status, str(deal.line("Design").quantity)) == (200, "6")
    assert "Taken back." in said(answer)
    assert ">Redo</button>" in said(answer)
    status, answer = browser.post("price_undo", number=number)
    assert (status, answer["code"]) == (422, "nothing_to_undo")


def test_the_later_of_two_is_told_what_was_replaced(deal: Deal) -> None:
    nina = deal.seat("nina@northlight.example", "seller")
    edit_line(by=nina, line_id=deal.line("Design").id, changes={"quantity": "4"})
    _, answer = Sent(deal).cell("Design", "3", seen="4")
    assert "You replaced 4, set by Nina a moment ago." in said(answer)
    assert ">Take it back</button>" in said(answer)
    _, answer = Sent(deal).cell("Design", "2", seen="3")
    assert "You replaced" not in said(answer), "one’s own values are nobody’s loss"


def test_a_cell_that_was_changed_meanwhile_gives_both_values_to_choose_from(deal: Deal) -> None:
    browser = Sent(deal)
    browser.cell("Training", "500", "unit_price", seen="450.00")
    status, answer = browser.cell("Training", "1.000,50", "unit_price", seen="450.00")
    assert (status, answer["code"]) == (412, "stale")
    assert [(choice["label"], choice["send"]) for choice in answer["choices"]] == [
        ("Use 1.000,50", True),
        ("Keep 500.00", False),
    ]
    assert f'id="line-{deal.line("Training").id}"' in answer["fragments"][0]["html"]
    taken = answer["choices"][0]["fields"]
    assert browser.cell("Training", taken["value"], "unit_price", seen=taken["seen"])[0] == 200
    assert browser.cell("Training", "3", "unit_price", seen="1.000,50")[0] == 200


def test_alternatives_are_radio_buttons_for_the_client_and_named_for_the_seller(deal: Deal) -> None:
    for option, amount in (("Gold", "900"), ("Silver", "400")):
        factories.line(
            deal.section(PRICING), f"{option} care", amount=amount, alternative_group="Care", alternative_option=option
        )
    client = Client()
    client.force_login(deal.tomas.user)  # type: ignore[arg-type]
    page = client.get(reverse("room", args=[deal.id])).content.decode()
    assert page.count('type="radio" name="option"') == 3
    assert 'value="" id="alternative-' in page
    assert 'aria-label="Gold: Gold care €900.00"' in page
    said = re.sub(r"<[^>]+>", "", page)
    assert "“Care” is still to be chosen: the total will be between €17,703.00 and €18,203.00." in said
    choices.choose_alternative(by=deal.tomas, group="Care", option="Gold")
    seen = Sent(deal).client.get(reverse("room", args=[deal.id])).content.decode()
    assert "(chosen by the client)" in seen
    assert 'type="radio" name="option"' not in seen


DISCOUNT = {"discount0-reason": "volume", "discount0-text": REASON}


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("percent", "5%", "5"),
        ("percent", "7,5 %", "7.5"),
        ("percent", "12.5\uff05", "12.5"),
        ("amount", "€850", "850"),
        ("amount", "850 EUR", "850"),
        ("amount", "1.250,50 €", "1250.5"),
    ],
)
def test_a_sign_says_what_kind_of_number_it_is(kind: str, written: str, value: str, deal: Deal) -> None:
    where = {"section_id": deal.section(PRICING).id}
    language = GERMAN if "," in written else AMERICAN
    Proposal.objects.filter(id=deal.id).update(language=language[:2])
    sent = {**DISCOUNT, "discount0-type": kind, "discount0-value": written}
    status, answer = Sent(deal, language).post("section_discounts", where, **sent)
    assert status == 200, answer
    assert str(deal.section(PRICING).discounts.get().value) == value


@pytest.mark.parametrize(
    ("kind", "written", "other"),
    [("amount", "5%", "percent"), ("percent", "€ 850", "amount"), ("percent", "9 EUR", "amount")],
)
def test_a_discount_written_as_the_other_type_is_asked_about(kind: str, written: str, other: str, deal: Deal) -> None:
    where = {"section_id": deal.section(PRICING).id}
    sent = {**DISCOUNT, "discount0-type": kind, "discount0-value": written}
    status, answer = Sent(deal).post("section_discounts", where, **sent)
    assert (status, answer["code"], pointers(answer)) == (
        422, "ambiguous_number", [("/discount0-value", "ambiguous_number")],
    )  # fmt: skip
    (choice,) = answer["choices"]
    assert choice["fields"] == {"discount0-type": other}
    assert not deal.section(PRICING).discounts.exists()
    assert Sent(deal).post("section_discounts", where, **{**sent, **choice["fields"]})[0] == 200


@pytest.mark.parametrize(
    ("field", "written", "why"),
    [
        ("unit_price", "5%", "it is a percentage, and an amount in EUR is wanted here"),
        ("unit_price", "850 $", "the prices are in EUR"),
        ("quantity", "€5", "it is an amount of money, and a plain number is wanted here"),
        ("quantity", "5 %", "it is a percentage, and a plain number is wanted here"),
    ],
)
def test_a_sign_of_another_kind_is_refused_with_why(field: str, written: str, why: str, deal: Deal) -> None:
    status, answer = Sent(deal).cell("Training", written, field)
    assert (status, answer["code"]) == (422, "bad_number")
    assert answer["detail"] == (
        f"“{written}” is not a number we can use: {why}. Write it like 1,250.50. Nothing was changed."
    )


def test_a_card_of_the_books_reads_numbers_as_people_write_them(deal: Deal) -> None:
    sent = {"title": "Overhead", "overhead_percent": "55,5 %", "basis": "Pay is direct", "context": "As every year"}
    Proposal.objects.filter(id=deal.id).update(language="de")
    status, answer = Sent(deal, GERMAN).post("disclosure_publish", {"kind": "overhead"}, **sent)
    assert status == 200, answer
    (card,) = deal.proposal.disclosures.all()
    assert card.versions.get().content["given"]["overhead_percent"] == "55.5"
    status, answer = Sent(deal).post("disclosure_publish", {"kind": "overhead"}, **{**sent, "overhead_percent": "€ 5"})
    assert (status, pointers(answer)) == (422, [("/overhead_percent", "bad_number")])
