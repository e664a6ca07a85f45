"""Prices: cells, options and alternatives, discounts, rates, taxes and settings."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from proposals.actions import choices, undoing
from proposals.actions.discounts import set_discounts
from proposals.actions.lines import edit_line
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.actions.values import refuse
from proposals.documents import wording
from proposals.documents.contents import number, rate_content
from proposals.documents.gates import price_keys
from proposals.documents.parts import standing_of
from proposals.documents.price_history import settings_of
from proposals.documents.price_lists import newest_card, rate_differences
from proposals.exceptions import Refusal, StaleVersion
from proposals.forms.pricing import PriceSettingsForm, RateForm, TaxForm
from proposals.models import Discount, LineItem, Section
from proposals.pricing.currencies import CURRENCIES
from proposals.views.asking import EVEN_SO, ask_first, even_so_field
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.finding import one
from proposals.views.price_rows import discount_context, rows_of, sent_discounts, shown_as

RECENTLY = timedelta(minutes=15)
"""How long a value counts as just set by somebody, so that whoever replaces it is told."""

BLANK_ROWS_COUNT = 2
"""Empty rows offered under the rates and taxes."""


def why_of(view: CommandView) -> str:
    """Why the price changes, as a form sent it."""
    return view.request.POST.get("why", "")


class Cell(CommandView):
    """One number of one line, changed in place: by the seller, or the quantity by the client."""

    def act(self, *, line_id: uuid.UUID) -> Outcome:
        """Set the field that the cell stands for."""
        name, written = self.request.POST.get("field", ""), self.request.POST.get("value", "")
        if not written.strip():
            example = self.entered.shown("1250.50")
            raise refuse(name, "bad_number", f"The cell is empty: write a number such as {example}.")
        value = self.entered.number("value", written, field=name)
        seen = self.entered.as_seen(self.request.POST.get("seen", ""), field=name)
        try:
            if self.actor.side == "client":
                line = choices.change_quantity(by=self.actor, line_id=line_id, quantity=value, seen=seen)
            else:
                shown = {name: seen} if seen else None
                line = edit_line(by=self.actor, line_id=line_id, changes={name: value}, seen=shown)
        except StaleVersion as refusal:
            raise self._with_choices(refusal, name, written) from refusal
        said, label = self._replaced(line, name)
        return Outcome(said=(*said, *self.entered.sentences), undo=label)

    def _with_choices(self, refusal: StaleVersion, field: str, written: str) -> StaleVersion:
        """Both values as ways on: what stands there now, or what was written, from what stands there now."""
        current = self.entered.in_cell(field, refusal.extra["current"])
        refusal.extra["choices"] = [
            {"label": f"Use {written.strip()}", "fields": {"value": written, "seen": current}, "send": True},
            {"label": f"Keep {current}", "fields": {"value": current, "seen": current}, "send": False},
        ]
        return refusal

    def _replaced(self, line: LineItem, field: str) -> tuple[tuple[str, ...], str]:
        """What to tell of a value that somebody else had set just before, and what the button says then."""
        last = settings_of(self.proposal, line, field)[:2]
        if len(last) < 2 or last[0].was != last[1].now or last[1].user_id in (None, self.actor.user_id):
            return (), "Undo"
        before, now = last[1], timezone.now()
        if last[0].number <= self.proposal.audit_number or now - before.at > RECENTLY:
            return (), "Undo"
        value = self.entered.in_cell(field, before.now)
        return (f"You replaced {value}, set by {before.name} {wording.ago(before.at, now)}.",), "Take it back"

    def pieces_after(self, refusal: Refusal) -> tuple[str, ...]:
        """The row as it stands, if it is not as it was seen."""
        return (
            (f"line-{self.kwargs['line_id']}", "totals") if refusal.code == "stale" else super().pieces_after(refusal)
        )


class PriceUndo(CommandView):
    """Taking back a change of price or a choice: the last of one's own, or the one that was just made."""

    def act(self) -> Outcome:
        """Through the verb of the actor's side."""
        number = self.request.POST.get("number", "")
        undo = undoing.undo_choice if self.actor.side == "client" else undoing.undo_price_change
        undo(by=self.actor, number=int(number) if number.isdecimal() else None)
        return Outcome(said=("Taken back.",), close="panel")


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


class SectionDiscounts(Panel):
    """The discounts on a whole section."""

    ability = "price"
    template = "proposals/panels/discounts.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        title = one(Section.objects.filter(proposal=self.proposal), section_id).title
        return PanelText(f"Discount on “{title}”", "It is shared out over the section’s lines.", "Save the discounts")

    def touched(self, *, section_id: uuid.UUID) -> list[str]:
        """The section, and the terms with the total."""
        return price_keys(self.proposal, section_id)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the discounts."""
        rows = self.proposal.discounts.filter(section_id=kwargs["section_id"])
        return {**super().panel_context(**kwargs), **discount_context(self.proposal, rows)}

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Replace them."""
        rows = self.proposal.discounts.filter(section_id=section_id)
        discounts, self.places["discounts"] = sent_discounts(self.request.POST, rows, self.entered)
        set_discounts(by=self.actor, section_id=section_id, discounts=discounts, why=why_of(self))
        return Outcome(pieces=("tables",), close="panel", said=self.entered.sentences)


