"""Nodes at kinks: points where the slope of a layer, or the slope of that, is a convention.

A node is at a kink where its gradients jump however near the points on either side are. It is looked at by itself, on
floats: what it takes is moved to both sides, by numbers without pattern, so that ties are undone; what bends smoothly
jumps a thousand times less at a thousandth of the distance. Layers of the catalogue that have none are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.binding import BoundGraph
from backpropcli.domains import Domain, Value, arrays_of, domain
from backpropcli.domains.dual import Dual
from backpropcli.domains.generic import generic_like
from backpropcli.errors import BackpropError, Problem
from backpropcli.executor import Run, execute
from backpropcli.graph import Node

_DISTANCES = (2.0**-30, 2.0**-40)  # relative to the numbers: what is nearer to a kink is at it but for rounding
_PERSISTS = 0.25  # of a jump at the first distance, what is left of it at the second
_LEAST = 2.0**-20  # of the slopes; smaller jumps may be rounding


def kink_problems(bound: BoundGraph, *, is_second: bool) -> Iterator[Problem]:
    """A warning for each node at a kink of its slope, or if `is_second` of the slope's slope, with the convention."""
    if all(_is_smooth(node) for node in bound.graph.nodes):
        return
    run = execute(_on_floats(bound))
    what = "second derivatives are" if is_second else "the derivative is"
    for number, node in enumerate(bound.graph.nodes):
        if not _is_smooth(node) and run.gradients[run.graph.first_node + number] is not None:
            try:
                is_at_kink = _is_at_kink(run, number, is_second=is_second)
            except BackpropError:  # next to the point a layer may refuse its input
                continue
            if is_at_kink:
                message = f"{node.label} is at a kink, where {what} a convention"
                yield node.problem(message, hint=node.spec.sections.get("Kinks"))


def _on_floats(bound: BoundGraph) -> BoundGraph:
    """The same in float64, which can be moved."""
    own, floats = bound.domain, domain("floats")
    numbers = floats if own.is_scalar else arrays_of(floats)

    def rounded(x: Value) -> Value:
        found = [own.rounded(element) for element in own.elements(x)]
        return found[0] if own.is_scalar else numbers.reshape(numbers.convert(found), own.shape(x))

    inputs = [rounded(x) for x in bound.inputs]
    return BoundGraph(bound.graph, numbers, inputs, None if bound.dout is None else rounded(bound.dout))


def _is_smooth(node: Node) -> bool:
    return node.spec.origin is None and not node.spec.cls.has_kinks


def _is_at_kink(run: Run, number: int, *, is_second: bool) -> bool:
    numbers = run.domain
    with numbers.quiet():
        wide, narrow = (_jumps(run, number, distance, is_second=is_second) for distance in _DISTANCES)
        return any(
            nearer > _PERSISTS * jump and nearer > _LEAST * scale
            for (jump, _), (nearer, scale) in zip(wide, narrow, strict=True)
        )


def _jumps(run: Run, number: int, distance: float, *, is_second: bool) -> list[tuple[float, float]]:
    """By how much slopes differ between two sides of a node's point, each beside their size."""
    numbers = run.domain
    left, right = (_slopes(run, number, side * distance, is_second=is_second) for side in (-1, 1))
    return [
        (_largest(numbers, b - a), max(_largest(numbers, a), _largest(numbers, b)))
        for a, b in zip(left, right, strict=True)
        if numbers.is_finite(b - a)
    ]


def _slopes(run: Run, number: int, distance: float, *, is_second: bool) -> Sequence[Value]:
    """The gradients of a node for a dout without pattern, and how fast they move, at a distance from its point."""
    graph, numbers = run.graph, run.domain
    node, dual = graph.nodes[number], Dual(numbers)
    layer = node.spec.bind(node.parameters, dual)()
    layer.needs_gradient = tuple(part is not None for part in run.contributions[number])
    inputs = []
    for place, source in enumerate(graph.sources[number]):
        x = run.values[source]
        if layer.needs_gradient[place]:
            direction = generic_like(x, numbers, place) * numbers.where(numbers.equal(x, 0), 1, abs(x))
            x = dual.pair(x + distance * direction, direction)
        inputs.append(x)
    out = layer.forward(*inputs)
    found = layer.backward(dual.pair(generic_like(dual.value(out), numbers, len(inputs))))
    gradients = [g for g in (found if isinstance(found, tuple) else (found,)) if g is not None]
    return [dual.value(g) for g in gradients] + ([dual.tangent(g) for g in gradients] if is_second else [])


def _largest(numbers: Domain, x: Value) -> float:
    return numbers.rounded(numbers.amax(abs(x))) if numbers.size(x) else 0.0
