"""What an untaken branch hides stays out of the gradient; what was computed stays as it is."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from backpropcli.api import run_formula
from backpropcli.binding import BoundGraph, bind
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.domains import domain
from backpropcli.domains.dual import Dual
from backpropcli.executor import execute, execute_along_paths
from backpropcli.formula import compile_formula
from backpropcli.graph import Graph, Node
from backpropcli.layers import Layer
from backpropcli.program.numpy import numpy_code
from backpropcli.trace import trace

INF, NAN = math.inf, math.nan
FLOATS = domain("floats")


def gradients(formula: str, dout: Any = None, **inputs: Any) -> list[Any]:
    """The gradients of a formula, as nested lists; None for conditions."""
    found = run_formula(formula, inputs, dout=dout)
    return [None if x is None else found.run.domain.numbers(x) for x in found.gradients.values()]


def graph(formula: str, *names: str) -> Graph:
    return Graph(names, compile_formula(formula, lambda _start, _end: None))


# Worked by hand: of the branch that is taken alone.
UNTAKEN = [
    ("where(c, x, sqrt(x))", {"c": 1, "x": 0}, 1),
    ("where(c, x, sqrt(x))", {"c": 0, "x": 4}, 0.25),
    ("where(c, log(x), 3 * x)", {"c": 0, "x": 0}, 3),
    ("where(c, 1 / x, 0)", {"c": 0, "x": 0}, 0),
    ("where(c, 2 * x, exp(x))", {"c": 1, "x": 1000}, 2),
    ("where(c, x, sqrt(log(1 + x ** 2)))", {"c": 1, "x": 0}, 1),
    ("where(c, x, x ** 0.5 * x ** -1)", {"c": 1, "x": 0}, 1),
    ("where(c, x, sqrt(x) + abs(sqrt(x)))", {"c": 1, "x": 0}, 1),
    ("where(c, x, where(d, sqrt(x), log(x)))", {"c": 1, "x": 0, "d": 1}, 1),
    ("maximum(2 * x, sqrt(x) - 1)", {"x": 0}, 2),
    ("minimum(x, 1 + sqrt(x))", {"x": 0}, 1),
    ("relu(sqrt(x) - 1) + x", {"x": 0}, 1),
    ("clip(sqrt(x) - 1, min=0) + x", {"x": 0}, 1),
    ("hardtanh(sqrt(x) - 7) + x", {"x": 0}, 1),
    ("dropout(sqrt(x), 0) + x", {"x": 0}, 1),
    ("where(c, x, sqrt(x))", {"c": [1, 0, 1], "x": [0, 4, 9]}, [1, 0.25, 1]),
    ("where(c, x, x * w)", {"c": [1, 0], "x": [2, 3], "w": [INF, 5]}, [1, 5]),
    ("sum(sqrt(x)[1:])", {"x": [0, 4]}, [0, 0.25]),
    ("sqrt(x)[1]", {"x": [0, 4]}, [0, 0.25]),
    ("max(sqrt(x))", {"x": [0, 4]}, [0, 0.25]),
    ("min(log(x))", {"x": [4, INF]}, [0.25, 0]),
    ("max(max(log(x), axis=1) * 0.5)", {"x": [[0, 4], [0, 1]]}, [[0, 0.125], [0, 0]]),
    ("sum(where(c, 0, norm(x, axis=1)))", {"c": [1, 0], "x": [[INF, 2], [3, 4]]}, [[0, 0], [0.6, 0.8]]),
    ("sum(where(c, 1, sqrt(sum(x * x, axis=1))))", {"c": [1, 0], "x": [[0, 0], [3, 4]]}, [[0, 0], [0.6, 0.8]]),
    ("sum(where(c, x, sqrt(x)))", {"c": [[1, 1], [1, 1]], "x": [0, 4]}, [2, 2]),
    ("sum(where(c, 1, b * log(x)))", {"c": [1, 0], "b": [2, 3], "x": 1}, 3),
    ("sum(where(c, 1, transpose(sqrt(x))))", {"c": [[1, 0], [1, 0]], "x": [[0, 0], [1, 4]]}, [[0, 0], [0.5, 0.25]]),
    ("sum(where(c, 1, concat(sqrt(x), log(x))))", {"c": [1, 0, 1, 0], "x": [0, 1]}, [0, 1.5]),
    ("sum(where(c, x @ w, 1))", {"c": [[1, 0]], "x": [[1, 2]], "w": [[3, INF], [4, 5]]}, [[3, 4]]),
    ("sum(where(c, affine(x, w), 1))", {"c": [[1, 0]], "x": [[1, 2]], "w": [[3, INF], [4, 5]]}, [[3, 4]]),
    ("sum(where(c, dot(x, w), 1))", {"c": [0, 1], "x": [[1, 2], [3, 4]], "w": [[INF, 1], [5, 6]]}, [[0, 0], [5, 6]]),
    ("sum(where(c, x, softmax(log(x))))", {"c": [[1], [0]], "x": [[-1, 2], [3, 3]]}, [[1, 1], [0, 0]]),
    ("log_softmax(a * m)[2]", {"a": [1, 1, 1], "m": [-INF, 2, 2]}, [0, -1, 1]),
    ("cross_entropy(a * m, t)", {"a": [1, 1, 1], "m": [-INF, 2, 2], "t": 2}, [0, 1, -1]),
    ("nll(log(x), t)", {"x": [0, 0.5], "t": 1}, [0, -2]),
    ("cross_entropy(a * m, t)", {"a": [1, 1, 1], "m": [-INF, 2, 2], "t": [0, 0, 1]}, [0, 1, -1]),
    ("sum(embedding(sqrt(x), i))", {"x": [0, 4], "i": [1]}, [0, 0.25]),
    ("sum(max_pool2d(sqrt(x), kernel=2))", {"x": [[[[0, 4], [1, 1]]]]}, [[[[0, 0.25], [0, 0]]]]),
]


@pytest.mark.parametrize(("formula", "inputs", "wanted"), UNTAKEN)
def test_no_path_leads_through_what_is_not_taken(formula: str, inputs: dict[str, Any], wanted: Any) -> None:
    """However steep it is there: x has the gradient of what is taken, and no warning tells of a gradient."""
    name = "a" if "a" in inputs else "x"
    found = run_formula(formula, inputs)
    assert_allclose(found.run.domain.numbers(found.gradients[name]), wanted, rtol=1e-15, atol=0)
    assert not any("gradient" in problem.message for problem in found.warnings)


def test_a_matrix_product_leaves_out_the_rows_that_are_not_taken() -> None:
    found = gradients("sum(where(c, 1, x @ w))", c=[[1], [0]], x=[[1, 1], [2, 3]], w=[[INF], [5]])
    assert found == [None, [[0, 0], [INF, 5]], [[2], [3]]]


def test_the_mean_behind_a_row_that_is_not_taken() -> None:
    """Of two columns the second: 4 over 2 times the root of 12.5."""
    _, found = gradients("sum(where(c, 1, sqrt(mean(x ** 2, axis=0))))", c=[1, 0], x=[[0, 3], [0, 4]])
    assert np.allclose(found, [[0, 3 / 50**0.5], [0, 4 / 50**0.5]], rtol=1e-15, atol=0)


def test_a_masked_logit_has_no_gradient_whatever_it_is_multiplied_by() -> None:
    """Two logits are left, of which the first has half: 2 * 1/2 * 1/2."""
    found, _ = gradients("softmax(a * m)[1]", a=[1, 1, 1], m=[-INF, 2, 2])
    assert found == [0, 0.5, -0.5]


def is_infinite_product(formula: str, inputs: dict[str, Any]) -> bool:
    """Whether a matrix product meets inf, which a program multiplies by 0 for all that."""
    return any(word in formula for word in ("@", "affine")) and np.isinf(inputs["w"]).any()


# In all of these the slope is 0 or the limit is finite, and no branch says so.
COMPUTED = [
    ("sqrt(sum(x * x))", {"x": [0, 0]}, [NAN, NAN]),
    ("sqrt(mean(square(x - mean(x))))", {"x": [1, 1]}, [NAN, NAN]),
    ("log(exp(x) + exp(x))", {"x": 1e10}, NAN),
    ("x * log(x)", {"x": 0}, NAN),
    ("1 / (1 / x)", {"x": 0}, NAN),
    ("0 * sqrt(x)", {"x": 0}, NAN),
    ("where(c, 0 * sqrt(x), 1)", {"c": 1, "x": 0}, NAN),
    ("abs(sqrt(x))", {"x": 0}, NAN),
    ("norm(sqrt(x))", {"x": 0}, NAN),
    ("norm(sqrt(x), ord=1)", {"x": 0}, NAN),
    ("where(c, sqrt(x), 0 * log(x))", {"c": 1, "x": 0}, INF),
]


@pytest.mark.parametrize(("formula", "inputs", "wanted"), COMPUTED)
def test_a_zero_that_was_computed_times_inf_stays_nan(formula: str, inputs: dict[str, Any], wanted: Any) -> None:
    found = run_formula(formula, inputs)
    assert_array_equal(found.run.domain.numbers(found.gradients["x"]), wanted)


def test_the_other_paths_of_the_same_value_count() -> None:
    """The root's own slope at 0 is infinite, and that path is taken."""
    assert gradients("where(c, x, sqrt(x)) + sqrt(x)", c=1, x=0) == [None, INF]


