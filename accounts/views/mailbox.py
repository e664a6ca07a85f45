"""The development mailbox as pages. They exist only where `settings.DEVELOPMENT` is true."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.mailbox import kept_mail, kept_mails


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The last mails, the newest first, with the codes in them."""
    _require_development()
    return render(request, "accounts/mailbox.html", {"mails": kept_mails()})


@require_safe
@never_cache
def mailbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail."""
    _require_development()
    mail = kept_mail(name)
    if mail is None:
        raise Http404
    return render(request, "accounts/mail.html", {"mail": mail})


def _require_development() -> None:
    if not settings.DEVELOPMENT:
        raise Http404
