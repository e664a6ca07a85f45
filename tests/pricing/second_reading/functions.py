"""Rates, people, estimates, trust and scenarios read a second time (pricing-spec 10 to 12 and 14)."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from .numbers import NOTHING, Json, number, places_of, rounded, shares, text, text_or_null, whole_up

TIERS = ("senior", "mid", "junior")


def build_up(given: Json) -> Json:
    places = places_of(given)
    answer: Json = {}
    direct = number(given, "direct_cost_per_hour")
    if given.get("direct_cost_per_hour") is None:
        salary, capacity = number(given, "salary"), number(given, "capacity_hours")
        loaded = salary + number(given, "benefits_amount") + salary * number(given, "benefits_percent") / 100
        billable = capacity * number(given, "utilization_percent") / 100
        direct = loaded / billable
        answer = {"loaded_cost": text(loaded, places), "billable_hours": text(billable, 2)}
    even = direct * (1 + number(given, "overhead_percent") / 100)
    charged = rounded(charged_rate(given, even), places)
    answer |= {
        "direct_cost_per_hour": text(direct, places),
        "overhead_per_hour": text(rounded(even, places) - rounded(direct, places), places),
        "break_even_rate": text(even, places),
        "profit_per_hour": text(charged - rounded(even, places), places),
        "bill_rate": text(charged, places),
        "margin_percent": text_or_null((charged - even) * 100, charged, 2),
        "markup_percent": text_or_null((charged - even) * 100, even, 2),
        "break_even_multiplier": text_or_null(even, direct, 4),
        "net_multiplier": text_or_null(charged, direct, 4),
    }
    if given.get("direct_cost_per_hour") is None:
        pay = salary / number(given, "paid_hours", given["capacity_hours"])
        answer |= {"pay_per_hour": text(pay, places), "pay_multiple": text_or_null(charged, pay, 4)}
    return answer


def charged_rate(given: Json, even: Fraction) -> Fraction:
    if given.get("bill_rate") is not None:
        return number(given, "bill_rate")
    if given.get("target_margin_percent") is not None:
        exact = even / (1 - number(given, "target_margin_percent") / 100)
    else:
        exact = even * (1 + number(given, "markup_percent") / 100)
    if not given.get("round_rate"):
        return exact
    steps = exact / number(given["round_rate"], "increment")
    count = whole_up(steps) if given["round_rate"]["mode"] == "up" else rounded(steps, 0)
    return count * number(given["round_rate"], "increment")


def leverage(given: Json) -> Json:
    places, staffing = places_of(given), given["staffing"]
    hours, fees = dict.fromkeys(TIERS, NOTHING), dict.fromkeys(TIERS, NOTHING)
    for staff in staffing:
        hours[staff["tier"]] += number(staff, "hours")
        fees[staff["tier"]] += rounded(number(staff, "hours") * number(staff, "rate"), places)
    all_hours, all_fees, senior = sum(hours.values(), NOTHING), sum(fees.values(), NOTHING), hours["senior"]
    hours_shares = shares(Fraction(100), [*hours.values()], 1)
    fees_shares = shares(Fraction(100), [*fees.values()], 1)
    answer: Json = {
        "total_hours": text(all_hours, 4),
        "standard_fees": text(all_fees, places),
        "blended_rate": text(all_fees / all_hours, places),
        "tiers": {
            tier: {
                "hours": text(hours[tier], 4),
                "percent_hours": text(of_hours, 1),
                "fees": text(fees[tier], places),
                "percent_fees": text(of_fees, 1) if all_fees else None,
            }
            for tier, of_hours, of_fees in zip(TIERS, hours_shares, fees_shares, strict=True)
        },
        "ratio": {tier: text(hours[tier] / senior, 2) for tier in TIERS} if senior else None,
        "leverage": text_or_null(all_hours - senior, senior, 4),
    }
    if all(staff.get("cost_per_hour") is not None for staff in staffing):
        cost = sum(
            (rounded(number(each, "hours") * number(each, "cost_per_hour"), places) for each in staffing), NOTHING
        )
        answer |= {"direct_cost": text(cost, places), "contribution": text(all_fees - cost, places)}
        answer["contribution_percent"] = text_or_null((all_fees - cost) * 100, all_fees, 2)
    if given.get("billed") is not None:
        answer["realization_percent"] = text_or_null(number(given, "billed") * 100, all_fees, 2)
        answer["effective_rate"] = text(number(given, "billed") / all_hours, places)
    return answer


def staffing(given: Json) -> Json:
    anchor = next(tier for tier in given["tiers"] if tier.get("headcount") is not None)
    busy = number(anchor, "headcount") * number(anchor, "utilization_percent") / 100
    projects = busy / number(anchor, "share_per_project")
    tiers = []
    for tier in given["tiers"]:
        full_time = projects * number(tier, "share_per_project")
        people = full_time * 100 / number(tier, "utilization_percent")
        counted = {"fte": text(full_time, 2), "headcount": text(people, 2), "headcount_whole": str(whole_up(people))}
        tiers.append({"tier": tier["tier"], **counted})
    return {"projects": text(projects, 2), "tiers": tiers}


def firm(given: Json) -> Json:
    places = places_of(given)
    partners, people, fees = (number(given, key) for key in ("partners", "professionals", "fees"))
    profit = fees - number(given, "costs")
    answer: Json = {
        "profit": text(profit, places),
        "margin_percent": text(profit * 100 / fees, 2),
        "productivity": text(fees / people, places),
        "leverage": text(people / partners, 4),
        "profit_per_partner": text(profit / partners, places),
    }
    if given.get("hours") is not None:
        hours, standard = number(given, "hours"), number(given, "standard_fees")
        answer |= {"fees_per_hour": text(fees / hours, places), "hours_per_professional": text(hours / people, 2)}
        if given.get("standard_fees") is not None:
            answer["standard_rate"] = text(standard / hours, places)
            answer["realization_percent"] = text_or_null(fees * 100, standard, 2)
    return answer


def realization(given: Json) -> Json:
    standard, billed, collected = (number(given, key) for key in ("standard", "billed", "collected"))
    return {
        "billing_percent": text_or_null(billed * 100, standard, 2),
        "collection_percent": text_or_null(collected * 100, billed, 2),
        "overall_percent": text_or_null(collected * 100, standard, 2),
    }


def root(square: Fraction) -> Fraction:
    """The square root, half up at four decimals, found by trying its neighbours."""
    scaled = square * 10**8
    units = isqrt(scaled.numerator // scaled.denominator)
    return Fraction(units + 1 if Fraction(2 * units + 1, 2) ** 2 <= scaled else units, 10**4)


def estimate(given: Json) -> Json:
    pert, tasks = given.get("method", "pert") == "pert", []
    means, variances, deviations = [], [], []
    for task in given["tasks"]:
        low, likely, high = (number(task, key) for key in ("low", "likely", "high"))
        squares = low**2 + likely**2 + high**2 - low * likely - low * high - likely * high
        means.append((low + 4 * likely + high) / 6 if pert else (low + likely + high) / 3)
        variances.append(((high - low) / 6) ** 2 if pert else squares / 18)
        deviations.append((high - low) / 6 if pert else root(variances[-1]))
        tasks.append({"id": task["id"], "mean": text(means[-1], 4), "sd": text(root(variances[-1]), 4)})
    total = {
        key: text(sum((number(task, key) for task in given["tasks"]), NOTHING), 4) for key in ("low", "likely", "high")
    }
    total |= {"mean": text(sum(means, NOTHING), 4), "sd_independent": text(root(sum(variances, NOTHING)), 4)}
    return {"tasks": tasks, "total": {**total, "sd_correlated": text(sum(deviations, NOTHING), 4)}}


def trust(given: Json) -> Json:
    scores = [given.get(key) for key in ("credibility", "reliability", "intimacy", "self_orientation")]
    if None in scores:
        return {"score": None, "reason": "incomplete"}
    first, second, third, self_orientation = (Fraction(score) for score in scores if score)
    return {"score": text((first + second + third) / self_orientation, 2)}


def expected_value(given: Json) -> Json:
    places = places_of(given)
    exact = [number(each, "win_percent") * number(each, "average_sale") / 100 for each in given["scenarios"]]
    shown = [
        {"id": each["id"], "expected_value": text(of, places)}
        for each, of in zip(given["scenarios"], exact, strict=True)
    ]
    answer: Json = {"scenarios": shown}
    if len(exact) == 2:
        answer["difference"] = text(rounded(exact[1], places) - rounded(exact[0], places), places)
        answer["improvement_percent"] = text_or_null((exact[1] - exact[0]) * 100, exact[0], 2)
    return answer
