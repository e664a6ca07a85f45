"""A document archive takes every signed proposal along: the sealed PDF, verified, with its SHA-256.

    python examples/archive_signed.py archive/

Each proposal becomes `archive/<id>.pdf` and, written last, `archive/<id>.json` with the hash, who signed and when. Run
it again as often as you like: what is there is not fetched again, and a file that is not what was signed is never
kept. SAMESIDE_URL and SAMESIDE_TOKEN say where and who; the token needs proposals:read and documents:read.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx


class Refused(Exception):
    """The API said no, or a file is not what it should be; the text is for people."""


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer. Raises Refused with the words of the API (`application/problem+json`)."""
    if answer.is_error:
        problem = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
        raise Refused(f"{answer.status_code} {problem.get('code', '')}: {problem.get('detail', answer.text[:200])}")
    return answer


def signed_proposals(api: httpx.Client) -> Iterator[dict[str, Any]]:
    """Every signed proposal, page after page."""
    page: str | None = "proposals/?state=signed&limit=100"
    while page:
        shown = checked(api.get(page)).json()
        yield from shown["results"]
        page = shown["next"]


def archive(api: httpx.Client, proposal: dict[str, Any], folder: Path) -> None:
    """Fetch a proposal's sealed PDF, have it verified, keep both. Raises Refused if it is not intact."""
    pdf = checked(api.get(f"proposals/{proposal['id']}/document.pdf")).content
    sha256 = hashlib.sha256(pdf).hexdigest()
    verdict = checked(api.post("verifications/", files={"file": ("document.pdf", pdf, "application/pdf")})).json()
    if verdict["outcome"] != "intact" or verdict["sha256"] != sha256:
        raise Refused(f"The PDF of “{proposal['title']}” was not kept: {verdict['summary']}")
    kept = {
        "proposal": proposal["id"],
        "external_id": proposal["external_id"],
        "title": proposal["title"],
        "sha256": sha256,
        "revision_sha256": verdict["revision"]["sha256"],
        "signers": [
            {name: signer[name] for name in ("side", "name", "title", "firm", "signed_at")}
            for signer in verdict["signers"]
        ],
        "summary": verdict["summary"],
    }
    (folder / f"{proposal['id']}.pdf").write_bytes(pdf)
    (folder / f"{proposal['id']}.json").write_text(json.dumps(kept, indent=2, ensure_ascii=False))
    print(f"{sha256}  {proposal['title']}")


def main() -> None:
    """Do what the command line says."""
    if len(sys.argv) != 2 or not os.environ.get("SAMESIDE_TOKEN"):
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    root = os.environ.get("SAMESIDE_URL", "http://127.0.0.1:8000")
    headers = {"Authorization": f"Bearer {os.environ['SAMESIDE_TOKEN']}"}
    with httpx.Client(base_url=f"{root}/api/v1/", headers=headers, timeout=120) as api:
        try:
            new = [row for row in signed_proposals(api) if not (folder / f"{row['id']}.json").exists()]
            for proposal in new:
                archive(api, proposal, folder)
        except Refused as refusal:
            sys.exit(str(refusal))
        except httpx.TransportError as error:
            sys.exit(f"Nothing answers at {root}: {error}. What was fetched before is kept; run it again.")
    if not new:
        print("Nothing was signed that is not here already.")


if __name__ == "__main__":
    main()
