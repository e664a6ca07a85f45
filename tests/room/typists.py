"""Two people who type at one proposal, one letter at a time, without a browser or a socket."""

import pycrdt

from collab import log
from collab.models import Room
from collab.validation import parse_update
from collab.writes import Batch, Write
from proposals.access import Visitor, actor_for
from proposals.locking import lock_proposal
from proposals.text import port
from tests import factories


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
        self._documents = [log.document_at(self.room) for _ in people]

    @property
    def room(self) -> Room:
        """The room as it is stored."""
        return Room.objects.get(proposal=self.proposal)

    def keystrokes(self) -> Batch:
        """One more letter of each, to be stored."""
        writes = []
        for place, (actor, document) in enumerate(zip(self.actors, self._documents, strict=True)):
            before = document.get_state()
            text = document.get(self.root, type=pycrdt.XmlFragment).children[place].children[0]
            text.insert(len(str(text)), "a")
            update = document.get_update(before)
            inserted = parse_update(update, roots={self.root}).inserted
            writes.append(Write(update, inserted, frozenset({self.root}), actor, f"{self.root} {place}"))
        return Batch(self.proposal.id, self.proposal.epoch, writes, lambda outcome: None)
