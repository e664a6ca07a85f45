"""How the work is billed: choosing the model, its figures and clauses, the estimate, and models beside each other."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from proposals import fragments
from proposals.actions import billing
from proposals.actions.billing_fields import parameters_of
from proposals.actions.values import refuse
from proposals.documents.billing_takes import exact_takes
from proposals.documents.billing_view import BillingView
from proposals.documents.gates import price_keys
from proposals.documents.parts import standing_of
from proposals.documents.value_worksheet import MODEL as VALUE_BASED
from proposals.exceptions import FieldProblem, Invalid, NotFound
from proposals.forms.billing import CostForm, EstimateForm, FiguresForm, GuideForm, card_rates, sent_figures
from proposals.forms.billing_compared import compared_choices
from proposals.models import BillingTerms, Proposal, Side
from proposals.pricing import PricingError
from proposals.pricing.billing import MODELS, BillingModel, Parameter
from proposals.pricing.choosing import suggested
from proposals.views.commands import HEADINGS, CommandView, Outcome, Panel, PanelText, actor_of
from proposals.views.errors import wants_json
from proposals.views.finding import one
from proposals.views.prices import why_of


def terms_of(proposal: Proposal, section_id: uuid.UUID) -> BillingTerms:
    """The terms of a standing billing section, or 404."""
    section = one(proposal.sections.standing(), section_id)
    found = BillingTerms.objects.filter(section=section).first()
    if found is None:
        raise NotFound()
    return found


class BillingPanel(Panel):
    """A panel of a billing section."""

    ability = "price"

    def terms(self, section_id: uuid.UUID) -> BillingTerms:
        """The section's terms, or 404."""
        return terms_of(self.proposal, section_id)

    def touched(self, *, section_id: uuid.UUID) -> list[str]:
        """The section, and the terms with what the total can become."""
        return price_keys(self.proposal, section_id)

    def model(self, section_id: uuid.UUID) -> BillingModel[Any, Any]:
        """The chosen model, or 404 while there is none."""
        model = MODELS.get(self.terms(section_id).model)
        if model is None:
            raise NotFound("Choose first how the work is billed; then its figures and clauses can be filled in.")
        return model


class ChooseModel(BillingPanel):
    """All models to choose from; both sides may."""

    ability = "choose_billing"
    template = "proposals/billing/choose.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText(
            "How should the work be billed?",
            "Either side chooses; it holds when both have agreed to the section as it stands. The figures are the "
            "seller’s to fill in.",
        )

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the models and the one that is chosen."""
        terms = self.terms(kwargs["section_id"])
        return {
            **super().panel_context(**kwargs),
            "models": list(MODELS.values()),
            "chosen": terms.model,
            "section_id": terms.section_id,
        }

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Choose it."""
        billing.choose_model(
            by=self.actor, section_id=section_id, model=self.request.POST.get("model", ""), why=why_of(self)
        )
        return Outcome(close="panel")


@require_safe
@never_cache
def guide(request: HttpRequest, proposal_id: uuid.UUID, section_id: uuid.UUID) -> HttpResponse:
    """A few questions, and the one to three models that the answers point to, with the reasons."""
    proposal, actor = actor_of(request, proposal_id)
    terms = terms_of(proposal, section_id)
    found = [(MODELS[each.model], each) for each in suggested(request.GET.dict())]
    return render(
        request,
        "proposals/billing/guide.html",
        {
            "proposal": proposal,
            "actor": actor,
            "can": actor.abilities(proposal.lifecycle),
            "section_id": terms.section_id,
            "chosen": terms.model,
            "form": GuideForm(request.GET.dict()),
            "asked": bool(request.GET),
            "suggestions": found,
        },
    )


class FiguresPanel(BillingPanel):
    """The figures of the chosen model, with their bounds."""

    template = "proposals/billing/figures.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        model = self.model(section_id)
        return PanelText(f"The figures of “{model.name}”", model.definition, "Save the figures")

    def form(self, *, section_id: uuid.UUID) -> FiguresForm:
        """What stands there; rates start from the rate card."""
        params = self.terms(section_id).params
        if not params:
            params = {"rates": card_rates(self.proposal)}
        model = self.model(section_id)
        form = FiguresForm(_asked_in_panel(model), params, language=self.proposal.language)
        for name in {each.name for each in parameters_of(model)} - {each.name for each in model.parameters}:
            form.fields[name].help_text += ". Only for comparing with other models; may be empty"
        return form

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Save them."""
        sent = sent_figures(_asked_in_panel(self.model(section_id)), self.request.POST, self.entered)
        billing.set_figures(by=self.actor, section_id=section_id, params=sent, why=why_of(self))
        return Outcome(close="panel", said=self.entered.sentences)


def _asked_in_panel(model: BillingModel[Any, Any]) -> list[Parameter]:
    """The parameters of a model but the expected value, which is worked out on the value worksheet."""
    return [each for each in parameters_of(model) if (model.key, each.name) != (VALUE_BASED, "expected_value")]


class ClausesPanel(BillingPanel):
    """The clauses of the chosen model. None is ticked in advance."""

    ability = "choose_billing"
    template = "proposals/billing/clauses.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText(
            "Which clauses hold?",
            "A clause becomes a term when it is ticked here and both agree to the section. What is not ticked is not "
            "promised. These are points to settle, not legal advice.",
            "Save the clauses",
        )

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the clauses with whether each is chosen."""
        chosen = self.terms(kwargs["section_id"]).chosen_clauses
        clauses = [(clause, clause.key in chosen) for clause in self.model(kwargs["section_id"]).clauses]
        return {**super().panel_context(**kwargs), "clauses": clauses}

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Save what is ticked."""
        billing.choose_clauses(
            by=self.actor, section_id=section_id, clauses=self.request.POST.getlist("clauses"), why=why_of(self)
        )
        return Outcome(close="panel")


class EstimatePanel(BillingPanel):
    """What the work may take; and, for the seller, what it costs and whether both see that."""

    template = "proposals/billing/estimate.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText(
            "What may the work take?",
            "Low and high mean that about one time in a hundred it is still less or more. An estimate, not a promise.",
            "Save the estimate",
        )

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """The estimate."""
        return EstimateForm(self.terms(section_id), self.proposal.language)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the cost."""
        terms = self.terms(kwargs["section_id"])
        return {
            **super().panel_context(**kwargs),
            "terms": terms,
            "cost_form": CostForm(terms, self.proposal.language),
        }

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Save the estimate."""
        changes = self.entered.numbers(self.changes(self.form(section_id=section_id)), names=("low", "likely", "high"))
        billing.set_estimate(by=self.actor, section_id=section_id, changes=changes, why=why_of(self))
        return Outcome(close="panel", said=self.entered.sentences)


class CostSave(CommandView):
    """What the work costs the seller."""

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Save it; nobody sees the amounts until they are disclosed."""
        form = CostForm(terms_of(self.proposal, section_id), self.proposal.language)
        changes = self.entered.numbers(self.changes(form), names=("cost_per_hour", "fixed_costs"))
        billing.set_cost(by=self.actor, section_id=section_id, changes=changes)
        return Outcome(close="panel", said=self.entered.sentences)


