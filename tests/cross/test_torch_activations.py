"""Layers of one value, and prelu, give the values and gradients of PyTorch, kinks included."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from counterparts import exported
from peer import Array, F, Shape, compare, draw, make

SHAPES = ((7,), (4, 3), (1, 3), (4, 1), (2, 1, 4), (1,), (), (0,), (0, 3), (2, 0))


class Unary(NamedTuple):
    """A layer with its parameters, its kinks, and the least of the numbers that it takes."""

    name: str
    parameters: Mapping[str, Any] = {}
    kinks: tuple[float, ...] = ()
    least: float = -math.inf


def named(unary: Unary) -> str:
    """What a test is called."""
    return f"{unary.name}{unary.parameters or ''}"


UNARY = [
    *map(Unary, ["neg", "exp", "square", "reciprocal", "expm1", "sin", "cos", "erf"]),
    *map(Unary, ["sigmoid", "tanh", "log_sigmoid", "softplus", "silu", "mish", "gelu"]),
    *(Unary(name, least=0.1) for name in ("log", "sqrt")),
    Unary("log1p", least=-0.9),
    *(Unary(name, kinks=(0,)) for name in ("abs", "relu", "softsign", "leaky_relu", "elu", "selu", "celu")),
    Unary("hardtanh", kinks=(-1, 1)),
    *(Unary(name, kinks=(-3, 3)) for name in ("hardsigmoid", "hardswish")),
    Unary("leaky_relu", {"slope": 0.2}, kinks=(0,)),
    Unary("elu", {"alpha": 1.5}, kinks=(0,)),
    *(Unary("celu", {"alpha": alpha}, kinks=(0,)) for alpha in (0.375, 0.1)),  # a float32, and none
    Unary("gelu", {"approximate": "tanh"}),
    Unary("hardtanh", {"min": -2.5, "max": 0.5}, kinks=(-2.5, 0.5)),
]
NAN_AT_INFINITY = {"softsign", "silu", "mish", "gelu", "hardswish"}  # in PyTorch, which computes inf / inf or 0 * inf


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("unary", UNARY, ids=named)
def test_one_value(unary: Unary, shape: Shape) -> None:
    """Value and gradient on random numbers."""
    [x] = draw(shape, scale=3)
    compare_unary(unary, x if unary.least == -math.inf else np.maximum(np.abs(x) * np.sign(unary.least), unary.least))


@pytest.mark.parametrize("unary", [unary for unary in UNARY if unary.kinks], ids=named)
def test_kinks(unary: Unary) -> None:
    """The slope at a kink is PyTorch's."""
    compare_unary(unary, np.array([float(x) for x in unary.kinks]))


@pytest.mark.parametrize("unary", UNARY, ids=named)
def test_zeros(unary: Unary) -> None:
    """Of both signs."""
    compare_unary(unary, np.array([0.0, -0.0]))


@pytest.mark.parametrize("unary", [unary for unary in UNARY if unary.name not in NAN_AT_INFINITY], ids=named)
def test_infinities(unary: Unary) -> None:
    """Of both signs."""
    compare_unary(unary, np.array([math.inf, -math.inf]))


@pytest.mark.parametrize(
    ("x", "slope"),
    [((4, 3), (4, 3)), ((4, 3), (3,)), ((4, 1), (1, 3)), ((4, 3), (1, 1)), ((2, 4, 3), (4, 1)), ((3,), ()), ((), ())],
    ids=str,
)
def test_prelu(x: Shape, slope: Shape) -> None:
    """Slopes of all shapes that broadcast."""
    compare(make("prelu"), exported("prelu"), draw(x, slope, scale=3))


@pytest.mark.parametrize("channels", [1, 3])
def test_prelu_of_channels(channels: int) -> None:
    """PyTorch's one slope for each channel is a slope with axes of length 1 after it."""
    compare(make("prelu"), lambda x, slope: F.prelu(x, slope.reshape(-1)), draw((2, 3, 4, 5), (channels, 1, 1)))


def compare_unary(unary: Unary, x: Array) -> None:
    """Value and gradient of a layer and of its function of PyTorch."""
    compare(make(unary.name, **unary.parameters), exported(unary.name, **unary.parameters), [x])
