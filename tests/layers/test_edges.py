"""What layers give where functions end: at zeros, infinities, nan and overflow, as IEEE 754 and the docstrings say."""

from __future__ import annotations

import itertools
import math
import warnings
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.layers.base import Elementwise
from backpropcli.layers.reductions import Reduction

INF, NAN = math.inf, math.nan
SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    -3.0,
    0.5,
    -2.5,
    1e200,
    -1e200,
    1e-200,
    5e-324,
    1e308,
    800.0,
    -800.0,
    INF,
    -INF,
    NAN,
]
BY_ARITY = {
    count: [
        name
        for name in LAYERS
        if len(layer_spec(name).inputs) == count
        and issubclass(layer_class(name), Elementwise | Reduction)
        and not layer_class(name).constant_inputs
    ]
    for count in (1, 2)
}

# layer, inputs, value, gradients for dout = 1
EDGES: list[tuple[str, tuple[float, ...], float, tuple[float, ...]]] = [
    ("asin", (1,), math.pi / 2, (INF,)),
    ("asin", (1.5,), NAN, (NAN,)),
    ("acos", (0.5,), math.pi / 3, (-1.1547005383792515,)),
    ("acos", (-1,), math.pi, (-INF,)),
    ("atan", (INF,), math.pi / 2, (0,)),
    ("atan2", (0, 1), 0, (1, 0)),
    ("atan2", (0, 0), 0, (0, 0)),
    ("atan2", (0, -2), math.pi, (-0.5, 0)),
    ("atan2", (-0.0, -2), -math.pi, (-0.5, 0)),
    ("atan2", (3e-200, 4e-200), 0.6435011087932844, (1.6e199, -1.2e199)),
    ("atan2", (3e300, 4e300), 0.6435011087932844, (1.6e-301, -1.2e-301)),
    ("hypot", (3e200, 4e200), 5e200, (0.6, 0.8)),
    ("hypot", (0, 0), 0, (0, 0)),
    ("hypot", (-INF, 1), INF, (NAN, 0)),
    ("sinh", (711,), INF, (INF,)),
    ("sinh", (-INF,), -INF, (INF,)),
    ("cosh", (0,), 1, (0,)),
    ("asinh", (0,), 0, (1,)),
    ("asinh", (-1e300,), -691.4686750787736, (1e-300,)),
    ("acosh", (1,), 0, (INF,)),
    ("acosh", (0.5,), NAN, (NAN,)),
    ("atanh", (1,), INF, (INF,)),
    ("atanh", (2,), NAN, (-1 / 3,)),
    ("exp2", (10,), 1024, (1024 * math.log(2),)),
    ("exp2", (1024,), INF, (1.2460659279417838e308,)),
    ("log2", (2.0**-1074,), -1074, (INF,)),
    ("log10", (0,), -INF, (INF,)),
    ("logaddexp", (-INF, -INF), -INF, (0, 0)),
    ("logaddexp", (-INF, 2), 2, (0, 1)),
    ("logaddexp", (INF, INF), INF, (0.5, 0.5)),
    ("logaddexp", (INF, 2), INF, (1, 0)),
    ("logaddexp", (1e10, 1e10), 10000000000.693147, (0.5, 0.5)),
    ("xlogy", (0, 0), 0, (-INF, 0)),
    ("xlogy", (0, 2), 0, (math.log(2), 0)),
    ("xlogy", (0, INF), 0, (INF, 0)),
    ("xlogy", (0, -1), 0, (NAN, 0)),
    ("xlogy", (0, NAN), NAN, (NAN, 0)),
    ("sign", (-0.0,), 0, (0,)),
    ("sign", (-INF,), -1, (0,)),
    ("sign", (NAN,), NAN, (0,)),
    ("floor", (-INF,), -INF, (0,)),
    ("floor", (-1e-300,), -1, (0,)),
    ("round", (-2.5,), -2, (0,)),
    ("round", (0.49999999999999994,), 0, (0,)),
    ("round", (-0.49999999999999994,), 0, (0,)),
    ("round", (4503599627370497.5,), 4503599627370498, (0,)),
    ("round", (INF,), INF, (0,)),
    ("round", (NAN,), NAN, (0,)),
    ("add", (INF, -INF), NAN, (1, 1)),
    ("sub", (INF, INF), NAN, (1, -1)),
    ("mul", (0, INF), NAN, (INF, 0)),
    ("mul", (1e200, 1e200), INF, (1e200, 1e200)),
    ("div", (1, 0), INF, (INF, -INF)),
    ("div", (1, -0.0), -INF, (-INF, -INF)),
    ("div", (-1, 0), -INF, (INF, INF)),
    ("div", (0, 0), NAN, (INF, NAN)),
    ("div", (1, INF), 0, (0, 0)),
    ("div", (1e-200, 1e200), 0, (1e-200, 0)),
    ("div", (1e200, 1e160), 1e40, (1e-160, -1e-120)),
    ("pow", (0, 0), 1, (0, 0)),
    ("pow", (0, 1), 0, (1, 0)),
    ("pow", (0, 2), 0, (0, 0)),
    ("pow", (0, 0.5), 0, (INF, 0)),
    ("pow", (0, -1), INF, (-INF, -INF)),
    ("pow", (-0.0, -1), -INF, (-INF, INF)),
    ("pow", (-8, 3), -512, (192, NAN)),
    ("pow", (-8, 1 / 3), NAN, (NAN, NAN)),
    ("pow", (10, 400), INF, (INF, INF)),
    ("pow", (NAN, 0), 1, (0, NAN)),
    ("exp", (710,), INF, (INF,)),
    ("exp", (-746,), 0, (0,)),
    ("log", (0,), -INF, (INF,)),
    ("log", (-0.0,), -INF, (-INF,)),
    ("log", (-2,), NAN, (-0.5,)),
    ("sqrt", (0,), 0, (INF,)),
    ("sqrt", (-0.0,), -0.0, (-INF,)),
    ("sqrt", (-1,), NAN, (NAN,)),
    ("square", (1e200,), INF, (2e200,)),
    ("square", (-INF,), INF, (-INF,)),
    ("abs", (0,), 0, (0,)),
    ("abs", (-0.0,), 0, (0,)),
    ("abs", (-INF,), INF, (-1,)),
    ("abs", (NAN,), NAN, (1,)),
    ("reciprocal", (0,), INF, (-INF,)),
    ("reciprocal", (-0.0,), -INF, (-INF,)),
    ("reciprocal", (1e-309,), INF, (-INF,)),
    ("reciprocal", (INF,), 0, (0,)),
    ("maximum", (2, 2), 2, (0.5, 0.5)),
    ("maximum", (0, -0.0), 0, (0.5, 0.5)),
    ("maximum", (NAN, 1), NAN, (1, 1)),
    ("maximum", (1, NAN), NAN, (1, 1)),
    ("maximum", (INF, 1), INF, (1, 0)),
    ("minimum", (2, 2), 2, (0.5, 0.5)),
    ("minimum", (NAN, 1), NAN, (1, 1)),
    ("minimum", (1, NAN), NAN, (1, 1)),
    ("minimum", (-INF, 1), -INF, (1, 0)),
    ("relu", (0,), 0, (0,)),
    ("relu", (-0.0,), 0, (0,)),
    ("relu", (5e-324,), 5e-324, (1,)),
    ("relu", (INF,), INF, (1,)),
    ("relu", (NAN,), NAN, (1,)),
    ("sigmoid", (INF,), 1, (0,)),
    ("sigmoid", (-INF,), 0, (0,)),
    ("sigmoid", (1e308,), 1, (0,)),
    ("sigmoid", (NAN,), NAN, (NAN,)),
    ("tanh", (INF,), 1, (0,)),
    ("tanh", (-INF,), -1, (0,)),
    ("tanh", (1e308,), 1, (0,)),
    ("tanh", (NAN,), NAN, (NAN,)),
    ("sum", (INF,), INF, (1,)),
    ("mean", (NAN,), NAN, (1,)),
]


