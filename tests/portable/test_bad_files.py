"""Files from outside that are cut, forged, bombs, or say what can't be: clear words, and nothing is changed."""

import copy
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_tasks import default_task_backend

from accounts.models import Membership
from proposals.actions.firm_imports import ask_for_import, import_now, make_firm_import
from proposals.actions.templates import save_as_template
from proposals.documents.portable import package
from proposals.exceptions import Invalid
from proposals.models import FirmImport, Proposal, Template
from tests.kept import as_made
from tests.portable.moves import (
    brought_in,
    changed,
    files_in,
    other_firm,
    packed,
    proposals_in,
    taken_along,
    work_off,
)
from tests.proposals.deal import PRICING, Deal, everything, make_deal, refused

pytestmark = pytest.mark.django_db

TASKS = "django_tasks_database.DBTaskResult"

Spoil = Callable[[dict[str, Any]], object]


def exported() -> tuple[Deal, bytes, Membership]:
    """A deal, an export of it, and the owner of another firm."""
    deal = make_deal()
    return deal, taken_along(deal.proposal.relationship.seller_firm), other_firm()


@pytest.fixture
def made() -> tuple[Deal, bytes, Membership]:
    """See `exported`."""
    found: tuple[Deal, bytes, Membership] = as_made(exported)
    return found


def sent(owner: Membership, archive: bytes) -> FirmImport:
    """An import of a file as the pages send it, once the worker has looked at it."""
    asked = ask_for_import(firm=owner.firm, by=owner.user, file=io.BytesIO(archive))
    make_firm_import(str(asked.id))
    return FirmImport.objects.get(id=asked.id)


def with_manifest(archive: bytes, **changes: Any) -> bytes:
    """The same files under a manifest that says something else."""
    files = files_in(archive)
    manifest = {**json.loads(files["manifest.json"]), **changes}
    return packed({**files, "manifest.json": rfc8785.dumps(manifest)})


def with_file(name: str, content: bytes = b"{}") -> Callable[[bytes], bytes]:
    """One more file, in no manifest."""
    return lambda archive: packed({**files_in(archive), name: content})


def with_other_bytes(archive: bytes) -> bytes:
    """A file that is not what its hash says, by one letter."""
    files = files_in(archive)
    path = next(name for name in files if name.startswith("proposals/"))
    return packed({**files, path: files[path].replace(b"Portal", b"Cortal")})


def without(archive: bytes, start: str) -> bytes:
    """A file less."""
    return packed({name: content for name, content in files_in(archive).items() if not name.startswith(start)})


