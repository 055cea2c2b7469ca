"""Relative gradients and uncertainties, beside the package uncertainties and beside numbers worked by hand."""

from __future__ import annotations

import operator
import random
from fractions import Fraction
from math import inf, sqrt
from pathlib import Path

import numpy as np
import pytest
from uncertainties import ufloat, umath

import backpropcli as bp
from backpropcli.errors import BackpropError

SCENARIOS = Path(__file__).parents[1] / "scenarios"
THEIRS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
    "reciprocal": lambda x: 1 / x,
    "sigmoid": lambda x: 1 / (1 + umath.exp(-x)),
    **{name: getattr(umath, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh")},
}
"""What layers of numbers are to the package uncertainties."""
FILES = sorted(SCENARIOS.glob("*.yaml"))
NUMBERS = [path.stem for path in FILES if bp.run(bp.load(path)).run.domain.is_scalar]


FORMS = [
    *("({} + {})", "({} - {})", "({} * {})", "({0} / (1 + {1} * {1}))", "(-{})", "sin({})", "atan({})"),
    *("exp(sin({}))", "sqrt(1 + {0} * {0})", "log(2 + cos({}))", "sigmoid({})"),
]


def theirs(graph, inputs, sigma):
    """The output of a graph by the package uncertainties, and its uncertain inputs."""
    uncertain = {name: ufloat(inputs[name], sigma[name]) for name in sigma}
    values = {**inputs, **uncertain}
    for node in graph.nodes:
        operands = [values[x] if isinstance(x, str) else float(x.text) for x in node.inputs]
        values[node.output] = THEIRS[node.spec.name](*operands)
    return values[graph.output], uncertain


def agree(result, sigma):
    """Hold uncertainty, contributions and shares against theirs."""
    inputs = {name: result.value_of(name) for name in result.run.graph.inputs}
    output, uncertain = theirs(result.run.graph, inputs, sigma)
    found = result.uncertainty(sigma)
    assert found.output == pytest.approx(output.std_dev, rel=1e-12)
    for name, variable in uncertain.items():
        contribution = output.error_components().get(variable, 0)
        assert found.contributions[name] == pytest.approx(contribution, rel=1e-11, abs=1e-12 * output.std_dev)
        share = (contribution / output.std_dev) ** 2
        assert found.shares[name] == pytest.approx(share, rel=1e-11, abs=1e-12)
    assert sum(found.shares.values()) == pytest.approx(1, abs=1e-14)


def random_formula(draw, depth=4):
    """A formula in a, b and c whose value is a number."""
    if depth == 0 or draw.random() < 0.1:
        return draw.choice(["a", "b", "c", "0.5", "3"])
    parts = [random_formula(draw, depth - 1) for _ in range(2)]
    return draw.choice(FORMS).format(*parts)


@pytest.mark.parametrize("seed", range(100))
def test_the_uncertainty_of_a_random_formula_is_theirs(seed):
    draw = random.Random(seed)
    formula = f"({random_formula(draw)}) * a + {random_formula(draw)} - b + sin(c)"
    inputs = {name: draw.uniform(-2, 2) for name in "abc"}
    sigma = {name: 10 ** draw.uniform(-3, 0) for name in draw.sample("abc", draw.randint(2, 3))}
    agree(bp.eval_formula(formula, **inputs), sigma)


@pytest.mark.parametrize("name", NUMBERS)
def test_the_uncertainty_of_a_shipped_scenario_is_theirs(name):
    """Of every one whose inputs are numbers."""
    scenario = bp.load(SCENARIOS / f"{name}.yaml")
    graph = scenario.graph
    result = bp.run(scenario, gradients=graph.inputs)
    agree(result, {name: 0.01 * (place + 1) for place, name in enumerate(graph.inputs)})


def test_the_elements_of_an_array_are_uncorrelated():
    """They contribute together; a number is the sigma of each."""
    result = bp.eval_formula("sum(x * w)", x=[1, 2], w=[3, 4])
    found = result.uncertainty({"x": 0.1, "w": [0.5, 1]})
    assert found.inputs["x"].tolist() == [0.1, 0.1]
    assert float(found.contributions["x"]) == pytest.approx(0.5)
    assert float(found.contributions["w"]) == pytest.approx(sqrt(0.5**2 + 2**2))
    assert float(found.output) == pytest.approx(sqrt(0.25 + 4.25))
    assert float(found.shares["x"] + found.shares["w"]) == pytest.approx(1)


def test_one_number_in_an_array_is_a_number():
    result = bp.eval_formula("x @ w", x=[[1, 2]], w=[[3], [4]])
    assert float(result.uncertainty({"w": 0.1}).output) == pytest.approx(0.1 * sqrt(5))
    assert result.relative["w"].tolist() == [[3 / 11], [8 / 11]]


@pytest.mark.parametrize("size", [1e-300, 1e-170, 1, 1e170, 1e300])
def test_squares_neither_overflow_nor_vanish(size):
    found = bp.eval_formula("x + y", x=1, y=1).uncertainty({"x": 3 * size, "y": 4 * size})
    assert found.output == pytest.approx(5 * size, rel=1e-15)
    assert found.shares == {"x": pytest.approx(0.36), "y": pytest.approx(0.64)}


def test_what_is_certain_has_no_share():
    result = bp.eval_formula("x * y", x=1, y=2)
    assert result.uncertainty({"x": 0, "y": 1}).shares == {"x": 0, "y": 1}
    assert result.uncertainty({"x": 0}).shares == {"x": 0}
    assert (result.uncertainty({}).output, result.uncertainty({}).shares) == (0, {})


def test_fractions_stay_fractions():
    """Where the root is one."""
    result = bp.eval_formula("x * y / 3", x=2, y=5, exact=True)
    assert result.relative == {"x": Fraction(1), "y": Fraction(1)}
    found = result.uncertainty({"x": "3/5", "y": 2})
    assert (found.output, found.contributions, found.shares["y"]) == (
        Fraction(5, 3),
        {"x": Fraction(1), "y": Fraction(4, 3)},
        Fraction(16, 25),
    )


def test_short_floats_stay_short():
    result = bp.run(bp.load(SCENARIOS / "fruits.yaml")._replace(dtype="float32"))
    found = result.uncertainty({"tax": 0.01})
    assert {str(value.dtype) for value in (found.inputs["tax"], found.output, result.relative["tax"])} == {"float32"}


@pytest.mark.parametrize("formula", ["x ** 3 * y / 7", "exp(x) * y", "sum(x * x) * y"])
def test_a_relative_gradient_is_what_a_per_cent_does(formula):
    """By the values at a millionth more and a millionth less."""
    inputs = {"x": 1.5, "y": -0.25}
    result = bp.eval_formula(formula, **inputs)
    for name, relative in result.relative.items():
        more, less = (
            bp.eval_formula(formula, **{**inputs, name: inputs[name] * f}).value for f in (1.000001, 0.999999)
        )
        assert relative == pytest.approx((more - less) / result.value / 2e-6, rel=1e-8)


def test_a_relative_gradient_does_not_overflow_on_the_way():
    assert bp.eval_formula("x * y", x=1e300, y=1e8).relative == {"x": pytest.approx(1), "y": pytest.approx(1)}


def test_nothing_is_relative_to_zero():
    assert bp.eval_formula("x - y", x=1, y=1).relative == {"x": inf, "y": -inf}
    with pytest.raises(BackpropError, match="'out' is 0, and nothing is relative to that"):
        _ = bp.eval_formula("x - y", x=1, y=1, exact=True).relative


def test_what_has_no_gradient_has_no_relative_one():
    assert bp.eval_formula("where(c, x, 2)", c=1, x=3).relative["c"] is None


@pytest.mark.parametrize(
    ("formula", "inputs", "sigma", "message"),
    [
        ("x * y", {"x": 1, "y": 2}, {"z": 1}, "sigma: no input is named 'z'"),
        ("x * y", {"x": 1, "y": 2}, {"x": -1}, "the sigma of 'x' must be finite, and 0 or more"),
        ("x * y", {"x": 1, "y": 2}, {"x": inf}, "the sigma of 'x' must be finite, and 0 or more"),
        ("x * y", {"x": 1, "y": 2}, {"x": "one"}, "sigma of x: 'one' is not a number"),
        ("sum(x * y)", {"x": [1, 2], "y": 2}, {"x": [1, 2, 3]}, "does not fit the input, which is (2,)"),
        ("sum(x * y)", {"x": [1, 2], "y": 2}, {"y": [1, 2]}, "does not fit the input, which is a number"),
        ("where(c, x, 2)", {"c": 1, "x": 2}, {"c": 1}, "the output has no gradient with respect to 'c'"),
        ("x * y", {"x": [1, 2], "y": 2}, {"y": 1}, "the output 'out' is an array of shape (2,), and not one number"),
        ("x + y", {"x": 1, "y": 2, "exact": True}, {"x": 1, "y": 2}, "the uncertainty of the output: exact fractions"),
        ("x * y", {"x": 1, "y": 2, "dout": 3}, {"x": 1}, "they are of the output itself, and dout is not 1"),
    ],
)
def test_what_is_refused(formula, inputs, sigma, message):
    result = bp.eval_formula(formula, **inputs)
    with pytest.raises(BackpropError) as caught:
        result.uncertainty(sigma)
    assert message in str(caught.value)


def test_large_arrays_take_no_loop_over_elements(steps):
    """As many steps of Python for a million numbers as for two, but for a few."""
    counts = []
    for size in (2, 1_000_000):
        result = bp.eval_formula("sum(x * x)", x=np.ones(size))
        counts.append(steps(lambda result=result: (result.uncertainty({"x": 0.1}), result.relative)))
    assert counts[1] < counts[0] + 20
