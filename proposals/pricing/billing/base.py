"""What a billing model is: its arithmetic, and everything that people must know before they choose it.

Each model is one module of ``models`` with one instance, ``MODEL``. Its formula comes from the same file as its
risks and its incentive, so nobody can offer the one and hide the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, Literal, NamedTuple, TypeVar

from ..errors import Place
from ..money import Currency, Money
from ..reading import JsonObject
from ..working.explain import Working, working_of
from ..working.record import Record
from ..working.sheet import Figure, Sheet
from .figures import PLAIN, Figures
from .parameters import Parameter, Values
from .piecewise import Line
from .price_curve import PriceCurve

T = TypeVar("T", bound=Values)
O = TypeVar("O", bound=Values)  # noqa: E741

LAST_RISK_PLACE: Final = 11
"""The risk of more hours is the client's at 1 and the seller's here (see ``RiskPlace``)."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A point to settle in words. ``text`` is a reminder for a conversation, or the promise that is made by it."""

    key: str
    title: str
    text: str


class Sentence(NamedTuple):
    """A sentence of the explanation. ``promise`` is the key of the clause without which it would not be true."""

    text: str
    promise: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that the client can pay before tax.

    ``fixed``: exactly ``amount``; ``at_most``: no more than it; ``no_upper_limit``: ``amount`` is ``None``.
    ``covers`` is ``fees`` if expenses come on top of it.
    """

    kind: Literal["fixed", "at_most", "no_upper_limit"]
    amount: Money | None = None
    covers: Literal["fees", "everything"] = "everything"


class RiskPlace(NamedTuple):
    """Where the risk of more hours than planned lies, from 1 (client) to ``LAST_RISK_PLACE`` (seller)."""

    place: int
    name: str


@dataclass(frozen=True, slots=True)
class Example:
    """A small case for the guide, calculated when it is shown. ``words`` say what happens in it."""

    currency: str
    params: JsonObject
    outcome: JsonObject
    words: str


class Variant(NamedTuple):
    """Other terms of a model that read quite differently: for the guide, in the currency of the example."""

    name: str
    params: JsonObject


class BillingModel(ABC, Generic[T, O]):
    """A way to pay for professional work. One instance per module; all texts are written to the client.

    ``number`` is the place in the guide. ``parameters`` are agreed on, ``outcome`` is what the work brings about.
    ``formula`` is in words and names, ``answer`` maps the keys of what ``bill`` answers to what they mean.
    """

    number: ClassVar[int]
    key: ClassVar[str]
    name: ClassVar[str]
    definition: ClassVar[str]
    terms: type[T]
    results: type[O]
    formula: ClassVar[tuple[str, ...]]
    answer: ClassVar[dict[str, str]]
    risk_places: ClassVar[tuple[RiskPlace, ...]] = ()
    risk_client: ClassVar[str]
    risk_seller: ClassVar[str]
    incentive: ClassVar[str]
    perverse: ClassVar[str]
    good_when: ClassVar[str]
    not_when: ClassVar[str]
    questions: ClassVar[tuple[str, ...]]
    clauses: ClassVar[tuple[Clause, ...]]
    also_called: ClassVar[tuple[str, ...]]
    example: ClassVar[Example]
    variants: ClassVar[tuple[Variant, ...]] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What is agreed on."""
        return self.terms.PARAMETERS

    @property
    def outcome(self) -> tuple[Parameter, ...]:
        """What the work brings about."""
        return self.results.PARAMETERS

    def read(self, params: JsonObject, currency: Currency) -> T:
        """The agreed values. Raises ``PricingError`` whose ``field`` is the name of the parameter."""
        return self.terms.read(params, currency)

    def bill(self, terms: T, outcome: JsonObject, currency: Currency) -> dict[str, Any]:
        """What the client pays before tax, as ``client_pays``, and how it comes about; JSON values.

        Raises ``PricingError`` whose ``field`` starts with ``outcome``.
        """
        with Place(within="outcome"):
            return self.pays(terms, self.results.read(outcome, currency), currency)

    @abstractmethod
    def pays(self, terms: T, outcome: O, currency: Currency) -> dict[str, Any]:
        """The arithmetic of ``bill``."""

    @abstractmethod
    def steps(self, terms: T, outcome: O, sheet: Sheet) -> None:
        """``pays`` once more, written down step by step. The keys are the names of ``answer``, with the places of
        lists in between (``periods.0.overage_fee``)."""

    def working(self, terms: T, outcome: JsonObject, currency: Currency) -> Working:
        """How every number of ``bill`` came about. Raises as ``bill``, and ``ValueError`` if the steps lead elsewhere,
        which would be a defect of the model."""
        said = self.bill(terms, outcome, currency)
        record = Record(currency)
        self.steps(terms, self.results.read(outcome, currency), Sheet(record))
        working = working_of(record)
        if working.step("client_pays").result != said["client_pays"]:
            raise ValueError(f"the working of {self.key} does not lead to what the client pays")
        return working

    @abstractmethod
    def limit(self, terms: T, currency: Currency) -> Limit:
        """The most that the client can pay before tax under these terms."""

    def limit_steps(self, terms: T, sheet: Sheet, amount: Money) -> Figure:
        """How the amount of ``limit`` came about: the step ``limit``. For most it is one of the agreed figures."""
        return sheet.name("limit", sheet.money("limit", amount))

    @abstractmethod
    def sentences(self, terms: T, currency: Currency, figures: Figures) -> Iterable[Sentence | str]:
        """The explanation with every promise that a clause can make."""

    def explanation(
        self, terms: T, currency: Currency, chosen: frozenset[str], figures: Figures = PLAIN
    ) -> tuple[Sentence, ...]:
        """The model in plain words, with the numbers of ``terms``, without promises whose clause is not ``chosen``."""
        said = [
            each if isinstance(each, Sentence) else Sentence(each) for each in self.sentences(terms, currency, figures)
        ]
        return tuple(each for each in said if each.promise is None or each.promise in chosen)

    def warning(self, terms: T) -> str:
        """What both are told before everything else where these terms are chosen; "" for most."""
        return ""

    def price_curve(self, terms: T) -> PriceCurve | None:
        """What the client pays over the quantity, for terms whose bill jumps or bends with it; ``None`` for others."""
        return None


