"""Where the inf and nan of a run come from, and which layer has numbers there.

A slope of 0 times an infinite dout, and the other way round, has no value, though the function may have a derivative:
its parts do not say so. Where they are the parts of a layer that knows it, the layer is named, after it was tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple

from backpropcli.binding import BoundGraph
from backpropcli.domains import Value
from backpropcli.errors import BackpropError, Place, Problem
from backpropcli.executor import Run, execute
from backpropcli.formula import compile_formula
from backpropcli.graph import Graph, Node
from backpropcli.sources.literals import Constant, is_number, to_float

# What people write -> the layer that is the same, and what to write. Sums and products are matched in either order, and
# all reductions in one run along the same axis. Of two that fit, the first is named.
_LAYERS = (
    ("sqrt(mean((x - mean(x)) ** 2))", "std(x)", "std(x)"),
    ("sqrt(mean(square(x - mean(x))))", "std(x)", "std(x)"),
    ("sqrt(var(x))", "std(x)", "std(x)"),
    ("sqrt(sum(x ** 2))", "norm(x)", "norm(x)"),
    ("sqrt(sum(square(x)))", "norm(x)", "norm(x)"),
    ("sqrt(sum(x * x))", "norm(x)", "norm(x)"),
    ("sqrt(mean(x ** 2))", "norm(x)", "norm(x) / sqrt(n), for n numbers,"),
    ("sqrt(mean(square(x)))", "norm(x)", "norm(x) / sqrt(n), for n numbers,"),
    ("sqrt(mean(x * x))", "norm(x)", "norm(x) / sqrt(n), for n numbers,"),
    ("sqrt(x ** 2 + y ** 2)", "hypot(x, y)", "hypot(x, y)"),
    ("sqrt(square(x) + square(y))", "hypot(x, y)", "hypot(x, y)"),
    ("sqrt(x * x + y * y)", "hypot(x, y)", "hypot(x, y)"),
    ("x * log(y)", "xlogy(x, y)", "xlogy(x, y)"),
    ("log(exp(x) + exp(y))", "logaddexp(x, y)", "logaddexp(x, y)"),
    ("log(sum(exp(x)))", "logsumexp(x)", "logsumexp(x)"),
    ("log(1 + exp(x))", "softplus(x)", "softplus(x)"),
    ("log1p(exp(x))", "softplus(x)", "softplus(x)"),
    ("1 / (1 + exp(-x))", "sigmoid(x)", "sigmoid(x)"),
    ("reciprocal(1 + exp(-x))", "sigmoid(x)", "sigmoid(x)"),
    ("log(sigmoid(x))", "log_sigmoid(x)", "log_sigmoid(x)"),
    ("log(softmax(x))", "log_softmax(x)", "log_softmax(x)"),
)
_SWAPPABLE = {"add", "mul"}


def non_finite_problems(run: Run) -> tuple[Problem, ...]:
    """The first number that is infinite or nan, and the first gradient that is inf times 0; none if all are finite."""
    first, product = run.first_non_finite(), None if run.has_finite_gradients else _zero_times_inf(run)
    if product is not None and run.has_finite_values:
        first = None  # an infinite gradient, which became the product
    if first is not None and product is None:
        first = _advised(run, first)
    return tuple(problem for problem in (first, product) if problem is not None)


def _advised(run: Run, problem: Problem) -> Problem:
    """The problem of the first value that is not finite, with what to write in its place, if there is such."""
    first_node, is_finite = run.graph.first_node, run.domain.is_finite
    number = next((n for n, value in enumerate(run.values[first_node:]) if not is_finite(value)), None)
    return problem if number is None else problem._replace(hint=problem.hint or _advice(run, number))


def _zero_times_inf(run: Run) -> Problem | None:
    """The first contribution, from the output on, that is nan though no nan went into it."""
    graph = run.graph
    constants = range(len(graph.inputs), graph.first_node)
    for number in range(graph.output_slot - graph.first_node, -1, -1):
        for i, contribution in enumerate(run.contributions[number]):
            source = graph.sources[number][i]
            if source in constants or not _has_nan(run, contribution):
                continue
            if _has_nan(run, run.gradients[graph.first_node + number]):
                break
            reason = _reason(run, number, i)
            if reason is None:
                return None
            node, name = graph.nodes[number], graph.name_of(source)
            message = f"{node.label}: the gradient of '{name}' is nan: inf times 0 ({reason})"
            return node.problem(message, input_number=i, hint=_advice(run, number))
    return None


def _has_nan(run: Run, value: Value | None) -> bool:
    return value is not None and not run.domain.is_finite(value) and bool(_places_of_nan(run, value))


def _places_of_nan(run: Run, value: Value) -> list[int]:
    domain = run.domain
    return [place for place, is_nan in enumerate(domain.flat(domain.where(domain.is_nan(value), 1.0, 0.0))) if is_nan]


def _reason(run: Run, number: int, i: int) -> str | None:
    """Which of the two factors is inf, if that is why a contribution is nan: tried with a dout of ones in its place."""
    graph, domain = run.graph, run.domain
    node = graph.nodes[number]
    dout: Value = run.gradients[graph.first_node + number]
    if node.spec.needs_arrays:
        return None  # a user's own code is run once
    names = [f"x{k}" for k in range(len(graph.sources[number]))]
    alone = Graph(names, [Node(node.spec, names, "out", parameters=node.parameters)])
    inputs = [run.values[source] for source in graph.sources[number]]
    ones, zeros = domain.ones_like(dout), domain.zeros_like(dout)
    places = _places_of_nan(run, run.contributions[number][i])

    def slopes(condition: Value) -> list[Any]:
        """The slopes at the places of nan, from where a condition on dout holds."""
        found = execute(BoundGraph(alone, domain, inputs, domain.where(condition, ones, zeros))).contributions[0][i]
        numbers = domain.flat(found)
        return [numbers[place] for place in places]

    if not domain.is_finite(dout) and 0 in slopes(domain.equal(abs(dout), inf)):
        return "dout is inf, the slope is 0"
    if inf in map(abs, slopes(domain.equal(dout, 0))):
        return "the slope is inf, dout is 0"
    return None


class _Match(NamedTuple):
    """What a pattern stands for in a graph: its names' slots, the numbers of its nodes, the parameters of a layer.

    Those are of the outermost layer that takes any.
    """

    slots: dict[str, int]
    numbers: set[int]
    parameters: dict[str, Any] | None = None


def _advice(run: Run, number: int) -> str | None:
    """What to write in place of the parts that a node belongs to, if that has finite numbers here."""
    graph = run.graph
    for text, layer, instead in _LAYERS:
        pattern = _nodes(text)
        kind, whole = pattern[-1].spec, pattern[-1].output
        for slot, node in enumerate(graph.nodes[number:], graph.first_node + number):
            for match in _matches(graph, pattern, whole, slot, _Match({}, set())) if node.spec is kind else ():
                gain = _gain(run, layer, match, slot) if number in match.numbers else None
                if gain is not None:
                    return f"use {instead} in place of {text}: {gain} here"
    return None


def _nodes(formula: str) -> list[Node]:
    return compile_formula(formula, lambda start, end: Place(formula, 1, start + 1, end - start, formula))


def _matches(graph: Graph, pattern: list[Node], wanted: str | Constant, slot: int, so_far: _Match) -> Iterator[_Match]:
    """The ways in which the part of a pattern that is called `wanted` is the value in a slot."""
    if isinstance(wanted, Constant):
        constants = range(len(graph.inputs), graph.first_node)
        text = graph.name_of(slot)
        if slot in constants and is_number(text) and to_float(text) == to_float(wanted.text):
            yield so_far
        return
    part = next((node for node in pattern if node.output == wanted), None)
    if part is None:
        if so_far.slots.get(wanted, slot) == slot:
            yield so_far._replace(slots={**so_far.slots, wanted: slot})
        return
    number = slot - graph.first_node
    if number < 0 or graph.nodes[number].spec.name != part.spec.name:
        return
    node, sources = graph.nodes[number], graph.sources[number]
    found = so_far._replace(numbers={*so_far.numbers, number})
    if node.spec.parameters and so_far.parameters is None:
        found = found._replace(parameters=dict(node.parameters))
    elif node.spec.parameters and node.parameters.get("axis") != (so_far.parameters or {}).get("axis"):
        return
    orders = [sources, sources[::-1]] if part.spec.name in _SWAPPABLE else [sources]
    for order in orders:
        yield from _all_match(graph, pattern, list(zip(part.inputs, order, strict=True)), found)


def _all_match(
    graph: Graph, pattern: list[Node], pairs: list[tuple[str | Constant, int]], so_far: _Match
) -> Iterator[_Match]:
    """The ways in which every part is the value in its slot."""
    if not pairs:
        yield so_far
        return
    for found in _matches(graph, pattern, *pairs[0], so_far):
        yield from _all_match(graph, pattern, pairs[1:], found)


def _gain(run: Run, layer: str, match: _Match, slot: int) -> str | None:
    """What a layer on what a pattern stands for has over it; None if it has infinite numbers there or nan, too."""
    nodes = [
        Node(node.spec, node.inputs, node.output, parameters={**node.parameters, **(match.parameters or {})})
        for node in _nodes(layer)
    ]
    inputs = [run.values[source] for source in match.slots.values()]
    try:
        found = execute(BoundGraph(Graph(tuple(match.slots), nodes), run.domain, inputs, run.gradients[slot]))
    except BackpropError:
        return None
    is_finite, value = run.domain.is_finite, found.values[-1]
    if not is_finite(value) and (all(map(is_finite, inputs)) or _has_nan(run, value)):
        return None
    if found.has_finite_gradients:
        return "its gradient is finite"
    return None if any(_has_nan(run, gradient) for gradient in found.gradients) else "it is not nan"
