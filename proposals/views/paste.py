"""Adding lines from a block of spreadsheet cells: shown first, row by row, then added by one confirmation."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from proposals.actions.line_blocks import add_lines
from proposals.actions.values import refuse
from proposals.documents.gates import price_keys
from proposals.exceptions import Refusal
from proposals.forms.block import Block, read_block
from proposals.forms.fields import choice_field
from proposals.views.commands import Outcome, Panel, PanelText
from proposals.views.errors import wants_json

MARKS = [("", "As the numbers show it"), (".", "1,250.50: a point"), (",", "1.250,50: a comma")]


class BlockForm(forms.Form):
    """The cells, and how their numbers are written."""

    cells = forms.CharField(
        label="Cells",
        help_text="Copy rows from a spreadsheet and paste them here. A header row is recognised; without one the "
        "columns are title, quantity, unit, price",
        widget=forms.Textarea(attrs={"rows": 8, "wrap": "off", "spellcheck": "false"}),
    )
    mark = choice_field("Decimal mark", MARKS)


class LinesPaste(Panel):
    """What a block would add and what is refused, and adding exactly that."""

    ability = "price"
    template = "proposals/panels/paste.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText("Paste lines", "You see what will be added before anything is.", "Show what will be added")

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """The cells."""
        sent = {name: self.request.POST.get(name, "") for name in ("cells", "mark")}
        return BlockForm(initial=sent)

    def touched(self, *, section_id: uuid.UUID) -> list[str]:
        """The section, and the terms with its total."""
        return price_keys(self.proposal, section_id)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the block; add it when what was shown is confirmed."""
        if "digest" in request.POST:
            return super().post(request, **kwargs)
        kwargs.pop("proposal_id")
        try:
            self.actor.require(self.ability, self.proposal.lifecycle)
            block = self.block()
        except Refusal as refusal:
            return self._refused(request, refusal)
        context = {**self.panel_context(**kwargs), **self.preview(block)}
        if not wants_json(request):
            return self.show(request, self.template, context)
        html = render_to_string("proposals/panels/paste_preview.html", context, request)
        return JsonResponse({"own": [{"id": "paste-preview", "html": html}], "focus": "paste-preview"})

    def preview(self, block: Block) -> dict[str, Any]:
        """What the preview shows."""
        return {"pasted": block, "count": len(block.lines), "sent": self.request.POST}

    def block(self) -> Block:
        """The block that was sent."""
        sent = self.request.POST
        return read_block(sent.get("cells", ""), self.entered, sent.get("mark", ""))

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Add the accepted rows."""
        block = self.block()
        if block.digest != self.request.POST.get("digest"):
            detail = "The cells are not those that were shown. Look at them once more, then add them."
            raise refuse("cells", "changed_since", detail)
        if not block.lines:
            raise refuse("cells", "bad_block", "No row of it can be added.")
        lines = add_lines(by=self.actor, section_id=section_id, lines=block.lines)
        return Outcome(close="panel", focus=f"line-{lines[0].id}")
