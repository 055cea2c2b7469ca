"""Graphs whose derivatives PyTorch and JAX have, too: a formula, its inputs, and the same in other words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from peer import Array, draw


class Graph(NamedTuple):
    """`theirs` takes a library's functions, by our names, and a value for each input."""

    formula: str
    inputs: dict[str, Array]
    theirs: Callable[..., Any]


def _named(names: str, *shapes: tuple[int, ...], scale: float = 1.0) -> dict[str, Array]:
    return dict(zip(names.split(), draw(*shapes, scale=scale), strict=True))


GRAPHS = {
    "numbers": Graph(
        "sin(x * y) / (1 + exp(z)) + x ** 3",
        {"x": np.array(0.3), "y": np.array(-1.2), "z": np.array(0.7)},
        lambda xp, x, y, z: xp.sin(x * y) / (1 + xp.exp(z)) + x**3,
    ),
    "two layers": Graph(
        "mean((tanh(x @ w + b) @ v - t) ** 2, axis=0)",
        _named("x w b v t", (4, 3), (3, 2), (2,), (2, 1), (4, 1)),
        lambda xp, x, w, b, v, t: ((xp.tanh(x @ w + b) @ v - t) ** 2).mean(0),
    ),
    "gelu": Graph(
        "gelu(x @ w) * silu(x)",
        _named("x w", (2, 3), (3, 3)),
        lambda xp, x, w: xp.gelu(x @ w) * xp.silu(x),
    ),
    "softmax": Graph(
        "softmax(x @ w) * t",
        _named("x w t", (2, 3), (3, 4), (2, 4)),
        lambda xp, x, w, t: xp.softmax(x @ w) * t,
    ),
    "batch norm": Graph(
        "(x - mean(x, axis=0)) / sqrt(mean((x - mean(x, axis=0)) ** 2, axis=0) + 0.1) * t",
        _named("x t", (4, 2), (4, 2)),
        lambda xp, x, t: (x - x.mean(0)) / xp.sqrt(((x - x.mean(0)) ** 2).mean(0) + 0.1) * t,
    ),
    "quotients and powers": Graph(
        "softplus(x) ** y / (2 + cos(x)) + max(x) * min(y)",
        _named("x y", (3,), (3,)),
        lambda xp, x, y: xp.softplus(x) ** y / (2 + xp.cos(x)) + x.max() * y.min(),
    ),
}
