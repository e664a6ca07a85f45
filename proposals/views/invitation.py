"""Invitation links: read at once by the link, confirm the address by a mailed code before writing.

Mail scanners open links and submit forms. Opening one therefore changes and consumes nothing, and is recorded
nowhere; sending the form mails a code to the invited person and does no more.
"""

import uuid
from dataclasses import dataclass

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.codes import mail_code, wait_in_words
from accounts.exceptions import MustWait
from accounts.models import User
from proposals import access
from proposals.exceptions import NotFound, SignInRequired, TooManyAttempts
from proposals.models import Invitation, Participant, Side
from proposals.views.errors import wants_json
from proposals.views.kept import KEPT_KEY, has_kept
from proposals.views.visitor import SESSION_KEY, invited_person, remember, visitor_of


@dataclass(frozen=True)
class Obstacle:
    """Why a link does not lead to its proposal now, and the page's status."""

    kind: str
    status: int


UNKNOWN = Obstacle("unknown", 404)
WITHDRAWN = Obstacle("withdrawn", 410)
EXPIRED = Obstacle("expired", 410)
PREPARING = Obstacle("preparing", 200)


@require_safe
@never_cache
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Lead to the proposal, readable at once; or say why not, and how to go on.

    The invited person, signed in, gets there also by a link that has expired or was withdrawn.
    """
    try:
        invitation = access.invitation_for(token)
    except NotFound:
        return _quietly(_obstacle_page(request, UNKNOWN))
    obstacle = _obstacle(invitation, signed_in=request.user == invitation.participant.user)
    if obstacle is not None:
        return _quietly(_obstacle_page(request, obstacle, invitation))
    if request.method == "GET":
        remember(request.session, invitation)
    return _quietly(HttpResponseRedirect(_room(invitation.participant.proposal_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Ask for a code (the page) and mail it to the invited person (the form), then on to where it is entered.

    The address is the invited one and need not be typed. `next` says where to go afterwards, the room unless
    given. Scripts get `{"redirect": address}`. Raises TooManyAttempts while a code has to be waited for.
    """
    visitor = visitor_of(request)
    onward = _onward(request, proposal_id)
    if visitor.user is not None and _takes_part(visitor.user, proposal_id):
        return _go(request, onward)
    invited = invited_person(visitor, proposal_id)
    if invited is None:
        raise NotFound() if visitor.user is not None else SignInRequired("Sign in, or open your invitation again.")
    if request.method != "POST":
        context = {"invited": invited, "onward": onward, "kept": has_kept(request)}
        return render(request, "proposals/invitation_confirm.html", context)
    if visitor.user is not None:
        _leave_other_account(request)
    _mail_code(request, invited)
    return _go(request, f"{reverse('account_confirm_login_code')}?{urlencode({'next': onward})}")


def _obstacle(invitation: Invitation, *, signed_in: bool) -> Obstacle | None:
    participant = invitation.participant
    if participant.removed_at is not None:
        return WITHDRAWN
    if not signed_in and invitation.withdrawn_at is not None:
        return WITHDRAWN
    if not signed_in and invitation.expires_at <= timezone.now():
        return EXPIRED
    if participant.side != Side.SELLER and not participant.proposal.is_common:
        return PREPARING
    return None


def _obstacle_page(request: HttpRequest, obstacle: Obstacle, invitation: Invitation | None = None) -> HttpResponse:
    """Says nothing about the proposal but who invited to it: what it contains may not be this visitor's to see."""
    context: dict[str, object] = {"kind": obstacle.kind}
    if invitation is not None:
        context |= {
            "inviter": invitation.invited_by,
            "firm_name": _inviting_firm(invitation),
            "room_url": _room(invitation.participant.proposal_id),
            "may_sign_in": invitation.participant.removed_at is None,
        }
    return render(request, "proposals/invitation_obstacle.html", context, status=obstacle.status)


def _inviting_firm(invitation: Invitation) -> str:
    proposal = invitation.participant.proposal
    inviter = proposal.participants.filter(user=invitation.invited_by).first() if invitation.invited_by else None
    return proposal.party(inviter.side if inviter else Side.SELLER).name


def _quietly(response: HttpResponse) -> HttpResponse:
    """Keep the link out of logs, referrers and search engines: it stands in the address of this page."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response._has_been_logged = True  # type: ignore[attr-defined]  # else Django logs the path of a 4xx answer
    return response


def _takes_part(user: User, proposal_id: uuid.UUID) -> bool:
    try:
        access.proposal_for(access.Visitor(user=user), proposal_id)
    except NotFound:
        return False
    return True


def _leave_other_account(request: HttpRequest) -> None:
    """Sign out whoever is signed in and is not the invited person; what was opened here stays open."""
    session = {name: request.session[name] for name in (SESSION_KEY, KEPT_KEY) if name in request.session}
    logout(request)
    request.session.update(session)


def _mail_code(request: HttpRequest, invited: Participant) -> None:
    proposal = invited.proposal
    try:
        mail_code(request, user=invited.user, back_to="" if proposal.code_before_reading else _room(proposal.id))
    except MustWait as wait:
        raise TooManyAttempts(
            f"There were too many tries. Wait {wait_in_words(wait.seconds)}, then ask for a new code. "
            "Nothing was lost.",
            extra={"retry_after_seconds": wait.seconds},
        ) from wait


def _onward(request: HttpRequest, proposal_id: uuid.UUID) -> str:
    """Where to go after the code: `next` if it is an address on this host without naming one, else the room."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else _room(proposal_id)


def _room(proposal_id: uuid.UUID) -> str:
    return reverse("room", args=[proposal_id])


def _go(request: HttpRequest, address: str) -> HttpResponse:
    return JsonResponse({"redirect": address}) if wants_json(request) else HttpResponseRedirect(address)


urlpatterns: list[URLPattern] = [
    path("i/<str:token>/", open_invitation, name="invitation"),
    path("p/<uuid:proposal_id>/confirm/", confirm, name="confirm"),
]
