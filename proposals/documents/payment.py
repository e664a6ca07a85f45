"""The payment schedule as it stands: the plan, and what each instalment comes to for the total of this moment.

Made from rows for the fingerprint and the revision, and from those contents for the page and the PDF. What is
calculated comes from `proposals.pricing`. A plan that does not hold for the total (any more) has a `problem` instead
of amounts: it is shown as not up to date and keeps the proposal from being frozen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from proposals.documents import contents, wording
from proposals.documents.contents import ProposalRows
from proposals.documents.price_document import Price
from proposals.exceptions import FieldProblem, Invalid
from proposals.models import Instalment, Section
from proposals.pricing import PricingError, calculate
from proposals.pricing.instalment_plan import Periods

Share = Instalment.Share
Due = Instalment.Due


def schedule_content(rows: ProposalRows, price: Price) -> dict[str, Any] | None:
    """`plan` as it was made, and `items` (`id, amount`, with tax `tax, net`, where it is known `due_on`) with their
    `sum`; or `problem` (`code, detail`) in their place. None for a proposal without a schedule.
    """
    if not rows.instalments:
        return None
    return planned_content([contents.instalment_content(row) for row in rows.instalments], rows, price)


def planned_content(plan: list[dict[str, Any]], rows: ProposalRows, price: Price) -> dict[str, Any]:
    """As `schedule_content`, of a plan that may be proposed only."""
    try:
        return {"plan": plan, **calculated(plan, rows, price)}
    except PricingError as error:
        return {"plan": plan, "problem": {"code": error.code, "detail": error.detail}}


def require_fit(plan: list[dict[str, Any]], rows: ProposalRows, price: Price) -> None:
    """Raise Invalid, with the code of pricing-spec 16 and the instalment, if a plan does not hold for the total."""
    try:
        calculated(plan, rows, price)
    except PricingError as error:
        raise Invalid(
            f"{error.detail} Nothing was changed.",
            code=error.code,
            errors=[FieldProblem(_pointer(error), error.code, error.detail)],
        ) from error


def calculated(plan: list[dict[str, Any]], rows: ProposalRows, price: Price) -> dict[str, Any]:
    """`items` and `sum` of a plan for the price as it stands. Raises PricingError."""
    if not any(section.kind == Section.Kind.PRICING for section in rows.sections):
        raise PricingError("no_prices", "There is no price section, so there is nothing to pay in instalments.")
    given: dict[str, Any] = {"currency": price.currency, "total": price.totals["total"], **as_given(plan)}
    if price.result["taxes"]:
        given["tax"] = price.totals["tax"]
    periodic = _periodic(plan)
    result = calculate("schedule", given)
    days = [planned.get("due_on") for planned in plan] if periodic is None else _days(periodic)
    for item, on in zip(result["items"], days, strict=True):
        item.pop("date", None)
        if on:
            item["due_on"] = on
    return result


def as_given(plan: list[dict[str, Any]]) -> dict[str, Any]:
    """The plan as `calculate` takes it: `plan` or `periods`."""
    periodic = _periodic(plan)
    if periodic is None:
        return {"plan": [_part(number, planned) for number, planned in enumerate(plan, start=1)]}
    return {"periods": {"count": str(periodic["count"]), "every": periodic["every"], "start": periodic["due_on"]}}


def _periodic(plan: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The only part of a plan of equal payments."""
    return plan[0] if plan and plan[0]["share"] == Share.PERIODS else None


def instalment_titles(schedule: Mapping[str, Any]) -> list[str]:
    """What each instalment of a schedule with `items` is called: “Care 2 of 12”."""
    plan, count = schedule["plan"], len(schedule["items"])
    if _periodic(plan) is None:
        return [row["title"] for row in plan]
    return [f"{plan[0]['title']} {number} of {count}" for number in range(1, count + 1)]


def _part(number: int, planned: Mapping[str, Any]) -> dict[str, Any]:
    share = planned["share"]
    return {"id": str(number), share: True if share == Share.REMAINDER else planned.get("value")}


def _days(planned: Mapping[str, Any]) -> list[str]:
    """When each of equal payments is due: on the first day of its period, or on the last."""
    count, start = planned["count"], date.fromisoformat(planned["due_on"])
    begins = [part.on for part in Periods(count=count + 1, every=planned["every"], start=start).parts()]
    starts = [on for on in begins if on is not None]
    if planned["due"] == Due.PERIOD_END:
        return [(following - timedelta(days=1)).isoformat() for following in starts[1:]]
    return [on.isoformat() for on in starts[:-1]]


