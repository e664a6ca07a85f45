"""Sections: adding, renaming, moving, removing, and writing their text from outside the editor."""

from typing import Any

import pytest

from collab.models import Room, Update
from proposals.actions import sections
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line
from proposals.actions.sections import add_section, edit_section, move_section, remove_section, write_text
from proposals.exceptions import Invalid, NotAllowed, NotFound, StaleVersion
from proposals.models import Section
from proposals.starters.text import bullets, document
from tests.proposals.deal import CONDITIONS, PRICING, REASON, SUMMARY, TEXTS, Deal, refused


def titles(deal: Deal) -> list[str]:
    return [section.title for section in deal.proposal.sections.standing()]


def positions(deal: Deal) -> list[int]:
    return [section.position for section in deal.proposal.sections.standing()]


@pytest.mark.parametrize(
    ("position", "order"),
    [
        (None, [SUMMARY, PRICING, CONDITIONS, "Team"]),
        (0, ["Team", SUMMARY, PRICING, CONDITIONS]),
        (2, [SUMMARY, PRICING, "Team", CONDITIONS]),
        (99, [SUMMARY, PRICING, CONDITIONS, "Team"]),
        (-1, ["Team", SUMMARY, PRICING, CONDITIONS]),
    ],
)
def test_a_section_is_added_where_it_was_asked_for(position: int | None, order: list[str], deal: Deal) -> None:
    add_section(by=deal.tomas, title="Team", text=document("We are four."), position=position)
    assert titles(deal) == order
    assert positions(deal) == [0, 1, 2, 3]
    assert deal.text("Team") == "We are four."
    assert deal.last("section.added")["title"] == "Team"


def test_a_section_without_text_has_an_empty_paragraph(deal: Deal) -> None:
    made = add_section(by=deal.maya, title="Team", external_id="crm-7", metadata={"a": "b"})
    assert (made.kind, made.external_id, made.metadata) == ("prose", "crm-7", {"a": "b"})
    assert deal.part("Team").content["text"] == {"type": "doc", "content": [{"type": "paragraph"}]}


def test_only_the_seller_adds_and_removes_prices(deal: Deal) -> None:
    with refused(NotAllowed):
        add_section(by=deal.tomas, title="More prices", kind="pricing")
    with refused(NotAllowed):
        remove_section(by=deal.tomas, section_id=deal.section(PRICING).id)
    assert add_section(by=deal.maya, title="More prices", kind="pricing").kind == "pricing"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": ""}, "required"),
        ({"title": "x" * 301}, "too_long"),
        ({"title": "Team", "kind": "table"}, "unknown_value"),
        ({"title": "Team", "metadata": {"n": 1}}, "bad_metadata"),
        ({"title": "Team", "text": {"type": "doc", "content": [{"type": "table"}]}}, "bad_text"),
        ({"title": "Team", "text": {"type": "doc", "content": [{"type": "text", "text": "\x00"}]}}, "bad_text"),
    ],
)
def test_what_can_not_be_used_is_refused(fields: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        add_section(by=deal.maya, **fields)


def test_a_title_of_300_characters_is_all_right(deal: Deal) -> None:
    assert add_section(by=deal.maya, title="é" * 300).title == "é" * 300


def test_a_proposal_takes_so_many_sections(deal: Deal) -> None:
    many = [Section(proposal=deal.proposal, position=3 + n, title=str(n)) for n in range(sections.SECTIONS_COUNT - 3)]
    Section.objects.bulk_create(many)
    with refused(Invalid, "too_many"):
        add_section(by=deal.maya, title="One more")


def test_a_section_is_renamed_and_told_what_it_was(deal: Deal) -> None:
    renamed = edit_section(by=deal.tomas, section_id=deal.section(SUMMARY).id, changes={"title": "In short"})
    assert (renamed.title, renamed.version) == ("In short", 2)
    assert deal.last("section.renamed") == {"section": str(renamed.id), "was": SUMMARY, "title": "In short"}
    assert edit_section(by=deal.tomas, section_id=renamed.id, changes={"title": "In short"}).version == 2
    assert deal.events() == ["section.renamed"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"title": " "}, "required"), ({"kind": "pricing"}, "unknown_field"), ({"position": 1}, "unknown_field")],
)
def test_a_wrong_change_changes_nothing(changes: dict[str, Any], code: str, deal: Deal) -> None:
    with refused(Invalid, code):
        edit_section(by=deal.maya, section_id=deal.section(SUMMARY).id, changes=changes)


def test_who_saw_an_older_version_is_told(deal: Deal) -> None:
    section = deal.section(SUMMARY)
    edit_section(by=deal.maya, section_id=section.id, changes={"title": "In short"}, expected_version=1)
    with refused(StaleVersion) as caught:
        edit_section(by=deal.tomas, section_id=section.id, changes={"title": "Short"}, expected_version=1)
    assert caught.value.extra == {"current_version": 2}
    with refused(StaleVersion):
        remove_section(by=deal.tomas, section_id=section.id, expected_version=1)


