"""How every amount of a price came about, as steps that can be recalculated one by one.

``explain(document, result)`` makes the ``Working`` after the fact, and only when somebody asks: pricing itself carries
nothing along. ``replay`` recalculates a step from its own JSON form with arithmetic of its own.
"""

from .explain import Working, explain
from .replay import replay
from .steps import RULES, Input, Rule, Step

__all__ = ["RULES", "Input", "Rule", "Step", "Working", "explain", "replay"]
