"""A billing section as display texts: one view for the page, the live fragment and the PDF.

Made from plain contents (`billing_terms.agreed_content` and `billing_told.told_content`), so that the PDF of a revision
is made from the revision alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from proposals.documents import day_rates, wording
from proposals.documents.billing_chart import Chart, chart_of, described
from proposals.documents.billing_comparison import ComparedRow, Comparison, WhatIf
from proposals.documents.billing_curve import CurveView, curve_view
from proposals.documents.value_view import WorksheetView, opened, worksheet_view
from proposals.documents.value_worksheet import UNCONFIRMED

Json = Mapping[str, Any]


@dataclass(frozen=True)
class BillingView:
    """Everything that a billing section shows. Texts are "" and tuples empty where there is nothing to say."""

    section_id: str
    name: str
    about: Json
    clauses: tuple[Json, ...]
    estimate: str
    limit: str
    cost: str
    rows: tuple[ComparedRow, ...] = ()
    crossings: tuple[str, ...] = ()
    hint: str = ""
    wide: Chart | None = None
    narrow: Chart | None = None
    described: str = ""
    what_if: WhatIf | None = None
    unit: str = "hour"
    band: str = ""
    model: str = ""
    warning: str = ""
    seller: str = ""
    curve: CurveView | None = None
    worksheet: WorksheetView | None = None
    has_limit: bool = False

    @property
    def limit_of(self) -> str:
        """The name of the limit in the working; "" if there is no amount."""
        return f"billing:{self.section_id}.limit" if self.has_limit else ""

    @property
    def added(self) -> ComparedRow | None:
        """The fixed version that stands beside terms which reward waste."""
        return next((row for row in self.rows if row.is_added), None)

    @property
    def sellers_results(self) -> bool:
        """Whether what the models leave the seller is shown."""
        return any(row.seller is not None for row in self.rows)


def billing_view(section_id: str, content: Json, told: Json, seller: str, *, takes: str = "") -> BillingView:
    """The view of a section. `seller` is the seller's name; `takes` what the reader asks, in the estimate's unit.

    Raises PricingError if `takes` is no number.
    """
    facts = told["facts"]
    about = day_rates.opened(told.get("model", {}), section_id, content, facts)
    cost = _cost(content, facts, seller)
    view = BillingView(
        section_id=section_id,
        name=about.get("name", ""),
        about=about,
        clauses=tuple(content.get("clauses", ())),
        estimate=_estimate(content, facts),
        limit=_limit(content, told),
        has_limit="amount" in content.get("limit", ()),
        cost=cost,
        model=content.get("model", ""),
        warning=told.get("warning", ""),
        seller=seller,
        curve=curve_view(told["curve"], facts) if "curve" in told else None,
        worksheet=worksheet_view(section_id, content, told, seller, cost),
    )
    if not told.get("compared"):
        return view
    comparison = Comparison(section_id, content, told, seller)
    rows, answer = comparison.rows, comparison.what_if(takes)
    drawing = comparison.drawing(Fraction(answer.value) if takes else None)
    unit = comparison.unit
    return replace(
        view,
        rows=rows,
        worksheet=view.worksheet and opened(view.worksheet, rows, content),
        crossings=tuple(told.get("crossings", ())),
        hint=comparison.hint(),
        wide=chart_of(drawing),
        narrow=chart_of(drawing, narrow=True),
        described=described(({"name": r.name, "low": r.low, "likely": r.likely, "high": r.high} for r in rows), unit),
        what_if=answer,
        unit=unit,
        band=comparison.band,
    )


def _money(amount: str, facts: Json) -> str:
    return wording.money(amount, facts["currency"], facts["language"])


def _number(value: str, facts: Json) -> str:
    return wording.quantity(value, facts["language"])


def _estimate(content: Json, facts: Json) -> str:
    estimate = content.get("estimate")
    if not estimate:
        return ""
    low, likely, high = (_number(estimate[name], facts) for name in ("low", "likely", "high"))
    are = f"{estimate['unit']} is" if Fraction(estimate["likely"]) == 1 else f"{estimate['unit']}s are"
    return f"{likely} {are} likely, {low} if all goes well, {high} if it does not"


def _limit(content: Json, told: Json) -> str:
    limit, facts = content.get("limit"), told["facts"]
    if not limit:
        return ""
    if limit["kind"] == "no_upper_limit":
        return "No upper limit"
    over = "; expenses come on top" if limit["covers"] == "fees" else ""
    sign = "Exactly" if limit["kind"] == "fixed" else "At most"
    rests_on_value = limit["kind"] == "fixed" and not told.get("worksheet", {}).get("confirmed", True)
    mark = f" (on a value that is {UNCONFIRMED})" if rests_on_value else ""
    return f"{sign} {_money(limit['amount'], facts)} before tax{over}{mark}"


def _cost(content: Json, facts: Json, seller: str) -> str:
    cost = content.get("cost")
    if not cost:
        return ""
    fixed = cost["fixed_costs"]
    more = f", and {_money(fixed, facts)} whatever the hours" if fixed and fixed != "0" else ""
    hour = wording.rate(cost["cost_per_hour"], facts["currency"], facts["language"])
    return f"An hour costs {seller} {hour}{more}."
