"""The frame of the room's commands: find the actor, do it once, answer with what changed on the page."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views import View

from proposals import access, fragments
from proposals.access import Actor
from proposals.actions.endings import expire_if_over
from proposals.documents.gates import undone_by
from proposals.exceptions import ConfirmFirst, NotFound, Refusal
from proposals.forms.entered import Entered
from proposals.idempotency import once
from proposals.locking import writing
from proposals.models import AuditEvent, Proposal
from proposals.views import kept, price_said
from proposals.views.errors import problem, refusal_response, wants_json
from proposals.views.pointers import at_controls
from proposals.views.visitor import visitor_of


@dataclass(frozen=True)
class Outcome:
    """What a command did to the page: pieces to render anew, a dialog to close, an address to go to."""

    pieces: tuple[str, ...] = ()
    announce: str = ""
    redirect: str = ""
    close: str = ""
    focus: str = ""
    said: tuple[str, ...] = ()
    """Sentences for the one who did it: how a number was read, what was replaced."""
    undo: str = "Undo"
    """What the button says that takes a change of price back."""


class CommandView(View):
    """A command on a proposal. Subclasses write `act`, which calls one action.

    `atomic_once` is False for commands that render, seal or mail by themselves and guard against repeats in
    their own way.
    """

    http_method_names: Sequence[str] = ("post", "head", "options")
    atomic_once = True
    proposal: Proposal
    actor: Actor
    act: Callable[..., Outcome]
    """Parses what was sent and calls the action."""
    places: dict[str, list[str]]
    """The prefixes of the form's rows that went into an action's lists, for what is refused in them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find the proposal and the actor first; everybody else gets 404."""
        self.proposal, self.actor = actor_of(request, kwargs["proposal_id"])
        self.places = {}
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, once per Idempotency-Key, and answer."""
        kwargs.pop("proposal_id")
        before = self.proposal.audit_number
        try:
            outcome = self._outcome(request, kwargs)
        except ConfirmFirst as refusal:
            return self._refused(request, kept.confirm_first(request, refusal, self.proposal.id, self._form_at))
        except Refusal as refusal:
            return self._refused(request, at_controls(refusal, self.places))
        kept.forget(request)
        return respond(request, self.proposal, self.actor, outcome, since=before)

    def changes(self, form: forms.Form) -> dict[str, Any]:
        """What was sent for a form's fields; an unticked box is False."""
        return {name: self._sent_for(name, field_) for name, field_ in form.fields.items()}

    @cached_property
    def entered(self) -> Entered:
        """Reads the numbers that were sent, in the notations of the document and of this browser."""
        return Entered(self.proposal, self.request.headers.get("Accept-Language", ""))

    def _sent_for(self, name: str, control: forms.Field) -> Any:
        sent = self.request.POST
        if isinstance(control, forms.BooleanField):
            return name in sent
        return sent.getlist(name) if isinstance(control, forms.MultipleChoiceField) else sent.get(name, "")

    def pieces_after(self, refusal: Refusal) -> tuple[str, ...]:
        """The pieces of the page that a refusal shows to be out of date."""
        if refusal.code != "changed_since":
            return ()
        return ("heads", "outline", "bar", "terms-part", "title-block", "tables")

    @property
    def _form_at(self) -> str:
        """The address of the form as a page of its own; the room's for a command without one."""
        return self.request.path if isinstance(self, Panel) else reverse("room", args=[self.proposal.id])

    def _outcome(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> Outcome:
        key = request.headers.get("Idempotency-Key", "")
        if not self.atomic_once:
            return self.act(**kwargs)
        if not key:
            with writing():
                return self.act(**kwargs)
        owner = f"user:{self.actor.user_id}:{self.actor.confirmed}"
        answer, _ = once(
            owner=owner,
            key=key,
            request=request.path.encode() + b"\n" + request.body,
            run=lambda: asdict(self.act(**kwargs)),
        )
        return Outcome(**{**answer, "pieces": tuple(answer["pieces"]), "said": tuple(answer["said"])})

    def _refused(self, request: HttpRequest, refusal: Refusal) -> HttpResponse:
        pieces = self.pieces_after(refusal)
        if not pieces or not wants_json(request):
            return refusal_response(request, refusal)
        page = room_page_for(self.proposal.id, self.actor)
        return JsonResponse(
            problem(refusal, fragments=fragments.render(page, pieces)),
            status=refusal.status,
            content_type="application/problem+json",
        )


SIGNED_OUT = "You are signed out, so nothing was changed. Copy what you entered, then sign in again."

KEPT_ABILITIES = frozenset(
    [
        "arrange",
        "ask",
        "ask_price",
        "choose",
        "choose_billing",
        "explain",
        "fill_value",
        "price",
        "propose",
        "set_terms",
    ]
)
"""A form of these that waits for the connection outlives a reload of the page, and is then sent unasked. Agreeing,
locking, signing, sharing, disclosing and leaving are acts of the moment: they are asked for anew."""

HEADINGS = {True: {"heading": "h2", "subheading": "h3"}, False: {"heading": "h1", "subheading": "h2"}}
"""A panel stands under the room's heading; as a page it has the first one."""


@dataclass(frozen=True)
class PanelText:
    """The words of a panel: heading, an explaining sentence, and what the button will do."""

    title: str
    lede: str = ""
    submit: str = "Save"
    danger: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


class Panel(CommandView):
    """A command with a form: shown in a dialog of the room, or as a page of its own without script."""

    http_method_names = ("get", "post", "head", "options")
    ability = "read"
    guests_may_fill_in = False
    """Whether somebody who has not entered the code yet is shown the form; sending it asks for the code."""
    template = "proposals/panels/form.html"
    text: Callable[..., PanelText]
    """The panel's words."""

    def form(self, *args: Any, **kwargs: Any) -> forms.Form:
        """The form, with what stands there now as initial values."""
        return forms.Form()

    def touched(self, *args: Any, **kwargs: Any) -> Iterable[str]:
        """The keys of the parts that saving may change: the panel says which agreements that undoes."""
        return ()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The form."""
        kwargs.pop("proposal_id")
        state = self.proposal.lifecycle
        if not (self.guests_may_fill_in and getattr(self.actor.abilities(state, once_confirmed=True), self.ability)):
            self.actor.require(self.ability, state)
        context = self.panel_context(**kwargs)
        return self.show(request, self.template, {**context, **kept.filled_in(request, context)})

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """What the panel's template gets."""
        return {
            "panel": self.text(**kwargs),
            "undoes": undone_by(self.proposal, touched) if (touched := list(self.touched(**kwargs))) else "",
            "form": self.form(**kwargs),
            "action": self.request.path,
            "outlives_reload": self.ability in KEPT_ABILITIES,
            "proposal": self.proposal,
            "can": self.actor.abilities(self.proposal.lifecycle),
            "actor": self.actor,
        }

    def show(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        """The bare panel for the room's script, a whole page for everybody else."""
        in_room = request.headers.get("X-Panel") == "1"
        frame = "proposals/panels/bare.html" if in_room else "proposals/panels/page.html"
        return render(request, template, {**context, "frame": frame, **HEADINGS[in_room]})


def actor_of(request: HttpRequest, proposal_id: object) -> tuple[Proposal, Actor]:
    """The proposal and the visitor's place in it. A code that is asked before reading leads to its page.

    Nobody's command is told that they are signed out, whatever the address: an open page is, whose session has ended.
    """
    visitor = visitor_of(request)
    try:
        proposal, actor = access.proposal_for(visitor, proposal_id)
        if proposal.is_over and expire_if_over(proposal.id):
            proposal, actor = access.proposal_for(visitor, proposal_id)
        return proposal, actor
    except NotFound:
        if visitor.user is None and wants_json(request):
            raise NotFound(SIGNED_OUT) from None
        raise
    except Refusal as refusal:
        if refusal.code == "confirm_required":
            refusal.extra.setdefault("confirm_url", reverse("confirm", args=[proposal_id]))
        raise


def room_page_for(proposal_id: uuid.UUID, actor: Actor) -> fragments.RoomPage:
    """The room's page for an actor, from rows read anew."""
    proposal = Proposal.objects.prefetch_related("parties").get(id=proposal_id)
    return fragments.room_page(proposal, fragments.audience_of(actor, proposal.lifecycle))


def respond(request: HttpRequest, proposal: Proposal, actor: Actor, outcome: Outcome, *, since: int) -> HttpResponse:
    """Fragments of everything that events after `since` changed, for scripts; the room's page otherwise."""
    if not wants_json(request):
        return HttpResponseRedirect(outcome.redirect or reverse("room", args=[proposal.id]))
    current = Proposal.objects.get(id=proposal.id)
    events = AuditEvent.objects.filter(proposal=current, epoch=current.epoch, number__gt=since).select_related(
        "content"
    )
    audience = fragments.audience_of(actor, current.lifecycle)
    rendered = (
        {}
        if outcome.redirect
        else {fragment["id"]: fragment for fragment in fragments.render_events(current.id, events, audience)}
    )
    if outcome.pieces and not outcome.redirect:
        page = room_page_for(current.id, actor)
        rendered.update({fragment["id"]: fragment for fragment in fragments.render(page, outcome.pieces)})
    answer: dict[str, Any] = {"fragments": list(rendered.values()), "event": current.audit_number}
    said = price_said.of(current, actor, outcome.said, outcome.undo, since=since)
    if said:
        answer["own"] = [{"id": "price-said", "html": said}]
    for name in ("announce", "redirect", "close", "focus"):
        if getattr(outcome, name):
            answer[name] = getattr(outcome, name)
    return JsonResponse(answer)