def twice(archive: bytes) -> bytes:
    """A name that stands twice in it."""
    file = io.BytesIO(archive)
    with zipfile.ZipFile(file, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr("manifest.json", b"{}")
    return file.getvalue()


def told(archive: bytes) -> list[Any]:
    """The proposals of a manifest."""
    found: list[Any] = json.loads(files_in(archive)["manifest.json"])["proposals"]
    return found


def bomb(archive: bytes) -> bytes:
    """A megabyte of zeros that says it is more than is taken, in a few bytes."""
    packed_ = with_file(f"files/{'0' * 64}.pdf", b"\0" * (package.LARGEST_FILE_BYTES + 1))
    return packed_(archive)


BROKEN: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "empty": ("not_an_archive", lambda archive: b""),
    "no archive": ("not_an_archive", lambda archive: b"%PDF-1.7"),
    "cut": ("not_an_archive", lambda archive: archive[: len(archive) // 2]),
    "no manifest": ("no_manifest", lambda archive: without(archive, "manifest")),
    "manifest of something else": ("unknown_format", lambda archive: packed({"manifest.json": b'{"format": "tar"}'})),
    "manifest is no JSON": ("bad_json", lambda archive: packed({"manifest.json": b"{"})),
    "a name twice in JSON": ("bad_json", lambda archive: packed({"manifest.json": b'{"a": 1, "a": 2}'})),
    "nested without end": ("bad_json", lambda archive: packed({"manifest.json": b"[" * 5000 + b"]" * 5000})),
    "half a character": ("bad_json", lambda archive: packed({"manifest.json": b'{"a": "\\ud800"}'})),
    "newer version": ("unknown_version", lambda archive: with_manifest(archive, version=2)),
    "foreign field": ("bad_content", lambda archive: with_manifest(archive, owner="me")),
    "path out": ("bad_name", with_file("../settings.py")),
    "absolute path": ("bad_name", with_file("/etc/passwd")),
    "folder with a trick": ("bad_name", with_file("proposals/../manifest.json")),
    "unlisted": ("unknown_file", with_file(f"files/{'0' * 64}.pdf", b"%PDF-")),
    "missing": ("file_missing", lambda archive: without(archive, "trails/")),
    "changed": ("wrong_hash", with_other_bytes),
    "twice": ("file_twice", twice),
    "a proposal twice": ("bad_content", lambda archive: with_manifest(archive, proposals=2 * told(archive))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_wrong_as_a_whole_is_refused_before_anything_is_written(
    name: str, made: tuple[Deal, bytes, Membership]
) -> None:
    _, archive, owner = made
    code, spoil = BROKEN[name]
    before = everything()

    failed = sent(owner, spoil(archive))

    assert (failed.state, failed.code, failed.report, failed.name) == ("failed", code, [], "")
    assert failed.problem.endswith("Nothing was changed.")
    after = everything()
    assert {label for label in after if after[label] != before[label]} <= {"proposals.FirmImport", TASKS}


def test_what_would_unpack_to_more_than_is_taken_is_refused_before_it_is_unpacked(
    made: tuple[Deal, bytes, Membership], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, archive, owner = made
    monkeypatch.setattr(package, "LARGEST_FILE_BYTES", 1024**2)
    assert sent(owner, bomb(archive)).code == "too_large"
    monkeypatch.setattr(package, "LARGEST_UNPACKED_BYTES", 1000)
    assert sent(owner, archive).code == "too_large"


def test_an_operator_is_told_before_anything_is_written(made: tuple[Deal, bytes, Membership]) -> None:
    _, archive, owner = made
    with refused(Invalid, "wrong_hash"):
        import_now(firm=owner.firm, by=owner.user, file=io.BytesIO(with_other_bytes(archive)))


def test_the_files_of_a_firm_are_held_to_their_form_before_anything_is_written(
    made: tuple[Deal, bytes, Membership],
) -> None:
    _, archive, owner = made
    firm = {**json.loads(files_in(archive)["firm.json"]), "owner": "me"}

    failed = sent(owner, changed(archive, "firm.json", firm))

    assert (failed.code, failed.report, Proposal.objects.of_firm(owner.firm).count()) == ("bad_content", [], 0)
    assert "there is no field “owner” in this format" in failed.problem


def _line(content: dict[str, Any]) -> dict[str, Any]:
    lines = next(section["lines"] for section in content["sections"] if section["title"] == PRICING)
    found: dict[str, Any] = lines[0]
    return found


def _break(content: dict[str, Any], name: str) -> None:
    content[name] += "\n"


def _sections(content: dict[str, Any]) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = content["sections"]
    return sections


DISCOUNT = {
    **dict.fromkeys(("section_id", "line_id", "within_days", "pay_by", "policy_version")),
    **dict.fromkeys(("policy_line", "policy_words", "exception"), ""),
    "type": "percent",
    "value": "10",
    "reason": "volume",
    "text": "They book the whole year",
    "conditional": False,
}

SPOILT: dict[str, tuple[str, str, Spoil]] = {
    "a price": ("prices_differ", "“Portal” comes to", lambda c: _line(c).update(amount="8000.01")),
    "a total": ("prices_differ", "the totals", lambda c: c["calculated"]["result"]["totals"].update(total="1.00")),
    "a discount": ("prices_differ", "to something else", lambda c: c["discounts"].append(DISCOUNT)),
    "a huge number": ("bad_content", "amount", lambda c: _line(c).update(amount="1" + "0" * 40)),
    "an exponent": ("bad_content", "1e9", lambda c: _line(c).update(amount="1e9")),
    "a number that is none": ("bad_content", "amount", lambda c: _line(c).update(amount=8000)),
    "a huge count": ("bad_content", "out of bounds", lambda c: c.update(rate_card_number=2**40)),
    "a foreign field": ("bad_content", "no field “is_admin”", lambda c: c.update(is_admin=True)),
    "a foreign field in a line": ("bad_content", "no field “cost”", lambda c: _line(c).update(cost="1")),
    "a missing field": ("bad_content", "“title” is missing", lambda c: c.pop("title")),
    "a long title": ("bad_content", "at most", lambda c: c.update(title="x" * 301)),
    "a title that turns": ("bad_content", "title", lambda c: c.update(title="a\u202eb")),
    "a title of two lines": ("bad_content", "title", lambda c: c.update(title="a\nb")),
    "an empty title": ("bad_content", "title", lambda c: c.update(title=" ")),
    "a line without a title": ("bad_content", "title", lambda c: _line(c).update(title="")),
    "an id with a line break": ("bad_content", "client/id", lambda c: _break(c["relationship"]["client"], "id")),
    "a number with a line break": ("bad_content", "amount", lambda c: _break(_line(c), "amount")),
    "an order with a line break": ("bad_content", "signing_order", lambda c: _break(c, "signing_order")),
    "no such day": ("bad_content", "starts_on", lambda c: c.update(starts_on="2027-02-31")),
    "no such currency": ("unknown_currency", "XXX", lambda c: c.update(currency="XXX")),
    "no such language": ("unknown_value", "tlh", lambda c: c.update(language="tlh")),
    "another side": ("bad_content", "side", lambda c: c.update(side="both")),
    "an id twice": ("bad_content", "stands twice", lambda c: _sections(c)[1].update(id=_sections(c)[0]["id"])),
    "a tax of another": ("bad_content", "no section, line or tax", lambda c: _line(c).update(taxes=[c["id"]])),
    "a script": ("bad_text", "script", lambda c: _sections(c)[0]["text"].update(content=[{"type": "script"}])),
    "lines in prose": ("bad_content", "no section with prices", lambda c: _sections(c)[1].update(kind="prose")),
    "a billing section": ("bad_content", "how the work is billed", lambda c: _sections(c)[0].update(kind="billing")),
    "another id": ("bad_content", "another proposal", lambda c: c.update(id=c["relationship"]["id"])),
    "another state": ("bad_content", "another proposal", lambda c: c.update(state="signed")),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_proposal_that_can_not_be_used_is_left_out_whole_and_says_why(
    name: str, made: tuple[Deal, bytes, Membership]
) -> None:
    deal, archive, owner = made
    code, words, spoil = SPOILT[name]
    content = copy.deepcopy(proposals_in(archive)[deal.proposal.title])
    path = f"proposals/{content['id']}.json"
    spoil(content)
    before = everything()

    done = brought_in(changed(archive, path, content), owner.firm, owner.user)

    assert [(row["outcome"], row["code"]) for row in done.report] == [("left", code)]
    assert words in done.report[0]["why"]
    after = everything()
    assert {label for label in after if after[label] != before[label]} == {
        "proposals.FirmImport",
        "proposals.ImportRow",
    }


def test_one_that_can_not_be_used_keeps_no_other_out(made: tuple[Deal, bytes, Membership]) -> None:
    deal, _, owner = made
    other = Proposal.objects.create(relationship=deal.proposal.relationship, title="Next", currency="EUR",
                                    price_date=deal.proposal.price_date)  # fmt: skip
    for party in deal.proposal.parties.all():
        other.parties.create(side=party.side, firm=party.firm, name=party.name)
    archive = taken_along(deal.proposal.relationship.seller_firm)
    content = proposals_in(archive)[deal.proposal.title]
    _line(content)["amount"] = "1"

    done = brought_in(changed(archive, f"proposals/{content['id']}.json", content), owner.firm, owner.user)

    assert [(row["title"], row["outcome"]) for row in done.report] == [(deal.proposal.title, "left"), ("Next", "draft")]


def test_the_page_says_what_is_wrong_with_a_file(made: tuple[Deal, bytes, Membership]) -> None:
    _, archive, owner = made
    client = Client()
    client.force_login(owner.user)
    address = reverse("firm_import_send", args=[owner.firm_id])

    before = len(default_task_backend.results)

    answer = client.post(address, {"file": SimpleUploadedFile("cut.zip", archive[:500])})

    waiting = client.get(answer["Location"]).content.decode()
    assert "Waiting for its turn" in waiting
    work_off(before)
    page = client.get(answer["Location"]).content.decode()
    assert "or only a part of one. Send the whole file. Nothing was changed." in page
    assert "Go on where it was" not in page
    assert "A file of 500" in client.get(reverse("firm_moving", args=[owner.firm_id])).content.decode()
    assert Proposal.objects.filter(relationship__seller_firm=owner.firm).count() == 0


SPOILT_TEMPLATES: dict[str, tuple[str, Spoil]] = {
    "a script": ("bad_text", lambda c: _sections(c)[0]["text"].update(content=[{"type": "script"}])),
    "a tax of nobody": ("bad_content", lambda c: _line(c).update(taxes=[49])),
    "a base that is no line": ("bad_content", lambda c: _line(c).update(percent_of=[[0, 1999]])),
}


@pytest.mark.parametrize("name", SPOILT_TEMPLATES)
def test_a_template_of_which_no_proposal_could_be_made_is_left_out(
    name: str, made: tuple[Deal, bytes, Membership]
) -> None:
    deal, _, owner = made
    save_as_template(by=deal.maya, title="Clinic")
    archive = taken_along(deal.proposal.relationship.seller_firm)
    firm = json.loads(files_in(archive)["firm.json"])
    code, spoil = SPOILT_TEMPLATES[name]
    spoil(firm["templates"][0]["content"])

    whole = brought_in(archive, owner.firm, owner.user)
    done = brought_in(changed(archive, "firm.json", firm), owner.firm, owner.user)

    told = [
        [(row["outcome"], row["code"]) for row in each.report if row["kind"] == "template"] for each in (whole, done)
    ]
    assert told == [[("taken", "")], [("left", code)]]
    assert Template.objects.filter(firm=owner.firm).count() == 1
