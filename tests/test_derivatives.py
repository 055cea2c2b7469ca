"""Jacobian, Hessian and their products, as Python code calls them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import backpropcli as bp
from backpropcli import api
from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec
from backpropcli.errors import DataError
from backpropcli.graph import Graph, Node
from backpropcli.layers import Layer
from backpropcli.layers.base import Elementwise
from backpropcli.result import Asked
from backpropcli.sources.literals import Constant

ROSENBROCK = "sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)"


def test_a_hessian_that_is_known() -> None:
    """Of Rosenbrock's function at (1, 1), its minimum: [[802, -400], [-400, 200]]."""
    assert_allclose(bp.hessian(ROSENBROCK, inputs={"x": [1, 1]})["x"]["x"], [[802, -400], [-400, 200]], rtol=1e-14)


def test_a_hessian_has_the_axes_of_both_inputs() -> None:
    """Of <x @ w>, whose mixed derivative is 1 where the rows of w are the columns of x."""
    found = bp.hessian("sum(x @ w)", inputs={"x": np.ones((2, 3)), "w": np.ones((3, 4))})
    assert found["x"]["w"].shape == (2, 3, 3, 4)
    assert_array_equal(found["x"]["w"], np.broadcast_to(np.eye(3)[None, :, :, None], (2, 3, 3, 4)))
    assert_array_equal(found["w"]["x"], np.transpose(found["x"]["w"], (2, 3, 0, 1)))


def test_a_product_with_the_hessian() -> None:
    """The Hessian times a direction, in every shape that broadcasts."""
    scenario = bp.load("scenarios/xor.yaml")
    hessian = bp.hessian(scenario, gradients=["w1", "b1"])
    direction = np.arange(4.0).reshape(2, 2)
    found = bp.hvp(scenario, {"w1": direction, "b1": 2}, gradients=["w1", "b1"])
    for name in ("w1", "b1"):
        by_w1 = np.tensordot(direction, hessian["w1"][name], 2)
        by_b1 = np.tensordot(np.full(np.shape(found["b1"]), 2.0), hessian["b1"][name], np.ndim(found["b1"]))
        assert_allclose(found[name], by_w1 + by_b1, rtol=1e-12, atol=1e-15)


def test_a_product_with_the_jacobian() -> None:
    direction = [1, -1, 2]
    jacobian = bp.jacobian("softmax(x)", inputs={"x": [0, 1, 2]})["x"]
    assert_allclose(bp.jvp("softmax(x)", {"x": direction}, inputs={"x": [0, 1, 2]}), jacobian @ direction, atol=1e-16)


def test_directions_may_be_text() -> None:
    assert bp.jvp("x * y", {"x": "1/3"}, inputs={"x": 2, "y": 3}, exact=True) == 1


def test_exact_second_derivatives() -> None:
    """Fractions all the way, of arrays too."""
    assert bp.hessian("x / y", inputs={"x": 1, "y": 3}, exact=True)["y"]["y"] == Fraction(2, 27)
    found = bp.hessian("sum(x / (1 + y))", inputs={"x": [1, 2], "y": [2, 3]}, exact=True)["x"]["y"]
    assert found.tolist() == [[Fraction(-1, 9), 0], [0, Fraction(-1, 16)]]


def test_an_output_without_elements_has_a_jacobian_without_rows() -> None:
    assert bp.jacobian("x[:0] * y", inputs={"x": [1, 2], "y": 3})["x"].shape == (0, 2)


def test_a_value_that_the_output_does_not_depend_on() -> None:
    """Its derivatives are zeros."""
    assert_array_equal(bp.jacobian("x * 2", inputs={"x": [1, 2], "y": [3, 4]})["y"], np.zeros((2, 2)))
    assert bp.hessian("x * x", inputs={"x": 1, "y": 3})["y"] == {"x": 0, "y": 0}


def test_labels_have_no_derivatives() -> None:
    assert bp.hessian("cross_entropy(x, t)", inputs={"x": [[1, 2]], "t": [1]}).keys() == {"x"}


def test_dout_weighs_the_elements_of_the_output() -> None:
    found = bp.hessian("x ** 3", inputs={"x": [1, 2]}, dout=[1, 10])["x"]["x"]
    assert_array_equal(found, [[6, 0], [0, 120]])


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [("sum(sqrt(x))", [[-np.inf, 0], [0, -0.25]]), ("sum(x ** 1.5)", [[np.inf, 0], [0, 0.75]])],
)
def test_infinite_derivatives_stay_in_their_place(formula: str, wanted: Any) -> None:
    """What is 0 in a direction is no path: an infinite slope there makes no nan of it."""
    assert_array_equal(bp.hessian(formula, inputs={"x": [0, 1]})["x"]["x"], wanted)


def test_infinite_slopes_stay_in_their_rows() -> None:
    assert_array_equal(bp.jacobian("sqrt(x)", inputs={"x": [0, 1]})["x"], [[np.inf, 0], [0, 0.5]])


