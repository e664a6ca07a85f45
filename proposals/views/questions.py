"""Questions in the rail."""

import uuid

from django import forms

from proposals.actions import questions
from proposals.models import Question
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.finding import one


class AskForm(forms.Form):
    """A question, about a section or the whole."""

    text = forms.CharField(label="Your question", widget=forms.Textarea(attrs={"rows": 4}))
    section = forms.ChoiceField(label="About", required=False)
    about = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput())
    blocking = forms.BooleanField(label="Blocking: we can’t sign before this is answered", required=False)


class ReplyForm(forms.Form):
    """A reply."""

    text = forms.CharField(label="Your reply", widget=forms.Textarea(attrs={"rows": 4}))


class Ask(Panel):
    """Asking the other side."""

    ability = "ask"
    guests_may_fill_in = True

    def text(self) -> PanelText:
        """Heading."""
        return PanelText("Ask a question", "Both sides see it. Your side closes it when it is answered.", "Ask")

    def form(self) -> forms.Form:
        """The question and what it is about."""
        asked = self.request.GET
        form = AskForm(initial={"section": asked.get("section", ""), "about": asked.get("about", "")[:300]})
        form.fields["section"].choices = [  # type: ignore[attr-defined]
            ("", "The whole proposal"),
            *((str(section.id), section.title) for section in self.proposal.sections.standing()),
        ]
        return form

    def act(self) -> Outcome:
        """Ask."""
        sent = self.changes(self.form())
        questions.ask(
            by=self.actor,
            text=sent["text"],
            section_id=sent["section"] or None,
            about=sent["about"],
            blocking=sent["blocking"],
        )
        return Outcome(close="panel")


class Reply(Panel):
    """Replying to a question."""

    ability = "ask"
    guests_may_fill_in = True

    def text(self, *, question_id: uuid.UUID) -> PanelText:
        """The question."""
        question: Question = one(self.proposal.questions.all(), question_id)
        return PanelText(f"Reply to {question.asked_by_name}", question.text, "Reply")

    def form(self, *, question_id: uuid.UUID) -> forms.Form:
        """The reply."""
        return ReplyForm()

    def act(self, *, question_id: uuid.UUID) -> Outcome:
        """Reply."""
        questions.reply(by=self.actor, question_id=question_id, text=self.request.POST.get("text", ""))
        return Outcome(close="panel")


class Close(CommandView):
    """Marking a question as answered or waived, or opening it again."""

    def act(self, *, question_id: uuid.UUID) -> Outcome:
        """Set its status."""
        questions.close(by=self.actor, question_id=question_id, status=self.request.POST.get("status", "answered"))
        return Outcome()
