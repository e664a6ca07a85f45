"""The room: its page, agreeing, and the steps of a proposal's life."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from proposals import fragments
from proposals.actions import agreement, endings, freezing
from proposals.documents import signing_checks
from proposals.documents.parts import TERMS, TERMS_TITLE
from proposals.exceptions import NotFound
from proposals.models import CounterOffer, Proposal, Question, Section
from proposals.views.commands import CommandView, Outcome, Panel, PanelText, actor_of
from proposals.views.finding import one
from proposals.views.signatories import signers_words


@require_safe
@ensure_csrf_cookie
@never_cache
def room(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """The room's page. It reads and prints without script."""
    proposal, actor = actor_of(request, proposal_id)
    audience = fragments.audience_of(actor, proposal.lifecycle)
    page = fragments.room_page(proposal, audience, opened=request.GET.get("change", ""))
    context = {"page": page, "can": page.can, "would": page.would, "proposal": proposal, "actor": actor}
    return render(request, "proposals/room/page.html", context)


class Agree(CommandView):
    """“Fine with us” for one part, or for all as shown."""

    def act(self) -> Outcome:
        """Agree to the parts whose fingerprints were on screen."""
        sent = self.request.POST
        parts = {
            name.removeprefix("fingerprint:"): str(value)
            for name, value in sent.items()
            if name.startswith("fingerprint:")
        }
        if "part" in sent:
            parts[sent["part"]] = sent.get("fingerprint", "")
        agreement.agree(by=self.actor, parts=parts)
        return Outcome()


class AgreementPanel(Panel):
    """Taking an agreement back."""

    ability = "agree"

    def text(self, *, part: str) -> PanelText:
        """Heading."""
        return PanelText(
            f"Take back our agreement to “{part_title(self.proposal, part)}”",
            "The other side sees it at once. You can agree again at any time.",
            "Take it back",
        )

    def act(self, *, part: str) -> Outcome:
        """Withdraw it."""
        agreement.withdraw_agreement(by=self.actor, parts=[part])
        return Outcome(close="panel")


class FreezeForm(forms.Form):
    """A box to tick if counter-offers are open; nothing otherwise."""

    def __init__(self, waiting: list[str]) -> None:
        super().__init__()
        if waiting:
            label = "Leave these unanswered and lock all the same" if len(waiting) > 1 else "Leave this unanswered"
            self.fields["leave_offers_open"] = forms.BooleanField(
                label=label, required=False, help_text=f"Still proposed: {'; '.join(waiting)}"
            )


class Freeze(Panel):
    """Locking what both agreed to; says before if nobody could sign afterwards."""

    ability = "freeze"
    template = "proposals/panels/freeze.html"

    def text(self) -> PanelText:
        """What freezing does."""
        open_count = self.proposal.questions.filter(status=Question.Status.OPEN).count()
        left = f" {open_count} questions are still open; they stand in the document as open." if open_count else ""
        if open_count == 1:
            left = " 1 question is still open; it stands in the document as open."
        return PanelText(
            "Lock for signing",
            "Both parties agree to every part. The text and the prices are locked as they stand; the signatories "
            f"then read and sign the same document. Either side can reopen it before the last signature.{left} "
            f"{signers_words(self.proposal)}",
            "Lock for signing",
            extra={"in_the_way": signing_checks.in_the_way()},
        )

    def form(self) -> forms.Form:
        """What it asks about: counter-offers that nobody has answered."""
        waiting = self.proposal.counter_offers.filter(state=CounterOffer.State.OPEN)
        return FreezeForm([f"{offer.offered_by_name}: {offer.words}" for offer in waiting])

    def act(self) -> Outcome:
        """Freeze."""
        freezing.freeze(by=self.actor, leave_offers_open="leave_offers_open" in self.request.POST)
        return Outcome(redirect=f"{room_url(self.proposal)}#room-state")


class ReasonForm(forms.Form):
    """A reason, which may be left out."""

    reason = forms.CharField(
        label="Why (both read it; may be empty)", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class Reopen(Panel):
    """Opening a frozen proposal for writing again."""

    ability = "reopen"

    def text(self) -> PanelText:
        """What reopening does."""
        signed = freezing.current_revision(self.proposal).signatures.count()
        voids = " The signature already given no longer counts, and its author is told." if signed else ""
        return PanelText("Reopen the proposal", f"Both sides can change it again; agreements stay.{voids}", "Reopen it")

    def form(self) -> forms.Form:
        """The reason."""
        return ReasonForm()

    def act(self) -> Outcome:
        """Reopen."""
        freezing.reopen(by=self.actor, reason=self.request.POST.get("reason", ""))
        return Outcome(redirect=room_url(self.proposal))


class Decline(Panel):
    """The client's “not now” or “no”."""

    ability = "decline"

    def text(self) -> PanelText:
        """What declining does."""
        return PanelText(
            "Not now, or no",
            "One click, no reason needed. Everything stays readable for both, and you can take a full copy along.",
            "Decline, with thanks",
        )

    def form(self) -> forms.Form:
        """The reason."""
        return ReasonForm()

    def act(self) -> Outcome:
        """Decline."""
        endings.decline(by=self.actor, reason=self.request.POST.get("reason", ""))
        return Outcome(redirect=f"{room_url(self.proposal)}#room-state")


class Withdraw(Panel):
    """The seller takes the proposal back."""

    ability = "withdraw"

    def text(self) -> PanelText:
        """What withdrawing does."""
        return PanelText(
            "Withdraw the proposal",
            "Nobody can change or sign it after that. Everything stays readable.",
            "Withdraw it",
            True,
        )

    def form(self) -> forms.Form:
        """The reason."""
        return ReasonForm()

    def act(self) -> Outcome:
        """Withdraw."""
        endings.withdraw(by=self.actor, reason=self.request.POST.get("reason", ""))
        return Outcome(redirect=f"{room_url(self.proposal)}#room-state")


def part_title(proposal: Proposal, part: str) -> str:
    """The title of a part."""
    if part == TERMS:
        return TERMS_TITLE
    try:
        section_id = uuid.UUID(part.removeprefix("section:"))
    except ValueError as error:
        raise NotFound() from error
    section: Section = one(proposal.sections.standing(), section_id)
    return section.title


def room_url(proposal: Proposal) -> str:
    """The room's address."""
    return reverse("room", args=[proposal.id])
