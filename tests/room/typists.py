"""People who type at a proposal, one letter at a time, without a browser or a socket."""

import pycrdt

from collab import log
from collab.models import Room
from collab.validation import parse_update
from collab.writes import Batch, Write
from proposals.access import Actor, Visitor, actor_for
from proposals.locking import lock_proposal
from proposals.models import Proposal
from proposals.text import port
from tests import factories


class Typist:
    """Somebody who types at the end of one paragraph of a section, as it stands when they come."""

    def __init__(self, proposal: Proposal, actor: Actor, root: str, place: int = 0) -> None:
        self.actor, self._root, self._place = actor, root, place
        self._proposal = proposal
        room = log.room_of(proposal)
        assert room is not None
        self._document = log.document_at(room)

    def keystroke(self, letter: str = "a") -> Write:
        """One more letter, to be stored."""
        before = self._document.get_state()
        text = self._document.get(self._root, type=pycrdt.XmlFragment).children[self._place].children[0]
        text.insert(len(str(text).encode()), letter)
        update = self._document.get_update(before)
        inserted = parse_update(update, roots={self._root}).inserted
        return Write(update, inserted, frozenset({self._root}), self.actor, f"{self._root} {self._place}")

    def batch(self, letters: str) -> Batch:
        """A keystroke for each of these letters, to be stored."""
        writes = [self.keystroke(letter) for letter in letters]
        return Batch(self._proposal.id, self._proposal.epoch, writes, lambda outcome: None)


class Table:
    """A proposal whose seller and client each type at the end of a paragraph of their own."""

    def __init__(self) -> None:
        self.proposal = factories.proposal()
        section = factories.section(self.proposal)
        paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": word}]} for word in ("One", "Two")]
        with lock_proposal(self.proposal.id) as locked:
            port().create(locked, {section.id: {"type": "doc", "content": paragraphs}}, None)
        self.root = f"section:{section.id}"
        people = [factories.seller(self.proposal), factories.client(self.proposal)]
        self.actors = [actor_for(Visitor(user=user), self.proposal) for user in people]
        self._typists = [Typist(self.proposal, actor, self.root, place) for place, actor in enumerate(self.actors)]

    @property
    def room(self) -> Room:
        """The room as it is stored."""
        return Room.objects.get(proposal=self.proposal)

    def keystrokes(self) -> Batch:
        """One more letter of each, to be stored."""
        writes = [typist.keystroke() for typist in self._typists]
        return Batch(self.proposal.id, self.proposal.epoch, writes, lambda outcome: None)