def test_the_inputs_are_as_they_were() -> None:
    """They are read where they are."""
    x = np.array([1.0, 2.0])
    bp.hessian("sum(x * x)", inputs={"x": x})
    bp.jacobian("x * x", inputs={"x": x})
    assert_array_equal(x, [1, 2])


def test_second_derivatives_of_an_array_are_refused() -> None:
    with pytest.raises(DataError, match=r"second derivatives are of a number; the output is \(2,\)"):
        bp.hvp("x * x", {"x": 1}, inputs={"x": [1, 2]})


def runs_of(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """The calls of a method of the layer `mul` from now on."""
    calls: list[Any] = []
    cls = layer_spec("mul").cls
    method = getattr(cls, name)

    def counted(self: Layer, *values: Any) -> Any:
        calls.append(values)
        return method(self, *values)

    monkeypatch.setattr(cls, name, counted)
    return calls


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_the_cost_of_a_product_does_not_grow_with_the_inputs(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more pass forward and backward, for one input and for a thousand."""
    calls = {name: runs_of(monkeypatch, name) for name in ("forward", "backward")}
    bp.hvp("sum(x * x)", {"x": 1}, inputs={"x": np.ones(count)})
    assert {name: len(found) for name, found in calls.items()} == {"forward": 2, "backward": 2}


def test_a_jacobian_is_one_forward_pass_and_a_backward_pass_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the run for the gradients."""
    calls = {name: runs_of(monkeypatch, name) for name in ("forward", "backward")}
    bp.jacobian("x * x", inputs={"x": np.ones(7)})
    assert {name: len(found) for name, found in calls.items()} == {"forward": 2, "backward": 8}


def test_a_long_chain() -> None:
    """Nothing recurs: 10,000 layers have second derivatives."""
    nodes = [Node("mul", ["x", "x"], "(0)")]
    nodes += [Node("mul", [f"({k})", Constant("1.0001")], f"({k + 1})") for k in range(10_000)]
    found = api.run_graph(Graph(["x"], nodes), {"x": 1.0}, asked=Asked(hessian=True)).derivatives.hessian
    assert_allclose(found["x"]["x"], 2 * 1.0001**10_000, rtol=1e-10)


AT_KINKS = {
    "relu(x)": 0,
    "abs(x)": 0,
    "leaky_relu(x)": 0,
    "elu(x)": 0,
    "celu(x)": 0,
    "selu(x)": 0,
    "softsign(x)": 0,
    "hardtanh(x)": 1,
    "hardsigmoid(x)": 3,
    "hardswish(x)": -3,
    "clip(x, min=-1, max=1)": -1,
    "prelu(x, 0.5)": 0,
    "maximum(x, 2)": 2,
    "minimum(x, 2)": 2,
    "hypot(x, 0)": 0,
    "atan2(0, x * 0 + x)": 0,
    "sum(l1(x, 1))": 1,
    "huber(x, 1)": 2,
    "smooth_l1(x, 1)": 0,
    "max(stack(x, x))": 1,
    "min(stack(x, x, 2))": 1,
    "norm(stack(x, x))": 0,
    "std(stack(x, x))": 1,
    "sum(max_pool2d(reshape(stack(x, x, x, x), shape=[1, 1, 2, 2]), kernel=2))": 1,
}


def test_every_layer_with_kinks_is_tried() -> None:
    tried = set().union(*({node.spec.name for node in api.formula_scenario(f, {"x": 0}).graph.nodes} for f in AT_KINKS))
    kinked = {name for name in LAYERS if layer_spec(name).cls.has_kinks}
    assert kinked <= tried | {"cosine_similarity"}  # whose norms are at least eps


def is_smooth_function(name: str) -> bool:
    spec = layer_spec(name)
    is_function = len(spec.inputs) == 1 and not spec.required_parameters and issubclass(spec.cls, Elementwise)
    return is_function and not (spec.cls.has_kinks or spec.cls.is_flat or spec.cls.is_detached)


@pytest.mark.parametrize("name", list(filter(is_smooth_function, LAYERS)))
def test_other_layers_bend_smoothly(name: str) -> None:
    """Where others have kinks, their second derivatives do not jump, but to infinity."""
    for x in (-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0):
        left, right = (bp.hessian(f"{name}(x)", inputs={"x": x + d})["x"]["x"] for d in (-1e-9, 1e-9))
        assert not abs(right - left) > 1e-6 * (1 + abs(left)) or abs(left) > 1e6


@pytest.mark.parametrize(("formula", "x"), AT_KINKS.items())
def test_a_kink_is_named(formula: str, x: float) -> None:
    """At its point, and not a millionth beside it."""
    for place, is_kink in ((x, True), (x + 1e-6, False)):
        if formula.startswith(("max(", "min(", "std(", "sum(max_pool")) and not is_kink:
            continue  # ties are ties everywhere
        found = api.run_formula(formula, {"x": place}, asked=Asked(hessian=True))
        assert any("at a kink" in warning.message for warning in found.warnings) == is_kink
