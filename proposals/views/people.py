"""Who takes part in a proposal: a page for both sides, with links to copy."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from proposals.actions import participants, reminding
from proposals.actions.values import refuse
from proposals.models import Side
from proposals.views.commands import CommandView, Outcome, Panel, PanelText, actor_of
from proposals.views.signatories import who_signs


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="E-mail")
    name = forms.CharField(label="Name", max_length=200, required=False)
    side = forms.ChoiceField(label="Side", choices=Side.choices)
    role = forms.ChoiceField(
        label="May", choices=[("editor", "read, write, ask and agree"), ("reader", "read, ask and answer")]
    )
    is_signatory = forms.BooleanField(label="Signs for their side", required=False)
    message = forms.CharField(label="A few words of your own", required=False, widget=forms.Textarea(attrs={"rows": 3}))


@require_safe
def people(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Both sides' people, the same list for everybody; links only for those who may invite."""
    proposal, actor = actor_of(request, proposal_id)
    can = actor.abilities(proposal.lifecycle)
    rows = []
    found = proposal.participants.filter(removed_at__isnull=True).select_related("user").prefetch_related("invitations")
    for participant in found.order_by("-side", "created_at"):
        standing = [
            row for row in participant.invitations.all() if row.withdrawn_at is None and row.expires_at > timezone.now()
        ]
        may_show = can.invite and (actor.side == participant.side or actor.side == Side.SELLER) and standing
        link = request.build_absolute_uri(reverse("invitation", args=[standing[0].token])) if may_show else ""
        said = reminding.said_of(participant)
        rows.append(
            {
                "participant": participant,
                "link": link,
                "mine": participant.side == actor.side,
                "reminder": said,
                "may_remind": can.remind and participant.side != actor.side and not said,
            }
        )
    agreers = set(proposal.participants.filter(may_agree=True, removed_at__isnull=True).values_list("side", flat=True))
    without_agreers = [party for party in proposal.parties.filter(names_who_agrees=True) if party.side not in agreers]
    context = {"proposal": proposal, "actor": actor, "can": can, "rows": rows, **who_signs(proposal, actor)}
    context["without_agreers"] = without_agreers
    return render(request, "proposals/people.html", context)


class Invite(Panel):
    """Inviting a person."""

    ability = "invite"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText(
            "Invite somebody", "They get a personal link by mail and read at once; no account is needed.", "Invite"
        )

    def form(self) -> forms.Form:
        """Whom; the client admits people to its own side only."""
        form = InviteForm(initial={"side": self.actor.side})
        if self.actor.side != Side.SELLER:
            form.fields["side"].choices = [(self.actor.side, Side(self.actor.side).label)]  # type: ignore[attr-defined]
        return form

    def act(self) -> Outcome:
        """Invite."""
        sent = self.changes(self.form())
        email = str(sent["email"]).strip().lower()
        if self.proposal.participants.filter(user__email=email, removed_at__isnull=True).exists():
            detail = f"{email} takes part already. Change what they may do in the list, or copy their link there."
            raise refuse("email", "takes_part_already", detail)
        participants.invite(by=self.actor, **sent)
        return Outcome(redirect=reverse("people", args=[self.proposal.id]))


class SetParticipant(CommandView):
    """Changing what somebody may do."""

    def act(self, *, participant_id: uuid.UUID) -> Outcome:
        """Set role and whether they sign."""
        sent = self.request.POST
        participants.set_participant(
            by=self.actor,
            participant_id=participant_id,
            role=sent.get("role") or None,
            is_signatory="is_signatory" in sent,
        )
        return Outcome(redirect=reverse("people", args=[self.proposal.id]))


class RemoveParticipant(CommandView):
    """Taking somebody out."""

    def act(self, *, participant_id: uuid.UUID) -> Outcome:
        """Remove."""
        participants.remove_participant(by=self.actor, participant_id=participant_id)
        return Outcome(redirect=reverse("people", args=[self.proposal.id]))


class MakeLink(CommandView):
    """A link to copy, for a person who has none that stands."""

    def act(self, *, participant_id: uuid.UUID) -> Outcome:
        """Make one."""
        participants.link_for(by=self.actor, participant_id=participant_id)
        return Outcome(redirect=reverse("people", args=[self.proposal.id]))
