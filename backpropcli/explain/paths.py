"""Paths from a value to the output: how many there are, and those that contribute most.

Both by one look at each layer, from the output back: a graph may have more paths than could ever be followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import nlargest
from math import isnan
from typing import NamedTuple

from backpropcli.graph import Graph

MOST_PATHS = 8
MOST_COUNTED = 10**15

Port = tuple[int, int]
"""The number of a node, and that of one of its inputs."""


class _Way(NamedTuple):
    """The size of what a path contributes, its first layer, and which of the ways behind that layer it goes on with."""

    size: float
    port: Port | None
    rank: int


class Ways(NamedTuple):
    """How many paths there are, up to `MOST_COUNTED`, and as many of them as can be read, each from its start."""

    number: int
    paths: list[list[Port]]


def slots_behind(graph: Graph, slots: Iterable[int]) -> set[int]:
    """These slots, and those of all that the output uses and that depends on them."""
    found = set(slots)
    for number, sources in enumerate(graph.sources):
        if graph.used[graph.first_node + number] and not found.isdisjoint(sources):
            found.add(graph.first_node + number)
    return found


def ways(graph: Graph, slot: int, size_of: Callable[[int, int], float | None]) -> Ways:
    """The paths from a value to the output: if there are few, all in their order, else those that contribute most.

    `size_of` gives the size of the local derivative of a node with respect to an input; None where there is none.
    """
    behind = slots_behind(graph, [slot])
    counts = {graph.output_slot: 1}
    best = {graph.output_slot: [_Way(1.0, None, 0)]}
    for number in range(graph.output_slot - graph.first_node, -1, -1):
        node = graph.first_node + number
        if node not in behind or node not in best:
            continue
        for port, source in enumerate(graph.sources[number]):
            local = size_of(number, port) if source in behind else None
            if local is None:
                continue
            found = [_Way(_product(local, way.size), (number, port), rank) for rank, way in enumerate(best[node])]
            best[source] = nlargest(MOST_PATHS, [*best.get(source, ()), *found], key=lambda way: way.size)
            counts[source] = min(counts.get(source, 0) + counts[node], MOST_COUNTED)
    count = counts.get(slot, 0)
    paths = [_followed(graph, best, way) for way in best.get(slot, ())]
    return Ways(count, sorted(paths) if count == len(paths) else paths)


def _product(local: float, size: float) -> float:
    found = local * size
    return float("inf") if isnan(found) else found


def _followed(graph: Graph, best: dict[int, list[_Way]], way: _Way) -> list[Port]:
    path: list[Port] = []
    while way.port is not None:
        path.append(way.port)
        way = best[graph.first_node + way.port[0]][way.rank]
    return path


def counted(count: int) -> str:
    """A number of paths in words."""
    return f"{count:,}" if count < MOST_COUNTED else f"more than {MOST_COUNTED:,}"
