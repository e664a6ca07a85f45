"""What discounts rest on: a line of the published list, or the reason why they are exceptions."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from proposals.actions.disclosures import change_disclosure, publish, withdraw_disclosure
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line, edit_line, remove_line
from proposals.actions.undoing import undo_price_change
from proposals.documents import told
from proposals.documents.discount_policy import Cited, cited_discounts, questions_since, repeated_exceptions, rules_of
from proposals.documents.discount_words import grounds_words
from proposals.documents.parts import TERMS
from proposals.exceptions import Invalid
from proposals.models import Discount
from tests.kept import as_made
from tests.proposals.deal import PRICING, REASON, Deal, deal_after, make_deal, refused

LIST: dict[str, Any] = {
    "title": "Our discounts",
    "context": "They follow what a long or large order saves us.",
    "given": {
        "lines": [
            {"reason": "volume", "up_to_percent": "7.50", "text": "from 100 hours in a year"},
            {"reason": "volume", "up_to_percent": "12", "text": "from 300 hours in a year."},
            {"reason": "goodwill", "up_to_percent": "3", "text": "after a delay of ours"},
        ]
    },
}
WHY = "a first order in a new country"


def list_discounts(deal: Deal) -> None:
    publish(by=deal.maya, kind="discounts", fields=LIST)


@pytest.fixture
def listed(db: None) -> Deal:
    """The deal with a published discount list."""
    return as_made(deal_after, list_discounts)


def off(deal: Deal, value: str, reason: str = "volume", kind: str = "percent", **more: Any) -> list[Discount]:
    """Give one discount: of a line or a section if it is named, of the whole otherwise."""
    place = {name: more.pop(name) for name in ("line_id", "section_id") if name in more}
    discount = {"type": kind, "value": value, "reason": reason, "text": REASON, **more}
    return set_discounts(by=deal.maya, discounts=[discount], **place)


def shown(rows: list[Discount]) -> list[tuple[str, int | None, str, str]]:
    return [(row.policy_line, row.policy_version, row.policy_words, row.exception) for row in rows]


def cited(deal: Deal) -> list[Cited]:
    rules = rules_of(deal.proposal)
    assert rules is not None
    return cited_discounts(deal.standing().price, rules, "en")


def test_a_discount_names_the_line_that_it_follows_at_every_level(listed: Deal) -> None:
    portal, pricing = listed.line("Portal").id, listed.section(PRICING).id
    assert shown(off(listed, "7.5", policy_line="2", line_id=portal)) == [
        ("2", 1, "Volume: up to 12%, from 300 hours in a year", "")
    ]
    assert shown(off(listed, "400", kind="amount", section_id=pricing)) == [
        ("1", 1, "Volume: up to 7.5%, from 100 hours in a year", "")
    ]
    assert shown(off(listed, "5", reason="goodwill", exception=WHY)) == [("", None, "", WHY)]
    assert [(each.title, each.value, each.line, each.rule, each.exception) for each in cited(listed)] == [
        ("Portal", "7.5%", "2", "Volume: up to 12%, from 300 hours in a year", ""),
        ("Pricing", "€400.00", "1", "Volume: up to 7.5%, from 100 hours in a year", ""),
        ("The whole proposal", "5%", "", "", WHY),
    ]
    assert listed.last("discount.changed")["exceptions"] == ["goodwill"]
    assert told.sentence(listed.trail()[-1]).endswith(f"(an exception from the discount list: {WHY})")


def test_both_read_it_beside_the_amount(listed: Deal) -> None:
    off(listed, "7.5", line_id=listed.line("Portal").id)
    off(listed, "400", kind="amount", section_id=listed.section(PRICING).id, exception=WHY)
    off(listed, "2", reason="goodwill")
    for who in (listed.maya, listed.tomas):
        page = seen(listed, who, "room")
        assert "Volume: up to 7.5%, from 100 hours in a year, policy line 1" in page
        assert f"Volume. Exception: {WHY}" in page
        assert "Goodwill: up to 3%, after a delay of ours, policy line 3" in page


def test_it_is_agreed_on_and_a_discount_without_it_has_the_fingerprint_it_had(deal: Deal) -> None:
    off(deal, "5")
    before = deal.part(TERMS)
    assert set(before.content["discounts"][0]) == {"type", "value", "reason", "text"}
    publish(by=deal.maya, kind="discounts", fields=LIST)
    assert deal.part(TERMS).fingerprint == before.fingerprint
    off(deal, "5", policy_line="1")
    assert deal.part(TERMS).content["discounts"][0]["policy_line"] == "1"


@pytest.mark.parametrize(
    ("value", "more", "code", "field", "sentence"),
    [
        ("13", {}, "line_or_exception", "policy_line", "allows 13% for the reason “Volume”"),
        ("8", {"policy_line": "1"}, "outside_policy_line", "policy_line", "Line 1 of your discount list is Volume, up"),
        ("2", {"policy_line": "3"}, "outside_policy_line", "policy_line", "is Goodwill, up to 3%"),
        ("2", {"policy_line": "4"}, "unknown_policy_line", "policy_line", "no line 4; it has 1 (Volume, up to 7.5%)"),
        ("2", {"policy_line": "1", "policy_version": 2}, "policy_changed", "policy_version", "version 1 now, you cite"),
        ("2", {"policy_line": "1", "exception": WHY}, "line_and_exception", "exception", "Say one of the two"),
    ],
)
def test_what_it_can_not_rest_on(
    listed: Deal, value: str, more: dict[str, Any], code: str, field: str, sentence: str
) -> None:
    with refused(Invalid, code) as caught:
        off(listed, value, **more)
    assert caught.value.errors[0].pointer == f"discounts/0/{field}"
    assert sentence in caught.value.detail
    assert not listed.proposal.discounts.exists()


def test_an_amount_counts_as_the_share_that_it_takes(listed: Deal) -> None:
    design = listed.line("Design").id
    assert shown(off(listed, "405", kind="amount", line_id=design))[0][0] == "1"
    assert shown(off(listed, "405.01", kind="amount", line_id=design))[0][0] == "2"
    with refused(Invalid, "line_or_exception") as caught:
        off(listed, "648.01", kind="amount", line_id=design)
    assert "€648.01 (about 12.01%)" in caught.value.detail


@pytest.mark.parametrize("more", [{"policy_line": "1"}, {"exception": WHY}])
def test_without_a_list_there_is_nothing_to_follow(deal: Deal, more: dict[str, str]) -> None:
    with refused(Invalid, "no_list"):
        off(deal, "5", **more)
    assert shown(off(deal, "50", reason="goodwill")) == [("", None, "", "")]
    assert "exceptions" not in deal.last("discount.changed")


def test_a_discount_keeps_the_version_of_the_list_that_it_came_from(listed: Deal) -> None:
    off(listed, "7.5")
    card = listed.proposal.disclosures.get()
    stricter = {**LIST, "given": {"lines": [{"reason": "volume", "up_to_percent": "5", "text": "from 100 hours"}]}}
    change_disclosure(by=listed.maya, disclosure_id=card.id, fields=stricter, why="it cost too much")
    row = off(listed, "7.5", text="they still book the whole year at once")[0]
    assert (row.policy_line, row.policy_version) == ("1", 1)
    with refused(Invalid, "outside_policy_line"):
        off(listed, "7", policy_line="1")
    row = off(listed, "4")[0]
    content = listed.part(TERMS).content["discounts"][0]
    assert (row.policy_version, grounds_words(content)) == (
        2,
        "Volume: up to 5%, from 100 hours, policy line 1 (version 2 of the list)",
    )


def test_a_discount_that_outgrows_its_line_is_marked_in_the_books(listed: Deal) -> None:
    off(listed, "405", kind="amount", policy_line="1", line_id=listed.line("Design").id)
    assert [each.is_above for each in cited(listed)] == [False]
    edit_line(by=listed.maya, line_id=listed.line("Design").id, changes={"quantity": "5"})
    assert [each.is_above for each in cited(listed)] == [True]
    assert "By now it is more than the line allows." in seen(listed, listed.tomas, "books")


def test_a_discount_from_before_the_list_is_named_by_the_books_alone(deal: Deal) -> None:
    off(deal, "7.5", line_id=deal.line("Portal").id)
    off(deal, "5", reason="bundled", line_id=deal.line("Design").id)
    publish(by=deal.maya, kind="discounts", fields=LIST)
    assert [(each.line, each.is_named, each.is_exception) for each in cited(deal)] == [
        ("1", False, False),
        ("", False, True),
    ]
    page = seen(deal, deal.tomas, "books")
    assert "it allows it; not named by the seller" in page
    assert "no line allows it" in page


def test_taking_back_restores_what_it_rested_on(listed: Deal) -> None:
    off(listed, "20", exception=WHY)
    off(listed, "5", policy_line="2")
    withdraw_disclosure(
        by=listed.maya, disclosure_id=listed.proposal.disclosures.get().id, reason="it is being revised"
    )
    undo_price_change(by=listed.maya)
    assert shown(list(listed.proposal.discounts.all())) == [("", None, "", WHY)]
    undo_price_change(by=listed.maya, number=listed.number)
    assert shown(list(listed.proposal.discounts.all())) == [("2", 1, "Volume: up to 12%, from 300 hours in a year", "")]


def test_a_line_that_is_put_back_keeps_its_exception_and_counts_it_once(listed: Deal) -> None:
    give(listed, "New", "30")
    line = listed.line("New").id
    remove_line(by=listed.maya, line_id=line)
    undo_price_change(by=listed.maya)
    assert shown(list(listed.line("New").discounts.all())) == [("", None, "", WHY)]
    assert [event.content.facts.get("exceptions") for event in listed.trail() if event.type == "line.added"] == [
        ["volume"],
        None,
    ]


def give(deal: Deal, title: str, value: str) -> None:
    """Add a line with an exception."""
    discount = {"type": "percent", "value": value, "reason": "volume", "text": REASON, "exception": WHY}
    fields = {"title": title, "amount": "100", "discounts": [discount]}
    add_line(by=deal.maya, section_id=deal.section(PRICING).id, fields=fields)


def test_the_third_exception_of_a_kind_in_90_days_is_asked_about_when_it_is_given(listed: Deal) -> None:
    firm = listed.proposal.relationship.seller_firm
    off(listed, "13", exception=WHY)
    off(listed, "13", reason="goodwill", exception=WHY)
    give(listed, "Extra", "50")
    assert repeated_exceptions(firm) == []
    assert questions_since(listed.proposal, 0) == []
    number = listed.number
    off(listed, "15", exception=WHY)
    off(listed, "15", exception="another sentence is no other exception")
    assert repeated_exceptions(firm) == [("Volume", 3)]
    assert questions_since(listed.proposal, number) == [
        "In 90 days 3 discounts for the reason “Volume” were exceptions. Will you change the discount list, or stop "
        "giving them? Only your side sees this, as it counts your other clients too."
    ]
    assert questions_since(listed.proposal, listed.number) == []
    assert repeated_exceptions(firm, timezone.now() + dt.timedelta(days=91)) == []


def test_an_exception_that_is_taken_back_is_none(listed: Deal) -> None:
    firm = listed.proposal.relationship.seller_firm
    for value in ("13", "14", "15"):
        off(listed, value, exception=WHY)
    assert repeated_exceptions(firm) == [("Volume", 3)]
    undo_price_change(by=listed.maya)
    assert repeated_exceptions(firm) == []


def test_other_clients_count_and_are_not_named(listed: Deal) -> None:
    off(listed, "13", exception=WHY)
    off(listed, "14", exception=WHY)
    other = make_deal(between=listed.proposal.relationship)
    assert other.proposal.relationship.seller_firm == listed.proposal.relationship.seller_firm
    publish(by=other.maya, kind="discounts", fields=LIST)
    browser = Client()
    browser.force_login(other.maya.user)
    sent = {
        "discount0-type": "percent",
        "discount0-value": "20",
        "discount0-reason": "volume",
        "discount0-text": REASON,
    }
    sent |= {"discount0-policy_line": "exception", "discount0-exception": WHY}
    answer = browser.post(
        reverse("document_discount", args=[other.id]), sent, headers={"Accept": "application/json"}
    ).json()
    (own,) = answer["own"]
    assert "In 90 days 3 discounts for the reason “Volume” were exceptions." in own["html"]
    assert "Only your side sees this" in own["html"]
    assert str(listed.id) not in own["html"]
    panel = seen(other, other.maya, "price_settings")
    assert "3 discounts for the reason “Volume” in 90 days were exceptions" in panel
    for name in ("room", "books"):
        assert "in 90 days" not in seen(other, other.tomas, name).lower()


def test_the_form_asks_for_a_line_or_a_reason(listed: Deal) -> None:
    browser = Client()
    browser.force_login(listed.maya.user)
    page = seen(listed, listed.maya, "section_discounts", listed.section(PRICING).id)
    assert "Line 2. Volume: up to 12%, from 300 hours in a year" in page
    assert "None: it is an exception" in page
    address = reverse("section_discounts", args=[listed.id, listed.section(PRICING).id])
    sent = {"discount0-type": "percent", "discount0-value": "5", "discount0-reason": "volume", "discount0-text": REASON}
    missing = browser.post(
        address, {**sent, "discount0-policy_line": "exception"}, headers={"Accept": "application/json"}
    ).json()
    assert missing["errors"][0]["pointer"] == "/discount0-exception"
    wrong = browser.post(
        address, {**sent, "discount0-value": "13", "discount0-policy_line": "2"}, headers={"Accept": "application/json"}
    ).json()
    assert (wrong["code"], wrong["errors"][0]["pointer"]) == ("outside_policy_line", "/discount0-policy_line")
    browser.post(address, {**sent, "discount0-policy_line": "2", "discount0-exception": "left over"})
    assert shown(list(listed.proposal.discounts.all()))[0][0::3] == ("2", "")
    page = seen(listed, listed.maya, "section_discounts", listed.section(PRICING).id)
    assert '<option value="2" selected>' in page


def test_there_is_one_discount_list(listed: Deal) -> None:
    with refused(Invalid, "already_disclosed"):
        publish(by=listed.maya, kind="discounts", fields={**LIST, "title": "Others"})


def seen(deal: Deal, who: Any, name: str, *rest: Any) -> str:
    """A page as a person reads it."""
    browser = Client()
    browser.force_login(who.user)
    return browser.get(reverse(name, args=[deal.id, *rest])).content.decode()
