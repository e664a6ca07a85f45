"""What is taken along and brought in again is the same: texts letter by letter, prices to the last minor unit."""

import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from accounts.models import User
from proposals.access import Visitor, proposal_for
from proposals.actions.audit import verify
from proposals.actions.clients import ClientContact
from proposals.actions.files import latest_stage, read_stage
from proposals.actions.proposals import create_proposal
from proposals.actions.templates import save_as_template
from proposals.actions.value_worksheet import state_own_value
from proposals.documents.portable.package import require
from proposals.documents.portable.schema import proposal_schema
from proposals.models import Invitation, Origin, Proposal, Side, Template, ValueWorksheet
from proposals.starters import STARTERS
from proposals.states import State
from tests import factories
from tests.kept import as_made
from tests.portable.moves import brought_in, files_in, manifest_of, other_firm, proposals_in, taken_along
from tests.proposals.deal import Deal, make_deal, sign_as
from tests.proposals.valued import FILLED, HOW, choose_value, fill
from tests.proposals.verbs import rich_deal

pytestmark = pytest.mark.django_db

ITS_OWN = (
    *("id", "participants", "relationship", "created_at", "updated_at", "imported_from", "state", "shared"),
    *("disclosures", "agreements", "revisions", "counter_offers", "price_requests", "disclosure_requests"),
    "extension_requests",
)
"""What is of the place, or of what was said there."""

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def without_ids(content: dict[str, Any]) -> Any:
    """A proposal's content without what is the place's own, each id replaced by where it stands first."""
    kept = json.loads(json.dumps({name: value for name, value in content.items() if name not in ITS_OWN}))
    for said in [*kept["questions"], *(reply for question in kept["questions"] for reply in question["replies"])]:
        said.pop("imported", None)
    seen: dict[str, str] = {}
    return json.loads(ID.sub(lambda found: seen.setdefault(found[0], f"id-{len(seen)}"), json.dumps(kept)))


def started(template: str) -> Proposal:
    """A proposal of a new firm from a template."""
    place = factories.membership(factories.firm("Northlight Studio"))
    contact = ClientContact("Tomás Reyes", "tomas@harbourstreet.example", "Harbour Street Clinic")
    return create_proposal(
        firm=place.firm, by=place.user, title=template, client=contact, template=template, external_id="deal-1"
    )


@pytest.mark.parametrize("template", STARTERS)
def test_a_proposal_from_each_template_comes_back_as_the_same_draft(template: str) -> None:
    made = started(template)
    archive = taken_along(made.relationship.seller_firm)
    there = proposals_in(archive)[template]
    require(proposal_schema(), there, template)
    owner = other_firm()

    done = brought_in(archive, owner.firm, owner.user)

    assert [(row["outcome"], row["code"]) for row in done.report if row["kind"] == "proposal"] == [("draft", "")]
    here = proposals_in(taken_along(owner.firm))[template]
    assert without_ids(here) == without_ids(there)
    assert here["id"] != there["id"]
    assert (here["state"], here["external_id"]) == ("preparing", "deal-1")
    assert here["imported_from"]["proposal"] == there["id"]
    again = files_in(taken_along(made.relationship.seller_firm))
    assert again.keys() == files_in(archive).keys()
    assert [name for name, written in files_in(archive).items() if written != again[name]] in ([], ["manifest.json"])


def worked_at() -> Deal:
    """The deal with something of everything, and a template of the firm's."""
    deal = rich_deal()
    Template.objects.all().delete()
    save_as_template(by=deal.maya, title="Portals")
    return deal


