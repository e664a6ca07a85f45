"""Relationships: those without proposals come too, each has a page, and its files go when it is forgotten."""

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from proposals.actions.firm_exports import ask_for_export, make_firm_export
from proposals.actions.relationships import forget_relationship
from proposals.models import FirmExport, Relationship, Side
from proposals.states import State
from tests import factories
from tests.portable.moves import brought_in, manifest_of, other_firm, taken_along

pytestmark = pytest.mark.django_db


def begun(**fields: object) -> Relationship:
    """A seller with a client, and no proposals yet."""
    return factories.relationship(client_firm=factories.firm("Empty Chair"), **fields)


@pytest.mark.parametrize("is_alone", [False, True])
def test_one_without_proposals_comes_with_its_keys_and_once(is_alone: bool) -> None:
    between = begun(external_id="crm-7", metadata={"stage": "met"})
    archive = taken_along(between.seller_firm, None, between if is_alone else None)
    owner = other_firm()

    reports = [brought_in(archive, owner.firm, owner.user).report for _ in range(2)]

    assert [[(row["kind"], row["title"], row["outcome"], row["code"]) for row in report] for report in reports] == [
        [("relationship", "Empty Chair", "taken", "")],
        [("relationship", "Empty Chair", "left", "already_here")],
    ]
    made = Relationship.objects.get(seller_firm=owner.firm)
    assert (made.client_firm.name, made.external_id, made.metadata) == ("Empty Chair", "crm-7", {"stage": "met"})
    assert made.client_firm != between.client_firm


def test_a_key_that_is_used_stays_where_it_is() -> None:
    archive = taken_along(begun(external_id="crm-7").seller_firm)
    owner = other_firm()
    Relationship.objects.create(seller_firm=owner.firm, client_firm=factories.firm("Other"), external_id="crm-7")

    [row] = brought_in(archive, owner.firm, owner.user).report

    assert row["why"] == "Its external id “crm-7” is used by another relationship here."
    assert Relationship.objects.get(client_firm__name="Empty Chair", seller_firm=owner.firm).external_id == ""


def test_one_whose_proposals_can_not_be_used_is_not_made() -> None:
    proposal = factories.proposal(state=State.PREPARING, people=False)
    archive = taken_along(proposal.relationship.seller_firm)

    done = brought_in(archive, proposal.relationship.seller_firm)

    assert [(row["kind"], row["code"]) for row in done.report] == [("proposal", "already_here")]
    assert Relationship.objects.count() == 1


def test_the_files_go_with_a_relationship_that_is_forgotten(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    between = begun()
    kept = factories.relationship(between.seller_firm, factories.firm("Kept"))
    names = {}
    for each in (between, kept):
        asked = ask_for_export(firm=between.seller_firm, by=None, relationship_id=each.id)
        make_firm_export(str(asked.id))
        names[each] = FirmExport.objects.get(id=asked.id).name

    with django_capture_on_commit_callbacks(execute=True):
        forget_relationship(firm=between.seller_firm, relationship_id=between.id)

    assert [default_storage.exists(name) for name in names.values()] == [False, True]
    assert [export.name for export in FirmExport.objects.all()] == [names[kept]]


def test_its_page_writes_its_file_for_those_who_know_of_it() -> None:
    proposal = factories.proposal()
    between = proposal.relationship
    other = factories.relationship(between.seller_firm, factories.firm("Unseen"))
    factories.proposal(other, people=False, title="Unseen")
    member = factories.membership(between.seller_firm, factories.person("cleo@example.org"), role="member")
    factories.participant(proposal, member.user, Side.SELLER)
    browser = Client()
    browser.force_login(member.user)
    address = reverse("relationship_moving", args=[between.seller_firm_id, between.id])
    assert address in browser.get(reverse("home")).content.decode()

    page = browser.get(address).content.decode()
    sent = browser.post(reverse("firm_export_make", args=[between.seller_firm_id]), {"relationship": str(between.id)})

    assert "1 proposal</p>" in page
    assert "Harbour Street Clinic" in page
    export = FirmExport.objects.get()
    assert sent["Location"] == reverse("firm_export", args=[between.seller_firm_id, export.id])
    assert sent["Location"] in browser.get(address).content.decode()
    assert browser.get(address.replace(str(between.id), str(other.id))).status_code == 404
    assert manifest_of(taken_along(between.seller_firm, member.user, between))["relationship"]["proposals_count"] == 1
