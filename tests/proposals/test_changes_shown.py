"""“See the change”: before and now of one part, and nothing of any other."""

from typing import Any

from django.test import Client
from django.urls import reverse

from proposals.actions import sections
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line, remove_line
from proposals.actions.proposals import set_terms
from proposals.documents.differences import Difference, differences
from proposals.documents.parts import TERMS
from proposals.models import Agreement
from tests.proposals.deal import PRICING, REASON, SUMMARY, Deal

DISCOUNT = {"type": "percent", "value": "10", "reason": "volume", "text": REASON}


def shown(deal: Deal, title: str) -> Any:
    """What Tomás is shown of a part."""
    client = Client()
    client.force_login(deal.tomas.user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("part_changes", args=[deal.proposal.id, deal.key(title)])).context


def said(deal: Deal, title: str) -> list[tuple[str, str, str]]:
    """The differences of a part from what Tomás agreed to."""
    return [(row.what, row.was, row.now) for row in shown(deal, title)["differences"]]


def test_a_changed_line_is_shown_with_both_values_and_what_follows(deal: Deal) -> None:
    deal.agree(deal.tomas)
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "8500.00"})
    assert said(deal, PRICING) == [
        ("“Portal”, amount", "€8,000.00", "€8,500.00"),
        ("“Portal”, sum", "€8,000.00", "€8,500.00"),
        ("Sum", "€14,300.00", "€14,800.00"),
    ]
    assert said(deal, TERMS) == [("Total", "€17,303.00", "€17,908.00")]
    assert said(deal, SUMMARY) == []


def test_lines_and_discounts_that_came_and_went_are_named(deal: Deal) -> None:
    deal.agree(deal.tomas)
    remove_line(by=deal.maya, line_id=deal.line("Design").id)
    set_discounts(by=deal.maya, line_id=deal.line("Portal").id, discounts=[DISCOUNT])
    found = {what: (was, now) for what, was, now in said(deal, PRICING)}
    assert found["“Design”"] == ("€5,400.00", "")
    assert found[f"“Portal”, “{REASON}”"] == ("", "10%")


def test_terms_list_their_own_changes_and_no_other_events(deal: Deal) -> None:
    deal.agree(deal.tomas)
    set_terms(by=deal.maya, changes={"title": "Another title", "starts_on": "2027-02-01"})
    sections.edit_section(by=deal.maya, section_id=deal.section(SUMMARY).id, changes={"title": "In short"})
    edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"detail": "All of it"})
    sections.write_text(
        by=deal.maya, section_id=deal.section(PRICING).id, text=sections_text("Before tax."), replace=True
    )
    assert said(deal, TERMS) == [
        ("Title", "A booking portal your patients can use without calling", "Another title"),
        ("Start", "", "1 February 2027"),
        ("“In short”, title", "Summary", "In short"),
    ]
    assert [sentence.partition(" ")[2] for sentence in shown(deal, TERMS)["said"]] == [
        "Lindqvist changed the title from A booking portal your patients can use without calling to Another title and "
        "start from nothing to 1 February 2027",
        "Lindqvist renamed Summary to In short",
    ]
    assert shown(deal, "In short")["words"] == []
    assert shown(deal, PRICING)["words"] == [("gone", "All prices are before"), ("new", "Before"), ("same", "tax.")]


def test_what_returned_to_what_was_agreed_differs_in_nothing(deal: Deal) -> None:
    deal.agree(deal.tomas)
    for amount in ("1.00", "8000.00"):
        edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": amount})
    assert (said(deal, PRICING), shown(deal, PRICING)["words"]) == ([], [])


def test_words_are_compared_also_for_agreements_from_before_contents_were_kept(deal: Deal) -> None:
    deal.agree(deal.tomas, SUMMARY)
    Agreement.objects.update(content=None)
    deal.write(SUMMARY, "Your patients book by themselves, at any hour.")
    assert shown(deal, SUMMARY)["words"] == [
        ("same", "Your patients book by themselves,"),
        ("gone", "day and night."),
        ("new", "at any hour."),
    ]


def test_an_order_is_a_difference_and_unknown_contents_are_shown_too() -> None:
    then = {"lines": [{"id": "1", "title": "A"}, {"id": "2", "title": "B"}], "billing": {"model": "tm", "fee": None}}
    now = {"lines": [{"id": "2", "title": "B"}, {"id": "1", "title": "A"}], "billing": {"model": "fixed", "fee": "9"}}
    assert differences(then, now, "EUR") == [
        Difference("Order of the lines", "A, B", "B, A"),
        Difference("Billing, model", "tm", "fixed"),
        Difference("Billing, fee", "", "€9.00"),
    ]


def sections_text(words: str) -> dict[str, Any]:
    return {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]}
