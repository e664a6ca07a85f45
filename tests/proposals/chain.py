"""The chain of an audit trail, checked as a stranger would: with SHA-256 and RFC 8785, and no code of ours."""

import hashlib
from collections.abc import Iterable
from typing import Any

import rfc8785


def last_hash(proposal: str, events: Iterable[dict[str, Any]]) -> str:
    """The hash of the last event; fails unless all belong together as `how-to-verify.txt` says, step by step."""
    previous = ""
    for number, event in enumerate(events, start=1):
        assert (event["number"], event["previous_hash"]) == (number, previous)
        names = ("epoch", "number", "type", "created_at", "content_digest", "previous_hash")
        body = {"proposal": proposal, **{name: event[name] for name in names}}
        assert hashlib.sha256(rfc8785.dumps(body)).hexdigest() == event["hash"]
        actor = event["actor"] or {"id": "", "name": "", "side": ""}
        said = {"actor": actor["id"] or "", "name": actor["name"], "side": actor["side"], "facts": event["facts"]}
        digest = hashlib.sha256(event["salt"].encode() + rfc8785.dumps(said)).hexdigest()
        assert digest == event["content_digest"]
        previous = event["hash"]
    return previous
