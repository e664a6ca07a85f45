"""Who signs: naming signatories, putting one's own in order, handing a place over."""

from django import forms
from django.urls import reverse

from proposals.access import Actor
from proposals.actions import signatories
from proposals.actions.export import WITH_REVISION
from proposals.actions.freezing import current_revision
from proposals.documents import wording
from proposals.documents.signing_order import arranged, turns_in, words_for
from proposals.documents.signing_round import SigningRound, holder_name, round_of
from proposals.documents.snapshot import slots_of
from proposals.models import Participant, Proposal, Side, SigningPlace
from proposals.views.commands import CommandView, Outcome, Panel, PanelText


class SignatoryForm(forms.Form):
    """A person who is to sign."""

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(label="E-mail", help_text="The link to sign and the code go there.")
    title = forms.CharField(label="Title", max_length=200, required=False, help_text="Such as “Managing director”")


class NameSignatory(Panel):
    """Naming somebody who signs for one's side."""

    ability = "name_signatories"

    def text(self) -> PanelText:
        """Heading."""
        firm = self.proposal.party(self.actor.side).name
        return PanelText(
            f"Who signs for {firm}",
            "Somebody who was never in the room can sign too: they get a personal link by mail when it is their turn, "
            "and read everything before. Both sides see who is named.",
            "Name them",
        )

    def form(self) -> forms.Form:
        """Who; the seller may also name the client's while preparing."""
        form = SignatoryForm()
        if self.proposal.state == "preparing":
            form.fields["side"] = forms.ChoiceField(label="Signs for", choices=Side.choices, initial=self.actor.side)
        return form

    def act(self) -> Outcome:
        """Name them."""
        signatories.name_signatory(by=self.actor, **self.changes(self.form()))
        return Outcome(redirect=reverse("people", args=[self.proposal.id]))


class SignEarlier(CommandView):
    """One signatory of one's side signs before the one above."""

    def act(self) -> Outcome:
        """Change the two places."""
        rows = self.proposal.participants.filter(
            side=self.actor.side, is_signatory=True, removed_at__isnull=True
        ).select_related("user")
        order = [str(row.id) for _, row in slots_of(rows)]
        wanted = self.request.POST.get("participant", "")
        place = order.index(wanted) if wanted in order else 0
        if place:
            order[place - 1], order[place] = order[place], order[place - 1]
        signatories.order_signatories(by=self.actor, participant_ids=order)
        return Outcome(redirect=f"{reverse('people', args=[self.proposal.id])}#who-signs")


class HandOverForm(SignatoryForm):
    """To whom a place is handed over, and why."""

    why = forms.CharField(
        label="Why",
        max_length=signatories.WHY_LENGTH,
        help_text="Both sides read it, and so does the person.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandOver(Panel):
    """Handing one's place to sign over; or naming somebody for the place of a person who was taken out."""

    ability = "hand_over"

    @property
    def slot(self) -> str:
        """The place, "" for one's own."""
        return self.request.POST.get("slot", "") or self.request.GET.get("slot", "")

    def text(self) -> PanelText:
        """Heading."""
        firm = self.proposal.party(self.actor.side).name
        if self.slot:
            now = round_of(current_revision(self.proposal))
            names = [holder_name(place) for place in now.places if place.slot == self.slot]
            return PanelText(
                f"Who signs in place of {names[0]}" if names else "Who signs in this place",
                f"They sign for {firm}, with a link and a code of their own.",
                "Name them",
            )
        return PanelText(
            "Hand your place over",
            f"Somebody else signs for {firm} in your place, with a link and a code of their own. The document stays "
            "as it is. You can’t sign it any more, and both sides see from whom to whom, and why.",
            "Hand it over",
        )

    def form(self) -> forms.Form:
        """Who, and why."""
        form = HandOverForm()
        form.fields["slot"] = forms.CharField(required=False, widget=forms.HiddenInput(), initial=self.slot)
        return form

    def act(self) -> Outcome:
        """Hand it over."""
        signatories.hand_over(by=self.actor, **self.changes(self.form()))
        return Outcome(redirect=reverse("sign", args=[self.proposal.id]))


def who_signs(proposal: Proposal, actor: Actor) -> dict[str, object]:
    """Those who sign, as the page of people lists them: in the order of signing, each with what this person may do."""
    if proposal.lifecycle in WITH_REVISION:
        now = round_of(current_revision(proposal))
        rows = [signer(proposal, now, place, actor) for place in now.places]
        return {"signers": rows, "in_order": now.in_order, "turn_words": now.turn_words if now.awaited else ""}
    in_order = proposal.signing_order != Proposal.SigningOrder.PARALLEL
    may_order = actor.abilities(proposal.lifecycle).name_signatories and in_order
    listed = [
        {
            "participant": row,
            "party": proposal.party(row.side),
            "may_move": may_order and row.side == actor.side and not slot.endswith("-1"),
        }
        for slot, row in _in_turn(proposal)
    ]
    order = words_for(proposal.signing_order).removeprefix("in order, ")
    return {"signers": listed, "in_order": in_order, "turn_words": "", "order_words": order}


def signers_words(proposal: Proposal) -> str:
    """“To sign, in any order: Maya Lindqvist and Tomás Reyes.” Before the proposal is locked."""
    names = [row.user.display_name for _, row in _in_turn(proposal)]
    order = "in turns" if turns_in(proposal.signing_order) else words_for(proposal.signing_order)
    return f"To sign, {order}: {wording.listing(names)}." if names else ""


def _in_turn(proposal: Proposal) -> list[tuple[str, Participant]]:
    """Those who are to sign with the slot that each would get, who signs first first."""
    standing = proposal.participants.filter(is_signatory=True, removed_at__isnull=True).select_related("user")
    if proposal.signing_order == Proposal.SigningOrder.PARALLEL:
        return list(slots_of(standing))
    return arranged(proposal.signing_order, slots_of(standing), lambda row: str(row[1].side))


def signer(proposal: Proposal, now: SigningRound, place: SigningPlace, actor: Actor) -> dict[str, object]:
    """Somebody's place in what is locked, and whether this person may hand it over."""
    signature = now.signatures.get(place.slot)
    mine = place.participant_id == actor.participant_id
    to_fill = place.is_vacant and place.side == actor.side and actor.role == Participant.Role.EDITOR
    may_hand_over = actor.abilities(proposal.lifecycle).hand_over and signature is None
    return {
        "participant": place.participant,
        "signature": signature,
        "party": proposal.party(place.side),
        "place": place,
        "at_turn": place in now.at_turn,
        "vacant": signature is None and place.is_vacant,
        "may_hand_over": may_hand_over and ((mine and not place.is_vacant) or to_fill),
        "mine": mine,
    }