def test_values_in_between_have_structural_zeros_too() -> None:
    run = execute(bind(graph("where(c, x, sqrt(x))", "c", "x"), {"c": 1.0, "x": 0.0}))
    assert run.gradients == [None, 1.0, 0.0, 1.0]
    assert run.contributions == [(0.0,), (None, 1.0, 0.0)]


@pytest.mark.parametrize("numbers", ["exact", "reals"])
def test_in_other_numbers(numbers: str) -> None:
    """Fractions refuse to divide by 0, behind a branch that is not taken not."""
    chosen = domain(numbers)
    both = graph("where(c, x, sqrt(x) + 1 / (1 + x))", "c", "x")
    run = execute(bind(both, {"c": "1", "x": "0"}, numbers=chosen))
    assert run.gradient(1) == 1
    assert type(run.gradient(1)) is type(chosen.number("1"))
    run = execute(bind(both, {"c": ["1", "0"], "x": ["0", "4"]}, numbers=chosen))
    assert run.domain.elements(run.gradient(1)) == [1, chosen.number("1") / 4 - chosen.number("1") / 25]


def test_second_derivatives() -> None:
    """Of x ** 3 where it is taken: 6 at 1, and nothing of the root at 0."""
    dual = Dual(FLOATS)
    both = graph("where(c, x ** 3 + x, sqrt(x - 1))", "c", "x")
    run = execute(BoundGraph(both, dual, [dual.pair(1.0), dual.pair(1.0, 1.0)]))
    assert (dual.value(run.gradient(1)), dual.tangent(run.gradient(1))) == (4.0, 6.0)


