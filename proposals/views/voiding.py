"""Voiding what was signed, by both: proposing it, confirming it, keeping the contract; and showing who one is."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from accounts.passkeys import host_of, passkeys_at
from proposals.actions import voiding
from proposals.actions.confirming import Confirmation
from proposals.actions.mailed_codes import CODE_MINUTES
from proposals.mailing import mail_code
from proposals.models import VoidRequest
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.endings import lines_field
from proposals.views.errors import wants_json
from proposals.views.room import room_url


class VoidForm(forms.Form):
    """Why."""

    reason = lines_field("Why (both read it, and it stays on record)", 1000, required=True)


class _ConfirmedPanel(Panel):
    """A panel in which somebody shows, by a mailed code or a passkey, who they are. Attempts count when refused."""

    ability = "void"
    atomic_once = False
    template = "proposals/panels/void.html"

    def words(self, title: str, lede: str, submit: str) -> PanelText:
        """The panel's text, with what its template needs for code and passkey."""
        person = self.actor.user
        has_passkey = person is not None and bool(passkeys_at(person, host_of(self.request)))
        return PanelText(title, lede, submit, True, {"has_passkey": has_passkey, "code_minutes": CODE_MINUTES})

    def confirmation(self) -> Confirmation:
        """Who it is. Raises what `voiding.confirm_to_void` raises."""
        sent = self.request.POST
        return voiding.confirm_to_void(by=self.actor, code=sent.get("code", ""), passkey=sent.get("passkey", ""))


class SendVoidCode(CommandView):
    """Mail a code for proposing or confirming that the contract is void."""

    atomic_once = False

    def act(self) -> Outcome:
        """Make it, mail it."""
        row, code = voiding.make_voiding_code(by=self.actor)
        email = mail_code(row, code, to=self.actor, proposal=self.proposal)
        forms_at = [reverse(name, args=[self.proposal.id]) for name in ("void", "void_confirm")]
        wanted = self.request.GET.get("next", "")
        back = "" if wants_json(self.request) or wanted not in forms_at else wanted
        return Outcome(announce=f"A code was sent to {email}.", redirect=back)


class AskVoidPasskey(CommandView):
    """Ask the person's passkey to confirm that it is them. Answered with what the browser asks."""

    atomic_once = False

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The question, as JSON."""
        return JsonResponse(voiding.ask_passkey_to_void(by=self.actor, host=host_of(request)))


class ProposeVoiding(_ConfirmedPanel):
    """Proposing to void the contract."""

    def text(self) -> PanelText:
        """What it does."""
        return self.words(
            "Void the contract, both together",
            "The contract stays valid until a signatory of the other side confirms. The sealed PDF stays as it was "
            "signed; the record says that both declared it void, and when.",
            "Propose it",
        )

    def form(self) -> forms.Form:
        """The reason."""
        return VoidForm()

    def act(self) -> Outcome:
        """Propose."""
        reason = self.request.POST.get("reason", "")
        voiding.propose_voiding(by=self.actor, reason=reason, confirmation=self.confirmation())
        return Outcome(close="panel")


class ConfirmVoiding(_ConfirmedPanel):
    """Confirming that the contract is void."""

    def text(self) -> PanelText:
        """What it does, and what the other side wrote."""
        asked = self.proposal.void_requests.filter(status=VoidRequest.Status.OPEN).first()
        why = f"{asked.asked_by_name} proposes it: “{asked.reason}” " if asked else ""
        return self.words(
            "Void the contract",
            f"{why}From the moment you confirm, the contract is void by both; this can’t be taken back. The sealed PDF "
            "stays as it was signed and can still be verified.",
            "Void it, both together",
        )

    def act(self) -> Outcome:
        """Confirm."""
        voiding.confirm_voiding(by=self.actor, confirmation=self.confirmation())
        return Outcome(redirect=f"{room_url(self.proposal)}#room-state")


class KeepForm(forms.Form):
    """A word about it."""

    words = lines_field("A word about it (may be empty)", 1000)


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
