"""Open books: cards with context, a trace of every change, pay only as allowed, requests that get an answer."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions.disclosures import (
    answer_request,
    change_disclosure,
    publish,
    request_disclosure,
    withdraw_disclosure,
)
from proposals.actions.proposals import share
from proposals.documents import told
from proposals.documents.disclosed import card_of
from proposals.documents.waterfall import waterfall_of
from proposals.exceptions import Invalid, NotAllowed, NotFound, StaleVersion, WrongState
from proposals.fragments import audience_of, render_events
from proposals.fragments.books import books_of
from proposals.models import Disclosure, DisclosureRequest
from proposals.pricing import calculate
from proposals.states import State
from tests import factories
from tests.proposals.deal import Deal, make_deal, refused
from tests.proposals.verbs import BUILD_UP, OVERHEAD

GIVEN: dict[str, Any] = BUILD_UP["given"]
LEVERAGE = {
    "title": "Who works on this",
    "context": "Seniors decide, juniors build; a senior reads everything before you see it.",
    "given": {
        "staffing": [
            {"role": "partner", "tier": "senior", "hours": "30", "rate": "600", "cost_per_hour": "250"},
            {"role": "associate", "tier": "junior", "hours": "70", "rate": "200", "name": "Anna"},
        ]
    },
}
POLICY = {
    "title": "How we price",
    "context": "Since 2019; we changed it once.",
    "given": {"lines": [{"title": "One card", "text": "Everybody pays by the same rate card."}]},
}
DISCOUNTS = {
    "title": "Our discounts",
    "context": "They follow what a long or large order saves us.",
    "given": {"lines": [{"reason": "volume", "up_to_percent": "7.50", "text": "from 100 hours in a year"}]},
}


def content(card: Disclosure) -> dict[str, Any]:
    """What a card says now."""
    said: dict[str, Any] = card.versions.get(number=card.version).content
    return said


def test_a_card_shows_number_words_context_and_a_waterfall_that_adds_up(deal: Deal) -> None:
    published = publish(by=deal.maya, kind="build_up", fields=BUILD_UP)
    card = card_of(content(published))
    assert (card.number, card.number_label, card.formula) == (
        "€120.00",
        "an hour",
        "direct cost + overhead + profit = rate",
    )
    assert card.words[0].startswith("An hour is billed at €120.00. Direct cost is €57.65 of it, and €34.59 is")
    assert card.context == BUILD_UP["context"]
    assert card.waterfall is not None
    assert card.waterfall.says == "€57.65 + €34.59 + €27.76 = €120.00"
    assert [(bar.start, bar.width) for bar in card.waterfall.bars] == [
        ("0.00", "48.04"),
        ("48.04", "28.83"),
        ("76.87", "23.13"),
        ("0.00", "100.00"),
    ]
    assert told.sentence(deal.trail()[-1]) == ("Maya Lindqvist disclosed Rate build-up: Designer, €120.00 an hour")


def test_a_rate_below_cost_is_shown_as_a_loss() -> None:
    result = calculate(
        "build_up", {"currency": "EUR", "direct_cost_per_hour": "62.5", "overhead_percent": "80", "bill_rate": "100"}
    )
    shown = waterfall_of(result, "EUR", "en")
    assert shown.says == "€62.50 + €50.00 − €12.50 = €100.00"
    assert [(bar.name, bar.start, bar.width) for bar in shown.bars][2:] == [
        ("loss", "88.89", "11.11"),
        ("rate", "0.00", "88.89"),
    ]


def test_the_figures_are_what_the_pure_function_answered_in_the_proposals_currency(deal: Deal) -> None:
    said = content(publish(by=deal.maya, kind="build_up", fields={**BUILD_UP, "given": {**GIVEN, "currency": "JPY"}}))
    assert said["given"]["currency"] == "EUR"
    assert said["result"] == calculate("build_up", said["given"])
    assert said["given"] == {"currency": "EUR", **GIVEN}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"context": " \n "}, "required"),
        ({"title": ""}, "required"),
        ({"given": {**GIVEN, "utilization_percent": "0"}}, "bad_utilization"),
        ({"given": {**GIVEN, "salary": "sixty thousand"}}, "bad_number"),
        ({"given": {**GIVEN, "bill_rate": "120"}}, "one_target_required"),
        ({"given": []}, "bad_document"),
        ({"given": "120"}, "bad_document"),
        ({"pay": {}}, "pay_basis_required"),
        ({"pay": {"basis": "I just say so"}}, "pay_basis_required"),
        ({"pay": "consent"}, "not_an_object"),
        ({"pay": {"basis": "role", "people_count": "2"}}, "too_few_people"),
        ({"pay": {"basis": "role", "people_count": "many"}}, "too_few_people"),
        ({"pay": {"basis": "role", "people_count": True}}, "too_few_people"),
        ({"pay": {"basis": "consent"}}, "required"),
        ({"pay": {"basis": "band", "low": "60000", "high": "60001"}}, "bad_band"),
        ({"pay": {"basis": "band", "low": "70000", "high": "60000"}}, "bad_band"),
        ({"pay": {"basis": "band", "low": "70000"}}, "bad_number"),
    ],
)
def test_a_card_without_context_or_with_pay_that_may_not_be_shown_is_refused(
    change: dict[str, Any], code: str, deal: Deal
) -> None:
    with refused(Invalid, code):
        publish(by=deal.maya, kind="build_up", fields={**BUILD_UP, **change})


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("salaries", POLICY, "unknown_value"),
        ("policy", {**POLICY, "given": {"lines": []}}, "required"),
        ("policy", {**POLICY, "given": {"lines": [{"title": "One card"}]}}, "required"),
        ("policy", {**POLICY, "given": {}}, "not_a_list"),
        ("discounts", {**DISCOUNTS, "given": {"lines": [{"reason": "volume", "up_to_percent": "0"}]}}, "bad_percent"),
        ("discounts", {**DISCOUNTS, "given": {"lines": [{"reason": "liked", "up_to_percent": "5"}]}}, "unknown_value"),
        ("leverage", {**LEVERAGE, "given": {"staffing": []}}, "no_hours"),
        ("leverage", {**LEVERAGE, "given": {"staffing": ["partner"]}}, "bad_document"),
        ("overhead", {**OVERHEAD, "given": {}}, "missing_field"),
    ],
)
def test_figures_that_say_nothing_are_refused(kind: str, fields: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        publish(by=deal.maya, kind=kind, fields=fields)


def test_a_band_stands_for_the_pay_and_the_exact_one_is_not_kept(deal: Deal) -> None:
    fields = {**BUILD_UP, "pay": {"basis": "band", "low": "55000", "high": "66000.01"}}
    said = content(publish(by=deal.maya, kind="build_up", fields=fields))
    assert said["given"]["salary"] == "60500.01"
    assert "60000" not in str(said)
    card = card_of(said)
    assert (card.figures[0].value, card.figures[0].note) == (
        "€55,000.00 to €66,000.01",
        "counted with the middle of this band",
    )


def test_a_given_direct_cost_needs_no_pay(deal: Deal) -> None:
    given = {"direct_cost_per_hour": "62.5", "overhead_percent": "80", "bill_rate": "100", "salary": ""}
    said = content(publish(by=deal.maya, kind="build_up", fields={**BUILD_UP, "given": given, "pay": {}}))
    assert "pay" not in said
    assert "loaded_cost" not in said["result"]
    assert card_of(said).words[1] == "At this rate we lose €12.50 on every hour."


def test_staffing_keeps_no_names_and_no_costs(deal: Deal) -> None:
    said = content(publish(by=deal.maya, kind="leverage", fields=LEVERAGE))
    assert said["given"]["staffing"][1] == {"role": "associate", "tier": "junior", "hours": "70", "rate": "200"}
    card = card_of(said)
    assert card.number == "€320.00"
    assert card.words[:2] == (
        "Senior people do 30.0% of the hours for 56.3% of the fees and junior people do 70.0% of the hours for 43.7% "
        "of the fees.",
        "To every hour of a senior person come 2.3333 hours of the others (leverage).",
    )


def test_every_kind_can_be_published_and_stands_in_the_order_of_the_kinds(deal: Deal) -> None:
    for kind, fields in (("leverage", LEVERAGE), ("overhead", OVERHEAD), ("discounts", DISCOUNTS), ("policy", POLICY)):
        publish(by=deal.maya, kind=kind, fields=fields)
    assert [view.headline for view in books_of(deal.proposal).cards] == [
        "Pricing policy: How we price",
        "Discount list: Our discounts",
        "Overhead: Our overhead, 55% of direct cost",
        "Leverage and staffing: Who works on this, €320.00 an hour on average",
    ]


def test_a_card_is_published_once_under_a_title(deal: Deal) -> None:
    publish(by=deal.maya, kind="policy", fields=POLICY)
    with refused(Invalid, "already_disclosed"):
        publish(by=deal.maya, kind="policy", fields=POLICY)


def test_a_change_leaves_a_trace_with_the_old_value(deal: Deal) -> None:
    card = publish(by=deal.maya, kind="overhead", fields=OVERHEAD)
    changed = {**OVERHEAD, "given": {"overhead_percent": "60"}}
    change_disclosure(by=deal.maya, disclosure_id=card.id, fields=changed, why="We moved.", expected_version=1)
    (view,) = books_of(deal.proposal).cards
    assert (view.card.number, view.trace[0].why) == ("60%", "We moved.")
    assert view.trace[0].changes[0] == {"field": "Of direct cost", "was": "55%", "now": "60%"}
    assert told.sentence(deal.trail()[-1]) == (
        "Maya Lindqvist changed the disclosure Overhead: Our overhead, 60% of direct cost "
        "(Of direct cost, Overhead rate and Break-even multiplier) (“We moved.”)"
    )
    with refused(StaleVersion):
        change_disclosure(by=deal.maya, disclosure_id=card.id, fields=OVERHEAD, expected_version=1)


def test_a_change_that_changes_nothing_is_no_version(deal: Deal) -> None:
    card = publish(by=deal.maya, kind="overhead", fields=OVERHEAD)
    before = deal.proposal.audit_number
    change_disclosure(by=deal.maya, disclosure_id=card.id, fields=OVERHEAD)
    assert (Disclosure.objects.get().version, deal.proposal.audit_number) == (1, before)


def test_a_change_of_context_alone_shows_the_old_context(deal: Deal) -> None:
    card = publish(by=deal.maya, kind="policy", fields=POLICY)
    change_disclosure(by=deal.maya, disclosure_id=card.id, fields={**POLICY, "context": "Since 2020."})
    assert books_of(deal.proposal).cards[0].trace[0].changes == [
        {"field": "Context", "was": POLICY["context"], "now": "Since 2020."}
    ]


def test_a_withdrawal_stays_with_its_reason(deal: Deal) -> None:
    card = publish(by=deal.maya, kind="policy", fields=POLICY)
    with refused(Invalid, "required"):
        withdraw_disclosure(by=deal.maya, disclosure_id=card.id, reason=" ")
    withdraw_disclosure(by=deal.maya, disclosure_id=card.id, reason="It had a mistake.")
    (view,) = books_of(deal.proposal).cards
    assert (view.is_withdrawn, view.disclosure.withdrawn_reason) == (True, "It had a mistake.")
    assert books_of(deal.proposal).standing == []
    with refused(NotFound):
        change_disclosure(by=deal.maya, disclosure_id=card.id, fields=POLICY)
    publish(by=deal.maya, kind="policy", fields=POLICY)


def test_what_was_written_before_sharing_shows_only_as_what_stands(db: None) -> None:
    deal = make_deal(State.PREPARING)
    kept = publish(by=deal.maya, kind="overhead", fields=OVERHEAD)
    change_disclosure(by=deal.maya, disclosure_id=kept.id, fields={**OVERHEAD, "given": {"overhead_percent": "60"}})
    gone = publish(by=deal.maya, kind="policy", fields=POLICY)
    withdraw_disclosure(by=deal.maya, disclosure_id=gone.id, reason="Not for them.")
    assert len(books_of(deal.proposal).cards) == 2
    share(by=deal.maya)
    (view,) = books_of(deal.proposal).cards
    assert (view.card.number, view.trace) == ("60%", [])


def test_the_client_asks_and_gets_a_date_then_the_card(deal: Deal) -> None:
    asked = request_disclosure(by=deal.tomas, kind="policy", text="Does everybody pay the same?")
    assert told.sentence(deal.trail()[-1]) == (
        "Tomás Reyes asked to see: pricing policy (Does everybody pay the same?)"
    )
    answer_request(by=deal.maya, request_id=asked.id, promised_on="2027-01-12")
    asked.refresh_from_db()
    assert (asked.status, asked.promised_on) == ("date", dt.date(2027, 1, 12))
    assert told.sentence(deal.trail()[-1]) == "Maya Lindqvist promised the pricing policy by 12 January 2027"
    card = publish(by=deal.maya, kind="policy", fields=POLICY)
    asked.refresh_from_db()
    assert (asked.status, asked.disclosure, asked.answered_by_name) == ("disclosed", card, "Maya Lindqvist")
    with refused(WrongState):
        answer_request(by=deal.maya, request_id=asked.id, answer="No.")


def test_a_request_is_never_declined_without_a_reason(deal: Deal) -> None:
    asked = request_disclosure(by=deal.tomas, kind="overhead")
    with refused(Invalid, "required"):
        answer_request(by=deal.maya, request_id=asked.id, answer="")
    with refused(Invalid, "bad_date"):
        answer_request(by=deal.maya, request_id=asked.id, promised_on="soon")
    answer_request(by=deal.maya, request_id=asked.id, answer="Our landlord forbids it.")
    assert DisclosureRequest.objects.get().status == "reason"
    assert told.sentence(deal.trail()[-1]) == (
        "Maya Lindqvist said why the overhead is not disclosed: Our landlord forbids it."
    )


def test_each_side_does_its_part(deal: Deal) -> None:
    asked = request_disclosure(by=deal.tomas, kind="overhead")
    with refused(NotAllowed):
        request_disclosure(by=deal.maya, kind="overhead")
    with refused(NotAllowed):
        answer_request(by=deal.tomas, request_id=asked.id, answer="Never mind.")
    with refused(NotAllowed):
        publish(by=deal.tomas, kind="policy", fields=POLICY)


def test_publishing_changes_no_fingerprint(deal: Deal) -> None:
    before = [part.fingerprint for part in deal.standing().parts]
    publish(by=deal.maya, kind="build_up", fields=BUILD_UP)
    assert [part.fingerprint for part in deal.standing().parts] == before


def page(deal: Deal, who: Any) -> str:
    """The page of the open books as a person reads it."""
    browser = Client()
    browser.force_login(who.user)
    return browser.get(reverse("books", args=[deal.id])).content.decode()


def test_both_sides_read_the_same_cards(deal: Deal) -> None:
    publish(by=deal.maya, kind="build_up", fields=BUILD_UP)
    publish(by=deal.maya, kind="discounts", fields=DISCOUNTS)
    body = []
    for who in (deal.maya, deal.tomas):
        lines = [line for line in page(deal, who).splitlines() if line.strip() and "/books/" not in line]
        body.append("\n".join(lines).split('<article class="book-card"', 1)[1])
    assert body[0] == body[1].replace("Explain it to me", "Propose a talk")
    assert "€57.65 + €34.59 + €27.76 = €120.00" in body[0]
    assert "Pay is the average of the 4 people in this role." in body[0]
    assert "Volume, up to 7.5%" in body[0]


def test_a_refused_form_comes_back_as_it_was_filled_in(deal: Deal) -> None:
    browser = Client()
    browser.force_login(deal.maya.user)
    sent = {"title": "Our overhead", "context": "", "overhead_percent": "55", "basis": "Loaded cost."}
    answer = browser.post(reverse("disclosure_publish", args=[deal.id, "overhead"]), sent)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "“context” can’t be empty. Nothing was changed. What you wrote stands below." in shown
    assert 'value="55"' in shown
    assert "Loaded cost." in shown
    sent["context"] = "A small office."
    assert browser.post(reverse("disclosure_publish", args=[deal.id, "overhead"]), sent).status_code == 302
    assert Disclosure.objects.get().versions.get().content["given"]["overhead_percent"] == "55"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("build_up", BUILD_UP),
        ("overhead", OVERHEAD),
        ("leverage", LEVERAGE),
        ("policy", POLICY),
        ("discounts", DISCOUNTS),
    ],
)
def test_a_form_that_is_saved_as_it_stands_changes_nothing(kind: str, fields: dict[str, Any], deal: Deal) -> None:
    card = publish(by=deal.maya, kind=kind, fields=fields)
    browser = Client()
    browser.force_login(deal.maya.user)
    address = reverse("disclosure_change", args=[deal.id, card.id])
    form = browser.get(address).context["form"]
    sent = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    for name, field in form.fields.items():
        if sent[name] == "" and hasattr(field, "choices"):
            sent[name] = field.choices[0][0]
    assert browser.post(address, sent).status_code == 302
    card.refresh_from_db()
    assert card.version == 1


def test_a_question_on_the_spot_is_about_the_card(deal: Deal) -> None:
    publish(by=deal.maya, kind="policy", fields=POLICY)
    browser = Client()
    browser.force_login(deal.tomas.user)
    shown = browser.get(reverse("question_ask", args=[deal.id]), {"about": "Pricing policy: How we price"})
    assert shown.context["form"].initial["about"] == "Pricing policy: How we price"
    browser.post(
        reverse("question_ask", args=[deal.id]), {"text": "Everybody?", "about": "Pricing policy: How we price"}
    )
    assert deal.proposal.questions.get().about == "Pricing policy: How we price"


def test_a_new_staffing_card_begins_with_the_roles_of_the_proposal(deal: Deal) -> None:
    factories.line(deal.section("Pricing"), "Advice", kind="time", role="Designer", quantity="12", unit="hour")
    browser = Client()
    browser.force_login(deal.maya.user)
    form = browser.get(reverse("disclosure_publish", args=[deal.id, "leverage"])).context["form"]
    assert (form.initial["role-0"], form.initial["hours-0"]) == ("Designer", "12")


def test_a_card_appears_in_the_room_without_reloading(deal: Deal) -> None:
    publish(by=deal.maya, kind="policy", fields=POLICY)
    audience = audience_of(deal.tomas, deal.proposal.lifecycle)
    pieces = {piece["id"]: piece["html"] for piece in render_events(deal.id, deal.trail()[-1:], audience)}
    assert set(pieces) == {"books", "activity"}
    assert "Pricing policy: How we price" in pieces["books"]
