"""How the work is billed: who says what, what is agreed on, and what stays with the seller."""

from typing import Any

import pytest

from proposals import fragments
from proposals.access import Actor
from proposals.actions import billing, proposals, sections
from proposals.actions.export import draft_snapshot
from proposals.actions.price_settings import edit_price_settings
from proposals.documents import told
from proposals.documents.readiness import readiness_of
from proposals.exceptions import Invalid, NotAllowed, NotFound, StaleVersion
from proposals.models import BillingTerms, Proposal
from tests.kept import as_made
from tests.proposals.deal import CONDITIONS, SUMMARY, Deal, deal_after, refused

HOW = "How billing works"
CAPPED = {"rates": {"Designer": "112.50"}, "cap": "21600.00"}
DAYS = {"unit": "day", "low": "18", "likely": "21", "high": "27"}
COST = {"cost_per_hour": "70", "fixed_costs": "1200"}


def bill(deal: Deal) -> None:
    sections.add_section(by=deal.maya, title=HOW, kind="billing")


@pytest.fixture
def billed(db: None) -> Deal:
    """The deal with a section that says how the work is billed, as it begins: nothing chosen."""
    return as_made(deal_after, bill)


def terms(deal: Deal) -> BillingTerms:
    return BillingTerms.objects.get(section__proposal=deal.id, section__removed_at=None)


def choose(deal: Deal, by: Actor, model: str) -> BillingTerms:
    return billing.choose_model(by=by, section_id=deal.section(HOW).id, model=model)


def figures(deal: Deal, params: dict[str, Any], by: Actor | None = None) -> BillingTerms:
    return billing.set_figures(by=by or deal.maya, section_id=deal.section(HOW).id, params=params)


def capped(deal: Deal) -> None:
    choose(deal, deal.maya, "tm_cap")
    figures(deal, CAPPED)


def content(deal: Deal) -> dict[str, Any]:
    given: dict[str, Any] = deal.part(HOW).content["billing"]
    return given


def test_it_begins_with_nothing_chosen(billed: Deal) -> None:
    assert content(billed) == {"model": "", "params": {}}
    assert billed.standing().price.result.get("most") is None


def test_a_proposal_says_once_how_it_is_billed(billed: Deal) -> None:
    with refused(Invalid, "one_billing_section") as caught:
        sections.add_section(by=billed.tomas, title="Once more", kind="billing")
    assert HOW in caught.value.detail
    sections.remove_section(by=billed.maya, section_id=billed.section(HOW).id)
    sections.add_section(by=billed.tomas, title="Once more", kind="billing")


def test_either_side_chooses_the_model_and_the_figures_are_the_sellers(billed: Deal) -> None:
    choose(billed, billed.tomas, "fixed")
    assert billed.last("billing.model_chosen") == {
        "section": str(billed.section(HOW).id), "title": HOW, "was": "", "now": "Fixed fee",
        "total": "17303.00", "currency": "EUR",
    }  # fmt: skip
    with refused(NotAllowed):
        figures(billed, {"fee": "14000"}, by=billed.tomas)
    figures(billed, {"fee": "14000.00"})
    assert content(billed) == {
        "model": "fixed",
        "params": {"fee": "14000"},
        "limit": {"kind": "fixed", "covers": "everything", "amount": "14000.00"},
    }


def test_a_model_comes_back_with_its_figures_and_with_what_was_agreed(billed: Deal) -> None:
    capped(billed)
    for side in (billed.maya, billed.tomas):
        billed.agree(side, HOW)
    choose(billed, billed.tomas, "fixed")
    assert billed.agreed(HOW) == (False, False)
    choose(billed, billed.tomas, "tm_cap")
    assert billed.agreed(HOW) == (True, True)


def test_equal_figures_are_one_text_and_no_event(billed: Deal) -> None:
    capped(billed)
    before = billed.proposal.audit_number
    figures(billed, {"cap": "21600", "rates": {"Designer": "112.5000"}, "increment_hours": ""})
    assert billed.proposal.audit_number == before


