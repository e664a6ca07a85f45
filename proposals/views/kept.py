"""What a guest wrote before entering the mailed code: kept in their session, and in the form again afterwards.

For forms sent without script; with script the browser keeps the words itself (`room/guest-return.ts`). Nothing is
sent in the guest's name: they press the button once more.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from proposals.exceptions import ConfirmFirst
from proposals.views.errors import wants_json

KEPT_KEY: Final = "kept_form"
KEPT_SECONDS: Final = 24 * 3600
MOST_CHARACTERS: Final = 20_000
"""How much of a form is kept. What is longer than anybody types into one is left out."""

_NOT_KEPT: Final = frozenset({"csrfmiddlewaretoken", "fingerprint", "text_seq"})


def keep(request: HttpRequest) -> None:
    """Keep the form that was sent, in place of an earlier one."""
    fields = {name: request.POST[name] for name in request.POST if name not in _NOT_KEPT}
    if sum(len(name) + len(value) for name, value in fields.items()) <= MOST_CHARACTERS:
        request.session[KEPT_KEY] = {"path": request.path, "fields": fields, "at": int(time.time())}


def kept_for(request: HttpRequest) -> dict[str, str]:
    """What was kept of the form at this address; nothing if there is none."""
    kept: Any = request.session.get(KEPT_KEY)
    if not isinstance(kept, Mapping) or kept["path"] != request.path or time.time() - kept["at"] > KEPT_SECONDS:
        return {}
    return dict(kept["fields"])


def forget(request: HttpRequest) -> None:
    """The form at this address was sent after all."""
    if kept_for(request):
        del request.session[KEPT_KEY]


def confirm_first(request: HttpRequest, refusal: ConfirmFirst, proposal_id: object, back_to: str) -> ConfirmFirst:
    """The refusal of a guest's form. Without script it leads to the code, with the form kept, and back to it."""
    if not wants_json(request):
        keep(request)
        address = reverse("confirm", args=[proposal_id])
        refusal.extra["confirm_url"] = f"{address}?{urlencode({'next': back_to})}"
    return refusal


def filled_in(request: HttpRequest, context: Mapping[str, Any]) -> dict[str, Any]:
    """What a panel shows differently if it was kept: its form with the words in it, and that nothing was sent yet."""
    fields = kept_for(request)
    form = context.get("form")
    if not fields or form is None:
        return {}
    form.initial |= {name: fields.get(name, "") for name in form.fields}
    return {"kept": f"Nothing was sent yet: press “{context['panel'].submit}” again. What you wrote stands below."}


def has_kept(request: HttpRequest) -> bool:
    """Whether something waits to be sent."""
    return KEPT_KEY in request.session