@pytest.mark.parametrize(("name", "inputs", "value", "gradients"), EDGES, ids=str)
def test_the_edge_on_floats_and_arrays(
    name: str, inputs: tuple[float, ...], value: float, gradients: tuple[float, ...]
) -> None:
    """The value and the gradients are the stated ones."""
    wanted = pytest.approx([value, *gradients], rel=1e-15, abs=0, nan_ok=True)
    assert on_floats(name, inputs) == wanted
    assert on_arrays(name, [[x] for x in inputs]).ravel().tolist() == wanted


@pytest.mark.parametrize("name", BY_ARITY[1] + BY_ARITY[2])
def test_floats_and_arrays_agree_on_special_numbers(name: str) -> None:
    """Over the whole grid of special numbers both give the same value and gradients, to 2 ulp; nothing raises."""
    cases = list(itertools.product(SPECIAL, repeat=len(layer_spec(name).inputs)))
    if issubclass(layer_class(name), Reduction):
        cases = [(x,) for x in SPECIAL]
        found = np.array([on_arrays(name, [[x]]).ravel() for (x,) in cases]).T
    else:
        found = on_arrays(name, list(np.array(cases).T))
    expected = np.array([on_floats(name, case) for case in cases]).T
    np.testing.assert_array_almost_equal_nulp(_finite(found), _finite(expected), nulp=2)
    for test in (np.isnan, np.isposinf, np.isneginf):
        np.testing.assert_array_equal(test(found), test(expected))


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("div", (1.0, 0.0)),
        ("div", (0.0, 0.0)),
        ("pow", (0.0, 0.0)),
        ("pow", (0.0, 0.5)),
        ("pow", (0.0, -1.0)),
        ("pow", (-8.0, 0.5)),
        ("exp", (800.0,)),
        ("log", (0.0,)),
        ("log", (-1.0,)),
        ("sqrt", (0.0,)),
        ("sqrt", (-1.0,)),
        ("reciprocal", (0.0,)),
        ("sigmoid", (-800.0,)),
        ("tanh", (800.0,)),
        ("maximum", (NAN, 1.0)),
    ],
)
def test_a_layer_on_its_own_does_not_warn(name: str, inputs: tuple[float, ...]) -> None:
    """Outside of a run, too, NumPy says nothing at an edge."""
    layer = layer_class(name)()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layer.forward(*(np.array([x]) for x in inputs))
        layer.backward(np.ones(1))