@pytest.mark.parametrize(("formula", "inputs"), [case[:2] for case in UNTAKEN if not is_infinite_product(*case[:2])])
def test_a_program_leaves_out_what_a_run_leaves_out(formula: str, inputs: dict[str, Any]) -> None:
    """Recorded at other inputs, where all is finite, it is right at these."""
    wanted = gradients(formula, **inputs)
    chosen = {name: x for name, x in inputs.items() if name in {"c", "d", "i", "t"}}
    elsewhere = {name: np.full_like(x, 2.5, dtype=float).tolist() for name, x in inputs.items()} | chosen
    program = trace(bind(graph(formula, *inputs), elsewhere))
    code: dict[str, Any] = {}
    exec(numpy_code(program), code)
    found = code["run"](**inputs)
    for name, gradient in zip(inputs, wanted, strict=True):
        if gradient is not None:
            assert_allclose(found[f"d_{name}"], gradient, rtol=1e-15, atol=0)


def test_float32_stays_float32() -> None:
    inputs = {"c": np.array([1, 0], "float32"), "x": np.array([0, 4], "float32")}
    found = run_formula("mean(where(c, x, 0.5 * sqrt(x)))", inputs)
    assert found.gradients["x"].dtype == "float32"
    assert found.gradients["x"].tolist() == [0.5, 0.0625]


