"""Every layer in every target: its samples, and its kinks."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from scripts import code_of, failure, scenario_of

from backpropcli import api
from backpropcli.catalogue import LAYERS
from backpropcli.export import TARGETS, jax_calls, torch_calls

from kinds_of_values import CASES  # isort: skip - scripts knows where it is

in_every_target = pytest.mark.parametrize("target", TARGETS)


@in_every_target
@pytest.mark.parametrize(("name", "sample"), CASES)
def test_a_sample(name: str, sample: Any, target: str, tmp_path: Path) -> None:
    assert failure(code_of(scenario_of(name, sample), target), target, tmp_path) is None


def test_every_layer_has_a_call_in_both_frameworks() -> None:
    assert set(torch_calls.CALLS) == set(jax_calls.CALLS) == set(LAYERS)


SPECIAL = {
    **{f"{name}(x)": ["0", "-0.0", "[0,1,-1]"] for name in ("relu", "abs", "softsign", "leaky_relu", "selu", "sign")},
    "leaky_relu(x, slope=-1)": ["0"],
    "elu(x, alpha=0.1)": ["0", "[-1,0.5]"],
    "celu(x, alpha=0.1)": ["0", "[-1,2,1000,-1000]"],
    "prelu(x, 0.1)": ["0"],
    "hardtanh(x)": ["1", "-1"],
    "hardsigmoid(x)": ["3", "-3"],
    "hardswish(x)": ["3", "-3", "[-4,4]"],
    "clip(x, min=-1, max=0.5)": ["-1", "0.5", "[-2,2]"],
    "max(x)": ["[1,1,0]", "[[1,1],[1,0.5]]"],
    "min(x, axis=0)": ["[[1,1],[1,0.5]]"],
    "maximum(x, 0)": ["0"],
    "minimum(x, 0)": ["0"],
    "norm(x)": ["0", "[0,0]"],
    "norm(x, ord=1)": ["[0,1]"],
    "norm(x, ord=inf)": ["[1,-1]", "[0,0]"],
    "std(x)": ["[1,1]"],
    "floor(x)": ["1"],
    "round(x)": ["0.5", "1.5", "-0.5"],
    "prod(x)": ["[0,2]", "[0,0]"],
    "cumprod(x)": ["[0,2]", "[0,0,3]"],
    "max_pool2d(x, kernel=2)": ["[[[[1,1],[1,1]]]]", "[[[[1,1,1],[1,1,1]]]]"],
    "l1(x, 1)": ["1"],
    "smooth_l1(x, 1, beta=0)": ["1"],
    "huber(x, 1)": ["2", "0", "[2,0]"],
    "cosine_similarity(x, x)": ["[0,0]", "[1,2]"],
    "cosine_similarity(x, x * stack(1, 2), eps=4)": ["[0.1,0.2]", "[[1,2],[3,4]]", "[0,4]"],
    "cosine_similarity(x, stack(1, 2))": ["[[1],[2]]"],
    "repeat(sum(x), repeats=3)": ["[1,2]"],
    "softmax(sum(x) + stack(0.5, -1.5, 2))": ["[0.1,0.3]"],
    "layer_norm(x)": ["[1,1,1]"],
    "where(x > 0, x, 2 * x)": ["0", "[1,-1]"],
    "less(x, 1) * x": ["0"],
    "softplus(x)": ["0", "40", "-40"],
    "log_sigmoid(x)": ["40", "-800"],
    "bce_with_logits(x, 1)": ["40", "-40"],
    "softmax(x)": ["[0,100]"],
    "x ** 2 - 2 ** x": ["3", "0"],
    "x - 3 ** -2": ["3"],
    "(-2) ** 3 * x": ["1"],
    "exp(2) * x": ["3"],
    "x - x": ["3"],
    "sum(x - mean(x))": ["[1,2,4.1]"],
    "x[::-1]": ["[1,2,3]"],
    "dropout(x)": ["2", "[1,2,3]"],
    "concat(x, x)": ["2"],
    "flatten(x)": ["2", "[[1,2]]"],
}
"""Kinks, ties, places where terms cancel, and what the samples have not, each as a formula and its points."""


@in_every_target
@pytest.mark.parametrize(("formula", "x"), [(formula, x) for formula, points in SPECIAL.items() for x in points])
def test_a_special_point(formula: str, x: str, target: str, tmp_path: Path) -> None:
    code = code_of(api.formula_scenario(formula, {"x": x}), target)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert failure(code, target, tmp_path) is None


@pytest.mark.parametrize(
    ("target", "formula", "x"),
    [
        *(
            (target, formula, x)
            for target in ("torch", "jax")
            for formula, x in (("sigmoid(x)", "40"), ("tanh(x)", "20"))
        ),
        *((target, "where(x > 0, sqrt(x), x)", "0") for target in ("torch", "jax")),
        ("torch", "hypot(x, 0)", "0"),
    ],
)
def test_where_autodiff_is_not_right_the_script_says_so(target: str, formula: str, x: str, tmp_path: Path) -> None:
    """It loses the tail of a slope, or has nan behind a branch that is not taken, or at the origin."""
    told = failure(code_of(api.formula_scenario(formula, {"x": x}), target), target, tmp_path)
    assert told is not None
    assert told.startswith("gradient of x: found ")
