"""The comparison by hours read a second time (pricing-spec 13).

A break-even is looked for between all hours at which anything can bend, on exact amounts.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from .billing import limited
from .numbers import NOTHING, Json, number, places_of, rounded, text, text_or_null

OUTCOMES = ("low", "likely", "high")


def what_if(given: Json) -> Json:
    return {"models": [compared(given, each["id"], each["model"], each["params"]) for each in given["models"]]}


def compared(given: Json, name: str, model: str, params: Json) -> Json:
    places = places_of(given)

    def cost(hours: Fraction) -> Fraction:
        return rounded(hours * number(given, "cost_per_hour") + number(given, "fixed_costs"), places)

    def paid(hours: Fraction) -> Fraction:
        return rounded(pays(model, params, hours, cost(hours), places), places)

    hours = [number(given["estimate"], outcome) for outcome in OUTCOMES]
    pay = [paid(each) for each in hours]
    profit = [paid(each) - cost(each) for each in hours]
    answer: Json = {
        "id": name,
        "client_pays": {outcome: text(each, places) for outcome, each in zip(OUTCOMES, pay, strict=True)},
        "seller_profit": {outcome: text(each, places) for outcome, each in zip(OUTCOMES, profit, strict=True)},
        "expected_client_pays": text((pay[0] + 4 * pay[1] + pay[2]) / 6, places),
        "expected_seller_profit": text((profit[0] + 4 * profit[1] + profit[2]) / 6, places),
        "client_exposure": text(max(pay) - pay[1], places),
        "seller_exposure": text(profit[1] - min(profit), places),
        "margin_percent_likely": text_or_null(profit[1] * 100, pay[1], 2),
    }
    kind, last = break_even(given, model, params)
    overrun = None if last is None else text_or_null((last - hours[1]) * 100, hours[1], 2)
    answer["break_even"] = {"kind": kind, "hours": last if last is None else text(last, 2), "overrun_percent": overrun}
    if given.get("grid") is not None:
        answer["series"] = [
            {
                "hours": written,
                "client_pays": text(paid(Fraction(written)), places),
                "seller_profit": text(paid(Fraction(written)) - cost(Fraction(written)), places),
            }
            for written in given["grid"]
        ]
    return answer


def pays(model: str, params: Json, hours: Fraction, cost: Fraction, places: int | None = None) -> Fraction:
    """For these hours, which cost the seller ``cost``. With ``places`` a fee that follows the cost is rounded."""
    if model == "fixed":
        return number(params, "fee")
    if model in ("tm", "tm_cap"):
        return limited(number(params, "rate") * hours, params, "none", "cap")
    if model in ("hybrid", "retainer"):
        fee, rate = ("fixed_fee", "rate") if model == "hybrid" else ("period_fee", "overage_rate")
        return number(params, fee) + number(params, rate) * max(NOTHING, hours - number(params, "included_hours"))
    if model == "cost_plus":
        fee_of = cost * number(params, "percent") / 100 if params["fee_type"] == "percent" else number(params, "fee")
        return limited(cost + maybe_rounded(fee_of, places), params, "none", "ceiling")
    difference = number(params, "target_cost") - cost
    side = "over" if difference < 0 else "under"
    share = difference * (100 - number(params, f"client_share_{side}_percent", "50")) / 100
    fee_of = limited(number(params, "target_fee") + maybe_rounded(share, places), params, "none", "max_fee")
    fee_of = limited(fee_of, params, "min_fee", "none")
    return limited(cost + fee_of, params, "none", "ceiling_price")


def maybe_rounded(exact: Fraction, places: int | None) -> Fraction:
    return exact if places is None else rounded(exact, places)


def bends(given: Json, model: str, params: Json) -> list[Fraction]:
    """All hours at which what is paid may change its slope, from 0."""
    by_hours, by_cost = [], []
    if model == "tm_cap" and number(params, "rate"):
        by_hours.append(number(params, "cap") / number(params, "rate"))
    if model in ("hybrid", "retainer"):
        by_hours.append(number(params, "included_hours"))
    if model == "cost_plus" and params.get("ceiling") is not None:
        fee, share = (0, "percent") if params["fee_type"] == "percent" else (number(params, "fee"), "none")
        by_cost.append((number(params, "ceiling") - fee) / (1 + number(params, share) / 100))
    if model == "target_cost":
        by_cost += target_bends(params)
    if number(given, "cost_per_hour"):
        by_hours += [(cost - number(given, "fixed_costs")) / number(given, "cost_per_hour") for cost in by_cost]
    return sorted({NOTHING, *(hours for hours in by_hours if hours > 0)})


def target_bends(params: Json) -> list[Fraction]:
    target, target_fee = number(params, "target_cost"), number(params, "target_fee")
    ceiling = params.get("ceiling_price")
    limits = [Fraction(params[name]) for name in ("min_fee", "max_fee") if params.get(name) is not None]
    costs = [target] + [Fraction(ceiling) - limit for limit in limits if ceiling is not None]
    for side in ("over", "under"):
        share = 1 - number(params, f"client_share_{side}_percent", "50") / 100
        if share:
            costs += [target - (limit - target_fee) / share for limit in limits]
        if share != 1 and ceiling is not None:
            costs.append((Fraction(ceiling) - target_fee - target * share) / (1 - share))
    return costs


def break_even(given: Json, model: str, params: Json) -> tuple[str, Fraction | None]:
    def profit(hours: Fraction) -> Fraction:
        cost = hours * number(given, "cost_per_hour") + number(given, "fixed_costs")
        return pays(model, params, hours, cost) - cost

    hours = bends(given, model, params)
    last, slope = profit(hours[-1]), profit(hours[-1] + 1) - profit(hours[-1])
    if slope > 0 or (slope == 0 and last >= 0):
        return "no_upper_limit", None
    if last >= 0:
        return "at", hours[-1] - last / slope
    for earlier, later in reversed(list(pairwise(hours))):
        before, after = profit(earlier), profit(later)
        if before >= 0:
            return "at", earlier + (later - earlier) * before / (before - after)
    return "always_loses", None
