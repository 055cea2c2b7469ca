"""What happens in each layer, in a sentence that holds for all numbers: where one stands, it says which of a run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from backpropcli.explain.layers import Layers
from backpropcli.graph import Graph
from backpropcli.readings import Reading, Sentence, contribution_in, gradient_in, value_in
from backpropcli.symbolic.expressions import GRADIENT, Call, Expression, Name, Number, fold, gradient_of
from backpropcli.symbolic.text import text

_MARK = "\0"


def forward_sentence(layers: Layers, number: int) -> Sentence:
    """What a layer makes of its inputs."""
    graph, call, math = layers.graph, layers.formulas.call(number), layers.math(number)
    slot = graph.first_node + number
    made = text(call) if math is None else f"{text(call)} = {text(math.expression)}"
    numbers = _in_numbers(call, graph, slot) if math is None and layers.locals.is_of_numbers(number) else ()
    return (f"{graph.nodes[number].output} = {made} = ", *numbers, value_in(slot))


def backward_sentences(layers: Layers, number: int, slots: Collection[int]) -> Iterator[Sentence]:
    """What each input of a layer in these slots gets back, if it gets anything."""
    graph, node = layers.graph, layers.graph.nodes[number]
    slot = graph.first_node + number
    for port, edge in layers.edges_for_all_numbers(number, slots):
        formula = edge.formula
        numbers: Sentence = ()
        if formula is None or formula.parts:
            given = f"{text(gradient_of(node.output, graph.output))} through {node.spec.name}'"
        else:
            given = f"{text(formula.expression)} {edge.what_happens_then}".rstrip()
            if layers.locals.is_of_numbers(number) and formula.expression != gradient_of(node.output, graph.output):
                numbers = _in_numbers(formula.expression, graph, slot)
        yield (f"{edge.name} gets {given} = ", *numbers, contribution_in([(number, port)]))


def _in_numbers(expression: Expression, graph: Graph, slot: int) -> Sentence:
    """A formula of the layer with this slot with numbers in place of its names, and an equals sign behind it."""
    places: list[Reading] = []

    def placed(reading: Reading) -> Name:
        places.append(reading)
        return Name(f"{_MARK}{len(places) - 1}{_MARK}")

    def leaf(part: Name | Number) -> Expression:
        return placed(value_in(graph.slot(part.text))) if isinstance(part, Name) else part

    def call(part: Call, operands: Sequence[Expression]) -> Expression:
        if part.layer == GRADIENT:
            return placed(gradient_in(slot))
        return Call(part.layer, tuple(operands), part.parameters)

    printed = re.split(f"{_MARK}(.*?){_MARK}", text(fold(expression, leaf, call)))
    parts = (places[int(part)] if number % 2 else part for number, part in enumerate(printed))
    return (*(part for part in parts if part != ""), " = ")
