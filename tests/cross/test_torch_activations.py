"""Elementwise layers give the values and gradients of PyTorch, in float64, kinks included."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

from backpropcli.domains import arrays
from backpropcli.layers import layer_class

torch = pytest.importorskip("torch")
F = torch.nn.functional

SHAPES = ((7,), (4, 3), (1, 3), (4, 1), (2, 1, 4), (1,), (), (0,), (0, 3), (2, 0))
PAIRS = (
    ((4, 3), (4, 3)),
    ((4, 3), (3,)),
    ((4, 1), (1, 3)),
    ((4, 3), (1, 1)),
    ((2, 4, 3), (4, 1)),
    ((3,), ()),
    ((), ()),
)


class Pair(NamedTuple):
    """A layer with its parameters, and PyTorch's function."""

    name: str
    theirs: Any
    parameters: dict[str, Any] = {}  # noqa: RUF012 - a default of a NamedTuple, never changed
    kinks: tuple[float, ...] = ()
    least: float = -math.inf
    relative: float = 1e-10


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
BINARY = [
    Pair("add", torch.add),
    Pair("sub", torch.sub),
    Pair("mul", torch.mul),
    Pair("div", torch.div),
    Pair("pow", torch.pow, least=0.1),
    Pair("maximum", torch.maximum),
    Pair("minimum", torch.minimum),
    Pair("prelu", lambda x, slope: torch.where(x > 0, x, slope * x)),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("pair", UNARY, ids=lambda pair: f"{pair.name}{pair.parameters or ''}")
def test_one_input(pair: Pair, shape: tuple[int, ...]) -> None:
    """Value and gradient on random numbers, for a random dout."""
    rng = np.random.default_rng(1)
    compare(pair, [drawn(pair, rng, shape)], rng)


@pytest.mark.parametrize("shapes", PAIRS, ids=str)
@pytest.mark.parametrize("pair", BINARY, ids=lambda pair: pair.name)
def test_two_inputs(pair: Pair, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    """Value and both gradients, summed over the axes that were broadcast."""
    rng = np.random.default_rng(2)
    compare(pair, [drawn(pair, rng, shape) for shape in shapes], rng)


@pytest.mark.parametrize("pair", [pair for pair in UNARY if pair.kinks], ids=lambda pair: pair.name)
def test_kinks(pair: Pair) -> None:
    """The slope at a kink is PyTorch's."""
    compare(pair, [np.array([float(x) for x in pair.kinks])], np.random.default_rng(3))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_ties(name: str) -> None:
    """Equal inputs share dout as in PyTorch."""
    pair = next(pair for pair in BINARY if pair.name == name)
    compare(pair, [np.array([2.0, -1.0])] * 2, np.random.default_rng(4))


@pytest.mark.parametrize("channels", [1, 3])
def test_prelu_of_channels(channels: int) -> None:
    """PyTorch's one slope for each channel is a slope with axes of length 1 after it."""
    rng = np.random.default_rng(5)
    x, slope = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(channels, 1, 1))
    compare(Pair("prelu", lambda x, slope: F.prelu(x, slope.reshape(-1))), [x, slope], rng)


def drawn(pair: Pair, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Random numbers of the layer's range."""
    found = np.asarray(rng.normal(size=shape) * 3)
    return found if pair.least == -math.inf else np.maximum(np.abs(found) * np.sign(pair.least), pair.least)


def compare(pair: Pair, inputs: list[Any], rng: np.random.Generator) -> None:
    """Value and gradients of our layer and of PyTorch's function."""
    leaves = [torch.tensor(x, requires_grad=True) for x in inputs]
    wanted = pair.theirs(*leaves)
    dout = np.asarray(rng.normal(size=tuple(wanted.shape)))
    wanted.backward(torch.tensor(dout))
    layer = layer_class(pair.name)(**pair.parameters)
    with arrays.quiet():
        value = layer.forward(*inputs)
        gradients = layer.backward(dout)
    close(value, wanted.detach().numpy(), pair.relative)
    for gradient, leaf in zip(gradients if isinstance(gradients, tuple) else (gradients,), leaves, strict=True):
        close(gradient, leaf.grad.numpy(), pair.relative)


def close(found: Any, wanted: Any, relative: float) -> None:
    """Of the same shape and equal; PyTorch's own slopes cancel next to their zeros."""
    assert np.shape(found) == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=relative, atol=1e-14)
