"""Open books: a page for both sides, and the seller's and the client's forms for it."""

import re
import uuid
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from proposals.actions import disclosures, talks
from proposals.documents import contents
from proposals.documents.discount_policy import cited_discounts, repeated_exceptions, rules_of
from proposals.documents.price_document import price_of
from proposals.exceptions import FieldProblem, Invalid, NotAllowed, NotFound, Refusal
from proposals.forms.books import (
    FORMS,
    AnswerForm,
    CardForm,
    RequestForm,
    TimesForm,
    WithdrawForm,
    starting_values,
)
from proposals.fragments.books import books_of, may_answer
from proposals.models import Proposal, Side
from proposals.models.disclosure import Disclosure, DisclosureKind, DisclosureRequest
from proposals.views.commands import CommandView, Outcome, Panel, PanelText, actor_of
from proposals.views.errors import wants_json
from proposals.views.finding import one

COUNTED: Final = re.compile(r"hours|count")
"""In the name of a figure that is neither money nor a percentage."""

LEDES = {
    DisclosureKind.BUILD_UP: "Where the hourly rate goes: direct cost, overhead, profit. What is shown adds up.",
    DisclosureKind.OVERHEAD: "What an hour carries of rent, tools, sales and everything else that no client pays for.",
    DisclosureKind.LEVERAGE: "Who does which share of the work at what rate.",
    DisclosureKind.POLICY: "How you set prices, for everybody alike.",
    DisclosureKind.DISCOUNTS: "When which discount is given. Discounts then cite a line, or are exceptions.",
}


