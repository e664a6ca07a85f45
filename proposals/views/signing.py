"""The sign page: read the frozen revision, confirm by a mailed code, consent, sign."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.passkeys import host_of, passkeys_at
from proposals import fragments
from proposals.access import Actor
from proposals.actions import signing
from proposals.actions.declaring import Declaration
from proposals.actions.files import latest_stage, make_base_file
from proposals.actions.freezing import current_revision
from proposals.actions.mailed_codes import CODE_MINUTES
from proposals.actions.passkey_signing import ask_passkey
from proposals.actions.sending_again import send_sealed_again, unsent_mails
from proposals.actions.signing import Circumstances
from proposals.documents import consent
from proposals.documents.change_order import orders_of
from proposals.documents.change_order_request import request_of
from proposals.documents.levels import LEVEL_SENTENCES, TECHNICAL_NAMES
from proposals.documents.render import document_totals, open_questions
from proposals.documents.signing_round import SigningRound, round_of
from proposals.documents.snapshot import content_of
from proposals.exceptions import ChangedSince, ConfirmFirst, NotRenderable
from proposals.mailing import mail_code
from proposals.models import Proposal, Revision, Section, Side
from proposals.states import LABELS, State
from proposals.views.commands import CommandView, Outcome, actor_of
from proposals.views.errors import wants_json
from proposals.views.signatories import signer

AGAIN_AFTER_SECONDS = 30
"""How long the page waits before it offers the code anew: mail takes a moment, and a second code ends the first."""

ENDED = frozenset({State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.VOID})
"""States in which the room says what became of it; there is nothing to sign, and no signature counts."""


@require_safe
@never_cache
def sign_page(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """What one puts one's name to, who has signed, and the form."""
    proposal, actor = actor_of(request, proposal_id)
    if actor.abilities(proposal.lifecycle, once_confirmed=True).sign and not actor.confirmed:
        onward = urlencode({"next": request.path})
        raise ConfirmFirst(
            "Confirm your e-mail address first, then you may sign. Nothing was lost.",
            extra={"confirm_url": f"{reverse('confirm', args=[proposal.id])}?{onward}"},
        )
    if proposal.lifecycle in ENDED:
        return HttpResponseRedirect(f"{reverse('room', args=[proposal.id])}#room-state")
    revision = current_revision(proposal)
    page = fragments.room_page(proposal, fragments.audience_of(actor, proposal.lifecycle))
    problem = ""
    stage = latest_stage(revision)
    try:
        stage = stage or make_base_file(revision)
    except NotRenderable as refusal:
        problem = refusal.detail
    now = round_of(revision)
    place = now.place_of(actor.participant_id)
    has_signed = place is not None and place.slot in now.signatures
    base = revision.file_stages.filter(number=0).first()
    return render(
        request,
        "proposals/sign.html",
        {
            "proposal": proposal,
            "actor": actor,
            "page": page,
            "revision": revision,
            **_who_signs(proposal, now, actor),
            "may_sign": actor.abilities(proposal.lifecycle).sign and now.may_sign(actor.participant_id),
            "has_signed": has_signed,
            "my_title": place.participant.title if place else "",
            "not_yet": now.turn_words if place and not has_signed and not now.may_sign(place.participant_id) else "",
            "consent": signing.consent_text(proposal, actor.side),
            "consent_version": consent.CURRENT.version,
            "code_minutes": CODE_MINUTES,
            "has_passkey": bool(actor.user and passkeys_at(actor.user, host_of(request))),
            "again_after_seconds": AGAIN_AFTER_SECONDS,
            "problem": problem,
            "base_sha256": _grouped(base.sha256) if base else "",
            "button": sign_button(page),
            "billed": [
                (view.billing.name, view.billing.limit) for view in page.sections if view.billing and view.billing.name
            ],
            "open_count": len(open_questions(content_of(revision.content))),
        },
    )


def sign_button(page: fragments.RoomPage) -> str:
    """What signing costs: all firm, or an estimate with its ceiling, or without one."""
    totals = page.totals
    return f"Sign for {totals.amount}" if totals.is_firm else f"Sign: {totals.sum}"


class SendCode(CommandView):
    """Mail a code for this signature."""

    atomic_once = False

    def act(self) -> Outcome:
        """Make it, mail it."""
        row, code = signing.make_signing_code(by=self.actor)
        email = mail_code(row, code, to=self.actor, proposal=self.proposal)
        here = "" if wants_json(self.request) else reverse("sign", args=[self.proposal.id])
        return Outcome(announce=f"A code was sent to {email}.", redirect=here)


