"""Who takes what along, who brings in, and how the pages and the API do it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_tasks import default_task_backend

from accounts.models import ApiToken, Membership
from proposals import tasks
from proposals.actions import firm_exports
from proposals.actions.firm_exports import ask_for_export, proposals_seen, relationships_seen
from proposals.actions.firm_imports import INTERRUPTED, ask_for_import
from proposals.exceptions import NotFound
from proposals.models import FirmExport, FirmImport, ImportRow, Origin, Proposal, Side
from proposals.states import State
from tests import factories
from tests.api.conftest import Answer
from tests.api.description import check_answer, note
from tests.portable.moves import files_in, manifest_of, other_firm, proposals_in, taken_along, work_off
from tests.proposals.deal import Deal, make_deal, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(db: None) -> Deal:
    """Maya's, who owns the seller's firm, with one more that only her colleague sells."""
    made = make_deal()
    firm = made.proposal.relationship.seller_firm
    colleague = factories.membership(firm, factories.person("colleague@example.org", "Cleo"), role="member")
    second = factories.relationship(firm, factories.firm("Second Client"))
    other = factories.proposal(second, state=State.PREPARING, people=False, title="Cleo's")
    factories.participant(other, colleague.user, Side.SELLER)
    return made


def test_an_owner_takes_everything_a_member_their_own_and_the_client_what_was_shared(deal: Deal) -> None:
    between = deal.proposal.relationship
    cleo = Membership.objects.get(user__email="colleague@example.org").user
    seen = {
        "owner": proposals_seen(between.seller_firm, deal.maya.user),
        "member": proposals_seen(between.seller_firm, cleo),
        "seller token": proposals_seen(between.seller_firm, None),
        "client token": proposals_seen(between.client_firm, None),
        "client": proposals_seen(between.client_firm, deal.tomas.user),
    }
    assert {who: [row.title for row in rows] for who, rows in seen.items()} == {
        "owner": [deal.proposal.title, "Cleo's"],
        "member": ["Cleo's"],
        "seller token": [deal.proposal.title, "Cleo's"],
        "client token": [deal.proposal.title],
        "client": [deal.proposal.title],
    }
    secret = relationships_seen(Proposal.objects.get(title="Cleo's").relationship.client_firm, None)
    assert list(secret) == []


def test_one_relationship_holds_that_one_only_and_nobody_elses_can_be_named(deal: Deal) -> None:
    between = deal.proposal.relationship
    archive = taken_along(between.seller_firm, deal.maya.user, between)
    assert list(proposals_in(archive)) == [deal.proposal.title]
    assert (manifest_of(archive)["scope"], "firm.json" in files_in(archive)) == ("relationship", False)
    cleo = Membership.objects.get(user__email="colleague@example.org").user
    with refused(NotFound):
        ask_for_export(firm=between.seller_firm, by=cleo, relationship_id=between.id)


def test_no_secret_goes_along(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    place = deal.proposal.participants.filter(side="client")[0]
    invitation = factories.invitation(place)
    _, secret = ApiToken.issue(firm=firm, name="CRM", scopes=["proposals:read"])
    whole = b"".join(files_in(taken_along(firm)).values())
    token = ApiToken.objects.get()
    for hidden in (invitation.token, invitation.id.hex, str(invitation.id), secret, token.digest, token.hint):
        assert hidden.encode() not in whole
    assert place.user.email.encode() in whole


def browser(user: Any) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_the_pages_write_a_file_and_bring_it_in(deal: Deal) -> None:
    firm, before = deal.proposal.relationship.seller_firm, len(default_task_backend.results)
    maya = browser(deal.maya.user)
    coming = maya.post(reverse("firm_export_make", args=[firm.id]))
    again = maya.post(reverse("firm_export_make", args=[firm.id]))
    assert coming["Location"] == again["Location"]
    assert maya.get(coming["Location"], headers={"Accept": "application/json"}).json()["state"] == "waiting"
    work_off(before)
    export = FirmExport.objects.get()
    assert (export.state, export.done_count, export.expected_count) == ("made", 2, 2)
    file = maya.get(reverse("firm_export_file", args=[firm.id, export.id]))
    archive = b"".join(file.streaming_content)  # type: ignore[arg-type]
    assert len(proposals_in(archive)) == 2
    owner, before = other_firm(), len(default_task_backend.results)
    ada = browser(owner.user)

    sent = ada.post(reverse("firm_import_send", args=[owner.firm_id]), {"file": SimpleUploadedFile("a.zip", archive)})

    assert ada.get(sent["Location"], headers={"Accept": "application/json"}).json()["said"] == "Waiting for its turn …"
    work_off(before)
    page = ada.get(sent["Location"]).content.decode()
    assert (page.count(">A draft</td>"), ">A draft: 2</a>" in page) == (2, True)
    made = Proposal.objects.get(relationship__seller_firm=owner.firm, title="Cleo's")
    room = ada.get(reverse("room", args=[made.id])).content.decode()
    assert "Nothing that was agreed or signed there counts here." in room
    assert "This server witnessed nothing" in ada.get(reverse("origin", args=[made.id])).content.decode()
    assert deal.proposal.title in ada.get(reverse("origin_json", args=[
        Proposal.objects.get(relationship__seller_firm=owner.firm, title=deal.proposal.title).id
    ])).content.decode()  # fmt: skip


def test_once_a_draft_is_shared_the_client_learns_nothing_of_where_it_came_from(deal: Deal) -> None:
    owner = other_firm()
    call_command("import_firm", path_of(deal), "--firm", str(owner.firm_id), stdout=io.StringIO())
    made = Proposal.objects.get(relationship__seller_firm=owner.firm, title=deal.proposal.title)
    client = factories.person("new-client@example.org")
    factories.participant(made, client, Side.CLIENT)
    Proposal.objects.filter(id=made.id).update(state="open", epoch=1)
    assert browser(client).get(reverse("origin", args=[made.id])).status_code == 404
    assert browser(client).get(reverse("origin_json", args=[made.id])).status_code == 404
    there = proposals_in(taken_along(made.relationship.client_firm))
    assert there[made.title]["imported_from"] is None
    assert proposals_in(taken_along(owner.firm))[made.title]["imported_from"]["proposal"] == str(deal.id)


def path_of(deal: Deal, archive: bytes | None = None) -> str:
    """A file of the deal's firm."""
    path = Path(settings.DATA_DIR) / f"{deal.id}.zip"
    path.write_bytes(taken_along(deal.proposal.relationship.seller_firm) if archive is None else archive)
    return str(path)


