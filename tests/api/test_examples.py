"""The programs in examples/, as an integrator runs them, against a real server with one signed proposal."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from live import PROJECT, LiveServer
from standardwebhooks.webhooks import Webhook

from tests.api.conftest import Answer
from tests.api.description import check_answer, described, note
from tests.prepared import copy_signed_demo, once

pytestmark = pytest.mark.xdist_group("api-examples")

EXAMPLES = PROJECT / "examples"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOTAL = Decimal("23038.40")
LINES = {"4711-1": "Training sessions", "4711-2": "Accessibility review"}


class Site:
    """A running server with a signed demo."""

    def __init__(self, folder: Path) -> None:
        self.demo = copy_signed_demo(folder)
        self.live = LiveServer(folder)

    def environment(self, **more: str) -> dict[str, str]:
        """What an example needs in its environment, and no more of ours."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "SAMESIDE_URL": self.live.url, "SAMESIDE_TOKEN": self.demo["seller"]["token"], **more}

    def run(self, *command: Any, **more: str) -> subprocess.CompletedProcess[str]:
        """Run an example to its end, with what it said."""
        return subprocess.run(
            [str(word) for word in command],
            cwd=PROJECT,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def get(self, path: str) -> Any:
        """What the API answers to the seller."""
        headers = {"Authorization": f"Bearer {self.demo['seller']['token']}"}
        return httpx.get(f"{self.live.url}/api/v1/{path}", headers=headers, timeout=120).raise_for_status().json()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running server."""
    made = Site(tmp_path_factory.mktemp("examples"))
    made.live.start()
    yield made
    made.live.stop()


def done(ran: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that an example printed. Fails if it complained of anything."""
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.splitlines()


def make_python_client(folder: Path) -> None:
    """Made of the committed description without a single warning. As JSON that is read in half the time."""
    (folder / "openapi.json").write_text(json.dumps(described()))
    generator = [
        Path(sys.executable).with_name("openapi-python-client"), "generate", "--fail-on-warning", "--meta", "none",
        "--path", folder / "openapi.json", "--config", EXAMPLES / "openapi-python-client.yaml",
        "--output-path", folder / "sameside_client",
    ]  # fmt: skip
    said = subprocess.run(generator, capture_output=True, text=True, timeout=300, check=True)
    assert "WARNING" not in said.stdout + said.stderr


@pytest.fixture(scope="module")
def python_client() -> Path:
    """The folder of the Python client."""
    return once("python-client", make_python_client)


def make_typescript_client(folder: Path, *options: str) -> None:
    """Compile the TypeScript example, checked against types that are made of the committed description."""
    source = EXAMPLES / "typescript"
    for name in ("crm_sync.ts", "tsconfig.json", "package.json"):
        shutil.copy(source / name, folder)
    (folder / "node_modules").symlink_to(source / "node_modules")
    tools = source / "node_modules" / ".bin"
    description = PROJECT / "docs" / "openapi.yaml"
    for command in ([tools / "openapi-typescript", description, "-o", "schema.d.ts"], [tools / "tsc", *options]):
        said = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        assert said.returncode == 0, said.stdout + said.stderr
        assert "warn" not in (said.stdout + said.stderr).lower()


@pytest.fixture(scope="module")
def typescript_client() -> Path:
    """The compiled TypeScript example. Declarations are read but not judged here, which takes most of the time."""
    return once("typescript", lambda folder: make_typescript_client(folder, "--skipLibCheck")) / "build" / "crm_sync.js"


@pytest.mark.soak
def test_every_type_made_of_the_description_is_right(tmp_path: Path) -> None:
    make_typescript_client(tmp_path)
    assert (tmp_path / "build" / "crm_sync.js").exists()


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_a_deal_becomes_a_proposal_and_its_state_flows_back(
    language: str, site: Site, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if language == "python":
        command = [sys.executable, "-W", "error", EXAMPLES / "crm_sync.py"]
        more = {"PYTHONPATH": str(request.getfixturevalue("python_client"))}
    else:
        command, more = ["node", request.getfixturevalue("typescript_client")], {}
    deal = json.loads((EXAMPLES / "deals" / "deal-4711.json").read_text())
    deal["id"] = f"deal-4711-{language}"
    file = tmp_path / f"{deal['id']}.json"
    file.write_text(json.dumps(deal))

    (pushed,) = done(site.run(*command, "push", file, **more))

    (found,) = site.get(f"proposals/?external_id={deal['id']}")["results"]
    assert pushed == f"{deal['id']}: open, {found['page_url']}"
    assert json.loads(file.read_text())["proposal"] == {"id": found["id"], "state": "open", "url": found["page_url"]}
    (section,) = site.get(f"proposals/{found['id']}/sections/?external_id={deal['id']}")["results"]
    lines = site.get(f"proposals/{found['id']}/sections/{section['id']}/lines/")["results"]
    assert {line["external_id"]: line["title"] for line in lines} == LINES
    assert [one["email"] for one in site.get(f"proposals/{found['id']}/participants/")["results"]][-1] == (
        "ada@engines.example"
    )

    done(site.run(*command, "push", file, **more))

    assert len(site.get(f"proposals/?external_id={deal['id']}")["results"]) == 1
    assert site.get(f"proposals/{found['id']}/sections/{section['id']}/lines/")["results"] == lines

    (pulled,) = done(site.run(*command, "pull", tmp_path, **more))

    assert pulled == f"{deal['id']}: open, €5,030.50"
    assert json.loads(file.read_text())["proposal"]["total"] == "€5,030.50"
    assert done(site.run(*command, "pull", tmp_path, **more)) == []


def test_the_api_s_words_reach_the_person_at_the_command_line(site: Site, python_client: Path, tmp_path: Path) -> None:
    deal = json.loads((EXAMPLES / "deals" / "deal-4711.json").read_text())
    (tmp_path / "deal.json").write_text(json.dumps({**deal, "id": "deal-x", "currency": "EURO"}))

    ran = site.run(
        sys.executable, EXAMPLES / "crm_sync.py", "push", tmp_path / "deal.json", PYTHONPATH=str(python_client)
    )

    assert ran.returncode == 1
    assert ran.stderr.startswith("The API refused: 422 unknown_currency: ")
    assert site.get("proposals/?external_id=deal-x")["results"] == []


TYPED = """
import os, uuid
from sameside_client import AuthenticatedClient
from sameside_client.api.me import get_me
from sameside_client.api.proposals import get_proposal

with AuthenticatedClient(base_url=os.environ["SAMESIDE_URL"], token=os.environ["SAMESIDE_TOKEN"]) as client:
    me, problem = get_me.sync(client=client), get_proposal.sync(uuid.UUID(int=7), client=client)
print(type(problem).__name__, problem.status, problem.code)
print(type(me.firms[0].role).__name__, me.firms[0].role.value, type(me.token.expires_at).__name__)
"""


def test_the_generated_client_gives_problems_words_and_nothing_as_types(site: Site, python_client: Path) -> None:
    ran = site.run(sys.executable, "-W", "error", "-c", TYPED, PYTHONPATH=str(python_client))

    assert done(ran) == ["Problem 404 not_found", "FirmRoleType0 owner NoneType"]


def test_the_archive_keeps_what_was_signed_with_its_hash(site: Site, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", EXAMPLES / "archive_signed.py", tmp_path]

    (said,) = done(site.run(*command))

    pdf = (tmp_path / f"{site.demo['proposal']}.pdf").read_bytes()
    kept = json.loads((tmp_path / f"{site.demo['proposal']}.json").read_text())
    assert pdf == Path(site.demo["signed_pdf"]).read_bytes()
    assert kept["sha256"] == hashlib.sha256(pdf).hexdigest() == said.split()[0]
    assert [signer["name"] for signer in kept["signers"]] == ["Maya Lindqvist", "Tomás Reyes"]
    assert done(site.run(*command)) == ["Nothing was signed that is not here already."]


def test_anybody_verifies_a_sealed_file(site: Site) -> None:
    path = "/api/v1/verifications/"
    file = Path(site.demo["signed_pdf"]).read_bytes()

    answer = httpx.post(f"{site.live.url}{path}", files={"file": ("signed.pdf", file)}, timeout=120)

    given = Answer(answer.status_code, answer.json(), answer.headers, answer.content)
    check_answer("POST", path, None, given)
    note("POST", path, None, given)
    assert (given.status, given.body["ok"], given.body["ours"]) == (200, True, True)
    assert given.body["sha256"] == hashlib.sha256(file).hexdigest()


def test_a_signed_proposal_becomes_draft_invoices_that_add_up(site: Site, tmp_path: Path) -> None:
    event = {
        "id": "evt_1",
        "type": "proposal.signed",
        "created_at": "2026-01-12T09:00:00Z",
        "data": {"proposal": {"id": site.demo["proposal"]}},
    }
    with listening(site, tmp_path) as address:
        assert deliver(address, event).status_code == 204
        assert deliver(address, event).status_code == 204
        assert deliver(address, {**event, "type": "section.edited"}).status_code == 204
        refused = deliver(address, event, secret="whsec_bm90IG91ciBzZWNyZXQgYXQgYWxsIDEyMzQ=")
        assert (refused.status_code, "not signed by our endpoint" in refused.text) == (401, True)
        unknown = {**event, "data": {"proposal": {"id": "01890000-0000-7000-8000-000000000000"}}}
        assert deliver(address, unknown).status_code == 503

    drafts = [json.loads(file.read_text()) for file in sorted(tmp_path.glob("*.json"))]
    assert sum(Decimal(draft["amount"]) for draft in drafts) == TOTAL
    assert [(draft["title"], draft["amount"], draft["due"]) for draft in drafts] == [
        ("On account, at the start", "6911.52", "on_signature"),
        ("On account, portal open to staff", "9215.36", "milestone"),
        ("Final account, open to patients", "6911.52", "milestone"),
    ]
    assert {draft["bill_to"]["name"] for draft in drafts} == {"Harbour Street Clinic"}
    assert all(Decimal(draft["net"]) + Decimal(draft["tax"]) == Decimal(draft["amount"]) for draft in drafts)


def test_a_program_writes_in_the_room(site: Site) -> None:
    deal = {"title": "Room", "currency": "EUR", "client": {"name": "Ada", "email": "ada@engines.example"}}
    headers = {"Authorization": f"Bearer {site.demo['seller']['token']}"}
    with httpx.Client(base_url=f"{site.live.url}/api/v1/", headers=headers, timeout=120) as api:
        proposal = f"proposals/{api.post('proposals/', json=deal).raise_for_status().json()['id']}/"
        words = {"title": "Words", "text": {"format": "markdown", "content": "We begin in March."}}
        section = api.post(f"{proposal}sections/", json=words).raise_for_status().json()["id"]
    command = ["node", EXAMPLES / "write_in_room.mjs", proposal.split("/")[1], section]

    assert done(site.run(*command, "And end in May.")) == ["We begin in March.", "And end in May."]

    assert site.get(f"{proposal}sections/{section}/")["text"]["content"] == "We begin in March.\n\nAnd end in May."
    refused = site.run(*command, "No.", SAMESIDE_TOKEN="same_wrong")
    assert (refused.returncode, refused.stderr[:36]) == (1, "The API refused: 401 bad_token: This")
    nowhere = site.run(*command[:-1], uuid4(), "No.")
    assert (nowhere.returncode, nowhere.stderr[:33]) == (1, "The API refused: 404 not_found: T")


@contextmanager
def listening(site: Site, folder: Path) -> Iterator[str]:
    """The invoice receiver runs meanwhile; gives its address."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / "invoices_from_signed.py"), "0", str(folder)]
    environment = site.environment(SAMESIDE_WEBHOOK_SECRET=SECRET)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip().removeprefix("Listening on ")
        finally:
            process.terminate()


def deliver(address: str, event: dict[str, Any], secret: str = SECRET) -> httpx.Response:
    """Send a webhook as Sameside does."""
    body, now = json.dumps(event), datetime.now(UTC)
    signature = Webhook(secret).sign(event["id"], now, body)
    headers = {
        "webhook-id": event["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return httpx.post(address, content=body, headers=headers, timeout=120)
