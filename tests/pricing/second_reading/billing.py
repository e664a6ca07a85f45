"""What the client pays under each of the fourteen models, read a second time (the billing models' own text)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .numbers import NOTHING, Json, number, places_of, rounded, shares, text, text_or_null, whole_up

Bill = Callable[[Json, Json, int], Json]


def bill(given: Json) -> Json:
    return BILLS[given["model"]](given["params"], given["outcome"], places_of(given))


def fees(entries: list[Json], rates: Json, places: int, increment: str | None = None) -> tuple[Fraction, Fraction]:
    """Hours and fees: each entry rounded up, added by role, each role rounded."""
    by_role: dict[str, Fraction] = {}
    for entry in entries:
        hours = Fraction(entry["hours"])
        if increment:
            hours = whole_up(hours / Fraction(increment)) * Fraction(increment)
        by_role[entry["role"]] = by_role.get(entry["role"], NOTHING) + hours
    amounts = (rounded(hours * Fraction(rates[role]), places) for role, hours in by_role.items())
    return sum(by_role.values(), NOTHING), sum(amounts, NOTHING)


def tm(params: Json, outcome: Json, places: int) -> Json:
    hours, fee = fees(outcome["hours"], params["rates"], places, params.get("increment_hours"))
    expenses = number(outcome, "expenses")
    return {"billed_hours": text(hours, 4), **money(places, fees=fee, expenses=expenses, client_pays=fee + expenses)}


def tm_cap(params: Json, outcome: Json, places: int) -> Json:
    hours, fee = fees(outcome["hours"], params["rates"], places, params.get("increment_hours"))
    expenses, cap = number(outcome, "expenses"), number(params, "cap")
    together = params.get("cap_scope") == "fees_and_expenses"
    subject = fee + expenses if together else fee
    paid = min(subject, cap) if together else min(fee, cap) + expenses
    charged = min(expenses, paid) if together else expenses
    shown = money(places, uncapped_fees=fee, fees=paid - charged, expenses=charged)
    shown |= money(places, written_off=subject - min(subject, cap), client_pays=paid)
    return {"billed_hours": text(hours, 4), **shown, "cap_reached": subject >= cap}


def fixed(params: Json, outcome: Json, places: int) -> Json:
    fee, changes = number(params, "fee"), sum(map(Fraction, outcome.get("approved_changes") or []), NOTHING)
    shown: Json = money(places, fee=fee, changes=changes, client_pays=fee + changes)
    return {**shown, "effective_rate": text_or_null(fee + changes, number(outcome, "hours"), places)}


def milestone(params: Json, outcome: Json, places: int) -> Json:
    fee, milestones, accepted = number(params, "fee"), params["milestones"], outcome.get("accepted") or []
    amounts = shares(fee, [number(each, "percent") for each in milestones], places)
    parts = [
        {"id": each["id"], "amount": text(amount, places), "accepted": each["id"] in accepted}
        for each, amount in zip(milestones, amounts, strict=True)
    ]
    paid = sum((Fraction(part["amount"]) for part in parts if part["accepted"]), NOTHING)
    return {"milestones": parts, **money(places, client_pays=paid, outstanding=fee - paid)}


def retainer(params: Json, outcome: Json, places: int) -> Json:
    used = [Fraction(hours) for hours in outcome["hours"]]
    if params["variant"] == "draw_down":
        return drawn_down(params, used, places)
    included, lasts = number(params, "included_hours"), 0
    if params["variant"] == "roll_over":
        lasts = int(params.get("rollover_periods") or 1)
    bank: list[tuple[int, Fraction]] = []  # (last period in which they are good, hours), oldest first
    periods, total, expired_in_all = [], NOTHING, NOTHING
    for index, hours in enumerate(used):
        carried_in = sum((left for _, left in bank), NOTHING)
        bank.append((index + lasts, included))
        needed, kept = hours, []
        for good_until, left in bank:
            taken = min(left, needed)
            needed -= taken
            kept.append((good_until, left - taken))
        expired = sum((left for good_until, left in kept if good_until <= index), NOTHING)
        bank = [each for each in kept if each[0] > index]
        overage = rounded(needed * number(params, "overage_rate"), places)
        of_period = {"carried_in": carried_in, "available": carried_in + included, "used": hours}
        of_period |= {"overage_hours": needed, "expired": expired}
        of_period["carried_out"] = sum((left for _, left in bank), NOTHING)
        pays = number(params, "period_fee") + overage
        shown = {name: text(value, 4) for name, value in of_period.items()}
        periods.append({"period": str(index + 1), **shown, **money(places, overage_fee=overage, pays=pays)})
        total, expired_in_all = total + pays, expired_in_all + expired
    unused = expired_in_all + sum((left for _, left in bank), NOTHING)
    return {"periods": periods, **money(places, client_pays=total), "unused_paid_hours": text(unused, 4)}


def drawn_down(params: Json, used: list[Fraction], places: int) -> Json:
    balance, invoiced_in_all, periods = number(params, "deposit"), NOTHING, []
    for index, hours in enumerate(used):
        fee = rounded(hours * number(params, "rate"), places)
        drawn = min(fee, balance)
        balance -= drawn
        invoiced_in_all += fee - drawn
        of_period = money(places, fee=fee, drawn=drawn, invoiced=fee - drawn, balance=balance)
        periods.append({"period": str(index + 1), **of_period})
    refund = balance if params.get("refund_unused", True) else NOTHING
    paid = number(params, "deposit") + invoiced_in_all - refund
    return {"periods": periods, **money(places, refund=refund, forfeited=balance - refund, client_pays=paid)}


def subscription(params: Json, outcome: Json, places: int) -> Json:
    count, least = int(outcome["periods"]), int(params.get("min_periods") or 0)
    every = int(params.get("indexation_every") or 12)
    each_fee, fee = [], number(params, "fee_per_period")
    for index in range(max(count, least)):
        if index and index % every == 0:
            fee = rounded(fee * (1 + number(params, "indexation_percent") / 100), places)
        each_fee.append(fee)
    beyond = [max(NOTHING, Fraction(units) - number(params, "included_units")) for units in outcome.get("usage") or []]
    overage = sum((rounded(units * number(params, "overage_unit_price"), places) for units in beyond), NOTHING)
    missing = sum(each_fee[count:], NOTHING)
    termination = rounded(missing * number(params, "early_termination_percent") / 100, places)
    setup, paid = number(params, "setup_fee"), sum(each_fee[:count], NOTHING)
    shown: Json = money(places, setup=setup, period_fees=paid, overage=overage, termination=termination)
    shown |= money(places, client_pays=setup + paid + overage + termination)
    return {**shown, "last_period_fee": text(each_fee[count - 1], places) if count else None}


def sliced(amount: Fraction, bounds: list[str | None]) -> list[Fraction]:
    """How much of the amount lies in each tier."""
    slices, below = [], NOTHING
    for bound in bounds:
        top = amount if bound is None else min(amount, Fraction(bound))
        slices.append(max(NOTHING, top - below))
        below = below if bound is None else Fraction(bound)
    return slices


def unit_tiered(params: Json, outcome: Json, places: int) -> Json:
    units, tiers = number(outcome, "units"), params["tiers"]
    bounds = [tier.get("up_to") for tier in tiers]
    slices = sliced(units, bounds)
    if params.get("mode") == "volume":
        reached = next(index for index, bound in enumerate(bounds) if bound is None or units <= Fraction(bound))
        slices = [units if index == reached else NOTHING for index in range(len(tiers))]
    amounts = [
        rounded(part * number(tier, "unit_price"), places) + (number(tier, "flat_fee") if part else 0)
        for part, tier in zip(slices, tiers, strict=True)
    ]
    paid = max(sum(amounts, NOTHING), number(params, "minimum"))
    shown = [
        {"units": text(part, 4), "amount": text(amount, places)} for part, amount in zip(slices, amounts, strict=True)
    ]
    return {"tiers": shown, "client_pays": text(paid, places), "effective_unit_price": text_or_null(paid, units, 4)}


def value_based(params: Json, outcome: Json, places: int) -> Json:
    achieved = number(outcome, "achieved_value")
    base = max(NOTHING, achieved) if params.get("mode") == "measured" else number(params, "expected_value")
    paid = rounded(base * number(params, "share_percent") / 100, places)
    paid = limited(paid, params, "floor", "ceiling")
    shown: Json = money(places, client_pays=paid, client_net_value=achieved - paid)
    return {**shown, "value_multiple": text_or_null(achieved, paid, 2)}


def limited(amount: Fraction, params: Json, least: str, most: str) -> Fraction:
    if params.get(least) is not None:
        amount = max(amount, Fraction(params[least]))
    return min(amount, Fraction(params[most])) if params.get(most) is not None else amount


def contingency(params: Json, outcome: Json, places: int) -> Json:
    recovery, expenses, success = number(outcome, "recovery"), number(outcome, "expenses"), outcome["success"]
    subject = max(NOTHING, recovery - expenses) if params.get("basis") == "net_of_expenses" else recovery
    tiers = params.get("tiers") or []
    slices = sliced(subject, [tier.get("up_to") for tier in tiers])
    fee = sum(
        (rounded(part * number(tier, "percent") / 100, places) for part, tier in zip(slices, tiers, strict=True)),
        number(params, "success_amount"),
    )
    who, base = params.get("expenses_paid_by", "client"), number(params, "base_fee")
    charged = expenses if who == "client" or (who == "client_if_success" and success) else NOTHING
    paid = base + (fee if success else 0) + charged
    shown = money(places, base_fee=base, success_fee=fee if success else NOTHING, expenses_charged=charged)
    return {**shown, **money(places, client_pays=paid, client_keeps=(recovery if success else 0) - paid)}


def cost_plus(params: Json, outcome: Json, places: int) -> Json:
    cost = number(outcome, "cost")
    allowable = cost - number(outcome, "disallowed")
    percent = params.get("fee_type") == "percent"
    fee = rounded(allowable * number(params, "percent") / 100, places) if percent else number(params, "fee")
    paid = limited(allowable + fee, params, "none", "ceiling")
    return money(places, allowable_cost=allowable, fee=fee, client_pays=paid, seller_profit=paid - cost)


def blended(params: Json, outcome: Json, places: int) -> Json:
    hours, standard = fees(outcome["hours"], params["standard_rates"], places)
    paid = rounded(hours * number(params, "blended_rate"), places)
    shown = money(places, client_pays=paid, standard_fees=standard, client_saves=standard - paid)
    return {"total_hours": text(hours, 4), **shown}


def hybrid(params: Json, outcome: Json, places: int) -> Json:
    _, fee = fees(outcome["tm_hours"], params["rates"], places)
    charged, fixed_fee = limited(fee, params, "none", "tm_cap"), number(params, "fixed_fee")
    shown = money(places, fixed_fee=fixed_fee, tm_fees=charged, written_off=fee - charged)
    return {**shown, **money(places, client_pays=fixed_fee + charged)}


def target_cost(params: Json, outcome: Json, places: int) -> Json:
    target, target_fee, actual = (
        number(params, "target_cost"),
        number(params, "target_fee"),
        number(outcome, "actual_cost"),
    )
    over, under = (number(params, f"client_share_{side}_percent", "50") for side in ("over", "under"))
    fee = target_fee + rounded((target - actual) * (100 - (over if actual > target else under)) / 100, places)
    if params.get("max_fee") is not None:
        fee = min(fee, number(params, "max_fee"))
    if params.get("min_fee") is not None:
        fee = max(fee, number(params, "min_fee"))
    paid = limited(actual + fee, params, "none", "ceiling_price")
    assumption = None
    if params.get("ceiling_price") is not None and over:
        room = number(params, "ceiling_price") - target - target_fee
        assumption = text(room * 100 / over + target, places)
    shown: Json = money(places, variance=target - actual, fee=fee, client_pays=paid, seller_profit=paid - actual)
    return {**shown, "ceiling_applied": paid < actual + fee, "point_of_total_assumption": assumption}


def holdback(params: Json, outcome: Json, places: int) -> Json:
    fee = number(params, "fee")
    held = rounded(fee * number(params, "holdback_percent", "20") / 100, places)
    released = rounded(held * number(outcome, "release_percent") / 100, places)
    bonus = rounded(held * number(params, "bonus_percent") / 100, places) if outcome.get("bonus_earned") else NOTHING
    shown = money(places, paid_now=fee - held, held=held, released=released, withheld=held - released, bonus=bonus)
    return {**shown, **money(places, client_pays=fee - held + released + bonus)}


def money(places: int, **amounts: Fraction) -> dict[str, str]:
    return {name: text(amount, places) for name, amount in amounts.items()}


BILLS: dict[str, Bill] = {
    "tm": tm,
    "tm_cap": tm_cap,
    "fixed": fixed,
    "milestone": milestone,
    "retainer": retainer,
    "subscription": subscription,
    "unit_tiered": unit_tiered,
    "value_based": value_based,
    "contingency": contingency,
    "cost_plus": cost_plus,
    "blended": blended,
    "hybrid": hybrid,
    "target_cost": target_cost,
    "holdback": holdback,
}
