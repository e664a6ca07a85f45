"""A billing section as display texts: one view for the page, the live fragment and the PDF.

Made from plain contents (`billing_terms.agreed_content` and `billing_told.told_content`), so that the PDF of a revision
is made from the revision alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from proposals.documents import wording
from proposals.documents.billing_chart import LETTERS, STYLES, Chart, Drawing, chart_of, described, key_mark
from proposals.documents.billing_terms import in_hours
from proposals.documents.billing_told import curves_of, span_of, taken
from proposals.pricing import Currency
from proposals.pricing.money import Money
from proposals.pricing.side_by_side import carried

Json = Mapping[str, Any]


@dataclass(frozen=True)
class SellerRow:
    """What a model leaves the seller, while its cost is disclosed."""

    low: str
    likely: str
    high: str
    expected: str
    exposure: str
    margin: str
    break_even: str


@dataclass(frozen=True)
class ComparedRow:
    """One model of a comparison. `mark` and `dash` are its sign in the chart."""

    letter: str
    name: str
    is_chosen: bool
    low: str
    likely: str
    high: str
    expected: str
    exposure: str
    carries: str
    seller: SellerRow | None
    colour: str
    dash: str
    mark: str


@dataclass(frozen=True)
class WhatIf:
    """The answer to “what if it takes ...?”: `takes` in words, a sentence, and what each model costs."""

    value: str
    least: str
    most: str
    unit: str
    takes: str
    says: str
    models: tuple[tuple[str, str, str], ...]


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
    hints: tuple[str, ...] = ()
    wide: Chart | None = None
    narrow: Chart | None = None
    described: str = ""
    what_if: WhatIf | None = None
    unit: str = "hour"
    band: str = ""
    model: str = ""

    @property
    def sellers_results(self) -> bool:
        """Whether what the models leave the seller is shown."""
        return any(row.seller is not None for row in self.rows)


def billing_view(section_id: str, content: Json, told: Json, seller: str, *, takes: str = "") -> BillingView:
    """The view of a section. `seller` is the seller's name; `takes` what the reader asks, in the estimate's unit.

    Raises PricingError if `takes` is no number.
    """
    facts = told["facts"]
    about = told.get("model", {})
    view = BillingView(
        section_id=section_id,
        name=about.get("name", ""),
        about=about,
        clauses=tuple(content.get("clauses", ())),
        estimate=_estimate(content, facts),
        limit=_limit(content, facts),
        cost=_cost(content, facts, seller),
        model=content.get("model", ""),
    )
    if not told.get("compared"):
        return view
    rows = tuple(_row(place, content, told, seller) for place in range(len(told["compared"])))
    answer = _what_if(content, facts, seller, takes)
    drawing = _drawing(content, told, Fraction(answer.value) if takes else None)
    unit = content["estimate"]["unit"]
    return replace(
        view,
        rows=rows,
        crossings=tuple(told.get("crossings", ())),
        hints=tuple(_hints(content, told, rows, seller)),
        wide=chart_of(drawing),
        narrow=chart_of(drawing, narrow=True),
        described=described(({"name": r.name, "low": r.low, "likely": r.likely, "high": r.high} for r in rows), unit),
        what_if=answer,
        unit=unit,
        band=f"{_number(content['estimate']['low'], facts)} to {_number(content['estimate']['high'], facts)} {unit}s",
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
    return f"{likely} {estimate['unit']}s are likely, {low} if all goes well, {high} if it does not"


def _limit(content: Json, facts: Json) -> str:
    limit = content.get("limit")
    if not limit:
        return ""
    if limit["kind"] == "no_upper_limit":
        return "No upper limit"
    over = "; expenses come on top" if limit["covers"] == "fees" else ""
    sign = "Exactly" if limit["kind"] == "fixed" else "At most"
    return f"{sign} {_money(limit['amount'], facts)} before tax{over}"


def _cost(content: Json, facts: Json, seller: str) -> str:
    cost = content.get("cost")
    if not cost:
        return ""
    fixed = cost["fixed_costs"]
    more = f", and {_money(fixed, facts)} whatever the hours" if fixed and fixed != "0" else ""
    hour = wording.rate(cost["cost_per_hour"], facts["currency"], facts["language"])
    return f"An hour costs {seller} {hour}{more}."


def _row(place: int, content: Json, told: Json, seller: str) -> ComparedRow:
    facts, compared, result = told["facts"], told["compared"][place], content["results"][place]
    pays = result["client_pays"]
    colour, dash = STYLES[place]
    return ComparedRow(
        letter=LETTERS[place],
        name=compared["name"],
        is_chosen=place == 0 and result["model"] == content["model"],
        low=_money(pays["low"], facts),
        likely=_money(pays["likely"], facts),
        high=_money(pays["high"], facts),
        expected=_money(result["expected_client_pays"], facts),
        exposure=_money(result["client_exposure"], facts),
        carries={"seller": seller, "client": "You", "both": f"You up to the limit, then {seller}"}[compared["carries"]],
        seller=_seller_row(result, content, facts) if "seller_profit" in result else None,
        colour=colour,
        dash=dash,
        mark=key_mark(place),
    )


def _seller_row(result: Json, content: Json, facts: Json) -> SellerRow:
    profit, margin = result["seller_profit"], result["margin_percent_likely"]
    return SellerRow(
        low=_money(profit["low"], facts),
        likely=_money(profit["likely"], facts),
        high=_money(profit["high"], facts),
        expected=_money(result["expected_seller_profit"], facts),
        exposure=_money(result["seller_exposure"], facts),
        margin=wording.percent(margin, facts["language"]) if margin is not None else "–",
        break_even=_break_even(result["break_even"], content, facts),
    )


def _break_even(found: Json, content: Json, facts: Json) -> str:
    if found["kind"] == "no_upper_limit":
        return "more work never turns it into a loss"
    if found["kind"] == "always_loses":
        return "a loss however long it takes"
    return f"a loss beyond {taken(Fraction(found['hours']), content, facts)}"


def _hints(content: Json, told: Json, rows: tuple[ComparedRow, ...], seller: str) -> list[str]:
    """Questions to both, where somebody loses at the likely outcome."""
    facts, hints = told["facts"], []
    likely = taken(in_hours(content["estimate"]["likely"], content, facts), content, facts)
    hours = in_hours(content["estimate"]["likely"], content, facts)
    first, line = curves_of(content, facts)[0]
    alone = carried(line, hours)
    if alone is not None:
        hints.append(
            f"At the likely {likely} the limit of “{first}” is passed already and {seller} carries the rest. "
            "Is that what you both want?"
        )
    for row, result in zip(rows, content["results"], strict=True):
        lost = result.get("seller_profit", {}).get("likely", "0")
        if lost.startswith("-"):
            hints.append(
                f"At the likely {likely} {seller} loses {_money(lost.removeprefix('-'), facts)} with “{row.name}”. "
                "What would that do to the work, and is there a fairer figure?"
            )
    likelies = [Fraction(result["client_pays"]["likely"]) for result in content["results"]]
    if rows[0].is_chosen and len(rows) > 1 and all(likelies[0] > other for other in likelies[1:]):
        hints.append(
            f"At the likely {likely} “{rows[0].name}” costs the client more than everything beside it. "
            "What does the client get for that?"
        )
    return hints


def _what_if(content: Json, facts: Json, seller: str, takes: str) -> WhatIf:
    """The answer for `takes`; for the likely outcome if nothing is asked."""
    unit = content["estimate"]["unit"]
    start, end = (_in_unit(hours, content, facts) for hours in span_of(content, facts))
    asked = takes or content["estimate"]["likely"]
    hours = in_hours(asked, content, facts)
    currency = Currency(facts["currency"])
    curves = curves_of(content, facts)
    models = tuple(
        (LETTERS[place], name, _money(str(Money.rounded(line.at(hours), currency)), facts))
        for place, (name, line) in enumerate(curves)
    )
    says = f"You pay {models[0][2]}."
    alone = carried(curves[0][1], hours)
    if alone is not None:
        worth = _money(str(Money.rounded(alone[1], currency)), facts)
        says += f" {seller} carries {taken(alone[0], content, facts)}, worth {worth}."
    return WhatIf(
        value=asked,
        least=str(-(-start // 1)),
        most=str(end // 1),
        unit=unit,
        takes=taken(hours, content, facts),
        says=says,
        models=models,
    )


def _drawing(content: Json, told: Json, at: Fraction | None) -> Drawing:
    facts, estimate = told["facts"], content["estimate"]
    models = tuple(
        tuple((_in_unit(Fraction(p["hours"]), content, facts), Fraction(p["client_pays"])) for p in row["series"])
        for row in told["compared"]
    )
    lines = [line for _, line in curves_of(content, facts)]
    hours = None if at is None else in_hours(str(at), content, facts)
    _, end = span_of(content, facts)
    area: tuple[tuple[Fraction, Fraction], ...] = ()
    alone = carried(lines[0], end)
    if alone is not None:
        bend, last = end - alone[0], lines[0].at(end)
        corners = ((bend, last), (end, last + alone[1]), (end, last))
        area = tuple((_in_unit(quantity, content, facts), amount) for quantity, amount in corners)
    return Drawing(
        models=models,
        low=Fraction(estimate["low"]),
        likely=Fraction(estimate["likely"]),
        high=Fraction(estimate["high"]),
        unit=estimate["unit"],
        currency=facts["currency"],
        language=facts["language"],
        carried=area,
        at=at,
        at_amounts=() if hours is None else tuple(line.at(hours) for line in lines),
    )


def _in_unit(hours: Fraction, content: Json, facts: Json) -> Fraction:
    """Hours as the estimate's unit."""
    return hours / Fraction(facts["hours_per_day"]) if content["estimate"]["unit"] == "day" else hours