def test_what_both_sides_worked_at_comes_back_as_the_sellers_draft_with_people_as_names() -> None:
    deal = as_made(worked_at)
    firm = deal.proposal.relationship.seller_firm
    archive = taken_along(firm, deal.maya.user)
    there = proposals_in(archive)[deal.proposal.title]
    people_before = User.objects.count()
    owner = other_firm()

    done = brought_in(archive, owner.firm, owner.user)

    rows = {(row["kind"], row["title"]): row for row in done.report}
    assert {key: row["outcome"] for key, row in rows.items()} == {
        ("rates", "Rates in EUR"): "taken",
        ("catalogue", "Logo"): "taken",
        ("template", "Portals"): "taken",
        ("proposal", deal.proposal.title): "draft",
    }
    made = Proposal.objects.get(id=rows["proposal", deal.proposal.title]["proposal"])
    here = proposals_in(taken_along(owner.firm))[made.title]
    [worksheet] = [section["billing"]["worksheet"] for section in there["sections"] if section["billing"]]
    assert worksheet["confirmed_by_name"] == "Client"
    worksheet |= {"confirmed": {}, "confirmed_by_name": "", "confirmed_at": None}  # the client has to do that here
    assert without_ids(here) == without_ids(there)
    assert [card["content"] for card in here["disclosures"]] == [
        card["content"] for card in there["disclosures"] if card["withdrawn_at"] is None
    ]
    assert [(each.user, each.side) for each in made.participants.all()] == [(owner.user, Side.SELLER)]
    assert (made.state, made.epoch) == ("preparing", 0)
    assert (made.agreements.count(), made.counter_offers.count(), made.revisions.count()) == (0, 0, 0)
    assert [(question.asked_by, question.imported) for question in made.questions.all()] == [(None, True)] * 2
    assert [question["imported"] for question in here["questions"]] == [True, True]
    assert not Invitation.objects.filter(participant__proposal=made).exists()
    assert User.objects.count() == people_before + 1
    assert rows["proposal", made.title]["why"] == (
        "4 people stay names. 2 agreements have no effect here. "
        "1 confirmed value has no effect here. 2 counter-offers are in the record only."
    )
    told_there = read_by(owner.user, made)
    for words in ("nobody agrees to anything", ">Summary</th>", "none of them stands open", ">Portal</th>"):
        assert words in told_there
    assert re.search(r"<time>\d{1,2} [A-Z][a-z]+ 20\d\d</time>", told_there)
    told = made.audit_events.get(type="proposal.imported")
    assert told.content.facts["instance"] == manifest_of(archive)["instance"]["url"]
    assert verify(made).whole


def test_what_the_client_said_of_the_value_is_not_said_here() -> None:
    deal = make_deal()
    choose_value(deal)
    where = {"section_id": deal.section(HOW).id}
    state_own_value(by=deal.tomas, **where, value="80000", note="Two nurses less")
    fill(deal, deal.maya, **FILLED)
    owner, archive = other_firm(), taken_along(deal.proposal.relationship.seller_firm)

    [row] = brought_in(archive, owner.firm, owner.user).report

    said = "1 client’s own estimate is in the record only."
    assert (row["outcome"], row["why"]) == ("draft", f"2 people stay names. {said}")
    made = Proposal.objects.get(id=row["proposal"])
    sheet = ValueWorksheet.objects.get(terms__section__proposal=made)
    assert (sheet.own_value, sheet.own_note, sheet.own_by_name) == (None, "", "")
    assert (str(sheet.likely), sheet.measure) == ("300", FILLED["measure"])
    [billed] = proposals_in(taken_along(owner.firm))[made.title]["calculated"]["billing"].values()
    assert "own_estimate" not in billed["worksheet"]
    assert "Two nurses less" in Origin.objects.get(proposal=made).content


def read_by(user: User, proposal: Proposal) -> str:
    """The page “Where it comes from”."""
    browser = Client()
    browser.force_login(user)
    return browser.get(reverse("origin", args=[proposal.id])).content.decode()


