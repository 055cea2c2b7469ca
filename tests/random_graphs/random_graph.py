"""A small graph with numbers for its inputs: what the properties are tried on, printed as the scenario that it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isinf
from typing import Any, NamedTuple

from backpropcli.binding import BoundGraph, bind
from backpropcli.domains import Domain
from backpropcli.graph import Graph, Node
from backpropcli.sources.literals import Constant

Source = str | Constant
Numbers = Any  # a number, or nested lists of them


class Step(NamedTuple):
    """One layer, what it is applied to, and the name of its value."""

    layer: str
    sources: tuple[Source, ...]
    output: str
    parameters: Mapping[str, Any]

    def node(self) -> Node:
        """The node of a graph."""
        parameters = {k: Constant(repr(v)) if isinstance(v, float) else v for k, v in self.parameters.items()}
        return Node(self.layer, self.sources, self.output, parameters=parameters)

    def __str__(self) -> str:
        inputs = ", ".join(source.text if isinstance(source, Constant) else source for source in self.sources)
        parameters = "".join(f", {name}: {_yaml(value)}" for name, value in self.parameters.items())
        return f"{{type: {self.layer}, inputs: [{inputs}], output: {self.output}{parameters}}}"


class RandomGraph:
    """Inputs, steps, and the upstream gradient of the output."""

    def __init__(self, inputs: Mapping[str, Numbers], steps: Sequence[Step], output: str, dout: Numbers) -> None:
        self.inputs = inputs
        self.steps = steps
        self.output = output
        self.dout = dout

    @property
    def layers(self) -> set[str]:
        """The layers that the output depends on."""
        graph = self.graph()
        return {node.spec.name for slot, node in enumerate(graph.nodes, graph.first_node) if graph.used[slot]}

    def graph(self) -> Graph:
        """The graph, wired."""
        return Graph(tuple(self.inputs), [step.node() for step in self.steps], self.output)

    def bound(self, numbers: Domain | None = None) -> BoundGraph:
        """The graph on its inputs, as values of the domain that they need, of these numbers."""
        return bind(self.graph(), self.inputs, self.dout, numbers=numbers)

    def __repr__(self) -> str:
        return self.scenario(map(str, self.steps))

    def scenario(self, steps: Iterable[str]) -> str:
        """A scenario file, to be run by hand, with the steps as they are given."""
        inputs = "".join(f"  {name}: {_yaml(value)}\n" for name, value in self.inputs.items())
        layers = "".join(f"  - {step}\n" for step in steps)
        return f"\ninputs:\n{inputs}layers:\n{layers}output: {self.output}\ndout: {_yaml(self.dout)}\n"


def _yaml(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, float) and isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return str(value)
