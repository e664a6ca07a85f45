"""Prices: cells, lines, discounts, rates, taxes, options and alternatives."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms

from proposals.actions import choices, pricing
from proposals.actions.values import refuse
from proposals.exceptions import NotFound
from proposals.forms.pricing import (
    DiscountForm,
    LineForm,
    NewLineForm,
    PriceSettingsForm,
    RateForm,
    TaxForm,
)
from proposals.models import Discount, LineItem, Section
from proposals.views.commands import CommandView, Outcome, Panel, PanelText

BLANK_ROWS_COUNT = 2
"""Empty rows offered under the rates and taxes."""


class Cell(CommandView):
    """One number of one line, changed in place: by the seller, or the quantity by the client."""

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Set the field that the cell stands for."""
        name, value = self.request.POST.get("field", ""), self.request.POST.get("value", "")
        if self.actor.side == "client":
            choices.change_quantity(by=self.actor, line_id=line_id, quantity=value)
        else:
            if not value.strip():
                raise refuse(name, "bad_number", "The cell is empty: write a number such as 1250.50.")
            pricing.edit_line(by=self.actor, line_id=line_id, changes={name: value})
        return Outcome()


class OptionChoose(CommandView):
    """The client ticks or unticks an option."""

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Take it or leave it out."""
        choices.choose_option(by=self.actor, line_id=line_id, selected="selected" in self.request.POST)
        return Outcome()


class AlternativeChoose(CommandView):
    """The client decides for one of several alternatives."""

    def act(self) -> Outcome:
        """Choose, or leave undecided."""
        sent = self.request.POST
        choices.choose_alternative(by=self.actor, group=sent.get("group", ""), option=sent.get("option", ""))
        return Outcome()


class LinePanel(Panel):
    """A line in full, with its discount and taxes."""

    ability = "price"
    template = "proposals/panels/line.html"

    def text(self, *, line_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText(f"Edit “{self.line(line_id).title}”", submit="Save the line")

    def form(self, *, line_id: uuid.UUID) -> forms.Form:
        """The fields of its kind."""
        roles = list(self.proposal.rates.values_list("role", flat=True).distinct())
        return LineForm(self.line(line_id), roles)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the discount and the taxes."""
        line = self.line(kwargs["line_id"])
        carried = {tax.id for tax in line.taxes.all()}
        return {
            **super().panel_context(**kwargs),
            "line": line,
            "discount_form": DiscountForm(line.discounts.first()),
            "more_discounts": list(line.discounts.all()[1:]),
            "taxes": [(tax, tax.id in carried) for tax in self.proposal.taxes.all()],
        }

    def line(self, line_id: uuid.UUID) -> LineItem:
        """The line, or 404."""
        found: LineItem = one(LineItem.objects.filter(section__proposal=self.proposal), line_id)
        return found

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Save the line, then its discount."""
        line = self.line(line_id)
        changes = self.changes(self.form(line_id=line_id))
        if self.proposal.taxes.exists():
            changes["taxes"] = self.request.POST.getlist("taxes")
        pricing.edit_line(by=self.actor, line_id=line_id, changes=changes)
        rest = [discount_values(row) for row in line.discounts.all()[1:]]
        sent = self.changes(DiscountForm())
        first = [sent] if sent["value"].strip() else []
        pricing.set_discounts(by=self.actor, line_id=line_id, discounts=[*first, *rest])
        return Outcome(close="panel")


class LineAdd(Panel):
    """A new line: what it is, and which kind; the rest follows in its own panel."""

    ability = "price"
    template = "proposals/panels/line_add.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText("Add a line", submit="Add the line")

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """Kind and title."""
        return NewLineForm()

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the roles of the rate card."""
        return {**super().panel_context(**kwargs), "roles": self.proposal.rates.all()}

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Add it with the numbers its kind needs."""
        sent = self.request.POST
        kind = sent.get("kind", "fixed")
        fields: dict[str, Any] = {"kind": kind, "title": sent.get("title", ""), "detail": sent.get("detail", "")}
        if kind == "time":
            rate = self.proposal.rates.filter(role=sent.get("role", "")).first()
            fields |= {"role": sent.get("role", ""), "unit": rate.unit if rate else "day"}
        fields |= number_fields(kind, sent.get("quantity", ""), sent.get("price", ""), sent.get("unit_label", ""))
        if "optional" in sent:
            fields["optional"] = True
        line = pricing.add_line(by=self.actor, section_id=section_id, fields=fields)
        return Outcome(close="panel", focus=f"line-{line.id}")


class LineMove(CommandView):
    """Move a line up or down."""

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """To the sent position, counted from 0."""
        pricing.move_line(by=self.actor, line_id=line_id, position=position_of(self.request.POST))
        return Outcome(close="panel")


class LineRemove(CommandView):
    """Take a line out."""

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Remove it."""
        pricing.remove_line(by=self.actor, line_id=line_id)
        return Outcome(close="panel")