@pytest.mark.parametrize("name", BY_ARITY[1] + BY_ARITY[2])
@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_arrays_of_no_numbers(name: str, shape: tuple[int, ...]) -> None:
    """An empty array has an empty gradient."""
    layer = layer_class(name)()
    inputs = [np.zeros(shape) for _ in layer_spec(name).inputs]
    with arrays.quiet():
        gradients = layer.backward(np.ones_like(layer.forward(*inputs)))
    for gradient in gradients if isinstance(gradients, tuple) else (gradients,):
        assert gradient.shape == shape


@pytest.mark.parametrize(
    ("name", "inputs", "dout", "gradients"),
    [
        ("reciprocal", (1e-200,), 1e-300, (-1e100,)),
        ("square", (1e308,), 1e-10, (2e298,)),
        ("div", (1e-170, 1e-170), 1.0, (1e170, -1e170)),
        ("div", (1e200, 1e200), 1.0, (1e-200, -1e-200)),
    ],
)
def test_a_gradient_overflows_only_when_the_truth_does(
    name: str, inputs: tuple[float, ...], dout: float, gradients: tuple[float, ...]
) -> None:
    """Where the textbook formula squares an input, and overflows or vanishes on the way."""
    layer = layer_class(name)()
    layer.forward(*inputs)
    found = layer.backward(dout)
    assert (found if isinstance(found, tuple) else (found,)) == pytest.approx(gradients, rel=1e-14, abs=0)


def on_floats(name: str, inputs: tuple[float, ...]) -> list[float]:
    """The value and the gradients on Python floats."""
    layer = layer_class(name)()
    value = layer.forward(*map(float, inputs))
    gradients = layer.backward(1.0)
    found = [value, *(gradients if isinstance(gradients, tuple) else (gradients,))]
    assert {type(x) for x in found} == {float}
    return found


def on_arrays(name: str, inputs: Any) -> Any:
    """The value and the gradients on arrays, one a row."""
    layer = layer_class(name)()
    with arrays.quiet():
        value = layer.forward(*(np.array(x, dtype="float64") for x in inputs))
        gradients = layer.backward(np.ones_like(value))
    return np.array([np.broadcast_to(x, np.shape(inputs[0])) for x in (value, *np.atleast_2d(gradients))])


def _finite(x: Any) -> Any:
    return np.where(np.isfinite(x), x, 0.0)


def test_a_number_that_is_repeated_along_the_axis_is_a_vector_of_that_length() -> None:
    """As in PyTorch, which broadcasts first: the cosine of (1.5, 1) and (1, 1)."""
    layer = layer_class("cosine_similarity")(axis=0)
    found = layer.forward(np.array([[1.5], [1.0]]), np.array([[1.0]]))
    assert found == pytest.approx([2.5 / math.sqrt(3.25 * 2)], rel=1e-15)
    dx, dy = layer.backward(np.array([1.0]))
    assert dy == pytest.approx(np.array([[0.0]]), abs=1e-15)
    assert dx.shape == (2, 1)