def test_the_command_tells_what_came_and_ends_with_1_where_nothing_could(deal: Deal) -> None:
    owner, printed = other_firm(), io.StringIO()
    path = path_of(deal)
    call_command("import_firm", path, "--firm", owner.firm.name, stdout=printed)
    assert printed.getvalue().splitlines()[0].startswith(f"draft   {deal.proposal.title}: 2 people stay names.")
    with pytest.raises(CommandError, match="There is no firm called Nobody"):
        call_command("import_firm", path, "--firm", "Nobody")
    with pytest.raises(CommandError, match="has no owner"):
        call_command("import_firm", path, "--firm", owner.firm.name, "--by", "nobody@example.org")
    with pytest.raises(CommandError, match="This is not a ZIP archive"):
        call_command("import_firm", path_of(deal, b"cut"), "--firm", owner.firm.name)
    assert Origin.objects.count() == 2


def noted(response: Any, method: str, path: str) -> Any:
    """The JSON of an answer, which is as described."""
    answer = Answer(response.status_code, response.json(), response.headers, response.content)
    check_answer(method, path, None, answer)
    note(method, path, None, answer)
    return answer.body


def test_over_the_api(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    _, secret = ApiToken.issue(firm=firm, name="Backup", scopes=["documents:read"])
    api = Client(headers={"Authorization": f"Bearer {secret}"})
    before = len(default_task_backend.results)
    asked = api.post(f"/api/v1/firms/{firm.id}/exports/", {}, content_type="application/json")
    assert (asked.status_code, asked.json()["state"], asked.json()["url"]) == (202, "waiting", None)
    work_off(before)
    done = api.get(asked["Location"]).json()
    assert (done["state"], done["proposals_done"]) == ("made", 2)
    archive = b"".join(api.get(done["url"]).streaming_content)  # type: ignore[arg-type]
    owner, before = other_firm(), len(default_task_backend.results)
    _, key = ApiToken.issue(
        firm=owner.firm, name="Move", scopes=["proposals:write", "proposals:read", "documents:read"]
    )
    there = Client(headers={"Authorization": f"Bearer {key}"})
    cut = there.post(f"/api/v1/firms/{owner.firm_id}/imports/", {"file": SimpleUploadedFile("a.zip", archive[:900])})
    work_off(before)
    refused_ = there.get(cut["Location"]).json()
    assert (cut.status_code, refused_["state"], refused_["code"], refused_["file"]) == (
        *(202, "failed", "not_an_archive", None),
    )
    before = len(default_task_backend.results)
    sent = there.post(f"/api/v1/firms/{owner.firm_id}/imports/", {"file": SimpleUploadedFile("a.zip", archive)})
    assert sent.status_code == 202
    noted(sent, "POST", f"/api/v1/firms/{owner.firm_id}/imports/")
    work_off(before)
    place = sent["Location"].removeprefix("http://testserver")
    report = noted(there.get(place), "GET", place)["report"]
    assert [row["outcome"] for row in report] == ["draft", "draft"]
    polled = noted(there.get(f"{place}?report=none"), "GET", place)
    assert (polled["report"], polled["counts"]) == ([], {"draft": 2, "record": 0, "taken": 0, "left": 0})
    rows = polled["rows"].removeprefix("http://testserver")
    first = noted(there.get(f"{rows}?limit=1&outcome=draft"), "GET", rows)
    second = noted(there.get(first["next"]), "GET", rows)
    assert (first["results"] + second["results"], second["next"]) == (report, None)
    assert there.get(f"{rows}?outcome=left").json()["results"] == []
    told = f"/api/v1/proposals/{report[0]['proposal']}/origin/"
    origin = noted(there.get(told), "GET", told)
    assert (origin["proposal"], origin["witnessed"], origin["state"]) == (str(deal.id), False, "open")
    assert origin["content"]["title"] == deal.proposal.title
    resume = f"{place}resume/"
    again = there.post(resume)
    assert (again.status_code, again.json()["code"]) == (409, "not_interrupted")
    FirmImport.objects.filter(state="made").update(state="failed", code="interrupted", problem=INTERRUPTED)
    ImportRow.objects.filter(place=1).delete()
    resumed = noted(there.post(resume), "POST", resume)
    assert (resumed["state"], resumed["code"], resumed["problem"]) == ("waiting", "", "")
    work_off(before)
    assert there.get(place).json()["report"] == report


def test_only_owners_bring_in(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    cleo = Membership.objects.get(user__email="colleague@example.org").user
    file = SimpleUploadedFile("a.zip", taken_along(firm))
    answer = browser(cleo).post(reverse("firm_import_send", args=[firm.id]), {"file": file})
    assert answer.status_code == 403
    assert FirmImport.objects.count() == 0


def test_what_was_brought_in_is_told_to_owners_and_service_tokens(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    cleo = Membership.objects.get(user__email="colleague@example.org").user
    about = {"made_at": "2026-01-12T09:00:00Z", "scope": "firm"}
    file = {"instance": {"url": "https://there.example", "name": ""}, "firm": {"name": "There"}, **about}
    row = {"kind": "proposal", "title": "Cleo’s rival", "outcome": "left", "why": "", "code": "", "proposal": None}
    move = FirmImport.objects.create(firm=firm, told=file, state="made")
    move.rows.create(place=0, **row)
    report, moving = reverse("firm_import", args=[firm.id, move.id]), reverse("firm_moving", args=[firm.id])
    seen = {}
    for who in (deal.maya.user, cleo):
        assert who is not None
        page = browser(who).get(report)
        told = "Cleo’s rival" in page.content.decode()
        seen[who.email] = (page.status_code, told, "https://there.example" in browser(who).get(moving).content.decode())
    assert list(seen.values()) == [(200, True, True), (403, False, False)]
    for user, status in ((deal.maya.user, 200), (cleo, 403), (None, 200)):
        _, secret = ApiToken.issue(firm=firm, user=user, name="CRM", scopes=["proposals:read"])
        api = Client(headers={"Authorization": f"Bearer {secret}"})
        assert api.get(f"/api/v1/firms/{firm.id}/imports/{move.id}/").status_code == status


def test_who_is_no_owner_any_more_when_its_turn_comes_brings_nothing_in(deal: Deal) -> None:
    owner = other_firm()
    asked = ask_for_import(
        firm=owner.firm, by=owner.user, file=io.BytesIO(taken_along(deal.proposal.relationship.seller_firm))
    )
    Membership.objects.filter(id=owner.id).update(role=Membership.Role.MEMBER)

    tasks.move_firm.call("import", str(asked.id))

    asked.refresh_from_db()
    assert (asked.state, asked.report) == ("failed", [])
    assert asked.problem == "Ada Owner is no owner of Elsewhere Ltd any more. Nothing was brought in."
    assert not Proposal.objects.filter(relationship__seller_firm=owner.firm).exists()


def test_what_fails_says_so_and_an_export_that_was_interrupted_can_be_asked_for_again(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = deal.proposal.relationship.seller_firm
    export = ask_for_export(firm=firm, by=deal.maya.user)

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(firm_exports, "write_export", fails)
    with pytest.raises(OSError, match="the disk is full"):
        tasks.move_firm.call("export", str(export.id))
    export.refresh_from_db()
    assert (export.state, export.problem) == ("failed", firm_exports.INTERRUPTED)
    assert ask_for_export(firm=firm, by=deal.maya.user).id != export.id


def test_a_revision_is_what_its_hash_says(deal: Deal) -> None:
    deal.freeze()
    archive = taken_along(deal.proposal.relationship.seller_firm)
    revision = proposals_in(archive)[deal.proposal.title]["revisions"][0]
    assert revision["content"] == deal.proposal.revisions.get().content
    assert json.loads(revision["content"])["format"] == "sameside.revision.v1"
