"""A graph's forward pass, repeated from any value on: on copies, so that no layer can spoil it for another."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

from backpropcli.binding import BoundGraph
from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.layer_failures import user_error


class Replay:
    """The values of a graph's slots, and an isolated layer for each of its nodes."""

    def __init__(self, bound: BoundGraph) -> None:
        """Compute every value. Raises BackpropError when a layer fails."""
        self.bound = bound
        self.graph = graph = bound.graph
        self.numbers = numbers = bound.domain
        self.values: list[Value] = bound.leaves
        self.layers: list[IsolatedLayer] = []
        self._between: dict[int, list[int]] = {}
        with numbers.quiet():
            for node, sources in zip(graph.nodes, graph.sources, strict=True):
                isolated = IsolatedLayer(node, [self.values[source] for source in sources], numbers)
                try:
                    self.values.append(isolated.value())
                except BackpropError as error:
                    problems = (
                        node.problem(f"{node.label}: {p.message}", place=p.place, hint=p.hint) for p in error.problems
                    )
                    raise type(error)(*problems) from error
                self.layers.append(isolated)

    @property
    def output(self) -> Value:
        """The value of the output."""
        return self.values[self.graph.output_slot]

    def output_moved(self, slot: int, moved: Value) -> Value:
        """The output when a slot has another value."""
        all_sources, first, values = self.graph.sources, self.graph.first_node, self.values.copy()
        values[slot] = moved
        number, inputs = 0, []
        try:
            for number in self.nodes_between(slot):
                inputs = [values[source] for source in all_sources[number]]
                values[first + number] = self._forwards[number](*inputs)
        except Exception as error:
            raise user_error(self.graph.nodes[number], inputs, error) from error
        return values[self.graph.output_slot]

    @cached_property
    def _forwards(self) -> list[Callable[..., Value]]:
        """Each node's value as a function of its inputs: one object of the catalogue's serves all calls."""
        return [
            isolated.fresh().forward if isolated.node.spec.origin is None else partial(_value, isolated)
            for isolated in self.layers
        ]

    def nodes_between(self, slot: int) -> list[int]:
        """The numbers of the nodes on the paths from a slot to the output."""
        if slot not in self._between:
            graph, first = self.graph, self.graph.first_node
            reached, numbers = {slot}, []
            for number in range(max(slot - first + 1, 0), graph.output_slot - first + 1):
                is_detached = getattr(graph.nodes[number].spec.cls, "is_detached", False)
                if not is_detached and not reached.isdisjoint(graph.sources[number]):
                    reached.add(first + number)
                    numbers.append(number)
            needed = {graph.output_slot}
            self._between[slot] = between = []
            for number in reversed(numbers):
                if first + number in needed:
                    needed.update(graph.sources[number])
                    between.append(number)
            between.reverse()
        return self._between[slot]


def _value(isolated: IsolatedLayer, *inputs: Value) -> Value:
    return isolated.value(inputs)
