"""Before the client sees it: what is still open in it, how they will see it, and sharing it."""

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from proposals import fragments
from proposals.access import Abilities
from proposals.actions import agreement, proposals
from proposals.documents.parts import standing_of
from proposals.documents.placeholders import placeholders_in
from proposals.exceptions import NotAllowed
from proposals.fragments import Audience
from proposals.models import Side
from proposals.states import State
from proposals.views.commands import Outcome, Panel, PanelText, actor_of

SEEN = "fingerprint:"
"""Prefix of the hidden fields that say which parts were on screen, with their fingerprints."""


class ShareForm(forms.Form):
    """What the seller says by sharing."""

    fine_with_all = forms.BooleanField(label="We are fine with all of it, as it stands here", required=False)


class Share(Panel):
    """Opening the proposal to the client."""

    ability = "share"
    template = "proposals/panels/share.html"

    def text(self) -> PanelText:
        """What sharing does."""
        client = self.proposal.party(Side.CLIENT).name
        return PanelText(
            f"Share with {client}",
            f"{client} gets a link by mail and reads at once. The common history starts from the text and prices as "
            "they stand now; nothing from before can be seen by them. From here on both see everything.",
            f"Share with {client}",
        )

    def form(self) -> forms.Form:
        """Whether the seller agrees to everything at once."""
        return ShareForm()

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds what is still in brackets, and what is on the screen."""
        standing = standing_of(self.proposal)
        return {
            **super().panel_context(**kwargs),
            "placeholders": placeholders_in(standing),
            "seen": [(f"{SEEN}{part.key}", part.fingerprint) for part in standing.parts],
        }

    def act(self) -> Outcome:
        """Share, and agree to what was on the screen if that was ticked: both, or neither."""
        sent = self.request.POST
        proposals.share(by=self.actor)
        if "fine_with_all" in sent:
            parts = {name.removeprefix(SEEN): str(sent[name]) for name in sent if name.startswith(SEEN)}
            agreement.agree(by=self.actor, parts=parts)
        return Outcome(redirect=reverse("room", args=[self.proposal.id]))


@require_safe
@never_cache
def preview(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """The room as the client will see it once it is shared; nothing on it can be written or pressed.

    Leads to the room itself when it is shared already.
    """
    proposal, actor = actor_of(request, proposal_id)
    if proposal.lifecycle is not State.PREPARING:
        return HttpResponseRedirect(reverse("room", args=[proposal.id]))
    if actor.side != Side.SELLER:
        raise NotAllowed("Only the seller looks at it before it is shared.")
    proposal.state = State.OPEN.value  # for this page only: it is never saved
    may = Abilities(read=True)
    audience = Audience(Side.CLIENT.value, can=may, would=may, confirmed=True)
    page = replace(fragments.room_page(proposal, audience), activity=[])
    context = {"page": page, "can": may, "would": may, "proposal": proposal, "actor": actor, "preview": True}
    return render(request, "proposals/room/preview.html", context)
