"""The order of the vertices in each layer, with few crossings of wires: barycentres, and exchanges of neighbours."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from operator import attrgetter

from backpropcli.picture.vertices import Link, Vertex

_SWEEPS, _FEWER_SWEEPS = 24, 8
_LARGE = 1_500  # vertices, with more of which there are fewer sweeps
_STALE = 7  # sweeps without a better order
_EXCHANGES = 4  # rounds
_PORT = 0.001  # of the distance between two vertices: the order of wires that reach the same one

_ins, _outs = attrgetter("ins"), attrgetter("outs")


def order(layers: list[list[Vertex]]) -> None:
    """Bring the vertices of every layer into the order with the fewest crossings that is found."""
    for layer in layers:
        _number(layer)
    is_large = sum(map(len, layers)) > _LARGE
    best, fewest, stale = list(map(list, layers)), crossings(layers), 0
    for sweep in range(_FEWER_SWEEPS if is_large else _SWEEPS):
        if not fewest or stale > _STALE:
            break
        side, step = (_outs, -1) if sweep % 2 else (_ins, 1)
        for layer in layers[::step]:
            _sort(layer, [_barycentre(side(vertex), vertex.order) for vertex in layer])
        if not is_large:
            _exchange(layers)
        stale += 1
        if (found := crossings(layers)) < fewest:
            best, fewest, stale = list(map(list, layers)), found, 0
    for layer, ordered in zip(layers, best, strict=True):
        layer[:] = ordered
        _number(layer)


def crossings(layers: Sequence[Sequence[Vertex]]) -> int:
    """How often wires cross between the layers."""
    total = 0
    for layer in layers:
        links = sorted([(vertex.order, other.order, port) for vertex in layer for other, _, port, _ in vertex.outs])
        heads: list[tuple[int, float]] = []
        for _, head, port in links:
            total += len(heads) - bisect_right(heads, (head, port))
            insort(heads, (head, port))
    return total


def _number(layer: Sequence[Vertex]) -> None:
    for number, vertex in enumerate(layer):
        vertex.order = number


def _barycentre(links: Sequence[Link], otherwise: float) -> float:
    if not links:
        return otherwise
    return sum([other.order + _PORT * port for other, _, port, _ in links]) / len(links)


def _sort(layer: list[Vertex], keys: Sequence[float]) -> None:
    layer[:] = [layer[i] for i in sorted(range(len(layer)), key=keys.__getitem__)]
    _number(layer)


def _exchange(layers: Sequence[list[Vertex]]) -> None:
    """Exchange neighbours wherever that takes crossings away."""
    for _ in range(_EXCHANGES):
        changes = False
        for layer in layers:
            for i in range(len(layer) - 1):
                upper, lower = layer[i], layer[i + 1]
                if _between(upper, lower) > _between(lower, upper):
                    layer[i], layer[i + 1] = lower, upper
                    upper.order, lower.order = i + 1, i
                    changes = True
        if not changes:
            return


def _between(upper: Vertex, lower: Vertex) -> int:
    """How often the wires of two neighbours cross if they stand in this order."""
    return sum(
        (a.other.order, a.other_port) > (b.other.order, b.other_port)
        for side in (_ins, _outs)
        for a in side(upper)
        for b in side(lower)
    )
