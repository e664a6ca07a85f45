"""The history of the text: at a moment, between two, named versions, bringing back."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.history import (
    BringBackSerializer,
    ComparisonQuerySerializer,
    ComparisonSerializer,
    HistoryQuerySerializer,
    HistorySerializer,
    NewVersionSerializer,
    TextAtQuerySerializer,
    TextAtSerializer,
    VersionSerializer,
)
from api.serializers.proposals import PageQuerySerializer
from api.serializers.sections import SectionSerializer, TextQuerySerializer
from api.views.ledger import shown_change
from api.views.sections import shown_one
from proposals.actions import looking_back
from proposals.actions.values import refuse
from proposals.documents import comparing
from proposals.documents.comparing import Person
from proposals.documents.moments import moment
from proposals.documents.prices_between import prices_between
from proposals.documents.timeline import timeline
from proposals.documents.word_changes import ChangedBlock
from proposals.exceptions import NotFound
from proposals.models import AuditEvent, Proposal, Section
from proposals.text import Writer


class History(Endpoint):
    """What happened, as people tell it."""

    tag = "history"
    query = HistoryQuerySerializer

    @described("list_history", "List who wrote where and what happened, the newest first", answer=HistorySerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """From sharing on, the same for both sides. Somebody's writing is one entry until they pause."""
        proposal, _ = self.enter()
        cursor = self.asked.get("cursor", "0")
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
            raise refuse("cursor", "bad_cursor", "This cursor was not made here. Take it from “next”, or leave it out.")
        shown = timeline(proposal, int(cursor))
        onward = self.url(f"{request.path}?cursor={shown.before}") if shown.before else None
        return self.shown(HistorySerializer, {"results": shown.entries, "next": onward, "previous": None})


class TextAt(Endpoint):
    """The text at any moment of the log."""

    tag = "history"
    query = TextAtQuerySerializer

    @described("get_text_at", "Read the text at a moment, with who wrote which words", answer=TextAtSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """From sharing on, the same for both sides. Whose words they are follows from the log."""
        proposal, _ = self.enter()
        at = moment(proposal, self.asked["at"])
        shown, people = comparing.authored(proposal, at, _sections(self, proposal))
        sections = [_section(each.section, each.blocks, people) for each in shown]
        return self.shown(TextAtSerializer, {"moment": at, "sections": sections})


class Compared(Endpoint):
    """Two moments, word by word."""

    tag = "history"
    query = ComparisonQuerySerializer

    @described("compare_texts", "Compare two moments word by word, with who it was", answer=ComparisonSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """The earlier moment is `from` in the answer, whichever was asked for first.

        `prices` are the changes of prices, billing and terms between them; of one section, its own and the whole's.
        """
        proposal, _ = self.enter()
        then, now = moment(proposal, self.asked["from"], "from"), moment(proposal, self.asked["to"], "to")
        found = comparing.compare(proposal, then, now, _sections(self, proposal))
        sections = [_section(each.section, each.changes.blocks, found.people) for each in found.changed]
        chosen = proposal.sections.filter(id=self.asked["section"]).first() if "section" in self.asked else None
        prices = prices_between(proposal, found.then, found.now, chosen).changes
        shown = {"from": found.then, "to": found.now, "sections": sections, "prices": map(shown_change, prices)}
        return self.shown(ComparisonSerializer, shown)


class Versions(Endpoint):
    """Moments that somebody named."""

    tag = "history"
    query = PageQuerySerializer

    @described("list_versions", "List named versions, the oldest first", answer=page_of(VersionSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Both sides see the same ones. Their texts are at the moment `e` and the event's number."""
        proposal, _ = self.enter()
        rows = proposal.audit_events.filter(epoch=proposal.epoch, type="version.named").select_related("content")
        page = paginate(request, rows, ["number"], cursor=self.asked.get("cursor", ""), limit=self.asked["limit"])
        return self.shown(page_of(VersionSerializer), page.shown(_version))

    @described(
        "name_version",
        "Name a version",
        request=NewVersionSerializer,
        answer=VersionSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """What stands there now, or a moment that is named. The name stays: it is part of the audit trail."""
        proposal, actor = self.enter()
        given = self.given(NewVersionSerializer)
        seq = moment(proposal, given["at"]).seq if "at" in given else None

        def run() -> dict[str, Any]:
            return {"event": looking_back.name_version(by=actor, name=given["name"], seq=seq).number}

        events = proposal.audit_events.select_related("content")
        made = events.get(number=self.once(run)["event"], epoch=proposal.epoch)
        return self.shown(VersionSerializer, _version(made), status=201)


class BringBack(Endpoint):
    """An earlier text of a section."""

    tag = "history"
    shaping = TextQuerySerializer

    @described(
        "bring_back",
        "Bring an earlier text of a section back by a new edit",
        request=BringBackSerializer,
        answer=SectionSerializer,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """With `seen` it is refused if the section was written in since (409 `written_since`). A section that both
        sides agree to needs `reopen` (409 `agreed`)."""
        proposal, actor = self.enter()
        given = self.given(BringBackSerializer)
        seq = moment(proposal, given["at"]).seq

        def run() -> dict[str, Any]:
            looking_back.bring_back(
                by=actor,
                section_id=section_id,
                seq=seq,
                seen=given.get("seen"),
                reopen=given.get("reopen", False),
            )
            return {}

        self.once(run)
        return shown_one(self, proposal, section_id)


def _sections(endpoint: Endpoint, proposal: Proposal) -> list[Section]:
    known = comparing.sections_of(proposal)
    asked = endpoint.asked.get("section")
    chosen = [section for section in known if asked in (None, str(section.id))]
    if asked is not None and not chosen:
        raise NotFound()
    return chosen


def _section(section: Section, blocks: Iterable[ChangedBlock], people: Mapping[Writer, Person]) -> dict[str, Any]:
    return {
        "section": section.id,
        "title": section.title,
        "standing": section.removed_at is None,
        "blocks": [
            {
                "kind": block.kind,
                "label": block.label,
                "depth": block.depth,
                "change": block.how,
                "runs": [
                    {
                        "change": run.how,
                        "text": run.text,
                        "marks": [name for name, _ in run.marks],
                        "by": [people[writer] for writer in run.who],
                    }
                    for run in block.runs
                ],
            }
            for block in blocks
        ],
    }


def _version(event: AuditEvent) -> dict[str, Any]:
    content = event.content
    return {
        "event": event.number,
        "name": content.facts["name"],
        "seq": content.facts["text_seq"],
        "named_by": content.actor_name,
        "side": content.side,
        "created_at": event.created_at,
    }
