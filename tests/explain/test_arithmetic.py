"""Every product and sum that `backprop explain` prints is that of the factors and terms that it prints."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from arithmetic import count_of_equalities, disagreements
from hypothesis import given, settings
from hypothesis import strategies as st

from backpropcli import api
from backpropcli.explain import EXPLANATION_FORMATS, Options
from backpropcli.explain.from_result import explanation_of

sys.path.append(str(Path(__file__).parents[1] / "picture"))
from drawings import random_result

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def explained(result, *names):
    """The text of an explanation."""
    return EXPLANATION_FORMATS["text"].render(explanation_of(result, names), Options())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenarios(scenario):
    result = api.run(api.load(scenario))
    for names in [(), *((name,) for name, gradient in result.gradients.items() if gradient is not None)]:
        assert not list(disagreements(explained(result, *names)))


def test_there_is_arithmetic_in_them():
    result = api.run(api.load("scenarios/fruits.yaml"))
    assert count_of_equalities(explained(result)) == 12
    assert count_of_equalities(explained(result, "apple")) == 1


@given(st.integers(0, 200).map(lambda seed: 2 * seed + 1))
@settings(max_examples=60)
def test_random_graphs_of_numbers(seed):
    result = random_result(seed)
    for names in [(), *((name,) for name in result.run.graph.inputs)]:
        text = explained(result, *names)
        assert not list(disagreements(text))


@pytest.mark.parametrize("wrong", ["1.1 * 1 * 2", "2.2"])
def test_another_number_is_found(wrong):
    """The check is no formality: a factor or a product that is changed shows."""
    text = explained(api.run(api.load("scenarios/fruits.yaml")), "apple")
    head, _, tail = text.rpartition(wrong)
    altered = f"{head}{re.sub('2$', '3', wrong)}{tail}"
    assert list(disagreements(altered))


@pytest.mark.parametrize(
    "name", ["relu", "pow", "silu", "gelu", "mish", "elu", "softplus", "hypot", "atan2", "logaddexp"]
)
def test_layers_with_choices_and_parts(name):
    inputs = {"pow": "x, y", "hypot": "x, y", "atan2": "y, x", "logaddexp": "x, y"}.get(name, "x")
    for x in (-2.0, -0.5, 0.75, 3.0):
        values = {"x": x, "y": 1.5} if "y" in inputs else {"x": x}
        result = api.eval_formula(f"{name}({inputs}) * 2", **values)
        finite = [key for key, gradient in result.gradients.items() if abs(gradient) < 1e300]
        for key in finite:
            assert not list(disagreements(explained(result, key)))