class PriceSettings(Panel):
    """Currency, basis, rounding, the rate card, taxes and the discounts on the whole."""

    ability = "price"
    template = "proposals/panels/price_settings.html"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText("Rates, taxes and settings", "These hold for the whole proposal, and both sides see them.")

    def form(self) -> forms.Form:
        """The settings."""
        form = PriceSettingsForm(self.proposal)
        form.fields[EVEN_SO] = even_so_field()
        return form

    def touched(self) -> list[str]:
        """All prices and the terms."""
        return price_keys(self.proposal)

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds rates, taxes and discounts."""
        rates, taxes = list(self.proposal.rates.all()), list(self.proposal.taxes.all())
        language = self.proposal.language
        newest = newest_card(self.proposal)
        return {
            **super().panel_context(**kwargs),
            "rate_forms": [
                RateForm(rate, f"rate{place}", language)
                for place, rate in enumerate([*rates, *([None] * BLANK_ROWS_COUNT)])
            ],
            "tax_forms": [(tax, TaxForm(tax, f"tax{place}", language)) for place, tax in enumerate([*taxes, None])],
            **discount_context(self.proposal, self.whole(), may_be_conditional=True),
            "firm_card": newest,
            "firm_differences": rate_differences(
                [rate_content(rate) for rate in rates], newest.rates if newest else [], self.proposal.currency
            ),
        }

    def whole(self) -> list[Discount]:
        """The discounts on the whole."""
        return list(self.proposal.discounts.filter(line__isnull=True, section__isnull=True))

    def act(self) -> Outcome:
        """Save the settings; asks first if every amount would be in another currency."""
        changes = self.entered.numbers(self.changes(self.form()))
        changes.pop(EVEN_SO)
        was, now = self.proposal.currency, changes["currency"]
        if now != was and now in CURRENCIES and LineItem.objects.filter(section__proposal=self.proposal).exists():
            total = standing_of(self.proposal).price.totals["total"]
            before, after = (wording.money(total, currency, self.proposal.language) for currency in (was, now))
            ask_first(
                self.request.POST,
                f"Nothing is converted: each amount stays the number it is, so a total of {before} becomes {after}.",
            )
        edit_price_settings(by=self.actor, changes=changes, why=why_of(self))
        return Outcome(close="panel", said=self.entered.sentences)


class RateCard(CommandView):
    """The rate card as it was sent; rows without a role go."""

    def act(self) -> Outcome:
        """Replace it."""
        rates: list[Mapping[str, Any]] = []
        standing = {number(rate.rate) for rate in self.proposal.rates.all()}
        self.places["rates"] = []
        for prefix, row in rows_of(self.request.POST, "rate", ("role", "rate", "unit", "valid_from", "valid_to")):
            if row["role"].strip():
                rates.append({**row, "rate": self.unless_shown(row.get("rate", ""), standing, f"{prefix}-rate")})
                self.places["rates"].append(prefix)
            elif row.get("rate", "").strip():
                raise refuse(f"{prefix}-role", "required", "A rate needs the role it is for.")
        set_rate_card(by=self.actor, rates=rates, why=why_of(self))
        return Outcome(close="panel", said=self.entered.sentences)

    def unless_shown(self, written: str, standing: set[str | None], pointer: str) -> str:
        """A number as it stands if the form showed it so, else as it reads."""
        shown = next((exact for exact in standing if exact and shown_as(exact, self.entered) == written.strip()), "")
        return shown or self.entered.number(pointer, written, field="rate")


class Taxes(CommandView):
    """The taxes as they were sent; rows without a name go."""

    def act(self) -> Outcome:
        """Replace them."""
        names = ("id", "label", "rate", "category", "jurisdiction", "note")
        taxes: list[Mapping[str, Any]] = []
        self.places["taxes"] = []
        for prefix, row in rows_of(self.request.POST, "tax", names):
            if row.get("label", "").strip():
                rate = self.entered.number(
                    f"{prefix}-rate", row.get("rate", "").strip().removesuffix("%"), field="percent"
                )
                taxes.append({**row, "rate": rate})
                self.places["taxes"].append(prefix)
            elif row.get("rate", "").strip() and "id" not in row:
                raise refuse(f"{prefix}-label", "required", "A tax needs a name, such as “VAT 21%”.")
        set_taxes(by=self.actor, taxes=taxes, why=why_of(self))
        return Outcome(close="panel", said=self.entered.sentences)


class DocumentDiscounts(CommandView):
    """The discounts on the whole."""

    def act(self) -> Outcome:
        """Replace them."""
        rows = self.proposal.discounts.filter(line__isnull=True, section__isnull=True)
        discounts, self.places["discounts"] = sent_discounts(self.request.POST, rows, self.entered)
        set_discounts(by=self.actor, discounts=discounts, why=why_of(self))
        return Outcome(close="panel", said=self.entered.sentences)
