"""Layers of one value, and prelu, give the values and gradients of PyTorch, kinks included."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from peer import RELATIVE, Array, F, Shape, Theirs, compare, draw, make, torch

SHAPES = ((7,), (4, 3), (1, 3), (4, 1), (2, 1, 4), (1,), (), (0,), (0, 3), (2, 0))


class Pair(NamedTuple):
    """A layer with its parameters, and PyTorch's function."""

    name: str
    theirs: Theirs
    parameters: dict[str, Any] = {}  # noqa: RUF012 - a default of a NamedTuple, never changed
    kinks: tuple[float, ...] = ()
    least: float = -math.inf
    relative: float = RELATIVE


def named(pair: Pair) -> str:
    """What a test is called."""
    return f"{pair.name}{pair.parameters or ''}"


UNARY = [
    Pair("neg", torch.neg),
    Pair("exp", torch.exp),
    Pair("log", torch.log, least=0.1),
    Pair("sqrt", torch.sqrt, least=0.1),
    Pair("square", torch.square),
    Pair("abs", torch.abs, kinks=(0,)),
    Pair("reciprocal", torch.reciprocal),
    Pair("expm1", torch.expm1),
    Pair("log1p", torch.log1p, least=-0.9),
    Pair("sin", torch.sin),
    Pair("cos", torch.cos),
    Pair("erf", torch.erf),
    Pair("relu", F.relu, kinks=(0,)),
    Pair("sigmoid", torch.sigmoid),
    Pair("tanh", torch.tanh),
    Pair("log_sigmoid", F.logsigmoid),
    Pair("softplus", lambda x: F.softplus(x, threshold=1000)),
    Pair("softsign", F.softsign, kinks=(0,)),
    Pair("leaky_relu", F.leaky_relu, kinks=(0,)),
    Pair("leaky_relu", lambda x: F.leaky_relu(x, 0.2), {"slope": 0.2}, kinks=(0,)),
    Pair("elu", F.elu, kinks=(0,)),
    Pair("elu", lambda x: F.elu(x, 1.5), {"alpha": 1.5}, kinks=(0,)),
    Pair("selu", F.selu, kinks=(0,)),
    Pair("celu", F.celu, kinks=(0,)),
    Pair(
        "celu", lambda x: F.celu(x, 0.375), {"alpha": 0.375}, kinks=(0,)
    ),  # a float32, as PyTorch's backward rounds to
    Pair("silu", F.silu),
    Pair("mish", F.mish),
    Pair("gelu", F.gelu),
    Pair("gelu", lambda x: F.gelu(x, approximate="tanh"), {"approximate": "tanh"}),
    Pair("hardtanh", F.hardtanh, kinks=(-1, 1)),
    Pair("hardtanh", lambda x: F.hardtanh(x, -2.5, 0.5), {"min": -2.5, "max": 0.5}, kinks=(-2.5, 0.5)),
    Pair("hardsigmoid", F.hardsigmoid, kinks=(-3, 3), relative=1e-7),  # PyTorch's 1 / 6 is a float32
    Pair("hardswish", F.hardswish, kinks=(-3, 3)),
]
NAN_AT_INFINITY = {"softsign", "silu", "mish", "gelu", "hardswish"}  # in PyTorch, which computes inf / inf or 0 * inf


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("pair", UNARY, ids=named)
def test_one_value(pair: Pair, shape: Shape) -> None:
    """Value and gradient on random numbers."""
    [x] = draw(shape, scale=3)
    compare_pair(pair, x if pair.least == -math.inf else np.maximum(np.abs(x) * np.sign(pair.least), pair.least))


@pytest.mark.parametrize("pair", [pair for pair in UNARY if pair.kinks], ids=named)
def test_kinks(pair: Pair) -> None:
    """The slope at a kink is PyTorch's."""
    compare_pair(pair, np.array([float(x) for x in pair.kinks]))


@pytest.mark.parametrize("pair", UNARY, ids=named)
def test_zeros(pair: Pair) -> None:
    """Of both signs."""
    compare_pair(pair, np.array([0.0, -0.0]))


@pytest.mark.parametrize("pair", [pair for pair in UNARY if pair.name not in NAN_AT_INFINITY], ids=named)
def test_infinities(pair: Pair) -> None:
    """Of both signs."""
    compare_pair(pair, np.array([math.inf, -math.inf]))


@pytest.mark.parametrize(
    ("x", "slope"),
    [((4, 3), (4, 3)), ((4, 3), (3,)), ((4, 1), (1, 3)), ((4, 3), (1, 1)), ((2, 4, 3), (4, 1)), ((3,), ()), ((), ())],
    ids=str,
)
def test_prelu(x: Shape, slope: Shape) -> None:
    """Slopes of all shapes that broadcast."""
    compare(make("prelu"), lambda x, slope: torch.where(x > 0, x, slope * x), draw(x, slope, scale=3))


@pytest.mark.parametrize("channels", [1, 3])
def test_prelu_of_channels(channels: int) -> None:
    """PyTorch's one slope for each channel is a slope with axes of length 1 after it."""
    compare(make("prelu"), lambda x, slope: F.prelu(x, slope.reshape(-1)), draw((2, 3, 4, 5), (channels, 1, 1)))


def compare_pair(pair: Pair, x: Array) -> None:
    """Value and gradient of a layer and of its function of PyTorch."""
    compare(make(pair.name, **pair.parameters), pair.theirs, [x], relative=pair.relative)
