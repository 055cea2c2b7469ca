"""The heights of the vertices of ordered layers: straight wires, and nothing closer than the metric's gap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import inf

from backpropcli.picture.model import Kind
from backpropcli.picture.vertices import Layering, Link, Metric, Vertex

_ROUNDS = 10
_LAST_ROUNDS = 3  # which look to both sides at once
_LEVEL = 0.01  # what two heights may differ by and be the same
_LOOSE = 0.01  # the weight of a vertex without wires


def set_heights(layering: Layering, metric: Metric) -> None:
    """Give every vertex its height."""
    for layer in layering.layers:
        y = 0.0
        for vertex in layer:
            vertex.y = y + vertex.room.above
            y += vertex.room.above + vertex.room.below + metric.gap
    for round_ in range(_ROUNDS):
        is_backward = round_ % 2 == 1
        for layer in layering.layers[:: -1 if is_backward else 1]:
            if round_ >= _ROUNDS - _LAST_ROUNDS:
                links = [[*vertex.ins, *vertex.outs] for vertex in layer]
            else:
                links = [vertex.outs if is_backward else vertex.ins for vertex in layer]
            _place(layer, links, metric)
    _straighten(layering, metric)
    for layer in layering.layers:
        for vertex in layer:
            if vertex.box is not None:
                _settle(vertex, _room(layer, vertex, metric))
    _straighten(layering, metric)
    _iron(layering, metric)


def _place(layer: Sequence[Vertex], links: Iterable[Sequence[Link]], metric: Metric) -> None:
    """Put each vertex level with what it is linked to: least squares under the gaps, by pooling neighbours."""
    pools: list[tuple[float, float, int]] = []  # the height of the first, the weight, how many
    offsets: list[float] = []
    for vertex, ends in zip(layer, links, strict=True):
        above = layer[len(offsets) - 1] if offsets else None
        offset = 0.0 if above is None else offsets[-1] + above.room.below + vertex.room.above + metric.gap
        offsets.append(offset)
        wanted, weight = (0.0, 0.0) if ends else (vertex.y * _LOOSE, _LOOSE)
        for other, own_port, other_port, heaviness in ends:
            wanted += (other.y + other_port - own_port) * heaviness
            weight += heaviness
        pool = wanted / weight - offset, weight, 1
        while pools and pools[-1][0] > pool[0]:
            y, other_weight, count = pools.pop()
            both = other_weight + pool[1]
            pool = (y * other_weight + pool[0] * pool[1]) / both, both, count + pool[2]
        pools.append(pool)
    starts = [metric.snapped(y) for y, _, count in pools for _ in range(count)]
    for vertex, start, offset in zip(layer, starts, offsets, strict=True):
        vertex.y = start + offset


def _room(layer: Sequence[Vertex], vertex: Vertex, metric: Metric) -> tuple[float, float]:
    """The heights between which the neighbours of a vertex let it stand."""
    low, high = -inf, inf
    if vertex.order:
        above = layer[vertex.order - 1]
        low = above.y + above.room.below + metric.gap + vertex.room.above
    if vertex.order + 1 < len(layer):
        below = layer[vertex.order + 1]
        high = below.y - below.room.above - metric.gap - vertex.room.below
    return low, high


def _settle(vertex: Vertex, room: tuple[float, float]) -> None:
    """Put a box level with as many of its wires as it can be."""
    low, high = room
    levels = Counter(link.other.y + link.other_port - link.own_port for link in (*vertex.ins, *vertex.outs))
    y = max((y for y in levels if low <= y <= high), key=lambda y: (levels[y], -abs(y - vertex.y)), default=vertex.y)
    if levels[y] > levels[vertex.y]:
        vertex.y = y


def _straighten(layering: Layering, metric: Metric) -> None:
    """Let every wire run as straight as its neighbours allow, the long ones first."""
    for chain in sorted(layering.chains.values(), key=len, reverse=True):
        tail, head = chain[0], chain[-1]
        moves_with_head = head.box is not None and head.box.kind is Kind.FORK
        inner = chain[1:] if moves_with_head else chain[1:-1]
        port = 0.0 if moves_with_head else next(link.other_port for link in inner[-1].outs if link.other is head)
        start, end = tail.y, head.y + port
        rooms = [_room(layering.layers[vertex.layer], vertex, metric) for vertex in inner]
        if len(inner) > 1 and (level := _level(rooms, (start, end, _middle(inner, metric)))) is not None:
            for vertex in inner:
                vertex.y = level
        else:
            _level_in_runs(inner, rooms, start, end)


def _middle(vertices: Sequence[Vertex], metric: Metric) -> float:
    return metric.snapped(sum(vertex.y for vertex in vertices) / len(vertices))


def _level(rooms: Sequence[tuple[float, float]], wanted: Sequence[float]) -> float | None:
    """One height for all, the first of those wanted if there is room; None if there is none for all."""
    low, high = max(low for low, _ in rooms), min(high for _, high in rooms)
    if low > high:
        return None
    return next((y for y in wanted if low <= y <= high), min(max(wanted[-1], low), high))


def _level_in_runs(inner: Sequence[Vertex], rooms: Sequence[tuple[float, float]], start: float, end: float) -> None:
    """Put vertices along a wire into the longest level runs that there is room for."""
    at, y = 0, start
    while at < len(inner):
        (low, high), stop = rooms[at], at + 1
        while stop < len(inner) and max(low, rooms[stop][0]) <= min(high, rooms[stop][1]):
            low, high, stop = max(low, rooms[stop][0]), min(high, rooms[stop][1]), stop + 1
        wanted = end if stop == len(inner) and at else y
        y = min(max(wanted, low), high)
        for vertex in inner[at:stop]:
            vertex.y = y
        at = stop


def _iron(layering: Layering, metric: Metric) -> None:
    """Take out climbs too small to have a meaning: what is level with one end goes along as that moves to the other."""
    links = ((vertex, link) for layer in layering.layers for vertex in layer for link in vertex.ins)
    slight = [(vertex, link) for vertex, link in links if _LEVEL < abs(_climb(vertex, link)) < metric.slight]
    for vertex, link in sorted(slight, key=lambda end: abs(_climb(*end))):
        climb = _climb(vertex, link)
        if abs(climb) > _LEVEL and not _shift(layering, vertex, -climb, metric):
            _shift(layering, link.other, climb, metric)


def _climb(vertex: Vertex, link: Link) -> float:
    return vertex.y + link.own_port - link.other.y - link.other_port


def _shift(layering: Layering, start: Vertex, down: float, metric: Metric) -> bool:
    """Move a vertex, and with it whatever it is level with along wires, if their neighbours leave room."""
    moved, found = {id(start)}, [start]
    for vertex in found:  # which grows
        for link in (*vertex.ins, *vertex.outs):
            if id(link.other) not in moved and abs(_climb(vertex, link)) <= _LEVEL:
                moved.add(id(link.other))
                found.append(link.other)
    for vertex in found:
        layer = layering.layers[vertex.layer]
        low, high = _room(layer, vertex, metric)
        side = vertex.order + (1 if down > 0 else -1)
        goes_along = 0 <= side < len(layer) and id(layer[side]) in moved
        if not goes_along and not low <= vertex.y + down <= high:
            return False
    for vertex in found:
        vertex.y += down
    return True
