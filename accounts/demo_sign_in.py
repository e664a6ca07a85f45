"""Links that open the demo as one of its people. They exist only where `settings.DEVELOPMENT` is true.

A link carries the signed id of the person, works as often as it is opened and never runs out: it is for trying the
product on one's own machine.
"""

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import User

SALT = "sameside.demo-sign-in"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def token_of(user: User) -> str:
    """What stands in a person's link."""
    return signing.Signer(salt=SALT).sign(user.id.hex)


def path_for(user: User, next_path: str) -> str:
    """The path of a person's link that leads on to a page of this instance."""
    return f"{reverse('demo-sign-in', args=[token_of(user)])}?next={quote(next_path, safe='/')}"


@require_GET
@never_cache
def demo_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign the person of the link in and go on to `next`, or to the first page. 404 for anything else."""
    user = _person_of(token) if settings.DEVELOPMENT else None
    if user is None:
        raise Http404
    if request.user != user:  # signing in anew would make open pages of the same person send a stale CSRF token
        login(request, user, backend=BACKEND)
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if safe else "/")


def _person_of(token: str) -> User | None:
    try:
        key = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None
    return User.objects.filter(id=key, is_active=True).first()