@pytest.mark.parametrize(
    ("title", "position", "order"),
    [
        (SUMMARY, 1, [PRICING, SUMMARY, CONDITIONS]),
        (SUMMARY, 99, [PRICING, CONDITIONS, SUMMARY]),
        (CONDITIONS, 0, [CONDITIONS, SUMMARY, PRICING]),
        (CONDITIONS, -5, [CONDITIONS, SUMMARY, PRICING]),
    ],
)
def test_a_section_is_moved(title: str, position: int, order: list[str], deal: Deal) -> None:
    move_section(by=deal.tomas, section_id=deal.section(title).id, position=position)
    assert titles(deal) == order
    assert positions(deal) == [0, 1, 2]
    assert deal.last("section.moved")["position"] == order.index(title) + 1


def test_a_section_moved_to_its_own_place_is_no_change(deal: Deal) -> None:
    move_section(by=deal.maya, section_id=deal.section(PRICING).id, position=1)
    assert (deal.events(), deal.proposal.version) == ([], 1)


def test_a_removed_section_keeps_its_row_and_its_text_in_the_log(deal: Deal) -> None:
    section = deal.section(SUMMARY)
    remove_section(by=deal.tomas, section_id=section.id)
    assert titles(deal) == [PRICING, CONDITIONS]
    assert positions(deal) == [0, 1]
    assert Section.objects.get(id=section.id).removed_at is not None
    payloads = Update.objects.filter(room__proposal=deal.id)
    assert any(TEXTS[SUMMARY].encode() in bytes(row.payload) for row in payloads)
    for attempt in (
        lambda: remove_section(by=deal.tomas, section_id=section.id),
        lambda: edit_section(by=deal.tomas, section_id=section.id, changes={"title": "Back"}),
        lambda: move_section(by=deal.tomas, section_id=section.id, position=0),
        lambda: write_text(by=deal.tomas, section_id=section.id, text=document("Back"), replace=True),
    ):
        with refused(NotFound):
            attempt()


def test_removed_prices_no_longer_count(deal: Deal) -> None:
    remove_section(by=deal.maya, section_id=deal.section(PRICING).id)
    assert deal.total == "0.00"


def test_prices_that_a_discount_needs_are_not_removed(deal: Deal) -> None:
    discount = {"type": "amount", "value": "100.00", "reason": "goodwill", "text": REASON}
    set_discounts(by=deal.maya, discounts=[discount])
    with refused(Invalid, "discount_exceeds_base"):
        remove_section(by=deal.maya, section_id=deal.section(PRICING).id)


def test_prices_that_an_allowance_elsewhere_is_part_of_are_not_removed(deal: Deal) -> None:
    other = add_section(by=deal.maya, title="More prices", kind="pricing")
    fields = {"kind": "allowance", "title": "Reserve", "percent": "10", "percent_of": [str(deal.line("Portal").id)]}
    add_line(by=deal.maya, section_id=other.id, fields=fields)
    with refused(Invalid, "bad_allowance_base") as caught:
        remove_section(by=deal.maya, section_id=deal.section(PRICING).id)
    assert caught.value.detail.startswith("“Reserve”: “Portal” is not a line of this document")


def test_the_last_section_may_go(deal: Deal) -> None:
    for title in (SUMMARY, PRICING, CONDITIONS):
        remove_section(by=deal.maya, section_id=deal.section(title).id)
    assert (titles(deal), deal.total) == ([], "0.00")


def test_text_written_from_outside_is_a_forward_edit(deal: Deal) -> None:
    before = Room.objects.get(proposal=deal.id).head_seq
    write_text(
        by=deal.tomas,
        section_id=deal.section(SUMMARY).id,
        text=document("Patients book.", bullets("By day")),
        replace=True,
    )
    assert deal.text(SUMMARY) == "Patients book.\n- By day"
    room = Room.objects.get(proposal=deal.id)
    assert room.head_seq == before + 1
    update = room.updates.get(seq=room.head_seq)
    assert (update.origin, update.actor) == ("rest", deal.tomas.user)
    assert deal.text(CONDITIONS) == TEXTS[CONDITIONS]


def test_text_that_stands_there_already_is_no_change(deal: Deal) -> None:
    write_text(by=deal.maya, section_id=deal.section(SUMMARY).id, text=document(TEXTS[SUMMARY]), replace=True)
    assert (deal.events(), deal.proposal.version) == ([], 1)


def test_an_authors_editing_of_a_section_is_told_once_a_minute(deal: Deal) -> None:
    for number, (by, title) in enumerate(
        [(deal.maya, SUMMARY), (deal.maya, SUMMARY), (deal.tomas, SUMMARY), (deal.maya, CONDITIONS)]
    ):
        write_text(by=by, section_id=deal.section(title).id, text=document(f"Version {number}"), replace=True)
    told = [(event.content.actor_name, event.content.facts["title"]) for event in deal.trail()]
    assert told == [("Maya Lindqvist", SUMMARY), ("Tomás Reyes", SUMMARY), ("Maya Lindqvist", CONDITIONS)]


@pytest.mark.parametrize("text", [{}, {"type": "paragraph"}, {"type": "doc", "content": [{"type": "image"}]}, None])
def test_text_that_our_schema_does_not_have_is_refused(text: Any, deal: Deal) -> None:
    with refused(Invalid, "bad_text"):
        write_text(by=deal.maya, section_id=deal.section(SUMMARY).id, text=text, replace=True)
