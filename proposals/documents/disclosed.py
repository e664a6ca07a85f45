"""A disclosure as both sides read it: the number, its formula, plain words, figures, and the seller's context.

A version's content is JSON: `kind, title, context`; `given`, as the pure function of its kind takes it; `result`, as
that function answered when the card was published, so that nothing is calculated anew in a signed document; and where
there is something to say `pay` (how pay may be shown at all) and `basis` (what counts as direct cost and overhead).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.waterfall import Waterfall, waterfall_of
from proposals.models import Discount
from proposals.models.disclosure import DisclosureKind

FUNCTIONS: Final[Mapping[str, str]] = {
    DisclosureKind.BUILD_UP: "build_up",
    DisclosureKind.OVERHEAD: "build_up",
    DisclosureKind.LEVERAGE: "leverage",
}
"""The pure function behind a kind; the others are sentences and have none."""

TIER_WORDS: Final = {"senior": "Senior", "mid": "Mid-level", "junior": "Junior"}


@dataclass(frozen=True)
class Figure:
    """A figure with its name and, where needed, how it comes about."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Mix:
    """Who does which share: a table."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Rule:
    """A line of a policy or of a discount list."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Card:
    """What is printed of a version. Texts are dressed for people; amounts are those that were calculated."""

    kind: str
    kind_words: str
    title: str
    context: str
    number: str = ""
    number_label: str = ""
    formula: str = ""
    words: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    rules: tuple[Rule, ...] = ()
    mix: Mix | None = None
    waterfall: Waterfall | None = None
    notes: tuple[str, ...] = field(default=())


def card_of(content: Mapping[str, Any], language: str = "en") -> Card:
    """The card of a version's content."""
    common = {
        "kind": content["kind"],
        "kind_words": str(DisclosureKind(content["kind"]).label),
        "title": content["title"],
        "context": content["context"],
    }
    make = {
        DisclosureKind.BUILD_UP.value: _build_up,
        DisclosureKind.OVERHEAD.value: _overhead,
        DisclosureKind.LEVERAGE.value: _leverage,
        DisclosureKind.POLICY.value: _policy,
        DisclosureKind.DISCOUNTS.value: _discounts,
    }[content["kind"]]
    return Card(**common, **make(content, language))


def headline(content: Mapping[str, Any], language: str = "en") -> str:
    """A card in a few words for a list: “Rate build-up: Designer, €120.00 an hour”."""
    card = card_of(content, language)
    number = f", {card.number} {card.number_label}".rstrip() if card.number else ""
    return f"{card.kind_words}: {card.title}{number}"


def changes_between(was: Mapping[str, Any], now: Mapping[str, Any], language: str = "en") -> list[dict[str, str]]:
    """What a new version says differently, each with the old text: figures by their labels, rules, and the context."""
    old, new = _said(card_of(was, language)), _said(card_of(now, language))
    return [
        {"field": name, "was": old.get(name, ""), "now": new.get(name, "")}
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "") != new.get(name, "")
    ]


def _said(card: Card) -> dict[str, str]:
    """Everything a card says, by label; labels that come twice are numbered."""
    pairs = [("Title", card.title)]
    if card.number:
        pairs.append((card.number_label[:1].upper() + card.number_label[1:], card.number))
    pairs += [(figure.label, figure.value) for figure in card.figures]
    if card.waterfall is not None:
        pairs += [(bar.label, bar.amount) for bar in card.waterfall.bars]
    if card.mix is not None:
        pairs += [(row[0], ", ".join(row[1:])) for row in card.mix.rows]
    pairs += [(rule.title, rule.text) for rule in card.rules]
    pairs += [("Note", note) for note in card.notes]
    pairs.append(("Context", card.context))
    said: dict[str, str] = {}
    for label, value in pairs:
        count = sum(known == label or known.startswith(f"{label} (") for known in said)
        said[f"{label} ({count + 1})" if count else label] = value
    return said