def test_what_was_signed_comes_back_as_a_record_and_is_passed_on_unchanged() -> None:
    deal = make_deal()
    deal.freeze()
    sign_as(deal.maya)
    sign_as(deal.tomas)
    title, firm = deal.proposal.title, deal.proposal.relationship.seller_firm
    archive = taken_along(firm)
    owner = other_firm()

    done = brought_in(archive, owner.firm, owner.user)

    row = next(row for row in done.report if row["kind"] == "proposal")
    made = Proposal.objects.get(id=row["proposal"])
    assert (row["outcome"], made.state) == ("record", State.ARCHIVED)
    assert made.revisions.count() == 0
    sealed = latest_stage(deal.proposal.revisions.get())
    assert sealed is not None
    assert read_kept(made.origin.files[0]) == read_stage(sealed)
    abilities = proposal_for(Visitor(user=owner.user), made.id)[1].abilities(made.lifecycle)
    assert {name for name, may in asdict(abilities).items() if may} == {
        "read",
        "export",
        "copy",
        "invite",
        "set_keys",
        "set_line_keys",
    }
    browser = Client()
    browser.force_login(owner.user)
    room = browser.get(reverse("room", args=[made.id])).content.decode()
    assert "Nobody agrees to or signs it here" in room
    assert "agreed</b>" not in room
    passed_on = taken_along(owner.firm)
    as_it_came = {name: written for name, written in files_in(archive).items() if "/" in name}
    assert {name: written for name, written in files_in(passed_on).items() if "/" in name} == as_it_came
    third = factories.membership(factories.firm("Third Ltd"))
    brought_in(passed_on, third.firm, third.user)
    last = Origin.objects.get(firm=third.firm)
    assert (last.instance, last.key) == (made.origin.instance, deal.id)
    assert [each["instance"] for each in last.via] == [manifest_of(passed_on)["instance"]["url"]]
    assert last.content == made.origin.content == files_in(archive)[f"proposals/{deal.id}.json"].decode()
    assert proposals_in(passed_on)[title]["state"] == "signed"


def read_kept(file: dict[str, Any]) -> bytes:
    """A PDF that came along."""
    with default_storage.open(file["name"]) as opened:
        return bytes(opened.read())


def test_the_same_file_twice_comes_once_and_says_so() -> None:
    made = started("consulting")
    archive = taken_along(made.relationship.seller_firm)
    owner = other_firm()
    first = brought_in(archive, owner.firm, owner.user)
    before = Proposal.objects.count()

    second = brought_in(archive, owner.firm, owner.user)

    assert Proposal.objects.count() == before
    assert [(row["outcome"], row["code"]) for row in second.report] == [("left", "already_here")]
    assert "was brought in before" in second.report[0]["why"]
    assert first.report[0]["outcome"] == "draft"
    own = brought_in(archive, made.relationship.seller_firm)
    assert [(row["outcome"], row["code"]) for row in own.report] == [("left", "already_here")]
    assert Proposal.objects.count() == before


def test_the_clients_export_holds_what_the_client_sees_and_comes_back_as_a_record_of_another_seller() -> None:
    deal = as_made(worked_at)
    client = deal.proposal.relationship.client_firm
    factories.proposal(deal.proposal.relationship, state=State.PREPARING, people=False, title="Not shared")
    Proposal.objects.filter(id=deal.id).update(rate_card_number=1)
    deal.proposal.relationship.external_id = "crm-1"
    archive = taken_along(client)

    there = proposals_in(archive)
    content = there[deal.proposal.title]
    billing = next(section["billing"] for section in content["sections"] if section["billing"])
    assert list(there) == [deal.proposal.title]
    assert (content["side"], content["rate_card_number"], billing["cost_per_hour"]) == ("client", None, None)
    assert b"70" not in str(billing["cost_per_hour"]).encode()
    owner = other_firm()
    done = brought_in(archive, owner.firm, owner.user)

    made = Proposal.objects.get(id=next(row["proposal"] for row in done.report if row["kind"] == "proposal"))
    assert (made.state, made.epoch) == ("archived", 1)
    assert made.relationship.client_firm == owner.firm
    seller = made.relationship.seller_firm
    assert seller != deal.proposal.relationship.seller_firm
    assert (seller.name, seller.memberships.count()) == ("Northlight Studio", 0)
    assert list(Proposal.objects.of_firm(deal.proposal.relationship.seller_firm)) != [made]
