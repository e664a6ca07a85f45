"""Starting a proposal, and copying one."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Firm, Membership, User
from proposals import starters
from proposals.access import Visitor, openable_by, proposal_for
from proposals.actions import audit, choices, sections
from proposals.actions import proposals as verbs
from proposals.actions.clients import ClientContact
from proposals.actions.discounts import set_discounts
from proposals.actions.keys import set_proposal_keys
from proposals.actions.lines import add_line, remove_line
from proposals.actions.proposals import copy_proposal, create_proposal
from proposals.documents.parts import standing_of
from proposals.exceptions import Invalid, NotAllowed
from proposals.models import AuditEvent, LineItem, Proposal, Relationship, Section, Side
from proposals.prose import to_text
from proposals.states import State
from proposals.text import port
from tests import factories
from tests.proposals.deal import PRICING, REASON, SUMMARY, TEXTS, Deal, refused

TOMAS = ClientContact("Tomás Reyes", "tomas@harbourstreet.example", "Harbour Street Clinic")


@pytest.fixture
def maya(db: None) -> Membership:
    """Maya of Northlight Studio."""
    user = factories.person("maya@northlight.example", "Maya Lindqvist")
    return factories.membership(factories.firm("Northlight Studio", legal_name="Northlight Studio B.V."), user)


def create(maya: Membership, **changes: Any) -> Proposal:
    given = {"title": "A booking portal", "client": TOMAS, **changes}
    return create_proposal(firm=maya.firm, by=maya.user, **given)


def test_a_proposal_starts_with_both_parties_and_the_sellers_private_trail(maya: Membership) -> None:
    proposal = create(maya)
    assert (proposal.lifecycle, proposal.epoch, proposal.currency) == (State.PREPARING, 0, "EUR")
    assert [(party.side, party.name, party.legal_name) for party in proposal.parties.order_by("side")] == [
        ("client", "Harbour Street Clinic", ""),
        ("seller", "Northlight Studio", "Northlight Studio B.V."),
    ]
    people = [(row.user.email, row.side, row.role, row.is_signatory) for row in proposal.participants.all()]
    assert people == [
        ("maya@northlight.example", "seller", "editor", True),
        ("tomas@harbourstreet.example", "client", "editor", True),
    ]
    assert [row.joined_at is not None for row in proposal.participants.all()] == [True, False]
    events = AuditEvent.objects.filter(proposal=proposal).select_related("content")
    assert [(event.epoch, event.number, event.type, event.content.actor_name) for event in events] == [
        (0, 1, "proposal.created", "Maya Lindqvist")
    ]
    assert proposal.sections.count() == 0
    assert list(openable_by(Visitor(user=User.objects.get(email=TOMAS.email)))) == []


def test_the_clients_firm_is_made_and_belongs_to_the_contact(maya: Membership) -> None:
    firm = create(maya).relationship.client_firm
    assert firm.name == "Harbour Street Clinic"
    assert [(row.user.email, row.role) for row in firm.memberships.all()] == [(TOMAS.email, "owner")]


def test_a_second_proposal_stands_in_the_same_relationship(maya: Membership) -> None:
    first, second = create(maya), create(maya, title="Another one")
    assert first.relationship == second.relationship
    assert Relationship.objects.count() == 1


def test_the_firm_of_a_known_name_is_found_whoever_the_contact_is(maya: Membership) -> None:
    first = create(maya)
    second = create(maya, client=ClientContact("Ines", "ines@harbourstreet.example", "HARBOUR street clinic"))
    assert second.relationship == first.relationship


def test_the_contacts_own_firm_counts_more_than_the_name_written(maya: Membership) -> None:
    clinic = factories.membership(factories.firm("Harbour Street Clinic B.V."), factories.person(TOMAS.email)).firm
    assert create(maya).relationship.client_firm == clinic


def test_of_several_firms_of_the_contact_the_named_one_is_taken(maya: Membership) -> None:
    user = factories.person(TOMAS.email)
    factories.membership(factories.firm("Tomás’s Cafe"), user)
    clinic = factories.membership(factories.firm("Harbour Street Clinic"), user).firm
    assert create(maya).relationship.client_firm == clinic


def test_another_sellers_client_of_the_same_name_is_another_firm(maya: Membership) -> None:
    factories.relationship(factories.firm("Rival"), factories.firm("Harbour Street Clinic"))
    assert create(maya).relationship.client_firm.memberships.count() == 1
    assert Firm.objects.filter(name="Harbour Street Clinic").count() == 2


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"client": ClientContact("Maya", "MAYA@northlight.example", "Mine")}, "own_address", "client/email"),
        ({"client": ClientContact("", "a@example.org", "")}, "required", "client/name"),
        ({"client": ClientContact("A", "no address", "")}, "bad_email", "client/email"),
        ({"client": ClientContact("A" * 201, "a@example.org", "")}, "too_long", "client/name"),
        ({"template": "no-such"}, "unknown_template", "template"),
        ({"currency": "EURO"}, "unknown_currency", "currency"),
        ({"currency": "eur"}, "unknown_currency", "currency"),
        ({"title": ""}, "required", "title"),
        ({"title": "x" * 301}, "too_long", "title"),
        ({"external_id": "x" * 201}, "too_long", "external_id"),
        ({"metadata": {"deal": 7}}, "bad_metadata", "metadata"),
    ],
)
def test_what_can_not_be_used_is_named(changes: dict[str, Any], code: str, pointer: str, maya: Membership) -> None:
    with refused(Invalid, code) as caught:
        create(maya, **changes)
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize(
    "title", ["é" * 300, "預約入口網站", "بوابة الحجز", "می\u200cخواهم یک پورتال", "Портал <b>&amp;</b>", "𝔓ortal 🚀"]
)
def test_titles_in_any_script_and_of_300_characters_are_all_right(title: str, maya: Membership) -> None:
    proposal = create(maya, title=title, client=ClientContact(title[:200], TOMAS.email, title[:200]))
    assert proposal.title == title
    assert proposal.party(Side.CLIENT).name == title[:200]
    assert standing_of(proposal).parts[-1].content["title"] == title


@pytest.mark.parametrize("template", starters.STARTERS)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_a_template_gives_sections_text_and_a_price_that_can_be_calculated(
    template: str, currency: str, maya: Membership
) -> None:
    proposal = create(maya, template=template, currency=currency)
    content = starters.STARTERS[template].content(currency)
    standing = standing_of(proposal)
    assert [section.title for section in standing.rows.sections] == [section.title for section in content.sections]
    texts = [standing.texts.of(section.id) for section in standing.rows.sections]
    assert [to_text(text) for text in texts] == [to_text(section.text) for section in content.sections]
    assert standing.price.currency == currency
    assert Decimal(standing.price.totals["total"]) > 0


def test_a_service_token_starts_one_without_a_person_of_the_seller(maya: Membership) -> None:
    proposal = create_proposal(
        firm=maya.firm, by=None, title="From the CRM", client=TOMAS, external_id="deal-7", metadata={"stage": "4"}
    )
    assert (proposal.external_id, proposal.metadata) == ("deal-7", {"stage": "4"})
    assert [row.side for row in proposal.participants.all()] == ["client"]
    event = AuditEvent.objects.select_related("content").get(proposal=proposal)
    assert (event.content.actor, event.content.actor_name) == (None, "Northlight Studio")


# Copies


@pytest.fixture
def original(deal: Deal) -> Deal:
    """A shared proposal with everything that can be copied and much that must not be."""
    by = deal.maya
    line = add_line(
        by=by,
        section_id=deal.section(PRICING).id,
        fields={
            "title": "Hosting",
            "amount": "600.00",
            "optional": True,
            "external_id": "sku-1",
            "metadata": {"a": "b"},
        },
    )
    add_line(
        by=by,
        section_id=deal.section(PRICING).id,
        fields={
            "kind": "allowance",
            "title": "Reserve",
            "percent": "10",
            "percent_of": [str(deal.line("Portal").id)],
        },
    )
    discount = {"type": "percent", "value": "10", "reason": "volume", "text": REASON}
    set_discounts(by=by, line_id=deal.line("Portal").id, discounts=[discount])
    set_discounts(by=by, section_id=deal.section(PRICING).id, discounts=[discount])
    set_discounts(by=by, discounts=[discount])
    choices.choose_option(by=deal.tomas, line_id=line.id, selected=True)
    verbs.set_party(by=by, side="seller", changes={"legal_name": "Northlight Studio B.V.", "address": "Lichtkade 18"})
    verbs.set_party(by=deal.tomas, side="client", changes={"registration": "KvK 4"})
    verbs.set_terms(
        by=by,
        changes={
            "starts_on": "2027-01-12",
            "offer_until": "2099-01-01",
            "code_before_reading": True,
        },
    )
    set_proposal_keys(by=by, changes={"external_id": "deal-7", "metadata": {"stage": "4"}})
    removed = sections.add_section(by=by, title="Never mind")
    sections.remove_section(by=by, section_id=removed.id)
    deal.agree(by)
    return deal


def test_a_copy_says_the_same_and_nobody_has_agreed_to_it(original: Deal) -> None:
    copy = copy_proposal(by=original.maya)
    old, new = original.standing(), standing_of(copy)
    assert (copy.lifecycle, copy.epoch, copy.copied_from, copy.version) == (State.PREPARING, 0, original.proposal, 1)
    assert copy.relationship == original.proposal.relationship
    assert [section.title for section in new.rows.sections] == [section.title for section in old.rows.sections]
    assert [to_text(new.texts.of(section.id)) for section in new.rows.sections] == list(TEXTS.values())
    assert new.parts[-1].content["parties"] == old.parts[-1].content["parties"]
    for name in ("title", "starts_on", "offer_until", "currency", "price_date", "hours_per_day", "rate_card"):
        assert new.parts[-1].content[name] == old.parts[-1].content[name], name
    assert [tax["label"] for tax in new.price.document["taxes"]] == ["VAT 21%"]
    assert copy.code_before_reading
    assert copy.agreements.count() == copy.questions.count() == 0
    assert (copy.external_id, copy.metadata) == ("", {})


def test_the_lines_of_a_copy_cost_the_same_once_the_option_is_taken(original: Deal) -> None:
    copy = Deal(copy_proposal(by=original.maya))
    hosting = copy.line("Hosting")
    assert (hosting.selected, hosting.external_id, hosting.metadata) == (False, "", {})
    assert copy.line("Reserve").percent_of == [str(copy.line("Portal").id)]
    assert copy.total != original.total
    LineItem.objects.filter(id=hosting.id).update(selected=True)
    assert copy.total == original.total
    assert [tax.label for tax in copy.line("Portal").taxes.all()] == ["VAT 21%"]


def test_nothing_of_a_copy_is_a_row_of_the_original(original: Deal) -> None:
    copy = copy_proposal(by=original.maya)
    before = original.part(SUMMARY).fingerprint, original.total
    Section.objects.filter(proposal=copy).update(title="Changed")
    copy.taxes.all().delete()
    copy.rates.all().delete()
    copy.discounts.all().delete()
    LineItem.objects.filter(section__proposal=copy).delete()
    assert (original.part(SUMMARY).fingerprint, original.total) == before
    assert not Section.objects.filter(proposal=copy, title="Never mind").exists()


def test_a_copy_for_another_client_has_their_details_and_people(original: Deal) -> None:
    ines = ClientContact("Ines", "ines@quay.example", "Quay Dental")
    copy = copy_proposal(by=original.maya, title="For Ines", client=ines)
    assert (copy.title, copy.relationship.client_firm.name) == ("For Ines", "Quay Dental")
    assert (copy.party("client").name, copy.party("client").registration) == ("Quay Dental", "")
    assert copy.party("seller").address == "Lichtkade 18"
    assert [row.user.email for row in copy.participants.all()] == ["maya@northlight.example", "ines@quay.example"]


def test_a_copy_for_the_same_client_keeps_the_firm_also_if_the_person_has_several(original: Deal) -> None:
    factories.membership(factories.firm("Aardvark Cafe"), factories.client(original.proposal))
    assert copy_proposal(by=original.maya).relationship == original.proposal.relationship


def test_choices_are_not_copied(deal: Deal) -> None:
    for option in ("Gold", "Silver"):
        factories.line(
            deal.section(PRICING), option, amount="200.00", alternative_group="Plan", alternative_option=option
        )
    choices.choose_alternative(by=deal.tomas, group="Plan", option="Gold")
    copy = copy_proposal(by=deal.maya)
    assert copy.choices == {}
    assert standing_of(copy).price.result["unresolved"] == ["Plan"]


def test_a_discount_on_an_option_that_is_not_taken_in_the_copy_is_cut(deal: Deal) -> None:
    """Otherwise the copy could not be calculated, and its page not be opened."""
    hosting = factories.line(deal.section(PRICING), "Hosting", amount="600.00", optional=True, selected=True)
    for title in ("Portal", "Design", "Training"):
        remove_line(by=deal.maya, line_id=deal.line(title).id)
    discount = {"type": "amount", "value": "100.00", "reason": "goodwill", "text": REASON}
    set_discounts(by=deal.maya, section_id=hosting.section_id, discounts=[discount])
    copy = copy_proposal(by=deal.maya)
    assert standing_of(copy).price.totals["total"] == "0.00"
    assert copy.discounts.count() == 0
    told = AuditEvent.objects.filter(proposal=copy, type="discount.cut").select_related("content").get()
    assert told.content.actor_name == ""
    assert (told.content.facts["was"], told.content.facts["now"]) == ("100", "0")
    assert deal.proposal.discounts.count() == 1


def test_a_copy_with_more_combinations_than_are_calculated_still_opens(deal: Deal) -> None:
    priced = deal.section(PRICING)
    for group in "abcdefg":
        for option in ("1", "2"):
            factories.line(priced, group, amount="1.00", alternative_group=group, alternative_option=option)
    proposal = deal.proposal
    proposal.choices = dict.fromkeys("abcdefg", "1")
    proposal.save()
    price = standing_of(copy_proposal(by=deal.maya)).price
    assert len(price.result["unresolved"]) == 7
    assert "range" not in price.result


def test_texts_are_copied_without_comment_marks(deal: Deal) -> None:
    section = deal.section(SUMMARY)
    marked = {"type": "text", "text": "Anchored", "marks": [{"type": "comment", "attrs": {"id": "q7"}}]}
    text = {"type": "doc", "content": [{"type": "paragraph", "content": [marked]}]}
    sections.write_text(by=deal.maya, section_id=section.id, text=text, replace=True)
    copy = copy_proposal(by=deal.maya)
    new = copy.sections.get(title=SUMMARY)
    assert port().read(copy, [new.id]).of(new.id)["content"] == [
        {"type": "paragraph", "content": [{"type": "text", "text": "Anchored"}]}
    ]


@pytest.mark.parametrize("state", State)
def test_a_proposal_can_be_copied_whatever_became_of_it(state: State, deal: Deal) -> None:
    proposal = deal.proposal
    proposal.state = state
    proposal.save()
    copy = copy_proposal(by=deal.maya)
    assert audit.verify(copy).whole
    assert [event.type for event in copy.audit_events.all()] == ["proposal.created", "proposal.copied"]


def test_only_a_person_who_writes_for_the_seller_copies(deal: Deal) -> None:
    for actor in (deal.tomas, deal.token("seller"), deal.seat("reader@example.org", "seller", role="reader")):
        with refused(NotAllowed, "person_required" if actor.user is None else ""):
            copy_proposal(by=actor)


def test_a_copy_that_can_not_be_made_leaves_nothing_behind(deal: Deal) -> None:
    with refused(Invalid, "too_long"):
        copy_proposal(by=deal.maya, title="x" * 301)
    with refused(Invalid, "own_address"):
        copy_proposal(by=deal.maya, client=ClientContact("Maya", "maya@northlight.example", ""))


def test_the_copier_finds_the_copy(deal: Deal) -> None:
    copy = copy_proposal(by=deal.maya)
    assert proposal_for(Visitor(user=factories.seller(deal.proposal)), copy.id)[1].side == Side.SELLER