class ComparableModel(BillingModel[T, O]):
    """A model whose price follows from the hours that the work takes, so that it can stand beside others.

    ``comparison`` is what the arithmetic by hours takes: often less than what is agreed on, such as one rate for all
    roles.
    """

    comparison: ClassVar[tuple[Parameter, ...]]

    @abstractmethod
    def curve(self, params: JsonObject, currency: Currency, cost: Line) -> Line:
        """What the client pays as a function of hours, exact; ``cost`` is the seller's cost of them.

        ``params`` are values of ``comparison``; raises ``PricingError`` whose ``field`` is the name of one.
        """

    @abstractmethod
    def compared(self, params: JsonObject, sheet: Sheet, hours: Figure, cost: Figure) -> Figure:
        """What the client pays for these hours, step by step, rounded as it is shown: the step ``client_pays``.

        ``cost`` is what the hours cost the seller, rounded; only models that follow from the cost may use it.
        """

    def paid_by_cost(self, params: JsonObject, currency: Currency) -> Callable[[Money], Money] | None:
        """For a model that follows from the seller's cost: what ``bill`` asks for a cost. ``None`` for the others.

        The curve serves the break-even; a figure that is shown must be the one that would be billed, to the cent.
        """
        return None

    def fixed_version(self, params: JsonObject, currency: Currency, likely_cost: Money) -> Variant | None:
        """The same with a fixed sum, which stands beside ``params`` that reward waste; ``None`` for all others.

        ``likely_cost`` is what the work likely costs the seller.
        """
        return None
