"""What comes as a draft and what as a record, by side, state and kind; cards of open books come to the same again."""

from typing import Any

import pytest

from proposals.actions.bringing_in import becomes
from proposals.actions.disclosed_figures import read_content
from proposals.states import State

DRAFTS = {"preparing", "open", "frozen"}


@pytest.mark.parametrize("state", [state.value for state in State if state is not State.ARCHIVED])
def test_only_what_the_firm_still_sells_becomes_a_draft(state: str) -> None:
    own = {"state": state, "side": "seller", "amends": None}
    assert becomes(own) == ("draft" if state in DRAFTS else "record")
    assert becomes({**own, "side": "client"}) == "record"
    assert becomes({**own, "amends": {"revision": 1}}) == "record"


SALARY = {"salary": "54000", "benefits_percent": "25", "capacity_hours": "1600", "utilization_percent": "70",
          "overhead_percent": "60", "target_margin_percent": "20"}  # fmt: skip
CARDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "policy": ("policy", {"lines": [{"title": "Rates", "text": "They change in January."}]}, {}),
    "overhead": ("overhead", {"overhead_percent": "60"}, {}),
    "direct cost": ("build_up", {"direct_cost_per_hour": "45", "overhead_percent": "60", "markup_percent": "20"}, {}),
    "pay of a role": ("build_up", SALARY, {"basis": "role", "people_count": 4}),
    "pay with consent": ("build_up", SALARY, {"basis": "consent", "consent": "In writing, of 3 May"}),
    "pay in a band": ("build_up", {**SALARY, "salary": ""}, {"basis": "band", "low": "50000", "high": "60000"}),
    "leverage": (
        "leverage",
        {"staffing": [{"role": "Partner", "tier": "senior", "hours": "10", "rate": "200"},
                      {"role": "Designer", "tier": "junior", "hours": "40", "rate": "100"}]},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CARDS)
def test_a_card_that_is_read_again_says_the_same(name: str) -> None:
    kind, given, pay = CARDS[name]
    content = read_content("EUR", kind, {"title": name, "context": "A small office.", "given": given, "pay": pay})
    assert read_content("EUR", kind, content) == content