@require_safe
def books(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Everything that is disclosed, was asked for or was withdrawn: the same page for everybody."""
    proposal, actor = actor_of(request, proposal_id)
    read = books_of(proposal)
    rules = rules_of(proposal)
    cited = []
    if rules is not None:
        cited = cited_discounts(price_of(contents.load(proposal), with_range=False), rules, proposal.language)
    context = {
        "proposal": proposal,
        "actor": actor,
        "can": actor.abilities(proposal.lifecycle),
        "books": read,
        "seller": proposal.party(Side.SELLER),
        "kinds": DisclosureKind.choices,
        "cited": cited,
        "repeated": repeated_exceptions(proposal.relationship.seller_firm) if actor.side == Side.SELLER else [],
        "answerable": {view.talk.id for view in read.standing if view.talk and may_answer(actor.side, view.talk)},
    }
    return render(request, "proposals/books/page.html", context)


def books_url(proposal: Proposal) -> str:
    """The address of the page."""
    return reverse("books", args=[proposal.id])


class BookPanel(Panel):
    """A form of the open books; afterwards the page is shown. A refused form comes back as it was filled in."""

    template = "proposals/books/form.html"

    def _refused(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        if wants_json(request) or refusal.status != Invalid.status:
            return super()._refused(request, refusal)
        given = {name: value for name, value in self.kwargs.items() if name != "proposal_id"}
        context = self.panel_context(**given)
        context["form"].initial |= self.changes(context["form"])
        response = self.show(request, self.template, {**context, "refused": refusal.detail})
        response.status_code = refusal.status
        return response

    def read(self, form: forms.Form) -> dict[str, Any]:
        """What was sent, its numbers read as people write them; one that stands as it was shown is kept."""
        sent = self.changes(form)
        for name, control in form.fields.items():
            written, shown = sent[name], form.initial.get(name, "")
            if control.widget.attrs.get("inputmode") == "decimal" and written.strip() != shown:
                asked = sent["target"] if name == "target_value" else name
                kind = "percent" if "percent" in asked else "quantity" if COUNTED.search(asked) else "amount"
                sent[name] = self.entered.number(name, written, field=kind)
        return sent

    def done(self) -> Outcome:
        """Go to the page with the cards."""
        return Outcome(redirect=books_url(self.proposal))


class Publish(BookPanel):
    """Publishing a card."""

    ability = "disclose"

    def text(self, *, kind: str) -> PanelText:
        """What it is for."""
        wanted = _kind(kind)
        return PanelText(f"Disclose: {wanted.label.lower()}", LEDES[wanted], "Publish to both sides")

    def form(self, *, kind: str) -> CardForm:
        """The form of this kind."""
        return FORMS[_kind(kind)](initial=starting_values(self.proposal, kind))

    def act(self, *, kind: str) -> Outcome:
        """Publish."""
        form = self.form(kind=kind)
        disclosures.publish(by=self.actor, kind=kind, fields=form.content(self.read(form)))
        return self.done()


class ChangeCard(BookPanel):
    """Changing a card; the old values stay."""

    ability = "disclose"

    def text(self, *, disclosure_id: uuid.UUID) -> PanelText:
        """What changing does."""
        disclosure = self._disclosure(disclosure_id)
        return PanelText(
            f"Change “{disclosure.title}”",
            "Both sides see what changed, with the old values.",
            "Publish the change",
        )

    def form(self, *, disclosure_id: uuid.UUID) -> CardForm:
        """The form with what stands."""
        disclosure = self._disclosure(disclosure_id)
        content = disclosure.versions.get(number=disclosure.version).content
        kind: Any = FORMS[disclosure.kind]
        form: CardForm = kind(
            initial={"title": content["title"], "context": content["context"], **kind.stands(content)}
        )
        form.fields["why"] = forms.CharField(label="Why it changes (both read it)", max_length=300, required=False)
        return form

    def act(self, *, disclosure_id: uuid.UUID) -> Outcome:
        """Publish the new version."""
        form = self.form(disclosure_id=disclosure_id)
        sent = self.read(form)
        disclosures.change_disclosure(
            by=self.actor, disclosure_id=disclosure_id, fields=form.content(sent), why=sent["why"]
        )
        return self.done()

    def _disclosure(self, disclosure_id: uuid.UUID) -> Disclosure:
        found: Disclosure = one(self.proposal.disclosures.standing(), disclosure_id)
        return found


class WithdrawCard(BookPanel):
    """Taking a card back, with the reason."""

    ability = "disclose"

    def text(self, *, disclosure_id: uuid.UUID) -> PanelText:
        """What withdrawing does."""
        disclosure: Disclosure = one(self.proposal.disclosures.standing(), disclosure_id)
        return PanelText(
            f"Withdraw “{disclosure.title}”",
            "It stays on the page with your reason; nothing is taken away from those who read it.",
            "Withdraw it",
            True,
        )

    def form(self, *, disclosure_id: uuid.UUID) -> forms.Form:
        """The reason."""
        return WithdrawForm()

    def act(self, *, disclosure_id: uuid.UUID) -> Outcome:
        """Withdraw."""
        reason = self.request.POST.get("reason", "")
        disclosures.withdraw_disclosure(by=self.actor, disclosure_id=disclosure_id, reason=reason)
        return self.done()


class RequestCard(BookPanel):
    """The client asks to see something."""

    ability = "ask"
    guests_may_fill_in = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form, for the client."""
        if self.actor.side != Side.CLIENT:
            raise NotAllowed("Only the client asks for a disclosure; you publish it.")
        return super().get(request, **kwargs)

    def text(self) -> PanelText:
        """What asking does."""
        return PanelText(
            "Ask to see how prices are made",
            "Everybody sees that you asked. You get the card, a reason, or a date.",
            "Ask for it",
        )

    def form(self) -> forms.Form:
        """What to see."""
        return RequestForm()

    def act(self) -> Outcome:
        """Ask."""
        sent = self.changes(self.form())
        disclosures.request_disclosure(by=self.actor, kind=sent["kind"], text=sent["text"])
        return self.done()


class AnswerRequest(BookPanel):
    """The seller's answer while there is no card."""

    ability = "ask"

    def text(self, *, request_id: uuid.UUID) -> PanelText:
        """What was asked for."""
        asked: DisclosureRequest = one(self.proposal.disclosure_requests.all(), request_id)
        return PanelText(
            f"{asked.asked_by_name} asks to see: {asked.get_kind_display().lower()}",
            "Publish the card, or say by when you will, or why you don’t. Both sides read it.",
            "Answer",
        )

    def form(self, *, request_id: uuid.UUID) -> forms.Form:
        """A date or a reason."""
        return AnswerForm()

    def act(self, *, request_id: uuid.UUID) -> Outcome:
        """Answer."""
        sent = self.changes(self.form(request_id=request_id))
        disclosures.answer_request(by=self.actor, request_id=request_id, **sent)
        return self.done()


class ProposeTimes(BookPanel):
    """“Explain it to me”."""

    ability = "ask"

    def text(self, *, disclosure_id: uuid.UUID) -> PanelText:
        """What is proposed."""
        disclosure: Disclosure = one(self.proposal.disclosures.standing(), disclosure_id)
        words = "Explain it to me" if self.actor.side == Side.CLIENT else "Let us explain it"
        return PanelText(
            f"{words}: “{disclosure.title}”",
            "A talk of a quarter of an hour. The other side takes one of the times, proposes others, reads first, or "
            "needs none.",
            "Propose these times",
        )

    def form(self, *, disclosure_id: uuid.UUID) -> forms.Form:
        """Times."""
        return TimesForm()

    def act(self, *, disclosure_id: uuid.UUID) -> Outcome:
        """Propose."""
        sent, fields = self.request.POST, ("at1", "at2", "at3")
        filled = [name for name in fields if sent.get(name, "").strip()]
        times = [{"at": sent[name], "zone": sent.get("zone", "")} for name in filled]
        try:
            talks.propose_times(by=self.actor, disclosure_id=disclosure_id, times=times)
        except Invalid as refusal:
            raise _named_as_in_form(refusal, filled) from refusal
        return self.done()


class AnswerTimes(CommandView):
    """Taking a time, reading first, or needing no talk."""

    def act(self, *, times_id: uuid.UUID) -> Outcome:
        """Answer."""
        said = self.request.POST.get("status", "")
        status, chosen = ("accepted", said.removeprefix("accepted:")) if said.startswith("accepted:") else (said, "")
        talks.answer_times(by=self.actor, times_id=times_id, status=status, chosen=chosen)
        return Outcome(redirect=books_url(self.proposal))


def _named_as_in_form(refusal: Invalid, filled: list[str]) -> Invalid:
    """The refusal with its fields named as the form's controls are: `times/1/at` is `at2`."""
    problems = []
    for problem in refusal.errors:
        words = problem.pointer.split("/")
        name = words[0] if len(words) < 3 else "zone" if words[2] == "zone" else filled[int(words[1])]
        problems.append(FieldProblem("at1" if name == "times" else name, problem.code, problem.detail))
    return Invalid(refusal.detail, code=refusal.code, errors=problems, extra=refusal.extra)


def _kind(kind: str) -> DisclosureKind:
    try:
        return DisclosureKind(kind)
    except ValueError as error:
        raise NotFound() from error
