"""A firm's own templates: their page, saving a proposal as one, and the fields of their variables."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Firm
from proposals.access import firm_for
from proposals.actions.templates import retire_template, save_as_template
from proposals.documents.templates import KNOWN, variables_of
from proposals.models import Side, Template
from proposals.views.commands import Outcome, Panel, PanelText
from proposals.views.visitor import visitor_of


class TemplateForm(forms.Form):
    """What a template is called."""

    title = forms.CharField(label="Title of the template", max_length=120)
    summary = forms.CharField(label="When to use it, in a sentence", max_length=300, required=False)


class SaveTemplate(Panel):
    """Keep this proposal as a template of the firm."""

    ability = "copy"

    def text(self) -> PanelText:
        """Heading."""
        client = self.proposal.party(Side.CLIENT).name
        lede = (
            f"Sections, text, lines, rates, taxes and the payment schedule are kept for your firm; “{client}” becomes "
            "{client}. Discounts, choices and people are left out. Words that you put in braces, such as {start date} "
            "or {number of rooms}, are asked for when a proposal is made from it."
        )
        return PanelText("Save as a template", lede, "Save the template")

    def form(self) -> forms.Form:
        """Title and summary."""
        return TemplateForm(initial={"title": self.proposal.title[:120]})

    def act(self) -> Outcome:
        """Save it."""
        made = save_as_template(by=self.actor, **self.changes(self.form()))
        messages.success(self.request, f"“{made.title}” is a template of your firm now.")
        return Outcome(redirect=reverse("firm_templates", args=[made.firm_id]))


@login_required
@require_safe
def firm_templates(request: HttpRequest, firm_id: uuid.UUID) -> HttpResponse:
    """The templates of the firm, with the variables of each."""
    firm = firm_for(visitor_of(request), firm_id)
    kept = [(template, variables_of(template.content)) for template in own_templates([firm])]
    return render(request, "proposals/firm/templates.html", {"firm": firm, "kept": kept})


@login_required
@require_POST
def template_retire(request: HttpRequest, firm_id: uuid.UUID, template_id: uuid.UUID) -> HttpResponse:
    """Take a template out."""
    firm = firm_for(visitor_of(request), firm_id)
    retire_template(firm=firm, template_id=template_id)
    messages.success(request, "The template is taken out. Proposals that were made from it stay.")
    return redirect("firm_templates", firm.id)


def own_templates(firms: Iterable[Firm]) -> list[Template]:
    """The standing templates of firms, by title."""
    return list(Template.objects.filter(firm__in=list(firms), retired_at__isnull=True).select_related("firm"))


class VariablesForm(forms.Form):
    """The variables that a template uses and a new proposal does not know by itself."""

    def __init__(self, template: Template, sent: Any = None) -> None:
        super().__init__(sent)
        self.names: dict[str, str] = {}
        asked = [name for name in variables_of(template.content) if name == "start date" or name not in KNOWN]
        for number, name in enumerate(asked):
            widget = forms.DateInput(attrs={"type": "date"}) if name == "start date" else forms.TextInput()
            self.names[f"variable{number}"] = name
            self.fields[f"variable{number}"] = forms.CharField(
                label=name[:1].upper() + name[1:], required=False, max_length=300, widget=widget
            )

    def given(self) -> dict[str, str]:
        """What was written, by variable."""
        return {name: self.data.get(field, "") for field, name in self.names.items()}
