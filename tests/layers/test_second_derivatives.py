"""Backward on dual numbers is the second derivative of every layer."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from kinds_of_values import CASES, graph_of
from numpy.testing import assert_array_equal

from backpropcli.catalogue import layer_class
from backpropcli.domains import domain
from backpropcli.domains.dual import Dual
from backpropcli.layers import Sample

ARRAYS = domain("arrays")
STEP = 1e-3


def backward(name: str, sample: Sample, inputs: list[Any], dout: Any, numbers: Any = ARRAYS) -> tuple[Any, ...]:
    """The gradients that a fresh layer gives."""
    (make,) = graph_of(name, sample).makers(numbers)
    layer = make()
    with numbers.quiet():
        layer.forward(*inputs)
        found = layer.backward(dout)
    return found if isinstance(found, tuple) else (found,)


def richardson(function: Any) -> Any:
    """The derivative of a function at 0 by central differences, extrapolated twice."""
    one, two, four = ((function(h) - function(-h)) / (2 * h) for h in (STEP, STEP / 2, STEP / 4))
    return (16 * (4 * four - two) / 3 - (4 * two - one) / 3) / 15


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_tangents_are_differences_of_backward(name: str, sample: Sample) -> None:
    """Along a random direction of each input; the value parts are those of a plain run, to the bit."""
    rng = np.random.default_rng(8)
    inputs = [np.array(x, float) for x in sample.inputs]
    (make,) = graph_of(name, sample).makers(ARRAYS)
    dout = np.asarray(rng.normal(size=np.shape(make().forward(*inputs))))
    plain = backward(name, sample, inputs, dout)
    for i in [number for number, gradient in enumerate(plain) if gradient is not None]:
        dual, direction = Dual(ARRAYS), np.asarray(rng.normal(size=inputs[i].shape))
        pairs = [dual.pair(x, direction if j == i else None) for j, x in enumerate(inputs)]
        found = backward(name, sample, pairs, dual.pair(dout), dual)
        for k, gradient in enumerate(plain):
            if gradient is None:
                assert found[k] is None
                continue

            def moved(t: float, k: int = k, i: int = i, direction: Any = direction) -> Any:
                others = [x + t * direction if j == i else x for j, x in enumerate(inputs)]
                return backward(name, sample, others, dout)[k]

            assert_array_equal(found[k].value, gradient)
            wanted = richardson(moved)
            assert np.all(np.abs(dual.tangent(found[k]) - wanted) <= 1e-7 * (1 + np.abs(wanted)))


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


DEFINITIONS: dict[str, Any] = {
    "tanh": mpmath.tanh,
    "silu": lambda x: x * _sigmoid(x),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "mish": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "gelu, tanh": lambda x: x * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3))) / 2,
}
POINTS = (-20.0, -7.3, -3.0, -1.28, -1.1924, -0.75, -0.5, -1e-3, 0.0, 1e-3, 0.3, 1.0, 2.5, 6.0, 12.0, 20.0)


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("name", DEFINITIONS)
def test_second_derivatives_keep_thirteen_digits(name: str, x: float) -> None:
    """In the tails, at the slope's zero and at 0, against mpmath's derivatives of the textbook definition."""
    layer, _, approximate = name.partition(", ")
    made = layer_class(layer)(**({"approximate": approximate} if approximate else {}))
    dual = Dual(domain("floats"))
    made.forward(dual.pair(x, 1.0))
    found = dual.tangent(made.backward(dual.pair(1.0)))
    with mpmath.workdps(60):
        wanted = mpmath.diff(DEFINITIONS[name], mpmath.mpf(x), 2)
        assert abs(found - wanted) <= 1e-13 * abs(wanted) or abs(wanted) < 1e-50


def test_the_norm_bends_at_an_element_that_is_zero() -> None:
    """The length of (3, t, 4) has the second derivative 1 / 5 by t at 0: only all zeros are a kink."""
    dual, made = Dual(ARRAYS), layer_class("norm")()
    made.forward(dual.pair(np.array([3.0, 0.0, 4.0]), np.array([0.0, 1.0, 0.0])))
    assert_array_equal(dual.tangent(made.backward(dual.pair(np.array(1.0)))), [0, 0.2, 0])


def test_third_derivatives_by_nesting() -> None:
    """The third derivative of the sigmoid is s * (1 - s) * (1 - 6 * s * (1 - s)), -1/8 at 0."""
    outer = Dual(inner := Dual(domain("floats")))
    made = layer_class("sigmoid")()
    made.forward(outer.pair(inner.pair(0.0, 1.0), inner.pair(1.0)))
    found = made.backward(outer.pair(inner.pair(1.0)))
    assert inner.tangent(outer.tangent(found)) == -0.125


def test_the_mixed_derivative_of_a_power_at_exponent_zero() -> None:
    """By x, then y, or by y, then x: x ** (y - 1) * (1 + y * log(x)), which is 1 / x at y = 0."""
    dual = Dual(domain("floats"))
    for by_x, by_y in ((1.0, None), (None, 1.0)):
        made = layer_class("pow")()
        made.forward(dual.pair(4.0, by_x), dual.pair(0.0, by_y))
        dx, dy = made.backward(dual.pair(1.0))
        assert dual.tangent(dx if by_x is None else dy) == 0.25


def test_the_mixed_derivative_of_a_power_by_forward_alone() -> None:
    """The same by duals over duals."""
    outer = Dual(inner := Dual(domain("floats")))
    found = layer_class("pow")().forward(outer.pair(inner.pair(4.0), inner.pair(1.0)), outer.pair(inner.pair(0.0, 1.0)))
    assert inner.tangent(outer.tangent(found)) == 0.25


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("bce_with_logits", (0.0, 1.0)),
        ("bce_with_logits", (0.0, 0.25)),
        ("elu", (0.0,)),
        ("selu", (0.0,)),
        ("norm", (0.0,)),
    ],
)
def test_forward_has_the_slope_of_backward_at_zero(name: str, inputs: tuple[float, ...]) -> None:
    """On dual numbers the branch that forward takes is the one whose slope backward gives."""
    dual, made = Dual(domain("floats")), layer_class(name)()
    made.forward(*inputs)
    slope = made.backward(1.0)
    pairs = [dual.pair(x, None if number else 1.0) for number, x in enumerate(inputs)]
    assert dual.tangent(layer_class(name)().forward(*pairs)) == (slope[0] if isinstance(slope, tuple) else slope)


@pytest.mark.parametrize(
    ("name", "inputs", "parameters", "wanted"),
    [
        ("bce_with_logits", (0.0, 1.0), {}, 0.25),  # as of the sigmoid
        ("bce_with_logits", (0.0, 0.25), {}, 0.25),
        ("smooth_l1", (1.0, 1.0), {}, 1.0),  # as of d * d / (2 * beta)
        ("smooth_l1", (1.0, 1.0), {"beta": 4.0}, 0.25),
        ("smooth_l1", (1.0, 1.0), {"beta": 0.0}, 0.0),
        ("huber", (1.0, 1.0), {"delta": 4.0}, 1.0),
    ],
)
def test_second_derivatives_where_branches_meet(
    name: str, inputs: tuple[float, ...], parameters: dict[str, float], wanted: float
) -> None:
    """Where a formula is written in two branches that are one smooth curve, either has its second derivative."""
    dual, made = Dual(domain("floats")), layer_class(name)(**parameters)
    made.forward(dual.pair(inputs[0], 1.0), dual.pair(inputs[1]))
    assert dual.tangent(made.backward(dual.pair(1.0))[0]) == wanted


def test_a_detached_value_has_no_tangent_in_any_direction() -> None:
    """By duals over duals, too."""
    outer = Dual(inner := Dual(domain("floats")))
    found = layer_class("detach")().forward(outer.pair(inner.pair(3.0, 1.0), inner.pair(1.0)))
    assert inner.value(outer.value(found)) == 3.0
    assert inner.tangent(outer.value(found)) == 0
    assert inner.tangent(outer.tangent(found)) == 0
