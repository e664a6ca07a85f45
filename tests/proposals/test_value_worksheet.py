"""The value worksheet: whose number the value is, what changes that, and what it takes to freeze."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from proposals.actions import billing, freezing, participants, proposals, templates, value_worksheet
from proposals.actions.derivation import derivation_of
from proposals.actions.export import draft_snapshot
from proposals.documents import told
from proposals.documents.billing_told import told_content
from proposals.documents.differences import differences
from proposals.documents.ledger import price_changes, price_events
from proposals.documents.readiness import readiness_of
from proposals.documents.render import Instance, document_html
from proposals.exceptions import ChangedSince, Invalid, NotAllowed, WrongState
from proposals.forms.value_worksheet import WorksheetForm
from proposals.models import BillingTerms, Proposal, Template, ValueWorksheet
from tests import factories
from tests.proposals.deal import Deal, refused
from tests.proposals.valued import FILLED, HOW, SHARE, choose_value, fill, view


def confirm(deal: Deal, seen: str = "") -> None:
    value_worksheet.confirm_value(
        by=deal.tomas, section_id=deal.section(HOW).id, seen=seen or worksheet_told(deal)["fingerprint"]
    )


def own(deal: Deal, value: str, note: str = "") -> None:
    value_worksheet.state_own_value(by=deal.tomas, section_id=deal.section(HOW).id, value=value, note=note)


def content(deal: Deal) -> dict[str, Any]:
    given: dict[str, Any] = deal.part(HOW).content["billing"]
    return given


def worksheet_told(deal: Deal) -> dict[str, Any]:
    terms = BillingTerms.objects.get(section=deal.section(HOW))
    found: dict[str, Any] = told_content(terms, content(deal), deal.proposal)["worksheet"]
    return found


def gaps(deal: Deal) -> list[str]:
    obstacles = readiness_of(deal.proposal, deal.standing()).obstacles
    return [obstacle.sentence for obstacle in obstacles if obstacle.code not in ("not_agreed", "no_signatory")]


def test_an_unused_worksheet_is_no_part_of_what_is_agreed(valued: Deal) -> None:
    assert set(content(valued)) == {"model", "params"}
    fill(valued, valued.maya, measure="Bookings")
    before = valued.part(HOW).fingerprint
    billing.choose_model(by=valued.tomas, section_id=valued.section(HOW).id, model="fixed")
    assert content(valued) == {"model": "fixed", "params": {}}
    billing.choose_model(by=valued.tomas, section_id=valued.section(HOW).id, model="value_based")
    assert valued.part(HOW).fingerprint == before


def test_what_is_filled_in_stands_with_the_fee_at_each_outcome(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    own(valued, "20000.00", "Less than that, as it is new.")
    found = content(valued)
    assert found["params"]["expected_value"] == "24000"
    assert found["limit"] == {"kind": "fixed", "covers": "everything", "amount": "3600.00"}
    sheet = found["worksheet"]
    assert sheet["without_us"] == {"value": "1900", "note": "It was stable for two years."}
    assert sheet["expected_change"] == {"low": "150", "likely": "300", "high": "450"}
    assert sheet["own_estimate"] == {
        "value": "20000", "by": "Tomás Reyes", "note": "Less than that, as it is new.",
    }  # fmt: skip
    assert sheet["results"]["low"] == {
        "worth": "12000.00", "base": "24000.00", "share": "3600.00", "bound": "", "client_pays": "3600.00",
        "client_net_value": "8400.00", "value_multiple": "3.33",
    }  # fmt: skip
    assert list(sheet["results"]) == ["low", "likely", "high"]


def test_measured_afterwards_the_fee_follows_what_comes(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    billing.set_figures(
        by=valued.maya, section_id=valued.section(HOW).id, params={**SHARE, "mode": "measured", "floor": "2000"}
    )
    assert "expected_value" not in content(valued)["params"]
    results = content(valued)["worksheet"]["results"]
    assert [(row["client_pays"], row["bound"]) for row in results.values()] == [
        ("2000.00", "floor"), ("3600.00", ""), ("5400.00", ""),
    ]  # fmt: skip
    billing.set_figures(by=valued.maya, section_id=valued.section(HOW).id, params=SHARE)
    assert content(valued)["params"]["expected_value"] == "24000"


def test_what_the_seller_says_is_not_confirmed_and_is_marked_everywhere(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    shown = view(valued)
    assert (shown.worksheet.is_confirmed, shown.worksheet.mark) == (False, "Not confirmed by the client")
    rows = {row["label"]: row["value"] for row in shown.about["figures"]}
    assert rows["Expected value"] == "€24,000.00 (not confirmed by the client)"
    assert shown.limit == "Exactly €3,600.00 before tax (on a value that is not confirmed by the client)"
    assert shown.about["sentences"][-1] == "The client has not confirmed the expected value."
    rows = dict(shown.worksheet.rows)
    assert rows["Expected value"] == "€24,000.00, which is 300 × €80.00 (not confirmed by the client)"
    confirm(valued)
    shown = view(valued)
    assert dict(shown.worksheet.rows)["Expected value"].endswith("(confirmed by the client)")
    assert "The client has not confirmed the expected value." not in shown.about["sentences"]
    assert {row["label"]: row["value"] for row in shown.about["figures"]}["Expected value"] == "€24,000.00"
    assert shown.limit == "Exactly €3,600.00 before tax"
    assert shown.worksheet.confirmation.startswith("Confirmed by Tomás Reyes on ")


def test_a_confirmation_changes_no_fingerprint(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    valued.agree(valued.maya, HOW)
    confirm(valued)
    assert valued.agreed(HOW) == (True, False)
    assert valued.last("billing.value_confirmed")["value"] == "24000.00"


def test_a_later_change_by_the_seller_unconfirms_with_before_and_after(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    confirm(valued)
    fill(valued, valued.maya, likely="400")
    assert worksheet_told(valued)["confirmed"] is False
    assert [(each.what, each.was, each.now) for each in view(valued).worksheet.moved] == [
        ("The expected change, likely", "300", "400"),
        ("The expected value", "€24,000.00", "€32,000.00"),
    ]
    assert told.predicate(valued.trail()[-1]) == (
        f"changed the value worksheet of {HOW}: the expected change, likely from 300 to 400 and the expected value "
        "from €24,000.00 to €32,000.00; the value is not confirmed by the client any more"
    )
    fill(valued, valued.maya, likely="300")
    assert worksheet_told(valued)["confirmed"] is True


def test_whatever_the_value_rests_on_is_confirmed_with_it(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    confirm(valued)
    others = {
        "measure": "Calls",
        "unit": "calls a day",
        "low": "200",
        "high": "400",
        "without_us": "90",
        "worth_of_one": "90",
    }
    for field, value in others.items():
        fill(valued, valued.maya, **{field: value})
        assert worksheet_told(valued)["confirmed"] is False, field
        fill(valued, valued.maya, **{field: FILLED[field]})
        assert worksheet_told(valued)["confirmed"] is True, field


def test_notes_leave_a_confirmation_alone(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    confirm(valued)
    fill(valued, valued.maya, data_source="Another system", assumptions="None.", without_us_note="A guess")
    assert worksheet_told(valued)["confirmed"] is True


def test_what_a_person_of_the_client_writes_is_the_clients_number(valued: Deal) -> None:
    fill(valued, valued.maya, **{**FILLED, "likely": "", "low": "", "high": ""})
    fill(valued, valued.tomas, likely="200")
    assert worksheet_told(valued)["confirmed"] is True
    assert valued.last("billing.value_changed")["confirmation"] == "given"
    fill(valued, valued.tomas, measure="Bookings online")
    assert worksheet_told(valued)["confirmed"] is True
    fill(valued, valued.maya, likely="300")
    fill(valued, valued.tomas, measure="Bookings by telephone")
    assert worksheet_told(valued)["confirmed"] is False
    fill(valued, valued.token("client"), likely="250")
    assert worksheet_told(valued)["confirmed"] is False


def test_only_the_client_confirms_and_only_what_was_seen(valued: Deal) -> None:
    fill(valued, valued.maya, **{**FILLED, "without_us": ""})
    with refused(Invalid, "incomplete") as caught:
        confirm(valued)
    assert caught.value.detail == (
        "The value can’t be confirmed yet: the value worksheet does not say what the measure is “without us”. "
        "Nothing was changed."
    )
    fill(valued, valued.maya, without_us="0")
    seen = worksheet_told(valued)["fingerprint"]
    section = valued.section(HOW).id
    reader = valued.seat("reader@example.org", "client", role="reader")
    for by, code in ((valued.maya, ""), (valued.token("client"), "person_required"), (reader, "")):
        with refused(NotAllowed, code):
            value_worksheet.confirm_value(by=by, section_id=section, seen=seen)
    fill(valued, valued.maya, likely="310")
    with refused(ChangedSince) as changed:
        confirm(valued, seen)
    assert "it is 24800.00 EUR now" in changed.value.detail


def test_a_confirmation_is_taken_back_and_given_once(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    confirm(valued)
    before = valued.number
    confirm(valued)
    assert valued.number == before
    where: dict[str, Any] = {"by": valued.tomas, "section_id": valued.section(HOW).id}
    value_worksheet.take_back_confirmation(**where)
    assert worksheet_told(valued)["confirmed"] is False
    assert (
        told.predicate(valued.trail()[-1]) == f"took back the confirmation of the expected value in {HOW}: €24,000.00"
    )
    after = valued.number
    value_worksheet.take_back_confirmation(**where)
    assert valued.number == after


def test_freezing_waits_for_the_baseline_and_the_confirmation(valued: Deal) -> None:
    start = f"“{HOW}” is not complete: "
    assert gaps(valued) == [
        f"{start}the value worksheet does not say what is measured.",
        f"{start}the value worksheet does not say what the measure is “without us”.",
        f"{start}the value worksheet does not say which change is expected.",
    ]
    fill(valued, valued.maya, **{**FILLED, "without_us": ""})
    assert gaps(valued) == [f"{start}the value worksheet does not say what the measure is “without us”."]
    fill(valued, valued.tomas, without_us="1900")
    for side in (valued.maya, valued.tomas):
        valued.agree(side)
    for place in valued.proposal.participants.all():
        participants.set_participant(
            by=valued.maya if place.side == "seller" else valued.tomas,
            participant_id=place.id,
            role="editor",
            is_signatory=True,
        )
    with refused(WrongState, "not_ready") as caught:
        freezing.freeze(by=valued.maya)
    assert caught.value.detail == (
        "The proposal can’t be locked for signing yet. “How billing works” is not complete: the client has not "
        "confirmed the expected value of €24,000.00."
    )
    confirm(valued)
    assert gaps(valued) == []
    assert freezing.freeze(by=valued.maya).number == 1


def test_a_revision_has_the_worksheet_and_who_confirmed_it(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    confirm(valued)
    snapshot = draft_snapshot(valued.proposal).content
    section = next(each for each in snapshot["sections"] if each["title"] == HOW)
    assert section["billing"]["worksheet"] == content(valued)["worksheet"]
    html = document_html(snapshot, instance=Instance("Test", "http://test", "00"), draft=None)
    assert "Confirmed by Tomás Reyes on " in html
    assert "not confirmed by the client" not in html
    assert "150 × €80.00 = €12,000.00; 15% of the agreed €24,000.00 is €3,600.00." in html
    fill(valued, valued.maya, likely="400")
    html = document_html(
        draft_snapshot(valued.proposal).content, instance=Instance("Test", "http://test", "00"), draft=None
    )
    assert "€32,000.00 (not confirmed by the client)" in html
    assert "was €24,000.00, now <b>€32,000.00</b>" in html
    told_of_it = section["explanation"]["worksheet"]
    assert (told_of_it["confirmed"], told_of_it["by"], told_of_it["expected_value"]) == (
        True,
        "Tomás Reyes",
        "24000.00",
    )


def test_the_panel_sends_what_was_changed_and_only_the_client_may_confirm(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    seller, client = Client(), Client()
    seller.force_login(factories.seller(valued.proposal))
    client.force_login(factories.client(valued.proposal))
    where = [valued.id, valued.section(HOW).id]
    panel = client.get(reverse("billing_value", args=where)).content.decode()
    assert "the value counts as confirmed by you" in panel
    assert 'name="own-value"' in panel
    assert 'name="own-value"' not in seller.get(reverse("billing_value", args=where)).content.decode()
    form = WorksheetForm(ValueWorksheet.objects.get(), "en")
    sent = {**{bound.name: bound.value() for bound in form}, "likely": "300,5", "worth_of_one": "80"}
    fill(valued, valued.maya, data_source="The till")
    headers = {"Accept": "application/json", "Accept-Language": "de"}
    answer = client.post(reverse("billing_value", args=where), sent, headers=headers).json()
    assert f"billing-{where[1]}" in [piece["id"] for piece in answer["fragments"]]
    sheet = ValueWorksheet.objects.get()
    assert (sheet.likely, sheet.data_source, sheet.confirmed["likely"]) == (Decimal("300.5"), "The till", "300.5")
    client.post(reverse("billing_value_unconfirm", args=where))
    button = "as the expected value"
    room = reverse("room", args=[valued.id])
    assert button in client.get(room).content.decode()
    assert button not in seller.get(room).content.decode()
    client.post(reverse("billing_value_confirm", args=where), {"seen": worksheet_told(valued)["fingerprint"]})
    client.post(
        reverse("billing_value_own", args=where), {"own-value": "20.000,00", "own-note": "A guess"}, headers=headers
    )
    assert view(valued).worksheet.is_confirmed
    assert view(valued).worksheet.own == "€20,000.00, says Tomás Reyes. A guess"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"likely": "1,5"}, "bad_number", "likely"),
        ({"likely": "-1"}, "bad_number", "likely"),
        ({"likely": "100"}, "bad_estimate", "low"),
        ({"low": ""}, "bad_estimate", "low"),
        ({"likely": ""}, "bad_estimate", "likely"),
        ({"worth_of_one": "0.1234567"}, "too_many_decimals", "worth_of_one"),
        ({"worth_of_one": "", "likely": "300.125"}, "too_many_decimals", "likely"),
        ({"measure": "x" * 301}, "too_long", "measure"),
        ({"confirmed": "yes"}, "unknown_field", "confirmed"),
    ],
)
def test_a_wrong_entry_is_named(valued: Deal, changes: dict[str, str], code: str, field: str) -> None:
    fill(valued, valued.maya, **FILLED)
    with refused(Invalid, code) as caught:
        fill(valued, valued.maya, **changes)
    assert [error.pointer for error in caught.value.errors] == [field]
    assert caught.value.detail.endswith("Nothing was changed.")


def test_another_model_has_no_worksheet(valued: Deal) -> None:
    billing.choose_model(by=valued.maya, section_id=valued.section(HOW).id, model="fixed")
    with refused(Invalid, "not_value_based"):
        fill(valued, valued.maya, measure="Bookings")


def test_nobody_writes_over_what_somebody_else_changed_meanwhile(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    section = valued.section(HOW).id
    fill(valued, valued.tomas, likely="200")
    seen = {name: str(value) for name, value in FILLED.items()}

    def send(**changes: str) -> None:
        value_worksheet.fill_worksheet(by=valued.maya, section_id=section, changes={**FILLED, **changes}, seen=seen)

    with refused(Invalid, "overtaken") as caught:
        send(likely="350")
    assert "it is “200” now" in caught.value.detail
    send(data_source="The till")
    assert ValueWorksheet.objects.get().likely == 200
    assert ValueWorksheet.objects.get().data_source == "The till"


def test_an_expected_value_among_the_figures_goes_to_the_worksheet(valued: Deal) -> None:
    where: dict[str, Any] = {"by": valued.maya, "section_id": valued.section(HOW).id}
    billing.set_figures(**where, params={**SHARE, "expected_value": "24000.00"})
    assert content(valued)["worksheet"]["expected_change"] == {"likely": "24000"}
    assert list(content(valued)["worksheet"]["results"]) == ["half", "likely"]
    assert valued.events()[-1] == "billing.value_changed"
    fill(valued, valued.maya, measure="Margin", without_us="0")
    confirm(valued)
    billing.set_figures(**where, params={**SHARE, "share_percent": "20", "expected_value": "30000"})
    assert worksheet_told(valued)["confirmed"] is False
    assert (content(valued)["params"]["expected_value"], content(valued)["limit"]["amount"]) == ("30000", "6000.00")
    billing.set_figures(**where, params=SHARE)
    assert content(valued)["params"]["expected_value"] == "30000"
    fill(valued, valued.maya, worth_of_one="2")
    with refused(Invalid, "follows_worksheet") as caught:
        billing.set_figures(**where, params={**SHARE, "expected_value": "1"})
    assert "60000.00" in caught.value.detail


def test_figures_from_before_worksheets_wait_for_the_clients_word(valued: Deal) -> None:
    """A value-based section that was filled in before there were worksheets keeps its fingerprint."""
    figures = {"value_based": {"share_percent": "10", "expected_value": "24000"}}
    BillingTerms.objects.filter(section=valued.section(HOW)).update(figures=figures)
    assert set(content(valued)) == {"model", "params", "limit"}
    assert worksheet_told(valued)["says"] == "not confirmed by the client"
    assert f"“{HOW}” is not complete: the value worksheet does not say what is measured." in gaps(valued)
    fill(valued, valued.tomas, measure="Margin", without_us="0")
    assert content(valued)["worksheet"]["expected_change"] == {"likely": "24000"}
    assert worksheet_told(valued)["confirmed"] is False


def test_the_same_work_by_the_hour_and_for_a_fixed_fee_stands_beside_it(valued: Deal) -> None:
    where: dict[str, Any] = {"by": valued.maya, "section_id": valued.section(HOW).id}
    fill(valued, valued.maya, **FILLED)
    shown = view(valued).worksheet
    assert shown.not_beside == "The hourly and the fixed version of the same work are not beside it yet."
    assert shown.sellers_side == (
        "Northlight Studio has not disclosed how many hours it expects. "
        "Northlight Studio has not disclosed what the work costs it."
    )
    billing.set_estimate(**where, changes={"unit": "day", "low": "2", "likely": "4", "high": "6"})
    billing.set_comparison(
        **where, models=[{"model": "tm", "params": {"rate": "100"}}, {"model": "fixed", "params": {"fee": "4000"}}]
    )
    billing.set_cost(**where, changes={"cost_per_hour": "70"})
    billing.disclose_cost(**where, disclosed=True)
    shown = view(valued).worksheet
    assert [(row.name, row.low, row.likely, row.high) for row in shown.beside] == [
        ("Time and materials", "€1,600.00", "€3,200.00", "€4,800.00"),
        ("Fixed fee", "€4,000.00", "€4,000.00", "€4,000.00"),
    ]
    working = derivation_of(valued.proposal).working
    assert [working.step(row.of["high"]).result for row in shown.beside] == ["4800.00", "4000.00"]
    assert view(valued).what_if.says == "You pay €3,200.00 with “Time and materials”."
    assert (shown.not_beside, shown.sellers_side) == (
        "",
        "Northlight Studio expects 4 days of work. At that the likely fee comes to €112.50 an hour. "
        "An hour costs Northlight Studio €70.00.",
    )


def test_the_ledger_names_what_changed(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    fill(valued, valued.tomas, likely="200")
    proposal = valued.proposal
    last = price_changes(proposal, price_events(proposal))[-1]
    assert [(move.field, move.was, move.now) for move in last.moves] == [
        ("the expected change, likely", "300", "200"),
        ("the expected value", "€24,000.00", "€16,000.00"),
        ("the most the total can become", "€14,036.00", "€13,310.00"),
    ]


def test_what_changed_since_an_agreement_is_said_shortly(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    then = content(valued)
    fill(valued, valued.maya, likely="400", without_us="")
    assert [
        (each.what, each.was, each.now) for each in differences({"billing": then}, {"billing": content(valued)}, "EUR")
    ] == [
        ("Billing, params, expected value", "24,000", "32,000"),
        ("Billing, limit, amount", "€3,600.00", "€4,800.00"),
        ("Billing, value worksheet, without us, value", "1,900", ""),
        ("Billing, value worksheet, expected change, likely", "300", "400"),
        ("Billing, value worksheet, low, fee", "€3,600.00", "€4,800.00"),
        ("Billing, value worksheet, likely, worth", "€24,000.00", "€32,000.00"),
        ("Billing, value worksheet, likely, fee", "€3,600.00", "€4,800.00"),
        ("Billing, value worksheet, high, fee", "€3,600.00", "€4,800.00"),
    ]


def test_the_clients_own_estimate_has_its_author(valued: Deal) -> None:
    own(valued, "20000", "A guess")
    assert view(valued).worksheet.own == "€20,000.00, says Tomás Reyes. A guess"
    with refused(NotAllowed):
        value_worksheet.state_own_value(by=valued.maya, section_id=valued.section(HOW).id, value="1")
    with refused(Invalid, "too_many_decimals"):
        own(valued, "1.005")
    own(valued, "")
    assert view(valued).worksheet.own == ""
    assert told.predicate(valued.trail()[-1]).endswith("; it was 20000")


def test_the_clients_word_is_not_copied_nor_kept_in_a_template(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    own(valued, "20000")
    confirm(valued)
    copy = proposals.copy_proposal(by=valued.maya)
    made = ValueWorksheet.objects.get(terms__section__proposal=copy)
    assert (made.measure, made.own_value, made.confirmed, made.confirmed_by_name) == (FILLED["measure"], None, {}, "")
    templates.save_as_template(by=valued.maya, title="By value")
    kept = Template.objects.get().content["sections"][-1]["billing"]["figures"]["value_based"]
    assert kept == {"mode": "agreed", "share_percent": "15", "floor": "3000", "ceiling": "9000"}


def test_a_worksheet_of_a_model_that_is_not_chosen_stays_private(preparing: Deal) -> None:
    choose_value(preparing)
    fill(preparing, preparing.maya, **FILLED)
    billing.choose_model(by=preparing.maya, section_id=preparing.section(HOW).id, model="fixed")
    proposals.share(by=preparing.maya)
    assert ValueWorksheet.objects.count() == 0
    billing.choose_model(by=preparing.tomas, section_id=preparing.section(HOW).id, model="value_based")
    assert content(preparing) == {"model": "value_based", "params": {}}


def test_another_currency_is_another_value(valued: Deal) -> None:
    fill(valued, valued.maya, **FILLED)
    confirm(valued)
    Proposal.objects.filter(id=valued.id).update(currency="USD")
    assert worksheet_told(valued)["confirmed"] is False
