"""Taking an end back, more time for the offer, reminders at one's own pace, and voiding what was signed."""

import uuid

from django import forms

from proposals.actions import endings, extension, reminding, voiding
from proposals.documents import wording
from proposals.models import ExtensionRequest, VoidRequest
from proposals.states import State
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.room import room_url


def _day(label: str, hint: str = "", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget)


def _lines(label: str, length: int = 500, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, widget=forms.Textarea(attrs={"rows": 3}))


class TakeBackEnd(CommandView):
    """Taking back what ended the proposal."""

    def act(self) -> Outcome:
        """Go on where it was."""
        endings.take_back_end(by=self.actor)
        return Outcome(redirect=f"{room_url(self.proposal)}#room-state")


class TimeForm(forms.Form):
    """Until when, and why; both may be left out."""

    until = _day("Until when (may be empty)")
    text = forms.CharField(label="A word about it (may be empty)", max_length=500, required=False)


class AskForTime(Panel):
    """The client asks for more time: one click from the room, or with a day and a word."""

    ability = "ask_for_time"
    guests_may_fill_in = True

    def text(self) -> PanelText:
        """What asking does."""
        until = wording.short_date(self.proposal.stands_until)
        return PanelText(
            "Ask for more time",
            f"The offer stands until {until}. Both see that you asked; the seller names a new day or says why not.",
            "Ask for more time",
        )

    def form(self) -> forms.Form:
        """The day and a word."""
        return TimeForm()

    def act(self) -> Outcome:
        """Ask."""
        sent = self.request.POST
        extension.ask_for_time(by=self.actor, text=sent.get("text", ""), until=sent.get("until", ""))
        return Outcome(close="panel")


class ExtendForm(forms.Form):
    """The new last day, and a word."""

    until = _day("The offer stands until", required=True)
    words = forms.CharField(label="A word about it (may be empty)", max_length=500, required=False)


class Extend(Panel):
    """The seller gives more time."""

    ability = "extend"

    def text(self) -> PanelText:
        """What it does to agreements."""
        if self.proposal.lifecycle is not State.OPEN and endings.was_locked(self.proposal):
            follows = "What is locked for signing stays as it is; the new day stands beside it. Signatures stand."
        else:
            follows = "The last day is one of the terms of the whole, so these are open again for both to agree to."
        until = wording.short_date(self.proposal.stands_until)
        return PanelText("Give more time", f"The offer stands until {until}. {follows}", "Give more time")

    def form(self) -> forms.Form:
        """The day; the one that the client wished for, if it named one."""
        asked = self.proposal.extension_requests.filter(status=ExtensionRequest.Status.OPEN).first()
        return ExtendForm(initial={"until": asked.wished_until if asked else None})

    def act(self) -> Outcome:
        """Extend."""
        sent = self.request.POST
        extension.extend(by=self.actor, until=sent.get("until", ""), words=sent.get("words", ""))
        return Outcome(redirect=f"{room_url(self.proposal)}#room-state")


class RefuseForm(forms.Form):
    """Why not."""

    words = _lines("Why it can’t be longer (the client reads it)", required=True)


class RefuseTime(Panel):
    """The seller can't give more time."""

    ability = "extend"

    def text(self) -> PanelText:
        """What it does."""
        until = wording.short_date(self.proposal.stands_until)
        return PanelText("No more time", f"The offer stands until {until}, as it does now.", "Answer")

    def form(self) -> forms.Form:
        """Why."""
        return RefuseForm()

    def act(self) -> Outcome:
        """Answer."""
        extension.refuse_time(by=self.actor, words=self.request.POST.get("words", ""))
        return Outcome(close="panel")


class ReminderForm(forms.Form):
    """When, or not at all."""

    on = _day("Remind me on", "And not before. The others see that you will be reminded, not when.")
    off = forms.BooleanField(label="Don’t remind me at all", required=False)


class ReminderPanel(Panel):
    """When somebody wants to be reminded."""

    ability = "be_reminded"

    def text(self) -> PanelText:
        """Whose choice it is."""
        return PanelText(
            "When to be reminded",
            f"Yours alone to choose. Without a day the other side may remind you, at most every "
            f"{reminding.DAYS_BETWEEN} days.",
            "Save",
        )

    def form(self) -> forms.Form:
        """What was chosen."""
        place = self.proposal.participants.filter(user=self.actor.user).first() if self.actor.user else None
        return ReminderForm(initial={"on": place.remind_on, "off": place.reminders_off} if place else {})

    def act(self) -> Outcome:
        """Save it."""
        sent = self.request.POST
        reminding.set_reminder(by=self.actor, on=sent.get("on", ""), off="off" in sent)
        return Outcome(close="panel", announce="Saved.")


class Remind(CommandView):
    """Reminding somebody of the other side."""

    def act(self, *, participant_id: uuid.UUID) -> Outcome:
        """Send it."""
        reminding.remind(by=self.actor, participant_id=participant_id)
        return Outcome(redirect=f"{room_url(self.proposal)}people/")


class VoidForm(forms.Form):
    """Why."""

    reason = _lines("Why (both read it, and it stays on record)", 1000, required=True)


class ProposeVoiding(Panel):
    """Proposing to void the contract."""

    ability = "void"

    def text(self) -> PanelText:
        """What it does."""
        return PanelText(
            "Void the contract, both together",
            "The contract stays valid until a signatory of the other side confirms. The sealed PDF stays as it was "
            "signed; the record says that both declared it void, and when.",
            "Propose it",
            True,
        )

    def form(self) -> forms.Form:
        """The reason."""
        return VoidForm()

    def act(self) -> Outcome:
        """Propose."""
        voiding.propose_voiding(by=self.actor, reason=self.request.POST.get("reason", ""))
        return Outcome(close="panel")


class ConfirmVoiding(Panel):
    """Confirming that the contract is void."""

    ability = "void"

    def text(self) -> PanelText:
        """What it does, and what the other side wrote."""
        asked = self.proposal.void_requests.filter(status=VoidRequest.Status.OPEN).first()
        why = f"{asked.asked_by_name} proposes it: “{asked.reason}” " if asked else ""
        return PanelText(
            "Void the contract",
            f"{why}From the moment you confirm, the contract is void by both; this can’t be taken back. The sealed PDF "
            "stays as it was signed and can still be verified.",
            "Void it, both together",
            True,
        )

    def act(self) -> Outcome:
        """Confirm."""
        voiding.confirm_voiding(by=self.actor)
        return Outcome(redirect=f"{room_url(self.proposal)}#room-state")


class KeepForm(forms.Form):
    """A word about it."""

    words = _lines("A word about it (may be empty)", 1000)


class RefuseVoiding(Panel):
    """Leaving the contract valid."""

    ability = "void"

    def text(self) -> PanelText:
        """What it does."""
        return PanelText("Keep the contract", "It stays valid as it was signed.", "Keep it")

    def form(self) -> forms.Form:
        """A word."""
        return KeepForm()

    def act(self) -> Outcome:
        """Refuse, or take back."""
        voiding.refuse_voiding(by=self.actor, words=self.request.POST.get("words", ""))
        return Outcome(close="panel")