class CostDisclose(CommandView):
    """The switch that shows the cost to both, or stops showing it."""

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Set it."""
        billing.disclose_cost(
            by=self.actor, section_id=section_id, disclosed=self.request.POST.get("disclosed") == "yes"
        )
        return Outcome(close="panel")


class ComparePanel(BillingPanel):
    """Which models stand beside the chosen one; with their figures, for the seller."""

    ability = "choose_billing"
    template = "proposals/billing/compare.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        seller = self.proposal.party(Side.SELLER).name
        lede = (
            "The same work, at low, likely and high. Tick the models and fill in the figures you would offer."
            if self.actor.side == Side.SELLER
            else f"The same work, at low, likely and high. Tick the models; {seller} fills in their figures."
        )
        return PanelText("Compare with other models", lede, "Compare")

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the models that can be compared, each with its figures."""
        terms = self.terms(kwargs["section_id"])
        choices = compared_choices(terms, self.proposal.language)
        return {**super().panel_context(**kwargs), "choices": choices, "is_seller": self.actor.side == Side.SELLER}

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Set the comparison. A client's ticks keep the figures that stand there."""
        sent = self.request.POST
        ticked = sent.getlist("models")
        models = {}
        for choice in compared_choices(self.terms(section_id), self.proposal.language):
            if choice.prefix in ticked:
                params = choice.standing
                if self.actor.side == Side.SELLER:
                    params = sent_figures(choice.model.comparison, sent, self.entered, choice.prefix)
                name = sent.get(f"{choice.prefix}-called", "").strip()
                models[choice.prefix] = {"model": choice.model.key, "params": params, "name": name}
        try:
            billing.set_comparison(by=self.actor, section_id=section_id, models=list(models.values()))
        except Invalid as refusal:
            raise _named_as_in_form(refusal, list(models)) from refusal
        return Outcome(close="panel", said=self.entered.sentences)


def _named_as_in_form(refusal: Invalid, prefixes: list[str]) -> Invalid:
    """The refusal with its fields named as the form's controls are: `models/1/params/fee` is `fixed-fee`."""
    problems = []
    for problem in refusal.errors:
        words = problem.pointer.split("/")
        if len(words) > 2 and words[0] == "models":
            name = "called" if words[2] == "name" else words[-1] if len(words) < 5 else words[3]
            problem = FieldProblem(f"{prefixes[int(words[1])]}-{name}", problem.code, problem.detail)
        problems.append(problem)
    return Invalid(refusal.detail, code=refusal.code, errors=problems, extra=refusal.extra)


@require_safe
@never_cache
def what_if(request: HttpRequest, proposal_id: uuid.UUID, section_id: uuid.UUID) -> HttpResponse:
    """What the work costs if it takes a number of hours or days: pieces for scripts, a page for everybody else."""
    proposal, _ = actor_of(request, proposal_id)
    terms_of(proposal, section_id)
    takes = _asked(request.GET.get("takes", ""))
    view = fragments.billing_of(standing_of(proposal), section_id, takes=takes)
    if view is None or view.what_if is None:
        raise NotFound("There is no estimate to calculate with yet, or nothing that follows the hours.")
    context = {"proposal": proposal, "page": {"proposal": proposal}, "billing": view, "section": {"id": section_id}}
    if wants_json(request):
        return JsonResponse(
            {"fragments": _pieces(view, context), "announce": f"{view.what_if.takes}: {view.what_if.says}"}
        )
    in_room = request.headers.get("X-Panel") == "1"
    frame = "proposals/panels/bare.html" if in_room else "proposals/panels/page.html"
    panel = PanelText(f"What if it takes {view.what_if.takes}?")
    page: Mapping[str, Any] = {**context, "frame": frame, "panel": panel, **HEADINGS[in_room]}
    return render(request, "proposals/billing/what_if_page.html", page)


def _pieces(view: BillingView, context: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"id": f"{piece}-{view.section_id}", "html": render_to_string(f"proposals/billing/{template}", dict(context))}
        for piece, template in (("charts", "charts.html"), ("answer", "answer.html"))
    ]


def _asked(written: str) -> str:
    """The number that was asked for, as an exact text; nothing for the likely one. Raises Invalid."""
    try:
        return exact_takes(written)
    except PricingError as error:
        raise refuse("takes", error.code, error.detail) from error
