"""The audit trail as it stood where a proposal came from is one file, which anybody checks without us."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, Membership
from proposals.models import Origin, Proposal
from tests.api.conftest import Answer
from tests.api.description import check_answer, note
from tests.portable.moves import brought_in, files_in, manifest_of, other_firm, packed, taken_along
from tests.proposals.chain import last_hash
from tests.proposals.deal import Deal, make_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal() -> Deal:
    """A deal that is locked, with a trail of how it came to that."""
    made = make_deal()
    made.freeze()
    return made


def brought(deal: Deal, archive: bytes | None = None) -> tuple[Membership, Proposal]:
    """It in another firm, with the firm's owner."""
    owner = other_firm()
    brought_in(archive or taken_along(deal.proposal.relationship.seller_firm), owner.firm, owner.user)
    return owner, Proposal.objects.get(relationship__seller_firm=owner.firm)


def browser(owner: Membership) -> Client:
    """A browser in which the owner is signed in."""
    client = Client()
    client.force_login(owner.user)
    return client


def api(owner: Membership) -> Client:
    """A program of the firm."""
    _, secret = ApiToken.issue(firm=owner.firm, name="Archive", scopes=["proposals:read", "documents:read"])
    return Client(headers={"Authorization": f"Bearer {secret}"})


def whole(response: Any) -> bytes:
    """All of a file that is sent in pieces."""
    return b"".join(response.streaming_content)


def without_trail(archive: bytes, trail: bytes | None = None) -> bytes:
    """The archive without its trail, or with another one."""
    files = files_in(archive)
    manifest = json.loads(files.pop("manifest.json"))
    path = manifest["proposals"][0]["trail"]
    listed = [file for file in manifest["files"] if file["path"] != path]
    del files[path]
    if trail is not None:
        files[path] = trail
        listed.append({"path": path, "sha256": hashlib.sha256(trail).hexdigest(), "length_bytes": len(trail)})
    return packed({**files, "manifest.json": rfc8785.dumps({**manifest, "files": listed})})


def test_it_is_one_file_with_every_event_byte_for_byte_and_is_checked_by_what_it_says(deal: Deal) -> None:
    archive = taken_along(deal.proposal.relationship.seller_firm)
    owner, made = brought(deal, archive)
    page = browser(owner).get(reverse("origin", args=[made.id])).content.decode()
    address = reverse("origin_trail", args=[made.id])
    assert f'href="{address}" download' in page

    answer = browser(owner).get(address)

    file = whole(answer)
    name = f"proposal-{made.id}-trail-from-elsewhere.json"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (answer["Content-Type"], int(answer["Content-Length"])) == ("application/json", len(file))
    there = files_in(archive)[f"trails/{deal.id}.jsonl"]
    assert [line.rstrip(b",") for line in file.splitlines()[1:-1]] == there.splitlines()
    told = json.loads(file)
    assert last_hash(told["proposal"], told["events"]) == deal.proposal.audit_hash
    assert (told["instance"], told["witnessed"]) == (manifest_of(archive)["instance"]["url"], False)
    assert f'{{"proposal": "{deal.id}", "epoch": ...' in told["how_to_verify"]


def test_over_the_api_it_is_the_same_file(deal: Deal) -> None:
    owner, made = brought(deal)
    program, path = api(owner), f"/api/v1/proposals/{made.id}/origin/trail.json"
    assert program.get(f"/api/v1/proposals/{made.id}/origin/").json()["trail"] == f"http://testserver{path}"
    response = program.get(path)
    file = whole(response)
    assert file == whole(browser(owner).get(reverse("origin_trail", args=[made.id])))
    answer = Answer(response.status_code, json.loads(file), response.headers, file)
    check_answer("GET", path, None, answer)
    note("GET", path, None, answer)


def test_where_none_came_along_there_is_none(deal: Deal) -> None:
    owner, made = brought(deal, without_trail(taken_along(deal.proposal.relationship.seller_firm)))
    address = reverse("origin_trail", args=[made.id])
    assert address not in browser(owner).get(reverse("origin", args=[made.id])).content.decode()
    assert browser(owner).get(address).status_code == 404
    program = api(owner)
    assert program.get(f"/api/v1/proposals/{made.id}/origin/").json()["trail"] is None
    assert program.get(f"/api/v1/proposals/{made.id}/origin/trail.json").status_code == 404


@pytest.mark.parametrize(
    "trail", [b'{"number": 1', b"[]\n", b'{"a": NaN}', b"{}\n\n{}", b'{\r"a": 1}', b'{"a": "\xff"}']
)
def test_what_is_no_trail_does_not_come_and_is_not_given(deal: Deal, trail: bytes) -> None:
    archive = taken_along(deal.proposal.relationship.seller_firm)
    owner = other_firm()

    done = brought_in(without_trail(archive, trail), owner.firm, owner.user)

    assert [(row["outcome"], row["code"]) for row in done.report] == [("left", "damaged")]
    assert "of its audit trail is not an event that can be read" in done.report[0]["why"]
    brought_in(archive, owner.firm, owner.user)
    made = Proposal.objects.get(relationship__seller_firm=owner.firm)
    Origin.objects.update(trail=default_storage.save("origins/before.jsonl", ContentFile(trail)))
    assert browser(owner).get(reverse("origin_trail", args=[made.id])).status_code == 422
