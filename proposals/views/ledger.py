"""The page and panel “Price changes”."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import initials_of
from proposals.documents import ledger, wording
from proposals.views.commands import HEADINGS, PanelText, actor_of

PANEL_COUNT = 20
"""How many of the last changes the panel shows; the page has them all."""


@require_safe
@never_cache
def price_changes(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Every change of a price since sharing, the newest first; of one line with `?line=`."""
    proposal, _ = actor_of(request, proposal_id)
    in_room = request.headers.get("X-Panel") == "1"
    line = request.GET.get("line", "")
    events = list(ledger.price_events(proposal, line).reverse()[: PANEL_COUNT if in_room else None])
    now = timezone.now()
    entries = [
        {
            "change": change,
            "initials": initials_of(change.name) if change.name else "",
            "at": wording.clock(change.at, now),
            "effect": ledger.effect(change, proposal.language),
            "said": change.title if change.type == "line.changed" else change.said[:1].upper() + change.said[1:],
        }
        for change in ledger.price_changes(proposal, events)
    ]
    context = {
        "frame": "proposals/panels/bare.html" if in_room else "proposals/panels/page.html",
        **HEADINGS[in_room],
        "panel": PanelText("Price changes"),
        "proposal": proposal,
        "entries": entries,
        "in_room": in_room,
        "line": line,
        "lines": [] if in_room else ledger.lines_named(proposal),
    }
    return render(request, "proposals/panels/price_changes.html", context)
