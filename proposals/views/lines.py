"""Lines of a price section: adding one of any kind, editing it with its discounts and taxes, moving, removing."""

import uuid
from typing import Any

from proposals.actions.discounts import set_discounts
from proposals.actions.lines import add_line, edit_line, move_line, remove_line
from proposals.actions.taxes import usual_taxes
from proposals.actions.values import refuse
from proposals.documents.gates import price_keys
from proposals.forms.lines import LineForm, NewLineForm
from proposals.models import LineItem
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.finding import one
from proposals.views.price_rows import discount_context, sent_discounts


class LinePanel(Panel):
    """A line in full, with its discounts and taxes."""

    ability = "price"
    template = "proposals/panels/line.html"

    def text(self, *, line_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText(f"Edit “{self.line(line_id).title}”", submit="Save the line")

    def form(self, *, line_id: uuid.UUID) -> LineForm:
        """The fields of its kind."""
        line = self.line(line_id)
        clients = self.proposal.is_common and line.client_may_change_quantity
        language = self.proposal.language
        return LineForm(line, roles_of(self), lines_of(self), language, clients_quantity=clients)

    def touched(self, *, line_id: uuid.UUID) -> list[str]:
        """Its section, and the terms with the total."""
        return price_keys(self.proposal, self.line(line_id).section_id)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the discounts and the taxes."""
        line = self.line(kwargs["line_id"])
        carried = {tax.id for tax in line.taxes.all()}
        discounts = {} if line.kind == "credit" else discount_context(self.proposal, line.discounts.all())
        return {
            **super().panel_context(**kwargs),
            "line": line,
            "roles": roles_of(self),
            **discounts,
            "taxes": [(tax, tax.id in carried) for tax in self.proposal.taxes.all()],
        }

    def line(self, line_id: uuid.UUID) -> LineItem:
        """The line, or 404."""
        found: LineItem = one(LineItem.objects.filter(section__proposal=self.proposal), line_id)
        return found

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Save what was changed in the line, then its discounts."""
        line = self.line(line_id)
        form = self.form(line_id=line_id)
        changes = self.entered.numbers(form.changed(self.changes(form)))
        discounts, self.places["discounts"] = sent_discounts(self.request.POST, line.discounts.all(), self.entered)
        if self.proposal.taxes.exists():
            changes["taxes"] = self.request.POST.getlist("taxes")
        why = self.request.POST.get("why", "")
        edit_line(by=self.actor, line_id=line_id, changes=changes, why=why)
        set_discounts(by=self.actor, line_id=line_id, discounts=discounts, why=why)
        return Outcome(close="panel", said=self.entered.sentences)


class LineAdd(Panel):
    """A new line of any kind, with the numbers that its kind needs."""

    ability = "price"
    template = "proposals/panels/line_add.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText("Add a line", submit="Add the line")

    def form(self, *, section_id: uuid.UUID) -> NewLineForm:
        """Every kind's fields."""
        units = list(self.proposal.rates.values_list("unit", flat=True)[:1])
        return NewLineForm(roles_of(self), lines_of(self), units)

    def touched(self, *, section_id: uuid.UUID) -> list[str]:
        """The section, and the terms with its total."""
        return price_keys(self.proposal, section_id)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the roles of the rate card and the taxes that a new line gets."""
        carried = {tax.id for tax in usual_taxes(self.proposal)}
        return {
            **super().panel_context(**kwargs),
            "roles": roles_of(self),
            "taxes": [(tax, tax.id in carried) for tax in self.proposal.taxes.all()],
        }

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Add it; a role that has no rate yet goes into the rate card with it."""
        form = self.form(section_id=section_id)
        sent = self.changes(form)
        kind = str(sent["kind"] or "fixed")
        fields = self.entered.numbers(form.of_kind(kind, {name: value for name, value in sent.items() if value}))
        rate = fields.pop("new_rate", "")
        if kind == "time":
            fields.setdefault("unit", "day")
        if "taxes_shown" in self.request.POST:
            fields["taxes"] = self.request.POST.getlist("taxes")
        new_rate = {"role": fields.get("role", ""), "rate": rate, "unit": fields.get("unit", "day")} if rate else None
        line = add_line(by=self.actor, section_id=section_id, fields={**fields, "kind": kind}, rate=new_rate)
        return Outcome(close="panel", focus=f"line-{line.id}", said=self.entered.sentences)


class LineMove(CommandView):
    """Move a line up or down."""

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """To the sent position, counted from 0."""
        move_line(by=self.actor, line_id=line_id, position=position_of(self.request.POST))
        return Outcome(close="panel")


class LineRemove(CommandView):
    """Take a line out."""

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Remove it."""
        remove_line(by=self.actor, line_id=line_id)
        return Outcome(close="panel")


def roles_of(view: CommandView) -> list[str]:
    """The roles of the rate card, each once, in its order."""
    return list(dict.fromkeys(view.proposal.rates.values_list("role", flat=True)))


def lines_of(view: CommandView) -> list[LineItem]:
    """All lines of the proposal, in order."""
    found = LineItem.objects.filter(section__proposal=view.proposal, section__removed_at__isnull=True)
    return list(found.order_by("section__position", "position", "id"))


def position_of(sent: Any) -> int:
    """A position counted from 0."""
    written = sent.get("position", "")
    if not written.isdecimal():
        raise refuse("position", "bad_number", f"“{written}” is not a position.")
    return int(written)
