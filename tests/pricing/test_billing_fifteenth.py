"""A further billing model is one file: the registry finds it by looking."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from proposals.pricing.billing import COMPARABLE, MODELS, comparable_named, models, registry
from proposals.pricing.errors import PricingError

ONE_FILE = """
from proposals.pricing.billing.models.fixed import FixedFee


class Barter(FixedFee):
    number = 15
    key = "barter"
    name = "Barter"


MODEL = Barter()
"""


def test_a_fifteenth_model_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "barter.py").write_text(ONE_FILE)
    monkeypatch.setattr(models, "__path__", [*models.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, f"{models.__name__}.barter", raising=False)
    assert list(registry._found()) == [*MODELS, "barter"]


def test_two_models_with_one_key_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "barter_again.py").write_text(ONE_FILE.replace('"barter"', '"fixed"'))
    monkeypatch.setattr(models, "__path__", [*models.__path__, str(tmp_path)])
    with pytest.raises(RuntimeError, match="share a key"):
        registry._found()


def test_each_module_is_one_of_the_guide_s_models_in_its_order() -> None:
    assert [model.number for model in MODELS.values()] == list(range(1, 15))
    assert {type(model).__module__.rpartition(".")[2] for model in MODELS.values()} == set(MODELS)


def test_only_a_model_with_a_curve_can_be_compared() -> None:
    abstract = set(registry.ComparableModel.__abstractmethods__)
    assert abstract - set(registry.BillingModel.__abstractmethods__) == {"curve", "compared"}
    assert set(COMPARABLE) == {"tm", "tm_cap", "fixed", "retainer", "cost_plus", "hybrid", "target_cost"}
    with pytest.raises(PricingError, match="cannot be compared by hours"):
        comparable_named("value_based")
