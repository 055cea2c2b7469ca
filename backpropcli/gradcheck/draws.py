"""Runs of a graph in which users' layers draw the random numbers that they draw where each is checked by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from backpropcli.catalogue.randomness import RepeatedDraws
from backpropcli.domains import Domain
from backpropcli.graph import Graph
from backpropcli.layers import Layer


def with_repeated_draws(graph: Graph) -> Graph:
    """The same graph, whose users' layers draw the same each time: weights when they are made, masks in forward."""
    if all(node.spec.origin is None for node in graph.nodes):
        return graph
    return _WithRepeatedDraws(graph.inputs, graph.nodes, graph.output)


class _WithRepeatedDraws(Graph):
    def makers(self, domain: Domain) -> list[Callable[[], Layer]]:
        pairs = zip(self.nodes, super().makers(domain), strict=True)
        return [make if node.spec.origin is None else partial(_made, make) for node, make in pairs]


def _made(make: Callable[[], Layer]) -> Layer:
    layer: Layer = RepeatedDraws().call(make)
    vars(layer)["forward"] = partial(RepeatedDraws().call, layer.forward)
    return layer