@pytest.mark.parametrize(
    ("params", "code", "pointer"),
    [
        ({"rates": {"Designer": "112.50"}}, "missing_field", "params/cap"),
        ({**CAPPED, "cap": "0"}, "bad_number", "params/cap"),
        ({**CAPPED, "cap": "1,5"}, "bad_number", "params/cap"),
        ({**CAPPED, "cap": 21600}, "bad_number", "params/cap"),
        ({**CAPPED, "cap": "10.123"}, "too_many_decimals", "params/cap"),
        ({**CAPPED, "cap_scope": "all"}, "unknown_value", "params/cap_scope"),
        ({**CAPPED, "increment_hours": "2"}, "bad_number", "params/increment_hours"),
        ({**CAPPED, "rates": {"Designer": "-1"}}, "bad_number", "params/rates/Designer"),
        ({**CAPPED, "rates": ["112.50"]}, "not_an_object", "params/rates"),
        ({**CAPPED, "tip": "5"}, "unknown_field", "params/tip"),
    ],
)
def test_a_wrong_figure_is_named_with_its_limits(billed: Deal, params: dict[str, Any], code: str, pointer: str) -> None:
    choose(billed, billed.maya, "tm_cap")
    with refused(Invalid, code) as caught:
        figures(billed, params)
    assert [error.pointer for error in caught.value.errors] == [pointer]
    assert caught.value.detail.endswith("Nothing was changed.")


def test_figures_need_a_model_and_a_model_must_be_known(billed: Deal) -> None:
    with refused(Invalid, "no_model"):
        figures(billed, CAPPED)
    with refused(Invalid, "unknown_model") as caught:
        choose(billed, billed.tomas, "barter")
    assert "“barter”" in caught.value.detail
    with refused(NotFound):
        billing.choose_model(by=billed.maya, section_id=billed.section(SUMMARY).id, model="fixed")
    with refused(StaleVersion, "stale"):
        billing.choose_model(by=billed.maya, section_id=billed.section(HOW).id, model="fixed", expected_version=7)


def test_a_promise_stands_only_by_its_clause(billed: Deal) -> None:
    capped(billed)
    assert "clauses" not in content(billed)
    for by, chosen in ((billed.tomas, ["finish"]), (billed.maya, ["scope", "finish"])):
        billing.choose_clauses(by=by, section_id=billed.section(HOW).id, clauses=chosen)
    clauses = content(billed)["clauses"]
    assert [clause["key"] for clause in clauses] == ["scope", "finish"]
    assert clauses[1]["sentences"] == [
        "If the work is slower, we finish what we agreed and carry the extra cost ourselves."
    ]
    assert told.predicate(billed.trail()[-1]) == f"chose the clause “Scope the limit covers” in {HOW}"
    with refused(Invalid, "unknown_clause"):
        billing.choose_clauses(by=billed.maya, section_id=billed.section(HOW).id, clauses=["stop"])
    choose(billed, billed.maya, "tm")
    assert "clauses" not in content(billed)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"low": "30"}, "low"),
        ({"high": "20"}, "high"),
        ({"likely": ""}, "likely"),
        ({"low": "-1"}, "low"),
        ({"low": "0", "likely": "0", "high": "0"}, "high"),
    ],
)
def test_an_estimate_rises(billed: Deal, changes: dict[str, str], field: str) -> None:
    with refused(Invalid, "bad_estimate") as caught:
        billing.set_estimate(by=billed.maya, section_id=billed.section(HOW).id, changes={**DAYS, **changes})
    assert [error.pointer for error in caught.value.errors] == [field]


def test_the_cost_stays_with_the_seller_until_it_is_disclosed(billed: Deal) -> None:
    capped(billed)
    where = {"by": billed.maya, "section_id": billed.section(HOW).id}
    billing.set_estimate(**where, changes=DAYS)
    with refused(Invalid, "no_cost"):
        billing.disclose_cost(**where, disclosed=True)
    before = content(billed)
    billing.set_cost(**where, changes=COST)
    assert content(billed) == before
    assert billed.last("billing.cost_changed") == {
        "section": str(billed.section(HOW).id), "title": HOW, "disclosed": False,
    }  # fmt: skip
    assert "1200" not in draft_snapshot(billed.proposal).json
    with refused(NotAllowed):
        billing.disclose_cost(by=billed.tomas, section_id=billed.section(HOW).id, disclosed=True)
    billing.disclose_cost(**where, disclosed=True)
    assert content(billed)["cost"] == COST
    billing.disclose_cost(**where, disclosed=False)
    assert billed.last("billing.cost_withdrawn")["cost_per_hour"] == "70"
    assert content(billed) == before


