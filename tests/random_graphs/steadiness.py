"""Whether a layer is far enough from its kinks for rounding to leave it there, judged by what it gives beside a point.

The points beside it differ from it in every number, each by another part of a step, so that no tie stays one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from backpropcli.binding import BoundGraph
from backpropcli.domains import Domain, Value
from backpropcli.executor import Run, execute
from backpropcli.graph import Graph, Node
from backpropcli.sources.literals import Constant

Points = list[Value]

MARGIN = 2.0**-14
"""How far the numbers are moved to see a kink: far more than rounding moves them."""
BEND = 2.0**-7
"""The change of slope, over the margin, that is no kink: second derivatives are at most about 100."""
_IRRATIONAL = (0.6180339887498949, 0.4142135623730951)


def run_alone(node: Node, numbers: Domain, values: Sequence[Value]) -> Run:
    """Forward and backward of one layer, on a value for each input that is no constant; each input by itself."""
    names = iter(f"a{number}" for number in range(len(values)))
    sources = [source if isinstance(source, Constant) else next(names) for source in node.inputs]
    alone = Node(node.spec, sources, "out", parameters=node.parameters)
    return execute(BoundGraph(Graph([s for s in sources if isinstance(s, str)], [alone]), numbers, values))


def results_at(node: Node, numbers: Domain, values: Sequence[Value], *, with_slopes: bool) -> list[Value]:
    """The value of a layer, and if asked for the gradients, each of all its inputs, by the layer's class alone."""
    layer = node.spec.bind(node.parameters, numbers)()
    layer.needs_gradient = tuple(not isinstance(source, Constant) for source in node.inputs)
    constants = iter(numbers.constants([x.text for x in node.inputs if isinstance(x, Constant)], values))
    given = iter(values)
    with numbers.quiet():
        out = layer.forward(*(next(constants if isinstance(source, Constant) else given) for source in node.inputs))
        if not with_slopes:
            return [out]
        found = layer.backward(numbers.ones_like(out))
    return [out, *(found if isinstance(found, tuple) else (found,))]


def is_off_kinks(node: Node, numbers: Domain, values: Sequence[Value], run: Run, *, with_slopes: bool = False) -> bool:
    """Whether the value, and if asked for the slopes, go on straight near the point: `values`, of which `run` is.

    Values alone tell of kinks; slopes, which a wrong backward may give, tell of kinks of their own only.
    """
    moves = [gradient is not None for gradient in run.gradients[: len(values)]]
    here = results_at(node, numbers, values, with_slopes=with_slopes)
    for points in neighbours(numbers, values, moves, MARGIN):
        ahead, behind = (results_at(node, numbers, point, with_slopes=with_slopes) for point in points)
        with numbers.quiet():
            triples = zip(ahead, behind, here, strict=True)
            bends = [np.abs(x + y - 2 * middle) for x, y, middle in triples if middle is not None]
        if not all(np.all(bend <= BEND * MARGIN) for bend in bends):  # nan is no number to compare with
            return False
    return True


def neighbours(
    numbers: Domain, values: Sequence[Value], moves: Sequence[bool], step: float
) -> Iterator[tuple[Points, Points]]:
    """Pairs of points on both sides, which differ from the values that move in every number."""
    for factor in _IRRATIONAL:
        first, changes = 1, []
        for value, does_move in zip(values, moves, strict=True):
            size = numbers.size(value)
            parts = 2 * (np.arange(first, first + size) * factor % 1) - 1
            changes.append(numbers.convert(does_move * step * parts.reshape(numbers.shape(value))))
            first += size
        yield (
            [value + change for value, change in zip(values, changes, strict=True)],
            [value - change for value, change in zip(values, changes, strict=True)],
        )
