"""Results built by hand from graphs, for the tests of the formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backpropcli.binding import BoundGraph
from backpropcli.domains import domain
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.result import Result

FRUITS = {"apple": "100", "apple_num": "2", "orange": "150", "orange_num": "3", "tax": "1.1"}


def result_of(
    nodes: Sequence[Node], inputs: dict[str, Any], *, name: str = "floats", wanted: Sequence[str] = (), **texts: Any
) -> Result:
    """The result of nodes on inputs; its gradients are those of `wanted`, by default of all inputs."""
    numbers = domain(name)
    graph = Graph(list(inputs), nodes)
    run = execute(BoundGraph(graph, numbers, [numbers.convert(value) for value in inputs.values()]))
    return Result(run, {name: run.gradient(graph.slot(name)) for name in wanted or inputs}, **texts)


def fruits_in(name: str) -> Result:
    """The slides' apples and oranges on numbers of a domain."""
    nodes = [
        Node("mul", ["apple", "apple_num"], "apple_price", name="mul_apple_layer"),
        Node("mul", ["orange", "orange_num"], "orange_price", name="mul_orange_layer"),
        Node("add", ["apple_price", "orange_price"], "all_price", name="add_apple_orange_layer"),
        Node("mul", ["all_price", "tax"], "price", name="mul_tax_layer"),
    ]
    inputs = {key: domain(name).number(text) for key, text in FRUITS.items()}
    wanted = ["apple_num", "apple", "orange", "orange_num", "tax"]
    texts = {"title": "Buy apples and oranges", "source": "fruits.yaml"}
    return result_of(nodes, inputs, name=name, wanted=wanted, **texts)
