"""A graph of one layer on arrays, for the tests of single layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backpropcli.binding import BoundGraph
from backpropcli.catalogue import layer_class
from backpropcli.domains import domain
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node


def run(name: str, *inputs: Any, **parameters: Any) -> Any:
    """Forward and backward in a graph of one layer."""
    names = "abcde"[: len(inputs)]
    node = Node(name, names, "out", parameters=parameters)
    return execute(
        BoundGraph(Graph(tuple(names), [node]), domain("arrays"), [np.asarray(x, "float64") for x in inputs])
    )


def make(name: str, **parameters: Any) -> Any:
    """A layer object."""
    return layer_class(name)(**parameters)


def forward(name: str, *inputs: Any, **parameters: Any) -> Any:
    """The value in a graph of one layer."""
    return run(name, *inputs, **parameters).values[-1]


def gradient(name: str, *inputs: Any, **parameters: Any) -> Any:
    """The gradient of the first input, for a dout of ones."""
    return run(name, *inputs, **parameters).gradients[0]
