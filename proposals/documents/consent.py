"""The wordings of consent: what a person ticks before signing, each with its version and hash.

A signature records the version and the SHA-256 of the sentence as it was shown, with the firm's name in it. A wording
that was ever shown stays as it was, to the letter; a new one is added at the end under a new version.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """One version. `text` has the place `{firm}` for the firm's name as it stands in the contract."""

    version: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash of the wording before any firm's name is put in, as hexadecimal text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def shown_to(self, firm: str) -> str:
        """The sentence beside the tick box."""
        return self.text.format(firm=firm)


WORDINGS = (
    Wording(
        version="2026-11",
        text="I have read the proposal and may sign for {firm}, and I agree to sign electronically: my signature "
        "binds {firm} as one on paper would.",
    ),
)
CURRENT = WORDINGS[-1]


def sentence_sha256(sentence: str) -> str:
    """The hash of a sentence as it was shown, as hexadecimal text."""
    return hashlib.sha256(sentence.encode()).hexdigest()
