"""Taking an end back, more time for the offer, and reminders at one's own pace."""

import uuid

from django import forms

from proposals.actions import endings, extension, reminding
from proposals.documents import wording
from proposals.models import ExtensionRequest
from proposals.states import State
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.room import room_url


def _day(label: str, hint: str = "", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget)


def lines_field(label: str, length: int = 500, *, required: bool = False) -> forms.CharField:
    """A field of several lines."""
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

    words = lines_field("Why it can’t be longer (the client reads it)", required=True)


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