def _build_up(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    given, result = content["given"], content["result"]
    currency = given["currency"]

    def amount(name: str) -> str:
        return wording.money(result[name], currency, language)

    def percent(name: str) -> str:
        return "–" if result[name] is None else wording.percent(result[name], language)

    waterfall = waterfall_of(result, currency, language)
    loss = result["profit_per_hour"].startswith("-")
    words = [
        f"An hour is billed at {amount('bill_rate')}. Direct cost is {amount('direct_cost_per_hour')} of it, and "
        f"{amount('overhead_per_hour')} is the hour’s share of the overhead, so we break even at "
        f"{amount('break_even_rate')}.",
        f"At this rate we lose {waterfall.bars[2].amount} on every hour."
        if loss
        else f"What remains is {waterfall.bars[2].amount} of profit: {percent('margin_percent')} of the price "
        f"(margin), which is {percent('markup_percent')} on the cost (markup).",
    ]
    figures = [*_pay_figures(content, language)]
    figures += [
        Figure("Overhead rate", wording.percent(given["overhead_percent"], language), "of direct cost"),
        Figure("Break-even", amount("break_even_rate"), "direct cost and overhead"),
        Figure("Margin", percent("margin_percent"), "profit by rate"),
        Figure("Markup", percent("markup_percent"), "profit by break-even"),
    ]
    if given.get("target_margin_percent") is not None and given.get("round_rate"):
        target = wording.percent(given["target_margin_percent"], language)
        words.append(f"The target is a margin of {target}; the rate is then rounded, so the margin reached differs.")
    return {
        "number": amount("bill_rate"),
        "number_label": "an hour",
        "formula": "direct cost + overhead + profit = rate",
        "words": tuple(words),
        "figures": tuple(figures),
        "waterfall": waterfall,
        "notes": _notes(content, language),
    }


def _pay_figures(content: Mapping[str, Any], language: str) -> list[Figure]:
    """From pay to the direct cost of an hour, if the card starts from pay."""
    given, result = content["given"], content["result"]
    if "loaded_cost" not in result:
        return []
    currency = given["currency"]
    utilization = wording.percent(given["utilization_percent"], language)
    capacity = wording.quantity(given["capacity_hours"], language)
    pay = content.get("pay", {})
    banded = pay.get("basis") == "band"
    shown = (
        f"{wording.money(pay['low'], currency, language)} to {wording.money(pay['high'], currency, language)}"
        if banded
        else wording.money(given["salary"], currency, language)
    )
    return [
        Figure("Pay of a year", shown, "counted with the middle of this band" if banded else "gross"),
        Figure("Pay with benefits", wording.money(result["loaded_cost"], currency, language), "of a year"),
        Figure(
            "Hours for clients", wording.quantity(result["billable_hours"], language), f"{utilization} of {capacity}"
        ),
        Figure(
            "Pay of an hour",
            wording.money(result["pay_per_hour"], currency, language),
            "–"
            if result["pay_multiple"] is None
            else f"the rate is {wording.quantity(result['pay_multiple'])} times that",
        ),
    ]


def _overhead(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    given, result = content["given"], content["result"]
    rate = wording.percent(given["overhead_percent"], language)
    multiplier = "–" if result["break_even_multiplier"] is None else wording.quantity(result["break_even_multiplier"])
    base = wording.money(given["direct_cost_per_hour"], given["currency"], language)
    share = wording.money(result["overhead_per_hour"], given["currency"], language)
    return {
        "number": rate,
        "number_label": "of direct cost",
        "formula": "overhead of a year / direct cost of a year × 100",
        "words": (
            f"With every {base} of direct cost goes {share} of overhead. We break even at {multiplier} times the "
            "direct cost.",
            "Overhead rates of two firms can only be compared if both count the same things.",
        ),
        "figures": (Figure("Overhead rate", rate, "of direct cost"), Figure("Break-even multiplier", multiplier)),
        "notes": _notes(content, language),
    }


def _leverage(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    given, result = content["given"], content["result"]
    currency = given["currency"]
    tiers = result["tiers"]
    rows = tuple(
        (
            staff["role"],
            TIER_WORDS[staff["tier"]],
            wording.quantity(staff["hours"], language),
            wording.money(staff["rate"], currency, language),
        )
        for staff in given["staffing"]
    )
    shares = [
        f"{words.lower()} people do {tiers[tier]['percent_hours']}% of the hours"
        + ("" if tiers[tier]["percent_fees"] is None else f" for {tiers[tier]['percent_fees']}% of the fees")
        for tier, words in TIER_WORDS.items()
        if tiers[tier]["hours"].strip("0.")
    ]
    said = wording.listing(shares)
    leverage = result["leverage"]
    return {
        "number": wording.money(result["blended_rate"], currency, language),
        "number_label": "an hour on average",
        "formula": "fees of all roles / hours of all roles",
        "words": (
            f"{said[:1].upper()}{said[1:]}.",
            "Nobody senior works on this."
            if leverage is None
            else f"To every hour of a senior person come {wording.quantity(leverage)} hours of the others (leverage).",
            "If the mix moves, the price moves with it.",
        ),
        "figures": (
            Figure("Hours", wording.quantity(result["total_hours"], language)),
            Figure("Fees at these rates", wording.money(result["standard_fees"], currency, language)),
            Figure("Leverage", "–" if leverage is None else wording.quantity(leverage), "other hours by senior hours"),
            *(
                Figure(f"Share of {words.lower()} people", f"{tiers[tier]['percent_hours']}%", "of the hours")
                for tier, words in TIER_WORDS.items()
            ),
        ),
        "mix": Mix(("Role", "Level", "Hours", "Rate an hour"), rows),
        "notes": _notes(content, language),
    }


def _policy(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    lines: Sequence[Mapping[str, str]] = content["given"]["lines"]
    return {
        "words": ("This is how we set prices, for everybody alike.",),
        "rules": tuple(Rule(str(place), line["title"], line["text"]) for place, line in enumerate(lines, start=1)),
    }


def _discounts(content: Mapping[str, Any], language: str) -> dict[str, Any]:
    lines: Sequence[Mapping[str, str]] = content["given"]["lines"]
    return {
        "formula": "discount = price × percentage, at most what its line allows",
        "words": ("We give these discounts, to everybody alike. Any other discount is an exception, and says so.",),
        "rules": tuple(
            Rule(
                line["key"],
                f"{Discount.Reason(line['reason']).label}, up to {wording.percent(line['up_to_percent'], language)}",
                line["text"],
            )
            for line in lines
        ),
    }


def _notes(content: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """How pay may be shown, and what was counted as what."""
    notes = []
    pay = content.get("pay", {})
    if pay.get("basis") == "role":
        notes.append(f"Pay is the average of the {pay['people_count']} people in this role.")
    if pay.get("basis") == "band":
        notes.append("Pay is given as a band, so that nobody’s own pay is shown.")
    if pay.get("basis") == "consent":
        notes.append(f"Pay is shown with the written consent of the person: {pay['consent']}")
    if content.get("basis"):
        notes.append(f"What is counted: {content['basis']}")
    return tuple(notes)
