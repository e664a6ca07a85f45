"""The history's pages and verbs: words by their authors, named versions, bringing back, and what stays private."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from collab.models import Update
from proposals.access import Actor
from proposals.actions import agreement, lines, looking_back, proposals, sections
from proposals.documents import comparing
from proposals.documents.moments import moment
from proposals.documents.prices_between import prices_between
from proposals.documents.timeline import timeline
from proposals.exceptions import ChangedSince, Invalid, NotFound, WrongState
from proposals.prose import from_markdown
from proposals.starters.text import document
from proposals.text import port
from tests.proposals.deal import CONDITIONS, PRICING, SUMMARY, TEXTS, Deal, refused

THEN = "Your patients book by themselves, day and night."


def browser(by: Actor) -> Client:
    client = Client()
    client.force_login(by.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def write(deal: Deal, by: Actor, title: str, text: str) -> int:
    """Write a section's text; gives the log's number after it."""
    sections.write_text(by=by, section_id=deal.section(title).id, text=document(text), replace=True)
    return port().head(deal.proposal)


def changes(deal: Deal, title: str, then: str, now: str) -> list[list[tuple[str, str, str]]]:
    """What is shown of a section: by block, how, words and who."""
    proposal = deal.proposal
    found = comparing.compare(proposal, moment(proposal, then), moment(proposal, now), [deal.section(title)])
    return [
        [(run.how, run.text, ", ".join(found.people[writer].name for writer in run.who)) for run in block.runs]
        for each in found.changed
        for block in each.changes.blocks
    ]


def test_words_are_told_with_who_added_them_and_who_took_them_out(deal: Deal) -> None:
    start = port().head(deal.proposal)
    write(deal, deal.tomas, SUMMARY, "Your patients and doctors book by themselves, day and night.")
    write(deal, deal.maya, SUMMARY, "Your patients and doctors book by themselves, at any hour.")
    assert changes(deal, SUMMARY, str(start), "now") == [
        [
            ("same", "Your patients ", ""),
            ("new", "and doctors ", "Tomás Reyes"),
            ("same", "book by themselves, ", ""),
            ("gone", "day and night.", "Maya Lindqvist"),
            ("new", "at any hour.", "Maya Lindqvist"),
        ]
    ]
    assert changes(deal, SUMMARY, "now", str(start)) == changes(deal, SUMMARY, str(start), "now")
    assert changes(deal, CONDITIONS, str(start), "now") == []


def test_the_space_behind_a_word_does_not_make_it_somebody_elses(deal: Deal) -> None:
    start = write(deal, deal.maya, SUMMARY, "We begin")
    write(deal, deal.maya, SUMMARY, "We begin soon.")
    write(deal, deal.tomas, SUMMARY, "We begin soon. Yes.")
    assert changes(deal, SUMMARY, str(start), "now") == [
        [("same", "We begin ", ""), ("new", "soon. ", "Maya Lindqvist"), ("new", "Yes.", "Tomás Reyes")]
    ]


def test_a_word_of_which_letters_went_or_came_is_its_changers(deal: Deal) -> None:
    start = write(deal, deal.maya, SUMMARY, "Two days.")
    write(deal, deal.tomas, SUMMARY, "Two day.")
    assert changes(deal, SUMMARY, str(start), "now") == [
        [("same", "Two ", ""), ("gone", "days.", "Tomás Reyes"), ("new", "day.", "Tomás Reyes")]
    ]


def test_paragraphs_that_came_and_went_stand_by_themselves(deal: Deal) -> None:
    key = deal.section(SUMMARY).id
    sections.write_text(
        by=deal.maya, section_id=key, text=from_markdown("One here.\n\nTwo here.\n\nThree here."), replace=True
    )
    start = port().head(deal.proposal)
    sections.write_text(
        by=deal.tomas, section_id=key, text=from_markdown("One here.\n\n- New item\n\nThree here now."), replace=True
    )
    found = changes(deal, SUMMARY, str(start), "now")
    assert found == [
        [("same", "One here.", "")],
        [("gone", "Two here.", "Tomás Reyes")],
        [("new", "New item", "Tomás Reyes")],
        [("same", "Three ", ""), ("gone", "here.", "Tomás Reyes"), ("new", "here now.", "Tomás Reyes")],
    ]


def test_who_wrote_which_words(deal: Deal) -> None:
    write(deal, deal.tomas, SUMMARY, f"{THEN} We agree.")
    proposal = deal.proposal
    shown, people = comparing.authored(proposal, moment(proposal, "now"), [deal.section(SUMMARY)])
    runs = [(run.text, people[run.who[0]].name) for block in shown[0].blocks for run in block.runs]
    assert runs == [(f"{THEN}", "Sameside"), (" We agree.", "Tomás Reyes")]


def test_a_firms_token_is_told_by_its_firm(deal: Deal) -> None:
    start = port().head(deal.proposal)
    write(deal, deal.token("client"), SUMMARY, "From our system.")
    added = [run for block in changes(deal, SUMMARY, str(start), "now") for run in block if run[0] == "new"]
    assert added == [("new", "From our system.", "Harbour Street Clinic")]


def test_the_timeline_groups_writing_and_has_marks_between(deal: Deal) -> None:
    write(deal, deal.tomas, SUMMARY, "One.")
    write(deal, deal.maya, CONDITIONS, "Two.")
    write(deal, deal.tomas, CONDITIONS, "Three.")
    lines.edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7000.00"})
    write(deal, deal.tomas, PRICING, "Four.")
    deal.agree(deal.tomas, SUMMARY, CONDITIONS)
    told = [(entry.name, entry.sections or entry.agreed, entry.effect) for entry in timeline(deal.proposal).entries]
    assert told == [
        ("Tomás Reyes", (SUMMARY, CONDITIONS), ""),
        ("Tomás Reyes", (PRICING,), ""),
        ("Maya Lindqvist", (), "€16,093.00"),
        ("Tomás Reyes", (SUMMARY, CONDITIONS), ""),
        ("Maya Lindqvist", (CONDITIONS,), ""),
    ]
    first = next(entry for entry in timeline(deal.proposal).entries if entry.sections == (SUMMARY, CONDITIONS))
    assert moment(deal.proposal, f"b{first.first}").seq == 1
    conditions = deal.section(CONDITIONS).id
    after = moment(deal.proposal, f"e{first.last}").seq
    assert port().read_at(deal.proposal, conditions, after) == document("Three.")


@pytest.mark.parametrize("key", ["", "e0", "e999", "b", "-1", "99", "0", "1e3", "²", "now ", "9" * 30])
def test_a_moment_that_is_none_is_named(key: str, deal: Deal) -> None:
    answer = browser(deal.tomas).get(reverse("history_text", args=[deal.id]), {"at": key})
    assert answer.status_code == 422
    assert key[:40] in answer.content.decode()


def test_a_named_version_is_seen_by_both_and_leads_to_its_text(deal: Deal) -> None:
    looking_back.name_version(by=deal.tomas, name="Before the call")
    write(deal, deal.maya, SUMMARY, "Something else.")
    for by in (deal.maya, deal.tomas):
        page = browser(by).get(reverse("history", args=[deal.id])).content.decode()
        assert "Before the call" in page
    number = deal.trail()[-2].number if deal.trail()[-1].type == "section.edited" else deal.number
    stood = browser(deal.maya).get(reverse("history_text", args=[deal.id]), {"at": f"e{number}"}).content.decode()
    assert TEXTS[SUMMARY] in stood
    assert "Something else." not in stood


def test_two_versions_of_one_name_and_numbers_that_are_none_are_refused(deal: Deal) -> None:
    looking_back.name_version(by=deal.tomas, name="Draft 1")
    with refused(Invalid, "taken"):
        looking_back.name_version(by=deal.maya, name=" Draft 1 ")
    with refused(Invalid, "required"):
        looking_back.name_version(by=deal.maya, name=" ")
    with refused(Invalid, "unknown_moment"):
        looking_back.name_version(by=deal.maya, name="Later", seq=99)


def test_an_earlier_text_comes_back_by_a_forward_edit(deal: Deal) -> None:
    key, start = deal.section(SUMMARY).id, port().head(deal.proposal)
    seen = write(deal, deal.tomas, SUMMARY, "All new.")
    looking_back.bring_back(by=deal.maya, section_id=key, seq=start, seen=seen)
    assert deal.text(SUMMARY) == TEXTS[SUMMARY]
    assert port().head(deal.proposal) == seen + 1
    assert deal.last("text.brought_back") == {"section": str(key), "title": SUMMARY, "text_seq": start, "seen": seen}
    looking_back.bring_back(by=deal.tomas, section_id=key, seq=seen)
    assert deal.text(SUMMARY) == "All new."
    number = deal.number
    looking_back.bring_back(by=deal.tomas, section_id=key, seq=seen)
    assert deal.number == number


def test_words_written_since_they_were_looked_at_are_not_taken_away(deal: Deal) -> None:
    key, start = deal.section(SUMMARY).id, port().head(deal.proposal)
    seen = write(deal, deal.maya, SUMMARY, "First change.")
    write(deal, deal.tomas, SUMMARY, "First change. And mine.")
    with refused(ChangedSince, "written_since"):
        looking_back.bring_back(by=deal.maya, section_id=key, seq=start, seen=seen)


def test_writing_elsewhere_does_not_hold_it_up(deal: Deal) -> None:
    key, start = deal.section(SUMMARY).id, port().head(deal.proposal)
    seen = write(deal, deal.maya, SUMMARY, "First change.")
    write(deal, deal.tomas, CONDITIONS, "Elsewhere.")
    looking_back.bring_back(by=deal.maya, section_id=key, seq=start, seen=seen)
    assert (deal.text(SUMMARY), deal.text(CONDITIONS)) == (TEXTS[SUMMARY], "Elsewhere.")


def test_what_both_agreed_to_is_opened_only_on_purpose(deal: Deal) -> None:
    key, start = deal.section(SUMMARY).id, port().head(deal.proposal)
    write(deal, deal.maya, SUMMARY, "Agreed words.")
    deal.agree(deal.maya, SUMMARY)
    deal.agree(deal.tomas, SUMMARY)
    with refused(ChangedSince, "agreed"):
        looking_back.bring_back(by=deal.tomas, section_id=key, seq=start)
    looking_back.bring_back(by=deal.tomas, section_id=key, seq=start, reopen=True)
    agreement.settle(deal.id)
    assert deal.agreed(SUMMARY) == (False, False)
    assert deal.events()[-1] == "section.reopened"


def test_a_locked_proposal_brings_nothing_back(deal: Deal) -> None:
    key, start = deal.section(SUMMARY).id, port().head(deal.proposal)
    write(deal, deal.maya, SUMMARY, "Agreed words.")
    maya = deal.maya
    deal.freeze()
    with refused(WrongState):
        looking_back.bring_back(by=maya, section_id=key, seq=start, reopen=True)
    assert browser(maya).get(reverse("history", args=[deal.id])).status_code == 200


def test_a_section_that_was_taken_out_can_be_read_but_not_brought_back(deal: Deal) -> None:
    key = deal.section(CONDITIONS).id
    sections.remove_section(by=deal.maya, section_id=key)
    with refused(NotFound):
        looking_back.bring_back(by=deal.maya, section_id=key, seq=1)
    page = browser(deal.tomas).get(reverse("history_text", args=[deal.id]), {"at": "start"}).content.decode()
    assert TEXTS[CONDITIONS] in page


def test_since_i_agreed_leads_to_what_changed_since(deal: Deal) -> None:
    deal.agree(deal.tomas, SUMMARY)
    at = f"e{deal.number}"
    write(deal, deal.maya, SUMMARY, f"{THEN} And more.")
    key = deal.section(SUMMARY).id
    address = f"{reverse('history_compare', args=[deal.id])}?from={at}&amp;to=now&amp;section={key}"
    client = browser(deal.tomas)
    assert address in client.get(reverse("history", args=[deal.id])).content.decode()
    assert address in client.get(reverse("part_changes", args=[deal.id, deal.key(SUMMARY)])).content.decode()
    shown = client.get(address.replace("&amp;", "&")).content.decode()
    assert "Maya Lindqvist added: </span>And more." in shown


def test_history_begins_when_it_is_shared(preparing: Deal) -> None:
    secret = "Our margin is thirty percent."
    maya = preparing.maya
    write(preparing, maya, SUMMARY, secret)
    sections.add_section(by=maya, title="Bluff", text=document(secret))
    looking_back.name_version(by=maya, name="The secret one")
    sections.remove_section(by=maya, section_id=preparing.section("Bluff").id)
    removed = preparing.proposal.sections.get(title="Bluff")
    write(preparing, maya, SUMMARY, "At last.")
    private = port().head(preparing.proposal)
    proposals.share(by=maya)
    assert Update.objects.filter(room__epoch=0).count() == private
    pages: list[tuple[str, dict[str, Any]]] = [
        ("history", {}),
        ("history_text", {"at": "start"}),
        ("history_text", {"at": "e1"}),
        ("history_compare", {"from": "start"}),
        ("history_compare", {"from": "b1"}),
    ]
    for by in (preparing.tomas, preparing.maya):
        for name, asked in pages:
            answer = browser(by).get(reverse(name, args=[preparing.id]), asked)
            assert answer.status_code == 200
            for word in (secret, "Bluff", "The secret one"):
                assert word not in answer.content.decode()
        for asked in ({"at": str(private)}, {"at": "0"}, {"section": str(removed.id)}):
            answer = browser(by).get(reverse("history_text", args=[preparing.id]), asked)
            assert answer.status_code in (404, 422)
    assert preparing.text(SUMMARY) == "At last."


def test_a_strange_name_and_strange_words_are_only_words(deal: Deal) -> None:
    start = port().head(deal.proposal)
    write(deal, deal.tomas, SUMMARY, "<script>alert(1)</script> & more")
    looking_back.name_version(by=deal.tomas, name="<b>bold</b>")
    page = browser(deal.maya).get(reverse("history_compare", args=[deal.id]), {"from": str(start)}).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<b>bold" not in browser(deal.maya).get(reverse("history", args=[deal.id])).content.decode()


def compared(deal: Deal, by: Actor, **asked: str) -> str:
    answer = browser(by).get(reverse("history_compare", args=[deal.id]), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def between(deal: Deal, then: str, now: str, title: str = "") -> tuple[list[str], str]:
    proposal = deal.proposal
    section = deal.section(title) if title else None
    found = prices_between(proposal, moment(proposal, then), moment(proposal, now), section)
    return [change.type for change in found.changes], found.effect


def test_prices_and_terms_that_changed_between_two_moments(deal: Deal) -> None:
    lines.edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7000.00"})
    first = deal.number
    lines.edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7100.00"}, why="One more form")
    looking_back.name_version(by=deal.tomas, name="Before the call")
    named = deal.number
    proposals.set_terms(by=deal.maya, changes={"title": "Another title"})
    lines.edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7200.00"})
    assert between(deal, f"e{first}", f"e{named}") == (["line.changed"], "€16,093.00 → €16,214.00 (+€121.00)")
    assert between(deal, f"e{first}", "now")[0] == ["line.changed", "terms.changed", "line.changed"]
    assert between(deal, f"e{first}", "now")[1] == "€16,093.00 → €16,335.00 (+€242.00)"
    assert between(deal, f"e{named}", "now", PRICING)[0] == ["terms.changed", "line.changed"]
    assert between(deal, f"e{named}", "now", SUMMARY) == ([], "")
    assert between(deal, "now", "now") == ([], "")
    for by in (deal.maya, deal.tomas):
        page = compared(deal, by, **{"from": "now", "to": f"e{first}"})
        assert "One more form" in page
        assert "Total: €16,093.00 → €16,335.00 (+€242.00)" in page
        assert reverse("price_changes", args=[deal.id]) in page


def test_what_changed_since_you_agreed_begins_at_the_agreement(deal: Deal) -> None:
    """To the number that was agreed to, and with the prices that were changed after, not before."""
    lines.edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7000.00"})
    agreed_to = write(deal, deal.maya, PRICING, "Agreed words.")
    deal.agree(deal.tomas, PRICING)
    lines.edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": "7100.00"})
    write(deal, deal.maya, SUMMARY, "Something else.")
    number = next(event.number for event in deal.trail() if event.type == "section.agreed")
    assert moment(deal.proposal, f"e{number}").seq == agreed_to
    link = f"?from=e{number}&amp;to=now&amp;section={deal.section(PRICING).id}"
    assert link in browser(deal.tomas).get(reverse("history", args=[deal.id])).content.decode()
    assert between(deal, f"e{number}", "now", PRICING) == (["line.changed"], "€16,093.00 → €16,214.00 (+€121.00)")


def test_a_comparison_without_prices_says_so(deal: Deal) -> None:
    start = port().head(deal.proposal)
    write(deal, deal.tomas, SUMMARY, "Only words.")
    page = compared(deal, deal.maya, **{"from": str(start)})
    assert "No price, billing model or term was changed between the two moments." in page
    assert "No price" not in compared(deal, deal.maya, section=str(deal.section(SUMMARY).id))
