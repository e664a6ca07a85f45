"""Maps what the account and firm actions refuse to a page that says so."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.exceptions import AccountRefusal

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def answers_refusals(view: View[P]) -> View[P]:
    """Show a page with the refusal's status and sentence when the view raises one."""

    @wraps(view)
    def answering(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except AccountRefusal as refusal:
            context = {"title": refusal.title, "detail": refusal.detail, "code": refusal.code}
            return render(request, "error.html", context, status=refusal.status)

    return answering