def _pointer(error: PricingError) -> str:
    """`plan.1.percent` names the value of the second instalment."""
    words = (error.field or "").split(".")
    if words[0] == "plan" and len(words) == 3:
        return f"schedule/{words[1]}/value"
    return f"schedule/0/{words[1]}" if words[0] == "periods" and len(words) == 2 else "schedule"


@dataclass(frozen=True)
class InstalmentView:
    """One instalment as it is read. Amounts are "" while the plan is not up to date; `of` begins their names in the
    working."""

    title: str
    share: str
    when: str
    acceptance: str
    amount: str
    tax: str
    net: str
    of: str = ""

    @property
    def amount_of(self) -> str:
        """The amount's name in the working; "" while there is none."""
        return self.of and f"{self.of}.amount"

    @property
    def tax_of(self) -> str:
        """The tax's name in the working."""
        return self.of and f"{self.of}.tax"

    @property
    def net_of(self) -> str:
        """The name of the amount before tax in the working."""
        return self.of and f"{self.of}.net"


@dataclass(frozen=True)
class ScheduleView:
    """The schedule under the totals. `problem` says why it is not up to date, "" if it is."""

    rows: tuple[InstalmentView, ...]
    has_tax: bool
    total: str
    problem: str


def schedule_view(terms: Mapping[str, Any], language: str = "en") -> ScheduleView | None:
    """The schedule of `terms` (`currency`, and `schedule` as `schedule_content` gives it), None if there is none."""
    content = terms.get("schedule")
    if content is None:
        return None
    currency, plan = terms["currency"], content["plan"]
    items = content.get("items") or [{} for _ in plan]
    planned = plan * len(items) if plan[0]["share"] == Share.PERIODS else plan
    rows = [
        _row(row, item, f" {number} of {len(items)}" if row["share"] == Share.PERIODS else "", currency, language)
        for number, (row, item) in enumerate(zip(planned, items, strict=True), start=1)
    ]
    if "items" in content:
        rows = [replace(row, of=f"schedule.{number}") for number, row in enumerate(rows)]
    total = wording.money(content["sum"], currency, language) if "sum" in content else ""
    has_tax = "tax" in items[0]
    return ScheduleView(tuple(rows), has_tax, total, content.get("problem", {}).get("detail", ""))


def _row(
    planned: Mapping[str, Any], item: Mapping[str, Any], number: str, currency: str, language: str
) -> InstalmentView:
    amounts = {
        name: wording.money(item[name], currency, language) if name in item else "" for name in ("amount", "tax", "net")
    }
    when = due_words({**planned, **({"due_on": item["due_on"]} if "due_on" in item else {})}, language)
    return InstalmentView(
        title=f"{planned['title']}{number if item else ''}",
        share=share_words(planned, currency, language),
        when=when,
        acceptance=planned.get("acceptance", ""),
        **amounts,
    )


def share_words(planned: Mapping[str, Any], currency: str, language: str = "en") -> str:
    """“30% of the total”, “what is left”; "" where the amount says it all."""
    match planned["share"]:
        case Share.PERCENT:
            return f"{wording.percent(planned['value'], language)} of the total"
        case Share.AMOUNT:
            return f"{wording.money(planned['value'], currency, language)} as agreed"
        case Share.WEIGHT:
            return f"{wording.quantity(planned['value'], language)} of all shares"
        case Share.REMAINDER:
            return "what is left"
        case _:
            return f"{planned['count']} equal payments, one every {planned['every']}"


def due_words(planned: Mapping[str, Any], language: str = "en") -> str:
    """“14 days after signature”, “12 January 2027”, “When accepted, 30 days to pay”."""
    days = planned.get("net_days")
    within = f"{days} day{'' if days == 1 else 's'}" if days else ""
    match planned["due"]:
        case Due.ON_SIGNATURE:
            return f"{within} after signature" if within else "On signature"
        case Due.MILESTONE:
            return f"{within} after acceptance" if within else "On acceptance"
        case _:
            on = wording.short_date(planned["due_on"], language)
            return f"{on}, {within} to pay" if within else on
