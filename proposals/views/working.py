"""“How is this made?”: the working of an amount, beside the document or as a page."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from proposals.actions.derivation import derivation_of
from proposals.documents.working_tree import TreeMaker
from proposals.views.commands import HEADINGS, PanelText, actor_of

TOTAL = "totals.total"


@require_safe
def working_page(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """The working of the amount named by `of`, the total by default. Both sides read the same.

    `from` is the amount that led here, for the way back.
    """
    proposal, _ = actor_of(request, proposal_id)
    before = request.GET.get("from", "")
    derivation = derivation_of(proposal, asked=(request.GET.get("of", ""), before))
    words = derivation.words
    key = derivation.require(request.GET.get("of") or TOTAL)
    in_room = request.headers.get("X-Panel") == "1"
    return render(
        request,
        "proposals/working/page.html",
        {
            "frame": "proposals/panels/bare.html" if in_room else "proposals/panels/page.html",
            **HEADINGS[in_room],
            "panel": PanelText(f"How is this made? {words.name(key)}"),
            "proposal": proposal,
            "describes": derivation.describes(key),
            "currency": words.currency,
            "amount": words.amount(key),
            "name": words.name(key),
            "tree": TreeMaker(words).tree(key),
            "before": words.words(before) if before and before != key and before in derivation.working.steps else None,
            "total_key": TOTAL if key != TOTAL else "",
            "also": [words.words(name) for name in derivation.sums()] if key == TOTAL else [],
        },
    )