def test_both_say_what_is_compared_and_the_seller_its_figures(billed: Deal) -> None:
    capped(billed)
    where = {"section_id": billed.section(HOW).id}
    billing.set_comparison(by=billed.tomas, models=[{"model": "fixed"}, {"model": "tm"}], **where)
    assert content(billed)["compared"] == [{"model": "fixed", "params": {}}, {"model": "tm", "params": {}}]
    with refused(Invalid, "sellers_figures"):
        billing.set_comparison(by=billed.tomas, models=[{"model": "fixed", "params": {"fee": "1"}}], **where)
    fixed = {"model": "fixed", "params": {"fee": "20000"}}
    billing.set_comparison(by=billed.maya, models=[fixed], **where)
    billing.set_comparison(by=billed.tomas, models=[{"model": "tm"}, fixed], **where)
    with refused(Invalid, "too_many"):
        billing.set_comparison(by=billed.tomas, models=[fixed] * 5, **where)
    choose(billed, billed.tomas, "fixed")
    assert content(billed)["params"] == {"fee": "20000"}


def test_a_gap_is_in_the_way_of_freezing(billed: Deal) -> None:
    def gaps() -> list[str]:
        obstacles = readiness_of(billed.proposal, billed.standing()).obstacles
        return [obstacle.sentence for obstacle in obstacles if obstacle.code == "billing_gap"]

    assert gaps() == [f"“{HOW}” is not complete: no billing model is chosen."]
    choose(billed, billed.tomas, "fixed")
    assert gaps() == [f"“{HOW}” is not complete: the figures of “Fixed fee” are missing."]
    figures(billed, {"fee": "14000.50"})
    assert gaps() == []
    Proposal.objects.filter(id=billed.id).update(currency="JPY")
    assert gaps() == [f"“{HOW}” is not complete: the figures of “Fixed fee” are missing."]


def test_the_total_says_the_most_it_can_become(billed: Deal) -> None:
    """6 days at 900 and two trainings are estimates; 8000 is firm."""
    capped(billed)
    assert billed.standing().price.result["most"] == {"kind": "at_most", "total": "35816.00"}
    before = billed.part("terms").fingerprint
    choose(billed, billed.tomas, "tm")
    assert billed.standing().price.result.get("most") is None
    figures(billed, {"rates": {"Designer": "112.50"}})
    assert billed.standing().price.result["most"] == {"kind": "no_upper_limit"}
    assert billed.part("terms").fingerprint != before


def test_lines_that_come_to_more_than_the_billing_allows_are_told_to_both(billed: Deal) -> None:
    capped(billed)
    page = fragments.room_page(billed.proposal, fragments.audience_of(billed.tomas, billed.proposal.lifecycle))
    assert not [note for note in page.totals.notes if "wants changing" in note]
    figures(billed, {**CAPPED, "cap": "1000"})
    for actor in (billed.maya, billed.tomas):
        page = fragments.room_page(billed.proposal, fragments.audience_of(actor, billed.proposal.lifecycle))
        assert (
            "The lines come to €17,303.00, but how it is billed allows at most €10,890.00. One of the two wants "
            "changing."
        ) in page.totals.notes


def test_what_was_not_chosen_before_sharing_stays_private(preparing: Deal) -> None:
    sections.add_section(by=preparing.maya, title=HOW, kind="billing")
    choose(preparing, preparing.maya, "fixed")
    figures(preparing, {"fee": "9999"})
    capped(preparing)
    proposals.share(by=preparing.maya)
    choose(preparing, preparing.tomas, "fixed")
    assert content(preparing) == {"model": "fixed", "params": {}}
    choose(preparing, preparing.tomas, "tm_cap")
    assert content(preparing)["params"] == {"rates": {"Designer": "112.5"}, "cap": "21600"}


def test_a_copy_has_the_same_terms_and_discloses_nothing(billed: Deal) -> None:
    capped(billed)
    where = {"by": billed.maya, "section_id": billed.section(HOW).id}
    billing.set_cost(**where, changes=COST)
    billing.disclose_cost(**where, disclosed=True)
    copy = proposals.copy_proposal(by=billed.maya)
    made = BillingTerms.objects.get(section__proposal=copy)
    assert (made.model, made.figures, made.cost_disclosed) == ("tm_cap", terms(billed).figures, False)


def test_other_parts_keep_their_fingerprints(billed: Deal) -> None:
    before = {title: billed.part(title).fingerprint for title in (SUMMARY, CONDITIONS, "terms")}
    choose(billed, billed.tomas, "fixed")
    assert {title: billed.part(title).fingerprint for title in before} == before
    edit_price_settings(by=billed.maya, changes={"hours_per_day": "7.5"})
    assert billed.part(SUMMARY).fingerprint == before[SUMMARY]
