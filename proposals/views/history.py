"""The history's pages, the same for both sides: the timeline, two moments compared, the text at one, bringing back."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from proposals.actions import looking_back
from proposals.documents import comparing, ledger
from proposals.documents.changes_html import WOULD, blocks_html
from proposals.documents.moments import Moment, agreed_at, moment, versions
from proposals.documents.prices_between import prices_between
from proposals.documents.timeline import timeline
from proposals.exceptions import NotFound
from proposals.models import Proposal, Section
from proposals.text import Writer, port
from proposals.views.commands import CommandView, Outcome, Panel, PanelText, actor_of
from proposals.views.finding import one


@require_safe
@never_cache
def history(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Who wrote where and when, with marks between, the newest first; two moments can be picked to be compared."""
    proposal, actor = actor_of(request, proposal_id)
    before = request.GET.get("before", "")
    shown = timeline(proposal, int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 0)
    context = {
        "proposal": proposal,
        "actor": actor,
        "can": actor.abilities(proposal.lifecycle),
        "timeline": shown,
        "versions": versions(proposal),
        "agreements": _own_agreements(proposal, actor.side),
        "now": timezone.now(),
    }
    return render(request, "proposals/history/timeline.html", context)


def _own_agreements(proposal: Proposal, side: str) -> list[dict[str, Any]]:
    """The last agreement of a side to each section, for “what changed since we agreed”."""
    latest = {
        agreement.part: agreement
        for agreement in proposal.agreements.filter(side=side, withdrawn_at__isnull=True).order_by("agreed_at", "id")
    }
    sections = {f"section:{section.id}": section for section in proposal.sections.standing()}
    keys = agreed_at(proposal, latest.values())
    return [
        {"section": sections[part], "agreement": agreement, "moment": keys[agreement.id]}
        for part, agreement in latest.items()
        if part in sections
    ]


@require_safe
@never_cache
def compare(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Two moments (`from`, `to`), of all sections or of one (`section`), word by word."""
    proposal, actor = actor_of(request, proposal_id)
    then = moment(proposal, request.GET.get("from", "start"), "from")
    now = moment(proposal, request.GET.get("to", "now"), "to")
    sections, chosen = _asked_sections(request, proposal)
    found = comparing.compare(proposal, then, now, sections)
    changed = [
        {
            "section": each.section,
            "blocks": blocks_html(each.changes.blocks, found.people),
            "stands": each.section.removed_at is None,
        }
        for each in found.changed
    ]
    context = {
        "proposal": proposal,
        "actor": actor,
        "can": actor.abilities(proposal.lifecycle),
        "then": found.then,
        "now": found.now,
        "changed": changed,
        "unchanged": found.unchanged,
        "prices": _prices(proposal, found, chosen),
        "shares": [{"person": person, "added": added, "removed": removed} for person, added, removed in found.shares],
        "section": chosen,
    }
    return render(request, "proposals/history/compare.html", context)


def _prices(proposal: Proposal, found: comparing.Comparison, section: Section | None) -> dict[str, Any] | None:
    """The changes of prices, billing and terms between the moments; None for a section of text, which has none."""
    if section is not None and section.kind == Section.Kind.PROSE:
        return None
    between = prices_between(proposal, found.then, found.now, section)
    changes = [(change, ledger.effect(change, proposal.language)) for change in between.changes]
    return {"changes": changes, "effect": between.effect}


@require_safe
@never_cache
def text_at(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """The text as it stood at a moment (`at`), with who wrote which words."""
    proposal, actor = actor_of(request, proposal_id)
    at = moment(proposal, request.GET.get("at", "now"))
    sections, chosen = _asked_sections(request, proposal)
    shown, names = comparing.authored(proposal, at, sections)
    counts: dict[Writer, int] = {}
    for each in shown:
        for writer, count in each.words_count.items():
            counts[writer] = counts.get(writer, 0) + count
    context = {
        "proposal": proposal,
        "actor": actor,
        "can": actor.abilities(proposal.lifecycle),
        "at": at,
        "is_now": at.seq == port().head(proposal),
        "sections": [
            {
                "section": each.section,
                "blocks": blocks_html(each.blocks, names, whole=True),
                "words": each.words_count.total(),
            }
            for each in shown
            if each.words_count or each.section.removed_at is None
        ],
        "people": [(names[writer], count) for writer, count in sorted(counts.items(), key=lambda pair: -pair[1])],
        "section": chosen,
    }
    return render(request, "proposals/history/text.html", context)


class VersionName(CommandView):
    """Give a moment a name that both sides see."""

    def act(self) -> Outcome:
        """Name it."""
        at = moment(self.proposal, self.request.POST.get("at", "now"))
        looking_back.name_version(by=self.actor, name=self.request.POST.get("name", ""), seq=at.seq)
        return Outcome(redirect=reverse("history", args=[self.proposal.id]))


class BringBackForm(forms.Form):
    """What was looked at; the tick is asked for where both sides agree."""

    at = forms.CharField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    reopen = forms.BooleanField(label="Open it again although both sides agreed", required=False)


class BringBack(Panel):
    """Bring an earlier text of a section back; what that changes is shown first."""

    ability = "write_text"
    guests_may_fill_in = True
    template = "proposals/history/bring_back.html"
    atomic_once = False  # reads long logs before it locks; a repeat finds the text already there

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        title = self.section(section_id).title
        return PanelText(
            f"Bring back an earlier text of “{title}”",
            "This writes the earlier text anew. Nothing is taken out of the history: what stands there now can be "
            "brought back in the same way.",
            "Bring it back",
        )

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """The moment, and the head of the log as it is looked at."""
        return BringBackForm(initial={"at": self.moment.key, "seen": str(port().head(self.proposal))})

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds what would change, from what stands there to what stood there."""
        section = self.section(kwargs["section_id"])
        found = comparing.what_it_would_change(self.proposal, section, self.moment)
        return {
            **super().panel_context(**kwargs),
            "at": self.moment,
            "section": section,
            "blocks": [blocks_html(each.changes.blocks, found.people, said=WOULD) for each in found.changed],
            "agreed": looking_back.both_agree(self.proposal, section),
        }

    @property
    def moment(self) -> Moment:
        """The moment that is asked for."""
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return moment(self.proposal, sent.get("at", "start"))

    def section(self, section_id: uuid.UUID) -> Section:
        """The section, or 404."""
        found: Section = one(self.proposal.sections.standing(), section_id)
        return found

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Bring it back."""
        seen = self.request.POST.get("seen", "")
        section = looking_back.bring_back(
            by=self.actor,
            section_id=section_id,
            seq=self.moment.seq,
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else None,
            reopen="reopen" in self.request.POST,
        )
        return Outcome(redirect=f"{reverse('room', args=[self.proposal.id])}#section-{section.id}")


def _asked_sections(request: HttpRequest, proposal: Proposal) -> tuple[list[Section], Section | None]:
    """The sections of the history, or the one that is asked for; NotFound for any other."""
    known = comparing.sections_of(proposal)
    asked = request.GET.get("section", "")
    if not asked:
        return known, None
    chosen = next((section for section in known if str(section.id) == asked), None)
    if chosen is None:
        raise NotFound()
    return [chosen], chosen
