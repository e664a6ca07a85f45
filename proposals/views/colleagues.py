"""The page of one side: ask a colleague first, answer, and who may agree."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from proposals.actions import reviews
from proposals.models import ColleagueReview, Proposal
from proposals.views.commands import CommandView, Outcome, actor_of


@require_safe
@never_cache
def colleagues(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """What one side asks itself before it agrees. Only that side sees it, and only once the address is confirmed."""
    proposal, actor = actor_of(request, proposal_id)
    actor.require("review", proposal.lifecycle)
    people = proposal.participants.filter(side=actor.side, removed_at__isnull=True).select_related("user")
    asked = ColleagueReview.objects.filter(proposal=proposal, side=actor.side).select_related(
        "asked_by", "colleague__user"
    )
    context = {
        "proposal": proposal,
        "actor": actor,
        "can": actor.abilities(proposal.lifecycle),
        "people": people,
        "others": [row for row in people if row.user_id != actor.user_id],
        "named": proposal.party(actor.side).names_who_agrees,
        "nobody_agrees": proposal.party(actor.side).names_who_agrees and not any(row.may_agree for row in people),
        "for_me": [row for row in asked if row.colleague_id == actor.participant_id and row.answered_at is None],
        "asked": [row for row in asked if row.colleague_id != actor.participant_id or row.answered_at is not None],
        "holds": proposal.party(actor.side).holds_for_reviews,
    }
    return render(request, "proposals/colleagues.html", context)


class AskColleague(CommandView):
    """Asking a colleague to look."""

    def act(self) -> Outcome:
        """Ask; they are mailed."""
        sent = self.request.POST
        reviews.ask_colleague(by=self.actor, participant_id=sent.get("participant", ""), text=sent.get("text", ""))
        return back(self.proposal)


class AnswerColleague(CommandView):
    """A colleague's answer."""

    def act(self, *, review_id: uuid.UUID) -> Outcome:
        """Answer; whoever asked is mailed."""
        sent = self.request.POST
        reviews.answer_colleague(
            by=self.actor, review_id=review_id, is_fine=sent.get("answer") == "fine", text=sent.get("text", "")
        )
        return back(self.proposal)


class HoldForReviews(CommandView):
    """Whether one's side waits for its colleagues."""

    def act(self) -> Outcome:
        """Keep it."""
        reviews.hold_for_reviews(by=self.actor, hold="hold" in self.request.POST)
        return back(self.proposal)


class NameWhoAgrees(CommandView):
    """Who may agree for one's side."""

    def act(self) -> Outcome:
        """Name them."""
        reviews.name_who_agrees(by=self.actor, participant_ids=self.request.POST.getlist("agrees"))
        return back(self.proposal)


def back(proposal: Proposal) -> Outcome:
    """To the page again."""
    return Outcome(redirect=reverse("colleagues", args=[proposal.id]))
