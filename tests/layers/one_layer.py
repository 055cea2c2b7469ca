"""A graph of one layer on arrays, for the tests of single layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backpropcli.binding import BoundGraph
from backpropcli.catalogue import layer_class
from backpropcli.domains.arrays import DOMAIN as ARRAYS
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node


def run(name: str, *inputs: Any, **parameters: Any) -> Any:
    """Forward and backward in a graph of one layer."""
    names = "abcde"[: len(inputs)]
    node = Node(name, names, "out", parameters=parameters)
    return execute(BoundGraph(Graph(tuple(names), [node]), ARRAYS, [np.asarray(x, "float64") for x in inputs]))


def make(name: str, **parameters: Any) -> Any:
    """A layer of the catalogue."""
    layer: Any = layer_class(name)
    return layer(**parameters)


def forward(name: str, *inputs: Any, **parameters: Any) -> Any:
    """The value in a graph of one layer."""
    return run(name, *inputs, **parameters).values[-1]


def gradient(name: str, *inputs: Any, **parameters: Any) -> Any:
    """The gradient of the first input, for a dout of ones."""
    return run(name, *inputs, **parameters).gradients[0]


def value_and_gradient(name: str, x: Any, dout: Any = None, **parameters: Any) -> tuple[Any, Any]:
    """Both of a layer with one input, as nested lists; dout is ones by default."""
    layer = make(name, **parameters)
    with ARRAYS.quiet():
        out = layer.forward(np.array(x, dtype="float64"))
        gradient = layer.backward(np.ones_like(out) if dout is None else np.array(dout, dtype="float64"))
    return np.asarray(out).tolist(), gradient.tolist()
