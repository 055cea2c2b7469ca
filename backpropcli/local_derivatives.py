"""Local derivatives of layers on numbers: of a node's value with respect to each of its inputs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.executor import Run, layer_makers
from backpropcli.layers import Layer

if TYPE_CHECKING:
    from backpropcli.domains.paths import Paths


class LocalDerivatives:
    """The local derivatives in a run, each node's found when it is asked for."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._makers = layer_makers(run.graph, run.domain)
        self.of = cache(self._of)
        """What the layer of a node gives back of an upstream gradient of 1, for each of its inputs.

        None for an input that none flows back to, and for all of a layer that gives another value when it is run again.
        The node, and all that it takes, must be single numbers.
        """

    def is_of_numbers(self, number: int) -> bool:
        """Whether a node takes and makes single numbers only."""
        graph, shape = self.run.graph, self.run.domain.shape
        slots = (*graph.sources[number], graph.first_node + number)
        return not any(shape(self.run.values[slot]) for slot in slots)

    def is_no_path(self, number: int, port: int) -> bool:
        """Whether a local derivative is a structural zero: nothing of the node's value depends on the input."""
        from backpropcli.domains.paths import Paths  # only where something is infinite

        paths = Paths(self.run.domain)
        try:
            layer, value = self._forward(number, paths)
            found = layer.backward(paths.gradient(self.run.domain.ones_like(paths.value(value))))
        except BackpropError:  # a user's own layer may know no other values than arrays
            return False
        _, mark = paths.parts((found if isinstance(found, tuple) else (found,))[port])
        return mark is not None and self.run.domain.rounded(mark) == 0

    def _of(self, number: int) -> tuple[Value | None, ...]:
        graph, numbers = self.run.graph, self.run.domain
        nothing = (None,) * len(graph.sources[number])
        try:
            with numbers.quiet():
                layer, value = self._forward(number)
                found = layer.backward(numbers.ones_like(value))
        except BackpropError:  # a user's own layer may take a dout of 1 ill
            return nothing
        then = self.run.values[graph.first_node + number]
        if repr(numbers.numbers(value)) != repr(numbers.numbers(then)):  # it draws random numbers
            return nothing
        return found if isinstance(found, tuple) else (found,)

    def _forward(self, number: int, pairs: Paths | None = None) -> tuple[Layer, Value]:
        """A new object of the layer, and what it makes of its inputs, as pairs if asked for."""
        layer = self._makers[number]()
        if self.run.contributions[number]:
            layer.needs_gradient = tuple(part is not None for part in self.run.contributions[number])
        inputs = (self.run.values[source] for source in self.run.graph.sources[number])
        return layer, layer.forward(*(inputs if pairs is None else map(pairs.pair, inputs)))