class AskPasskey(CommandView):
    """Ask the person's passkey to confirm this signature. Answered with what the browser asks."""

    atomic_once = False

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The question, as JSON."""
        return JsonResponse(ask_passkey(by=self.actor, host=host_of(request)))


class Sign(CommandView):
    """Sign."""

    atomic_once = False

    def act(self) -> Outcome:
        """Seal this person's signature into the file."""
        try:
            self._sign()
        except ChangedSince as refusal:
            refusal.extra["fragments"] = [{"id": "sign-consent", "html": self._consent()}]
            raise
        return Outcome(redirect=reverse("signed", args=[self.proposal.id]))

    def _consent(self) -> str:
        """The tick box with today's wording."""
        shown = {
            "consent": signing.consent_text(self.proposal, self.actor.side),
            "consent_version": consent.CURRENT.version,
        }
        return render_to_string("proposals/sign_consent.html", shown)

    def _sign(self) -> None:
        sent = self.request.POST
        signing.sign(
            by=self.actor,
            declaration=Declaration(
                name=sent.get("name", ""),
                title=sent.get("title", ""),
                mark_kind="drawn" if sent.get("mark_kind") == "drawn" else "typed",
                mark=sent.get("mark_path" if sent.get("mark_kind") == "drawn" else "name", ""),
                consent="consent" in sent,
                consent_version=sent.get("consent_version", ""),
                code=sent.get("code", ""),
                passkey=sent.get("passkey", ""),
            ),
            circumstances=Circumstances(
                ip_address=self.request.META.get("REMOTE_ADDR"),
                user_agent=self.request.headers.get("User-Agent", ""),
                session_key=self.request.session.session_key or "",
            ),
        )


class SendAgain(CommandView):
    """Having the sealed PDF mailed again to those whom it did not reach."""

    def act(self) -> Outcome:
        """Ask for it."""
        send_sealed_again(by=self.actor)
        messages.success(self.request, "The mail is being sent again. Reload the page to see whom it reached.")
        return Outcome(redirect=reverse("signed", args=[self.proposal.id]))


@require_safe
def signed_page(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """After one's own signature: who has signed, what comes next, the file so far."""
    proposal, actor = actor_of(request, proposal_id)
    if proposal.lifecycle in ENDED:
        return HttpResponseRedirect(f"{reverse('room', args=[proposal.id])}#room-state")
    revision = current_revision(proposal)
    now = round_of(revision)
    place = now.place_of(actor.participant_id)
    if (place is None or place.slot not in now.signatures) and proposal.state != "signed":
        return HttpResponseRedirect(reverse("sign", args=[proposal.id]))
    stage = latest_stage(revision)
    level = revision.signatures.order_by("signed_at", "id").values_list("level", flat=True).last() or ""
    return render(
        request,
        "proposals/signed.html",
        {
            "proposal": proposal,
            "actor": actor,
            "revision": revision,
            **_who_signs(proposal, now, actor),
            "unsent": [row.participant.user.email for row in unsent_mails(revision)],
            "complete": proposal.state == "signed",
            "stage": stage,
            "can": actor.abilities(proposal.lifecycle),
            "would": actor.abilities(proposal.lifecycle, once_confirmed=True),
            "asked": request_of(proposal),
            "orders": [(order, LABELS[order.lifecycle]) for order in orders_of(proposal, actor.side)],
            "sha256": _grouped(stage.sha256) if stage else "",
            "time_is": LEVEL_SENTENCES.get(level, ""),
            "technical_name": TECHNICAL_NAMES.get(level, ""),
            **_total_of(revision),
        },
    )


def _total_of(revision: Revision) -> dict[str, object]:
    """What the revision comes to, and whether that is with tax; no totals where nothing is priced."""
    content = content_of(revision.content)
    if all(section["kind"] != Section.Kind.PRICING for section in content["sections"]):
        return {"totals": None}
    totals = document_totals(content, content["proposal"]["language"])
    return {"totals": totals, "with_tax": bool(content["pricing"]["result"]["taxes"])}


def _who_signs(proposal: Proposal, now: SigningRound, actor: Actor) -> dict[str, object]:
    """The people of the card beside: who has signed, who is to, and when it is whose turn.

    A half of the seal is full when all of that side have signed.
    """
    waited_for = {place.side for place in now.awaited}
    return {
        "people": [signer(proposal, now, place, actor) for place in now.places],
        "in_order": now.in_order,
        "seller_signed": Side.SELLER not in waited_for,
        "client_signed": Side.CLIENT not in waited_for,
    }


def _grouped(digest: str) -> str:
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))
