"""The room's page made from the proposal as it stands."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import initials_of
from proposals.documents import told, wording
from proposals.documents.billing_told import told_content
from proposals.documents.billing_view import BillingView, billing_view
from proposals.documents.gates import gate_of
from proposals.documents.parts import TERMS, Standing, section_key, standing_of, terms_content
from proposals.documents.price_lists import newer_rates
from proposals.documents.price_table import price_table
from proposals.documents.readiness import PartReadiness, Readiness, readiness_of
from proposals.documents.totals import Totals, totals_of
from proposals.fragments.offers import OfferView, offer_views, with_offers
from proposals.fragments.page import ActivityPage, Audience, RoomPage
from proposals.fragments.price_requests import price_request_views
from proposals.fragments.progress import progress_of
from proposals.fragments.shown import ActivityView, PartView, QuestionView, SectionView
from proposals.models import AuditEvent, Proposal, Section, Side
from proposals.prose import to_html
from proposals.states import State

ACTIVITY_COUNT = 8
"""How many of the last events the rail shows."""


def room_page(proposal: Proposal, audience: Audience, *, opened: str = "") -> RoomPage:
    """Read the proposal as it stands and prepare everything its page shows.

    `opened` is the id of a section that may be changed although both agree to it.
    """
    standing = standing_of(proposal)
    readiness = readiness_of(proposal, standing)
    terms = terms_content(standing.rows, standing.price)
    totals = totals_of(terms, standing.price.result, proposal.language)
    questions = _questions(proposal, audience)
    offers = offer_views(proposal, standing.rows, standing.price, audience.side)
    return RoomPage(
        proposal=proposal,
        audience=audience,
        parties=standing.rows.parties,
        sections=_sections(standing, readiness, audience, terms, totals, questions, offers, opened),
        terms=_part_view(readiness.part(TERMS), audience, standing),
        terms_content=terms,
        totals=totals,
        questions=[view for view in questions if view.is_open],
        closed_questions=[view for view in questions if not view.is_open],
        activity=_activity(proposal),
        offers=offers,
        price_requests=price_request_views(proposal),
        readiness=readiness,
        text_seq=standing.texts.seq,
        people=list(
            proposal.participants.filter(removed_at__isnull=True).select_related("user").order_by("side", "created_at")
        ),
        progress=progress_of(proposal),
        newer_rates=newer_rates(proposal) if audience.can.price else 0,
    )


def _sections(
    standing: Standing,
    readiness: Readiness,
    audience: Audience,
    terms: dict[str, Any],
    totals: Totals,
    questions: list[QuestionView],
    offers: list[OfferView],
    opened: str,
) -> list[SectionView]:
    rows = standing.rows.sections
    last_pricing = next((row.id for row in reversed(rows) if row.kind == Section.Kind.PRICING), None)
    views = []
    for position, section in enumerate(rows):
        part = standing.part(section_key(section.id))
        table = None
        if section.kind == Section.Kind.PRICING:
            content = {"id": str(section.id), **part.content}
            under = totals if section.id == last_pricing else None
            table = price_table(content, terms, standing.rows.proposal.language, totals=under)
            table = with_offers(table, offers, audience.side, is_common=standing.rows.proposal.is_common)
        views.append(
            SectionView(
                id=str(section.id),
                title=section.title,
                kind=section.kind,
                html=to_html(standing.texts.of(section.id)),
                part=_section_part(section, readiness, audience, standing),
                table=table,
                questions_count=sum(view.is_open and view.section_id == str(section.id) for view in questions),
                position=position,
                is_last=position == len(rows) - 1,
                billing=billing_of(standing, section.id),
                opened=opened == str(section.id),
            )
        )
    return views


def billing_of(standing: Standing, section_id: uuid.UUID, *, takes: str = "") -> BillingView | None:
    """How the work is billed as a section shows it; None for a section that does not say it."""
    terms = standing.rows.billing.get(section_id)
    if terms is None:
        return None
    content = standing.part(section_key(section_id)).content["billing"]
    told_of_it = told_content(terms, content, standing.rows.proposal)
    return billing_view(str(section_id), content, told_of_it, standing.rows.parties[Side.SELLER].name, takes=takes)


def _section_part(section: Section, readiness: Readiness, audience: Audience, standing: Standing) -> PartView:
    part = readiness.part(section_key(section.id))
    is_priced = section.kind in (Section.Kind.PRICING, Section.Kind.BILLING)
    is_open = standing.rows.proposal.lifecycle is State.OPEN
    gate = gate_of(part, readiness, moves_total=is_priced) if is_open and (is_priced or part.agreed_by_both) else ""
    return replace(_part_view(part, audience, standing), gate=gate)


def _part_view(part: PartReadiness, audience: Audience, standing: Standing) -> PartView:
    mine, theirs = (part.agreement(side) for side in (audience.side, Side(audience.side).other))
    outdated = part.outdated(audience.side)
    parties = standing.rows.parties
    other = parties[Side(audience.side).other].name
    if part.agreed_by_both:
        words = "Agreed by both"
    elif theirs is not None:
        words = "Waiting for you"
    elif mine is not None:
        words = f"Waiting for {other}"
    else:
        words = "Open"
    return PartView(
        key=part.part.key,
        title=part.part.title,
        fingerprint=part.part.fingerprint,
        seller=part.seller is not None,
        client=part.client is not None,
        mine=mine is not None,
        theirs=theirs is not None,
        changed_since=wording.clock(outdated.agreed_at, timezone.now()) if outdated is not None else "",
        words=words,
    )


def _questions(proposal: Proposal, audience: Audience) -> list[QuestionView]:
    now = timezone.now()
    found = proposal.questions.select_related("section").prefetch_related("replies").order_by("-created_at", "-id")
    return [
        QuestionView(
            question=question,
            name=question.asked_by_name,
            initials=initials_of(question.asked_by_name),
            mine=question.side == audience.side,
            section_id=str(question.section_id or ""),
            about=question.about or (question.section.title if question.section else ""),
            at=wording.clock(question.created_at, now),
            replies=[
                {
                    "name": reply.author_name,
                    "initials": initials_of(reply.author_name),
                    "side": reply.side,
                    "text": reply.text,
                    "at": wording.clock(reply.created_at, now),
                    "imported": reply.imported,
                }
                for reply in question.replies.all()
            ],
        )
        for question in found
    ]


def activity_page(proposal: Proposal) -> ActivityPage:
    """As much of the page as the list of activity needs; the whole takes twenty times as long."""
    return ActivityPage(_activity(proposal))


def _activity(proposal: Proposal) -> list[ActivityView]:
    events = (
        AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch)
        .select_related("content")
        .order_by("-number")[:ACTIVITY_COUNT]
    )
    now = timezone.now()
    return [activity_view(event, now) for event in events]


def activity_view(event: AuditEvent, now: datetime) -> ActivityView:
    """An event as a line of the activity list."""
    name = event.content.actor_name
    return ActivityView(
        initials=initials_of(name) if name else "",
        side=event.content.side,
        said=told.sentence(event),
        at=wording.clock(event.created_at, now),
    )


def line_ids(page: RoomPage, kinds: frozenset[str]) -> list[uuid.UUID]:
    """The lines of some kinds, whose amounts may follow from other lines."""
    tables = (section.table for section in page.sections if section.table is not None)
    return [uuid.UUID(row.id) for table in tables for row in table.rows if row.kind in kinds]