def test_what_is_not_asked_for_is_not_computed_either_way() -> None:
    """An exponent's gradient would be inf, and fractions have no logarithm."""
    found = run_formula("where(c, x, x ** -1)", {"c": [0, 1], "x": [2, 1]}, exact=True)
    assert found.run.domain.elements(found.gradients["x"]) == [Fraction(-1, 4), 1]


def test_all_else_is_the_same_to_the_bit() -> None:
    """Beside an element that is mended, a sum of 40 products that would change with the order of the additions."""
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(3, 40)) ** 2, rng.normal(size=(40, 5))
    formula = "sum(where(c, 0, tanh(sqrt(x) @ w)))"
    c = np.zeros((3, 5))
    c[1] = 1.0
    wanted = run_formula(formula, {"c": c, "x": x, "w": w}).gradients
    x[1] = 0.0
    found = run_formula(formula, {"c": c, "x": x, "w": w}).gradients
    assert_array_equal(found["x"], wanted["x"])
    assert np.isfinite(found["w"]).all()


def test_the_second_look_is_taken_only_where_a_zero_met_what_is_not_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("backpropcli.executor.execute_along_paths", refuse)
    assert gradients("where(c, x, sqrt(x))", c=1, x=4) == [None, 1]
    assert gradients("sqrt(x)", x=0) == [INF]
    assert gradients("exp(exp(x))", x=1000) == [INF]
    assert gradients("sqrt(x) + where(c, y, y * y)", x=0, c=1, y=3) == [INF, None, 1]
    with pytest.raises(AssertionError):
        gradients("where(c, x, sqrt(x))", c=1, x=0)


class Twice:
    """A user's own layer, in NumPy."""

    def forward(self, x: Any) -> Any:
        return x + x

    def backward(self, dout: Any) -> Any:
        return dout + dout


class TwiceOnAll(Twice, Layer):
    """The same, on all domains."""


@pytest.mark.parametrize(("layer", "wanted"), [(Twice, NAN), (TwiceOnAll, 1.0)])
def test_behind_users_own_numpy_code_nothing_is_told_apart(layer: type, wanted: float) -> None:
    """It takes arrays alone; so what was nan stays nan, and nothing is refused."""
    own = Node(foreign_spec("twice", layer, "mine.py", None), ["x"], "t")
    nodes = [own, Node("sqrt", ["t"], "r"), Node("where", ["c", "x", "r"], "y")]
    run = execute(bind(Graph(["c", "x"], nodes), {"c": 1.0, "x": 0.0}))
    assert_array_equal(run.gradient(1), wanted)


@pytest.mark.parametrize(
    ("layer", "point"),
    [("max", (float("nan"),)), ("min", (float("nan"),)), ("div", (-5e-324, 1.1e-05)), ("exp2", (1024.36,))],
)
def test_a_run_along_paths_has_the_same_numbers(layer, point):
    """Also where they are nan, or parts of a product leave the range."""
    names = ["x", "y"][: len(point)]
    bound = bind(Graph(names, [Node(layer, names, "out")]), dict(zip(names, point, strict=True)))
    found = [
        [repr(run.gradient(slot)) for slot in range(len(names))] for run in (execute(bound), execute_along_paths(bound))
    ]
    assert found[0] == found[1]
