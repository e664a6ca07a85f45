"""Change orders: everything of the signed proposal comes along, and what differs from it is told."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from proposals.actions import lines, sections
from proposals.actions.change_orders import make_change_order
from proposals.actions.discounts import set_discounts
from proposals.actions.export import draft_snapshot
from proposals.actions.freezing import freeze, reopen
from proposals.actions.proposals import set_terms, share
from proposals.actions.signing import make_signing_code, sign
from proposals.documents.change_order import changes_between
from proposals.documents.parts import TERMS
from proposals.documents.render import Instance, document_html
from proposals.documents.snapshot import content_of
from proposals.exceptions import NotAllowed, WrongState
from proposals.models import Participant, Proposal, Revision
from proposals.prose import to_text
from proposals.starters.text import document
from proposals.states import State
from proposals.text import port
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import (
    CONDITIONS,
    NOWHERE,
    PRICING,
    REASON,
    SUMMARY,
    TEXTS,
    Deal,
    confirm_void,
    declaration,
    make_deal,
    propose_to_void,
    refused,
)

TITLE = "A booking portal your patients can use without calling"
Y2027 = "2027-01-12"


def signed_deal() -> Deal:
    """Locked, with both signatures; the files are of no account here."""
    deal = make_deal()
    option = lines.add_line(
        by=deal.maya,
        section_id=deal.section(PRICING).id,
        fields={"title": "Care", "amount": "100.00", "optional": True},
    )
    type(option).objects.filter(id=option.id).update(selected=True)
    discount = {"type": "percent", "value": "10", "reason": "negotiated", "text": REASON}
    set_discounts(by=deal.maya, line_id=deal.line("Portal").id, discounts=[discount])
    revision = deal.freeze()
    for side in ("seller", "client"):
        place = deal.proposal.participants.get(side=side)
        factories.signature(revision, place.id, slot=f"{side}-1")
    Proposal.objects.filter(id=deal.id).update(state=State.SIGNED)
    return deal


@pytest.fixture
def signed(db: None) -> Deal:
    return as_made(signed_deal)


@pytest.fixture
def order(signed: Deal) -> Deal:
    """A change order of which nothing was changed yet."""
    return Deal(make_change_order(by=signed.maya))


def changes(order: Deal) -> dict[str, object]:
    found: dict[str, object] = draft_snapshot(order.proposal).content["changes"]
    return found


def test_it_says_the_same_as_the_signed_one(signed: Deal, order: Deal) -> None:
    proposal = order.proposal
    assert (proposal.state, proposal.title) == ("preparing", f"Change order 1: {TITLE}")
    assert order.total == signed.total
    assert {title: order.text(title) for title in TEXTS} == TEXTS
    assert order.line("Care").selected
    assert [(row.side, row.role, row.is_signatory, row.title, row.user_id) for row in proposal.participants.all()] == [
        (row.side, row.role, row.is_signatory, row.title, row.user_id) for row in signed.proposal.participants.all()
    ]
    assert changes(order) == {
        "sections": [],
        "lines": [],
        "terms": [],
        "total": {"was": "16456.00", "now": "16456.00", "difference": "0.00"},
    }


def test_what_it_amends_is_agreed_on(signed: Deal, order: Deal) -> None:
    revision = Revision.objects.get(proposal=signed.id)
    amends = {
        "proposal": str(signed.id),
        "title": TITLE,
        "revision": 1,
        "signed_on": revision.signatures.latest("signed_at").signed_at.date().isoformat(),
        "sha256": revision.sha256,
    }
    assert order.part(TERMS).content["amends"] == amends
    assert draft_snapshot(order.proposal).content["amends"] == amends
    assert "amends" not in signed.part(TERMS).content
    assert "changes" not in content_of(revision.content)


def test_every_change_is_told(order: Deal) -> None:
    by = order.maya
    sections.write_text(
        by=by,
        section_id=order.section(SUMMARY).id,
        text=document("Your patients book by phone, day and night."),
        replace=True,
    )
    sections.remove_section(by=by, section_id=order.section(CONDITIONS).id)
    sections.add_section(by=by, title="More", text=document("Nobody reads this in the part on changes."))
    lines.edit_line(by=by, line_id=order.line("Design").id, changes={"quantity": "8"})
    lines.remove_line(by=by, line_id=order.line("Training").id)
    lines.add_line(by=by, section_id=order.section(PRICING).id, fields={"title": "App", "amount": "500.00"})
    set_terms(by=by, changes={"starts_on": Y2027, "title": "Another title"})

    assert changes(order) == {
        "sections": [
            {
                "how": "changed",
                "title": SUMMARY,
                "blocks": [
                    {
                        "kind": "paragraph",
                        "label": "",
                        "how": "same",
                        "runs": [
                            {"how": "same", "text": "Your patients book by "},
                            {"how": "gone", "text": "themselves, "},
                            {"how": "new", "text": "phone, "},
                            {"how": "same", "text": "day and night."},
                        ],
                    }
                ],
            },
            {"how": "new", "title": "More"},
            {
                "how": "gone",
                "title": CONDITIONS,
                "blocks": [
                    {
                        "kind": "paragraph",
                        "label": "",
                        "how": "gone",
                        "runs": [{"how": "gone", "text": TEXTS[CONDITIONS]}],
                    }
                ],
            },
        ],
        "lines": [
            {
                "how": "changed",
                "title": "Design",
                "section": PRICING,
                "was": "5400.00",
                "now": "7200.00",
                "moves": [{"what": "Quantity", "was": "6", "now": "8"}],
            },
            {"how": "new", "title": "App", "section": PRICING, "was": "", "now": "500.00"},
            {"how": "gone", "title": "Training", "section": PRICING, "was": "900.00", "now": ""},
        ],
        "terms": [{"what": "Start", "was": "", "now": "12 January 2027"}],
        "total": {"was": "16456.00", "now": "18150.00", "difference": "1694.00"},
    }


def test_a_line_with_another_name_is_the_same_line(order: Deal) -> None:
    lines.edit_line(by=order.maya, line_id=order.line("Design").id, changes={"title": "Interface"})
    sections.edit_section(by=order.maya, section_id=order.section(SUMMARY).id, changes={"title": "In short"})
    told = draft_snapshot(order.proposal).content["changes"]
    assert [(line["how"], line["title"], line["moves"]) for line in told["lines"]] == [
        ("changed", "Interface", [{"what": "Title", "was": "Design", "now": "Interface"}])
    ]
    assert told["sections"] == [{"how": "changed", "title": "In short", "was_title": SUMMARY}]


def test_sections_in_another_order_are_told(order: Deal) -> None:
    sections.move_section(by=order.maya, section_id=order.section(CONDITIONS).id, position=0)
    assert draft_snapshot(order.proposal).content["changes"]["terms"] == [
        {
            "what": "Order of the sections",
            "was": f"{SUMMARY}, {PRICING}, {CONDITIONS}",
            "now": f"{CONDITIONS}, {SUMMARY}, {PRICING}",
        }
    ]


def test_another_currency_has_no_net_change(signed: Deal, order: Deal) -> None:
    then = content_of(Revision.objects.get(proposal=signed.id).content)
    now = draft_snapshot(order.proposal).content
    now["proposal"]["currency"] = "CHF"
    assert "total" not in changes_between(then, now)


def test_the_client_hears_of_it_when_it_is_shared(signed: Deal, order: Deal) -> None:
    tomas = Participant.objects.get(proposal=order.id, side="client")
    assert tomas.joined_at is None
    assert list(Proposal.objects.taken_part_in_by(tomas.user)) == [signed.proposal]
    share(by=order.maya)
    assert Proposal.objects.taken_part_in_by(tomas.user).count() == 2
    assert order.events() == ["proposal.shared", "participant.invited"]
    assert tomas.invitations.count() == 1


def test_the_signed_one_is_left_as_it_is(signed: Deal, order: Deal) -> None:
    sections.write_text(
        by=order.maya, section_id=order.section(SUMMARY).id, text=document("Other words."), replace=True
    )
    section = signed.section(SUMMARY)
    assert to_text(port().read(signed.proposal, [section.id]).of(section.id)) == TEXTS[SUMMARY]
    assert signed.events()[-1] == "proposal.frozen"


def test_a_second_one_is_numbered(signed: Deal, order: Deal) -> None:
    assert make_change_order(by=signed.maya).title == f"Change order 2: {TITLE}"
    assert make_change_order(by=signed.maya, title="Two more days").title == "Two more days"


def test_only_the_seller_makes_one_and_only_of_what_is_signed(signed: Deal, deal: Deal) -> None:
    with refused(NotAllowed):
        make_change_order(by=signed.tomas)
    with refused(WrongState):
        make_change_order(by=deal.maya)


def read(user: User, name: str, deal: Deal) -> str:
    """A page as a signed-in person gets it."""
    browser = Client()
    browser.force_login(user)
    return str(browser.get(reverse(name, args=[deal.id])).content.decode())


def test_both_sides_read_what_it_changes_and_find_it_from_the_signed_one(signed: Deal, order: Deal) -> None:
    lines.edit_line(by=order.maya, line_id=order.line("Design").id, changes={"quantity": "8"})
    maya, tomas = signed.maya.user, signed.tomas.user
    assert maya is not None
    assert tomas is not None
    listed = f'<a href="{reverse("room", args=[order.id])}">Change order 1: {TITLE}</a> ({{}})'
    assert listed.format("being prepared") in read(maya, "room", signed)
    assert "Change order 1" not in read(tomas, "room", signed)

    share(by=order.maya)

    for user in (maya, tomas):
        assert listed.format("open") in read(user, "room", signed)
        page = read(user, "order_changes", order)
        assert "The total goes from €16,456.00 to €18,634.00: +€2,178.00." in page
        assert "<small>Quantity: 6 → 8</small>" in page
        assert reverse("order_changes", args=[order.id]) in read(user, "room", order)


def test_the_document_says_what_it_amends_and_what_changes(order: Deal) -> None:
    sections.write_text(
        by=order.maya, section_id=order.section(SUMMARY).id, text=document("<b>Shorter.</b>"), replace=True
    )
    printed = document_html(draft_snapshot(order.proposal).content, instance=Instance.current(), draft=None)
    amends = f"Amends the proposal “{TITLE}”, revision 1, signed on "
    assert printed.count(amends) == 2
    assert '<a href="#changes">What changes</a>' in printed
    assert '<ins><span class="vh">added: </span>&lt;b&gt;Shorter.&lt;/b&gt;</ins>' in printed


def test_other_documents_say_nothing_of_it(deal: Deal) -> None:
    content = draft_snapshot(deal.proposal).content
    assert not {"amends", "changes"} & set(content)
    assert "What changes" not in document_html(content, instance=Instance.current(), draft=None)


def test_what_both_declared_void_is_amended_no_more(signed: Deal, order: Deal) -> None:
    share(by=order.maya)
    order.freeze()
    propose_to_void(signed.tomas)
    make_signing_code(by=order.maya)
    confirm_void(signed.maya)
    with refused(WrongState, "amends_void"):
        make_signing_code(by=order.maya)
    with refused(WrongState, "amends_void"):
        sign(by=order.maya, declaration=declaration(order.maya, "000000"), circumstances=NOWHERE)
    reopen(by=order.maya)
    with refused(WrongState, "not_ready") as caught:
        freeze(by=order.maya)
    assert [obstacle["code"] for obstacle in caught.value.extra["obstacles"]] == ["amends_void"]
