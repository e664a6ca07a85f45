"""Texts that a database can't hold, wherever a text is taken: refused or cleaned on both databases, never a fault."""

from collections.abc import Callable

from proposals.actions import agreement, choices, endings, keys, participants, proposals, questions, sections
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line, edit_line
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.exceptions import Refusal
from tests.proposals.deal import PRICING, SUMMARY, Deal, make_deal

NUL = "nul \x00 and lone \ud800"

CALLS: dict[str, Callable[[Deal], object]] = {
    "title": lambda deal: proposals.set_terms(by=deal.maya, changes={"title": NUL}),
    "keys": lambda deal: keys.set_proposal_keys(by=deal.maya, changes={"external_id": NUL, "metadata": {NUL: NUL}}),
    "party": lambda deal: proposals.set_party(by=deal.maya, side="seller", changes={"address": NUL}),
    "side": lambda deal: proposals.set_party(by=deal.maya, side=NUL, changes={}),
    "section": lambda deal: sections.add_section(by=deal.maya, title=NUL, kind="prose", external_id=NUL),
    "kind": lambda deal: sections.add_section(by=deal.maya, title="Team", kind=NUL),
    "id": lambda deal: sections.remove_section(by=deal.maya, section_id=NUL),
    "line": lambda deal: add_line(
        by=deal.maya, section_id=deal.section(PRICING).id, fields={"title": NUL, "detail": NUL, "amount": "1"}
    ),
    "field": lambda deal: edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={NUL: NUL}),
    "number": lambda deal: edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": NUL}),
    "lines of an allowance": lambda deal: edit_line(
        by=deal.maya, line_id=deal.line("Portal").id, changes={"percent_of": [NUL]}
    ),
    "taxes of a line": lambda deal: edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"taxes": [NUL]}),
    "discount": lambda deal: set_discounts(
        by=deal.maya, discounts=[{"type": "percent", "value": "1", "reason": "other", "text": NUL}]
    ),
    "reason of a discount": lambda deal: set_discounts(
        by=deal.maya, discounts=[{"type": "percent", "value": "1", "reason": NUL, "text": NUL}]
    ),
    "tax": lambda deal: set_taxes(by=deal.maya, taxes=[{"id": NUL, "label": NUL, "rate": "1"}]),
    "new tax": lambda deal: set_taxes(by=deal.maya, taxes=[{"label": NUL, "rate": "1", "note": NUL}]),
    "rate": lambda deal: set_rate_card(by=deal.maya, rates=[{"role": NUL, "rate": "1", "unit": "day"}]),
    "alternative": lambda deal: choices.choose_alternative(by=deal.tomas, group=NUL, option=NUL),
    "quantity": lambda deal: choices.change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity=NUL),
    "part": lambda deal: agreement.agree(by=deal.tomas, parts={NUL: NUL}),
    "part taken back": lambda deal: agreement.withdraw_agreement(by=deal.tomas, parts=[NUL]),
    "question": lambda deal: questions.ask(by=deal.tomas, text=NUL, about=NUL, external_id=NUL),
    "status": lambda deal: questions.close(
        by=deal.tomas, question_id=questions.ask(by=deal.tomas, text="When?").id, status=NUL
    ),
    "invitation": lambda deal: participants.invite(
        by=deal.maya, email="ines@example.org", name=NUL, title=NUL, message=NUL
    ),
    "address": lambda deal: participants.invite(by=deal.maya, email=f"{NUL}@example.org"),
    "end": lambda deal: endings.decline(by=deal.tomas, reason=NUL),
}


def test_texts_that_can_not_be_stored_do_no_harm(committed: str) -> None:
    refused = []
    for name, call in CALLS.items():
        deal = make_deal()
        try:
            call(deal)
        except Refusal:
            refused.append(name)
        assert deal.text(SUMMARY).startswith("Your patients")
        assert "\x00" not in str([event.content.facts for event in deal.trail()])
    assert refused == [
        "side",
        "kind",
        "id",
        "field",
        "number",
        "lines of an allowance",
        "taxes of a line",
        "reason of a discount",
        "tax",
        "rate",
        "alternative",
        "quantity",
        "part",
        "status",
        "address",
    ]


def test_they_are_kept_without_what_can_not_be_stored(deal: Deal) -> None:
    changed = proposals.set_terms(by=deal.maya, changes={"title": NUL})
    assert changed.title == "nul  and lone"
