"""How large the numbers are that a value or a gradient is made of: what rounding errors are measured by.

Where large numbers cancel, few digits are left. So each slope counts with its absolute value, and with the largest one
nearby: the slope of x * x at an x that cancelled to 0 is as far from 0 as x may be.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from steadiness import neighbours

from backpropcli.domains import Domain, Value
from backpropcli.executor import Run
from backpropcli.graph import Node
from backpropcli.sources.literals import Constant

Floats = Any  # an array of float64
NEARBY = 2.0**-10


class Sizes(NamedTuple):
    """For every slot of a graph, in the shape of its value."""

    values: list[Floats]
    gradients: list[Floats]


def sizes_in(run: Run) -> Sizes:
    """The sizes in a run on floats, or on arrays of them."""
    graph = run.graph
    values = [np.abs(value) for value in run.values]
    gradients = [np.zeros(np.shape(value)) for value in run.values]
    gradients[graph.output_slot] = np.abs(np.asarray(run.gradients[graph.output_slot]))
    edges: list[tuple[int, int, Floats]] = []
    for slot, (node, sources) in enumerate(zip(graph.nodes, graph.sources, strict=True), graph.first_node):
        slopes = _slopes(node, run.domain, [run.values[source] for source in sources])
        edges += [(source, slot, slope) for source, slope in zip(sources, slopes, strict=True) if slope is not None]
    for source, slot, slope in edges:
        values[slot] = values[slot] + np.tensordot(slope, values[source], np.ndim(values[source]))
    for source, slot, slope in reversed(edges):
        gradients[source] = gradients[source] + np.tensordot(gradients[slot], slope, np.ndim(gradients[slot]))
    return Sizes(values, gradients)


def _slopes(node: Node, numbers: Domain, values: list[Value]) -> list[Floats | None]:
    """For each input the largest |slope| nearby: of every number of the output by every one of the input."""
    here = _jacobians(node, numbers, values)
    points = next(neighbours(numbers, values, [jacobian is not None for jacobian in here], NEARBY))
    nearby = [here, *(_jacobians(node, numbers, point) for point in points)]
    # fmax passes over nan, which is a slope past the end of where a function is defined
    return [None if found[0] is None else np.fmax.reduce(np.abs(found)) for found in zip(*nearby, strict=True)]


def _jacobians(node: Node, numbers: Domain, values: list[Value]) -> list[Floats | None]:
    """The slopes of the output by each input; None for what has no gradient."""
    layer = node.spec.bind(node.parameters, numbers)()
    layer.needs_gradient = tuple(not isinstance(source, Constant) for source in node.inputs)
    with numbers.quiet():
        shape = np.shape(layer.forward(*values))
        rows = []
        for unit in np.eye(int(np.prod(shape))):
            found = layer.backward(numbers.convert(unit.reshape(shape)))
            rows.append(found if isinstance(found, tuple) else (found,))
    columns = zip(*rows, strict=True)
    return [None if found[0] is None else np.reshape(found, shape + np.shape(found[0])) for found in columns]
