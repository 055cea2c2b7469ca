"""One layer on one of its samples, on values of any domain: what the tests of domains share."""

from __future__ import annotations

from typing import Any

import pytest

from backpropcli.binding import BoundGraph, bind
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.domains import Domain
from backpropcli.executor import Run, execute
from backpropcli.graph import Graph, Node
from backpropcli.layers import Sample
from backpropcli.sources.literals import Constant

CASES = [
    pytest.param(name, sample, id=f"{name}-{number}")
    for name in LAYERS
    for number, sample in enumerate(layer_class(name).samples)
]


def graph_of(name: str, sample: Sample) -> Graph:
    """A graph of one layer with the sample's parameters, whose inputs are called a0, a1, ..."""
    parameters = {k: Constant(repr(v)) if isinstance(v, float) else v for k, v in sample.parameters.items()}
    names = [f"a{number}" for number in range(len(sample.inputs))]
    return Graph(names, [Node(name, names, "out", parameters=parameters)])


def bound_sample(name: str, sample: Sample, numbers: Domain | None = None) -> BoundGraph:
    """The sample's inputs as values of the domain that they need, of these numbers."""
    graph = graph_of(name, sample)
    return bind(graph, dict(zip(graph.inputs, sample.inputs, strict=True)), numbers=numbers)


def results(run: Run) -> dict[str, Any]:
    """The value, and the gradients that there are, by name."""
    graph = run.graph
    found = {f"d_{name}": run.gradient(slot) for slot, name in enumerate(graph.inputs)}
    value = run.values[graph.output_slot]
    return {"value": value, **{name: x for name, x in found.items() if x is not None}}


def run_sample(name: str, sample: Sample, numbers: Domain | None = None) -> Run:
    """Forward and backward with a dout of ones."""
    return execute(bound_sample(name, sample, numbers))
