"""What is drawn as one operation: each layer, or all layers of a step of the scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from backpropcli.graph import Graph, Node

SYMBOLS = {
    "add": "+",
    "sub": "-",
    "mul": "×",
    "div": "÷",
    "neg": "-",
    "pow": "^",
    "matmul": "@",
    "dot": "·",
    "abs": "|x|",
    "square": "x²",
    "sqrt": "√",
    "reciprocal": "1/x",
    "sum": "Σ",
}
"""What stands in a box in place of the layer's name."""


class Port(NamedTuple):
    """One input of an operation: the slot of its value, and where the layers take it, as (node, input)."""

    source: int
    uses: tuple[tuple[int, int], ...]


class Operation(NamedTuple):
    """One box: the slot of its value, its inputs, the text in it, and what it is called."""

    slot: int
    ports: tuple[Port, ...]
    text: str
    label: str


def operations(graph: Graph, *, by_step: bool) -> Iterator[Operation]:
    """The operations of a graph, in its order."""
    if not by_step:
        yield from (_layer(graph, number) for number in range(len(graph.nodes)))
        return
    for _, numbers in groupby(range(len(graph.nodes)), key=lambda number: _step(graph.nodes[number])):
        step = list(numbers)
        yield _layer(graph, step[0]) if len(step) == 1 else _of_step(graph, step)


def steps_of_several(graph: Graph) -> Iterator[tuple[int, list[int]]]:
    """The steps that have several layers: the slot of each one's value, and the slots of all its layers."""
    for _, numbers in groupby(range(len(graph.nodes)), key=lambda number: _step(graph.nodes[number])):
        slots = [graph.first_node + number for number in numbers]
        if len(slots) > 1:
            yield slots[-1], slots


def _layer(graph: Graph, number: int) -> Operation:
    node = graph.nodes[number]
    ports = tuple(Port(source, ((number, port),)) for port, source in enumerate(graph.sources[number]))
    return Operation(graph.first_node + number, ports, SYMBOLS.get(node.spec.name, node.spec.name), node.label)


def _of_step(graph: Graph, numbers: Sequence[int]) -> Operation:
    """The layers of a formula as one; its constants, and the values between its layers, stay inside."""
    inside = {graph.first_node + number for number in numbers}
    taken: dict[int, list[tuple[int, int]]] = {}
    for number in numbers:
        for port, source in enumerate(graph.sources[number]):
            if source not in inside and not len(graph.inputs) <= source < graph.first_node:
                taken.setdefault(source, []).append((number, port))
    name = graph.nodes[numbers[-1]].output
    layers = ", ".join(graph.nodes[number].spec.name for number in numbers)
    ports = tuple(Port(source, tuple(uses)) for source, uses in taken.items())
    return Operation(graph.first_node + numbers[-1], ports, name, f"{name}, of the layers {layers}")


def _step(node: Node) -> int:
    """What the nodes of a step have in common."""
    return id(node if node.origin is None else node.origin.step)
