"""The texts of a proposal at two moments, or at one, with who wrote and took out which words, by their names."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from proposals.documents.compared_before import keep, kept
from proposals.documents.moments import Moment, moment
from proposals.documents.word_changes import ChangedBlock, Run, WordChanges, word_changes
from proposals.documents.written import blocks_of
from proposals.models import AuditEvent, Proposal, Section
from proposals.text import Writer, port


@dataclass(frozen=True)
class Person:
    """Somebody who writes, as both sides see them. `side` is empty for the product itself."""

    name: str
    initials: str
    side: str
    firm: str


@dataclass(frozen=True)
class SectionChanges:
    """What changed in one section's text."""

    section: Section
    changes: WordChanges


@dataclass(frozen=True)
class Comparison:
    """All sections between two moments: those that changed, the titles of the others, and everybody's part in it."""

    then: Moment
    now: Moment
    changed: tuple[SectionChanges, ...]
    unchanged: tuple[str, ...]
    people: Mapping[Writer, Person]

    @property
    def shares(self) -> list[tuple[Person, int, int]]:
        """Who added and who took out how many words, the most first."""
        added: Counter[Writer] = Counter()
        removed: Counter[Writer] = Counter()
        for each in self.changed:
            added += each.changes.added_count
            removed += each.changes.removed_count
        writers = sorted(added | removed, key=lambda writer: -(added[writer] + removed[writer]))
        return [(self.people[writer], added[writer], removed[writer]) for writer in writers]


@dataclass(frozen=True)
class Authored:
    """The text of one section at a moment, its runs by who wrote them, and how many words are whose."""

    section: Section
    blocks: tuple[ChangedBlock, ...]
    words_count: "Counter[Writer]"


def sections_of(proposal: Proposal) -> list[Section]:
    """The sections that stand, and those that were taken out in this epoch: what was before sharing stays private."""
    taken_out = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, type="section.removed")
    keys = {event.content.facts["section"] for event in taken_out.select_related("content")}
    removed = proposal.sections.filter(id__in=keys, removed_at__isnull=False).order_by("position", "id")
    return [*proposal.sections.standing(), *removed]


def in_order(one: Moment, other: Moment) -> tuple[Moment, Moment]:
    """Two moments, the earlier first: by the text's log, and where it says the same, by the trail."""
    earlier, later = sorted((one, other), key=lambda moment: (moment.seq, moment.event))
    return earlier, later


def compare(proposal: Proposal, then: Moment, now: Moment, sections: Sequence[Section]) -> Comparison:
    """Compare the texts of sections at two moments, the earlier first."""
    then, now = in_order(then, now)
    found = _changes_between(proposal, then.seq, now.seq, [section.id for section in sections])
    changed, unchanged = [], []
    for section in sections:
        changes = found[section.id]
        if changes.is_changed:
            changed.append(SectionChanges(section, changes))
        else:
            unchanged.append(section.title)
    writers = {writer for each in changed for block in each.changes.blocks for run in block.runs for writer in run.who}
    return Comparison(then, now, tuple(changed), tuple(unchanged), people(proposal, writers))


def _changes_between(
    proposal: Proposal, then_seq: int, now_seq: int, keys: Sequence[uuid.UUID]
) -> dict[uuid.UUID, WordChanges]:
    """What changed in sections between two numbers of the log; whose hand it was is read where the text differs."""
    between = {key: (proposal.id, proposal.epoch, key, then_seq, now_seq) for key in keys}
    found = {key: changes for key in keys if (changes := kept(between[key])) is not None}
    missing = [key for key in keys if key not in found]
    if not missing:
        return found
    stood, stands = (port().texts_at(proposal, missing, seq) for seq in (then_seq, now_seq))
    differing = [key for key in missing if stood[key] != stands[key]]
    before = port().authored(proposal, differing, then_seq, beside=now_seq)
    after = port().authored(proposal, differing, now_seq, beside=then_seq)
    for key in missing:
        found[key] = word_changes(blocks_of(before.get(key, {})), blocks_of(after.get(key, {})))
        keep(between[key], found[key])
    return found


def what_it_would_change(proposal: Proposal, section: Section, at: Moment) -> Comparison:
    """What bringing a section's text of a moment back would change of what stands there, told with who wrote it."""
    present = moment(proposal, "now")
    stands, stood = (blocks_of(port().authored(proposal, [section.id], each.seq)[section.id]) for each in (present, at))
    changes = word_changes(stands, stood, written=True)
    changed = (SectionChanges(section, changes),) if changes.is_changed else ()
    return Comparison(present, at, changed, (), people(proposal, _writers_in(changed)))


def authored(
    proposal: Proposal, at: Moment, sections: Sequence[Section]
) -> tuple[list[Authored], dict[Writer, Person]]:
    """The texts of sections at a moment with who wrote what, and everybody's names."""
    texts = port().authored(proposal, [section.id for section in sections], at.seq)
    shown = []
    for section in sections:
        counts: Counter[Writer] = Counter()
        blocks = []
        for block in blocks_of(texts[section.id]):
            runs: list[Run] = []
            for word in block.words:
                counts[word.pieces[0].hand.wrote] += 1
                for text, marks, hand in word.pieces:
                    last = runs[-1] if runs else None
                    if last is not None and (last.marks, last.who) == (marks, (hand.wrote,)):
                        last.text += text
                    else:
                        runs.append(Run("same", text, marks, (hand.wrote,)))
            blocks.append(ChangedBlock(block.kind, block.label, block.depth, runs=runs))
        shown.append(Authored(section, tuple(blocks), counts))
    return shown, people(proposal, {writer for each in shown for writer in each.words_count})


def _writers_in(changed: Iterable[SectionChanges]) -> set[Writer]:
    return {writer for each in changed for block in each.changes.blocks for run in block.runs for writer in run.who}


def people(proposal: Proposal, writers: Iterable[Writer]) -> dict[Writer, Person]:
    """The names of writers: people by theirs, a token by its firm's."""
    wanted = list(writers)
    parties = {party.side: party.name for party in proposal.parties.all()}
    users = User.objects.in_bulk([writer.user_id for writer in wanted if writer.user_id is not None])
    return {writer: _person(writer, users, parties) for writer in wanted}


def _person(writer: Writer, users: Mapping[uuid.UUID, User], parties: Mapping[str, str]) -> Person:
    firm = parties.get(writer.side, "")
    user = users.get(writer.user_id) if writer.user_id else None
    if user is not None:
        return Person(user.display_name, user.initials, writer.side, firm)
    return Person(firm or "Sameside", (firm or "S")[:1].upper(), writer.side, firm)
