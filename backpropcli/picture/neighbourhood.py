"""The part of a graph around one of its values."""

from __future__ import annotations

from collections import defaultdict

from backpropcli.graph import Graph


def slots_around(graph: Graph, name: str, depth: int) -> frozenset[int]:
    """The slots that are at most so many layers away from a value. Raises GraphError for an unknown name."""
    uses: dict[int, list[int]] = defaultdict(list)
    for slot, sources in enumerate(graph.sources, graph.first_node):
        for source in sources:
            uses[source].append(slot)
    found = {graph.slot(name)}
    edge = found
    for _ in range(depth):
        beside = {near for slot in edge for near in (*_sources(graph, slot), *uses[slot])}
        edge = beside - found
        found |= edge
    return frozenset(found)


def _sources(graph: Graph, slot: int) -> tuple[int, ...]:
    return graph.sources[slot - graph.first_node] if slot >= graph.first_node else ()
