"""The parts of a room's page as plain values for its templates: parts, sections, questions, activity."""

from dataclasses import dataclass
from typing import Any

from proposals.documents.billing_view import BillingView
from proposals.documents.price_table import PriceTable
from proposals.models import Question


@dataclass(frozen=True)
class PartView:
    """A part's seal, pills and button. `mine` and `theirs` follow the audience's side."""

    key: str
    title: str
    fingerprint: str
    seller: bool
    client: bool
    mine: bool
    theirs: bool
    changed_since: str
    words: str
    gate: str = ""
    """What a change of it undoes; "" where nobody agrees to it."""

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return "terms-part" if self.key == "terms" else self.key.replace(":", "-")

    @property
    def both(self) -> bool:
        """Whether the seal is closed."""
        return self.seller and self.client


@dataclass(frozen=True)
class SectionView:
    """A section on the page. `html` is what stands there until the editor takes over."""

    id: str
    title: str
    kind: str
    html: str
    part: PartView
    table: PriceTable | None
    questions_count: int
    position: int
    is_last: bool
    billing: BillingView | None = None
    opened: bool = False
    """Whether the address asks for it to be open for changes although both agree to it, as there may be no script."""

    @property
    def is_locked(self) -> bool:
        """Whether prices and terms of billing are to be read only: both agree to it."""
        return self.part.both and not self.opened


@dataclass(frozen=True)
class QuestionView:
    """A question in the rail."""

    question: Question
    name: str
    initials: str
    mine: bool
    section_id: str
    about: str
    at: str
    replies: list[dict[str, Any]]

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.question.status == Question.Status.OPEN


@dataclass(frozen=True)
class ActivityView:
    """One line of the activity list."""

    initials: str
    side: str
    said: str
    at: str
