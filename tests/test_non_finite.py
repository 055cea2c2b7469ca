"""What a run tells of inf and nan: where 0 met inf, and which layer has numbers there."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from backpropcli.api import run, run_formula
from backpropcli.binding import BoundGraph
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.domains import domain
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.non_finite import non_finite_problems
from backpropcli.scenario import parse_scenario

INF, NAN = math.inf, math.nan
SLOPE_0, DOUT_0 = "inf times 0 (dout is inf, the slope is 0)", "inf times 0 (the slope is inf, dout is 0)"


def warnings(formula: str, **inputs: Any) -> list[str]:
    return [problem.message for problem in run_formula(formula, inputs).warnings]


def hint(formula: str, **inputs: Any) -> str | None:
    """The advice of the last warning."""
    return run_formula(formula, inputs).warnings[-1].hint


@pytest.mark.parametrize(
    ("formula", "inputs", "wanted"),
    [
        ("sqrt(x ** 2)", {"x": 0}, ["pow (1): the gradient of 'x' is nan: " + SLOPE_0]),
        ("x * 0 + sqrt(0 * x)", {"x": 1}, ["mul (2): the gradient of 'x' is nan: " + SLOPE_0]),
        ("0 * sqrt(x)", {"x": 0}, ["sqrt (1): the gradient of 'x' is nan: " + DOUT_0]),
        (
            "x * log(x)",
            {"x": 0},
            ["log (1): the value is not finite", "log (1): the gradient of 'x' is nan: " + DOUT_0],
        ),
        (
            "1 / (1 / x)",
            {"x": 0},
            ["div (1): the value is not finite", "div (1): the gradient of 'x' is nan: " + DOUT_0],
        ),
        (
            "1 / x ** 3",
            {"x": INF},
            ["the input 'x' is not finite", "pow (1): the gradient of 'x' is nan: " + DOUT_0],
        ),
        ("sum(sqrt(x @ w))", {"x": [[0, 0]], "w": [[0], [0]]}, ["matmul (1): the gradient of 'x' is nan: " + SLOPE_0]),
    ],
)
def test_where_zero_met_inf_is_told_with_the_layer_and_the_input(
    formula: str, inputs: dict[str, Any], wanted: list[str]
) -> None:
    assert warnings(formula, **inputs) == wanted


@pytest.mark.parametrize(
    ("formula", "inputs", "wanted"),
    [
        ("sqrt(x)", {"x": 0}, ["sqrt out: the gradient of 'x' is not finite"]),
        ("exp(x)", {"x": 1000}, ["exp out: the value is not finite"]),
        ("2 * x", {"x": NAN}, ["the input 'x' is not finite"]),
        ("sqrt(x)", {"x": -1}, ["sqrt out: the value is not finite"]),
        ("sqrt(x) - 2 * sqrt(x)", {"x": 0}, ["sqrt (2): the gradient of 'x' is not finite"]),
        ("x ** y", {"x": -2, "y": 2}, ["pow out: the gradient of 'y' is not finite"]),
    ],
)
def test_other_infinities_are_not_called_a_product_with_0(
    formula: str, inputs: dict[str, Any], wanted: list[str]
) -> None:
    """An infinite slope alone, an overflow, nan that was given, inf - inf, and a slope that is nan."""
    assert warnings(formula, **inputs) == wanted


def test_a_number_of_a_formula_is_not_called_an_input() -> None:
    """It may be finite as a float64 and infinite as a float32."""
    text = "dtype: float32\ninputs: {x: 1}\nlayers: [y = x * 1e39]\n"
    found = run(parse_scenario(text, "s.yaml", Path())).warnings
    assert [problem.message for problem in found] == ["the number '1e39' is not finite"]


# Each of these has a derivative, in the limit, or 0 by the convention of norm; that of p * log(p) is -inf.
ADVICE = [
    ("sqrt(sum(x ** 2))", {"x": [0, 0]}, "norm(x)"),
    ("sum(sqrt(sum(square(x - y), axis=1)))", {"x": [[1, 2], [4, 6]], "y": [[1, 2], [1, 2]]}, "norm(x)"),
    ("sqrt(sum(x * x))", {"x": 0}, "norm(x)"),
    ("sqrt(mean(square(x - mean(x))))", {"x": [1, 1]}, "std(x)"),
    ("sqrt(mean((x - mean(x)) ** 2))", {"x": [-0.8]}, "std(x)"),
    ("sqrt(mean((x - mean(x, axis=1, keepdims=true)) ** 2, axis=1))[0]", {"x": [[1, 1], [2, 3]]}, "std(x)"),
    ("sqrt(var(x))", {"x": [1, 1]}, "std(x)"),
    (
        "sqrt(mean(square(x - mean(x, axis=0)), axis=1))[0]",
        {"x": [[1, 2], [1, 2]]},
        "norm(x) / sqrt(n), for n numbers,",
    ),
    ("sqrt(x * x + y * y)", {"x": 0, "y": 0}, "hypot(x, y)"),
    ("sqrt(square(x) + square(y))", {"x": 0, "y": 0}, "hypot(x, y)"),
    ("log(exp(x) + exp(x))", {"x": 1e10}, "logaddexp(x, y)"),
    ("log(exp(log(exp(a) + exp(b))) + exp(c))", {"a": -INF, "b": -INF, "c": 2}, "logaddexp(x, y)"),
    ("log(sum(exp(x)))", {"x": [1000, 0]}, "logsumexp(x)"),
    ("sum(log(sum(exp(x), axis=1)))", {"x": [[1000, 0], [1, 2]]}, "logsumexp(x)"),
    ("-sum(p * log(p))", {"p": [0, 0.5]}, "xlogy(x, y)"),
    ("log(q) * p", {"p": 0, "q": 0}, "xlogy(x, y)"),
    ("log(1 + exp(x))", {"x": [INF, 1000]}, "softplus(x)"),
    ("sqrt(mean(x * x))", {"x": [0, 0]}, "norm(x) / sqrt(n), for n numbers,"),
    ("log(1 + exp(x))", {"x": 1000}, "softplus(x)"),
    ("2 * log(exp(3 * x) + 1)", {"x": 1000}, "softplus(x)"),
    ("log1p(exp(x))", {"x": 1000}, "softplus(x)"),
    ("1 / (1 + exp(-x))", {"x": -1000}, "sigmoid(x)"),
    ("reciprocal(1 + exp(-x))", {"x": -1000}, "sigmoid(x)"),
    ("log(sigmoid(x))", {"x": -1000}, "log_sigmoid(x)"),
    ("sum(log(softmax(x)))", {"x": [0, 1000]}, "log_softmax(x)"),
    ("sum(log(softmax(x, axis=0)))", {"x": [[0], [1000]]}, "log_softmax(x)"),
]


@pytest.mark.parametrize(("formula", "inputs", "instead"), ADVICE)
def test_the_layer_to_use_is_named(formula: str, inputs: dict[str, Any], instead: str) -> None:
    assert (hint(formula, **inputs) or "").startswith(f"use {instead} in place of ")


def test_a_layer_with_an_infinite_slope_is_better_than_nan() -> None:
    """The slope of p * log(p) at 0 is -inf."""
    assert hint("p * log(p)", p=0) == "use xlogy(x, y) in place of x * log(y): it is not nan here"
    assert run_formula("xlogy(p, p)", {"p": 0}).gradients == {"p": -INF}


def test_advice_names_what_was_written_and_says_why() -> None:
    wanted = "use norm(x) in place of sqrt(sum(square(x))): its gradient is finite here"
    assert hint("sqrt(sum(square(x - y)))", x=[1, 2], y=[1, 2]) == wanted


@pytest.mark.parametrize(
    ("formula", "inputs"),
    [
        ("log(2 + exp(x))", {"x": 1000}),
        ("sqrt(sum(x * y))", {"x": [0, 0], "y": [0, 0]}),
        ("sqrt(sum(x ** 4))", {"x": [0, 0]}),
        ("x * log(y)", {"x": 0, "y": NAN}),
        ("x * log(x)", {"x": -1}),
        ("sqrt(sum(x ** 2)) + 0 * sqrt(y)", {"x": [3, 4], "y": 0}),  # the norm's parts are not where it happens
    ],
)
def test_no_layer_is_named_that_does_not_help(formula: str, inputs: dict[str, Any]) -> None:
    assert hint(formula, **inputs) is None


def test_a_warning_stands_at_the_input_of_the_layer() -> None:
    (problem,) = run_formula("3 + 0 * sqrt(x)", {"x": 0}).warnings
    assert problem.place is not None
    assert (problem.place.column, problem.place.length) == (14, 1)


class Nothing:
    """A user's own layer that notes its runs."""

    runs: ClassVar[list[str]] = []

    def forward(self, x: Any) -> Any:
        self.runs.append("forward")
        return 0 * x

    def backward(self, dout: Any) -> Any:
        return 0 * dout


