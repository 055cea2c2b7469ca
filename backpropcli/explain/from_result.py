"""The explanation of a result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import mul

from backpropcli.domains import Value
from backpropcli.errors import GraphError
from backpropcli.explain.layers import Layers
from backpropcli.explain.model import Explanation, Pass, Path, Paths, Total
from backpropcli.explain.paths import Port, slots_behind, ways
from backpropcli.result import Result
from backpropcli.zero_gradients import zero_gradients, zero_sentences


def explanation_of(result: Result, names: Sequence[str] = ()) -> Explanation:
    """How the gradients come about: of one number the paths to the output, else the backward pass layer by layer.

    By default of the gradients that were asked for. Raises GraphError for an unknown name, and for one whose value has
    no gradient.
    """
    with result.run.domain.quiet():
        return _explanation_of(result, names)


def _explanation_of(result: Result, names: Sequence[str]) -> Explanation:
    graph = result.run.graph
    names = list(dict.fromkeys(names))
    slots = [graph.slot(name) for name in names]
    for name in names:
        if result.gradient_of(name) is None:
            raise GraphError(f"the output has no gradient with respect to '{name}'")
    explained = Layers(result.run)
    if len(names) == 1 and not result.run.domain.shape(result.value_of(names[0])):
        behind = slots_behind(graph, slots) - {slots[0]}
        if all(_has_locals(explained, slot - graph.first_node) for slot in behind):
            return _paths(result, names[0], explained)
    return _pass(result, names or list(result.gradients), explained)


def _has_locals(explained: Layers, number: int) -> bool:
    """Whether a node has local derivatives with respect to whatever gradients flow back to."""
    if not explained.locals.is_of_numbers(number):
        return False
    parts = zip(explained.locals.of(number), explained.run.contributions[number], strict=False)
    return all(local is not None or contribution is None for local, contribution in parts)


def _pass(result: Result, names: Sequence[str], explained: Layers) -> Pass:
    """The layers between some values and the output."""
    run, graph = result.run, result.run.graph
    wanted = [graph.slot(name) for name in names if result.gradient_of(name) is not None]
    behind = slots_behind(graph, wanted)
    layers = [
        explained.layer(number, behind)
        for number in range(len(graph.nodes))
        if graph.used[graph.first_node + number] and (graph.first_node + number in behind or not wanted)
    ]
    zeros = tuple(zero_sentences(zero_gradients(run, names)))
    return Pass(
        result.title, result.output, result.dout, tuple(layers), tuple(_totals(result, names)), zeros, run.domain
    )


def _totals(result: Result, names: Sequence[str]) -> Iterator[Total]:
    """The gradients of these names, each with what it is the sum of."""
    run, graph = result.run, result.run.graph
    parts: dict[int, list[tuple[int, Value]]] = {graph.slot(name): [] for name in names}
    for number, found in enumerate(run.contributions):
        for source, contribution in zip(graph.sources[number], found, strict=False):
            if source in parts and contribution is not None:
                parts[source].append((number + 1, contribution))
    for name in names:
        slot = graph.slot(name)
        yield Total(name, tuple(parts[slot]), result.gradient_of(name), graph.used[slot])


def _paths(result: Result, name: str, explained: Layers) -> Paths:
    """All ways from a number to the output."""
    graph, numbers = result.run.graph, result.run.domain
    slot = graph.slot(name)

    def size_of(number: int, port: int) -> float | None:
        local = explained.locals.of(number)[port]
        return None if local is None else numbers.rounded(abs(local))

    found = ways(graph, slot, size_of) if graph.used[slot] else None
    paths = [_path(result, ports, explained) for ports in found.paths] if found else []
    gradient, count = result.gradient_of(name), found.number if found else 0
    rest = gradient - sum((path.product for path in paths), 0) if count > len(paths) else None
    return Paths(
        result.title,
        result.output,
        result.value,
        result.dout,
        name,
        result.value_of(name),
        tuple(paths),
        count,
        rest,
        gradient,
        tuple(zero_sentences(zero_gradients(result.run, [name]))) if count else (),
        numbers,
    )


def _path(result: Result, ports: Sequence[Port], explained: Layers) -> Path:
    steps = tuple((explained.layer(number, ()), explained.local(number, port)) for number, port in ports)
    numbers = result.run.domain
    product: Value = reduce(mul, (result.dout, *(local.value for _, local in reversed(steps))))
    if not numbers.is_finite(product):
        blocked = next((number for number, port in ports if explained.locals.is_no_path(number, port)), None)
        if blocked is not None:
            return Path(steps, numbers.zeros_like(product), blocked + 1)
    return Path(steps, product)
