"""Inputs of the other functions for the comparison of both readings."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from .cases import Cases
from .numbers import Json, text
from .priced import allocate, price, schedule


def three(case: Cases, most: int, places: int) -> list[str]:
    points = sorted(case.random.randint(0, most) for _ in range(3))
    return [text(Fraction(point, 10**places), places) for point in points]


def estimate(case: Cases) -> Json:
    tasks = []
    for index in range(case.random.randint(1, 7)):
        points = three(case, case.one_of((10, 1000, 10**9)), case.one_of((0, 1, 4, 6)))
        tasks.append({"id": str(index), **dict(zip(("low", "likely", "high"), points, strict=True))})
    return {"tasks": tasks, **case.some(method=case.one_of(("pert", "triangular")))}


def build_up(case: Cases) -> Json:
    given: Json = {"currency": case.currency, "overhead_percent": case.one_of((case.percent(), "312.5"))}
    if case.chance(0.4):
        given["direct_cost_per_hour"] = case.rate()
    else:
        given |= {"salary": case.money(), "capacity_hours": case.one_of(("1720", "8784", "0.01", "1650.25"))}
        given["utilization_percent"] = case.one_of(("70", "100", "33.3333", "0.5"))
        given |= case.one_of(({}, {"benefits_percent": case.percent()}, {"benefits_amount": case.money(30000)}))
        given |= case.some(paid_hours=case.one_of(("2080", "1950.5")))
    margin, markup = case.one_of(("0", "99.9999", "20")), case.one_of(("0", "25", "350.25"))
    targets = {"target_margin_percent": margin, "markup_percent": markup, "bill_rate": case.money(300)}
    target: Json = dict([case.one_of([*targets.items()])])
    if "bill_rate" not in target:
        increment = case.one_of(("5", "1", "10", "0.25" if case.places == 2 else "2"))
        target = {**target, **case.some(round_rate={"increment": increment, "mode": case.one_of(("up", "nearest"))})}
    return {**given, **target}


def leverage(case: Cases) -> Json:
    roles = []
    for index in range(case.random.randint(1, 6)):
        role = {"role": str(index), "tier": case.one_of(("senior", "mid", "junior")), "hours": case.above_zero(2000)}
        roles.append({**role, "rate": case.rate()})
    if case.chance(0.6):
        for role in roles[case.one_of((0, 0, 1)) :]:
            role["cost_per_hour"] = case.rate()
    roles[0]["hours"] = case.nonzero(roles[0]["hours"])
    return {"currency": case.currency, "staffing": roles, **case.some(billed=case.money())}


def staffing(case: Cases) -> Json:
    tiers = [
        {
            "tier": tier,
            "share_per_project": case.nonzero(case.number(4)),
            "utilization_percent": case.nonzero(case.percent()),
        }
        for tier in case.random.sample(["senior", "mid", "junior"], case.random.randint(1, 3))
    ]
    case.one_of(tiers)["headcount"] = case.number(50, 0, 1)
    return {"tiers": tiers}


def firm(case: Cases) -> Json:
    partners = case.random.randint(1, 40)
    given = {"currency": case.currency, "partners": str(partners), "costs": case.money()}
    given |= {"professionals": str(partners + case.random.randint(0, 300)), "fees": case.nonzero(case.money())}
    return {**given, **case.some(hours=case.nonzero(case.number(90000)), standard_fees=case.money())}


def realization(case: Cases) -> Json:
    return {"currency": case.currency, **{key: case.money() for key in ("standard", "billed", "collected")}}


def trust(case: Cases) -> Json:
    names = ("credibility", "reliability", "intimacy", "self_orientation")
    return {name: case.one_of((*map(str, range(1, 11)), None)) for name in names}


def expected_value(case: Cases) -> Json:
    scenarios = [
        {"id": str(index), "win_percent": case.percent(), "average_sale": case.money()}
        for index in range(case.random.randint(0, 3))
    ]
    return {"currency": case.currency, "scenarios": scenarios}


def bill(case: Cases) -> Json:
    model = case.one_of(sorted(BILLED))
    params, outcome = BILLED[model](case)
    return {"model": model, "currency": case.currency, "params": params, "outcome": outcome}


Billed = tuple[Json, Json]
ROLES = ("dev", "lead", "qa")


def rates(case: Cases) -> Json:
    return {role: case.rate() for role in ROLES}


def entries(case: Cases) -> list[Json]:
    return [{"role": case.one_of(ROLES), "hours": case.number(60)} for _ in range(case.random.randint(0, 5))]


def tm(case: Cases) -> Billed:
    increment = case.some(increment_hours=case.one_of(("0.1", "0.25", "1", "0.01")))
    return {"rates": rates(case), **increment}, {"hours": entries(case), **case.some(expenses=case.money(2000))}


def tm_cap(case: Cases) -> Billed:
    params, outcome = tm(case)
    scope = case.some(cap_scope=case.one_of(("fees", "fees_and_expenses")))
    return {**params, "cap": case.nonzero(case.money(8000)), **scope}, outcome


def fixed(case: Cases) -> Billed:
    changes = [case.one_of(("", "-")) + case.money(100) for _ in range(case.one_of((0, 1, 3)))]
    return {"fee": case.money()}, case.some(approved_changes=changes, hours=case.number(50))


def milestone(case: Cases) -> Billed:
    parts = case.cut(10**6, case.random.randint(1, 6))
    milestones = [{"id": str(index), "percent": text(Fraction(part, 10**4), 4)} for index, part in enumerate(parts)]
    accepted = [each["id"] for each in milestones if case.chance(0.5)]
    return {"fee": case.money(), "milestones": milestones}, case.some(accepted=accepted)


def retainer(case: Cases) -> Billed:
    outcome: Json = {"hours": [case.number(40) for _ in range(case.random.randint(0, 7))]}
    variant = case.one_of(("use_it_or_lose_it", "roll_over", "draw_down"))
    if variant == "draw_down":
        refund = case.some(refund_unused=case.chance(0.5))
        return {"variant": variant, "deposit": case.money(3000), "rate": case.rate(), **refund}, outcome
    fee = {"period_fee": case.money(3000), "included_hours": case.number(30), "overage_rate": case.rate()}
    lasts = case.some(rollover_periods=case.one_of(("1", "2", "3"))) if variant == "roll_over" else {}
    return {"variant": variant, **fee, **lasts}, outcome


def subscription(case: Cases) -> Billed:
    periods = case.random.randint(0, 40)
    params = {"fee_per_period": case.money(500)} | case.some(
        setup_fee=case.money(100),
        min_periods=case.number(40, 0),
        early_termination_percent=case.percent(),
        indexation_percent=case.one_of(("3", "2.5", "-1.25", "-100", "100")),
        indexation_every=case.one_of(("1", "5", "12")),
        included_units=case.number(100),
        overage_unit_price=case.rate(),
    )
    usage = [case.number(300) for _ in range(min(periods, case.one_of((0, 2, 4))))]
    return params, {"periods": str(periods), **case.some(usage=usage)}


def bounds(case: Cases, most: int) -> list[str | None]:
    rising = sorted(case.random.sample(range(1, most), case.one_of((0, 1, 3))))
    return [*map(str, rising), None]


def unit_tiered(case: Cases) -> Billed:
    ends = bounds(case, 200)
    tiers = [{"up_to": end, "unit_price": case.rate(), **case.some(flat_fee=case.money(10))} for end in ends]
    params = {"tiers": tiers, **case.some(mode=case.one_of(("graduated", "volume")), minimum=case.money(500))}
    return params, {"units": case.one_of(("0", case.number(250), ends[0] or "1"))}


def value_based(case: Cases) -> Billed:
    floor, ceiling = sorted(case.random.randint(0, 9999) for _ in range(2))
    params = {"share_percent": case.percent(), "expected_value": case.money()}
    params |= case.some(mode=case.one_of(("agreed", "measured")), floor=str(floor), ceiling=str(ceiling))
    return params, {"achieved_value": case.one_of(("", "-")) + case.money()}


def contingency(case: Cases) -> Billed:
    params = case.some(
        tiers=[{"up_to": end, "percent": case.percent()} for end in bounds(case, 50000)],
        base_fee=case.money(500),
        success_amount=case.money(500),
        basis=case.one_of(("gross", "net_of_expenses")),
        expenses_paid_by=case.one_of(("client", "client_if_success", "seller")),
    )
    return params, {"success": case.chance(0.7), **case.some(recovery=case.money(), expenses=case.money(9000))}


def cost_plus(case: Cases) -> Billed:
    fee = case.one_of(({"fee": case.money(500)}, {"fee_type": "percent", "percent": case.percent()}))
    cost = case.random.randint(0, 3000)
    disallowed = case.some(disallowed=str(case.random.randint(0, cost)))
    return {**fee, **case.some(ceiling=case.money(3000))}, {"cost": str(cost), **disallowed}


def blended(case: Cases) -> Billed:
    return {"blended_rate": case.rate(), "standard_rates": rates(case)}, {"hours": entries(case)}


def hybrid(case: Cases) -> Billed:
    params = {"fixed_fee": case.money(3000), "rates": rates(case), **case.some(tm_cap=case.money(3000))}
    return params, {"tm_hours": entries(case)}


def target_cost(case: Cases) -> Billed:
    target, fee = case.random.randint(0, 20000), case.random.randint(0, 3000)
    params = {"target_cost": str(target), "target_fee": str(fee)} | case.some(
        client_share_over_percent=case.percent(),
        client_share_under_percent=case.percent(),
        min_fee=str(fee - case.one_of((0, 700, 5000))),
        max_fee=str(fee + case.one_of((0, 900))),
        ceiling_price=str(target + fee + case.one_of((0, 4000))),
    )
    return params, {"actual_cost": case.money(40000)}


def holdback(case: Cases) -> Billed:
    params = {"fee": case.money(), **case.some(holdback_percent=case.percent(), bonus_percent=case.percent())}
    return params, {"release_percent": case.percent(), **case.some(bonus_earned=case.chance(0.7))}


BILLED: dict[str, Callable[[Cases], Billed]] = {
    each.__name__: each
    for each in (
        tm,
        tm_cap,
        fixed,
        milestone,
        retainer,
        subscription,
        unit_tiered,
        value_based,
        contingency,
        cost_plus,
        blended,
        hybrid,
        target_cost,
        holdback,
    )
}


def what_if(case: Cases) -> Json:
    cost = case.rate()
    estimate = dict(zip(("low", "likely", "high"), three(case, 30000, 2), strict=True))
    models = [{"id": str(index), **compared(case, cost)} for index in range(case.random.randint(1, 5))]
    given: Json = {"currency": case.currency, "estimate": estimate, "cost_per_hour": cost, "models": models}
    return {**given, **case.some(fixed_costs=case.money(3000), grid=[case.number(500) for _ in range(3)])}


def compared(case: Cases, cost: str) -> Json:
    """A model as it is compared: by one rate, often exactly that of the cost."""
    rate, fee = case.one_of((cost, case.rate())), case.money(9000)
    model = case.one_of(("tm", "tm_cap", "fixed", "hybrid", "retainer", "cost_plus", "target_cost"))
    if model == "target_cost":
        return {"model": model, "params": target_cost(case)[0]}
    if model == "cost_plus":
        return {"model": model, "params": {"fee_type": "fixed", **cost_plus(case)[0]}}
    params: Json = {
        "tm": {"rate": rate},
        "tm_cap": {"rate": rate, "cap": case.nonzero(fee)},
        "fixed": {"fee": fee},
        "hybrid": {"fixed_fee": fee, "rate": rate, "included_hours": case.number(200)},
        "retainer": {"period_fee": fee, "overage_rate": rate, "included_hours": case.number(200)},
    }[model]
    return {"model": model, "params": params}


ASKED: dict[str, Callable[[Cases], Json]] = {
    each.__name__: each
    for each in (
        price,
        allocate,
        schedule,
        bill,
        what_if,
        build_up,
        estimate,
        leverage,
        staffing,
        firm,
        realization,
        trust,
        expected_value,
    )
}
