"""Why a gradient is zero: the layer that passes nothing on is named, and no other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import backpropcli as bp
from backpropcli.zero_gradients import ZeroGradient

EVEN = "that is the same for all changes nothing"


def zero(formula: str, **inputs: Any) -> dict[str, str]:
    """The reasons by name, of a formula."""
    return {found.name: found.reason for found in bp.eval_formula(formula, **inputs).zero_gradients}


@pytest.mark.parametrize(
    ("formula", "inputs", "reason"),
    [
        ("relu(x) * 3", {"x": -2.0}, "relu (1) is off, as its input is not above 0"),
        ("exp(relu(x * 3))", {"x": -2.0}, "relu (2) is off, as its input is not above 0"),
        ("sum(relu(x))", {"x": [-2.0, -1.0]}, "relu (1) is off, as its input is not above 0"),
        ("tanh(x)", {"x": 800.0}, "tanh out is saturated"),
        ("sigmoid(x)", {"x": -1e3}, "sigmoid out is saturated"),
        ("sum(softmax(x))", {"x": [1.0, 2.0, 3.0]}, f"softmax (1) sums to 1, so that a dout {EVEN}"),
        ("sum(softmax(x))", {"x": [0.1, 0.7, 0.3]}, f"softmax (1) sums to 1, so that a dout {EVEN}"),
        ("softmax(x)[0]", {"x": [2000.0, 0.0]}, "softmax (1) is saturated"),
        ("sum(layer_norm(x))", {"x": [[1.0, 2.0, 4.0]]}, f"layer_norm (1) takes off the mean, so that a dout {EVEN}"),
        ("clip(x, min=0, max=1)", {"x": 3.0}, "clip out is cut off here"),
        ("x * y", {"x": 3.0, "y": 0.0}, "mul out multiplies by 0"),
        ("x ** 2", {"x": 0.0}, "pow out has a slope of 0 here"),
        ("mse(x, 3)", {"x": 3.0}, "mse out is at its minimum"),
        ("maximum(x, 5)", {"x": 3.0}, "maximum out takes the other value"),
    ],
)
def test_the_layer_that_passes_nothing_on_is_named(formula: str, inputs: dict[str, Any], reason: str) -> None:
    assert zero(formula, **inputs)["x"] == reason


def test_what_is_not_selected_is_told() -> None:
    """Only the element that is off is selected, so that relu passes nothing on."""
    assert zero("relu(x)[0]", x=[-1.0, 2.0]) == {"x": "relu (1) is off, as its input is not above 0"}
    assert zero("where(x > 0, x, y)", x=1.0, y=2.0) == {"y": "where out takes the other branch"}
    assert zero("x[0] + y", x=[1.0, 2.0], y=3.0) == {}
    assert zero("max(concat(x, y))", x=[1.0], y=[3.0]) == {"x": "concat (1) is used in other elements only"}


def test_every_path_must_be_stopped() -> None:
    """Each layer that stops one is named."""
    assert zero("relu(x) + x * y", x=-2.0, y=1.0) == {}
    assert zero("relu(x) + x * y", x=-2.0, y=0.0) == {
        "x": "relu (1) is off, as its input is not above 0; mul (2) multiplies by 0"
    }


def test_paths_that_cancel_are_told() -> None:
    assert zero("x - x", x=2.0) == {"x": "what its paths contribute cancels"}
    assert zero("exp(sum(x + y))", x=[1.0], y=[2.0]) == {}
    bound = bp.eval_formula("x + y", x=[2.0, 3.0], y=1.0, dout=[1.0, -1.0])
    assert [found.reason for found in bound.zero_gradients] == ["add out adds up parts of dout that cancel"]


def test_an_input_that_the_output_does_not_use_is_told() -> None:
    assert zero("y * 2", x=3.0, y=1.0) == {"x": "the output does not depend on it"}


def test_what_rounding_leaves_is_called_so() -> None:
    """As of numbers whose mean is no float."""
    result = bp.eval_formula("sum(layer_norm(x)) * 0.7", x=[1.3, 1.0, 1.9])
    (found,) = result.zero_gradients
    assert found == ZeroGradient("x", False, f"layer_norm (1) takes off the mean, so that a dout {EVEN}")
    assert 0 < abs(result.gradients["x"]).max() < 1e-14


def test_a_dout_of_zero_is_the_reason_for_all() -> None:
    found = bp.eval_formula("x * y", x=3.0, y=2.0, dout=0)
    assert found.zero_gradients == (ZeroGradient("x", True, "dout is 0"), ZeroGradient("y", True, "dout is 0"))


def test_a_gradient_that_is_only_small_is_not_zero() -> None:
    assert zero("x * y", x=1e-30, y=1e-20) == {}
    assert zero("sigmoid(x)", x=40.0) == {}


def test_fractions_have_reasons_too() -> None:
    found = bp.eval_formula("relu(x) * y", x=Fraction(-1, 3), y=2, exact=True).zero_gradients
    assert [(zero.name, zero.is_exact) for zero in found] == [("x", True), ("y", True)]
