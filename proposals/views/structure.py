"""Sections and the terms of the whole: adding, renaming, moving, removing; title, dates, parties."""

import uuid
from typing import Any

from django import forms

from proposals.actions import proposals, sections
from proposals.documents.signing_order import turns_in
from proposals.languages import language_choices
from proposals.models import Proposal, Section, Side
from proposals.views.commands import CommandView, Outcome, Panel, PanelText
from proposals.views.finding import one
from proposals.views.lines import position_of


class SectionForm(forms.Form):
    """A section's title and, when new, its kind."""

    title = forms.CharField(label="Title", max_length=300)
    kind = forms.ChoiceField(label="Kind", choices=Section.Kind.choices)


class SectionAdd(Panel):
    """A new section at the end."""

    ability = "arrange"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText("Add a section", "It stands at the end; move it from its menu.", "Add the section")

    def form(self) -> forms.Form:
        """Title and kind; only the seller adds prices."""
        form = SectionForm()
        if self.actor.side != Side.SELLER:
            form.fields["kind"].choices = [(Section.Kind.PROSE.value, Section.Kind.PROSE.label)]  # type: ignore[attr-defined]
        return form

    def act(self) -> Outcome:
        """Add it."""
        sent = self.request.POST
        added = sections.add_section(by=self.actor, title=sent.get("title", ""), kind=sent.get("kind", "prose"))
        return Outcome(close="panel", focus=f"section-{added.id}")


class SectionPanel(Panel):
    """Renaming, moving and removing a section."""

    ability = "arrange"
    template = "proposals/panels/section.html"

    def text(self, *, section_id: uuid.UUID) -> PanelText:
        """Heading."""
        return PanelText(f"Section “{self.section(section_id).title}”", submit="Rename")

    def form(self, *, section_id: uuid.UUID) -> forms.Form:
        """The title."""
        form = SectionForm(initial={"title": self.section(section_id).title})
        del form.fields["kind"]
        return form

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the section and how many there are."""
        section = self.section(kwargs["section_id"])
        standing = list(self.proposal.sections.standing())
        place = next(place for place, row in enumerate(standing) if row.id == section.id)
        return {**super().panel_context(**kwargs), "section": section, "place": place, "last": len(standing) - 1}

    def section(self, section_id: uuid.UUID) -> Section:
        """The section, or 404."""
        found: Section = one(self.proposal.sections.standing(), section_id)
        return found

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Rename it."""
        changes = {"title": self.request.POST.get("title", "")}
        sections.edit_section(by=self.actor, section_id=section_id, changes=changes)
        return Outcome(close="panel")


class SectionMove(CommandView):
    """Move a section up or down."""

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """To the sent position."""
        sections.move_section(by=self.actor, section_id=section_id, position=position_of(self.request.POST))
        return Outcome(close="panel")


class SectionRemove(CommandView):
    """Take a section out."""

    def act(self, *, section_id: uuid.UUID) -> Outcome:
        """Remove it."""
        sections.remove_section(by=self.actor, section_id=section_id)
        return Outcome(close="panel")


class PartyForm(forms.Form):
    """A party as it stands in the contract."""

    name = forms.CharField(label="Name", max_length=200)
    legal_name = forms.CharField(label="Legal name", max_length=300, required=False)
    address = forms.CharField(label="Address", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    registration = forms.CharField(
        label="Registration", help_text="Company register and number, tax number", max_length=200, required=False
    )


IN_TURNS = "in_turns"


class TermsForm(forms.Form):
    """Title, dates, language and paper."""

    title = forms.CharField(label="Title", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    starts_on = forms.DateField(
        label="Starts on", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    offer_until = forms.DateField(
        label="The offer stands until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    offer_reason = forms.CharField(
        label="Why until then (both read it; may be empty)",
        max_length=300,
        required=False,
        help_text="For example: our supplier’s prices hold until then.",
    )
    language = forms.ChoiceField(
        label="Language",
        choices=language_choices,
        help_text="Numbers and dates are written as in this language, and the PDF divides its words.",
    )
    paper = forms.ChoiceField(label="Paper of the PDF", choices=Proposal.Paper.choices)
    signing_order = forms.ChoiceField(
        label="The signatories sign",
        choices=[
            *((value, label[:1].upper() + label[1:]) for value, label in Proposal.SigningOrder.choices),
            (IN_TURNS, "In turns, as written below"),
        ],
        required=False,
        help_text="In order, each is asked to sign when it is their turn, and not before. Each side puts its own "
        "signatories in order on the page of people.",
    )
    signing_turns = forms.CharField(
        label="Whose turn it is, if they sign in turns",
        max_length=300,
        required=False,
        help_text="Such as: client, seller, client. Each time the next signatory of that side signs; whoever is left "
        "signs at the end, the client’s people first.",
    )


class TermsPanel(Panel):
    """Title, dates, language, paper and parties."""

    ability = "set_terms"
    template = "proposals/panels/terms.html"

    def text(self) -> PanelText:
        """Heading."""
        return PanelText("Title, dates and paper", "Part of the terms of the whole; a change re-opens them for both.")

    def form(self) -> forms.Form:
        """What stands there now."""
        written = {name: getattr(self.proposal, name, "") for name in TermsForm.base_fields}
        turns = turns_in(self.proposal.signing_order)
        if turns:
            written |= {"signing_order": IN_TURNS, "signing_turns": ", ".join(turns)}
        form = TermsForm(initial=written)
        if self.actor.side == Side.SELLER:
            form.fields["code_before_reading"] = forms.BooleanField(
                label="Ask for the mailed code before anybody reads",
                required=False,
                initial=self.proposal.code_before_reading,
            )
        return form

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the parties this person may edit."""
        parties = [
            (party, PartyForm(initial={name: getattr(party, name) for name in PartyForm.base_fields}))
            for party in self.proposal.parties.order_by("-side")
            if party.side == self.actor.side or self.proposal.state == "preparing"
        ]
        return {**super().panel_context(**kwargs), "parties": parties}

    def act(self) -> Outcome:
        """Save what was changed."""
        changes = self.changes(self.form())
        turns = changes.pop("signing_turns")
        if changes["signing_order"] == IN_TURNS:
            changes["signing_order"] = turns
        elif not changes["signing_order"]:  # a page that was opened before it was asked
            del changes["signing_order"]
        proposals.set_terms(by=self.actor, changes=changes)
        return Outcome(close="panel")


class PartySave(CommandView):
    """A party's details."""

    def act(self, *, side: str) -> Outcome:
        """Save them."""
        proposals.set_party(by=self.actor, side=side, changes=self.changes(PartyForm()))
        return Outcome(close="panel")
