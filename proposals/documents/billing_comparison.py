"""A comparison of billing models as display texts: table, drawing, and the answer to “what if it takes ...?”."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from proposals.documents import wording
from proposals.documents.billing_chart import LETTERS, STYLES, Drawing, key_mark
from proposals.documents.billing_compared import Beside, cost_line, in_hours, lines_of, shown_rows
from proposals.documents.billing_crossings import span_of, taken
from proposals.documents.billing_takes import taking
from proposals.documents.said import Piece, Said
from proposals.pricing import Currency
from proposals.pricing.billing.piecewise import Line
from proposals.pricing.money import Money, rounded_text
from proposals.pricing.side_by_side import carried

Json = Mapping[str, Any]

NO_MARGIN = "–"
"""Of nothing there is no margin."""


@dataclass(frozen=True)
class SellerRow:
    """What a model leaves the seller, while its cost is disclosed.

    `share` says what the client pays of the further cost if the work takes as long as it may (T21). It and `break_even`
    are `Said` where there is something to open.
    """

    low: str
    likely: str
    high: str
    expected: str
    exposure: str
    margin: str
    break_even: str
    share: str


@dataclass(frozen=True)
class ComparedRow:
    """One model of a comparison. `mark` and `dash` are its sign in the chart; `is_added`: nobody asked for it."""

    letter: str
    name: str
    is_chosen: bool
    is_added: bool
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
    key: str

    @property
    def of(self) -> dict[str, str]:
        """The names in the working of what the client pays."""
        return self._names("client_pays", "expected_client_pays", exposure="client_exposure")

    @property
    def seller_of(self) -> dict[str, str]:
        """The names in the working of what it leaves the seller."""
        margin = {"margin": "margin_percent_likely"} if self.seller and self.seller.margin != NO_MARGIN else {}
        return self._names("seller_profit", "expected_seller_profit", **margin)

    def _names(self, outcome: str, expected: str, **others: str) -> dict[str, str]:
        names = {**{name: f"{outcome}.{name}" for name in ("low", "likely", "high")}, "expected": expected, **others}
        return {name: f"{self.key}.{of}" for name, of in names.items()}


@dataclass(frozen=True)
class WhatIf:
    """The answer to “what if it takes ...?”: `takes` in words, a sentence, and what each model costs.

    Each of `models` has its letter, name, amount, and the name of the amount in the working.
    """

    value: str
    least: str
    most: str
    unit: str
    takes: str
    says: Said
    models: tuple[tuple[str, str, str, str], ...]


class Comparison:
    """The models of a section beside each other, the chosen one first. `seller` is the seller's name."""

    def __init__(self, section_id: str, content: Json, told: Json, seller: str) -> None:
        self.owner = f"billing:{section_id}"
        self.content = content
        self.facts: Json = told["facts"]
        self.told: list[Json] = told["compared"]
        self.seller = seller
        self.unit: str = content["estimate"]["unit"]
        with_added = any("result" in row for row in self.told)
        self.models: list[Beside] = shown_rows(content, self.facts, with_added=with_added)
        self.lines: list[Line] = lines_of(self.models, content, self.facts)

    @cached_property
    def results(self) -> list[Json]:
        """What each model comes to: those that are agreed on from the terms, the added one from what is told."""
        agreed = iter(self.content["results"])
        return [row.get("result") or next(agreed) for row in self.told]

    @cached_property
    def rows(self) -> tuple[ComparedRow, ...]:
        """The table."""
        return tuple(self._row(place) for place in range(len(self.told)))

    @property
    def band(self) -> str:
        """“18 to 27 days”."""
        low, high = (self.content["estimate"][name] for name in ("low", "high"))
        most = self._taken(in_hours(high, self.content, self.facts))
        return most if low == high else f"{self._number(low)} to {most}"

    def hint(self) -> str:
        """One question to both where somebody loses at the likely outcome, "" elsewhere (T21)."""
        hours = in_hours(self.content["estimate"]["likely"], self.content, self.facts)
        likely = self._taken(hours)
        for place, (row, result) in enumerate(zip(self.rows, self.results, strict=True)):
            profit = result.get("seller_profit", {}).get("likely", "0")
            if profit.startswith("-"):
                loss = Piece(self._money(profit.removeprefix("-")), f"{self.owner}.{place}.seller_profit.likely")
                asks = f" with “{row.name}”. What would that do to the work, and is there a fairer figure?"
                return Said.of(f"At the likely {likely} {self.seller} loses ", loss, asks)
        if carried(self.lines[0], hours) is not None:
            return (
                f"At the likely {likely} the limit of “{self.rows[0].name}” is passed already and {self.seller} "
                "carries the rest. Is that what you both want?"
            )
        likelies = [Fraction(result["client_pays"]["likely"]) for result in self.results]
        if self.rows[0].is_chosen and len(likelies) > 1 and all(likelies[0] > other for other in likelies[1:]):
            return (
                f"At the likely {likely} “{self.rows[0].name}” costs the client more than everything beside it. "
                "What does the client get for that?"
            )
        return ""

    def what_if(self, takes: str) -> WhatIf:
        """The answer for `takes`, a number of the estimate's unit; for the likely outcome if nothing is asked."""
        start, end = (self._in_unit(hours) for hours in span_of(self.content, self.facts))
        asked = takes or self.content["estimate"]["likely"]
        hours = in_hours(asked, self.content, self.facts)
        of = taking(self.owner, asked)
        models = tuple(
            (LETTERS[place], model.label, self._pays(place, hours), f"{of}{place}.client_pays")
            for place, model in enumerate(self.models)
        )
        with_it = "" if self._is_chosen(0) else f" with “{self.models[0].label}”"
        says = Said.of("You pay ", Piece(models[0][2], models[0][3]), f"{with_it}.")
        alone = carried(self.lines[0], hours)
        if alone is not None:
            hours_alone = Piece(self._taken(alone[0]), f"{of}carried.taken")
            worth = Piece(self._rounded(alone[1]), f"{of}carried.worth")
            says = Said.of(says, f" {self.seller} carries ", hours_alone, ", worth ", worth, ".")
        return WhatIf(
            value=asked,
            least=str(-(-start // 1)),
            most=str(end // 1),
            unit=self.unit,
            takes=f"{self._number(asked)} {self.unit}{'' if asked == '1' else 's'}",
            says=says,
            models=models,
        )

    def drawing(self, at: Fraction | None) -> Drawing:
        """What the chart shows, with a marker at so many hours or days."""
        estimate, facts = self.content["estimate"], self.facts
        hours = None if at is None else in_hours(str(at), self.content, facts)
        return Drawing(
            models=tuple(
                tuple((self._in_unit(Fraction(p["hours"])), Fraction(p["client_pays"])) for p in row["series"])
                for row in self.told
            ),
            low=Fraction(estimate["low"]),
            likely=Fraction(estimate["likely"]),
            high=Fraction(estimate["high"]),
            unit=self.unit,
            currency=facts["currency"],
            language=facts["language"],
            carried=self._carried_area(),
            at=at,
            at_amounts=() if hours is None else tuple(line.at(hours) for line in self.lines),
        )

    def _carried_area(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The corners of what the seller carries alone under the first model, up to the end of the chart."""
        _, end = span_of(self.content, self.facts)
        line = self.lines[0]
        alone = carried(line, end)
        if alone is None:
            return ()
        bend, last = end - alone[0], line.at(end)
        corners = ((bend, last), (end, last + alone[1]), (end, last))
        return tuple((self._in_unit(quantity), amount) for quantity, amount in corners)

    def _row(self, place: int) -> ComparedRow:
        compared, result = self.told[place], self.results[place]
        pays = result["client_pays"]
        colour, dash = STYLES[place]
        carries = {"seller": self.seller, "client": "You", "both": f"You up to the limit, then {self.seller}"}
        return ComparedRow(
            letter=LETTERS[place],
            name=compared["name"],
            is_chosen=self._is_chosen(place),
            is_added="result" in compared,
            low=self._money(pays["low"]),
            likely=self._money(pays["likely"]),
            high=self._money(pays["high"]),
            expected=self._money(result["expected_client_pays"]),
            exposure=self._money(result["client_exposure"]),
            carries=carries[compared["carries"]],
            seller=self._seller_row(place, result) if "seller_profit" in result else None,
            colour=colour,
            dash=dash,
            mark=key_mark(place),
            key=f"{self.owner}.{place}",
        )

    def _is_chosen(self, place: int) -> bool:
        """Whether the model there is the one by which the work is billed, and not one beside it."""
        return place == 0 and self.results[0]["model"] == self.content["model"]

    def _pays(self, place: int, hours: Fraction) -> str:
        """What the client pays, as it would be billed."""
        amount = self.models[place].pays(self.lines[place], hours, Currency(self.facts["currency"]), self._cost)
        return self._money(str(amount))

    @cached_property
    def _cost(self) -> Line:
        return cost_line(self.content)

    def _seller_row(self, place: int, result: Json) -> SellerRow:
        profit, margin = result["seller_profit"], result["margin_percent_likely"]
        return SellerRow(
            low=self._money(profit["low"]),
            likely=self._money(profit["likely"]),
            high=self._money(profit["high"]),
            expected=self._money(result["expected_seller_profit"]),
            exposure=self._money(result["seller_exposure"]),
            margin=wording.percent(margin, self.facts["language"]) if margin is not None else NO_MARGIN,
            break_even=self._break_even(place, result["break_even"]),
            share=self._share(place, result),
        )

    def _break_even(self, place: int, found: Json) -> str:
        if found["kind"] == "no_upper_limit":
            return "more work never turns it into a loss"
        if found["kind"] == "always_loses":
            return "a loss however long it takes"
        name = "taken" if self.unit == "day" and Fraction(self.facts["hours_per_day"]) != 1 else "hours"
        hours = Piece(self._taken(Fraction(found["hours"])), f"{self.owner}.{place}.break_even.{name}")
        return Said.of("a loss beyond ", hours)

    def _share(self, place: int, result: Json) -> str:
        """“Of €3,360.00 more cost at high, you pay €2,700.00 (80%)”; "" where high costs as much as likely."""
        pays, profit = result["client_pays"], result["seller_profit"]
        likely, high = (Fraction(pays[name]) - Fraction(profit[name]) for name in ("likely", "high"))
        if high == likely:
            return ""
        paid = Fraction(result["client_exposure"])
        percent = wording.percent(rounded_text(paid * 100 / (high - likely), 0), self.facts["language"])
        of = f"{self.owner}.{place}."
        return Said.of(
            "of ",
            Piece(self._rounded(high - likely), f"{of}further_cost"),
            " more cost at high, you pay ",
            Piece(self._rounded(paid), f"{of}client_exposure"),
            " (",
            Piece(percent, f"{of}paid_of_further_cost"),
            ")",
        )

    def _in_unit(self, hours: Fraction) -> Fraction:
        """Hours as the estimate's unit."""
        return hours / Fraction(self.facts["hours_per_day"]) if self.unit == "day" else hours

    def _taken(self, hours: Fraction) -> str:
        return taken(hours, self.content, self.facts)

    def _rounded(self, amount: Fraction) -> str:
        return self._money(str(Money.rounded(amount, Currency(self.facts["currency"]))))

    def _money(self, amount: str) -> str:
        return wording.money(amount, self.facts["currency"], self.facts["language"])

    def _number(self, value: str) -> str:
        return wording.quantity(value, self.facts["language"])
