"""The payment schedule's panel: usual plans to start from, a row for each instalment."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone

from proposals.actions.schedule import set_schedule
from proposals.documents import wording
from proposals.documents.contents import instalment_content
from proposals.documents.parts import TERMS, standing_of
from proposals.documents.totals import totals_of
from proposals.forms.schedule import InstalmentForm, PeriodsForm
from proposals.models import Instalment
from proposals.views.commands import Outcome, Panel, PanelText
from proposals.views.price_rows import rows_of

BLANK_ROWS_COUNT: Final = 2

Planned = dict[str, Any]


def _at_signature(title: str, percent: str) -> Planned:
    return {"title": title, "share": "percent", "value": percent, "due": "on_signature", "net_days": 14}


def _at_milestone(title: str, percent: str) -> Planned:
    return {"title": title, "share": "percent", "value": percent, "due": "milestone", "net_days": 14}


PRESETS: Final[Mapping[str, tuple[str, tuple[Planned, ...]]]] = {
    "signature": ("All on signature", (_at_signature("The whole amount", "100"),)),
    "halves": ("Half and half", (_at_signature("At the start", "50"), _at_milestone("When it is done", "50"))),
    "thirds": (
        "30 / 40 / 30",
        (_at_signature("At the start", "30"), _at_milestone("Half-way", "40"), _at_milestone("When it is done", "30")),
    ),
    "periods": ("Equal payments, such as monthly", ()),
}
"""Usual plans by the word in the address: what they are called, and their instalments."""


class SchedulePanel(Panel):
    """The payment schedule as it stands, or a usual one to start from."""

    ability = "price"
    template = "proposals/panels/schedule.html"

    def text(self) -> PanelText:
        """Heading, with what there is to share out."""
        standing = standing_of(self.proposal)
        total = totals_of(standing.price.document, standing.price.result, self.proposal.language).amount
        lede = f"How {total} is paid, for both to see. It is part of the terms of the whole."
        return PanelText("Payment schedule", lede, "Save the schedule")

    def form(self) -> forms.Form:
        """Equal payments, as they stand or by a usual plan; empty for a list of instalments."""
        planned = self._planned()
        return PeriodsForm(planned[0]) if planned and planned[0]["share"] == Instalment.Share.PERIODS else forms.Form()

    def touched(self) -> list[str]:
        """The terms."""
        return [TERMS]

    def panel_context(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the instalments' rows, some blank, and the usual plans."""
        planned = self._planned()
        periodic = bool(planned) and planned[0]["share"] == Instalment.Share.PERIODS
        rows: list[Planned | None] = [] if periodic else [*planned, *([None] * BLANK_ROWS_COUNT)]
        return {
            **super().panel_context(**kwargs),
            "periodic": periodic,
            "rows": [InstalmentForm(row, number) for number, row in enumerate(rows)],
            "filled_count": len(planned),
            "presets": [(key, name) for key, (name, _) in PRESETS.items()],
            "stands": self.proposal.instalments.exists(),
        }

    def act(self) -> Outcome:
        """Replace it, or take it out."""
        kind = self.request.POST.get("kind")
        plan = [] if kind == "none" else self.sent_plan()
        set_schedule(by=self.actor, instalments=plan, why=self.request.POST.get("why", ""))
        return Outcome(close="panel", said=self.entered.sentences)

    def _planned(self) -> list[Planned]:
        key = self.request.GET.get("plan", "")
        if key == "periods":
            start = self.proposal.starts_on or timezone.localdate()
            return [
                {
                    "title": "Monthly payment",
                    "share": "periods",
                    "count": "6",
                    "every": "month",
                    "due_on": start,
                    "due": "period_end",
                    "net_days": 14,
                }
            ]
        if key in PRESETS:
            return list(PRESETS[key][1])
        return self.standing_plan()

    def standing_plan(self) -> list[Planned]:
        """The plan that the form begins with."""
        standing = [instalment_content(row) for row in self.proposal.instalments.all()]
        return shown_plan(standing, self.proposal.language)

    def sent_plan(self) -> list[Mapping[str, Any]]:
        if self.request.POST.get("kind") == "periods":
            self.places["schedule"] = ["p"]
            row = {name: self.request.POST.get(f"p-{name}", "") for name in PeriodsForm.base_fields}
            return [{"share": "periods", **row}]
        rows = rows_of(self.request.POST, "i", tuple(InstalmentForm.base_fields))
        filled = [(own, row) for own, row in rows if row.get("title", "").strip() or row.get("value", "").strip()]
        self.places["schedule"] = [own for own, _ in filled]
        return [
            {**row, "value": self.entered.number(f"{own}-value", row.get("value", ""), field=_reads_as(row))}
            for own, row in filled
        ]


def _reads_as(row: Mapping[str, Any]) -> str:
    """The kind of number that an instalment's share is, by the name that the edge knows it by."""
    return {"percent": "percent", "amount": "amount"}.get(row.get("share", ""), "quantity")


def shown_plan(plan: list[Planned], language: str) -> list[Planned]:
    """A plan with its numbers as controls show them."""
    return [{**row, "value": wording.cell_number(row.get("value", ""), language)} for row in plan]
