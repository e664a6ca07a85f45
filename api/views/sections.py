"""Sections: their order, titles and texts."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries import Prepared
from api.asking import asks_of
from api.conditions import require_put, seen_version, unchanged
from api.endpoint import Endpoint, one, only
from api.pagination import AskPage, PreparedPages, paginate
from api.schema import described, page_of
from api.serializers.sections import (
    NewSectionSerializer,
    PutSectionQuerySerializer,
    PutSectionSerializer,
    SectionChangeSerializer,
    SectionQuerySerializer,
    SectionSerializer,
    TextQuerySerializer,
)
from proposals.actions import sections
from proposals.actions.changing import check_version
from proposals.actions.discounts import set_discounts
from proposals.actions.keys import set_section_keys
from proposals.actions.values import KEY_EDITS, refuse
from proposals.documents import contents
from proposals.locking import lock_proposal
from proposals.models import Discount, Proposal, Section
from proposals.prose import ProseDocument, ProseError, from_html, from_markdown, to_html, to_markdown
from proposals.text import SectionTexts, port

READERS = {"markdown": from_markdown, "html": from_html}
WRITERS = {"markdown": to_markdown, "html": to_html}


class Sections(Endpoint):
    """The sections of a proposal."""

    tag = "sections"
    query = SectionQuerySerializer
    shaping = TextQuerySerializer
    naming = PutSectionQuerySerializer

    @described("list_sections", "List sections with their texts, in order", answer=page_of(SectionSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Each text is the committed one, as everybody sees it."""
        proposal, _ = self.enter()
        rows: QuerySet[Section] | AskPage = _SECTIONS.of(proposal.id)
        if "external_id" in self.asked:
            rows = proposal.sections.standing().filter(external_id=self.asked["external_id"])
        cursor, limit = self.asked.get("cursor", ""), self.asked["limit"]
        page = paginate(request, rows, ["position", "id"], cursor=cursor, limit=limit)
        texts = port().read(proposal, [section.id for section in page.rows])
        discounts = _discounts_of(proposal)
        shown = page.shown(
            lambda section: shown_section(section, discounts.get(section.id, ()), texts, self.asked["text_format"])
        )
        return self.shown(page_of(SectionSerializer), shown)

    @described(
        "add_section",
        "Add a section",
        request=NewSectionSerializer,
        answer=SectionSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """At the end, or at a place counted from 0."""
        proposal, actor = self.enter()
        given = self.given(NewSectionSerializer)
        text = prose_of(given.pop("text")) if "text" in given else None
        place = given.pop("order", None)

        def run() -> dict[str, Any]:
            return {"section": str(sections.add_section(by=actor, text=text, position=place, **given).id)}

        section_id = uuid.UUID(self.once(run)["section"])
        response = shown_one(self, proposal, section_id, status=201)
        response["Location"] = self.url(f"{request.path}{section_id}/")
        return response

    @described(
        "put_section",
        "Add a section under an external id, or replace what stands there",
        request=PutSectionSerializer,
        answer={200: SectionSerializer, 201: SectionSerializer},
        versioned=True,
    )
    def put(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """However often it is sent, there is one. Metadata that is left out is emptied.

        A text or an order that is left out stays as it is; another text than the one that stands there needs its `seq`
        or `replace: true`. The kind of a section never changes.
        """
        proposal, actor = self.enter()
        given, key = self.given(PutSectionSerializer), self.asked["external_id"]
        over = only(given.get("text", {}), "seq", "replace")
        text = prose_of(given.pop("text")) if "text" in given else None
        place, metadata = given.pop("order", None), given.pop("metadata", {})
        with lock_proposal(actor.proposal_id) as locked:
            standing = locked.sections.standing().filter(external_id=key).first()
            require_put(request, standing, "section")
            if standing is None:
                keys = {"external_id": key, "metadata": metadata}
                row = sections.add_section(by=actor, text=text, position=place, **given, **keys)
            else:
                row = standing
                check_version(row.version, seen_version(request, row.version), "section")
                if given["kind"] != row.kind:
                    raise refuse("kind", "other_kind", f"“{row.title}” is a section of another kind, and stays one.")
                sections.edit_section(by=actor, section_id=row.id, changes={"title": given["title"]})
                if metadata != row.metadata:
                    set_section_keys(by=actor, section_id=row.id, changes={"metadata": metadata})
                if place is not None:
                    sections.move_section(by=actor, section_id=row.id, position=place)
                if text is not None:
                    sections.write_text(by=actor, section_id=row.id, text=text, **over)
        return shown_one(self, proposal, row.id, status=200 if standing else 201)


class OneSection(Endpoint):
    """One section."""

    tag = "sections"
    query = TextQuerySerializer
    shaping = TextQuerySerializer

    @described("get_section", "Read a section and its text", answer=SectionSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """The committed text, as everybody sees it."""
        proposal, _ = self.enter()
        return shown_one(self, proposal, section_id)

    @described(
        "change_section",
        "Rename, move or write a section, or set its discounts",
        request=SectionChangeSerializer,
        answer=SectionSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """All of what is sent, or nothing. A text is merged with what others type and needs no `If-Match`.

        Where a text stands, send its `seq` with the new one, or `replace: true`; else 422 `seq_required`.
        """
        proposal, actor = self.enter()
        given = self.given(SectionChangeSerializer)
        text = prose_of(given["text"]) if "text" in given else None
        named, own_keys = only(given, "title"), only(given, *KEY_EDITS)
        with unchanged(request, actor, lambda locked: _find(locked, section_id), "section"):
            if named:
                sections.edit_section(by=actor, section_id=section_id, changes=named)
            if own_keys:
                set_section_keys(by=actor, section_id=section_id, changes=own_keys)
            if "order" in given:
                sections.move_section(by=actor, section_id=section_id, position=given["order"])
            if "discounts" in given:
                set_discounts(by=actor, section_id=section_id, discounts=given["discounts"], why=given.get("why", ""))
            if text is not None:
                sections.write_text(by=actor, section_id=section_id, text=text, **only(given["text"], "seq", "replace"))
        return shown_one(self, proposal, section_id, asks=asks_of(actor, proposal))

    @described("remove_section", "Take a section out", status=204, versioned=True)
    def delete(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """Its text stays in the records."""
        _, actor = self.enter()
        with unchanged(request, actor, lambda locked: _find(locked, section_id), "section"):
            sections.remove_section(by=actor, section_id=section_id)
        return Response(status=204)


def prose_of(given: Mapping[str, Any]) -> ProseDocument:
    """A text that was sent in one of the formats, as a ProseMirror document. Raises Invalid."""
    written, content = given["format"], given["content"]
    if written == "prosemirror":
        return sections.checked_text(content)
    if not isinstance(content, str):
        raise refuse("text/content", "not_a_text", f"In the format {written} the content is a string.")
    try:
        return READERS[written](content)
    except ProseError as error:
        raise refuse("text/content", "bad_text", str(error)) from error


_SECTIONS: Final = PreparedPages(lambda key: Section.objects.standing().filter(proposal_id=key), int, uuid.UUID)
_DISCOUNTS: Final = Prepared(
    lambda key: Discount.objects.filter(proposal_id=key, section__isnull=False).order_by("position", "id"), uuid.UUID
)


def _discounts_of(proposal: Proposal) -> Mapping[uuid.UUID | None, list[Discount]]:
    """The discounts on whole sections, in order, by the section's id."""
    found: dict[uuid.UUID | None, list[Discount]] = {}
    for discount in _DISCOUNTS(proposal.id):
        found.setdefault(discount.section_id, []).append(discount)
    return found


def shown_section(
    section: Section, discounts: Iterable[Discount], texts: SectionTexts, text_format: str
) -> dict[str, Any]:
    """A section as the API shows it."""
    document = texts.of(section.id)
    return {
        "id": section.id,
        "title": section.title,
        "kind": section.kind,
        "order": section.position,
        "text": {
            "format": text_format,
            "content": document if text_format == "prosemirror" else WRITERS[text_format](document),
            "seq": texts.seq,
        },
        "discounts": [contents.discount_content(discount) for discount in discounts],
        "external_id": section.external_id,
        "metadata": section.metadata,
        "version": section.version,
        "updated_at": section.updated_at,
    }


def _find(locked: Proposal, section_id: uuid.UUID) -> Section | None:
    return locked.sections.standing().filter(id=section_id).first()


def shown_one(
    endpoint: Endpoint,
    proposal: Proposal,
    section_id: uuid.UUID,
    *,
    status: int = 200,
    asks: Mapping[str, Any] | None = None,
) -> Response:
    """The answer with a section as it stands."""
    section: Section = one(proposal.sections.standing(), section_id)
    texts = port().read(proposal, [section.id])
    shown = shown_section(section, section.discounts.all(), texts, endpoint.asked["text_format"])
    return endpoint.shown(SectionSerializer, {**shown, **(asks or {})}, status=status, version=section.version)