class SectionDiscounts(Panel):
    """The discount on a whole section."""

    ability = "price"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        title = one(Section.objects.filter(proposal=self.proposal), section_id).title
        return PanelText(f"Discount on “{title}”", "It is shared out over the section’s lines.", "Save the discount")

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """The first discount of the section."""
        return DiscountForm(self.proposal.discounts.filter(section_id=section_id).first())

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Replace the first discount, keep further ones."""
        rows = self.proposal.discounts.filter(section_id=section_id)
        sent = self.changes(DiscountForm())
        first = [sent] if sent["value"].strip() else []
        rest = [discount_values(row) for row in rows[1:]]
        pricing.set_discounts(by=self.actor, section_id=section_id, discounts=[*first, *rest])
        return Outcome(pieces=("tables",), close="panel")


class PriceSettings(Panel):
    """Currency, basis, rounding, the rate card, taxes and the discounts on the whole."""

    ability = "price"
    template = "proposals/panels/price_settings.html"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText("Rates, taxes and settings", "These hold for the whole proposal, and both sides see them.")

    def form(self) -> forms.Form:
        """The settings."""
        return PriceSettingsForm(self.proposal)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds rates, taxes and discounts."""
        rates, taxes = list(self.proposal.rates.all()), list(self.proposal.taxes.all())
        blank = range(BLANK_ROWS_COUNT)
        whole = self.proposal.discounts.filter(line__isnull=True, section__isnull=True)
        return {
            **super().panel_context(**kwargs),
            "rate_forms": [
                RateForm(rate, f"rate{place}") for place, rate in enumerate([*rates, *(None for _ in blank)])
            ],
            "tax_forms": [
                (tax, TaxForm(tax, f"tax{place}")) for place, tax in enumerate([*taxes, *(None for _ in range(1))])
            ],
            "discount_form": DiscountForm(whole.first(), may_be_conditional=True),
        }

    def act(self) -> Outcome:
        """Save the settings."""
        pricing.edit_price_settings(by=self.actor, changes=self.changes(self.form()))
        return Outcome(close="panel")


class RateCard(CommandView):
    """The rate card as it was sent; rows without a role go."""

    def act(self) -> Outcome:
        """Replace it."""
        kept = {rate.role: rate for rate in self.proposal.rates.all()}
        rates: list[Mapping[str, Any]] = []
        for row in rows_of(self.request.POST, "rate", ("role", "rate", "unit")):
            if row["role"].strip():
                old = kept.get(row["role"].strip())
                dates = {"valid_from": old.valid_from, "valid_to": old.valid_to} if old else {}
                rates.append({**row, **dates})
        pricing.set_rate_card(by=self.actor, rates=rates)
        return Outcome(close="panel")


class Taxes(CommandView):
    """The taxes as they were sent; rows without a name go."""

    def act(self) -> Outcome:
        """Replace them."""
        names = ("id", "label", "rate", "category", "jurisdiction", "note")
        taxes: list[Mapping[str, Any]] = [
            row for row in rows_of(self.request.POST, "tax", names) if row["label"].strip()
        ]
        pricing.set_taxes(by=self.actor, taxes=taxes)
        return Outcome(close="panel")


class DocumentDiscount(CommandView):
    """The first discount on the whole; further ones stay."""

    def act(self) -> Outcome:
        """Replace it."""
        rows = self.proposal.discounts.filter(line__isnull=True, section__isnull=True)
        sent = self.changes(DiscountForm(may_be_conditional=True))
        first = [sent] if sent["value"].strip() else []
        pricing.set_discounts(by=self.actor, discounts=[*first, *(discount_values(row) for row in rows[1:])])
        return Outcome(close="panel")


def number_fields(kind: str, quantity: str, price: str, unit_label: str) -> dict[str, Any]:
    """Quantity and price as the fields of a kind of line."""
    one_or_more = quantity.strip() or "1"
    return {
        "time": {"quantity": one_or_more},
        "fixed": {"amount": price},
        "credit": {"amount": price},
        "allowance": {"amount": price},
        "expense": {"quantity": one_or_more, "unit_cost": price, "unit_label": unit_label},
        "unit": {"quantity": one_or_more, "unit_price": price, "unit_label": unit_label},
        "subscription": {"periods": one_or_more, "price": price, "unit_label": unit_label},
    }.get(kind, {})


def discount_values(discount: Discount) -> dict[str, Any]:
    """A discount as `set_discounts` takes it."""
    return {
        "type": discount.type,
        "value": format(discount.value, "f"),
        "reason": discount.reason,
        "text": discount.text,
        "conditional": discount.conditional,
    }


def rows_of(sent: Any, prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows `<prefix><n>-<name>` of a sent form, in order."""
    rows = []
    place = 0
    while any(f"{prefix}{place}-{name}" in sent for name in names):
        rows.append({name: sent[f"{prefix}{place}-{name}"] for name in names if f"{prefix}{place}-{name}" in sent})
        place += 1
    return rows


def position_of(sent: Any) -> int:
    """A position counted from 0."""
    written = sent.get("position", "")
    if not written.isdecimal():
        raise refuse("position", "bad_number", f"“{written}” is not a position.")
    return int(written)


def one(queryset: Any, key: uuid.UUID) -> Any:
    """A row of this proposal, or 404."""
    row = queryset.filter(id=key).first()
    if row is None:
        raise NotFound()
    return row
