"""The forms of the open books: rows that are there at first, and rows that unfold."""

from proposals.forms.books import ROWS_COUNT, LeverageForm


def test_three_rows_are_there_and_the_others_unfold() -> None:
    form = LeverageForm()
    assert [len(form.rows_shown), len(form.rows_folded)] == [3, ROWS_COUNT - 3]
    assert [bound.name for bound in form.rows_shown[1]] == ["role-1", "tier-1", "hours-1", "rate-1"]
    assert [bound.name for bound in [*form.head, *form.tail]] == ["title", "context"]


def test_what_is_filled_in_is_there_with_room_for_one_more() -> None:
    filled = LeverageForm(initial={f"role-{place}": "Designer" for place in range(ROWS_COUNT)})
    assert len(filled.rows_shown) == ROWS_COUNT
    some = LeverageForm({"role-0": "Designer", "role-2": "Developer", "title": "", "context": ""})
    assert len(some.rows_shown) == 4
