"""Jacobians, Hessians and their products are those of torch.func and of JAX."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import jax
import numpy as np
import pytest
import torch
from peer import Array, F, draw
from second_derivatives import GRAPHS

import backpropcli as bp

jax.config.update("jax_enable_x64", True)

TOLERANCE = 1e-13
"""Relative to the largest number of a block."""

TORCH = SimpleNamespace(
    **{name: getattr(torch, name) for name in ("sin", "cos", "exp", "tanh", "sqrt")},
    gelu=F.gelu,
    silu=F.silu,
    softplus=lambda x: F.softplus(x, threshold=1000),
    softmax=lambda x: torch.softmax(x, -1),
)
JAX = SimpleNamespace(
    **{name: getattr(jax.numpy, name) for name in ("sin", "cos", "exp", "tanh", "sqrt")},
    gelu=lambda x: jax.nn.gelu(x, approximate=False),
    silu=jax.nn.silu,
    softplus=jax.nn.softplus,
    softmax=jax.nn.softmax,
)


class Peer(NamedTuple):
    """A library: its functions, how its values are made, and its transformations."""

    functions: SimpleNamespace
    value: Callable[[Array], Any]
    jacobian: Callable[..., Any]
    hessian: Callable[..., Any]


PEERS = {
    "torch": Peer(TORCH, torch.tensor, torch.func.jacrev, torch.func.hessian),
    "jax": Peer(JAX, jax.numpy.asarray, jax.jacrev, jax.hessian),
}


def close(found: Any, wanted: Any) -> None:
    """The same but for rounding, next to the largest number."""
    wanted = np.asarray(wanted)
    assert np.shape(found) == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=0, atol=TOLERANCE * (1e-3 + np.max(np.abs(wanted))))


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_jacobians(peer: Peer, name: str) -> None:
    """The block of every input."""
    graph = GRAPHS[name]
    function = peer.jacobian(partial(graph.theirs, peer.functions), tuple(range(len(graph.inputs))))
    wanted = function(*map(peer.value, graph.inputs.values()))
    for block, theirs in zip(bp.jacobian(graph.formula, inputs=graph.inputs).values(), wanted, strict=True):
        close(block, theirs)


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")  # torch's own
@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)
def test_hessians(peer: Peer, name: str) -> None:
    """The block of every two inputs, of the sum of all elements."""
    graph = GRAPHS[name]
    function = peer.hessian(lambda *xs: graph.theirs(peer.functions, *xs).sum(), tuple(range(len(graph.inputs))))
    wanted = function(*map(peer.value, graph.inputs.values()))
    found = bp.hessian(f"sum({graph.formula})", inputs=graph.inputs)
    for blocks, row in zip(found.values(), wanted, strict=True):
        for block, theirs in zip(blocks.values(), row, strict=True):
            close(block, theirs)


@pytest.mark.parametrize("name", GRAPHS)
def test_products(name: str) -> None:
    """With a direction of all inputs: jvp of the output, and of the gradients, by JAX."""
    graph = GRAPHS[name]
    inputs = tuple(map(jax.numpy.asarray, graph.inputs.values()))
    directions = [
        np.reshape(x, like.shape) for x, like in zip(draw(*(x.shape for x in inputs), seed=5), inputs, strict=True)
    ]
    given = dict(zip(graph.inputs, directions, strict=True))
    function = partial(graph.theirs, JAX)
    close(bp.jvp(graph.formula, given, inputs=graph.inputs), jax.jvp(function, inputs, tuple(directions))[1])
    gradient = jax.grad(lambda *xs: function(*xs).sum(), tuple(range(len(inputs))))
    found = bp.hvp(f"sum({graph.formula})", given, inputs=graph.inputs)
    for ours, theirs in zip(found.values(), jax.jvp(gradient, inputs, tuple(directions))[1], strict=True):
        close(ours, theirs)
