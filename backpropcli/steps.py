"""The layers of a run one by one, numbered as on the slides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backpropcli.domains import Domain, Value
from backpropcli.executor import Run
from backpropcli.graph import Node
from backpropcli.sources.literals import Constant


@dataclass(frozen=True, eq=False, slots=True)
class Edge:
    """One input of a step: its name, its value, and what this edge contributes to its gradient.

    The contribution is None where no gradient flows: into a constant, or from a step that the output does not use. Of a
    step on numbers it is the upstream gradient, that of the step's value, times the local derivative; of one on arrays
    there is none.
    """

    name: str
    value: Value
    contribution: Value | None
    local: Value | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One layer of a run; `number` counts from 1 in the order of the forward pass.

    `name` is the node's own name if it has one; `output` names its value, `(n)` when the user gave it no name.
    `parameters` are those that were given, and the convention where the layer has one.
    """

    number: int
    name: str | None
    layer: str
    parameters: dict[str, Any]
    inputs: tuple[Edge, ...]
    output: str
    value: Value
    gradient: Value | None


def steps_of(run: Run) -> Iterator[Step]:
    """Every layer of a run, in the order of the forward pass."""
    from backpropcli.local_derivatives import LocalDerivatives  # most who import this module ask for no steps

    graph, local_derivatives = run.graph, LocalDerivatives(run)
    for number, (node, sources) in enumerate(zip(graph.nodes, graph.sources, strict=True)):
        contributions = run.contributions[number] or (None,) * len(sources)
        has_locals = run.contributions[number] and local_derivatives.is_of_numbers(number)
        locals_ = local_derivatives.of(number) if has_locals else contributions
        edges = tuple(
            Edge(graph.name_of(source), run.values[source], contribution, local if has_locals else None)
            for source, contribution, local in zip(sources, contributions, locals_, strict=True)
        )
        slot = graph.first_node + number
        value, gradient = run.values[slot], run.gradient(slot)
        parameters = _parameters(node, run.domain)
        yield Step(number + 1, node.name, node.spec.name, parameters, edges, node.output, value, gradient)


def _parameters(node: Node, domain: Domain) -> dict[str, Any]:
    convention = {} if node.convention is None else {"convention": node.convention}
    given = {name: domain.number(v.text) if isinstance(v, Constant) else v for name, v in node.parameters.items()}
    return {**given, **convention}
