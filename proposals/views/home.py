"""Home: proposals by relationship. Starting a new one, and copying."""

import uuid
from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Firm, User
from proposals import access, starters
from proposals.access import Visitor
from proposals.actions.clients import ClientContact
from proposals.actions.proposals import copy_proposal, create_proposal
from proposals.exceptions import Invalid
from proposals.forms.pricing import currency_choices
from proposals.models import Proposal, Side, Template
from proposals.states import LABELS, State
from proposals.views.commands import Outcome, Panel, PanelText
from proposals.views.page_of import page_of
from proposals.views.templates import VariablesForm, own_templates


class NewProposalForm(forms.Form):
    """Whom with, what about, from which template."""

    title = forms.CharField(label="Title", max_length=300, help_text="What the client gets, in their words")
    client_name = forms.CharField(label="Client’s name", max_length=200)
    client_email = forms.EmailField(label="Client’s e-mail", help_text="They get a link when you share, not before")
    client_firm = forms.CharField(label="Client’s firm", max_length=200, required=False)
    currency = forms.ChoiceField(label="Currency", choices=currency_choices, initial="EUR")
    template = forms.ChoiceField(label="Start from", required=False, widget=forms.RadioSelect)
    firm = forms.ChoiceField(label="Your firm")

    def __init__(self, *args: object, firms: list[Firm], own: list[Template], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            *((str(template.id), template.title) for template in own),
            *((starter.key, starter.title) for starter in starters.STARTERS.values()),
            ("", "An empty proposal"),
        ]
        self.fields["firm"].choices = [(str(firm.id), firm.name) for firm in firms]  # type: ignore[attr-defined]
        if len(firms) == 1:
            self.fields["firm"].initial = str(firms[0].id)
            self.fields["firm"].widget = forms.HiddenInput()


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The proposals that changed last, by relationship, and the way to older ones; for strangers, what this is."""
    if not isinstance(request.user, User):
        return render(request, "proposals/welcome.html", {})
    groups: dict[uuid.UUID, dict[str, object]] = {}
    firms = [membership.firm for membership in request.user.memberships.select_related("firm")]
    mine = access.openable_by(Visitor(user=request.user)).annotate(own_side=F("participants__side"))
    page = page_of(request, mine.prefetch_related("parties"), ("-updated_at", "-id"))
    for proposal in page.rows:
        side = proposal.own_side
        other, own = proposal.party(Side(side).other), proposal.party(side).firm_id
        group = groups.setdefault(
            proposal.relationship_id,
            {
                "name": other.name,
                "side": side,
                "proposals": [],
                "relationship_id": proposal.relationship_id,
                "firm_id": own if own in {firm.id for firm in firms} else None,
            },
        )
        group["proposals"].append(home_row(proposal, side))  # type: ignore[attr-defined]
    return render(
        request,
        "proposals/home.html",
        {"groups": list(groups.values()), "page": page},
    )


def home_row(proposal: Proposal, side: str) -> dict[str, object]:
    """A proposal in the list."""
    waiting = {
        State.PREPARING: "Not shared yet",
        State.OPEN: "Being written together",
        State.FROZEN: "Waiting for signatures",
    }.get(proposal.lifecycle, "")
    return {
        "proposal": proposal,
        "label": LABELS[proposal.lifecycle],
        "waiting": waiting,
        "agreed": proposal.lifecycle in (State.FROZEN, State.SIGNED),
        "side": side,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_proposal(request: HttpRequest) -> HttpResponse:
    """The form for a new proposal. Without a firm yet, making one comes first."""
    user = cast(User, request.user)
    firms = [membership.firm for membership in user.memberships.select_related("firm")]
    if not firms:
        return HttpResponseRedirect(f"{reverse('firm_new')}?next={reverse('new_proposal')}")
    own = own_templates(firms)
    initial = _chosen(request.GET.get("template", ""), own)
    form = NewProposalForm(request.POST or None, firms=firms, own=own, initial=initial)
    chosen = next((template for template in own if str(template.id) == form["template"].value()), None)
    variables = VariablesForm(chosen, request.POST or None) if chosen else None
    must_ask = bool(variables and variables.fields) and request.POST.get("asked") != str(chosen.id if chosen else "")
    if request.method == "POST" and form.is_valid() and not must_ask:
        given = form.cleaned_data
        try:
            proposal = create_proposal(
                firm=next(firm for firm in firms if str(firm.id) == given["firm"]),
                by=user,
                title=given["title"],
                client=ClientContact(given["client_name"], given["client_email"], given["client_firm"]),
                currency=given["currency"],
                template=given["template"],
                variables=variables.given() if variables else {},
            )
        except Invalid as refusal:
            form.add_error(None, refusal.detail)
        else:
            return HttpResponseRedirect(reverse("room", args=[proposal.id]))
    status = 422 if form.is_bound and (form.errors or not must_ask) else 200
    context = {
        "form": form,
        "starters": starters.STARTERS.values(),
        "own": own,
        "chosen": chosen,
        "variables": variables if variables and variables.fields else None,
        "asks": form.is_bound and must_ask and not form.errors,
    }
    return render(request, "proposals/new.html", context, status=status)


def _chosen(template: str, own: list[Template]) -> dict[str, str]:
    """What the form of a new proposal begins with: the template that was chosen on the way here."""
    found = next((each for each in own if str(each.id) == template), None)
    return {"template": str(found.id), "currency": found.currency} if found else {"template": "web_agency"}


class CopyForm(forms.Form):
    """A copy's title, and for whom it is."""

    title = forms.CharField(label="Title", max_length=300)
    client_name = forms.CharField(label="Client’s name", required=False, help_text="Leave empty for the same client")
    client_email = forms.EmailField(label="Client’s e-mail", required=False)
    client_firm = forms.CharField(label="Client’s firm", required=False)


class CopyProposal(Panel):
    """Start a new proposal from this one."""

    ability = "copy"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText(
            "Copy this proposal",
            "Sections, texts and prices come along; agreements, questions and people do not.",
            "Make the copy",
        )

    def form(self) -> forms.Form:
        """Title and client."""
        return CopyForm(initial={"title": self.proposal.title})

    def act(self) -> Outcome:
        """Copy."""
        sent = self.changes(self.form())
        contact = (
            ClientContact(sent["client_name"], sent["client_email"], sent["client_firm"])
            if sent["client_email"].strip()
            else None
        )
        made = copy_proposal(by=self.actor, title=sent["title"], client=contact)
        return Outcome(redirect=reverse("room", args=[made.id]))