def test_a_users_own_code_is_not_run_again_to_find_out() -> None:
    nodes = [Node(foreign_spec("nothing", Nothing, "mine.py", None), ["x"], "t"), Node("sqrt", ["t"], "y")]
    run = execute(BoundGraph(Graph(["x"], nodes), domain("arrays"), [np.array(1.0)]))
    (problem,) = non_finite_problems(run)
    assert problem.message == "sqrt y: the gradient of 't' is not finite"
    assert Nothing.runs == ["forward"]


def test_a_long_chain_of_nan_is_looked_through_once(steps: Any) -> None:
    """Twice as many nodes take twice as long."""

    def told(count: int) -> Any:
        nodes = [Node("sqrt", ["x"], "y0"), *(Node("neg", [f"y{k}"], f"y{k + 1}") for k in range(count))]
        nodes = [Node("square", ["x"], "s"), Node("sqrt", ["s"], "y0"), *nodes[1:]]
        run = execute(BoundGraph(Graph(["x"], nodes), domain("floats"), [0.0]))
        return lambda: non_finite_problems(run)

    few, many = told(200), told(400)
    few()  # what is imported on first use
    assert steps(many) < 3 * steps(few)


def test_constants_of_every_notation_are_compared() -> None:
    """With those of the formulas that have a layer of their own."""
    assert warnings("0x1F / x", x=0)[0] == "div out: the value is not finite"
    assert warnings("pi / x", x=0)[0] == "div out: the value is not finite"
