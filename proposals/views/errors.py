"""Refusals as answers: a page for browsers, `application/problem+json` for scripts. One handler for all."""

import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from proposals.exceptions import Busy, ConfirmFirst, Refusal, SignInRequired, WrongState

TITLES = {
    401: "Confirm who you are",
    403: "Not for you",
    404: "Nothing here",
    409: "This has changed",
    422: "That can’t be taken",
    429: "Wait a little",
    503: "Wait a little",
}


def wants_json(request: HttpRequest) -> bool:
    """Whether the browser's script asks, rather than a person following a link."""
    return "application/json" in request.headers.get("Accept", "")


def problem(refusal: Refusal, **members: Any) -> dict[str, Any]:
    """A refusal as an RFC 9457 problem."""
    return {
        "type": "about:blank",
        "title": TITLES.get(refusal.status, HTTPStatus(refusal.status).phrase),
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "errors": [
            {"pointer": f"/{error.pointer}", "code": error.code, "detail": error.detail} for error in refusal.errors
        ],
        **refusal.extra,
        **members,
    }


class RefusalMiddleware:
    """Maps every `Refusal` raised by a view to an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; refusals arrive in `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer for a refusal; None for anything else."""
        if not isinstance(exception, Refusal):
            return None
        return refusal_response(request, exception)


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Problem JSON for scripts; for people the way on, or a page that says what is wrong."""
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            problem(refusal), status=refusal.status, content_type="application/problem+json"
        )
    elif isinstance(refusal, Busy):
        response = _without_database(request, _page(request, refusal), refusal.status)
    elif isinstance(refusal, SignInRequired):
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
    elif isinstance(refusal, ConfirmFirst) and "confirm_url" in refusal.extra:
        return HttpResponseRedirect(refusal.extra["confirm_url"])
    else:
        response = render(request, "error.html", _page(request, refusal), status=refusal.status)
    if "retry_after_seconds" in refusal.extra:
        response["Retry-After"] = str(refusal.extra["retry_after_seconds"])
    return response


def _page(request: HttpRequest, refusal: Refusal) -> dict[str, Any]:
    """What a refusal's page shows. From inside a proposal that the person may see, the way leads back to it."""
    title = "Not now" if isinstance(refusal, WrongState) else TITLES.get(refusal.status, "This did not work")
    inside = request.resolver_match.kwargs.get("proposal_id") if request.resolver_match else None
    seen = inside is not None and refusal.status != HTTPStatus.NOT_FOUND
    return {"title": title, "detail": refusal.detail, "code": refusal.code, "proposal_id": inside if seen else None}


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Unknown addresses."""
    from_django = "There is nothing at this address. It may have been mistyped, or it is not for you."
    if wants_json(request) or request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": from_django, "code": "not_found"}
        return JsonResponse({**body, "errors": []}, status=404, content_type="application/problem+json")
    return render(request, "error.html", {"title": TITLES[404], "detail": from_django, "code": "not_found"}, status=404)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is from before signing in, or from another site."""
    detail = "This page is from before you signed in. Reload it and try again; what you typed was not sent."
    if wants_json(request):
        body = {"type": "about:blank", "title": "Stale page", "status": 403, "detail": detail, "code": "stale_page"}
        return JsonResponse({**body, "errors": []}, status=403, content_type="application/problem+json")
    return render(
        request, "error.html", {"title": "Reload the page", "detail": detail, "code": "stale_page"}, status=403
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: said plainly, in the form that was asked for. So is it when the server is busy."""
    fault = sys.exc_info()[1]
    if isinstance(fault, Busy):
        return refusal_response(request, fault)
    detail = "Something failed on our side. Nothing you had saved is lost; try again in a moment."
    if wants_json(request) or request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": "Server error", "status": 500, "detail": detail, "code": "server_error"}
        return JsonResponse({**body, "errors": []}, status=500, content_type="application/problem+json")
    return _without_database(request, {"title": "Our mistake", "detail": detail, "code": "server_error"}, 500)


def _without_database(request: HttpRequest, page: dict[str, Any], status: int) -> HttpResponse:
    """A page for when the database may be away: who is signed in stands there, so nobody is asked to."""
    again = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return render(None, "error.html", {**page, "again": again, "is_anybody": True}, status=status)
