"""What a run found out, by name: the value, the gradients, and the steps in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from backpropcli.domains import Value
from backpropcli.executor import Run


@dataclass(frozen=True, slots=True)
class Edge:
    """One input of a step: its name, its value, and what this edge contributes to its gradient.

    The contribution is None where no gradient flows: into a constant, or from a step that the output does not use.
    """

    name: str
    value: Value
    contribution: Value | None


@dataclass(frozen=True, slots=True)
class Step:
    """One layer of a run; `number` counts from 1 in the order of the forward pass.

    `name` is the node's own name if it has one; `output` names its value, `(n)` when the user gave it no name.
    """

    number: int
    name: str | None
    layer: str
    inputs: tuple[Edge, ...]
    output: str
    value: Value
    gradient: Value


@dataclass(frozen=True)
class Result:
    """The numbers of one run.

    `gradients` holds the gradients asked for, in the order asked for; `warnings` what the user should know besides.
    """

    run: Run = field(repr=False)
    gradients: dict[str, Value]
    title: str | None = None
    source: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def output(self) -> str:
        """The name of the output."""
        return self.run.graph.output

    @property
    def value(self) -> Value:
        """The value of the output."""
        return self.run.values[self.run.graph.output_slot]

    @property
    def dout(self) -> Value:
        """The upstream gradient of the output, with which the backward pass began."""
        return self.gradient_of(self.output)

    def value_of(self, name: str) -> Value:
        """The value of an input or of a step's output. Raises GraphError for an unknown name."""
        return self.run.values[self.run.graph.slot(name)]

    def gradient_of(self, name: str) -> Value:
        """The gradient of the output with respect to a named value. Raises GraphError for an unknown name."""
        return self.run.gradient(self.run.graph.slot(name))

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every named value: the inputs and the outputs of the steps."""
        return {name: self.run.values[slot] for name, slot in self.run.graph.slots.items()}

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every layer with its inputs, value and gradient, in the order of the forward pass."""
        return tuple(self._steps())

    def _steps(self) -> Iterator[Step]:
        run, graph = self.run, self.run.graph
        for number, (node, sources) in enumerate(zip(graph.nodes, graph.sources, strict=True)):
            contributions = run.contributions[number] or (None,) * len(sources)
            edges = tuple(
                Edge(graph.name_of(source), run.values[source], contribution)
                for source, contribution in zip(sources, contributions, strict=True)
            )
            slot = graph.first_node + number
            yield Step(number + 1, node.name, node.spec.name, edges, node.output, run.values[slot], run.gradient(slot))
