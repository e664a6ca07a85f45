"""Lines of a price section, with their discounts, taxes, and what they come to."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from api.asking import asks_of
from api.conditions import require_put, seen_version, unchanged
from api.endpoint import Answer, Endpoint, one, only
from api.pagination import paginate
from api.schema import described, page_of
from api.serializers.price_lists import AddedLinesSerializer
from api.serializers.pricing import (
    LineChangeSerializer,
    LineKeysSerializer,
    LineQuerySerializer,
    LineSerializer,
    NewLineSerializer,
    NewLinesSerializer,
    PutLineSerializer,
)
from proposals.access import Actor
from proposals.actions import choices
from proposals.actions.changing import check_version
from proposals.actions.discounts import set_discounts
from proposals.actions.keys import set_line_keys
from proposals.actions.line_blocks import add_lines, remove_lines
from proposals.actions.lines import add_line, edit_line, move_line, remove_line
from proposals.actions.price_fields import EMPTY_LINE
from proposals.actions.values import KEY_EDITS
from proposals.documents import contents, left
from proposals.documents.contents import ProposalRows
from proposals.documents.price_document import Price, price_of
from proposals.exceptions import NotFound
from proposals.locking import lock_proposal
from proposals.models import LineItem, Proposal, Section, Side
from proposals.models.plainly import read

NEW_LINE = OpenApiExample(
    "Nine sessions",
    request_only=True,
    value={
        "kind": "unit",
        "title": "Training sessions",
        "quantity": "9",
        "unit_label": "sessions",
        "unit_price": "420.00",
        "discounts": [
            {"type": "percent", "value": "5", "reason": "volume", "text": "From eight sessions on, at one place."}
        ],
    },
)

SHOWN_AS_THEY_ARE = (
    "id", "kind", "title", "detail", "role", "quantity", "unit", "unit_label", "rate_override", "rate_note",
    "rate_date", "amount", "unit_cost", "markup_percent", "price", "periods", "unit_price", "percent", "percent_of",
    "certainty",
    "discountable", "optional", "selected", "alternative_group", "alternative_option", "client_may_change_quantity",
    "quantity_min", "quantity_max", "external_id", "metadata", "version", "updated_at",
)  # fmt: skip


class Lines(Endpoint):
    """The lines of a price section."""

    tag = "lines"
    query = LineQuerySerializer

    @described("list_lines", "List lines, in order", answer=page_of(LineSerializer))
    def get(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """Each with what it comes to in the whole document."""
        proposal, _ = self.enter()
        section: Section = one(proposal.sections.standing(), section_id)
        places = section.lines.only("id", "position", "section")
        if "external_id" in self.asked:
            places = places.filter(external_id=self.asked["external_id"])
        cursor, limit = self.asked.get("cursor", ""), self.asked["limit"]
        page = paginate(request, places, ["position", "id"], cursor=cursor, limit=limit)
        rows = contents.load(proposal)
        price = price_of(rows, with_range=False)
        standing = [row for row in page.rows if str(row.id) in rows.lines_by_id]
        page = replace(page, rows=[rows.lines_by_id[str(row.id)] for row in standing])
        return self.shown(page_of(LineSerializer), page.shown(lambda line: shown_line(line, rows, price)))

    @described(
        "add_line",
        "Add a line",
        request=NewLineSerializer,
        answer=LineSerializer,
        status=201,
        once=True,
        examples=[NEW_LINE],
    )
    def post(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """At the end of the section, or at a place counted from 0. Refused if the price could not be calculated."""
        proposal, actor = self.enter()
        fields = self.given(NewLineSerializer)
        place, why = fields.pop("order", None), fields.pop("why", "")

        def run() -> dict[str, Any]:
            line = add_line(by=actor, section_id=section_id, fields=fields, position=place, why=why)
            return {"line": str(line.id)}

        line_id = uuid.UUID(self.once(run)["line"])
        response = _answer(self, proposal, section_id, line_id, status=201, asks=asks_of(actor, proposal))
        response["Location"] = self.url(f"{request.path}{line_id}/")
        return response

    @described(
        "put_line",
        "Add a line under an external id, or replace what stands there",
        request=PutLineSerializer,
        answer={200: LineSerializer, 201: LineSerializer},
        versioned=True,
    )
    def put(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """However often it is sent, there is one. Fields that are left out become empty, and discounts are taken off;
        taxes and order that are left out stay.

        The id is looked for in the whole proposal: 422 `taken` if the line stands in another section. What was left to
        the client stays theirs, as with PATCH.
        """
        proposal, actor = self.enter()
        given, key = self.given(PutLineSerializer), self.asked["external_id"]
        place, why, metadata = given.pop("order", None), given.pop("why", ""), given.pop("metadata", {})
        with lock_proposal(actor.proposal_id) as locked:
            standing = LineItem.objects.filter(
                section=section_id, section__proposal=locked, section__removed_at__isnull=True, external_id=key
            ).first()
            require_put(request, standing, "line of this section")
            if standing is None:
                fields = {**given, "external_id": key, "metadata": metadata}
                line = add_line(by=actor, section_id=section_id, fields=fields, position=place, why=why)
            else:
                line = standing
                check_version(line.version, seen_version(request, line.version), "line")
                whole: Answer = {**EMPTY_LINE, "discounts": [], **given, "metadata": metadata, "why": why}
                _change(actor, line.id, {**whole, **({} if place is None else {"order": place})})
        asks = asks_of(actor, proposal)
        return _answer(self, proposal, section_id, line.id, status=200 if standing else 201, asks=asks)


class LinesBatch(Endpoint):
    """Several lines at once."""

    tag = "lines"

    @described(
        "add_lines",
        "Add several lines at the end of a section",
        request=NewLinesSerializer,
        answer=AddedLinesSerializer,
        status=201,
        once=True,
    )
    def post(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """All of them or none, with the standard taxes. One entry of the history tells of all."""
        _, actor = self.enter()
        given = self.given(NewLinesSerializer)

        def run() -> dict[str, Any]:
            added = add_lines(by=actor, section_id=section_id, lines=given["lines"], why=given.get("why", ""))
            return {"lines": [str(line.id) for line in added]}

        return self.shown(AddedLinesSerializer, self.once(run), status=201)


class LinesRemoval(Endpoint):
    """Taking several lines out at once."""

    tag = "lines"

    @described("remove_lines", "Take several lines of a section out", request=LineKeysSerializer, status=204, once=True)
    def post(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """All of them or none. Refused if the price could not be calculated without them."""
        _, actor = self.enter()
        given = self.given(LineKeysSerializer)

        def run() -> dict[str, Any]:
            with lock_proposal(actor.proposal_id) as locked:
                section: Section = one(locked.sections.standing(), section_id)
                for key in given["lines"]:
                    if _find(locked, section.id, uuid.UUID(key)) is None:
                        raise NotFound("One of these lines is not in this section any more. Nothing was changed.")
                remove_lines(by=actor, line_ids=given["lines"], why=given.get("why", ""))
            return {}

        self.once(run)
        return Response(status=204)


class OneLine(Endpoint):
    """One line."""

    tag = "lines"

    @described("get_line", "Read a line", answer=LineSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        """With what it comes to in the whole document."""
        proposal, _ = self.enter()
        return _answer(self, proposal, section_id, line_id)

    @described(
        "change_line",
        "Change a line, or choose it",
        request=LineChangeSerializer,
        answer=LineSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        """All of what is sent, or nothing. Refused if the price could not be calculated."""
        proposal, actor = self.enter()
        given = self.given(LineChangeSerializer)
        with left.kept():
            with unchanged(request, actor, lambda locked: _find(locked, section_id, line_id), "line"):
                _change(actor, line_id, given)
            asks = asks_of(actor, proposal) if "discounts" in given else None
            return _answer(self, proposal, section_id, line_id, asks=asks)

    @described("remove_line", "Take a line out", status=204, versioned=True)
    def delete(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID, line_id: uuid.UUID) -> Response:
        """Refused if the price could not be calculated without it."""
        _, actor = self.enter()
        with unchanged(request, actor, lambda locked: _find(locked, section_id, line_id), "line"):
            remove_line(by=actor, line_id=line_id)
        return Response(status=204)


def _change(actor: Actor, line_id: uuid.UUID, given: Answer) -> None:
    """The action behind each field: the client's choices, the seller's edits, discounts, place."""
    apart = ("selected", "discounts", "order", "why", *KEY_EDITS)
    edits = {name: value for name, value in given.items() if name not in apart}
    own_keys = only(given, *KEY_EDITS)
    why = given.get("why", "")
    if "selected" in given:
        choices.choose_option(by=actor, line_id=line_id, selected=given["selected"], why=why)
    if actor.side == Side.CLIENT and edits.keys() in ({"quantity"}, {"periods"}):
        choices.change_quantity(by=actor, line_id=line_id, quantity=next(iter(edits.values())), why=why)
    elif edits:
        edit_line(by=actor, line_id=line_id, changes=edits, why=why)
    if "discounts" in given:
        set_discounts(by=actor, line_id=line_id, discounts=given["discounts"], why=why)
    if "order" in given:
        move_line(by=actor, line_id=line_id, position=given["order"])
    if own_keys:
        set_line_keys(by=actor, line_id=line_id, changes=own_keys)


def shown_line(line: LineItem, rows: ProposalRows, price: Price) -> dict[str, Any]:
    """A line of these rows as the API shows it."""
    return {
        **{name: getattr(line, name) for name in SHOWN_AS_THEY_ARE},
        "section": line.section_id,
        "order": line.position,
        "taxes": [tax.id for tax in rows.taxes if tax.id in line.tax_ids],
        "discounts": [contents.discount_content(discount) for discount in rows.discounts_of(line=line)],
        "result": price.line(line.id),
    }


_STANDING_LINE = (
    'JOIN "proposals_section" AS "section" ON "section"."id" = own."section_id"'
    ' WHERE own."id" = %s AND "section"."id" = %s AND "section"."proposal_id" = %s AND "section"."removed_at" IS NULL'
)


def _find(locked: Proposal, section_id: uuid.UUID, line_id: uuid.UUID) -> LineItem | None:
    found = read(LineItem, _STANDING_LINE, line_id, section_id, locked.id)
    return found[0] if found else None


def _answer(
    endpoint: Endpoint,
    proposal: Proposal,
    section_id: uuid.UUID,
    line_id: uuid.UUID,
    *,
    status: int = 200,
    asks: Mapping[str, Any] | None = None,
) -> Response:
    now = left.now(proposal.id)
    line = next((row for row in now.rows.lines.get(section_id, ()) if row.id == line_id), None)
    if line is None:
        raise NotFound()
    shown = {**shown_line(line, now.rows, now.price), **(asks or {})}
    return endpoint.shown(LineSerializer, shown, status=status, version=line.version)
