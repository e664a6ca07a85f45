"""Who agreed to what, and when: the evidence that a revision carries, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from proposals.documents.words import grouped, moment_in_words

TERMS: Final = "terms"
TERMS_TITLE: Final = "Terms of the whole: title, parties, order, price settings, totals"

STATES: Final = {
    (True, True): "both",
    (True, False): "seller",
    (False, True): "client",
    (False, False): "none",
}


@dataclass(frozen=True)
class Agreement:
    """One side's agreement to a part: who gave it, and when in words."""

    name: str
    agreed_at: str


@dataclass(frozen=True)
class AgreedPart:
    """A part with its fingerprint, and who agreed to exactly this fingerprint."""

    key: str
    title: str
    fingerprint: str
    seller: Agreement | None
    client: Agreement | None
    firms: Mapping[str, str]

    @property
    def state(self) -> str:
        """both, seller, client or none."""
        return STATES[self.seller is not None, self.client is not None]

    @property
    def state_in_words(self) -> str:
        """How a reader is told."""
        if self.state in self.firms:
            return f"{self.firms[self.state]} agrees"
        return {"both": "Both agree", "none": "Not agreed yet"}[self.state]


def agreed_parts(snapshot: Mapping[str, Any]) -> list[AgreedPart]:
    """Every section and the terms, with the agreements that fit the part as it stands in the snapshot."""
    parties = snapshot["parties"]
    firms = {side: parties[side]["name"] for side in ("seller", "client")}
    parts = [(f"section:{section['id']}", section["title"], section["fingerprint"]) for section in snapshot["sections"]]
    parts.append((TERMS, TERMS_TITLE, snapshot["terms_fingerprint"]))
    given = {
        (agreement["part"], agreement["side"]): agreement
        for agreement in snapshot["agreements"]
        if (agreement["part"], agreement["fingerprint"]) in {(key, fingerprint) for key, _, fingerprint in parts}
    }
    return [
        AgreedPart(
            key=key,
            title=title,
            fingerprint=readable(fingerprint),
            seller=agreement_in(given, key, "seller"),
            client=agreement_in(given, key, "client"),
            firms=firms,
        )
        for key, title, fingerprint in parts
    ]


def agreement_in(given: Mapping[tuple[str, str], Mapping[str, Any]], key: str, side: str) -> Agreement | None:
    """A side's agreement to a part, if it gave one."""
    agreement = given.get((key, side))
    if agreement is None:
        return None
    return Agreement(name=agreement["name"], agreed_at=moment_in_words(agreement["agreed_at"]))


def readable(fingerprint: str) -> str:
    """A fingerprint such as "v1:9f2c..." in groups."""
    version, _, digest = fingerprint.partition(":")
    return f"{version} {grouped(digest)}"
